"""What an update of a service has to ask for: from the inputs in the state, those of the program, and the service as it is. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fourways.cloud.answers import whole
from fourways.provider.eas.api import Answer
from fourways.provider.eas.services import service_comparison, service_json, traffic
from fourways.provider.errors import ProviderError
from fourways.provider.values import Plain, Properties


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`resend`: UpdateService with the whole JSON; `go_back`: UpdateServiceVersion to this one, `once_more` where the state has it already;
    `unscale`: no scaler is to decide the count any more; `leaves`: no more traffic of its group, before anything else; `restart`, `stop`,
    `start`: as they say; `wait`: until the service is what was asked for; `stays_stopped`: nothing of it starts the service."""

    resend: bool = False
    go_back: int | None = None
    once_more: bool = False
    unscale: bool = False
    leaves: bool = False
    restart: bool = False
    stop: bool = False
    start: bool = False
    wait: bool = False
    stays_stopped: bool = False
    acts: bool = False

    @property
    def moves(self) -> bool:
        """Whether instances find new places."""
        return not self.stays_stopped and not self.stop and (self.wait or self.start or self.go_back is not None)

    @classmethod
    def of(cls, old: Properties, inputs: Properties, service: Answer) -> Plan:
        """Raises ProviderError for an earlier version that cannot be gone back to."""
        status, stopped = service.get("Status"), service_json.is_stopped(service)
        runs = inputs.plain.get("running") is not False
        back_to, pinned = inputs.plain.get("rollBackTo"), inputs.plain.get("rollBackTo") is not None
        if problem := refusal(old.plain, inputs.plain, service_json.latest_version(service)):
            raise ProviderError(f"cannot update service {inputs.plain['name']}: {problem}")
        go_back = back_to if pinned and (service.get("CurrentVersion") != back_to or status == "Failed") else None
        resend = not pinned and (
            service_comparison.differs(inputs, service)
            or service_comparison.config_changes(old.plain, inputs.plain)
            or (old.plain.get("rollBackTo") is not None and _went_back(service))
            or (status == "Failed" and runs)
        )
        stop, start = not runs and not (stopped and status == "Stopped"), runs and stopped
        # A new version replaces every instance, and a start makes them: a restart on top of it would only take them down once more.
        restart = restarts(old.plain, inputs.plain) and runs and not stopped and not resend and go_back is None
        settled = status in ("Running", "Stopped") or stop or start
        return cls(
            resend=resend,
            go_back=go_back,
            once_more=go_back is not None and old.plain.get("rollBackTo") == go_back,
            unscale=bool(old.plain.get("scaled")) and (stop or not inputs.plain.get("scaled")),
            leaves=traffic.leaves(inputs.plain, service),
            restart=restart,
            stop=stop,
            start=start,
            wait=resend or restart or not settled,
            stays_stopped=not runs,
            acts=resend or restart or stop or start or go_back is not None or traffic.differs(inputs.plain, service),
        )


def _went_back(service: Answer) -> bool:
    """Whether another version serves than the newest, which may have keys that are declared no more, and so show no difference."""
    return whole(service.get("CurrentVersion")) != service_json.latest_version(service)


def restarts(old: Mapping[str, Plain], new: Mapping[str, Plain]) -> bool:
    """Whether the text of `restart` has changed. Taken out, it asks for nothing."""
    return new.get("restart") is not None and old.get("restart") != new.get("restart")


def refusal(old: Mapping[str, Plain], new: Mapping[str, Plain], latest: int | None) -> str | None:
    """Why `rollBackTo` cannot be done, with what to do; None when it can, or is not asked for."""
    version = new.get("rollBackTo")
    if version is None:
        return None
    if isinstance(version, int) and latest and version > latest:
        return f"rollBackTo {version} is no version of it. Allowed: 1 to {latest}."
    if service_comparison.config_changes(old, new) or (old.get("token") or None) != (new.get("token") or None):
        return (
            f"rollBackTo {version} serves an earlier version, and config or token change with it, which would make a new one. Take that "
            "change back (or run `pulumi up` with it first), or take rollBackTo out: the config is then sent again."
        )
    return None
