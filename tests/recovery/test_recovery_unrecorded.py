"""What the program would create and exists already: what can be looked up, and how it is recorded."""

from __future__ import annotations

from typing import Any

from fourways.cleanup.found import Found
from fourways.cleanup.wanted import UNKNOWN
from fourways.recovery import states, unrecorded
from fourways.recovery.verdicts import Verdict
from tests.recovery.exports import EIP, NETWORK, PROJECT, PROVIDER, REGION, STACK, entry, export, operation, urn

ROOT = f"urn:pulumi:{STACK}::{PROJECT}::pulumi:pulumi:Stack::root"
PARENT = urn("fourways:components:Network", "network")
NEW_PROVIDER = urn("pulumi:providers:alicloud", "default_3_105_0")
PROVIDERS = {"alicloud": {"region": REGION}}


def step(state: dict[str, Any], op: str = "create") -> dict[str, Any]:
    return {"op": op, "urn": state["urn"], "newState": state}


def component(urn_: str, parent: str = "") -> dict[str, Any]:
    return {"urn": urn_, "type": urn_.split("::")[2], "custom": False, "parent": parent}


def digest() -> dict[str, Any]:
    """The preview of a stack whose state is lost."""
    provider = f"{NEW_PROVIDER}::{UNKNOWN}"
    return {
        "steps": [
            step(component(ROOT)),
            step(component(PARENT, ROOT)),
            step(entry(EIP, "eip", parent=PARENT, provider=provider, inputs={"addressName": "e", "x": "[secret]", "y": {"z": "[secret]"}})),
            step(entry(NETWORK, "vpc", parent=PARENT, provider=provider, dependencies=[urn(EIP, "nobody")])),
            step(entry(EIP, "waits", provider=provider, inputs={"deep": [{"id": UNKNOWN}]})),
            step(entry(EIP, "there", "eip-0"), op="same"),
        ]
    }


def found(type_: str, name: str, kind: str, id_: str) -> Verdict:
    thing = Found(kind=kind, id=id_, name=name, region=REGION)
    (wanted,) = [one for one in unrecorded.wanted(digest(), export(), REGION) if one.urn == urn(type_, name)]
    return Verdict(wanted=wanted, what="found", found=thing)


def test_only_creates_with_known_inputs_are_looked_up() -> None:
    wanted = unrecorded.wanted(digest(), export(), REGION)
    assert [(one.name, one.region) for one in wanted] == [("eip", REGION), ("vpc", REGION)]
    assert unrecorded.waits(digest())
    pending = export([], [operation("creating", entry(EIP, "eip"))])
    assert [one.name for one in unrecorded.wanted(digest(), pending, REGION)] == ["vpc"]


def test_what_was_found_is_recorded_with_parents_and_provider_and_without_masked_secrets() -> None:
    plan = unrecorded.plan(export(), digest(), [found(EIP, "eip", "eip", "eip-1")], PROVIDERS, lambda: "made-up")
    root, parent, provider, eip = states.resources(plan.state)
    assert (root["urn"], parent["urn"], provider["urn"]) == (ROOT, PARENT, NEW_PROVIDER)
    assert (provider["id"], eip["provider"]) == ("made-up", f"{NEW_PROVIDER}::made-up")
    assert provider["inputs"] == provider["outputs"] == {"region": REGION, "version": "3.105.0"}
    assert (eip["id"], eip["inputs"]) == ("eip-1", {"addressName": "e", "y": {}})
    assert "was in no state" in plan.recorded[0]


def test_what_the_state_has_is_used() -> None:
    state = export([component(ROOT), component(PARENT, ROOT), {**PROVIDER, "urn": NEW_PROVIDER}])
    plan = unrecorded.plan(state, digest(), [found(NETWORK, "vpc", "vpc", "vpc-1")], PROVIDERS)
    vpc = states.resources(plan.state)[-1]
    assert len(states.resources(plan.state)) == 4
    assert (vpc["provider"], vpc["dependencies"]) == (f"{NEW_PROVIDER}::provider-1", [])


def test_what_was_not_found_is_not_recorded() -> None:
    wanted = unrecorded.wanted(digest(), export(), REGION)
    plan = unrecorded.plan(export(), digest(), [Verdict(wanted=one, what="absent") for one in wanted], PROVIDERS)
    assert not plan.changes
    assert states.resources(plan.state) == []
