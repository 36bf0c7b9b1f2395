"""What one provider process shares: target and account guard, clock, threads for blocking SDKs, status lines, cancellation."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from fourways.cloud import clients
from fourways.cloud import target as targets
from fourways.cloud.errors import CloudError, Outcome
from fourways.cloud.target import Target
from fourways.provider.errors import NotReady, ProviderError

T = TypeVar("T")

POLL_VARIABLE = "FOURWAYS_POLL_SECONDS"
DEFAULT_POLL_SECONDS = 3.0
#: A wait is polled about as often as an eighth of its age, at most three times as often as the full interval: what is ready soon is seen
#: soon, and what takes minutes is asked for no more often than before.
SOON, FRACTION = 1 / 3, 1 / 8
#: SDK calls at once. More would only be throttled; the HTTP library keeps 40 connections.
THREADS = 16
#: Seconds between tries; about a minute in all, which outlives a throttling window and a rolling restart of an API server.
BACKOFF = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
#: The same when no connection can be made: a fake that does not run should be told at once.
UNSENT_BACKOFF = (0.5, 1.0, 2.0)


class Clock(Protocol):
    """Time as the waits see it; tests step it."""

    def now(self) -> float:
        """Monotonic seconds."""

    async def sleep(self, seconds: float) -> None:
        """Waits."""


class RealClock:
    """The machine's own time."""

    def now(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Reporter(Protocol):
    """Where status lines and warnings go."""

    def status(self, urn: str, message: str) -> None:
        """Replaces the resource's live status line."""

    def warning(self, urn: str, message: str) -> None:
        """A line that stays."""

    def info(self, urn: str, message: str) -> None:
        """A line that stays and warns of nothing."""


class Silence:
    """No engine to talk to."""

    def status(self, urn: str, message: str) -> None:
        """Nobody is listening."""

    def warning(self, urn: str, message: str) -> None:
        """Nobody is listening."""

    def info(self, urn: str, message: str) -> None:
        """Nobody is listening."""


class Session:
    """One process's view of the cloud. Everything that calls the cloud goes through `guard` first and `call` then."""

    def __init__(
        self,
        target: Target,
        *,
        clock: Clock | None = None,
        reporter: Reporter | None = None,
        poll_seconds: float | None = None,
        threads: int = THREADS,
    ) -> None:
        self.target = target
        self.clock: Clock = clock or RealClock()
        self.reporter: Reporter = reporter or Silence()
        self.poll_seconds = poll_seconds if poll_seconds is not None else poll_interval()
        self.pinned_account: str | None = None
        #: Why nothing may be called at all: an environment that cannot be used.
        self.refusal: str | None = None
        self.cancelled = asyncio.Event()
        #: Ids known to be in the state, by URN: a create must not take one of them for its own lost child.
        self.recorded: dict[str, set[str]] = {}
        #: URNs that were checked against inputs of before: the state has them, and a create of one is a replacement.
        self.in_state: set[str] = set()
        #: Secret values that this process has seen in states and made itself: what a machine logs is shown without them.
        self.secrets: set[str] = set()
        #: The day and time of day, for what depends on it (terms, ages of facts).
        self.wall: Callable[[], datetime] = lambda: datetime.now(UTC)
        #: Asks the engine's address; None where there is none to ask (tests).
        self.engine_is_alive: Callable[[], Awaitable[bool]] | None = None
        #: What a resource of the program is about alone, and its URN.
        self._alone: dict[str, str] = {}
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="sdk")
        self._account: asyncio.Task[str] | None = None

    async def call(self, function: Callable[..., T], *args: Any) -> T:
        """Runs a blocking SDK call in a thread: importing and calling it must not hold up the other resources."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)

    async def account(self) -> str:
        """The account of the credentials, asked once. Raises CloudError, CredentialsError."""
        if self._account is None or (self._account.done() and self._account.exception() is not None):
            self._account = asyncio.create_task(self._ask_account())
        return await asyncio.shield(self._account)

    async def _ask_account(self) -> str:
        for attempt in itertools.count():
            try:
                return await self.call(clients.account_id)
            except CloudError as error:
                if error.outcome in {Outcome.REFUSED, Outcome.NOT_FOUND}:
                    raise
                await self.before_retry(attempt, error)
        raise AssertionError("unreachable")

    async def before_retry(self, attempt: int, error: CloudError) -> None:
        """Waits before the next try; raises `error` when there have been enough (soon, when there is no connection at all)."""
        pauses = UNSENT_BACKOFF if error.outcome is Outcome.UNSENT else BACKOFF
        if attempt >= len(pauses):
            raise error
        await self.sleep(error.retry_after or pauses[attempt])

    def guard_target(self, recorded: str | None) -> None:
        """Raises ProviderError when what is recorded was made on the other target, or when there is no usable one."""
        if self.refusal:
            raise ProviderError(self.refusal)
        if message := targets.state_mismatch(recorded, self.target):
            raise ProviderError(message)

    async def guard(self, recorded_target: str | None = None, recorded_account: str | None = None) -> str:
        """The account, once target and account are what the resource and the pin say. Raises ProviderError before anything was called."""
        self.guard_target(recorded_target)
        account = await self.account()
        if message := targets.account_mismatch(self.pinned_account, account, what="fourways:account pins"):
            raise ProviderError(message)
        if message := targets.account_mismatch(recorded_account, account, what="this resource was made in"):
            raise ProviderError(message)
        return account

    async def check_engine(self) -> None:
        """Raises NotReady when there is no engine any more that could record what was done: the marks of an unfinished create stay."""
        if self.engine_is_alive is not None and not await self.engine_is_alive():
            self.cancel()
            raise NotReady("the engine is gone", interrupted=True)

    def other_about(self, thing: str, urn: str) -> str | None:
        """The URN of another resource of the program that is about this thing, which only one may be; None for the first."""
        first = self._alone.setdefault(thing, urn)
        return None if first == urn else first

    def record(self, urn: str, resource_id: str) -> None:
        if resource_id:
            self.recorded.setdefault(urn, set()).add(resource_id)

    def pause(self, waited: float) -> float:
        """Seconds until the next poll of something that has been waited for so long: 1 s at first, growing to the full interval."""
        return min(self.poll_seconds, max(self.poll_seconds * SOON, waited * FRACTION))

    def cancel(self) -> None:
        """Ends every wait; what exists keeps its id and state."""
        self.cancelled.set()

    async def sleep(self, seconds: float) -> None:
        """Waits on the session's clock. Raises NotReady (interrupted) when the run is cancelled meanwhile."""
        sleeping = asyncio.ensure_future(self.clock.sleep(seconds))
        stopping = asyncio.ensure_future(self.cancelled.wait())
        try:
            await asyncio.wait({sleeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            stopping.cancel()
        if self.cancelled.is_set():
            raise NotReady("stopped before it was ready", interrupted=True)


def poll_interval(environ: dict[str, str] | None = None) -> float:
    """Seconds between polls: `FOURWAYS_POLL_SECONDS`, else 3. Raises ProviderError for what is not a positive number."""
    text = (environ if environ is not None else dict(os.environ)).get(POLL_VARIABLE, "")
    try:
        seconds = float(text) if text else DEFAULT_POLL_SECONDS
    except ValueError:
        seconds = -1
    if not 0 < seconds < 3600:
        raise ProviderError(f"{POLL_VARIABLE}={text!r} is not allowed. Allowed: seconds above 0, such as 3.")
    return seconds
