"""One read of Object Storage Service without its SDK: what a folder holds. Signed as help centre, "Include a V4 signature" says
(OSS4-HMAC-SHA256). Nothing here writes."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.etree import ElementTree

from fourways.cloud import credentials as keys
from fourways.cloud import target as targets
from fourways.cloud.credentials import Credentials
from fourways.cloud.errors import CloudError, Outcome, of_answer, of_broken
from fourways.cloud.target import Target

if TYPE_CHECKING:
    import requests

ACTION = "oss:ListObjects"
ALGORITHM = "OSS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
TIMEOUTS = (5, 30)
"""Seconds to connect and to wait for the answer."""


def list_objects(
    region: str,
    bucket: str,
    prefix: str,
    *,
    most: int = 2,
    target: Target | None = None,
    credentials: Credentials | None = None,
    now: datetime | None = None,
) -> list[str]:
    """Keys below a prefix, `most` of them (ListObjectsV2). Raises CloudError, whose action is the RAM action."""
    import requests

    target, credentials = target or targets.current(), credentials or keys.load()
    query = {"list-type": "2", "max-keys": str(most), "prefix": prefix}
    signed = headers(region, bucket, query, credentials, now or datetime.now(UTC))
    url = f"http://{target.address}/{bucket}/" if target.is_fake else f"https://{bucket}.oss-{region}.aliyuncs.com/"
    try:
        with requests.Session() as session:
            session.trust_env = not target.is_fake  # a proxy would swallow what goes to the fake
            answer = session.get(f"{url}?{canonical(query)}", headers=signed, auth=_as_it_is, timeout=TIMEOUTS, allow_redirects=False)
    except requests.RequestException as error:
        raise of_broken(ACTION, error) from None
    return _keys(answer)


def headers(region: str, bucket: str, query: dict[str, str], credentials: Credentials, now: datetime) -> dict[str, str]:
    """The headers of a signed GET of a bucket."""
    date = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{date[:8]}/{region}/oss/aliyun_v4_request"
    given = {"x-oss-content-sha256": UNSIGNED, "x-oss-date": date}
    if credentials.security_token:
        given["x-oss-security-token"] = credentials.security_token
    lines = "".join(f"{name}:{given[name]}\n" for name in sorted(given))
    request = "\n".join(["GET", f"/{bucket}/", canonical(query), lines, "", UNSIGNED])
    text = f"{ALGORITHM}\n{date}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    digest = f"aliyun_v4{credentials.secret_key}".encode()
    for part in scope.split("/"):
        digest = hmac.new(digest, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(digest, text.encode(), hashlib.sha256).hexdigest()
    return {**given, "Authorization": f"{ALGORITHM} Credential={credentials.access_key}/{scope},Signature={signature}"}


def canonical(query: dict[str, str]) -> str:
    """A query string, sorted and escaped as the signature wants it."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(query.items()))


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps what a .netrc would put in the place of the signature."""
    return request


def _keys(answer: requests.Response) -> list[str]:
    try:
        root = ElementTree.fromstring(answer.content)
    except ElementTree.ParseError:
        raise CloudError(ACTION, outcome=Outcome.UNKNOWN, message="the answer is not XML", status=answer.status_code) from None
    if answer.status_code >= 400:
        code, message, request_id = (root.findtext(name) for name in ("Code", "Message", "RequestId"))
        raise of_answer(ACTION, answer.status_code, code=code, message=message, request_id=request_id)
    return [key for entry in root.iter("Contents") if (key := entry.findtext("Key"))]
