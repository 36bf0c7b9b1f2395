"""Back to the version of a service that ran before an update failed, and watched until it runs.

EAS rolls back by rolling, as it updates: failed replicas go first, and where old ones went on serving nothing else happens (help centre,
'Rolling updates and graceful shutdown' and 'Manage releases, canary deployments, and version rollbacks').
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from fourways.cloud.errors import CloudError
from fourways.provider.eas.api import Answer, Eas
from fourways.provider.eas.services import service_json, service_judges
from fourways.provider.eas.services.shortage import Need
from fourways.provider.eas.services.waiting import Judge, ServiceWaits, Verdict
from fourways.provider.errors import NotReady
from fourways.provider.session import Session
from fourways.provider.values import Properties

#: Seconds before it is looked whether a rollback without an answer has happened: reads lag behind writes (assumed, as for a create).
LOOK_AGAIN = (1.0, 3.0, 6.0)


class Rollbacks:
    """The rollbacks of one region's services."""

    def __init__(self, session: Session, eas: Eas, waits: ServiceWaits) -> None:
        self.session, self.eas, self.waits = session, eas, waits

    async def to(self, urn: str, version: int, before: Answer, failed: Answer, timeout: float, *, scaled: bool) -> None:
        """Returns once the service runs `version` again. `before` and `failed` are DescribeService's answers of before the update and of
        now. Raises CloudError, NotReady."""
        name, config = str(before["ServiceName"]), service_json.echoed_config(before) or {}
        ran = before.get("Status") == "Running"  # else `before` may be a later version, which had failed, too
        self.session.reporter.status(urn, f"rolling back to version {version}")
        above = await self._ask(name, version, failed, before if ran else None)
        wanted, now = service_json.wanted_instances(config) if ran and not scaled else None, self.session.clock.now
        judge = service_judges.ready(wanted, above, now=now, failure_is_old=True)
        await self.waits.until(urn, name, _telling(judge), timeout or service_json.default_timeout(config), Need(config=config))

    async def ask(self, version: int, service: Answer) -> None:
        """Asks for an earlier version of a service that was just described. Raises CloudError, NotReady."""
        await self._ask(str(service["ServiceName"]), version, service, None)

    async def watch(self, urn: str, inputs: Properties, version: int, timeout: float, *, stopped: bool) -> None:
        """Returns once the service runs the version that was asked for, or has it and is `stopped`. Raises CloudError, NotReady."""
        wanted, config, now = service_json.wanted(inputs.plain), inputs.plain["config"], self.session.clock.now
        running = service_judges.ready(wanted, now=now, failure_is_old=True, stopped_is_fine=stopped)
        judge = _telling(service_judges.serves(running, version))
        await self.waits.until(
            urn, str(inputs.plain["name"]), judge, timeout or service_json.default_timeout(config), Need.of(inputs.plain)
        )

    async def _ask(self, name: str, version: int, failed: Answer, before: Answer | None) -> int | None:
        """Brings the version back. Returns None, or the version that a new one must exceed, where what ran was sent once more."""
        for pause in LOOK_AGAIN:
            try:
                await self.eas.update_service_version(name, version)
                return None
            except CloudError as error:
                last = error
            await self.session.sleep(pause)
            now = await self.eas.describe_service(name)
            if now is None:
                raise NotReady("the service is gone")
            if not is_as(now, failed):
                return None  # an answer was lost, or this is the second time that it is asked for
            if not last.may_have_happened:
                return await self._send_again(name, now, before, last)
        raise last

    async def _send_again(self, name: str, now: Answer, before: Answer | None, refused: CloudError) -> int:
        """The JSON of the version that ran, as a new version: 'smaller than the current version' may mean the one that still serves."""
        body = _json_of(before) if before else None
        if body is None:
            raise refused
        await self.eas.update_service(name, body)
        return service_json.latest_version(now)


def is_as(service: Answer, before: Answer, *, scaled: bool = False) -> bool:
    """Whether the service is what it was when it was described: the same service JSON (name and labels aside; where it is `scaled` by a
    scaler, the count too) and the same key."""
    now, then = (_config(one, counted=not scaled) for one in (service, before))
    return now is not None and now == then and service.get("AccessToken") == before.get("AccessToken")


def _config(service: Answer, *, counted: bool) -> dict[str, Any] | None:
    config = service_json.echoed_config(service)
    metadata = (config or {}).get("metadata")
    if config is None or counted or not isinstance(metadata, dict):
        return config
    return {**config, "metadata": {key: value for key, value in metadata.items() if key != "instance"}}


def _telling(judge: Judge) -> Judge:
    def told(service: Answer | None) -> Verdict:
        verdict = judge(service)
        return dataclasses.replace(verdict, line=f"rolling back, {verdict.line}") if verdict.line else verdict

    return told


def _json_of(service: Answer) -> Mapping[str, Any] | None:
    try:
        body = json.loads(str(service.get("ServiceConfig") or ""))
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
