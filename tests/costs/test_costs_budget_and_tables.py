"""Budgets, and the tables that people read."""

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Literal

import pytest
from rich.console import Console

from fourways import costs
from fourways.costs import Budget, budget_of, render, wording

SAMPLES = Path(__file__).with_name("samples")
EVENTS = (SAMPLES / "events.jsonl").read_text(encoding="utf-8")
DIGEST = (SAMPLES / "digest.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("preview", "amount", "currency", "per", "status", "words"),
    [
        (DIGEST, 315360, "CNY", "month", "within", "315,360.00 CNY a month is within"),
        (DIGEST, 315359, "CNY", "month", "over", "by 1.00 CNY"),
        (DIGEST, 432, "CNY", "hour", "within", "432.00 CNY an hour"),
        (DIGEST, 431, "CNY", "hour", "over", "by 1.00 CNY"),
        (DIGEST, 10**9, "USD", "month", "cannot tell", "no rate to USD"),
        (EVENTS, 400000, "CNY", "month", "cannot tell", "31.39 USD a month on top (no rate to CNY)"),
        (EVENTS, 1, "CNY", "month", "over", "is over the budget"),
    ],
)
def test_budget(preview: str, amount: int, currency: str, per: Literal["month", "hour"], status: str, words: str) -> None:
    verdict = costs.judge(costs.estimate_preview(preview), costs.Budget(amount=Decimal(amount), currency=currency, per=per))
    assert verdict.status == status
    assert words in verdict.message


def test_an_unknown_price_never_passes_for_within() -> None:
    unknown = costs.Row(urn="u", type="t", name="mystery", status="unknown", billed="unknown")
    verdict = costs.judge(costs.Estimate(rows=(unknown,)), costs.Budget(amount=Decimal(1), currency="CNY"))
    assert (verdict.status, "mystery" in verdict.message) == ("cannot tell", True)


def test_amounts_are_rounded_only_for_the_eye() -> None:
    assert wording.money(Decimal("1234.505"), "CNY") == "1,234.51 CNY"
    assert wording.money(Decimal("0.003"), "USD") == "0.003 USD"
    assert wording.money(Decimal(0), "USD") == "0.00 USD"
    assert wording.money(Decimal(2), "USD", sign=True) == "+2.00 USD"
    assert wording.money(None, "") == "-"


def test_the_difference_as_markdown_is_exact() -> None:
    diff = costs.difference(costs.estimate_current(DIGEST), costs.estimate_preview(DIGEST))
    assert render.difference_markdown(diff) == (SAMPLES / "four-to-eight.md").read_text(encoding="utf-8")
    same = costs.difference(costs.estimate_preview(DIGEST), costs.estimate_preview(DIGEST))
    assert render.difference_markdown(same).startswith("The cost does not change: 432.00 CNY an hour")


def test_the_table_names_what_is_billed_its_source_and_the_assumption() -> None:
    out = StringIO()
    Console(file=out, width=160).print(render.table(costs.estimate_preview(EVENTS)))
    shown = " ".join(out.getvalue().split())
    for words in (
        "2 x EAS dedicated machine ml.gu8tef.4.23xlarge at 216 CNY an hour (assumed)",
        "0.043 USD an hour",
        "assumed: stand-in",
        "read 2026",
    ):
        assert words in shown
    assert "free" in shown


def test_json_keeps_amounts_as_text() -> None:
    estimate = costs.estimate_preview(EVENTS)
    content = json.loads(json.dumps(render.as_json(estimate, costs.difference(costs.estimate_current(EVENTS), estimate))))
    assert [(one["currency"], one["hourly"]) for one in content["totals"]] == [("CNY", "432"), ("USD", "0.043")]
    assert {change["kind"] for change in content["changes"]} == {"added", "changed"}
    assert content["unknown"] == []


def test_a_name_cannot_break_out_of_a_table_cell() -> None:
    assert render.escape("a|b\n# <img> `x` @team") == "a\\|b \\# \\<img\\> \\`x\\` \\@team"


@pytest.mark.parametrize(
    ("config", "budget"),
    [
        ({"fourways:budget": '{"amount":170000,"currency":"CNY","per":"month"}'}, Budget(amount=Decimal(170_000), currency="CNY")),
        ({"fourways:budget": '{"amount":2.5,"currency":"USD","per":"hour"}'}, Budget(amount=Decimal("2.5"), currency="USD", per="hour")),
        ({"fourways:budget": '{"amount":1,"currency":"USD"}'}, Budget(amount=Decimal(1), currency="USD")),
        ({}, None),
        ({"fourways:budget": "170000"}, None),
        ({"fourways:budget": "not JSON"}, None),
        ({"fourways:budget": '{"amount":"much","currency":"CNY"}'}, None),
    ],
)
def test_the_budget_of_a_previews_configuration(config: dict[str, str], budget: Budget | None) -> None:
    assert budget_of(config) == budget
