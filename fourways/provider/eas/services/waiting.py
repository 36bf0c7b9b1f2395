"""Waiting for services: one list poll a region for all of them, a status line for each, and an end at every terminal state.

A poll for each service would be throttled at a hundred of them. What a service lacks (its last warning, stock, a full resource group) is
asked for one waiting service a poll, in turn, so that the calls of a poll do not grow with the services that wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from fourways.cloud import ownership
from fourways.cloud.answers import text, whole
from fourways.cloud.errors import CloudError
from fourways.provider.eas.api import Answer, Eas
from fourways.provider.eas.services.shortage import Need, Shortages
from fourways.provider.errors import NotReady, duration
from fourways.provider.session import Session


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What one look at a service means: `done`, failed (with why), or neither; `line` is the status to show."""

    done: bool = False
    failed: str | None = None
    line: str = ""


class OutOfStock(NotReady):
    """A wait that ended for want of room: its time, or the time that a shortage may last, is over."""


#: Judges what the list poll (or DescribeService) says; None means that the service is not there.
Judge = Callable[[Answer | None], Verdict]


@dataclass(kw_only=True, eq=False)
class _Wait:
    urn: str
    name: str
    judge: Judge
    started: float
    deadline: float
    timeout: float
    need: Need
    future: asyncio.Future[Answer | None]
    line: str = ""
    looks: int = 0
    note: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    since: str = ""
    short_since: float | None = None


