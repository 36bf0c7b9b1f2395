"""Whatever the SDK raises becomes one CloudError that says whether the call may have happened, and quotes no answer."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses

from fourways.cloud import clients, target
from fourways.cloud.errors import CloudError, Outcome, invoke
from fourways.cloud.target import TargetError

URL = "http://127.0.0.1:4999/"
SERVICE = URL + "api/v2/services/cn-beijing/a"


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {"FOURWAYS_FAKE": "127.0.0.1:4999", "ALICLOUD_ACCESS_KEY": "test", "ALICLOUD_SECRET_KEY": "hush"}.items():
        monkeypatch.setenv(name, value)
    clients.forget()
    yield
    clients.forget()


def describe() -> Any:
    return invoke("DescribeService", clients.eas_client("cn-beijing").describe_service, "cn-beijing", "a")


def envelope(code: str, message: str = "words") -> dict[str, str]:
    return {"Code": code, "Message": message, "RequestId": "R-1"}


@pytest.mark.parametrize(
    ("status", "body", "outcome", "code"),
    [
        (400, envelope("InvalidParameter"), Outcome.REFUSED, "InvalidParameter"),
        (403, envelope("Forbidden.RAM"), Outcome.REFUSED, "Forbidden.RAM"),
        (404, envelope("InvalidService.NotFound"), Outcome.NOT_FOUND, "InvalidService.NotFound"),
        (409, envelope("InvalidService.Duplicate"), Outcome.REFUSED, "InvalidService.Duplicate"),
        (400, envelope("Throttling.User"), Outcome.THROTTLED, "Throttling.User"),
        (429, envelope("Busy"), Outcome.THROTTLED, "Busy"),
        (500, envelope("InternalError"), Outcome.UNKNOWN, "InternalError"),
        (503, envelope("ServiceUnavailable"), Outcome.UNKNOWN, "ServiceUnavailable"),
        (502, "<html>Bad Gateway</html>", Outcome.UNKNOWN, None),
        (400, "<html>Bad Request</html>", Outcome.UNKNOWN, None),
        (200, '{"AccessToken": "very-secret", ', Outcome.UNKNOWN, None),
    ],
)
def test_answers(status: int, body: Any, outcome: Outcome, code: str | None) -> None:
    with responses.RequestsMock() as mock:
        mock.get(SERVICE, status=status, body=body if isinstance(body, str) else json.dumps(body))
        with pytest.raises(CloudError) as error:
            describe()
    assert (error.value.outcome, error.value.code) == (outcome, code)
    assert "very-secret" not in str(error.value)
    if code:
        assert str(error.value) == f"DescribeService: {code} (HTTP {status}): words [request id R-1]"


@pytest.mark.parametrize(
    ("raised", "outcome"),
    [
        (requests.ConnectionError("('Connection aborted.', RemoteDisconnected('closed'))"), Outcome.UNKNOWN),
        (requests.ReadTimeout("Read timed out. (read timeout=30)"), Outcome.UNKNOWN),
        (requests.ConnectTimeout("HTTPConnectionPool(host='h', port=1): ConnectTimeoutError"), Outcome.UNSENT),
        (
            requests.ConnectionError("HTTPConnectionPool(host='h', port=1): NewConnectionError: [Errno 111] Connection refused"),
            Outcome.UNSENT,
        ),
    ],
)
def test_no_answers(raised: Exception, outcome: Outcome) -> None:
    with responses.RequestsMock() as mock:
        mock.get(SERVICE, body=raised)
        with pytest.raises(CloudError) as error:
            describe()
    assert error.value.outcome is outcome


def test_generic_calls_are_signed_and_flattened() -> None:
    with responses.RequestsMock() as mock:
        mock.post(URL, json={"Vpcs": {"Vpc": []}})
        answer = clients.call("vpc", "2016-04-28", "DescribeVpcs", {"Tag": [{"Key": "a", "Value": "b"}], "None": None}, "cn-beijing")
        request = mock.calls[0].request
    assert answer == {"Vpcs": {"Vpc": []}}
    assert "Tag.1.Key=a" in str(request.url)
    assert "RegionId=cn-beijing" in str(request.url)
    assert request.headers["x-acs-action"] == "DescribeVpcs"
    assert str(request.headers["Authorization"]).startswith("ACS3-HMAC-SHA256 Credential=test,")
    assert "hush" not in str(request.headers)


@pytest.mark.parametrize("body", ["[]", '"text"', "null"])
def test_an_answer_that_is_no_object_is_an_error(body: str) -> None:
    with responses.RequestsMock() as mock:
        mock.post(URL, body=body)
        with pytest.raises(CloudError, match=r"not a JSON object|could not be read"):
            clients.call("vpc", "2016-04-28", "DescribeVpcs", {}, "cn-beijing")


def test_the_account_is_asked_once() -> None:
    with responses.RequestsMock() as mock:
        mock.post(URL, json={"AccountId": "1000000000000001"})
        assert [clients.account_id(), clients.account_id()] == ["1000000000000001"] * 2
        assert len(mock.calls) == 1


def test_an_answer_without_an_account_is_an_error() -> None:
    with responses.RequestsMock() as mock:
        mock.post(URL, json={"Arn": "x"})
        with pytest.raises(CloudError, match="no AccountId"):
            clients.account_id()


def test_endpoints_of_the_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FOURWAYS_FAKE")
    for name in [form for product in target.PRODUCTS for form in (f"{product}_ENDPOINT", f"ALIBABA_CLOUD_ENDPOINT_{product}")]:
        monkeypatch.delenv(name, raising=False)
    client = clients.eas_client("ap-southeast-1")
    assert (client._endpoint, client._protocol) == ("pai-eas.ap-southeast-1.aliyuncs.com", "HTTPS")
    monkeypatch.setenv("VPC_ENDPOINT", "127.0.0.1:4999")
    with pytest.raises(TargetError, match=r"VPC_ENDPOINT='127\.0\.0\.1:4999' points at a fake, but FOURWAYS_FAKE is not set"):
        clients.eas_client("ap-southeast-1")


@pytest.mark.parametrize(
    ("product", "region", "host"),
    [
        ("business", "cn-hongkong", "business.aliyuncs.com"),
        ("business", "ap-southeast-1", "business.ap-southeast-1.aliyuncs.com"),
        ("business", "us-east-1", "business.ap-southeast-1.aliyuncs.com"),
        ("business", None, "business.aliyuncs.com"),
        ("ecs", "us-east-1", "ecs.us-east-1.aliyuncs.com"),
        ("sts", "us-east-1", "sts.aliyuncs.com"),
    ],
)
def test_hosts_of_products(product: str, region: str | None, host: str) -> None:
    """Of billing by the endpoint table of alibabacloud_bssopenapi20171214 5.1.2: two hosts for all regions."""
    assert clients.endpoint(product, region) == host
