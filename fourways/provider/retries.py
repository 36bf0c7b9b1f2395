"""How a call is tried again: as long as it takes where doing it twice is the same, else only while it surely did not happen."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from typing import TypeVar

from fourways.cloud.errors import CloudError, Outcome
from fourways.provider.session import Session

T = TypeVar("T")


async def again(session: Session, ask: Callable[[], Awaitable[T]], *, patient: bool = True) -> T | None:
    """Tries until it is answered; None for a 404. For reads and for changes that are the same when done twice. Raises CloudError;
    `patient` false: at the first failure."""
    for attempt in itertools.count():
        try:
            return await ask()
        except CloudError as error:
            if error.outcome is Outcome.NOT_FOUND:
                return None
            if error.outcome is Outcome.REFUSED or not patient:
                raise
            await session.before_retry(attempt, error)
    raise AssertionError("unreachable")


async def once(session: Session, ask: Callable[[], Awaitable[T]]) -> T:
    """Tries again only while the cloud throttles or cannot be reached: what may have happened is the caller's to find out."""
    for attempt in itertools.count():
        try:
            return await ask()
        except CloudError as error:
            if error.outcome not in {Outcome.THROTTLED, Outcome.UNSENT}:
                raise
            await session.before_retry(attempt, error)
    raise AssertionError("unreachable")
