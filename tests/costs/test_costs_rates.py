"""Stated rates: how they are written, what they convert, and what nobody stated stays apart."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourways import costs
from fourways.costs import Rates, Total

STATED = Rates.parse(["USD=7.1CNY", "EUR=7.9CNY"])
CENT = Decimal("0.01")


def test_a_rate_converts_both_ways_and_nothing_else() -> None:
    assert STATED.convert(Decimal(10), "USD", "CNY") == 71
    assert STATED.convert(Decimal(71), "CNY", "USD") == 10
    assert STATED.convert(Decimal(5), "JPY", "JPY") == 5
    assert STATED.convert(Decimal(5), "USD", "EUR") is None, "nothing is chained over a third currency"
    assert Rates().convert(Decimal(5), "USD", "CNY") is None


def test_sums_become_one_only_where_every_rate_is_stated() -> None:
    usd, cny = (
        Total(currency="USD", hourly=Decimal(1), monthly=Decimal(730)),
        Total(currency="CNY", hourly=Decimal(2), monthly=Decimal(1460)),
    )
    assert STATED.total([usd, cny], "CNY") == Total(currency="CNY", hourly=Decimal("9.1"), monthly=Decimal("6643.0"))
    assert STATED.total([usd, cny], "EUR") is None
    assert STATED.total([], "CNY") == Total(currency="CNY", hourly=Decimal(0), monthly=Decimal(0))


def test_words_say_the_rates_that_were_used_and_no_others() -> None:
    assert STATED.words("CNY", ["USD", "CNY"]) == "at the stated rate 1 USD = 7.1 CNY"
    assert STATED.words("CNY", ["USD", "EUR"]) == "at the stated rates 1 USD = 7.1 CNY, 1 EUR = 7.9 CNY"
    assert STATED.words("USD", ["CNY"]) == "at the stated rate 1 USD = 7.1 CNY"
    assert STATED.words("CNY", ["CNY"]) == ""
    assert (STATED.currency, Rates().currency, bool(Rates())) == ("CNY", None, False)


@pytest.mark.parametrize(
    "text", ["USD=7.1", "7.1", "USD=-1CNY", "USD=0CNY", "USD=0.00CNY", "USD=7.1USD", "usd=7.1cny", "USD=1e1CNY", "USD=NaNCNY"]
)
def test_what_is_no_rate_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(costs.CostError, match=r"is no rate: write --currency-rate USD=7\.1CNY"):
        Rates.parse([text])


@pytest.mark.parametrize("second", ["USD=7.2CNY", "CNY=0.14USD"])
def test_two_rates_of_one_pair_are_refused(second: str) -> None:
    with pytest.raises(costs.CostError, match="state one"):
        Rates.parse(["USD=7.1CNY", second])


@given(
    amount=st.decimals(min_value=Decimal("-1e9"), max_value=Decimal("1e9"), places=4),
    each=st.decimals(min_value=Decimal("0.0001"), max_value=Decimal("9999"), places=4),
)
def test_there_and_back_is_the_same_to_far_below_a_cent(amount: Decimal, each: Decimal) -> None:
    rates = Rates.parse([f"USD={each:f}CNY"])
    there = rates.convert(amount, "USD", "CNY")
    assert there is not None
    back = rates.convert(there, "CNY", "USD")
    assert back is not None
    assert abs(back - amount) < CENT / 1_000_000
