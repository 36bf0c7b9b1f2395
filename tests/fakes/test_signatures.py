"""Each way of signing: right, with a wrong secret, with an unknown key, and with the signed text changed on the way."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

import pytest
from fake_calls import EAS, STS, VPC, acs3_request, roa_request, rpc_request, stepped_cloud

from fourways.fakes.cloud import Cloud
from fourways.fakes.wire.messages import Request

Signed = Callable[[str, str], Request]


def _form(key: str, secret: str) -> Request:
    return rpc_request("POST", "form", "DescribeVpcs", VPC, {"RegionId": "cn-beijing", "VpcName": "a b*c~/é&=+"}, key, secret)


def _query(key: str, secret: str) -> Request:
    return rpc_request("GET", "query", "DescribeVpcs", VPC, {"RegionId": "cn-beijing", "VpcName": "", "PageSize": "10"}, key, secret)


def _roa(key: str, secret: str) -> Request:
    return roa_request("GET", "/api/v2/services", EAS, {"Filter": "a", "PageSize": "10"}, key, secret)


def _acs3(key: str, secret: str) -> Request:
    return acs3_request("GetCallerIdentity", STS, {"Note": "a b*c~/é&=+"}, key, secret)


STYLES = pytest.mark.parametrize("signed", [_form, _query, _roa, _acs3], ids=["rpc-form", "rpc-query", "roa", "acs3"])


@pytest.fixture
def cloud() -> Cloud:
    return stepped_cloud()


@STYLES
def test_a_right_signature_is_accepted(cloud: Cloud, signed: Signed) -> None:
    answer = cloud.handle(signed("test", "test"))
    assert answer.status == 200, answer.body


@STYLES
@pytest.mark.parametrize(
    ("key", "secret", "status", "code"),
    [("test", "wrong", 400, "SignatureDoesNotMatch"), ("nobody", "test", 404, "InvalidAccessKeyId.NotFound")],
)
def test_a_wrong_secret_or_key_is_refused(cloud: Cloud, signed: Signed, key: str, secret: str, status: int, code: str) -> None:
    answer = cloud.handle(signed(key, secret))
    assert (answer.status, json.loads(answer.body)["Code"]) == (status, code)


@STYLES
def test_a_parameter_changed_on_the_way_is_refused(cloud: Cloud, signed: Signed) -> None:
    request = signed("test", "test")
    answer = cloud.handle(dataclasses.replace(request, query={**request.query, "Extra": "1"}))
    assert json.loads(answer.body)["Code"] == "SignatureDoesNotMatch"


@STYLES
def test_a_call_sent_twice_is_refused_the_second_time(cloud: Cloud, signed: Signed) -> None:
    request = signed("test", "test")
    assert cloud.handle(request).status == 200
    assert json.loads(cloud.handle(request).body)["Code"] == "SignatureNonceUsed"
