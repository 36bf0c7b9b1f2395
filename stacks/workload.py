"""What a stack has to serve, as far as that decides which way of serving is the cheapest: `fourways:workload`, and the file of
`fourways advise --workload`. Shares are of 1; a month has 730 hours, and as many weeks as are 168 hours of it.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from stacks.part import Part

HOURS_A_MONTH, HOURS_A_WEEK = Decimal(730), Decimal(168)
MINUTES_AN_HOUR = 60
PLACES = Decimal("1e-12")
PEAK = Decimal(3)
"""The peak where none is stated, in means of the hours of use: an assumption that every output names."""
Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: tuple[Day, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Way = Literal["token", "ptu", "model-unit", "bare-metal"]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{name!r} is no IANA time zone") from None
    return name


class Hours(Part):
    """When it is used: from one full hour to another (24 is the end of the day) on some days of the week."""

    start: int = Field(default=0, ge=0, le=23, description="the first hour of use, 0 to 23")
    end: int = Field(default=24, ge=1, le=24, description="the hour that use ends at, 1 to 24, after start")
    days: tuple[Day, ...] = Field(default=DAYS, min_length=1, description="days of the week, e.g. [monday, friday]")
    zone: Annotated[str, AfterValidator(_zone)] = Field(default="Asia/Singapore", description="an IANA time zone, e.g. Asia/Shanghai")

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"end is after start: {self.start} to {self.end} is nothing; use over midnight is start 0, end 24")
        if len(set(self.days)) < len(self.days):
            raise ValueError("each day once")
        return self


class Latency(Part):
    """What 95 of 100 requests must meet."""

    ttft_ms: Decimal | None = Field(default=None, gt=0, description="milliseconds to the first token, above 0")
    tpot_ms: Decimal | None = Field(default=None, gt=0, description="milliseconds for each further token, above 0")


class Growth(Part):
    """The volume (and its peak) is `factor` times as large after `months`, and grows on at that pace."""

    factor: Decimal = Field(gt=0, description="a number above 0, e.g. 10")
    months: int = Field(default=1, ge=1, le=60, description="months, 1 to 60")


class Team(Part):
    """The people behind it. `opportunity`: what an hour of theirs is worth beyond its price, since something else is not done, as a part of
    it. `on_call_hourly`: what an hour of being on call costs, outside of the 168 hours a month that one works."""

    size: Decimal = Field(gt=0, description="people, e.g. 2 or 0.5")
    hourly_rate: Decimal = Field(ge=0, description="what an hour of one costs, at least 0")
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="ISO 4217, e.g. USD or CNY")
    hours_per_month: dict[Way, Decimal] = Field(
        default_factory=dict, description="hours a month by way of serving: token, ptu, model-unit, bare-metal"
    )
    on_call_hourly: Decimal = Field(default=Decimal(0), ge=0, description="what an hour of being on call costs, at least 0")
    opportunity: Decimal = Field(default=Decimal(0), ge=0, description="a part of the rate, e.g. 0.5")


class Workload(Part):
    """What is to be served."""

    tokens_per_day: Decimal = Field(gt=0, description="tokens on a day of use, input and output together, above 0")
    output_share: Decimal = Field(default=Decimal("0.33"), ge=0, le=1, description="which part of all tokens is output, 0 to 1")
    cache_hit_rate: Decimal = Field(default=Decimal(0), ge=0, le=1, description="which part of the input is found in a cache, 0 to 1")
    peak_tpm: Decimal | None = Field(default=None, gt=0, description="tokens in the busiest minute, at least the mean of the hours of use")
    hours: Hours = Field(default_factory=Hours, description="a mapping with start, end, days and zone, each may be left out")
    keep_on: bool = Field(default=True, description="true (capacity is kept outside the hours of use) or false (it is given back)")
    utilisation: Decimal = Field(default=Decimal("0.8"), gt=0, le=1, description="which part of a block is planned with at the peak")
    latency: Latency = Field(default_factory=Latency, description="a mapping with ttftMs, tpotMs or both")
    isolation: Literal["shared", "dedicated"] = Field(
        default="shared", description="shared (capacity used by others, too, will do) or dedicated (it will not)"
    )
    growth: Growth | None = Field(default=None, description="a mapping with factor and months")
    team: Team | None = Field(default=None, description="a mapping with size, hourlyRate and currency")
    model: str = Field(default="deepseek-v4-flash", min_length=1, description="a model's id, e.g. deepseek-v4-flash")

    @model_validator(mode="after")
    def _the_peak_is_not_below_the_mean(self) -> Self:
        if self.peak_tpm is not None and self.peak_tpm < self.mean_tpm:
            raise ValueError(
                f"peakTpm is {self.peak_tpm:f}, but {self.tokens_per_day:f} tokens in {self.hours_a_day:f} hours are "
                f"{self.mean_tpm:,.0f} a minute on the mean: give at least that, or leave it out"
            )
        return self

    @property
    def hours_a_day(self) -> Decimal:
        """Hours of use on a day of use."""
        return Decimal(self.hours.end - self.hours.start)

    @property
    def days_a_month(self) -> Decimal:
        """Days of use in a month of 730 hours; to 12 places, rounded down, so that products of it are exact and no month is longer."""
        return (len(self.hours.days) * HOURS_A_MONTH / HOURS_A_WEEK).quantize(PLACES, ROUND_DOWN)

    @property
    def tokens_a_month(self) -> Decimal:
        """Tokens in a month."""
        return self.tokens_per_day * self.days_a_month

    @property
    def hours_a_month(self) -> Decimal:
        """Hours of use in a month."""
        return self.hours_a_day * self.days_a_month

    @property
    def mean_tpm(self) -> Decimal:
        """Tokens in the mean minute of the hours of use."""
        return self.tokens_per_day / (self.hours_a_day * MINUTES_AN_HOUR)

    @property
    def peak(self) -> Decimal:
        """Tokens in the busiest minute; assumed where it is not stated."""
        return self.mean_tpm * PEAK if self.peak_tpm is None else self.peak_tpm

    def changed(self, **fields: Any) -> Workload:
        """The same with some fields changed, by their Python names; checked again. Raises pydantic's ValidationError."""
        return Workload.model_validate(
            {**{name: getattr(self, name) for name in Workload.model_fields}, **fields}, by_name=True, by_alias=False
        )
