"""Signed calls to a Cloud in this process, in each of the four ways in which clients sign."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
from typing import Any
from urllib.parse import quote, urlencode

from fourways.fakes.accounts import DEFAULT_ACCOUNT_ID
from fourways.fakes.clock import Clock
from fourways.fakes.cloud import Cloud
from fourways.fakes.services import SERVICES
from fourways.fakes.wire.messages import Request, Response

VPC, ECS, RAM, GROUPS, STS, EAS = "2016-04-28", "2014-05-26", "2015-05-01", "2020-03-31", "2015-04-01", "2021-07-01"
ALB, SLB, ESS, KMS, CMS = "2020-06-16", "2014-05-15", "2014-08-28", "2016-01-20", "2019-01-01"
HOST = "127.0.0.1:4566"
ACCOUNT_ID = DEFAULT_ACCOUNT_ID
_nonces = itertools.count()


def stepped_cloud() -> Cloud:
    return Cloud(SERVICES, clock=Clock(stepped=True, start=1_780_000_000.0))


def percent(text: str) -> str:
    return quote(text, safe="-_.~")


def sha1(secret: str, text: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()


def rpc_request(method: str, style: str, action: str, version: str, given: dict[str, str], key: str, secret: str) -> Request:
    """HMAC-SHA1 over everything; `form` puts the business parameters into the body, `query` into the URL."""
    query = {"Action": action, "Version": version, "AccessKeyId": key, "SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0"}
    query |= {"SignatureNonce": str(next(_nonces)), "Timestamp": "2026-11-24T00:00:00Z", "Format": "JSON"}
    everything = {**query, **given}
    canonical = "&".join(f"{percent(name)}={percent(everything[name])}" for name in sorted(everything))
    query["Signature"] = sha1(secret + "&", f"{method}&%2F&{percent(canonical)}")
    body = urlencode(given).encode() if style == "form" else b""
    headers = {"host": HOST, "content-type": "application/x-www-form-urlencoded"}
    return Request.build(method, "/?" + urlencode(query if style == "form" else {**query, **given}), headers, body)


def roa_request(method: str, path: str, version: str, given: dict[str, str], key: str, secret: str, token: str = "") -> Request:
    """`authorization: acs AK:signature` over method, headers and the path with its query."""
    headers = {"accept": "application/json", "content-type": "application/json", "date": "Tue, 24 Nov 2026 00:00:00 GMT", "host": HOST}
    headers |= {"x-acs-version": version, "x-acs-signature-nonce": str(next(_nonces)), **_with(token)}
    names = sorted(name for name in headers if name.startswith("x-acs-"))
    canonical = "".join(f"{name}:{headers[name]}\n" for name in names)
    resource = path + ("?" + "&".join(f"{name}={given[name]}" for name in sorted(given)) if given else "")
    text = f"{method}\n{headers['accept']}\n\n{headers['content-type']}\n{headers['date']}\n{canonical}{resource}"
    headers["authorization"] = f"acs {key}:{sha1(secret, text)}"
    return Request.build(method, path + ("?" + urlencode(given) if given else ""), headers, b"")


def acs3_request(action: str, version: str, given: dict[str, str], key: str, secret: str, token: str = "") -> Request:
    """ACS3-HMAC-SHA256 over the query and the signed headers."""
    payload = hashlib.sha256(b"").hexdigest()
    headers = {"host": HOST, "x-acs-action": action, "x-acs-version": version, "x-acs-content-sha256": payload}
    headers |= {"x-acs-signature-nonce": str(next(_nonces)), "x-acs-date": "2026-11-24T00:00:00Z", **_with(token)}
    query = "&".join(f"{percent(name)}={percent(given[name])}" for name in sorted(given))
    signed = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = f"POST\n/\n{query}\n{lines}\n{signed}\n{payload}"
    text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = f"ACS3-HMAC-SHA256 Credential={key},SignedHeaders={signed},Signature={signature}"
    return Request.build("POST", "/?" + query, headers, b"")


def _with(token: str) -> dict[str, str]:
    """The header of a key that is lent."""
    return {"x-acs-security-token": token} if token else {}


class Caller:
    """Calls one API version in one region. `ok` expects success, `refused` gives the status and code of an error."""

    def __init__(self, cloud: Cloud, version: str, region: str = "ap-southeast-1") -> None:
        self.cloud, self.version, self.region = cloud, version, region

    def send(self, action: str, **given: Any) -> Response:
        """Underscores in names stand for dots: Tag_1_Key."""
        flat = {"RegionId": self.region, **{name.replace("_", "."): str(value) for name, value in given.items()}}
        return self.cloud.handle(rpc_request("POST", "form", action, self.version, flat, "test", "test"))

    def ok(self, action: str, **given: Any) -> dict[str, Any]:
        answer = self.send(action, **given)
        assert answer.status == 200, answer.body
        data: dict[str, Any] = json.loads(answer.body)
        return data

    def refused(self, action: str, **given: Any) -> tuple[int, str]:
        answer = self.send(action, **given)
        assert answer.status >= 400, answer.body
        return answer.status, json.loads(answer.body)["Code"]

    def wait(self, seconds: float = 5.0) -> None:
        self.cloud.clock.advance(seconds)
