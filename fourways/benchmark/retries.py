"""When a client tries again: never, or with growing pauses that honour Retry-After. Pure."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

#: Attempts in all, and seconds: the defaults of the openai client are 3 attempts and pauses of 0.5 to 8 s; a benchmark is more patient.
MOST_ATTEMPTS = 6
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 60.0
#: What may pass: too many requests, the server's own trouble, a connection that broke before the answer began.
_PASSING = ("429", "5xx", "connection")


class Retry(StrEnum):
    """The policies that azure-openai-benchmark compares too."""

    none = "none"
    exponential = "exponential"


def pause(policy: Retry, error: str, attempts: int, retry_after: float | None, chance: random.Random) -> float | None:
    """Seconds until the next attempt after `attempts` of them, None for no more. `retry_after`: what the server asked for, in seconds."""
    if policy is Retry.none or error not in _PASSING or attempts >= MOST_ATTEMPTS:
        return None
    growing: float = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1)) * chance.uniform(0.5, 1.0)
    # A server that asks for more than this is not waited for: the request has failed.
    if retry_after is not None and retry_after > LONGEST_PAUSE:
        return None
    return max(growing, retry_after or 0.0)


def seconds_of(header: str | None, now: datetime) -> float | None:
    """Retry-After in seconds from `now`: a number or an HTTP date; None where there is none that can be read."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())
