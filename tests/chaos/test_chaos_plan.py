"""What a cycle does follows from seed and number alone, leaves no kind out, and never asks for what a stack file may not say."""

from __future__ import annotations

import yaml

from fourways.chaos.injections import KINDS, Injection, Step, steps_for
from fourways.chaos.plan import Variant, plan
from fourways.cli.project import STACKS
from fourways.fakes.faults import Rule
from stacks.settings import load

CYCLES = range(1, 301)


def test_the_same_seed_and_number_give_the_same_cycle() -> None:
    assert [plan(3, number) for number in CYCLES] == [plan(3, number) for number in CYCLES]
    assert plan(3, 1) != plan(4, 1)
    assert plan(3, 1) != plan(3, 2)


def test_as_many_cycles_as_there_are_kinds_have_every_kind() -> None:
    for first in (1, 40):
        planned = {injection.kind for number in range(first, first + len(KINDS)) for _, injection in plan(7, number).injections()}
        assert planned >= set(KINDS) - {"interrupt-cli", "kill-recover"}  # those two may give way to another strike in their step
    planned = [injection.kind for number in CYCLES for _, injection in plan(7, number).injections()]
    assert min(planned.count(kind) for kind in KINDS) >= len(CYCLES) // len(KINDS) // 2


def test_steps_come_in_order_with_one_strike_each_at_most() -> None:
    for number in CYCLES:
        steps = plan(5, number).steps
        assert [step.step for step in steps] == list(Step)
        for step in steps:
            assert sum(injection.is_strike for injection in step.injections) <= 1
            assert all(step.step in steps_for(injection.kind) for injection in step.injections)


def test_what_waits_for_an_effect_is_never_aimed_at_a_read() -> None:
    lost = [one for number in CYCLES for _, one in plan(2, number).injections() if one.kind in ("error-after", "cut-after")]
    assert lost
    assert not [one for one in lost if one.action.startswith(("*", "List", "Describe"))]


def test_the_fake_takes_every_rule() -> None:
    for number in CYCLES:
        for _, injection in plan(1, number).injections():
            rule = Rule.from_json(injection.rule())
            assert (rule.action, rule.nth) == (injection.action, injection.nth)


def test_a_strike_is_a_held_answer_to_the_fake() -> None:
    assert Injection(kind="kill-cli", action="CreateVpc", seconds=1.0).rule()["kind"] == "slow"
    assert Injection(kind="cut", action="CreateVpc").rule()["kind"] == "cut"


def test_every_variant_is_a_legal_stack_file() -> None:
    config = yaml.safe_load((STACKS / "Pulumi.mu-singapore.yaml").read_text())["config"]
    variants = {step.variant for number in CYCLES for step in plan(9, number).steps}
    assert len(variants) > 20
    for variant in variants:
        settings = load(variant.apply(config), stack="mu-singapore")
        assert settings.network.nat == variant.nat
        assert settings.deployment.replicas.count == variant.replicas


def test_a_variant_leaves_the_given_configuration_as_it_was() -> None:
    config = yaml.safe_load((STACKS / "Pulumi.mu-singapore.yaml").read_text())["config"]
    before = yaml.safe_dump(config)
    Variant(machines=2, nat=True).apply(config)
    assert yaml.safe_dump(config) == before
