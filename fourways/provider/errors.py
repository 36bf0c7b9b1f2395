"""What the provider tells its user when something failed: one message with action, resource, the cloud's words, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from fourways.cloud.errors import CloudError
from fourways.provider.values import Properties


class ProviderError(Exception):
    """An operation that failed and left nothing behind that the state does not know. The message is for the user."""


class InitFailed(ProviderError):
    """The resource exists (created or changed) and is not ready: it goes into the state with its id, and the next `up` continues it.

    `properties` are its outputs, `inputs` what it was asked to be; `reasons` are shown to the user.
    """

    def __init__(self, resource_id: str, properties: Properties, inputs: Properties, reasons: Sequence[str]) -> None:
        super().__init__("; ".join(reasons))
        self.resource_id, self.properties, self.inputs, self.reasons = resource_id, properties, inputs, list(reasons)


class NotReady(ProviderError):
    """A wait that ended badly: a terminal state, a timeout or a stop. `interrupted` when it was stopped from outside."""

    def __init__(self, message: str, *, interrupted: bool = False) -> None:
        super().__init__(message)
        self.interrupted = interrupted


#: Words in the cloud's messages of a refused delete, and what the user can do about each.
_DELETE_ADVICE = (
    (("lock",), "Its safety lock is on: set safetyLock to none, run `pulumi up`, then delete it."),
    (("active", "request", "traffic"), "It still serves requests: stop the clients (or take its traffic away), then run it again."),
    (("in use", "being used", "service", "associated", "not empty", "has instances"), "Something still uses it: delete that first."),
    (("prepaid", "subscription", "expire"), "It is prepaid: its term cannot be deleted. Let it end, or refund it in the console."),
)


def explain(action: str, subject: str, error: CloudError, advice: str | None = None) -> ProviderError:
    """`cannot create service x: CreateService: Code (HTTP 400): message [request id ...]. What to do.`"""
    what_to_do = advice or error.hint()
    return ProviderError(f"cannot {action} {subject}: {error}{'. ' + what_to_do if what_to_do else ''}")


def failure(what: str, error: Exception, kept: str) -> str:
    """One message for something that exists and is not as it was asked to be; `kept` ends it."""
    known = isinstance(error, CloudError | ProviderError)
    detail = str(error) if known else f"{type(error).__name__} in the provider, please report it"
    hint = f". {advice.rstrip('.')}" if isinstance(error, CloudError) and (advice := error.hint()) else ""
    return f"{what}: {detail}{hint}. {kept}"


def delete_advice(error: CloudError) -> str | None:
    """What to do about a refused delete, by the words of the cloud (its codes for these are not documented)."""
    words = f"{error.code} {error.message}".lower()
    return next((advice for marks, advice in _DELETE_ADVICE if any(mark in words for mark in marks)), None)


def duration(seconds: float) -> str:
    """`45 s`, `12 min`, `1 h 30 min`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
