"""What a check refuses without the network, and what a preview says: capacities, terms, hosts, the 22:00 rule, stale facts."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourways.catalog import reservations as rules
from fourways.provider.inputs import check
from fourways.provider.modelstudio import reservation_inputs
from fourways.provider.modelstudio.reservation_inputs import ReservationInputs
from fourways.provider.values import UNKNOWN
from tests.provider.harness import REGION, Failed, Harness
from tests.provider.reserving import MODEL, RESERVATION_URN, UNITS_URN, prepaid, reservation, units

Provide = Callable[[Any], None]
GIVEN: dict[str, Any] = {
    "name": "peak",
    "region": REGION,
    "model": MODEL,
    "tier": "fast",
    "chargeType": "PostPaid",
    "inputTpm": 500_000,
    "outputTpm": 50_000,
    "apiKey": "sk-x",
}


def failures(**changes: Any) -> dict[str, str]:
    made = {name: value for name, value in {**GIVEN, **changes}.items() if value is not None}
    return {one.property: one.reason for one in check(ReservationInputs, RESERVATION_URN, made).failures}


def test_505000_input_names_500000_and_510000() -> None:
    assert not failures()
    (found,) = failures(inputTpm=505_000).items()
    assert found[0] == "inputTpm"
    assert found[1].startswith("505000 is not sold. Nearest: 500000 and 510000 (help centre")


@pytest.mark.parametrize(
    ("changes", "where", "says"),
    [
        ({"inputTpm": 100_000}, "inputTpm", "Nearest: 200000 ("),
        ({"inputTpm": 500_500}, "inputTpm", "not a multiple of 1000. Nearest: 500000 and 501000"),
        ({"outputTpm": 19_000}, "outputTpm", "Nearest: 20000 ("),
        ({"tier": "default"}, "chargeType", "tier default is PrePaid only"),
        ({"termDays": 30}, "termDays", "a PostPaid reservation has no term"),
        ({"autoRenewal": True}, "autoRenewal", "no term to renew"),
        ({"chargeType": "PrePaid"}, "termDays", "required with PrePaid"),
        ({"chargeType": "PrePaid", "termDays": 45}, "termDays", "45 is not sold. Nearest: 30 and 60"),
        ({"chargeType": "PrePaid", "termDays": 400}, "termDays", "Nearest: 365 ("),
        ({"suffix": "Nine-long"}, "suffix", "1 to 8 lower-case letters and digits"),
        ({"host": "dashscope.aliyuncs.com"}, "host", "is in cn-beijing, but region is ap-southeast-1"),
        ({"host": "llm-a.cn-beijing.maas.aliyuncs.com"}, "host", "is in cn-beijing, but region is ap-southeast-1"),
        ({"host": "example.com"}, "host", "no host of Model Studio"),
        ({"region": "us-east-1"}, "host", "us-east-1 has no host of its own"),
        ({"dailyWindow": "9-17"}, "dailyWindow", "no such property"),
    ],
)
def test_what_does_not_go_is_refused_with_what_does(changes: dict[str, Any], where: str, says: str) -> None:
    assert says in failures(**changes)[where]


@given(side=st.sampled_from(["input", "output"]), tpm=st.integers(min_value=1, max_value=3_000_000))
def test_the_nearest_values_are_legal_and_none_is_nearer(side: str, tpm: int) -> None:
    illegal = rules.illegal_capacity(MODEL, REGION, "fast", side, tpm)
    found = rules.capacity(MODEL, REGION, "fast")
    assert found
    steps = getattr(found, side)
    if illegal is None:
        assert steps.legal(tpm)
        return
    assert all(steps.legal(value) for value in illegal.nearest)
    low, high = min(illegal.nearest[0], tpm), max(illegal.nearest[-1], tpm)
    between = range(low - low % rules.KTPM, high, rules.KTPM)
    assert not any(steps.legal(value) for value in between if value not in illegal.nearest)


@given(days=st.integers(min_value=1, max_value=500))
def test_the_nearest_terms_are_legal_and_around(days: int) -> None:
    illegal = rules.illegal_term(days)
    legal = rules.terms().days()
    if illegal is None:
        assert days in legal
        return
    assert set(illegal.nearest) <= set(legal)
    assert not any(min(illegal.nearest[0], days) < other < days or days < other < illegal.nearest[-1] for other in legal)


@given(moment=st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1)), days=st.sampled_from(rules.terms().days()))
def test_a_term_ends_at_midnight_of_its_last_day(moment: datetime, days: int) -> None:
    bought = moment.replace(tzinfo=UTC)
    ends = rules.terms().expiry(bought, days).astimezone(rules.terms().zone)
    assert (ends.hour, ends.minute, ends.second) == (23, 59, 59)
    local = bought.astimezone(rules.terms().zone)
    assert (ends.date() - local.date()).days == days - 1 + (local.hour >= 22)


def test_unknown_values_are_judged_when_they_are_known() -> None:
    assert not failures(apiKey=UNKNOWN, host=UNKNOWN, inputTpm=UNKNOWN)


def test_stale_facts_warn_instead_of_refusing(provide: Provide, monkeypatch: pytest.MonkeyPatch) -> None:
    old = rules.terms().read_on.replace(year=2027)
    monkeypatch.setattr(reservation_inputs, "today", lambda: old)
    assert not failures(inputTpm=505_000)
    assert "not a multiple of 1000" in failures(inputTpm=505_500)["inputTpm"]  # kTPM cannot say it, however old the facts are

    async def test(harness: Harness) -> None:
        harness.provider.session.wall = lambda: datetime(old.year, old.month, old.day, tzinfo=UTC)
        await harness.create(RESERVATION_URN, reservation(harness, inputTpm=505_000), preview=True)
        (line,) = harness.lines.warnings
        assert "505000 is not sold. Nearest: 500000 and 510000" in line
        assert "more than 45 days old" in line

    provide(test)


def test_freshness_is_by_the_day() -> None:
    fact, limit = rules.terms(), rules.freshness().days
    day = date.fromordinal(fact.read_on.toordinal() + limit)
    assert rules.fresh(fact, day)
    assert not rules.fresh(fact, date.fromordinal(day.toordinal() + 1))


@pytest.mark.parametrize(
    ("hour", "ends", "says"),
    [
        (21, "2026-12-03 23:59:59 UTC+8", "today counts as its first day"),
        (22, "2026-12-04 23:59:59 UTC+8", "the term begins with the next day"),
    ],
)
def test_a_preview_says_when_a_term_would_end(provide: Provide, hour: int, ends: str, says: str) -> None:
    async def test(harness: Harness) -> None:
        harness.provider.session.wall = lambda: datetime(2026, 11, 24, hour - 8, 0, tzinfo=UTC)
        await harness.create(RESERVATION_URN, prepaid(harness, termDays=10), preview=True)
        (line,) = harness.lines.warnings
        assert f"10 days end at {ends}" in line
        assert says in line
        assert "does not renew itself, and cannot be deleted while it runs" in line
        assert not harness.cloud.requests.rows  # and asks nobody

    provide(test)


def test_a_model_of_which_nothing_is_known_is_the_clouds_to_judge(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(RESERVATION_URN, reservation(harness, model="qwen-new", inputTpm=1000), preview=True)
        assert "nothing is known of the capacities that are sold of qwen-new" in harness.lines.warnings[0]

    provide(test)


def test_what_is_left_after_a_share_of_the_term() -> None:
    bought, ends = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 11, tzinfo=UTC)
    assert rules.terms().refund_share(bought, ends, datetime(2026, 11, 6, tzinfo=UTC)) == rules.Decimal("0.4")  # 1 - 0.5 x 1.2
    assert rules.terms().refund_share(bought, ends, datetime(2026, 11, 10, tzinfo=UTC)) == 0


def test_units_say_what_their_roles_make_up(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        _, found = await harness.check(UNITS_URN, units(harness, prefillUnits=8))
        assert [one.property for one in found] == ["decodeUnits"]
        _, found = await harness.check(UNITS_URN, units(harness, units=8, prefillUnits=8, decodeUnits=8))
        assert "Allowed: 16" in found[0].reason

    provide(test)


def test_a_key_of_another_region_is_refused_before_a_call(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(RESERVATION_URN, reservation(harness))
        asked = len(harness.cloud.requests.rows)
        made.properties.update({"host": "dashscope.aliyuncs.com"})
        with pytest.raises(Failed, match=r"dashscope\.aliyuncs\.com is not in ap-southeast-1: nothing was called"):
            await harness.delete(RESERVATION_URN, made)
        assert len(harness.cloud.requests.rows) == asked

    provide(test)
