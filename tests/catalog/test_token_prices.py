"""Token prices by cache class and time band, and the calendar that says when which band holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourways.catalog import CatalogError, prices, time_bands
from fourways.catalog.prices import MAKER, MAKER_TOKENS, token_price

BEIJING = ZoneInfo("Asia/Shanghai")
DEEPSEEK = time_bands.calendar("deepseek")
MONDAY, SATURDAY, NATIONAL_DAY = date(2026, 11, 30), date(2026, 11, 28), date(2026, 10, 1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BEIJING)


def maker(side: prices.Side, **more: object) -> Decimal | None:
    found = token_price("deepseek-flash", side, MAKER, kind=MAKER_TOKENS, **more)  # type: ignore[arg-type]
    return found.amount if found else None


@pytest.mark.parametrize(
    ("when", "band"),
    [
        (at(MONDAY, 8, 59), "off-peak"),
        (at(MONDAY, 9), "peak"),
        (at(MONDAY, 11, 59), "peak"),
        (at(MONDAY, 12), "off-peak"),
        (at(MONDAY, 14), "peak"),
        (at(MONDAY, 17, 59), "peak"),
        (at(MONDAY, 18), "off-peak"),
        (at(SATURDAY, 10), "off-peak"),
        (at(NATIONAL_DAY, 10), "off-peak"),
        (at(date(2026, 10, 8), 10), "peak"),
        (at(date(2026, 10, 10), 10), "off-peak"),  # a Saturday that is worked: the maker says Monday to Friday
        (datetime(2026, 11, 30, 1, tzinfo=UTC), "peak"),
        (datetime(2026, 11, 30, 4, tzinfo=UTC), "off-peak"),
        (datetime(2026, 11, 29, 23, tzinfo=ZoneInfo("America/New_York")), "off-peak"),  # 12:00 of Monday in Beijing
    ],
)
def test_the_band_of_a_moment(when: datetime, band: str) -> None:
    assert DEEPSEEK.band_at(when) == band


def test_the_maker_s_prices_by_band_and_cache() -> None:
    assert (maker("input", at=at(MONDAY, 10)), maker("input", at=at(MONDAY, 13))) == (Decimal("0.30"), Decimal("0.15"))
    assert (maker("output", at=at(MONDAY, 10)), maker("output", at=at(SATURDAY, 10))) == (Decimal("1.20"), Decimal("0.60"))
    assert (maker("input", cache="hit", at=at(MONDAY, 10)), maker("input", cache="hit", at=at(NATIONAL_DAY, 10))) == (
        Decimal("0.006"),
        Decimal("0.003"),
    )
    assert maker("input") == Decimal("0.30"), "without a time the dearest band"
    assert maker("output", cache="hit") == Decimal("1.20"), "an answer is never read from the cache"


@pytest.mark.parametrize("model", ["deepseek-flash", "deepseek-v4-pro"])
def test_off_peak_is_half_of_peak_as_the_maker_says(model: str) -> None:
    for side, cache in (("input", "miss"), ("input", "hit"), ("output", "miss")):
        bands = prices.token_bands(model, side, MAKER, cache=cache, kind=MAKER_TOKENS)  # type: ignore[arg-type]
        assert bands["off-peak"].amount * 2 == bands["peak"].amount


def test_alibaba_cloud_s_prices_hold_at_all_hours_and_are_never_the_maker_s() -> None:
    for when in (None, at(MONDAY, 10), at(SATURDAY, 3)):
        found = token_price("deepseek-v4-flash", "input", "ap-southeast-1", cache="hit", at=when)
        assert found is not None
        assert (found.amount, found.currency, found.unit, found.assumed) == (Decimal("0.04"), "USD", "million tokens", True)
    assert token_price("deepseek-flash", "input", "ap-southeast-1") is None
    assert token_price("deepseek-v4-flash", "input", MAKER) is None


@pytest.mark.parametrize("arguments", [("qwen-plus", "input", "cn-beijing"), ("deepseek-v4-flash", "input", "eu-central-1")])
def test_what_the_book_does_not_have_is_none(arguments: tuple[str, prices.Side, str]) -> None:
    assert token_price(*arguments) is None


def test_a_class_that_is_not_listed_is_not_taken_from_another(monkeypatch: pytest.MonkeyPatch) -> None:
    misses = {key: one for key, one in prices.book().items() if key.cache == "miss"}
    monkeypatch.setattr(prices, "book", lambda: misses)
    assert token_price("deepseek-v4-flash", "input", "cn-beijing", cache="hit") is None
    peaks = {key: one for key, one in misses.items() if key.band != "off-peak"}
    monkeypatch.setattr(prices, "book", lambda: peaks)
    assert maker("input", at=at(SATURDAY, 10)) is None


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        DEEPSEEK.band_at(datetime(2026, 11, 30, 10))
    with pytest.raises(CatalogError, match="known: deepseek"):
        time_bands.calendar("moon")


@given(moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)))
def test_the_bands_partition_time(moment: datetime) -> None:
    """Exactly one price holds at any moment, and it is that of the band."""
    bands = prices.token_bands("deepseek-flash", "input", MAKER, kind=MAKER_TOKENS)
    holding = [one for band, one in bands.items() if DEEPSEEK.band_at(moment) == band]
    assert holding == [token_price("deepseek-flash", "input", MAKER, kind=MAKER_TOKENS, at=moment)]


@given(day=st.dates(date(2026, 11, 2), date(2026, 12, 25)))
def test_a_week_without_holidays_has_the_share_that_is_said(day: date) -> None:
    monday = day - timedelta(day.weekday())
    quarters = [DEEPSEEK.band_at(at(monday, 0) + timedelta(minutes=15 * number)) for number in range(7 * 24 * 4)]
    assert quarters.count("peak") / len(quarters) == pytest.approx(DEEPSEEK.share("peak"))
    assert DEEPSEEK.share("peak") == pytest.approx(35 / 168)
    assert DEEPSEEK.share("peak") + DEEPSEEK.share("off-peak") == 1
    assert DEEPSEEK.share("night") == 0


def test_holidays_are_weekday_exact_and_their_years_are_said() -> None:
    assert (DEEPSEEK.knows(2026), DEEPSEEK.knows(2027)) == (True, False)
    assert DEEPSEEK.band_at(at(date(2027, 1, 1), 10)) == "peak", "no holiday of a year that is not in the data"
    for holiday in time_bands.load("time_bands")["holidays"]:
        assert holiday["first"] <= holiday["last"]
        assert holiday["first"].year in time_bands.load("time_bands")["years"][holiday["list"]]
