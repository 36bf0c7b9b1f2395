"""Simple Log Service without its SDK: a few bare calls to its own interface. The project is the first label of the host; signed as help
centre, "Request signatures" of Simple Log Service, says (HMAC-SHA1, `LOG <key>:<signature>`)."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

from fourways.cloud import answers
from fourways.cloud import credentials as keys
from fourways.cloud import target as targets
from fourways.cloud.credentials import Credentials
from fourways.cloud.errors import Outcome, of_answer, of_broken

VERSION = "0.6.0"
TIMEOUTS = (5, 30)
"""Seconds to connect and to wait for the answer."""


def call(action: str, region: str, method: str, path: str, query: Mapping[str, str] | None = None, *, project: str = "") -> dict[str, Any]:
    """One signed call without a body: the JSON object of its answer, empty where there is none. `project` is whose host it goes to; none is
    the region's own. Raises CloudError."""
    import requests

    target, credentials, query = targets.current(), keys.load(), dict(query or {})
    host = target.address if target.is_fake else f"{region}.log.aliyuncs.com"
    host = f"{project}.{host}" if project else str(host)
    more = {"x-acs-region-id": region} if target.is_fake else {}  # every region of the fake has the same host
    signed = {**headers(method, path, query, credentials, datetime.now(UTC), more), "Host": host}
    address = f"http://{target.address}" if target.is_fake else f"https://{host}"
    escaped = "&".join(f"{name}={quote(value, safe='')}" for name, value in sorted(query.items()))
    try:
        with requests.Session() as session:
            session.trust_env = not target.is_fake  # a proxy would swallow what goes to the fake
            url = f"{address}{quote(path)}{'?' if query else ''}{escaped}"
            answer = session.request(method, url, headers=signed, timeout=TIMEOUTS, allow_redirects=False)
    except requests.RequestException as error:
        raise of_broken(action, error) from None
    return _body(action, answer.status_code, answer.content, answer.headers.get("x-log-requestid"))


def headers(
    method: str, path: str, query: Mapping[str, str], credentials: Credentials, now: datetime, more: Mapping[str, str]
) -> dict[str, str]:
    """The headers of a signed call without a body, those of `more` with them."""
    given = {"x-log-apiversion": VERSION, "x-log-bodyrawsize": "0", "x-log-signaturemethod": "hmac-sha1", **more}
    if credentials.security_token:
        given["x-acs-security-token"] = credentials.security_token
    date = format_datetime(now, usegmt=True)
    lines = "".join(f"{name}:{given[name]}\n" for name in sorted(given))
    resource = path + ("?" + "&".join(f"{name}={query[name]}" for name in sorted(query)) if query else "")
    text = f"{method}\n\n\n{date}\n{lines}{resource}"
    signature = b64encode(hmac.new(credentials.secret_key.encode(), text.encode(), hashlib.sha1).digest()).decode()
    return {**given, "Date": date, "Authorization": f"LOG {credentials.access_key}:{signature}"}


def _body(action: str, status: int, content: bytes, request_id: str | None) -> dict[str, Any]:
    try:
        found = json.loads(content) if content else {}
    except ValueError:
        found = None
    if not 200 <= status < 300:
        said = found if isinstance(found, dict) else {}
        error = of_answer(action, status, code=said.get("errorCode"), message=said.get("errorMessage"), request_id=request_id)
        if (error.code or "").endswith("QuotaExceed"):  # ReadQuotaExceed and the like: too much at once (help centre, common error codes)
            error.outcome = Outcome.THROTTLED
        raise error
    if not isinstance(found, dict):
        raise answers.unreadable(action, f"the answer is {answers.kind_of(found)}, not a JSON object")
    return found
