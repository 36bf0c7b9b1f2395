"""Cron expressions of EAS: what is taken, what is said of the rest, and when they come due."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fourways.catalog import cron


def moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def shown(epoch: float | None) -> str | None:
    return None if epoch is None else datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S")


@pytest.mark.parametrize(
    "expression",
    [
        "0 18 * * * *",
        "* * * * * 0,6",
        "0 0 12-14 * * *",
        "0 0 0 1 * *",
        "0 */15 9-18 * JAN-MAR mon-fri",
        "0 0 0 29 2 *",
        "5/10 0 9 1,15 * *",
    ],
)
def test_what_eas_takes_is_taken(expression: str) -> None:
    cron.check(expression)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("0 9 * * *", "has 5 fields. Allowed: six"),
        ("@daily", "has 1 fields"),
        ("60 0 9 * * *", "'60' as second of '60 0 9 * * *' is not allowed. Allowed: 0-59"),
        ("0 0 24 * * *", "Allowed: 0-23"),
        ("0 0 9 * * 7", "Allowed: 0-6 or SUN-SAT"),
        ("0 0 9 * FOO *", "Allowed: 1-12 or JAN-DEC"),
        ("0 0 9 L * *", "'L' as day of month"),
        ("0 0 9 ? * *", "'?' as day of month"),
        ("0 0 9 * * MON#1", "'MON#1' as day of week"),
        ("0 0 9-8 * * *", "'9-8' as hour"),
        ("0 0 */0 * * *", "'*/0' as hour"),
        ("0 0 9, * * *", "'' as hour"),
        ("0 0 9 31 2 *", "never comes due"),
    ],
)
def test_the_rest_is_refused_with_what_is_allowed(expression: str, words: str) -> None:
    with pytest.raises(cron.CronError) as error:
        cron.check(expression)
    assert words in str(error.value)


@pytest.mark.parametrize("name", ["", "Mars/Base", "../etc/passwd", "GMT+25", "Asia"])
def test_a_time_zone_is_one_of_the_iana_database(name: str) -> None:
    with pytest.raises(cron.CronError, match="no time zone"):
        cron.check_time_zone(name)
    cron.check_time_zone("Asia/Singapore")


@pytest.mark.parametrize(
    ("expression", "zone", "after", "due"),
    [
        ("0 0 9 * * MON-FRI", "Asia/Singapore", "2030-01-04T01:00:00", "2030-01-07T01:00:00"),  # after Friday comes Monday
        ("0 0 9 * * *", "UTC", "2030-01-04T09:00:00", "2030-01-05T09:00:00"),  # strictly after
        ("0 0 9 * * *", "Europe/Berlin", "2030-03-30T09:00:00", "2030-03-31T07:00:00"),  # summer time has begun
        ("0 30 2 * * *", "Europe/Berlin", "2030-03-30T12:00:00", "2030-04-01T00:30:00"),  # half past two is not there on the 31st
        ("0 0 9 1 * MON", "UTC", "2030-01-01T09:00:00", "2030-01-07T09:00:00"),  # the first, or a Monday
        ("* * * * * *", "UTC", "2030-01-01T00:00:00", "2030-01-01T00:00:01"),
    ],
)
def test_when_it_comes_due(expression: str, zone: str, after: str, due: str) -> None:
    assert shown(cron.next_due(expression, moment(after), zone)) == due


def test_a_day_counts_from_the_moment_to_its_end_in_the_time_zone() -> None:
    assert cron.due_on_the_day("* * * * * 0,6", moment("2030-01-04T16:00:00"), "Asia/Singapore")  # Saturday has begun there
    assert not cron.due_on_the_day("* * * * * 0,6", moment("2030-01-04T15:59:59"), "Asia/Singapore")
    assert not cron.due_on_the_day("0 0 9 * * *", moment("2030-01-04T09:00:01"), "UTC")  # it was due, and is over
