"""One error for whatever an official SDK raises: what was asked, what the cloud answered, and whether it may have happened all the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

T = TypeVar("T")


class Outcome(StrEnum):
    """What is known about the effect of a call that failed."""

    REFUSED = "refused"  #: a 4xx: the cloud said no, nothing happened
    NOT_FOUND = "not found"  #: a 404: the thing is not there
    THROTTLED = "throttled"  #: refused for now: wait and ask again
    UNSENT = "unsent"  #: no connection was made: nothing happened
    UNKNOWN = "unknown"  #: a 5xx, a cut, a timeout or an unreadable answer: it may have happened


class CloudError(Exception):
    """A call that failed. `str()` gives action, code, HTTP status, the cloud's message and request id on one line; never a secret.

    `retry_after` is in seconds, when the cloud said how long to wait.
    """

    def __init__(
        self,
        action: str,
        *,
        outcome: Outcome,
        message: str,
        code: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.action, self.outcome, self.message = action, outcome, message
        self.code, self.status, self.request_id, self.retry_after = code, status, request_id, retry_after
        http = f" (HTTP {status})" if status else ""
        trail = f" [request id {request_id}]" if request_id else ""
        super().__init__(f"{action}: {code}{http}: {message}{trail}" if code else f"{action}{http}: {message}{trail}")

    @property
    def may_have_happened(self) -> bool:
        return self.outcome is Outcome.UNKNOWN

    def hint(self) -> str | None:
        """What to do, for the errors that every product shares."""
        code = self.code or ""
        if code.startswith(("InvalidAccessKeyId", "InvalidSecurityToken")):
            return "The access key is unknown or disabled: check ALICLOUD_ACCESS_KEY, or the profile that ALIBABA_CLOUD_PROFILE names."
        if code.startswith(("SignatureDoesNotMatch", "IncompleteSignature")):
            return "The secret does not belong to the access key: check ALICLOUD_SECRET_KEY."
        if code.startswith("InvalidTimeStamp"):
            return "The clock of this machine is off by more than 15 minutes, which no signature survives: set it (NTP)."
        if self.outcome is Outcome.UNSENT:
            return "No connection: check the network and proxy; for the fake, that it runs (`fourways fakes serve`) at FOURWAYS_FAKE."
        if self.outcome is Outcome.THROTTLED:
            return "The account is being throttled: run it again in a minute, or with fewer resources at once (PULUMI_PARALLEL)."
        if code and (self.status == 403 or code.startswith(("Forbidden", "NoPermission"))):
            return f"The credentials may not call {self.action}: grant the action to the RAM user or role."
        if self.outcome is Outcome.UNKNOWN:
            if code:
                return "The cloud failed, not the request: run it again in a minute; what happened meanwhile is looked up first."
            return (
                "Run it again: what happened meanwhile is looked up first. If it stays, something between here and the cloud answers in "
                "its place: check the proxy (HTTPS_PROXY) and the network."
            )
        return None


def invoke(action: str, function: Callable[..., T], *args: Any) -> T:
    """Calls an SDK function; raises CloudError for whatever comes out of it.

    Read in alibabacloud-tea-openapi 0.4.6 `Client.do_request`: 4xx raises ClientException, 5xx ServerException, a 'retry after' header
    ThrottlingException, and everything else (sockets, timeouts, unreadable JSON) ends as UnretryableException.
    """
    try:
        return function(*args)
    except CloudError:
        raise
    except Exception as error:  # noqa: BLE001 - the SDK raises bare exceptions of four libraries; each becomes one CloudError
        raise translate(action, error) from None


def translate(action: str, error: Exception) -> CloudError:
    """The CloudError for an exception of the SDK."""
    status = _integer(getattr(error, "status_code", None))
    if status is None:
        return _without_answer(action, error)
    data = getattr(error, "data", None)
    data = data if isinstance(data, dict) else {}
    message = _text(data.get("Message")) or _text(data.get("message")) or "the cloud gave no reason"
    code = _text(getattr(error, "code", None))
    retry_after = _integer(getattr(error, "retry_after", None))
    return CloudError(
        action,
        outcome=_outcome(status, code, throttled=retry_after is not None),
        message=message if code else f"{message} (an error without a code: not the API's)",
        code=code,
        status=status,
        request_id=_text(getattr(error, "request_id", None)),
        retry_after=min(retry_after / 1000, LONGEST_PAUSE) if retry_after is not None else None,  # the SDK gives milliseconds
    )


def of_answer(
    action: str, status: int, *, code: object, message: object, request_id: object, error_class: type[CloudError] = CloudError
) -> CloudError:
    """The CloudError for an error answer that no SDK has read: HTTP status, and what the JSON body says."""
    found, words = _text(code), _text(message) or "the cloud gave no reason"
    return error_class(
        action,
        outcome=_outcome(status, found),
        message=words if found else f"{words} (an error without a code: not the API's)",
        code=found,
        status=status,
        request_id=_text(request_id),
    )


def of_broken(action: str, error: Exception, error_class: type[CloudError] = CloudError) -> CloudError:
    """The CloudError for a call of `requests` that ended without an answer. Its text, which quotes the URL, is not passed on."""
    if _NEVER_CONNECTED.search(str(error)):
        return error_class(action, outcome=Outcome.UNSENT, message="no connection to the cloud")
    how = next((words for mark, words in _BROKEN if mark in str(error)), "the connection broke before the answer")
    return error_class(action, outcome=Outcome.UNKNOWN, message=how)


#: Seconds that a `retry after` of the cloud is followed for; a longer one would look like a hang.
LONGEST_PAUSE = 60.0


def _outcome(status: int, code: str | None, *, throttled: bool = False) -> Outcome:
    """What an HTTP error status says. Without an error code it is a proxy that speaks, not the API: its 404 is no proof that a thing is
    gone, and no other status is one that nothing happened."""
    if throttled or (code and (status == 429 or "throttl" in code.lower())):
        return Outcome.THROTTLED
    if status >= 500 or status == 408 or not code:
        return Outcome.UNKNOWN
    return Outcome.NOT_FOUND if status == 404 else Outcome.REFUSED


#: How requests and urllib3 say that not even a connection was made; the SDK keeps only the text of the original exception.
_NEVER_CONNECTED = re.compile(r"NewConnectionError|Failed to establish a new connection|ConnectTimeout|NameResolutionError|refused")
_HOST = re.compile(r"host=\\*'([^'\\]+)\\*', port=(\d+)")


def _without_answer(action: str, error: Exception) -> CloudError:
    """No status: a socket that broke, or an answer that could not be read. The SDK's text quotes answer or URL: neither is passed on."""
    inner = getattr(error, "inner_exception", None) or error
    text = str(inner)
    if type(inner).__name__ != "RetryError":  # darabonba-core 1.0.9: sockets end as RetryError, anything else is about the answer
        status = _status_behind(inner)
        outcome = Outcome.UNKNOWN if status is None else _outcome(status, None)
        return CloudError(action, outcome=outcome, message=_unread(inner, text), status=status)
    host = _HOST.search(text)
    where = f" {host[1]}:{host[2]}" if host else ""
    if _NEVER_CONNECTED.search(text):
        return CloudError(action, outcome=Outcome.UNSENT, message=f"no connection to the cloud{where}")
    how = next((words for mark, words in _BROKEN if mark in text), "the connection broke before the answer")
    return CloudError(action, outcome=Outcome.UNKNOWN, message=f"{how}{where}")


