"""When a prepaid term ends, and what an early refund pays back. Pure; times are epoch seconds."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from fourways.fakes.services.deployments import rules

ZONE = timezone(timedelta(hours=8))  # terms are counted in UTC+8 in every region
DAY = 86_400.0


def is_legal(days: int) -> bool:
    given = rules.ptu()["durations"]
    return 1 <= days <= given["daily_up_to"] or days in given["also"]


def legal() -> str:
    given = rules.ptu()["durations"]
    return f"1 to {given['daily_up_to']}, {', '.join(map(str, given['also']))}"


def expiry(bought: float, days: int) -> float:
    """The last second (23:59:59 UTC+8) of a term: the day of purchase is its first, from 22:00 on the next day is."""
    at = datetime.fromtimestamp(bought, ZONE)
    first = at.date() + timedelta(days=int(at.hour >= rules.ptu()["cutoff_hour"]))
    last = first + timedelta(days=days - 1)
    return datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=ZONE).timestamp()


def renewed(expires: float, now: float, days: int) -> float:
    """A renewal adds to a term that still runs; after its end it counts as a purchase (assumed)."""
    return expires + days * DAY if now <= expires else expiry(now, days)


def stops(expires: float) -> float:
    """When the service stops."""
    return expires + float(rules.ptu()["stops_after_hours"]) * 3600


def released(expires: float) -> float:
    """When the capacity is released for good."""
    return expires + float(rules.ptu()["released_after_hours"]) * 3600


def refund(paid: Decimal, used: float, total: float) -> Decimal:
    """paid - paid * used / total * 1.2, at least 0, to the hundredth; in seconds (that it is not counted in whole days is assumed)."""
    share = Decimal(str(used)) / Decimal(str(total))
    return max(Decimal(0), paid - paid * share * Decimal(rules.ptu()["refund_factor"])).quantize(Decimal("0.01"))


def wire(at: float) -> str:
    """`2026-11-24T23:59:59`, in UTC+8 (the form is the help centre's; that it is in UTC+8 is assumed)."""
    return datetime.fromtimestamp(at, ZONE).strftime("%Y-%m-%dT%H:%M:%S")
