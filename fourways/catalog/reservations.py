"""Throughput reservations: which capacities and terms may be bought, when a term ends, and what an early end would give back. Pure.

Capacities are in tokens a minute (TPM); the API has them in thousands (kTPM). The rules are dated: `fresh` says whether they may refuse.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache

from pydantic import BaseModel, ConfigDict

from fourways.catalog.facts import Fact, load, rows

KTPM = 1000
"""TPM in a kTPM, the API's unit; no capacity is finer."""


class Steps(BaseModel):
    """From `least` up in steps of `step`, in TPM."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least: int
    step: int

    def legal(self, tpm: int) -> bool:
        return tpm >= self.least and (tpm - self.least) % self.step == 0

    def nearest(self, tpm: int) -> tuple[int, ...]:
        """The two nearest legal values, below and above; the least alone for what is less."""
        if tpm < self.least:
            return (self.least,)
        below = tpm - (tpm - self.least) % self.step
        return (below,) if below == tpm else (below, below + self.step)


class Capacity(Fact):
    """What may be bought of one model in some regions and tiers (fast, default)."""

    model: str
    regions: tuple[str, ...]
    tiers: tuple[str, ...]
    input: Steps
    output: Steps
    cached_weight: Decimal = Decimal(1)
    """What an input token found in the cache counts, of a whole one."""


class Terms(Fact):
    """The rules of prepaid terms."""

    daily_up_to: int
    also: tuple[int, ...]
    cutoff_hour: int
    utc_offset_hours: int
    stops_after_hours: int
    released_after_hours: int
    refund_factor: Decimal

    def days(self) -> tuple[int, ...]:
        """Every legal term."""
        return (*range(1, self.daily_up_to + 1), *self.also)

    def nearest(self, days: int) -> tuple[int, ...]:
        """The two nearest legal terms, below and above, as far as there are any."""
        below = [legal for legal in self.days() if legal <= days]
        above = [legal for legal in self.days() if legal >= days]
        return tuple(sorted({*below[-1:], *above[:1]}))

    @property
    def zone(self) -> timezone:
        """Terms are counted in this zone in every region."""
        return timezone(timedelta(hours=self.utc_offset_hours))

    def late(self, bought: datetime) -> bool:
        """Whether a purchase at this moment begins with the next day."""
        return bought.astimezone(self.zone).hour >= self.cutoff_hour

    def expiry(self, bought: datetime, days: int) -> datetime:
        """The last second of a term bought at this moment: 23:59:59 of its last day."""
        first = bought.astimezone(self.zone).date() + timedelta(days=int(self.late(bought)))
        last = first + timedelta(days=days - 1)
        return datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=self.zone).astimezone(UTC)

    def released(self, expires: datetime) -> datetime:
        """When the capacity is released for good."""
        return expires + timedelta(hours=self.released_after_hours)

    def refund_share(self, bought: datetime, expires: datetime, now: datetime) -> Decimal:
        """The share of what was paid that an unsubscription now would give back, 0 to 1."""
        total = Decimal((expires - bought).total_seconds())
        used = max(Decimal(0), Decimal((now - bought).total_seconds()))
        return max(Decimal(0), 1 - used / total * self.refund_factor) if total > 0 else Decimal(0)


class Freshness(BaseModel):
    """For how long a fact may refuse."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: int
    source: str
    assumed: bool
    why: str


@dataclass(frozen=True, kw_only=True)
class Illegal:
    """A value that the rules do not have, and the nearest that they have."""

    given: int
    nearest: tuple[int, ...]
    fact: Fact


@cache
def capacities() -> tuple[Capacity, ...]:
    return tuple(Capacity.model_validate(row) for row in rows("reservations"))


@cache
def terms() -> Terms:
    content = load("reservations")
    return Terms.model_validate({**content["defaults"], **content["terms"]})


@cache
def freshness() -> Freshness:
    return Freshness.model_validate(load("reservations")["freshness"])


def fresh(fact: Fact, today: date) -> bool:
    """Whether a fact is young enough to refuse by; an older one only warns."""
    return (today - fact.read_on).days <= freshness().days


def capacity(model: str, region: str, tier: str) -> Capacity | None:
    """What may be bought; None where nothing was read of it: then the cloud judges."""
    return next((found for found in capacities() if found.model == model and region in found.regions and tier in found.tiers), None)


def illegal_capacity(model: str, region: str, tier: str, side: str, tpm: int) -> Illegal | None:
    """What is wrong with `tpm` tokens a minute of a side (input or output), None where nothing is, or nothing is known."""
    found = capacity(model, region, tier)
    if found is None:
        return None
    steps: Steps = getattr(found, side)
    return None if steps.legal(tpm) else Illegal(given=tpm, nearest=steps.nearest(tpm), fact=found)


def illegal_term(days: int) -> Illegal | None:
    """What is wrong with a term of so many days, None where nothing is."""
    found = terms()
    return None if days in found.days() else Illegal(given=days, nearest=found.nearest(days), fact=found)
