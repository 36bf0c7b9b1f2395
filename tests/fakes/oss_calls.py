"""Two clients of OSS: Alibaba Cloud's own (alibabacloud-oss-v2) on a fake in process, and single requests signed here with version 1."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import quote, urlencode

import alibabacloud_oss_v2 as oss
from fake_calls import HOST

from fourways.fakes.cloud import Cloud
from fourways.fakes.wire import xml
from fourways.fakes.wire.messages import Request, Response

REGION = "ap-southeast-1"
DATE = "Tue, 24 Nov 2026 00:00:00 GMT"


def client(
    version: str = "v4", *, key: tuple[str, ...] = ("test", "test"), region: str = REGION, endpoint: str = f"http://{HOST}"
) -> oss.Client:
    """The official client; it puts the bucket into the path where the endpoint is an address."""
    config = oss.config.load_default()
    config.credentials_provider = oss.credentials.StaticCredentialsProvider(*key)
    config.region, config.endpoint, config.signature_version = region, endpoint, version
    config.retry_max_attempts = 1
    return oss.Client(config)


class Plain:
    """Single requests to a Cloud, signed with version 1."""

    def __init__(self, cloud: Cloud, key: str = "test", secret: str = "test", token: str = "") -> None:
        self.cloud, self.key, self.secret, self.token = cloud, key, secret, token

    def send(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None, **query: str) -> Response:
        """`path` is `/bucket/key`; a sub-resource is given as `acl=""`."""
        given = {"host": HOST, "date": DATE, **(headers or {})}
        if self.token:
            given["x-oss-security-token"] = self.token
        lines = "".join(f"{name}:{given[name]}\n" for name in sorted(given) if name.startswith("x-oss-"))
        signed = {name: value for name, value in query.items() if name not in ("prefix", "delimiter", "marker", "max-keys", "list-type")}
        resource = path + ("?" + "&".join(f"{name}={signed[name]}" if signed[name] else name for name in sorted(signed)) if signed else "")
        head = "\n".join([method, given.get("content-md5", ""), given.get("content-type", ""), DATE])
        text = f"{head}\n{lines}{resource}"
        digest = base64.b64encode(hmac.new(self.secret.encode(), text.encode(), hashlib.sha1).digest()).decode()
        given["authorization"] = f"OSS {self.key}:{digest}"
        return self.cloud.handle(Request.build(method, quote(path) + ("?" + urlencode(query) if query else ""), given, body))

    def ok(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None, **query: str) -> Response:
        answer = self.send(method, path, body, headers, **query)
        assert answer.status < 300, answer.body
        return answer

    def refused(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None, **query: str) -> tuple[int, str]:
        answer = self.send(method, path, body, headers, **query)
        assert answer.status >= 300, answer.body
        return answer.status, error_in(answer)["Code"]


def error_in(answer: Response) -> dict[str, Any]:
    error: dict[str, Any] = xml.load(answer.body or base64.b64decode(answer.headers["x-oss-err"]), "Error")
    return error
