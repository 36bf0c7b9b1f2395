"""The price book: its form, what is wrong with a row by row and key, its published schema, how old its prices are."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from fourways.catalog import CatalogError, price_book, prices
from fourways.catalog.facts import HERE, load

SCHEMA: dict[str, Any] = json.loads((HERE / "prices.schema.json").read_text(encoding="utf-8"))
ROW: dict[str, Any] = {
    "kind": "x", "charge_type": "PostPaid", "regions": ["r"], "amounts": {"i": "1"}, "currency": "CNY", "unit": "hour",
    "source": "s", "read_on": date(2026, 11, 24),
}  # fmt: skip
TOLD = {
    "amounts": ({"i": 1.5}, 'amounts.i: an amount is written in quotes, such as "0.14", not 1.5'),
    "charge_type": ("Hourly", "charge_type: Input should be 'PostPaid' or 'PrePaid'"),
    "unit": ("minute", "unit: Input should be 'hour', 'day', 'month' or 'million tokens'"),
    "currency": ("yuan", "currency: String should match pattern"),
    "regions": ([], "regions: Tuple should have at least 1 item"),
    "read_on": ("soon", "read_on: Input should be a valid date"),
    "cache": ("warm", "cache: Input should be 'miss' or 'hit'"),
    "band": ("peak", "band and calendar go together"),
    "assumed": (True, "an assumed fact must say why"),
    "price": ("1", "price: Extra inputs are not permitted"),
    "stale_after_days": (0, "stale_after_days: Input should be greater than 0"),
}


@pytest.mark.parametrize("key", TOLD)
def test_a_wrong_row_is_told_by_its_number_its_key_and_what_is_allowed(key: str) -> None:
    value, says = TOLD[key]
    with pytest.raises(CatalogError) as error:
        price_book.check_rows([ROW, {**ROW, key: value}])
    (line,) = str(error.value).splitlines()[1:]
    assert line.startswith("  row 2 (x ")
    assert says in line


def test_every_error_is_told_at_once() -> None:
    with pytest.raises(CatalogError) as error:
        price_book.check_rows([{**ROW, "unit": "minute", "currency": "yuan"}, ROW, {**ROW, "amounts": {"a": "0", "b": "-1", "c": "free"}}])
    lines = str(error.value).splitlines()[1:]
    assert [line.split(":")[1].strip() for line in lines] == ["currency", "unit", "amounts.a", "amounts.b", "amounts.c"]
    assert "what costs nothing belongs to `free`" in lines[2]


def test_a_band_must_be_one_of_its_calendar() -> None:
    for calendar, band in (("deepseek", "night"), ("moon", "peak")):
        with pytest.raises(CatalogError, match="which has deepseek: peak, off-peak"):
            price_book.check_rows([{**ROW, "calendar": calendar, "band": band}])


def test_the_published_schema_is_that_of_the_code_and_the_book_keeps_to_it() -> None:
    assert price_book.json_schema() == SCHEMA, "write it anew: fourways prices schema > fourways/catalog/prices.schema.json"
    content = json.loads(json.dumps(load("prices"), default=str))
    jsonschema.validate(content, SCHEMA, cls=jsonschema.Draft202012Validator)
    content["rows"][0]["amounts"]["more"] = 54
    with pytest.raises(jsonschema.ValidationError, match="54 is not of type 'string'"):
        jsonschema.validate(content, SCHEMA, cls=jsonschema.Draft202012Validator)


def test_no_item_stands_twice_in_one_row() -> None:
    """A plain YAML reader takes the last of two; this one refuses them."""
    assert YAML(typ="rt").load((HERE / "prices.yaml").read_text(encoding="utf-8"))["rows"]


@given(days=st.integers(0, 1000))
def test_a_price_is_stale_once_it_is_older_than_its_own_number_of_days(days: int) -> None:
    for found in prices.book().values():
        assert found.is_stale(found.read_on + timedelta(days)) == (days > found.stale_after_days)


def test_how_long_a_price_is_trusted_is_data() -> None:
    tokens = prices.token_price("deepseek-v4-flash", "input", "cn-beijing")
    machine = prices.price("model-unit", "MU1", "cn-beijing", "PostPaid")
    assert tokens is not None
    assert machine is not None
    assert (tokens.stale_after_days, machine.stale_after_days, prices.staleness().days) == (90, 180, 180)
    assert not machine.is_stale(machine.read_on - timedelta(3)), "read tomorrow, by another time zone"


def test_amounts_are_kept_exactly_as_they_are_written() -> None:
    assert prices.price("reservation", "deepseek-v4-flash fast input", "ap-southeast-1", "PrePaid").amount == Decimal("6.48")  # type: ignore[union-attr]


def test_the_schema_is_where_the_book_says_it_is() -> None:
    first = (HERE / "prices.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=./prices.schema.json"
    assert Path(HERE / "prices.schema.json").is_file()
