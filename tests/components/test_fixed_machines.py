"""Machines that are named one by one: where the head of a replica stands, and what is said of those that are bought for a term."""

from __future__ import annotations

from typing import Any

import pytest

from components.bare_metal import words
from components.bare_metal.deployment import deploy_bare_metal
from stacks.kinds.bare_metal import BareMetalServing
from tests.components.bare_metal_samples import CAPACITY, FOR_A_YEAR, TWO_MACHINES, metal
from tests.components.recording import record

INSTANCE = "alicloud:ecs/instance:Instance"


def addresses(**serving: Any) -> list[str]:
    """Of the heads, in the order of the replicas."""
    settings = metal(**{**TWO_MACHINES, **serving})
    deployment = settings.serving
    assert isinstance(deployment, BareMetalServing)
    found = record(lambda: deploy_bare_metal(settings, deployment), stack_name=settings.stack)
    machines = {one.name: one.inputs for one in found.children if one.type == INSTANCE}
    return [str(inputs["privateIp"]) for name, inputs in sorted(machines.items()) if name.endswith("-0")]


@pytest.mark.parametrize(
    "capacity",
    [
        {"image": "m-another"},
        {"instanceTypes": ["ecs.ebmgn8v.48xlarge"]},
        {"weightsDisk": {"size": 500}},
        {"systemDisk": {"category": "cloud_auto", "size": 200}},
    ],
)
def test_what_makes_another_machine_gives_its_head_another_address(capacity: dict[str, Any]) -> None:
    """New and old machines stand side by side for a while: an address is one machine's."""
    assert not set(addresses()) & set(addresses(capacity={**CAPACITY, **capacity}))


def test_what_changes_a_machine_in_place_leaves_its_address() -> None:
    assert addresses() == addresses(capacity={**CAPACITY, "systemDisk": {"size": 400}})


def test_the_preview_says_that_a_term_is_bought_again() -> None:
    settings = metal(**FOR_A_YEAR)
    assert isinstance(settings.serving, BareMetalServing)
    first = next(words.lines(settings, settings.serving))
    assert "new machines, bought for 12 months, beside the old ones, which are paid until their terms end" in first[1]
