"""One read of OSS: signed so that the fake, which checks signatures, takes it; refused in OSS's words otherwise."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import responses

from fourways.cloud import oss
from fourways.cloud.credentials import Credentials
from fourways.cloud.errors import CloudError, Outcome
from fourways.cloud.target import Target
from fourways.fakes.cloud import Cloud
from fourways.fakes.inprocess import ADDRESS, fake_cloud

REGION = "ap-southeast-1"
FAKE = Target(name="fake", address=ADDRESS)
KEY = Credentials(access_key="test", secret_key="test", source="test")


@pytest.fixture
def fake() -> Iterator[Cloud]:
    with fake_cloud() as cloud:
        yield cloud
        assert not cloud.requests.unknown


def test_a_bucket_that_is_not_there(fake: Cloud) -> None:
    with pytest.raises(CloudError) as caught:
        oss.list_objects(REGION, "models", "deepseek/", target=FAKE, credentials=KEY, now=datetime.fromtimestamp(fake.clock.now(), UTC))
    assert (caught.value.code, caught.value.outcome, caught.value.action) == ("NoSuchBucket", Outcome.NOT_FOUND, "oss:ListObjects")


def test_a_wrong_secret_is_told_as_one(fake: Cloud) -> None:
    wrong = Credentials(access_key="test", secret_key="wrong", source="test")
    with pytest.raises(CloudError) as caught:
        oss.list_objects(REGION, "models", "", target=FAKE, credentials=wrong, now=datetime.fromtimestamp(fake.clock.now(), UTC))
    assert caught.value.code == "SignatureDoesNotMatch"
    assert "ALICLOUD_SECRET_KEY" in (caught.value.hint() or "")


def test_keys_are_read_and_escaped_on_the_cloud() -> None:
    body = "<ListBucketResult><Contents><Key>a b/config.json</Key></Contents><Contents><Key>a b/w</Key></Contents></ListBucketResult>"
    cloud = Target(name="cloud")
    with responses.RequestsMock() as mock:
        mock.get(f"https://models.oss-{REGION}.aliyuncs.com/?list-type=2&max-keys=2&prefix=a%20b%2F", body=body)
        found = oss.list_objects(REGION, "models", "a b/", target=cloud, credentials=KEY)
        sent = mock.calls[0].request.headers
    assert found == ["a b/config.json", "a b/w"]
    assert sent["Authorization"].startswith("OSS4-HMAC-SHA256 Credential=test/")
    assert f"/{REGION}/oss/aliyun_v4_request,Signature=" in sent["Authorization"]


def test_an_answer_that_is_not_of_oss_is_no_empty_folder() -> None:
    with responses.RequestsMock() as mock:
        mock.get(f"https://models.oss-{REGION}.aliyuncs.com/", body="<html>sign in")
        with pytest.raises(CloudError, match="not XML") as caught:
            oss.list_objects(REGION, "models", "", target=Target(name="cloud"), credentials=KEY)
    assert caught.value.outcome is Outcome.UNKNOWN
