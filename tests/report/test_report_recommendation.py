"""What is recommended, and what is missing when nothing is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fourways.benchmark.plan import Load
from fourways.benchmark.workload import Length, Workload
from fourways.report.build import Asked, build
from fourways.report.recommendation import Recommendation
from tests.report import runs

LOADS = (Load(concurrency=8),)
#: At which the hour of capacity is dearer than tokens at low volumes, and cheaper at high ones.
CHEAP = {"amount": "1", "currency": "CNY", "assumed": False}


def _recommended(tmp_path: Path, a: dict[str, Any] | None = None, b: dict[str, Any] | None = None, **more: Any) -> Recommendation:
    one = runs.capacity(tmp_path / "a", **({"loads": LOADS, "hourly": CHEAP} | (a or {})))
    other = runs.token(tmp_path / "b", **({"loads": LOADS} | (b or {})))
    return build(Asked(folders=[one, other], **more)).recommendation


def test_by_volume_with_reasons(tmp_path: Path) -> None:
    found = _recommended(tmp_path)
    assert found.missing == ()
    assert [name for _, _, name in found.choices][:2] == ["token-singapore", "mu-singapore"]
    assert found.choices[0][1] == found.choices[1][0] > 0
    said = "\n".join(found.reasons)
    assert "ttft_ms=200,tpot_ms=20 for 95% of all requests" in said
    assert "mu-singapore at c8: 100.0% of" in said
    assert "CNY per million tokens at 100 % use" in said
    assert "tokens a month; beyond, its quota and its latency are not known" in said
    assert "beyond, several like it are bought" in said


def test_nothing_from_what_was_made_up(tmp_path: Path) -> None:
    fake = {"target": "fake"}
    assert _recommended(tmp_path, fake, fake) == Recommendation(missing=["The numbers were made up by the fake cloud."])


@pytest.mark.parametrize(
    ("a", "b", "missing"),
    [
        ({"hourly": None}, {}, "The cost of mu-singapore is not known: its price is unknown"),
        ({"hourly": {**CHEAP, "assumed": True}}, {}, "Assumed, not read from a price list: the hourly price of mu-singapore."),
        ({"stopped_by": "interrupt"}, {}, "mu-singapore was not measured to the end (interrupt)."),
        ({"stopped_by": "killed"}, {}, "mu-singapore was not measured to the end (still running, or killed)."),
        ({"slo": {}}, {"slo": {}}, "No SLO is stated"),
        ({"workload": Workload(input=Length(9, 9), output=Length(10, 10))}, {}, "The deployments were asked different things"),
        ({"clients": {"c8": runs.BUSY}}, {}, "mu-singapore has no point that is valid and whole."),
        ({"slo": {"ttft_ms": 1.0}}, {"slo": {"ttft_ms": 1.0}}, "No deployment meets the SLO at any point."),
        ({"hourly": {**CHEAP, "currency": "USD"}}, {}, "Costs are in USD, CNY: state a rate"),
        ({}, {"stack": "mu-singapore"}, "mu-singapore was measured more than once"),
    ],
)
def test_nothing_where_something_is_missing(tmp_path: Path, a: dict[str, Any], b: dict[str, Any], missing: str) -> None:
    found = _recommended(tmp_path, a, {"seed": 1, **b})
    assert found.choices == ()
    assert any(each.startswith(missing) for each in found.missing), found.missing


def test_nothing_where_one_that_should_be_there_was_not_measured(tmp_path: Path) -> None:
    found = _recommended(tmp_path, missing={"metal-singapore": "it did not come up"})
    assert found == Recommendation(missing=["metal-singapore was to be measured too: it did not come up"])


def test_one_deployment_is_no_choice(tmp_path: Path) -> None:
    found = build(Asked(folders=[runs.capacity(tmp_path / "a", loads=LOADS)])).recommendation
    assert found.missing == ["Only one deployment was measured: there is nothing to choose between."]


def test_one_that_misses_the_slo_is_out_and_the_rest_is_recommended(tmp_path: Path) -> None:
    found = _recommended(tmp_path, {"ttft": 500.0})
    assert {name for _, _, name in found.choices} == {"token-singapore"}
    assert any(each.startswith("mu-singapore is out: no point meets the SLO: at best 0.0%") for each in found.reasons)
