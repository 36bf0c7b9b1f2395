"""Throughputs, quotas and people's hours that advice falls back on: each is an assumption that can be priced."""

from __future__ import annotations

import pytest

from fourways.advisor.offers import WAYS
from fourways.catalog.effort import efforts
from fourways.catalog.prices import price
from fourways.catalog.throughputs import Throughput, quota, throughput, throughputs


@pytest.mark.parametrize("row", throughputs(), ids=lambda row: row.kind)
def test_an_assumed_throughput_says_why_and_its_block_has_prices(row: Throughput) -> None:
    assert row.assumed
    assert row.why
    for region in ("cn-beijing", "ap-southeast-1"):
        for charge in ("PostPaid", "PrePaid"):
            assert price(row.price_kind, row.item, region, charge) is not None


def test_what_is_not_known_is_none() -> None:
    assert throughput("model-unit", "qwen3-32b") is None
    assert quota("token", "qwen3-32b") is None
    assert throughput("token", "deepseek-v4-flash") is None


def test_each_way_has_its_hours_and_none_passes_for_known() -> None:
    assert tuple(efforts()) == WAYS
    assert all(one.assumed and one.why for one in efforts().values())
