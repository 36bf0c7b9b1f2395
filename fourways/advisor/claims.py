"""The numbers that the source article gives, recomputed from the price book (docs/article-claims.md). Nothing in a result is written by
hand: verdicts and texts come from what is computed.

Each claim stands beside what it takes to hold. What nobody measured or published stays "cannot be known".
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from fourways.advisor.claim_numbers import DAYS, HOUR_RATE, MINUTES_A_DAY, MODEL, RATE, UNITS, M, Numbers

PERSON = Decimal(168)
"""Hours a month that one person works."""
TOLERANCE = Decimal("0.1")
"""So far from a claimed number still agrees: prices are rounded, and so are claims."""
Verdict = Literal["agree", "disagree", "cannot be known"]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """`claim` is the article's; `ours` what we compute, by `formula`; `why` what the verdict rests on."""

    claim: str
    ours: str
    formula: str
    verdict: Verdict
    why: str


def within(value: Decimal, low: Decimal, high: Decimal) -> Verdict:
    """Whether a number is what was claimed, within the tolerance."""
    return "agree" if low * (1 - TOLERANCE) <= value <= high * (1 + TOLERANCE) else "disagree"


def claims(given: Numbers) -> list[Claim]:
    """All of the list, in its order."""
    return [
        _growth(given),
        _reservation(given),
        _peak(given),
        _volume(given),
        _third(given),
        _break_even(given),
        _hours(given),
        _output(given),
        _team(given),
        _flat(given),
    ]


def _growth(given: Numbers) -> Claim:
    first, later = 8 * M, 80 * M
    cost = [tokens / M * given.token * DAYS for tokens in (first, later)]
    return Claim(
        claim="8M tokens a day at first, 10x in the next quarter",
        ours=f"{cost[0]:,.0f} CNY a month by the token API, then {cost[1]:,.0f}; {first / 540:,.0f} TPM on the mean of 9-18 h, "
        f"then {later / 540:,.0f}",
        formula="tokens a day / 1M x token price x days; tokens a day / 540 minutes",
        verdict="cannot be known",
        why=f"a premise, not a result. Growth is 10x in a quarter = {Decimal(10) ** (Decimal(1) / 3):.2f}x a month; four MU1 "
        f"for a month cost "
        f"{given.units_month:,.0f} CNY, {given.units_month / cost[1]:,.0f} times the token API even then",
    )


def _reservation(given: Numbers) -> Claim:
    tpm = Decimal(500_000)
    standard, fast = given.reservation(tpm, "standard"), given.reservation(tpm, "fast") * 9
    tokens = tpm * 540 / M * given.token
    around = tpm * MINUTES_A_DAY / M * given.token
    best = min(standard, fast) / tokens
    return Claim(
        claim="PTU for a peak of 500k TPM, 9-18 h, at 60-70 % of token API",
        ours=f"at full use of the 9 hours: standard tier {standard / tokens:.0%}, fast tier by the hour {fast / tokens:.0%}; "
        f"standard tier at full use around the clock {standard / around:.0%}",
        formula="500 kTPM x (67 % x input + 33 % x output price) a day (fast: x 9 hours) / (500k x 540 min x token price)",
        verdict=within(best, Decimal("0.6"), Decimal("0.7")),
        why=f"in 9 hours a reservation for a term ({standard:,.0f} CNY a day) is used {Decimal(9) / 24:.1%} of its time; the "
        f"claim's number is what "
        f"the standard tier costs when every reserved token is used, day and night. At less than the peak all the time it is "
        f"dearer still",
    )


def _peak(given: Numbers) -> Claim:
    return Claim(
        claim="4x MU1 on H20-141G with a peak of about 550k TPM",
        ours=f"{given.peak_tpm / given.unit_tpm:.2f} times the 304K TPM that the article measured for MU; "
        f"{given.peak_tpm / UNITS:,.0f} TPM a GPU",
        formula="550k / 304k; 550k / 4",
        verdict="cannot be known",
        why="no throughput of an MU is published, and none was measured here on the real cloud: `fourways bench` and `fourways "
        "advise --results` "
        "answer it. Model Studio sells MU1 for this model by eights (432 CNY an hour)",
    )


def _volume(given: Numbers) -> Claim:
    tokens = 500 * M
    api = tokens / M * given.token * DAYS
    ratio = given.units_month / api
    return Claim(
        claim="500M tokens a day at 40-50 % less than token API",
        ours=f"4x MU1 for a month {given.units_month:,.0f} CNY, token API {api:,.0f} CNY: {ratio:.1f} times as much",
        formula="4 x MU1 month / (500 x token price x days)",
        verdict=within(ratio, Decimal("0.5"), Decimal("0.6")),
        why=f"it needs {given.units_month / (tokens / M * DAYS * Decimal('0.55')):.2f} CNY a million by the token API, the book "
        f"has {given.token:.2f}; "
        f"which prices the article took is not known. And 500M a day are {tokens / MINUTES_A_DAY:,.0f} TPM on the mean, the "
        f"four units carry 304K",
    )


