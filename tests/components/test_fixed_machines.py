"""Machines that are named one by one: where the head of a replica stands, and what is said of those that are bought for a term."""

from __future__ import annotations

from typing import Any

import pytest

from components.bare_metal import words
from components.bare_metal.deployment import deploy_bare_metal
from stacks.kinds.bare_metal import BareMetalServing
from stacks.settings import Settings
from tests.components.bare_metal_samples import CAPACITY, FOR_A_YEAR, PROTECTED, TWO_MACHINES, metal
from tests.components.recording import Resource, record

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


def test_the_preview_says_that_machines_bought_for_a_term_stay_as_they_are() -> None:
    settings = metal(**FOR_A_YEAR)
    assert isinstance(settings.serving, BareMetalServing)
    first = next(words.lines(settings, settings.serving))
    assert "never replaced: their terms would go on being paid" in first[1]


def declared(settings: Settings) -> list[Resource]:
    """The machines."""
    deployment = settings.serving
    assert isinstance(deployment, BareMetalServing)
    found = record(lambda: deploy_bare_metal(settings, deployment), stack_name=settings.stack)
    return [one for one in found.children if one.type == INSTANCE]


def test_machines_bought_for_a_term_are_kept_whatever_changes_and_others_are_replaced_and_so_never_protected() -> None:
    for machine in declared(metal(PROTECTED, **FOR_A_YEAR)):
        assert (machine.protect, machine.ignored) == (True, ["userData", "imageId", "privateIp"])
    for machine in declared(metal(PROTECTED, **TWO_MACHINES)):
        assert (machine.protect, machine.ignored) == (False, [])
