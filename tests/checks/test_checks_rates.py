"""A check at a stated rate: the budget is judged in the converted sum, and every form says the rate; prices that are old are told.

By hand: the sample's 315,360 CNY and 31.39 USD a month at 7.1 are 315,582.869 CNY."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from fourways import checks, costs
from fourways.checks import render

EVENTS = (Path(__file__).parents[1] / "costs" / "samples" / "events.jsonl").read_text(encoding="utf-8")
RATE = "the stated rate 1 USD = 7.1 CNY"


def report(amount: int, *rates: str, today: date | None = None) -> checks.Report:
    budget = costs.Budget(amount=Decimal(amount), currency="CNY")
    return checks.check(EVENTS, stack="mu-singapore", budget=budget, rates=costs.Rates.parse(rates), today=today)


def texts(found: checks.Report) -> list[str]:
    """The report in the terminal and as a comment, without breaks; and its verdict in JSON."""
    out = StringIO()
    Console(file=out, width=400).print(render.text(found))
    shown = render.markdown(found)
    comment = shown if isinstance(shown, str) else " ".join(shown)
    return [" ".join(out.getvalue().split()), " ".join(comment.split()), json.dumps(render.as_json(found))]


@pytest.mark.parametrize(("amount", "status"), [(315_583, "within"), (315_582, "over")])
def test_the_budget_is_judged_in_the_converted_sum(amount: int, status: str) -> None:
    found = report(amount, "USD=7.1CNY")
    assert found.verdict is not None
    assert found.verdict.status == status
    for text in texts(found):
        assert f"315,582.87 CNY a month (USD at {RATE})" in text.replace("\\", "")


def test_the_difference_is_converted_and_without_a_rate_nothing_is() -> None:
    terminal, comment, plain = texts(report(315_583, "USD=7.1CNY"))
    assert f"+216.31 CNY an hour, +157,902.87 CNY a month (730 h) (at {RATE})" in terminal
    assert f"+216.31 CNY an hour, +157,902.87 CNY a month (730 h) (at {RATE})" in comment
    assert json.loads(plain)["cost"]["difference_converted"]["monthly"] == "157902.8690"
    found = report(400_000)
    assert found.verdict is not None
    assert found.verdict.status == "cannot tell"
    assert not [text for text in texts(found) if "stated rate" in text]
    assert json.loads(texts(found)[2])["cost"]["difference_converted"] is None


def test_old_prices_are_told_in_a_check() -> None:
    terminal, comment, plain = texts(report(400_000, today=date(2027, 5, 24)))
    for text in (terminal, comment.replace("\\", "")):
        assert "its price was read 2026-11-24, 181 days ago, and is trusted 180" in text
    assert json.loads(plain)["cost"]["stale"]
    assert "Old price" not in texts(report(400_000, today=date(2026, 12, 24)))[1]


def test_a_check_says_what_is_committed_and_what_stops() -> None:
    for text in texts(report(400_000))[:2]:
        assert "committed: nothing; stops at destroy: 432.00 CNY an hour" in text
