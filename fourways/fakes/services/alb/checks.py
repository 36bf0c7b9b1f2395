"""What a server's health checks have shown, and what follows from them. Pure: times in, status out.

Nobody asks a server every two seconds here. Whoever wants to know its health has it asked once, and is told what checks at the group's
interval would have shown meanwhile. What has changed since it was last asked is taken to have changed right after that, so that a change
shows at most one threshold's worth of checks too early, and never too late.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_CLASSES = {"http_2xx": 2, "http_3xx": 3, "http_4xx": 4, "http_5xx": 5}


@dataclass
class Seen:
    """`since` is when the present run of like results began, `asked` when the server was last asked: epoch seconds of the fake's clock.

    `code` is the last HTTP status, None where nothing took the connection; `passed` is None until the server was asked. The status is
    Initial, Healthy or Unhealthy.
    """

    since: float
    asked: float
    code: int | None = None
    passed: bool | None = None
    status: str = "Initial"


def begin(now: float) -> Seen:
    """Of a server that has just been added."""
    return Seen(since=now, asked=now)


def passes(code: int | None, check: dict[str, Any]) -> bool:
    """Whether a server that answers with the HTTP status `code` (None: takes no connection) passes its group's check. What is no HTTP
    engine passes no check of gRPC."""
    if code is None or check["HealthCheckProtocol"] == "GRPC":
        return False
    if check["HealthCheckProtocol"] == "TCP":
        return True
    return code // 100 in {_CLASSES.get(name) for name in check["HealthCheckCodes"]}


def judge(seen: Seen, code: int | None, now: float, check: dict[str, Any]) -> Seen:
    """What is known of a server that answers with `code` now. It needs a threshold of like results in a row, an interval apart, to change
    from Initial to either, or from Healthy to Unhealthy or back."""
    passed = passes(code, check)
    since = seen.since if seen.passed in (None, passed) else seen.asked
    needed = check["HealthyThreshold"] if passed else check["UnhealthyThreshold"]
    settled = (now - since) // check["HealthCheckInterval"] >= needed
    status = ("Healthy" if passed else "Unhealthy") if settled else seen.status
    return Seen(since, now, code, passed, status)
