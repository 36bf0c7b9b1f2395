"""Signatures of OSS: right, wrong, too late, changed on the way, in headers and in URLs; and what the log keeps of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import alibabacloud_oss_v2 as oss
import pytest
import requests
from oss_calls import Plain, client

from fourways.fakes.cloud import Cloud
from fourways.fakes.inprocess import fake_cloud

VERSIONS = pytest.mark.parametrize("version", ["v1", "v4"])


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with fake_cloud() as cloud:
        Plain(cloud).ok("PUT", "/weights/")
        Plain(cloud).ok("PUT", "/weights/a b", b"1")
        yield cloud


def code_of(error: oss.exceptions.OperationError) -> str:
    service = error.unwrap()
    assert isinstance(service, oss.exceptions.ServiceError)
    return str(service.code)


@VERSIONS
@pytest.mark.parametrize(("key", "code"), [(("test", "wrong"), "SignatureDoesNotMatch"), (("nobody", "test"), "InvalidAccessKeyId")])
@pytest.mark.usefixtures("cloud")
def test_a_wrong_secret_or_key_is_refused(version: str, key: tuple[str, str], code: str) -> None:
    with pytest.raises(oss.exceptions.OperationError) as caught:
        client(version, key=key).list_buckets(oss.ListBucketsRequest())
    assert code_of(caught.value) == code


@VERSIONS
def test_a_presigned_url_is_good_for_what_it_was_made_for(cloud: Cloud, version: str) -> None:
    now = datetime.fromtimestamp(cloud.clock.now(), UTC)
    if version == "v4":  # which counts from the moment of its own making
        cloud.clock.advance(max(0.0, (datetime.now(UTC) - now).total_seconds()))
        now = datetime.fromtimestamp(cloud.clock.now(), UTC)
    get = client(version).presign(oss.GetObjectRequest("weights", "a b"), expiration=now + timedelta(minutes=5)).url
    put = client(version).presign(oss.PutObjectRequest("weights", "c"), expiration=now + timedelta(minutes=5)).url
    assert requests.get(get).content == b"1"
    assert requests.put(put, data=b"2").status_code == 200
    assert requests.put(get, data=b"2").status_code == 403
    assert b"SignatureDoesNotMatch" in requests.get(get.replace("a%20b", "c")).content
    cloud.clock.advance(301)
    late = requests.get(get)
    assert (late.status_code, b"Request has expired." in late.content) == (403, True)


@VERSIONS
def test_signatures_are_not_in_the_log(cloud: Cloud, version: str) -> None:
    url = client(version).presign(oss.GetObjectRequest("weights", "a b"), expires=timedelta(days=7)).url
    requests.get(url)
    row = cloud.requests.rows[-1]
    assert (row["product"], row["action"], row["parameters"]["key"]) == ("Oss", "GetObject", "a b")
    signature = url.rpartition("ignature=")[2]
    assert signature
    assert signature not in json.dumps(list(cloud.requests.rows))


def test_what_is_put_is_not_in_the_log(cloud: Cloud) -> None:
    Plain(cloud).ok("PUT", "/weights/secret", b"hidden-bytes")
    assert "hidden-bytes" not in json.dumps(list(cloud.requests.rows))


@pytest.mark.parametrize(
    "authorization",
    ["OSS4-HMAC-SHA256 nonsense", "OSS4-HMAC-SHA256 Credential=test/20261124/ap-southeast-1/oss,Signature=00", "OSS4-HMAC-SHA1 x"],
)
def test_a_signature_that_is_none_is_refused(cloud: Cloud, authorization: str) -> None:
    answer = requests.get("http://127.0.0.1:4566/weights/a%20b", headers={"authorization": authorization})
    assert answer.status_code == 400, answer.content
    assert b"InvalidArgument" in answer.content
    assert cloud.requests.rows[-1]["status"] == 400
