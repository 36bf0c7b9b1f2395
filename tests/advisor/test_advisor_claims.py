"""docs/article-claims.md is what the code computes, and verdicts follow the numbers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from fourways.advisor.claim_numbers import numbers
from fourways.advisor.claims import Claim, claims, within
from fourways.advisor.contradictions import contradictions
from tests.article_claims_page import PAGE, rendered

D = Decimal


def of(start: str, given=None) -> Claim:
    return next(one for one in claims(given or numbers()) if one.claim.startswith(start))


def test_the_page_is_what_is_computed() -> None:
    assert PAGE.read_text() == rendered(), "python -m tests.article_claims_page"


def test_other_prices_make_another_page() -> None:
    assert rendered(replace(numbers(), token_input=D(2))) != rendered()


def test_the_list_of_the_issue_is_complete() -> None:
    said = " / ".join(one.claim for one in claims(numbers()))
    for number in (
        "8M tokens",
        "10x",
        "500k TPM, 9-18 h",
        "60-70 %",
        "550k TPM",
        "500M tokens",
        "40-50 %",
        "one third",
        "2.6 billion",
        "4 hours",
        "12",
    ):
        assert number in said
    for number in ("about 4 times input", "2-3 times the rental", "18K TPM", "304K TPM (16x)"):
        assert number in said


def test_sums_by_hand() -> None:
    given = numbers()
    # 0.67 x 0.14 + 0.33 x 0.28 USD, times 7.1.
    assert given.token == D("0.1862") * D("7.1")
    # 4 x 26 118 a month over 30.4167 days, 1.32202 a million: 2.598 billion a day.
    assert of("break-even").ours.startswith("2.60 billion")
    # 335 x 1.01 + 165 x 2.02 = 671.65 a day; 270 M tokens at 1.32202 = 356.95: 188 %. Around the clock 951.85: 71 %.
    assert "standard tier 188%" in of("PTU").ours
    assert of("PTU").ours.endswith("around the clock 71%")
    # 104 472 / (500 x 1.32202 x 30.4167) = 5.196.
    assert of("500M").ours.endswith("5.2 times as much")


@pytest.mark.parametrize(
    ("start", "changed", "verdict"),
    [
        ("500M", {"token_input": D("9.45"), "token_output": D("18.9")}, "agree"),
        ("effective", {"token_input": D(17), "token_output": D(34)}, "agree"),
        ("competitive", {"token_input": D(55), "token_output": D(110)}, "agree"),
        ("break-even", {"token_input": D(2)}, "disagree"),
        ("output", {"token_output": D("3.976")}, "agree"),
        ("token API flat", {"token_tpm": D(30_000)}, "disagree"),
        ("PTU", {"token_input": D("2.9"), "token_output": D("5.7")}, "agree"),
    ],
)
def test_verdicts_follow_the_numbers(start: str, changed: dict[str, Decimal], verdict: str) -> None:
    before = of(start).verdict
    assert {before, verdict} == {"agree", "disagree"}
    assert of(start, replace(numbers(), **changed)).verdict == verdict


def test_agreement_has_a_tolerance() -> None:
    assert [within(value, D("0.6"), D("0.7")) for value in (D("0.53"), D("0.54"), D("0.77"), D("0.78"))] == [
        "disagree",
        "agree",
        "agree",
        "disagree",
    ]


def test_contradictions_that_do_not_hold_are_left_out() -> None:
    names = [pair for pair, _ in contradictions(numbers())]
    assert "a peak of about 550k TPM / MU at 304K TPM" in names
    better = contradictions(replace(numbers(), unit_tpm=D(600_000)))
    assert "a peak of about 550k TPM / MU at 304K TPM" not in [pair for pair, _ in better]
