"""The made-up speeds: one file for all data planes, in the shapes of an inference engine, each way by its own numbers."""

from __future__ import annotations

import ast
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest
import yaml

from fourways.fakes import services
from fourways.fakes.services.shared import curves

FAKES = Path(services.__file__).parent
FILE = FAKES / "shared" / "calibration.yaml"
WAYS: tuple[curves.Way, ...] = get_args(curves.Way)
LOADS = [number / 64 for number in range(1, 65)]


def test_the_file_says_that_it_is_made_up_and_has_every_way() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert yaml.safe_load(text)["made_up"] is True
    assert "MADE UP" in text.split("made_up:")[0]
    assert set(curves.curves()) == set(WAYS)


@pytest.mark.parametrize("way", WAYS)
def test_each_request_slows_as_more_are_served_while_all_together_get_more(way: curves.Way) -> None:
    curve = curves.curves()[way]
    paces = [curves.pace(way, 1000, load) for load in LOADS]
    batches = [max(1.0, load * curve.slots) for load in LOADS]
    assert all(one.first < next_.first for one, next_ in pairwise(paces))
    assert all(one.each <= next_.each for one, next_ in pairwise(paces))
    alone, full = 1 / paces[0].each, 1 / paces[-1].each
    assert full < 0.75 * alone  # tokens a second of one request
    together = [batch / pace.each for batch, pace in zip(batches, paces, strict=True)]
    assert together == sorted(together)
    assert together[-1] < 0.75 * curve.slots * alone  # by less and less
    gained = [(after - before) for before, after in pairwise(together[2:])]
    assert gained == sorted(gained, reverse=True)


@pytest.mark.parametrize("way", WAYS)
def test_a_prompt_is_read_at_the_rate_of_its_way(way: curves.Way) -> None:
    rate = curves.curves()[way].prefill_tokens_per_second
    longer = curves.pace(way, 3000, 0.0).first - curves.pace(way, 1000, 0.0).first
    assert longer == pytest.approx(2000 / rate)
    assert curves.pace(way, 3000, 0.5).each == curves.pace(way, 10, 0.5).each


def test_more_gpus_hold_more_and_a_cpu_as_one() -> None:
    for way in WAYS:
        assert curves.slots(way, 4) == 4 * curves.slots(way, 1) == 4 * curves.slots(way, 0)
    assert curves.longest_queue(2) == 2 * curves.curves()["eas"].queue_per_slot > 0


USERS = {
    "eas/serving/data_plane.py": {"eas"},
    "eas/scaling/scaling.py": {"eas"},
    "ecs/machines/engine.py": {"bare-metal"},
    "ecs/machines/machines.py": {"bare-metal"},
    "deployments/backend.py": {"model-unit", "ptu", "token"},
    "modelstudio/token_api.py": {"token"},
}
"""Who serves, and by which ways."""


def test_every_data_plane_reads_its_own_way_and_nobody_has_a_speed_of_its_own() -> None:
    users = {}
    for path in FAKES.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        named = {ast.unparse(call.func): call for call in calls}
        assert "Pace" not in {name.rpartition(".")[2] for name in named} or path.name == "curves.py", f"{path} has a pace of its own"
        ways = {
            constant.value
            for call in calls
            if ast.unparse(call.func) in ("curves.pace", "curves.slots", "Served", "serving.Served")
            for constant in ast.walk(call)
            if isinstance(constant, ast.Constant) and constant.value in WAYS
        }
        if ways:
            users[str(path.relative_to(FAKES))] = ways
    assert users == USERS
