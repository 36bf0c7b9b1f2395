"""The cron expressions of PAI-EAS: what they may say, and when they come due.

Six fields: second, minute, hour, day of month, month, day of week; `*`, `/`, `,` and `-`; months and days by name too (help centre,
CreateServiceCronScaler, "Cron expressions"). Days of month and week count together where one of them begins with a star, else either does
(assumed: as everywhere in cron; no page says).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
#: Name, least and most of each field, and the names that may stand for its numbers.
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("second", 0, 59, ()),
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 6, _DAYS),
)
_ITEM = re.compile(r"^(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\w+))?$")


class CronError(ValueError):
    """What is wrong with an expression or a time zone, what is allowed, and an example."""


def check(expression: str) -> None:
    """Raises CronError for what EAS does not take, or what never comes due."""
    fields = expression.split()
    if len(fields) != len(_FIELDS):
        names = ", ".join(name for name, *_ in _FIELDS)
        raise CronError(
            f"{expression!r} has {len(fields)} fields. Allowed: six ({names}), such as '0 0 9 * * MON-FRI' for 09:00 on weekdays"
        )
    for text, field in zip(fields, _FIELDS, strict=True):
        for item in text.split(","):
            _check_item(item, field, expression)
    _simulation(expression, datetime(2024, 1, 1))


def check_time_zone(name: str) -> None:
    """Raises CronError for what is no name of the IANA time zone database."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not there; no name at all; a folder of the database
        allowed = "a name of the IANA database, such as Asia/Singapore, Asia/Shanghai or UTC"
        raise CronError(f"{name!r} is no time zone. Allowed: {allowed}") from None


def next_due(expression: str, after: float, time_zone: str) -> float | None:
    """The first moment after `after` (both epoch seconds) at which the expression comes due on the clocks of the time zone; None: never.

    An hour that summer time leaves out is left out here, and one that it repeats comes due twice. Raises CronError.
    """
    found = next(_simulation(expression, datetime.fromtimestamp(int(after), ZoneInfo(time_zone))), None)
    return None if found is None else found.timestamp()


def due_on_the_day(expression: str, moment: float, time_zone: str) -> bool:
    """Whether the expression comes due at `moment` (epoch seconds) or later on that day of the time zone. Raises CronError."""
    found = next_due(expression, moment - 1, time_zone)
    zone = ZoneInfo(time_zone)
    return found is not None and datetime.fromtimestamp(found, zone).date() == datetime.fromtimestamp(moment, zone).date()


def _simulation(expression: str, start: datetime) -> Iterator[datetime]:
    try:
        return CronSim(expression, start)
    except CronSimError as error:
        raise CronError(f"{expression!r} never comes due ({str(error).lower()})") from None


def _check_item(item: str, field: tuple[str, int, int, tuple[str, ...]], expression: str) -> None:
    name, least, most, names = field
    allowed = f"{least}-{most}" + (f" or {names[0]}-{names[-1]}" if names else "")
    wrong = CronError(f"{item!r} as {name} of {expression!r} is not allowed. Allowed: {allowed}, with * / , and -")
    match = _ITEM.match(item)
    if match is None:
        raise wrong
    numbers = [_number(text, least, most, names) for text in (match["first"], match["last"]) if text is not None]
    if None in numbers or (match["step"] is not None and not (match["step"].isascii() and match["step"].isdigit() and int(match["step"]))):
        raise wrong
    if len(numbers) == 2 and numbers[0] > numbers[1]:  # type: ignore[operator]
        raise wrong


def _number(text: str, least: int, most: int, names: tuple[str, ...]) -> int | None:
    if text.upper() in names:
        return names.index(text.upper()) + least
    return int(text) if text.isascii() and text.isdigit() and least <= int(text) <= most else None
