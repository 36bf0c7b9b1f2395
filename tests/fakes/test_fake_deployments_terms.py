"""Purchase rules: terms, refunds, capacities, prices."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourways.fakes.services.deployments import rules, terms
from fourways.fakes.services.deployments.records import Capacity
from fourways.fakes.wire.errors import CloudError

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=terms.ZONE))
DAYS = st.one_of(st.integers(1, 30), st.sampled_from([60, 90, 120, 365]))


@given(MOMENTS, DAYS)
def test_a_term_ends_at_the_last_second_of_its_last_day(bought: datetime, days: int) -> None:
    end = datetime.fromtimestamp(terms.expiry(bought.timestamp(), days), terms.ZONE)
    assert (end.hour, end.minute, end.second) == (23, 59, 59)
    lost = days - 1 if bought.hour < 22 else days  # the day of purchase counts, until 22:00
    assert end.date() == bought.date() + timedelta(days=lost)


@pytest.mark.parametrize(
    ("bought", "days", "expires"),
    [
        ("2026-11-24T21:59:59", 1, "2026-11-24T23:59:59"),
        ("2026-11-24T22:00:00", 1, "2026-11-25T23:59:59"),
        ("2026-11-24T23:59:59", 1, "2026-11-25T23:59:59"),
        ("2026-11-25T00:00:00", 1, "2026-11-25T23:59:59"),
        ("2026-12-31T12:00:00", 30, "2027-01-29T23:59:59"),
    ],
)
def test_the_hour_of_purchase_decides_on_the_last_day(bought: str, days: int, expires: str) -> None:
    at = datetime.fromisoformat(f"{bought}+08:00").timestamp()
    assert terms.wire(terms.expiry(at, days)) == expires


@given(st.integers(-10, 500))
def test_legal_durations(days: int) -> None:
    assert terms.is_legal(days) == (1 <= days <= 30 or days in (60, 90, 120, 365))


def test_service_stops_after_two_hours_and_capacity_goes_after_fourteen() -> None:
    end = terms.expiry(datetime(2026, 11, 24, 12, tzinfo=terms.ZONE).timestamp(), 1)
    assert terms.wire(terms.stops(end)) == "2026-11-25T01:59:59"
    assert terms.wire(terms.released(end)) == "2026-11-25T13:59:59"


@given(st.decimals(0, 10_000_000, places=2), st.integers(0, 1000), st.integers(1, 1000))
def test_a_refund_is_never_negative_nor_more_than_was_paid(paid: Decimal, used: int, total: int) -> None:
    back = terms.refund(paid, min(used, total), total)
    assert 0 <= back <= paid


def test_the_refund_formula() -> None:
    assert terms.refund(Decimal(3000), 10, 30) == Decimal("1800.00")  # 3000 - 3000 * 10 / 30 * 1.2
    assert terms.refund(Decimal(3000), 25, 30) == 0


@given(st.integers(0, 2000), st.integers(0, 200))
def test_capacity_steps(input_tpm: int, output_tpm: int) -> None:
    wanted = Capacity(input_tpm, output_tpm)
    if input_tpm >= 200 and input_tpm % 10 == 0 and output_tpm >= 20:
        rules.check_capacity("ap-southeast-1", "deepseek-v4-flash", wanted)
    else:
        with pytest.raises(CloudError, match="InvalidParameter"):
            rules.check_capacity("ap-southeast-1", "deepseek-v4-flash", wanted)


@pytest.mark.parametrize(
    ("region", "tier", "charge_type", "amount"),
    [  # 500 kTPM in, 50 kTPM out
        ("cn-beijing", "ptu_default", "pre_paid", "606.00"),  # 500 * 1.01 + 50 * 2.02
        ("ap-southeast-1", "ptu_default", "pre_paid", "906.00"),  # 500 * 1.51 + 50 * 3.02
        ("cn-beijing", "ptu_fast", "pre_paid", "2592.00"),  # 50 * 43.2 + 50 * 8.64
        ("ap-southeast-1", "ptu_fast", "pre_paid", "3887.50"),  # 50 * 64.8 + 50 * 12.95
        ("cn-beijing", "ptu_fast", "post_paid", "216.00"),  # 50 * 3.6 + 50 * 0.72
        ("ap-southeast-1", "ptu_fast", "post_paid", "324.00"),  # 50 * 5.4 + 50 * 1.08
    ],
)
def test_prices(region: str, tier: str, charge_type: str, amount: str) -> None:
    assert rules.price(region, "deepseek-v4-flash", tier, charge_type, Capacity(500, 50)) == Decimal(amount)
