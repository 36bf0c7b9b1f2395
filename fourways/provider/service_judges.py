"""When a wait for a service is over: functions from what the cloud says to a verdict. Pure, apart from counting their own looks."""

from __future__ import annotations

from fourways.cloud.answers import whole
from fourways.provider.eas import Answer
from fourways.provider.waiting import Judge, Verdict, progress

#: Statuses that nothing but a new request changes (alibabacloud-eas20210701 7.0.0, ListServices ServiceStatus).
ENDED = ("Failed", "Stopped", "DeleteFailed")
#: Looks for which an old Failed or Stopped may still be shown after a new request, about 15 s of them: reads lag behind writes.
GRACE_LOOKS = 12


def ready(wanted: int | None, after_version: int | None = None, *, stopped_is_fine: bool = False) -> Judge:
    """Ready when Running on its latest version with all wanted instances. `after_version`: only a version above it counts, since the old
    one goes on running while the new one is rolled out. `stopped_is_fine`: somebody had stopped it, and an update leaves it so."""
    stale_looks = 0

    def judge(service: Answer | None) -> Verdict:
        nonlocal stale_looks
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
            if (fresh and after_version is not None) or stale_looks > GRACE_LOOKS or (after_version is None and status != "Stopped"):
                return Verdict(failed=_end(service), line=line)
            return Verdict(line=line)
        if status == "Running" and fresh and current == latest and _enough(service, wanted):
            return Verdict(done=True, line=line)
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
