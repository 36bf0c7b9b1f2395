"""When a wait for a service is over: functions from what the cloud says to a verdict. Pure, apart from counting their own looks."""

from __future__ import annotations

from fourways.cloud.answers import whole
from fourways.provider.eas.api import Answer
from fourways.provider.eas.waiting import Judge, Verdict, progress

#: Statuses that nothing but a new request changes (alibabacloud-eas20210701 7.0.0, ListServices ServiceStatus).
ENDED = ("Failed", "Stopped", "DeleteFailed")
#: Looks for which an old Failed or Stopped may still be shown after a new request, about 15 s of them: reads lag behind writes.
GRACE_LOOKS = 12


def ready(wanted: int | None, after_version: int | None = None, *, stopped_is_fine: bool = False, failure_is_old: bool = False) -> Judge:
    """Ready when Running with all wanted instances. `after_version`: only the latest version counts, and only when it is above this one,
    since the old one goes on running while the new one is rolled out; without it any may run, such as one that was rolled back to.
    `stopped_is_fine`: somebody had stopped it, and an update leaves it so. `failure_is_old`: it had failed before the request."""
    stale_looks = back_looks = 0

    def judge(service: Answer | None) -> Verdict:
        nonlocal stale_looks, back_looks
        if service is None:
            stale_looks += 1
            return Verdict(failed="it is gone") if stale_looks > GRACE_LOOKS else Verdict(line="not listed yet")
        line, status = progress(service, wanted), service.get("Status")
        latest, current = _version(service.get("LatestVersion")), _version(service.get("CurrentVersion"))
        fresh = after_version is None or latest > after_version
        if not fresh:
            line = f"{line}, still version {current}"
        if status == "Stopped" and (wanted == 0 or stopped_is_fine) and fresh:
            return Verdict(done=True, line=line)
        if status in ENDED:
            stale_looks += 0 if fresh and after_version is not None else 1
            at_once = after_version is None and status != "Stopped" and not failure_is_old
            if (fresh and after_version is not None) or stale_looks > GRACE_LOOKS or at_once:
                return Verdict(failed=_end(service), line=line)
            return Verdict(line=line)
        if status == "Running" and fresh and (after_version is None or current == latest) and _enough(service, wanted):
            return Verdict(done=True, line=line)
        if status == "Running" and after_version is not None and fresh and current <= after_version:
            back_looks += 1
            if back_looks > GRACE_LOOKS:
                return Verdict(failed=f"it runs version {current} again instead of {latest}: somebody rolled it back", line=line)
        return Verdict(line=line)

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
