"""When a wait for a service is over: functions from what the cloud says to a verdict. Pure, apart from remembering since when they have
seen the same; the time is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fourways.cloud.answers import whole
from fourways.provider.eas.api import Answer
from fourways.provider.eas.services.waiting import Judge, Verdict, progress

#: Statuses that nothing but a new request changes (alibabacloud-eas20210701 7.0.0, ListServices ServiceStatus).
ENDED = ("Failed", "Stopped", "DeleteFailed")
FAILED = ("Failed", "DeleteFailed")
#: Seconds for which what a new request has changed may still be shown as it was, such as an old Failed or Stopped: reads lag behind writes
#: (assumed: how far they lag is not documented). A time and no number of looks: the polls are a second apart, or many where there is much
#: to wait for.
GRACE_SECONDS = 15.0


@dataclass
class _Lasting:
    """Since when something has been seen without a break; `now` gives monotonic seconds."""

    now: Callable[[], float]
    since: float | None = None

    def too_long(self) -> bool:
        """It is seen now: whether that has lasted longer than the grace."""
        self.since = self.now() if self.since is None else self.since
        return self.now() - self.since > GRACE_SECONDS

    def over(self) -> None:
        """It is not seen any more."""
        self.since = None


def ready(
    wanted: int | None,
    after_version: int | None = None,
    *,
    now: Callable[[], float],
    stopped_is_fine: bool = False,
    failure_is_old: bool = False,
) -> Judge:
    """Ready when Running with all wanted instances. `after_version`: only the latest version counts, and only when it is above this one,
    since the old one goes on running while the new one is rolled out; without it any may run, such as one that was rolled back to.
    `now` is the session's clock. `stopped_is_fine`: somebody had stopped it, and an update leaves it so. `failure_is_old`: it had failed
    before the request."""
    missing, ended, back = _Lasting(now), _Lasting(now), _Lasting(now)

    def judge(service: Answer | None) -> Verdict:
        if service is None:
            return Verdict(failed="it is gone") if missing.too_long() else Verdict(line="not listed yet")
        missing.over()
        line, status = progress(service, wanted), service.get("Status")
        latest, current = _version(service.get("LatestVersion")), _version(service.get("CurrentVersion"))
        fresh = after_version is None or latest > after_version
        if not fresh:
            line = f"{line}, still version {current}"
        if status == "Stopped" and (wanted == 0 or stopped_is_fine) and fresh:
            return Verdict(done=True, line=line)
        if status in ENDED:
            is_new = fresh and after_version is not None
            at_once = after_version is None and status != "Stopped" and not failure_is_old
            return Verdict(failed=_end(service), line=line) if is_new or at_once or ended.too_long() else Verdict(line=line)
        ended.over()
        if status == "Running" and fresh and (after_version is None or current == latest) and _enough(service, wanted):
            return Verdict(done=True, line=line)
        if status == "Running" and after_version is not None and fresh and current <= after_version:
            if back.too_long():
                return Verdict(failed=f"it runs version {current} again instead of {latest}: somebody rolled it back", line=line)
        else:
            back.over()
        return Verdict(line=line)

    return judge


def restarted(running: Judge, *, now: Callable[[], float]) -> Judge:
    """`running`, but of the instances after a restart: those of before go on running until the request shows, which a status other than
    Running tells, or the grace being over (a restart that was done between two looks)."""
    before = _Lasting(now)
    begun = False

    def judge(service: Answer | None) -> Verdict:
        nonlocal begun
        verdict = running(service)
        begun = begun or (service is not None and service.get("Status") != "Running")
        if verdict.done and not begun and not before.too_long():
            return Verdict(line=verdict.line)
        return verdict

    return judge


def serves(running: Judge, version: int) -> Judge:
    """`running`, of this version and no other. That CurrentVersion is the number that was gone back to is assumed."""

    def judge(service: Answer | None) -> Verdict:
        verdict, current = running(service), _version((service or {}).get("CurrentVersion"))
        return Verdict(line=f"{verdict.line}, still version {current}") if verdict.done and current != version else verdict

    return judge


def stopped(*, now: Callable[[], float]) -> Judge:
    """Over when it is stopped."""
    missing = _Lasting(now)

    def judge(service: Answer | None) -> Verdict:
        if service is None:
            return Verdict(failed="it is gone") if missing.too_long() else Verdict(line="not listed yet")
        missing.over()
        return Verdict(done=service.get("Status") == "Stopped", line=str(service.get("Status")))

    return judge


def gone() -> Judge:
    """Over when the service is not there any more; failed when its deletion did."""

    def judge(service: Answer | None) -> Verdict:
        if service is None:
            return Verdict(done=True)
        if service.get("Status") == "DeleteFailed":
            return Verdict(failed=_end(service))
        return Verdict(line=str(service.get("Status")))

    return judge


def serving_version(service: Answer) -> int | None:
    """The version that a failed update can be rolled back to: the one that runs, or ran before a newer one failed. None where none has."""
    current, latest = _version(service.get("CurrentVersion")), _version(service.get("LatestVersion"))
    return current if current > 0 and (service.get("Status") == "Running" or current < latest) else None


def who_serves(service: Answer | None) -> str:
    """What clients have of a service whose update failed: `1 instance serves meanwhile`. Of which version is for the cloud to know: a
    roll-out may have got half way."""
    running = (service or {}).get("RunningInstance")
    if not isinstance(running, int):
        return "Whether anything serves is not known"
    return (
        f"{running} instance{' serves' if running == 1 else 's serve'} meanwhile" if running else "No instance serves: the endpoint is down"
    )


def _enough(service: Answer, wanted: int | None) -> bool:
    if wanted is None:
        return True
    running, total = whole(service.get("RunningInstance")), whole(service.get("TotalInstance"))
    return running == wanted and total in (None, wanted)


def _end(service: Answer) -> str:
    reason, message = service.get("Reason"), service.get("Message")
    said = ": ".join(str(part) for part in (reason, message) if part)
    return f"it is {service.get('Status')}{f' ({said})' if said else ''}"


def _version(value: object) -> int:
    return whole(value) or 0
