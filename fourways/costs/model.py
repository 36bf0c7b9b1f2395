"""What an estimate is: one row a resource, and sums by currency. Money is Decimal, and never converted: there is no rate here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

HOURS_A_MONTH = Decimal(730)
"""365 x 24 / 12, the usual month of price lists."""

HOURS_A_DAY = Decimal(24)

Status = Literal["priced", "metered", "free", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one resource costs. `hourly` and `monthly` are in `currency`; both are None unless the status is priced. What is metered has no
    cost of its own and no bound: its use is billed, and `billed` says at which price.

    `billed` names what is really billed, such as "EAS dedicated machine ml.gu8tef.4.23xlarge"; `quantity` is how many of them, `unit_price`
    is per `unit` (hour; month or day for a prepaid term, which is `committed`: it does not end with the stack).
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
    currency: str = ""
    committed: bool = False
    assumed: bool = False
    source: str = ""
    read_on: date | None = None
    note: str = ""


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

    @property
    def totals(self) -> tuple[Total, ...]:
        """One sum a currency, in the order of their names."""
        return totals(self.rows)

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


def totals(rows: Iterable[Row]) -> tuple[Total, ...]:
    """Sums of the priced rows by currency."""
    hourly: dict[str, Decimal] = {}
    monthly: dict[str, Decimal] = {}
    for row in rows:
        if row.hourly is not None and row.monthly is not None:
            hourly[row.currency] = hourly.get(row.currency, Decimal(0)) + row.hourly
            monthly[row.currency] = monthly.get(row.currency, Decimal(0)) + row.monthly
    return tuple(Total(currency=currency, hourly=hourly[currency], monthly=monthly[currency]) for currency in sorted(hourly))
