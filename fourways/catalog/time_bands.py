"""When a price is peak and when off-peak: bands of the local week, by calendars that are dated data (`time_bands.yaml`)."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

from fourways.catalog.facts import CatalogError, Fact, load, rows

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOURS_A_WEEK = 7 * 24


def _span(text: object) -> object:
    """`09:00-12:00` as its two times; the end is not part of it."""
    return tuple(text.split("-")) if isinstance(text, str) else text


Span = Annotated[tuple[time, time], BeforeValidator(_span)]


class Calendar(Fact):
    """`band` holds in `hours` of these weekdays, in the local time of `zone`, but for the days of the list `holidays`."""

    calendar: str
    zone: str
    band: str
    otherwise: str
    weekdays: tuple[Weekday, ...]
    hours: tuple[Span, ...]
    holidays: str

    def band_at(self, when: datetime) -> str:
        """The band that holds at a moment. Raises ValueError for one without a time zone: it is no moment."""
        if when.tzinfo is None:
            raise ValueError(f"{when} has no time zone: which band holds then cannot be told")
        local = when.astimezone(ZoneInfo(self.zone))
        return self.band if self._on(local.date()) and self._in(local.time()) else self.otherwise

    def share(self, band: str) -> float:
        """The part of a week without holidays that is of a band: 35 of 168 hours for peak of Monday to Friday, 9-12 and 14-18."""
        hours = len(self.weekdays) * sum(_hours(end) - _hours(begin) for begin, end in self.hours)
        return {self.band: hours, self.otherwise: HOURS_A_WEEK - hours}.get(band, 0.0) / HOURS_A_WEEK

    def knows(self, year: int) -> bool:
        """Whether the holidays of a year are in the data."""
        return year in load("time_bands")["years"][self.holidays]

    def _on(self, day: date) -> bool:
        return WEEKDAYS[day.weekday()] in self.weekdays and not any(one.first <= day <= one.last for one in _holidays(self.holidays))

    def _in(self, moment: time) -> bool:
        return any(begin <= moment < end for begin, end in self.hours)


class Holiday(Fact):
    """Days off, the first and the last included."""

    list: str
    name: str
    first: date
    last: date


@cache
def calendars() -> dict[str, Calendar]:
    """Every calendar by name."""
    return {row["calendar"]: Calendar.model_validate(row) for row in rows("time_bands")}


def calendar(name: str) -> Calendar:
    """One calendar; raises CatalogError with those that there are."""
    if name not in calendars():
        raise CatalogError(f"the calendar {name!r} is not in the catalogue; known: {', '.join(calendars())}")
    return calendars()[name]


@cache
def _holidays(name: str) -> tuple[Holiday, ...]:
    return tuple(Holiday.model_validate(row) for row in load("time_bands")["holidays"] if row["list"] == name)


def _hours(moment: time) -> float:
    return moment.hour + moment.minute / 60
