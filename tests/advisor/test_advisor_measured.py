"""Advice from measured throughput: the best point that meets the latency; and never from the fake."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from fourways.advisor import FakeResults, measured
from fourways.advisor.choice import Given, choose
from tests.advisor.samples import RATES, REGION, point, results, workload

POINTS = (point(1, 500), point(8, 3000), point(32, 8000), point(64, 9000, valid=False))


def test_what_was_measured_on_the_fake_is_refused(tmp_path: Path) -> None:
    folder = results(tmp_path / "run", *POINTS, target="fake")
    with pytest.raises(FakeResults, match="was measured on the fake, whose throughput is made up: no advice is given"):
        measured(folder, workload())


def test_the_best_valid_point_within_the_latency(tmp_path: Path) -> None:
    folder = results(tmp_path / "run", *POINTS)
    free = measured(folder, workload())
    assert (free.point, free.tokens_per_hour, free.limited_by) == ("c32", 8000 * 3600, "throughput")
    strict = measured(folder, workload(latency={"ttftMs": 1000}))
    assert (strict.point, strict.tokens_per_hour, strict.limited_by) == ("c8", 3000 * 3600, "latency")
    none = measured(folder, workload(latency={"ttftMs": 1000, "tpotMs": 9}))
    assert (none.tokens_per_hour, none.why) == (None, "run: no point meets a p95 TTFT of 1000 ms and TPOT of 9 ms")


def test_a_measured_block_stands_in_for_the_assumed_one(tmp_path: Path) -> None:
    load = workload(peakTpm=600_000)
    run = measured(results(tmp_path / "run", *POINTS), load)
    choice = choose(Given(workload=load, region=REGION, results=(run,), rates=RATES))
    line = choice.line("Model Units, by the hour")
    # 8000 a second are 480 000 a minute, 384 000 planned: two blocks.
    assert line.cost is not None
    assert line.cost.blocks == (2,)
    assert line.cost.monthly == 2 * 216 * 730
    assert line.offer.assumed is False
    assert line.offer.notes == ("measured in run, point c32",)
    assert [one.why for one in choice.missing] == ["what was measured has a price by the hour; its price for a month is not known"]


def test_a_kind_that_misses_the_latency_is_not_offered(tmp_path: Path) -> None:
    load = workload(latency={"ttftMs": 1})
    runs = (
        measured(results(tmp_path / "units", *POINTS), load),
        measured(results(tmp_path / "token", *POINTS, kind="token", hourly_price=None), load),
    )
    choice = choose(Given(workload=load, region=REGION, results=runs, rates=RATES))
    assert {one.kind for one in choice.missing} == {"model-unit"}
    gone = next(dict(taken.dropped) for taken in choice.branch if taken.step == "latency")
    assert gone == {"token API": "token: no point meets a p95 TTFT of 1 ms"}


def test_another_mix_and_costs_beside_are_told(tmp_path: Path) -> None:
    price = {"amount": "216", "currency": "CNY", "beside": [{"amount": "0.05", "currency": "USD"}]}
    run = measured(results(tmp_path / "run", point(8, 3000, output_throughput=2000), hourly_price=price), workload())
    assert run.hourly == (Decimal(216), "CNY")
    assert run.notes[1:] == ("beside it 0.05 USD an hour, not counted here", "measured with 67% output, the workload has 25%")


def test_an_unmeasured_price_is_not_made_up(tmp_path: Path) -> None:
    run = measured(results(tmp_path / "run", *POINTS, hourly_price=None), workload())
    choice = choose(Given(workload=workload(), region=REGION, results=(run,), rates=RATES))
    assert "its results name no whole price" in next(one.why for one in choice.missing if one.name == "Model Units, by the hour")


def test_a_price_with_a_part_that_nobody_knows_is_no_price(tmp_path: Path) -> None:
    price = {"amount": "0.05", "currency": "USD", "assumed": False, "unknown": ["group (no price)"]}
    run = measured(results(tmp_path / "run", *POINTS, hourly_price=price), workload())
    choice = choose(Given(workload=workload(), region=REGION, results=(run,), rates=RATES))
    assert "Model Units, by the hour" not in [one.offer.name for one in choice.lines]
    assert "no price is known of group (no price)" in next(one.why for one in choice.missing if one.name == "Model Units, by the hour")


def test_what_a_run_says_is_assumed_stays_so(tmp_path: Path) -> None:
    price = {"amount": "216", "currency": "CNY", "assumed": True}
    run = measured(results(tmp_path / "run", *POINTS, hourly_price=price), workload())
    choice = choose(Given(workload=workload(), region=REGION, results=(run,), rates=RATES))
    assert choice.line("Model Units, by the hour").offer.assumed


def test_another_model_is_told(tmp_path: Path) -> None:
    run = measured(results(tmp_path / "run", *POINTS), workload(model="another"))
    assert "measured under the name deepseek-v4-flash, the workload asks for another" in run.notes[-1]
