"""The book is renewed in place: what was answered is new, every comment, the order and all else stay as they are."""

from __future__ import annotations

import difflib
from datetime import date
from decimal import Decimal

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from fourways.catalog import price_book, prices
from fourways.catalog.facts import HERE
from fourways.catalog.prices import Key, Price
from fourways.prices.writing import renewed

BOOK = (HERE / "prices.yaml").read_text(encoding="utf-8")
TODAY = date(2026, 12, 24)
SMALL = """\
# About the book.
stale_after: {days: 180, source: none, read_on: 2026-11-30, assumed: true, why: "so"}
defaults:
  read_on: 2026-11-24
rows:
  # About machines.
  - kind: ecs-instance
    charge_type: PostPaid
    regions: [cn-beijing, ap-southeast-1]
    currency: CNY
    unit: hour
    amounts: {ecs.a: "54", ecs.b: "108"}
    source: "a page"
    assumed: true
    why: "stand-in"
  # About addresses.
  - kind: eip
    charge_type: PostPaid
    regions: [cn-beijing]
    currency: USD
    unit: hour
    amounts: {instance: "0.003"}
    source: "another page"

# What is free.
free:
  - {kind: vpc, source: "a page", read_on: 2026-11-24}
"""


def live(amount: str, currency: str = "CNY", source: str = "ECS DescribePrice, list price") -> Price:
    return Price(amount=Decimal(amount), currency=currency, unit="hour", source=source, read_on=TODAY, stale_after_days=180)


def machine(item: str, region: str) -> Key:
    return Key("ecs-instance", item, region, "PostPaid")


def content(text: str) -> dict[Key, tuple[Decimal, str, str, bool, str]]:
    """What a text of a book prices."""
    parsed = yaml.safe_load(text)
    found = {}
    for row in price_book.check_rows({**parsed["defaults"], **one} for one in parsed["rows"]):
        for region in row.regions:
            for item, amount in row.amounts.items():
                key = Key(row.kind, item, region, row.charge_type, row.cache, row.band)
                assert key not in found
                found[key] = (amount, row.currency, row.source, row.assumed, row.read_on.isoformat())
    return found


def changed(old: str, new: str) -> list[str]:
    return [line for line in difflib.ndiff(old.splitlines(), new.splitlines()) if line[0] in "+-"]


def test_without_answers_not_a_byte_changes() -> None:
    assert renewed(BOOK, {}) == BOOK
    assert renewed(SMALL, {machine("ecs.never", "cn-beijing"): live("1")}) == SMALL


def test_a_row_that_is_answered_whole_is_changed_in_place() -> None:
    answers = {
        machine(item, region): live(amount)
        for item, amount in (("ecs.a", "50"), ("ecs.b", "99.5"))
        for region in ("cn-beijing", "ap-southeast-1")
    }
    assert sorted(changed(SMALL, renewed(SMALL, answers))) == [
        '+     amounts: {ecs.a: "50", ecs.b: "99.5"}',
        "+     read_on: 2026-12-24",
        '+     source: "ECS DescribePrice, list price"',
        '-     amounts: {ecs.a: "54", ecs.b: "108"}',
        "-     assumed: true",
        '-     source: "a page"',
        '-     why: "stand-in"',
    ]


def test_a_row_that_is_answered_in_part_is_parted_and_the_rest_stays() -> None:
    text = renewed(SMALL, {machine("ecs.a", "cn-beijing"): live("8", "USD")})
    found = content(text)
    old = (Decimal(54), "CNY", "a page", True, "2026-11-24")
    assert found[machine("ecs.a", "cn-beijing")] == (Decimal(8), "USD", "ECS DescribePrice, list price", False, "2026-12-24")
    assert found[machine("ecs.a", "ap-southeast-1")] == old
    assert found[machine("ecs.b", "cn-beijing")] == (Decimal(108), *old[1:])
    assert found[Key("eip", "instance", "cn-beijing", "PostPaid")][0] == Decimal("0.003")
    lines = text.splitlines()
    assert [line for line in lines if "#" in line] == [line for line in SMALL.splitlines() if "#" in line]
    assert lines[lines.index("  # About addresses.") + 1] == "  - kind: eip", "a comment stays before what it is about"


def test_regions_of_one_answer_share_a_row() -> None:
    answers = {machine("ecs.a", region): live("50") for region in ("cn-beijing", "ap-southeast-1")}
    assert '    regions: [cn-beijing, ap-southeast-1]\n    currency: CNY\n    unit: hour\n    amounts: {ecs.a: "50"}\n' in renewed(
        SMALL, answers
    )


def test_what_does_not_end_is_written_to_twelve_places_without_an_exponent() -> None:
    text = renewed(
        SMALL,
        {Key("eip", "instance", "cn-beijing", "PostPaid"): live("0.1", "USD").model_copy(update={"amount": Decimal(1) / Decimal(2048)})},
    )
    assert 'amounts: {instance: "0.00048828125"}' in text
    assert 'amounts: {instance: "0.333333333333"}' in renewed(
        SMALL, {Key("eip", "instance", "cn-beijing", "PostPaid"): live("1", "USD").model_copy(update={"amount": Decimal(1) / 3})}
    )


KEYS = sorted(key for key in prices.book() if key.band is None)


@settings(max_examples=25, deadline=None)
@given(
    chosen=st.dictionaries(
        st.sampled_from(KEYS),
        st.tuples(st.decimals("0.01", 999, places=2), st.sampled_from(["CNY", "USD"]), st.sampled_from(["x", "y"])),
        max_size=8,
    )
)
def test_whatever_is_answered_exactly_that_is_new(chosen: dict[Key, tuple[Decimal, str, str]]) -> None:
    answers = {key: live(str(amount), currency, source) for key, (amount, currency, source) in chosen.items()}
    text = renewed(BOOK, answers)
    before, after = content(BOOK), content(text)
    assert after == {**before, **{key: (one.amount, one.currency, one.source, False, "2026-12-24") for key, one in answers.items()}}
    assert [line for line in text.splitlines() if line.strip().startswith("#")] == [
        line for line in BOOK.splitlines() if line.strip().startswith("#")
    ]


@pytest.mark.parametrize("key", [machine("ecs.gn8v.4xlarge", "cn-beijing")])
def test_the_renewed_book_is_a_book(key: Key) -> None:
    parsed = yaml.safe_load(renewed(BOOK, {key: live("60")}))
    price_book.check_rows({**parsed["defaults"], **row} for row in parsed["rows"])