class ServiceWaits:
    """The waits of one region, served by one loop that runs while there are any."""

    #: Looks without an end (about 8 s of them) before a wait's reasons are asked for: most services are up by then.
    QUIET_LOOKS = 7

    def __init__(self, session: Session, eas: Eas) -> None:
        self.session, self.eas = session, eas
        self._hasty = Eas(session, eas.region, patient=False)
        self.shortages = Shortages(self._hasty)
        self._waits: list[_Wait] = []
        self._loop: asyncio.Task[None] | None = None
        self._turn = 0

    async def until(self, urn: str, name: str, judge: Judge, timeout: float, need: Need | None = None) -> Answer | None:
        """The service as it was when `judge` said done. Raises NotReady when it failed, ran out of time or was stopped, OutOfStock where
        it found no room until then, CloudError when it cannot be watched. `timeout` in seconds; `need` tells what it may lack."""
        stack, project = ownership.split_urn(urn)
        now = self.session.clock.now()
        wait = _Wait(
            urn=urn,
            name=name,
            judge=judge,
            timeout=timeout,
            started=now,
            deadline=now + timeout,
            need=need or Need(),
            future=asyncio.get_running_loop().create_future(),
            labels={ownership.PROJECT: project, ownership.STACK: stack},
        )
        self._waits.append(wait)
        if self._loop is None or self._loop.done():
            self._loop = asyncio.create_task(self._run())
        try:
            return await wait.future
        finally:
            self._drop(wait)

    async def _run(self) -> None:
        try:
            while self._waits:
                youngest = max(wait.started for wait in self._waits)
                await self.session.sleep(self.session.pause(self.session.clock.now() - youngest))
                await self._poll()
        except (CloudError, NotReady) as error:
            self._end_all(error)
        except BaseException as error:
            self._end_all(NotReady(f"the wait broke off ({type(error).__name__})", interrupted=True))
            raise

    def _end_all(self, error: Exception) -> None:
        for wait in self._waits:
            if not wait.future.done():
                message = f"{error}; it was {wait.line}" if wait.line and isinstance(error, NotReady) else None
                wait.future.set_exception(NotReady(message, interrupted=True) if message else error)
        self._waits.clear()

    async def _poll(self) -> None:
        listed: dict[str, Answer] = {}
        for labels in {tuple(sorted(wait.labels.items())) for wait in self._waits}:
            listed |= {str(entry.get("ServiceName")): entry for entry in await self.eas.list_services(dict(labels))}
        for wait in list(self._waits):
            # Not in the list means gone, or without our labels yet (imported): then it is asked for alone.
            service: Answer | None = listed[wait.name] if wait.name in listed else await self.eas.describe_service(wait.name)
            await self._look(wait, service)
        await self._reasons()

    async def _look(self, wait: _Wait, service: Answer | None) -> None:
        verdict = wait.judge(service)
        wait.looks += 1
        wait.since = str((service or {}).get("UpdateTime") or "")
        if verdict.done:
            self._settle(wait, service)
        elif verdict.failed is not None:
            self._fail(wait, NotReady(await self._with_reasons(wait, verdict.failed)))
        elif (over := await self._over(wait)) is not None:
            ending = await self._with_reasons(wait, f"{over}: {verdict.line or 'not there'}")
            self._fail(wait, NotReady(ending) if wait.short_since is None else OutOfStock(ending))
        else:
            line = f"{verdict.line} - {wait.note}" if wait.note else verdict.line
            if line != wait.line:
                wait.line = line
                self.session.reporter.status(wait.urn, line)

    async def _over(self, wait: _Wait) -> str | None:
        """What ends the wait now, unless it goes on: its own time, or the time that a shortage may last. A shortage is looked for once more
        before it ends a wait: the last look may have been long ago."""
        now, patience = self.session.clock.now(), wait.need.give_up
        if now >= wait.deadline:
            return f"timed out after {duration(wait.timeout)}"
        if patience is None or wait.short_since is None or now - wait.short_since < patience:
            return None
        return None if await self._shortage(wait) is None else f"given up after {duration(patience)} of shortage"

    def _settle(self, wait: _Wait, service: Answer | None) -> None:
        self._drop(wait)
        if not wait.future.done():
            wait.future.set_result(service)

    def _fail(self, wait: _Wait, error: NotReady) -> None:
        self._drop(wait)
        if not wait.future.done():
            wait.future.set_exception(error)

    def _drop(self, wait: _Wait) -> None:
        if wait in self._waits:
            self._waits.remove(wait)

    async def _reasons(self) -> None:
        """Asks why one of the slow ones is not ready, in turn."""
        slow = [wait for wait in self._waits if wait.looks > self.QUIET_LOOKS and wait.need.config]
        if slow:
            self._turn = (self._turn + 1) % len(slow)
            slow[self._turn].note = await self._why(slow[self._turn])

    async def _with_reasons(self, wait: _Wait, message: str) -> str:
        why = await self._why(wait, message) if wait.need.config else wait.note
        return f"{message}. {why}" if why else message

    async def _why(self, wait: _Wait, told: str = "") -> str | None:
        """The shortage that holds a service up, and its last warning unless it is `told` already. A reason that cannot be had is no reason
        to fail: None."""
        shortage = await self._shortage(wait)
        warning = await _tolerant(self._hasty.last_warning(wait.name, wait.since))
        return (
            "; ".join(part for part in (shortage, f"last warning: {warning}" if warning and warning not in told else None) if part) or None
        )

    async def _shortage(self, wait: _Wait) -> str | None:
        """The shortage that holds a service up, noted with since when. One that cannot be asked for lasts on, and ends nothing."""
        try:
            found = await self.shortages.of(wait.name, wait.need)
        except CloudError:
            return None
        if found is None:
            wait.short_since = None
        elif wait.short_since is None:
            wait.short_since = self.session.clock.now()
        return found


async def _tolerant(asked: Awaitable[str | None]) -> str | None:
    try:
        return await asked
    except CloudError:
        return None  # decoration of a status line only: the wait itself goes on and reports its own errors


def progress(service: Answer, wanted: int | None) -> str:
    """`Waiting, 0 of 1 ready`."""
    ready, total = whole(service.get("RunningInstance")), whole(service.get("TotalInstance")) if wanted is None else wanted
    count = f"{ready or 0} of {'?' if total is None else total} ready"
    return f"{text(service.get('Status')) or 'unknown status'}, {count}"
