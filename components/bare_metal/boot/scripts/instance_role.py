#!/usr/bin/python3
"""Alibaba Cloud as an instance sees it: by its RAM role, from the VPC. For Python 3.6 (Alibaba Cloud Linux 3), without any package.

Sources: "View instance metadata" (security hardening mode), "V3 request structure and signature", OSS "Include a V4 signature".
"""

import calendar
import hashlib
import hmac
import http.client
import json
import os
import random
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from typing import Any, Callable, Dict, Optional, TypeVar

T = TypeVar("T")

TRIES, LONGEST_PAUSE, TIMEOUT = 6, 30, 60  # seconds
RENEW_BEFORE = 300  # seconds before credentials expire
# What goes on inside a VPC goes through no proxy.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Refused(Exception):
    """The cloud said no: the status, its code and its words, which hold no secret."""

    def __init__(self, url: str, status: int, body: str) -> None:
        found = [re.search(pattern % name, body) for name in ("Code", "Message") for pattern in ('"%s" *: *"([^"]*)"', "<%s>([^<]*)<")]
        said = ": ".join(match.group(1) for match in found if match)
        super().__init__("{} answered {} {}".format(url.split("?", maxsplit=1)[0], status, said))
        self.status = status


def send(method: str, url: str, headers: Optional[Dict[str, str]] = None) -> Any:
    """The open answer to one request. Raises Refused, or OSError where there is no answer."""
    try:
        return _OPENER.open(urllib.request.Request(url, method=method, headers=headers or {}), timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        raise Refused(url, error.code, error.read(4096).decode(errors="replace")) from None


def patiently(work: Callable[[], T]) -> T:
    """Do `work` again after a pause that grows, while the fault may pass: no answer, half an answer, throttled, a server's own error."""
    attempt = 1
    while True:
        try:
            return work()
        except (Refused, OSError, http.client.HTTPException) as error:
            if attempt == TRIES or (isinstance(error, Refused) and error.status < 500 and error.status != 429):
                raise
            pause = min(2**attempt, LONGEST_PAUSE) * random.uniform(0.5, 1)
            print(f"{error}; again in {pause:.0f} s", flush=True)
            time.sleep(pause)
            attempt += 1


class Role:
    """The credentials of the instance's role, renewed before they expire."""

    def __init__(self) -> None:
        self._lock, self._until = threading.Lock(), 0
        self._given: Dict[str, str] = {}

    def credentials(self) -> Dict[str, str]:
        with self._lock:
            if time.time() > self._until - RENEW_BEFORE:
                self._given = patiently(self._read)
                self._until = calendar.timegm(time.strptime(self._given["Expiration"], "%Y-%m-%dT%H:%M:%SZ"))
            return self._given

    @staticmethod
    def _read() -> Dict[str, str]:
        latest = os.environ["METADATA_URL"] + "/latest/"
        token = send("PUT", latest + "api/token", {"X-aliyun-ecs-metadata-token-ttl-seconds": "300"}).read().decode()
        url = latest + "meta-data/ram/security-credentials/" + os.environ["RAM_ROLE"]
        given: Dict[str, str] = json.loads(send("GET", url, {"X-aliyun-ecs-metadata-token": token}).read().decode())
        return given


def address(endpoint: str) -> str:
    """A host, or a URL where a test says so."""
    return endpoint if "://" in endpoint else "https://" + endpoint


def call(role: Role, endpoint: str, version: str, action: str, parameters: Dict[str, str]) -> Any:
    """The answer to a call of an RPC-style API, signed with ACS3-HMAC-SHA256."""
    base, query = address(endpoint), _query(parameters)
    given = role.credentials()
    headers = {
        "host": urllib.parse.urlsplit(base).netloc,
        "x-acs-action": action,
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "x-acs-security-token": given["SecurityToken"],
        "x-acs-signature-nonce": uuid.uuid4().hex,
        "x-acs-version": version,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = "\n".join(["POST", "/", query, lines, names, headers["x-acs-content-sha256"]])
    signature = _hmac(given["AccessKeySecret"].encode(), "ACS3-HMAC-SHA256\n" + _sha256(canonical)).hex()
    form = "ACS3-HMAC-SHA256 Credential={},SignedHeaders={},Signature={}"
    headers["Authorization"] = form.format(given["AccessKeyId"], names, signature)
    return json.loads(send("POST", base + "/?" + query, headers).read().decode())


def oss(
    role: Role, method: str, bucket: str, key: str, parameters: Optional[Dict[str, str]] = None, headers: Optional[Dict[str, str]] = None
) -> Any:
    """The open answer of OSS, signed with OSS4-HMAC-SHA256; `Range` and `If-Match` need not be signed."""
    base, query, given = address(os.environ["OSS_ENDPOINT"]), _query(parameters or {}), role.credentials()
    now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    signed = {"x-oss-content-sha256": "UNSIGNED-PAYLOAD", "x-oss-date": now, "x-oss-security-token": given["SecurityToken"]}
    path = urllib.parse.quote(f"/{bucket}/{key}")
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    canonical = "\n".join([method, path, query, lines, "", "UNSIGNED-PAYLOAD"])
    scope = [now[:8], os.environ["REGION"], "oss", "aliyun_v4_request"]
    secret = ("aliyun_v4" + given["AccessKeySecret"]).encode()
    for part in scope:
        secret = _hmac(secret, part)
    signature = _hmac(secret, "\n".join(["OSS4-HMAC-SHA256", now, "/".join(scope), _sha256(canonical)])).hex()
    form = "OSS4-HMAC-SHA256 Credential={}/{},Signature={}"
    sent = dict(headers or {}, Authorization=form.format(given["AccessKeyId"], "/".join(scope), signature), **signed)
    scheme, host = base.split("://")
    # A bucket is part of the host's name, where the host has one.
    url = base + path if re.match(r"[\d.]+(:|$)", host) else f"{scheme}://{bucket}.{host}{path[len(bucket) + 1 :]}"
    return send(method, url + ("?" + query if query else ""), sent)


def _query(parameters: Dict[str, str]) -> str:
    return "&".join(urllib.parse.quote(name, "~") + "=" + urllib.parse.quote(parameters[name], "~") for name in sorted(parameters))


def _hmac(secret: bytes, text: str) -> bytes:
    return hmac.new(secret, text.encode(), hashlib.sha256).digest()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
