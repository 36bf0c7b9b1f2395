"""What becomes of pending operations: every kind and verdict, and what holds for all of them together."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourways.cleanup.found import Found
from fourways.cleanup.wanted import Wanted
from fourways.cloud import ownership
from fourways.recovery import pending, states
from fourways.recovery.verdicts import Verdict, judge
from tests.recovery.exports import EIP, NAT, NETWORK, PROVIDER, REGION, SERVICE, entry, export, operation, urn

OWN = {"fourways-project": "fourways", "fourways-stack": "mu"}


def wanted(type_: str = EIP, name: str = "eip") -> Wanted:
    return Wanted(urn=urn(type_, name), type=type_, region=REGION, inputs={})


def eip(id_: str = "eip-1", **tags: str) -> Found:
    return Found(kind="eip", id=id_, name="n", region=REGION, tags=tags)


def verdict(what: Any, found: Found | None = None, type_: str = EIP, name: str = "eip") -> Verdict:
    return Verdict(wanted=wanted(type_, name), what=what, found=found, why="why")


# verdicts


def test_nothing_there_is_absent() -> None:
    assert judge(wanted(), [], ()).what == "absent"


@pytest.mark.parametrize("tags", [{}, OWN, {"somebody": "else"}])
def test_one_of_the_exact_name_is_it(tags: dict[str, str]) -> None:
    answer = judge(wanted(), [eip(**tags)], ())
    assert (answer.what, answer.id) == ("found", "eip-1")


def test_what_another_stack_owns_is_not_it() -> None:
    answer = judge(wanted(), [eip(**{**OWN, "fourways-stack": "other"})], ())
    assert answer.what == "unclear"
    assert "stack other" in answer.why


def test_two_are_for_a_person() -> None:
    answer = judge(wanted(), [eip("eip-1"), eip("eip-2")], ())
    assert answer.what == "unclear"
    assert "eip-1, eip-2" in answer.why


def test_what_the_state_has_already_is_not_its_own_successor() -> None:
    assert judge(wanted(), [eip("eip-1")], {(EIP, "eip-1")}).what == "absent"
    assert judge(wanted(), [eip("eip-1"), eip("eip-2")], {(EIP, "eip-1")}).id == "eip-2"


def test_an_eas_thing_must_carry_this_very_resources_labels() -> None:
    service = wanted(SERVICE, "chat")

    def found(labels: dict[str, str]) -> Found:
        return Found(kind="eas-service", id="chat", name="chat", region=REGION, tags=labels)

    answer = judge(service, [found({**ownership.urn_labels(service.urn), "fourways-creating": "x"})], ())
    assert (answer.what, answer.id) == ("found", f"{REGION}/chat")
    for labels in ({}, OWN, ownership.urn_labels(urn(SERVICE, "other"))):
        assert judge(service, [found(labels)], ()).what == "unclear"


# plans


def test_a_create_that_happened_is_recorded_with_its_id_after_all_it_depends_on() -> None:
    state = export([PROVIDER, entry(NETWORK, "vpc", "vpc-1")], [operation("creating", entry(EIP, "eip"))])
    plan = pending.plan(state, [verdict("found", eip())])
    assert [resource.get("id") for resource in states.resources(plan.state)] == ["provider-1", "vpc-1", "eip-1"]
    assert states.operations(plan.state) == []
    assert "pending_operations" not in plan.state["deployment"]
    assert (len(plan.recorded), plan.dropped, plan.left) == (1, (), ())


def test_a_create_that_did_not_happen_is_dropped_and_said() -> None:
    plan = pending.plan(export([], [operation("creating", entry(EIP, "eip"))]), [verdict("absent")])
    assert states.resources(plan.state) == states.operations(plan.state) == []
    assert "assumed" in plan.dropped[0]


def test_what_a_person_must_look_at_stays_as_it_is() -> None:
    state = export([], [operation("creating", entry(EIP, "eip"))])
    plan = pending.plan(state, [verdict("unclear")])
    assert plan.state == state
    assert not plan.changes
    assert "pulumi import alicloud:ecs/eipAddress:EipAddress eip ID --stack mu" in plan.left[0]


@pytest.mark.parametrize("kind", ["updating", "deleting", "reading"])
def test_other_operations_leave_the_entry(kind: str) -> None:
    old = entry(EIP, "eip", "eip-1")
    plan = pending.plan(export([old], [operation(kind, {**old, "inputs": {"new": 1}})]), [])
    assert states.resources(plan.state) == [old]
    assert states.operations(plan.state) == []
    assert kind in plan.dropped[0]


def test_an_id_that_no_entry_has_is_kept() -> None:
    plan = pending.plan(export([], [operation("deleting", entry(EIP, "eip", "eip-1"))]), [])
    assert states.owned(plan.state) == {(EIP, "eip-1")}
    assert plan.recorded


def test_a_replacement_comes_before_the_old_which_is_marked_for_deletion() -> None:
    state = export([entry(EIP, "eip", "eip-old"), entry(NAT, "nat", "ngw-1")], [operation("creating", entry(EIP, "eip"))])
    after = states.resources(pending.plan(state, [verdict("found", eip("eip-new"))]).state)
    assert [(one["id"], bool(one.get("delete"))) for one in after] == [("eip-new", False), ("eip-old", True), ("ngw-1", False)]


def test_a_replacement_whose_old_is_gone_takes_its_place() -> None:
    state = export([entry(EIP, "eip", "eip-old", pendingReplacement=True)], [operation("creating", entry(EIP, "eip"))])
    after = states.resources(pending.plan(state, [verdict("found", eip("eip-new"))]).state)
    assert [one["id"] for one in after] == ["eip-new"]


def test_new_entries_come_before_old_ones_that_are_on_their_way_out() -> None:
    state = export([PROVIDER, entry(NAT, "nat", "ngw-1", delete=True)], [operation("creating", entry(EIP, "eip"))])
    after = states.resources(pending.plan(state, [verdict("found", eip())]).state)
    assert [one["id"] for one in after] == ["provider-1", "eip-1", "ngw-1"]


def test_only_deletes_are_waited_for() -> None:
    state = export([], [operation("deleting", entry(EIP, "a", "eip-1")), operation("updating", entry(EIP, "b", "eip-2"))])
    assert [(one.name, id_) for one, id_ in pending.deletes(state, REGION)] == [("a", "eip-1")]


def test_the_region_is_the_resources_own_or_its_providers_or_the_stacks() -> None:
    provider = f"{PROVIDER['urn']}::provider-1"
    operations = [
        operation("creating", entry(SERVICE, "a", inputs={"region": "eu-central-1"}, provider=provider)),
        operation("creating", entry(EIP, "b", provider=provider)),
        operation("creating", entry(EIP, "c", provider="nowhere::x")),
    ]
    found = pending.wanted(export([PROVIDER], operations), REGION)
    assert [one.region for one in found] == ["eu-central-1", "cn-beijing", REGION]


KINDS = st.sampled_from(["creating", "importing", "updating", "deleting", "reading"])
VERDICTS = st.sampled_from(["found", "absent", "unclear"])


@given(st.lists(st.tuples(KINDS, VERDICTS, st.booleans()), max_size=8))
def test_nothing_with_an_id_is_ever_lost_and_nothing_is_changed_in_place(cases: list[tuple[str, str, bool]]) -> None:
    resources, operations, answers = [PROVIDER], [], []
    for number, (kind, what, known) in enumerate(cases):
        name = f"eip{number}"
        creates = kind in pending.CREATES
        if known:
            resources.append(entry(EIP, name, f"old-{number}"))
        operations.append(operation(kind, entry(EIP, name, "" if creates else f"old-{number}")))
        answers.append(verdict(what, eip(f"new-{number}") if what == "found" else None, name=name))
    state = export(resources, operations)
    before = copy.deepcopy(state)
    plan = pending.plan(state, answers)
    assert state == before
    ids = {id_ for _, id_ in states.owned(plan.state)}
    assert ids >= {id_ for _, id_ in states.owned(state)}
    for number, (kind, what, _) in enumerate(cases):
        if kind not in pending.CREATES:
            assert f"old-{number}" in ids
        else:
            assert (f"new-{number}" in ids) == (what == "found")
    assert len(plan.recorded) + len(plan.dropped) + len(plan.left) == len(cases)
    live = [resource["urn"] for resource in states.resources(plan.state) if not resource.get("delete")]
    assert len(live) == len(set(live))
    again = pending.plan(plan.state, [answer for answer in answers if answer.what == "unclear"])
    assert again.state == plan.state  # done twice is done once