#: How requests 2.32 names what went wrong with an answer, and our words for it.
_BROKEN = (
    ("timed out", "no answer in time"),
    ("redirects", "the answer redirects in circles"),
    ("failed to decode", "the answer is packed in a way that it does not say"),
)


def _unread(error: Exception, text: str) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "the answer is not text in UTF-8"
    if "Failed to parse" in text:
        return "the answer is empty" if text.endswith('Value: "".') else "the answer is not JSON"
    if isinstance(error, AttributeError | TypeError | RecursionError):  # what the SDK trips over in JSON of another shape
        return "the answer is not a JSON object"
    return f"the answer could not be read ({type(error).__name__})"


def _status_behind(error: Exception) -> int | None:
    """The HTTP status of an answer that could not be read. The SDK drops it; it is left in the frame that failed (`_response` in
    alibabacloud-tea-openapi 0.4.6 `Client.do_request`). None where the SDK has changed."""
    frames = error.__traceback__
    answer = frames.tb_frame.f_locals.get("_response") if frames else None
    return _integer(getattr(answer, "status_code", None))


def _line(text: str) -> str:
    """One printable line, of a length that still fits a terminal when a proxy answers with a page of HTML."""
    flat = " ".join("".join(mark if mark.isprintable() else " " for mark in text[:4000]).split())
    return flat if len(flat) <= 400 else flat[:400] + "..."


def _text(value: object) -> str | None:
    """One line, or None where there is nothing. The SDK turns a missing field into the text 'None'."""
    return _line(str(value)) if value not in (None, "", "None") else None


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
