"""Stopping, starting and restarting a service, each watched.

A stopped service is kept with its config and endpoint, and not billed on public resources (help centre, 'Public resources'). Its safety
lock `dangerous` forbids to stop it: that guards against a mistake by hand, and a program that says `running: false` beside it makes none.
So the lock is taken off for the one call, and put back at once. Refusing instead would ask for an update that takes the lock off for
good, for the sake of one that stops. Deleting remains forbidden: nothing undoes that.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fourways.cloud.errors import CloudError
from fourways.provider.eas.api import Answer, Eas
from fourways.provider.eas.services import service_judges
from fourways.provider.eas.services.waiting import ServiceWaits
from fourways.provider.errors import NotReady, ProviderError
from fourways.provider.session import Session

#: Seconds until a service is stopped, at most: its replicas end within their grace period, 30 s by default.
STOP_TIMEOUT = 15 * 60.0
#: Seconds before it is looked whether a restart without an answer has happened: reads lag behind writes (assumed, as for a create).
LOOK_AGAIN = 3.0
STOPPED, STOPPING = "Stopped", "Stopping"


class Power:
    """The stops and starts of one region's services."""

    def __init__(self, session: Session, eas: Eas, waits: ServiceWaits) -> None:
        self.session, self.eas, self.waits = session, eas, waits

    async def stop(self, urn: str, service: Answer) -> None:
        """Stops it, unless it is stopping, and waits until it is stopped. Raises CloudError when that is refused, ProviderError when it
        takes too long."""
        name, lock = str(service["ServiceName"]), service.get("SafetyLock")
        if service.get("Status") not in (STOPPED, STOPPING):
            if lock == "dangerous":
                await self.eas.set_lock(name, "none")
            try:
                await self._ask(self.eas.stop_service, name, (STOPPED, STOPPING))
            finally:
                if lock == "dangerous":
                    await self.eas.set_lock(name, "dangerous")
        try:
            await self.waits.until(urn, name, service_judges.stopped(now=self.session.clock.now), STOP_TIMEOUT)
        except NotReady as error:
            raise ProviderError(f"service {name} is not stopped yet and may still be billed: {error}. Run it again.") from error

    async def start(self, name: str) -> None:
        """Asks for it to start, once it is stopped. Raises CloudError."""
        await self._ask(self.eas.start_service, name, ("Starting", "Waiting", "Running"))

    async def restart(self, name: str) -> None:
        """Asks for its instances to be replaced by new ones of the same version, rolling. Raises CloudError."""
        try:
            await self.eas.restart_service(name)
        except CloudError as error:
            if not error.may_have_happened:
                raise
            await self.session.sleep(LOOK_AGAIN)
            service = await self.eas.describe_service(name)
            if service is not None and service.get("Status") == "Running":
                await self.eas.restart_service(name)

    async def _ask(self, call: Callable[[str], Awaitable[object]], name: str, meant: tuple[str, ...]) -> None:
        """Makes the call; refused, it may have had its effect before: a first answer was lost, or somebody else was faster."""
        try:
            await call(name)
        except CloudError:
            service = await self.eas.describe_service(name)
            if service is None or service.get("Status") not in meant:
                raise
