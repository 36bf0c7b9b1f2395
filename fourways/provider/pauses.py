"""The pauses of one operation: what it waits for as status, no longer than its timeout, and no poll more often than its age asks for."""

from __future__ import annotations

from fourways.provider.errors import NotReady, duration
from fourways.provider.session import Session


class Pauses:
    """All pauses of an operation, within `timeout` seconds together."""

    def __init__(self, session: Session, urn: str, timeout: float) -> None:
        self.session, self.urn = session, urn
        self._started, self._timeout = session.clock.now(), timeout
        self._line = ""

    def say(self, line: str) -> None:
        """The live status line, when it is another one."""
        if line != self._line:
            self._line = line
            self.session.reporter.status(self.urn, line)

    async def pause(self, line: str) -> None:
        """Says how it stands and waits for the next poll. Raises NotReady when the time is up, or when the run is stopped."""
        self.say(line)
        waited = self.session.clock.now() - self._started
        if waited >= self._timeout:
            raise NotReady(f"timed out after {duration(self._timeout)}: {line}")
        await self.session.sleep(self.session.pause(waited))