def _third(given: Numbers) -> Claim:
    each = given.units_day / (given.most_a_day / M)
    month = given.units_month / (given.most_a_day / M * DAYS)
    needed = given.units_month / DAYS / (given.token / 3) * M / MINUTES_A_DAY
    return Claim(
        claim="effective cost one third",
        ours=f"at 304K TPM around the clock {month:.2f} CNY a million (for a month; {each:.2f} by the hour), token API "
        f"{given.token:.2f}: "
        f"{month / given.token:.1f} times",
        formula="4 x MU1 month / (304k x 1440 x days) / token price",
        verdict=within(month / given.token, Decimal(1) / 3, Decimal(1) / 3),
        why=f"a third takes {needed:,.0f} TPM on four units, around the clock, {needed / given.unit_tpm:.0f} times the article's own 304K",
    )


def _break_even(given: Numbers) -> Claim:
    month, hour = given.units_month / DAYS / given.token * M, given.units_day / given.token * M
    return Claim(
        claim="break-even 2.6 billion tokens a day",
        ours=f"{month / 10**9:.2f} billion (4x MU1 for a month), {hour / 10**9:.2f} billion (by the hour)",
        formula="4 x MU1 month / days / token price",
        verdict=within(month, Decimal("2.6e9"), Decimal("2.6e9")),
        why=f"as a quotient of two prices. Four units cannot serve it: {month / MINUTES_A_DAY:,.0f} TPM on the mean, "
        f"{month / given.most_a_day:.1f} times "
        f"304K TPM; with the units that it takes the cost grows as fast as the volume, so that no break-even is left",
    )


def _hours(given: Numbers) -> Claim:
    at = {hours: given.units_day / (given.unit_tpm * 60 * hours / M) for hours in (4, 12)}
    ratio = {hours: cost / given.token for hours, cost in at.items()}
    holds = ratio[4] <= 1 + TOLERANCE and ratio[12] <= Decimal("0.5")
    return Claim(
        claim="competitive at 4 hours of use a day, dramatically cheaper at 12",
        ours=f"at 304K TPM in those hours, paid around the clock: {at[4]:.2f} CNY a million at 4 hours ({ratio[4]:.0f} times "
        f"the token API), "
        f"{at[12]:.2f} at 12 ({ratio[12]:.0f} times)",
        formula="4 x MU1 hour x 24 / (304k x 60 x hours) / token price",
        verdict="agree" if holds else "disagree",
        why="three times the hours are a third of the cost a token, which is all that the hours can do; from this level that is not enough",
    )


def _output(given: Numbers) -> Claim:
    book, maker = given.token_output / given.token_input, given.maker[1] / given.maker[0]
    reserved = given.reserved["standard output"] / given.reserved["standard input"]
    return Claim(
        claim="output at about 4 times input",
        ours=f"token API {book:.1f} times, reservation {reserved:.1f} times; the maker's own API {maker:.1f} times",
        formula="output price / input price",
        verdict=within(book, Decimal(4), Decimal(4)),
        why=f"it is the maker's ratio for its newer model ({maker:.1f}); Alibaba Cloud's prices of {MODEL}, as far as they are "
        f"known, have {book:.1f}",
    )


def _team(given: Numbers) -> Claim:
    low, high = (times * given.metal_month / (HOUR_RATE * RATE) for times in (2, 3))
    stack = 80 * HOUR_RATE * RATE / given.metal_month
    return Claim(
        claim="bare metal's team at 2-3 times the rental",
        ours=f"that is {low:,.0f} to {high:,.0f} hours a month for one machine of 4 GPUs ({low / PERSON:.1f} to "
        f"{high / PERSON:.1f} people); "
        f"the 80 hours of metal-singapore are {stack:.2f} times",
        formula="2 (3) x rental of a month / a person's hour",
        verdict="cannot be known",
        why=f"what people cost is not in a price book, and a team does not grow with the machines: what is {low / PERSON:.1f} "
        f"people for one machine "
        f"({given.metal_month:,.0f} CNY a month) is a small part of the rental of many",
    )


def _flat(given: Numbers) -> Claim:
    ratio = given.unit_tpm / given.token_tpm
    return Claim(
        claim="token API flat at 18K TPM, MU at 304K TPM (16x)",
        ours=f"304 / 18 = {ratio:.1f}",
        formula="304k / 18k",
        verdict=within(ratio, Decimal(16), Decimal(16)),
        why=f"the quotient alone. That the token API is flat at 18K is not known: third parties name {given.quota:,.0f} TPM an "
        f"account and model, "
        f"{given.quota / given.token_tpm:.0f} times as much; one client that waits for its answers sees its own concurrency, "
        f"not the service's limit",
    )
