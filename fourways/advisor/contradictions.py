"""Numbers of the source article that contradict each other (docs/article-claims.md)."""

from __future__ import annotations

from decimal import Decimal

from fourways.advisor.claim_numbers import DAYS, MINUTES_A_DAY, M, Numbers
from fourways.advisor.claims import TOLERANCE


def contradictions(given: Numbers) -> list[tuple[str, str]]:
    """Two numbers of the article that cannot both hold, and by how much they miss each other; those that do, at these prices, "
    "are left out."""
    month_break_even = given.units_month / DAYS / given.token * M
    pairs = [
        (
            "break-even at 2.6 billion tokens a day / 500M a day at 40-50 % less",
            Decimal("2.6e9") > 500 * M,
            f"below the break-even units are dearer: at 500M a day, by the first number, {Decimal('2.6e9') / (500 * M):.1f} times as dear",
        ),
        (
            "break-even at 2.6 billion tokens a day / a peak of 550k TPM",
            Decimal("2.6e9") / MINUTES_A_DAY > given.peak_tpm,
            f"2.6 billion a day are {Decimal('2.6e9') / MINUTES_A_DAY:,.0f} TPM on the mean, "
            f"{Decimal('2.6e9') / MINUTES_A_DAY / given.peak_tpm:.1f} times that peak",
        ),
        (
            "a peak of about 550k TPM / MU at 304K TPM",
            given.peak_tpm > given.unit_tpm * (1 + TOLERANCE),
            f"the same four units carry {given.peak_tpm / given.unit_tpm:.2f} times what was measured of them",
        ),
        (
            "500M tokens a day / MU at 304K TPM",
            given.most_a_day < 500 * M,
            f"304K TPM are {given.most_a_day / M:,.0f}M tokens in a whole day without a pause",
        ),
        (
            "effective cost one third / 40-50 % less",
            Decimal(1) / 3 < Decimal("0.5") * (1 - TOLERANCE),
            "one third is 67 % less",
        ),
        (
            "8M tokens a day / a peak of 500k TPM, 9-18 h",
            Decimal(500_000) / (8 * M / 540) > 10,
            f"8M tokens are {8 * M / 500_000:.0f} minutes at that peak, which is {Decimal(500_000) / (8 * M / 540):.0f} times "
            f"the mean of the 9 hours; "
            f"after 10x it is {Decimal(500_000) / (80 * M / 540):.1f} times",
        ),
        (
            "token API flat at 18K TPM / 500M tokens a day compared with it",
            given.token_tpm * MINUTES_A_DAY < 500 * M,
            f"at 18K TPM the token API serves {given.token_tpm * MINUTES_A_DAY / M:.1f}M tokens in a whole day, "
            f"{given.token_tpm * MINUTES_A_DAY / (500 * M):.0%} of them",
        ),
        (
            "competitive at 4 hours of use a day / break-even at 2.6 billion tokens a day",
            given.unit_tpm * 240 < month_break_even,
            f"4 hours at 304K TPM are {given.unit_tpm * 240 / M:,.0f}M tokens a day, "
            f"{given.unit_tpm * 240 / Decimal('2.6e9'):.1%} of that break-even",
        ),
    ]
    return [(pair, how) for pair, holds, how in pairs if holds]
