"""The contract over every component, and proof that each of its rules can fail."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

import pulumi
import pytest
from pulumi_alicloud import ecs, vpc

import components
from components.watch import Watch
from fourways.provider import resources
from fourways.provider.resources import eas, modelstudio
from stacks.settings import Settings
from tests.components import contract
from tests.components.contract import RULES, Rule, Runs
from tests.components.recording import ANSWERS
from tests.components.samples import CASES, runs, settings

OF = settings()


@pytest.fixture(scope="module")
def recorded() -> dict[str, Runs]:
    """Each case is run once; the rules only look."""
    return {name: runs(*case) for name, case in CASES.items()}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("case", CASES)
def test_contract(case: str, rule: Rule, recorded: dict[str, Runs]) -> None:
    assert recorded[case].update.children
    assert list(rule(recorded[case])) == []


def derived(base: type) -> list[type]:
    """All classes that have it as a base."""
    return [one for child in base.__subclasses__() for one in (child, *derived(child))]


def test_every_component_is_under_the_contract(recorded: dict[str, Runs]) -> None:
    for module in pkgutil.walk_packages(components.__path__, "components."):
        if ".scripts." not in module.name:  # programs of machines, not modules of ours
            importlib.import_module(module.name)
    # What has no type of its own is a base of others.
    ours = {one.__name__ for one in derived(pulumi.ComponentResource) if one.__module__.startswith("components.") and one is not Watch}
    seen = {one.type.rpartition(":")[2] for runs in recorded.values() for one in runs.update.resources if not one.custom}
    assert ours
    assert seen == ours


class Spoiled(pulumi.ComponentResource):
    """A component that breaks whichever rule its body breaks."""

    def __init__(self, body: Callable[[pulumi.ResourceOptions], object], register: bool = True) -> None:
        super().__init__("tests:components:Spoiled", "spoiled")
        found = body(pulumi.ResourceOptions(parent=self))
        if register:
            self.register_outputs({"found": found if isinstance(found, pulumi.Output) else "something"})


def vpc_named(name: str, opts: pulumi.ResourceOptions, **changes: object) -> vpc.Network:
    from components.tags import tags

    return vpc.Network(name, **{"vpc_name": "fourways-mu-singapore-x", "cidr_block": "10.0.0.0/16", "tags": tags(OF), **changes}, opts=opts)


def service(opts: pulumi.ResourceOptions, **changes: object) -> resources.EasService:
    from components.tags import tags

    given = {"name": "abc", "region": "cn-beijing", "config": {}, "labels": tags(OF)}
    return resources.EasService("spoiled-service", **(given | changes), opts=opts)


def rule_in(opts: pulumi.ResourceOptions) -> None:
    network = vpc_named("spoiled-vpc", opts)
    ecs.SecurityGroupRule("spoiled-rule", ip_protocol="tcp", type="ingress", security_group_id=network.id, cidr_ip="0.0.0.0/0", opts=opts)


SPOILED: dict[Rule, Callable[[], object]] = {
    contract.carries_the_tags: lambda: Spoiled(lambda opts: vpc_named("spoiled-vpc", opts, tags={})),
    contract.has_its_component_as_parent: lambda: Spoiled(lambda _: vpc_named("spoiled-vpc", pulumi.ResourceOptions())),
    contract.opens_nothing_to_everybody: lambda: Spoiled(rule_in),
    contract.keeps_secrets: lambda: Spoiled(lambda opts: pulumi.Output.unsecret(service(opts).access_token)),
    contract.declares_all_in_preview: lambda: Spoiled(
        lambda opts: vpc_named("spoiled-vpc", opts).id.apply(lambda id: id and vpc_named("spoiled-late", opts) and None)
    ),
    contract.registers_outputs: lambda: Spoiled(lambda opts: vpc_named("spoiled-vpc", opts), register=False),
    contract.is_plain_where_policies_read: lambda: Spoiled(lambda opts: service(opts, region=vpc_named("spoiled-vpc", opts).id.apply(str))),
    contract.names_carry_stack_and_id: lambda: Spoiled(lambda opts: vpc_named("spoiled-vpc", opts, vpc_name="vpc")),
    contract.protects_what_is_billed: lambda: Spoiled(
        lambda opts: service(pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(protect=True)))
    ),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_each_rule_finds_what_breaks_it(rule: Rule) -> None:
    def program(_: Settings) -> None:
        SPOILED[rule]()

    assert list(rule(runs(program, OF)))


def test_the_answers_are_those_that_the_resource_classes_have() -> None:
    assert set(ANSWERS["fourways:eas:Service"]) <= set(eas.SERVICE_OUTPUTS)
    assert set(ANSWERS["fourways:eas:ResourceGroup"]) <= set(eas.RESOURCE_GROUP_OUTPUTS)
    assert set(ANSWERS["fourways:modelstudio:Workspace"]) <= set(modelstudio.WORKSPACE_OUTPUTS)
    assert set(ANSWERS["fourways:modelstudio:ApiKey"]) <= set(modelstudio.API_KEY_OUTPUTS)
