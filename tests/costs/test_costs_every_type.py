"""Every type that this program can declare is priced, known to be free, metered, or said to be unknown; one that nobody heard of, too."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
from collections.abc import Iterator
from decimal import Decimal

import pulumi
import pytest

import components
from fourways import costs
from fourways.catalog import prices
from fourways.costs import billing, render
from fourways.costs.documents import UNKNOWN
from fourways.costs.items import Free, Metered, Parts, Unknown
from fourways.provider.kinds import KINDS

UNHEARD_OF = "alicloud:quantum/annealer:Annealer"
NO_ENTRY = "this type is not in the price book"


def declared() -> Iterator[str]:
    """Types of the custom resources that any module of components/ calls the class of."""
    for module_info in pkgutil.walk_packages(components.__path__, "components."):
        if ".boot.scripts" in module_info.name:
            continue
        module = importlib.import_module(module_info.name)
        assert module.__file__
        with open(module.__file__, encoding="utf-8") as stream:
            calls = [node.func for node in ast.walk(ast.parse(stream.read())) if isinstance(node, ast.Call)]
        for call in calls:
            names = ast.unparse(call).split(".")
            found = vars(module).get(names[0])
            for name in names[1:]:
                found = getattr(found, name, None)
            if isinstance(found, type) and issubclass(found, pulumi.CustomResource) and (token := getattr(found, "pulumi_type", None)):
                yield token


ALICLOUD = sorted(set(declared()))
NATIVE = sorted(KINDS)


def test_the_types_are_found() -> None:
    assert {"alicloud:ecs/instance:Instance", "alicloud:vpc/natGateway:NatGateway", "alicloud:log/store:Store"} <= set(ALICLOUD)
    assert {"fourways:eas:Service", "fourways:kms:RandomSecret", "fourways:modelstudio:ApiKey"} <= set(NATIVE)
    assert len(ALICLOUD) >= 30


@pytest.mark.parametrize("type_", [*ALICLOUD, *NATIVE])
def test_what_a_declared_type_costs_is_decided(type_: str) -> None:
    """With no inputs a price may be unknown, but then because an input is missing, not because nobody thought of the type."""
    billed = billing.what_is_billed(type_, {})
    parts = [one for _, one in billed.parts] if isinstance(billed, Parts) else [billed]
    for one in parts:
        assert not (isinstance(one, Unknown) and one.why == NO_ENTRY), f"{type_}: say in costs/types.yaml or billing.py what it costs"
        assert not isinstance(one, Free) or prices.free(one.kind), f"prices.yaml does not say that {type_} is free"


@pytest.mark.parametrize("inputs", [{}, {"instanceType": UNKNOWN}, {"instanceType": "never.heard.of", "region": "cn-beijing"}])
@pytest.mark.parametrize("type_", [*ALICLOUD, *NATIVE, UNHEARD_OF])
def test_nothing_is_silently_zero(type_: str, inputs: dict[str, str]) -> None:
    for row in costs.estimate_planned([(type_, "it", inputs)], "ap-southeast-1").rows:
        if row.status == "priced":
            assert row.hourly, f"{row.type} is priced at {row.hourly}"
            assert row.source
        else:
            assert (row.hourly, row.monthly) == (None, None)
            assert row.note or row.source or isinstance(billing.what_is_billed(type_, inputs), Metered | Parts)


def test_an_unheard_of_type_is_listed_as_unknown_everywhere() -> None:
    found = costs.estimate_planned([(UNHEARD_OF, "odd", {}), ("alicloud:vpc/natGateway:NatGateway", "nat", {})], "ap-southeast-1")
    (row,) = found.unknown
    assert (row.type, row.hourly, row.monthly, row.note) == (UNHEARD_OF, None, None, NO_ENTRY)
    assert "Not in the sum, price unknown: odd" in render.caption(found)
    assert "| odd | this type is not in the price book | unknown | unknown | unknown |" in render.markdown(found)
    assert json.loads(json.dumps(render.as_json(found)))["unknown"] == [row.urn]
    verdict = costs.judge(found, costs.Budget(amount=Decimal(10**6), currency="USD"))
    assert (verdict.status, "odd" in verdict.message) == ("cannot tell", True)
    assert costs.difference(costs.Estimate(rows=()), found).incomplete
