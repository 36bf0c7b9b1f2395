"""What would be on the bill: each billed thing opens and closes an interval. The oracle of every teardown test."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from fourways.fakes.clock import Clock


@dataclass
class Interval:
    """One stretch of being billed. Times are epoch seconds of the fake's clock; `closed` is None while it runs.

    What is metered (tokens) is closed from the start: `committed` and the counts in `usage` grow with each use, `closed` is the last one.
    """

    account: str
    region: str
    kind: str
    resource: str
    charge_type: str
    hourly_price: Decimal
    currency: str
    opened: float
    closed: float | None = None
    committed: Decimal = Decimal(0)
    usage: dict[str, int] = field(default_factory=dict)


class Ledger:
    """Intervals in the order in which they were opened."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._intervals: list[Interval] = []
        self._metered: dict[tuple[str, str, str, str], Interval] = {}

    def open(
        self,
        *,
        account: str,
        region: str,
        kind: str,
        resource: str,
        hourly_price: Decimal | str,
        currency: str,
        charge_type: str = "PostPaid",
        committed: Decimal | str = "0",
    ) -> None:
        """Begin to bill. `committed` is what is owed at once and never comes back (a prepaid term), in `currency`."""
        if self._running(kind, resource, region) is not None:
            raise RuntimeError(f"{kind} {resource} is billed already: a defect of the fake")
        self._intervals.append(
            Interval(
                account, region, kind, resource, charge_type, Decimal(hourly_price), currency, self._clock.now(), None, Decimal(committed)
            )
        )

    def meter(
        self, *, account: str, region: str, kind: str, resource: str, since: float, currency: str, amount: Decimal, usage: dict[str, int]
    ) -> None:
        """Add one use to what is billed by use: never open, for nothing is owed while nothing is asked. Uses after `since` share a row."""
        now = self._clock.now()
        interval = self._metered.get((account, region, kind, resource))
        if interval is None or interval.opened < since:
            interval = Interval(account, region, kind, resource, "PostPaid", Decimal(0), currency, now, now)
            self._intervals.append(interval)
            self._metered[account, region, kind, resource] = interval
        interval.closed = now
        interval.committed += amount
        for name, count in usage.items():
            interval.usage[name] = interval.usage.get(name, 0) + count

    def close(self, kind: str, resource: str, region: str) -> None:
        """Stop billing; closing what is not billed is no error, since a thing may be deleted before its bill starts."""
        interval = self._running(kind, resource, region)
        if interval is not None:
            interval.closed = self._clock.now()

    def is_open(self, kind: str, resource: str, region: str) -> bool:
        return self._running(kind, resource, region) is not None

    def intervals(self) -> list[Interval]:
        """As they are now."""
        return list(self._intervals)

    def rows(self, *, only_open: bool = False) -> list[dict[str, Any]]:
        """JSON-ready rows; `amount` is what has been billed so far, in `currency`, to the hundredth."""
        now = self._clock.now()
        rows = []
        for interval in self._intervals:
            if only_open and interval.closed is not None:
                continue
            end = now if interval.closed is None else interval.closed
            hours = Decimal(str(max(0.0, end - interval.opened))) / 3600
            amount = interval.committed + (interval.hourly_price * hours).quantize(Decimal("0.0001"))
            row = asdict(interval)
            row.pop("committed")
            if not interval.usage:
                row.pop("usage")
            row["hourly_price"] = str(interval.hourly_price)
            row["opened"] = self._clock.timestamp(interval.opened)
            row["closed"] = None if interval.closed is None else self._clock.timestamp(interval.closed)
            row["seconds"] = round(end - interval.opened, 3)
            row["amount"] = str(amount)
            rows.append(row)
        return rows

    def _running(self, kind: str, resource: str, region: str) -> Interval | None:
        for interval in reversed(self._intervals):
            if (interval.kind, interval.resource, interval.region, interval.closed) == (kind, resource, region, None):
                return interval
        return None
