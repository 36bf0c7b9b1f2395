"""Sums of several currencies at a stated rate: the sum, its words, budgets. By hand: 432 CNY and 0.043 USD an hour at 7.1 are 432.3053."""

from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest

from fourways import costs
from fourways.costs import Rates, render, wording

EVENTS = (Path(__file__).with_name("samples") / "events.jsonl").read_text(encoding="utf-8")
RATES = Rates.parse(["USD=7.1CNY"])
ESTIMATE = costs.estimate_preview(EVENTS)
DIFFERENCE = costs.difference(costs.estimate_current(EVENTS), ESTIMATE)
SAID = "in CNY: 432.31 CNY an hour, 315,582.87 CNY a month (730 h) (at the stated rate 1 USD = 7.1 CNY)"


def test_without_a_rate_nothing_is_converted() -> None:
    assert wording.converted(ESTIMATE.totals, costs.NO_RATES) == ""
    assert "in CNY" not in render.caption(ESTIMATE)
    assert render.as_json(ESTIMATE)["converted"] is None


def test_the_sum_in_one_currency_says_its_rate_in_every_form() -> None:
    assert wording.converted(ESTIMATE.totals, RATES) == SAID
    assert f"Sum {SAID}" in render.caption(ESTIMATE, RATES)
    assert f"Sum {SAID}." in render.markdown(ESTIMATE, RATES)
    content = render.as_json(ESTIMATE, DIFFERENCE, rates=RATES)
    assert content["converted"] == {"currency": "CNY", "hourly": "432.3053", "monthly": "315582.8690", "rates": ["USD=7.1CNY"]}
    assert content["difference_converted"]["hourly"] == "216.3053"
    assert [one["currency"] for one in content["totals"]] == ["CNY", "USD"], "what is billed stays as it is"


def test_a_difference_is_converted_too() -> None:
    said = "in CNY: +216.31 CNY an hour, +157,902.87 CNY a month (730 h) (at the stated rate 1 USD = 7.1 CNY)"
    assert f"Difference {said}." in render.difference_markdown(DIFFERENCE, RATES)
    assert said in str(render.difference_table(DIFFERENCE, rates=RATES).caption)
    same = costs.difference(ESTIMATE, ESTIMATE)
    assert render.difference_markdown(same, RATES).endswith(f"; {SAID}.\n")


def test_a_rate_that_is_missing_is_named() -> None:
    assert wording.converted(ESTIMATE.totals, Rates.parse(["EUR=7.9CNY"])) == "in CNY: cannot tell, for no rate to USD is stated"
    assert render.as_json(ESTIMATE, rates=Rates.parse(["EUR=7.9CNY"]))["converted"] is None


@pytest.mark.parametrize(
    ("amount", "currency", "status", "words"),
    [
        (315583, "CNY", "within", "315,582.87 CNY a month (USD at the stated rate 1 USD = 7.1 CNY) is within the budget"),
        (315582, "CNY", "over", "315,582.87 CNY a month (USD at the stated rate 1 USD = 7.1 CNY) is over the budget"),
        (44449, "USD", "within", "44,448.29 USD a month (CNY at the stated rate 1 USD = 7.1 CNY) is within the budget"),
        (44448, "USD", "over", "is over the budget"),
        (10**9, "EUR", "cannot tell", "no rate to EUR"),
    ],
)
def test_a_budget_judged_in_a_converted_sum_says_so(
    amount: int, currency: str, status: Literal["within", "over", "cannot tell"], words: str
) -> None:
    verdict = costs.judge(ESTIMATE, costs.Budget(amount=Decimal(amount), currency=currency), RATES)
    assert verdict.status == status
    assert words in verdict.message
