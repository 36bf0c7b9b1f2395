"""What an estimate is: one row a resource, and sums by currency. Money is Decimal, and not converted here (`rates.py`)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from fourways.costs.people import NotCounted, Team

HOURS_A_DAY = Decimal(24)

Status = Literal["priced", "metered", "free", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one resource costs. `hourly` and `monthly` are in `currency`; both are None unless the status is priced. What is metered has no
    cost of its own and no bound: its use is billed, and `billed` says at which price.

    `most_hourly` and `most_monthly` are what a scaler may make of it, None where nothing does. `part` tells the rows of one resource apart.
    `billed` names what is really billed, such as "EAS dedicated machine ml.gu8tef.4.23xlarge"; `quantity` is how many of them, `unit_price`
    is per `unit` (hour; month or day for a prepaid term, which is `committed`: it does not end with the stack, but as `until` says). What
    is `kept` stays when the stack is destroyed. `stale_after_days` is how long the price is trusted after `read_on`; None: for ever.
    """

    urn: str
    type: str
    name: str
    status: Status
    billed: str
    quantity: Decimal = Decimal(1)
    unit_price: Decimal | None = None
    unit: str = ""
    hourly: Decimal | None = None
    monthly: Decimal | None = None
    most_hourly: Decimal | None = None
    most_monthly: Decimal | None = None
    currency: str = ""
    part: str = ""
    committed: bool = False
    until: str = ""
    kept: bool = False
    stale_after_days: int | None = None
    assumed: bool = False
    source: str = ""
    read_on: date | None = None
    note: str = ""

    @property
    def stops(self) -> bool:
        """Whether its bill ends with the stack's destroy."""
        return self.status == "priced" and not self.committed and not self.kept

    def is_stale(self, today: date) -> bool:
        """Whether its price was read longer ago than it is trusted."""
        return self.read_on is not None and self.stale_after_days is not None and (today - self.read_on).days > self.stale_after_days


@dataclass(frozen=True, kw_only=True)
class Total:
    """Sum of the priced rows of one currency."""

    currency: str
    hourly: Decimal
    monthly: Decimal


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """All rows of a stack. What has no price is in `unknown`, never counted as zero."""

    rows: tuple[Row, ...]
    team: Team | NotCounted | None = None
    """The people whose time the stack takes: beside the rows, since no cloud bills it. None where the kind takes none worth counting."""

    @property
    def totals(self) -> tuple[Total, ...]:
        """One sum a currency, in the order of their names."""
        return totals(self.rows)

    @property
    def largest(self) -> tuple[Total, ...]:
        """The sums when every scaler has grown to its maximum."""
        return totals(self.rows, most=True)

    @property
    def committed(self) -> tuple[Total, ...]:
        """The part of the sums that is bought for a term: it is owed whatever happens to the stack."""
        return totals(row for row in self.rows if row.committed)

    @property
    def stopping(self) -> tuple[Total, ...]:
        """The part of the sums that ends with the stack's destroy."""
        return totals(row for row in self.rows if row.stops)

    @property
    def with_team(self) -> tuple[Total, ...]:
        """The sums and the team's time, each in its own currency."""
        return totals(self.rows, self.team if isinstance(self.team, Team) else None)

    @property
    def unknown(self) -> tuple[Row, ...]:
        """Resources whose price nobody knows here."""
        return tuple(row for row in self.rows if row.status == "unknown")

    @property
    def metered(self) -> tuple[Row, ...]:
        """Resources whose use is billed: in no sum."""
        return tuple(row for row in self.rows if row.status == "metered")

    @property
    def assumed(self) -> tuple[Row, ...]:
        """Rows whose price is an assumption."""
        return tuple(row for row in self.rows if row.assumed and row.status == "priced")


def totals(rows: Iterable[Row], team: Team | None = None, *, most: bool = False) -> tuple[Total, ...]:
    """Sums of the priced rows by currency, as they are or at most, and the team's time where it is given."""
    hourly: dict[str, Decimal] = {}
    monthly: dict[str, Decimal] = {}
    priced = [(row.currency, *_cost(row, most)) for row in rows]
    for currency, hour, month in [*priced, *([(team.currency, team.hourly, team.monthly)] if team else [])]:
        if hour is not None and month is not None:
            hourly[currency] = hourly.get(currency, Decimal(0)) + hour
            monthly[currency] = monthly.get(currency, Decimal(0)) + month
    return tuple(Total(currency=currency, hourly=hourly[currency], monthly=monthly[currency]) for currency in sorted(hourly))


def _cost(row: Row, most: bool) -> tuple[Decimal | None, Decimal | None]:
    if most and row.most_hourly is not None:
        return row.most_hourly, row.most_monthly
    return row.hourly, row.monthly
