"""The oracle sees each kind of violation, and nothing in a clean cycle."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from fourways.chaos.history import duplicates, most_at_once
from fourways.chaos.oracle import Seen, violations, wrong_outcome
from fourways.chaos.plan import Variant
from fourways.chaos.secret_search import leaks
from fourways.cloud.ownership import URN

FOREIGN = frozenset({("vpc", "vpc-theirs"), ("eas-resource-group", "eas-r-theirs")})


def bill(kind: str = "eas-dedicated-machine", opened: str = "10:00:00", closed: str | None = "11:00:00") -> dict[str, Any]:
    at = "2026-11-24T{}Z".format
    return {"kind": kind, "resource": "i-1", "opened": at(opened), "closed": closed and at(closed)}


def call(action: str, parameters: dict[str, str], made: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    return {"time": "t", "action": action, "status": 200, "code": "", "parameters": parameters, "body": None, "made": made or {}, **more}


def create_vpc(id: str, name: str = "ours", **more: Any) -> dict[str, Any]:
    return call("CreateVpc", {"VpcName": name}, {"VpcId": id}, **more)


def delete_vpc(id: str, **more: Any) -> dict[str, Any]:
    return call("DeleteVpc", {"VpcId": id}, **more)


CLEAN = Seen(
    ledger=[bill()],
    inventory=[
        {"kind": "vpc", "id": "vpc-theirs", "name": "similar"},
        {"kind": "eas-resource-group", "id": "eas-r-theirs"},
        {"kind": "eas-dedicated-machine", "id": "i-theirs", "group": "eas-r-theirs"},
    ],
    requests=[create_vpc("vpc-1"), delete_vpc("vpc-1")],
    unknown_actions={},
    swept=[{"kind": "vpc", "id": "vpc-theirs"}],
    foreign_ids=FOREIGN,
    foreign_before={"VPC": "as it was"},
    foreign_after={"VPC": "as it was"},
    places={"state.json": b"nothing here", "output": b"+ created"},
    secrets={"the key": "s3cr3t-value", "not set": ""},
    variants=[Variant(machines=1)],
)


def test_a_clean_cycle_has_no_violation() -> None:
    assert violations(CLEAN) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ledger": [bill(closed=None)]}, "still billed: eas-dedicated-machine i-1"),
        ({"ledger": [bill(), bill(opened="10:30:00")]}, "2 x eas-dedicated-machine were billed at once, 1 at most"),
        ({"ledger": [bill("nat-gateway")]}, "1 x nat-gateway were billed at once, 0 at most"),
        ({"inventory": [{"kind": "vswitch", "id": "vsw-1", "name": "ours"}]}, "left behind: vswitch vsw-1 ours"),
        ({"swept": [{"kind": "eip", "id": "eip-1"}]}, "sweep found: eip eip-1"),
        ({"foreign_after": {"VPC": "changed"}}, "somebody else's VPC was touched"),
        ({"foreign_after": {}}, "somebody else's VPC was touched"),
        ({"requests": [create_vpc("vpc-1"), create_vpc("vpc-2")]}, "vpc ours was made twice: vpc-1 was there when vpc-2"),
        ({"places": {"state.json": b"key: s3cr3t-value"}}, "the key can be read in state.json"),
        ({"places": {"output": b"Traceback (most recent call last):\n"}}, "Traceback"),
        ({"places": {"output": b"panic: runtime error"}}, "panic"),
        ({"unknown_actions": {"2016-04-28 DoIt": 2}}, "the fake does not know 2016-04-28 DoIt (2 times)"),
        ({"processes": ["process 7: pulumi-resource-alicloud"]}, "still running: process 7"),
    ],
)
def test_each_violation_is_told(change: dict[str, Any], said: str) -> None:
    found = violations(dataclasses.replace(CLEAN, **change))
    assert [text for text in found if said in text], found


def test_a_create_whose_answer_was_lost_counts() -> None:
    lost = {"status": 0, "code": "fault:cut-after"}
    assert duplicates([create_vpc("vpc-1", **lost), create_vpc("vpc-2")])
    assert duplicates([create_vpc("vpc-1", status=0, code="fault:cut"), create_vpc("vpc-2")]) == []
    assert duplicates([create_vpc("vpc-1", status=503, code="ServiceUnavailable"), create_vpc("vpc-2")]) == []


def test_what_is_no_duplicate() -> None:
    assert duplicates([create_vpc("vpc-1"), create_vpc("vpc-1")]) == []  # the same client token, the same answer
    assert duplicates([create_vpc("vpc-1"), delete_vpc("vpc-1"), create_vpc("vpc-2")]) == []
    assert duplicates([create_vpc("vpc-1"), create_vpc("vpc-2", name="another")]) == []


def test_a_delete_that_was_refused_leaves_the_first_there() -> None:
    assert duplicates([create_vpc("vpc-1"), delete_vpc("vpc-1", status=400, code="DependencyViolation"), create_vpc("vpc-2")])


@pytest.mark.parametrize("as_text", [False, True])
def test_resource_groups_are_told_apart_by_their_label(as_text: bool) -> None:
    def order(group: str, urn: str) -> dict[str, Any]:
        labels = {URN: urn}
        return call("CreateResource", {}, {"ResourceId": group}, body={"Labels": json.dumps(labels) if as_text else labels})

    assert duplicates([order("eas-r-1", "a"), order("eas-r-2", "a")])
    assert duplicates([order("eas-r-1", "a"), order("eas-r-2", "b")]) == []
    assert duplicates([order("eas-r-1", "a"), call("DeleteResource", {"ResourceId": "eas-r-1"}), order("eas-r-2", "a")]) == []


def test_a_bill_that_ends_as_another_begins_is_not_at_once_with_it() -> None:
    assert most_at_once([bill("eip", "10:00:00", "11:00:00"), bill("eip", "11:00:00", "12:00:00")])["eip"] == 1
    assert most_at_once([bill("eip", "10:00:00", None), bill("eip", "11:00:00", "12:00:00")])["eip"] == 2


@pytest.mark.parametrize("written", ["a/b+c d", "a%2Fb%2Bc%20d", "YS9iK2MgZA=="])
def test_a_secret_is_found_in_other_clothes_and_not_repeated(written: str) -> None:
    found = leaks({"log": f"key={written};".encode()}, {"the key": "a/b+c d"})
    assert found == ["the key can be read in log"]


def test_an_up_must_have_brought_about_what_was_asked_for() -> None:
    rows = [
        {"kind": "vpc", "id": "vpc-1"},
        {"kind": "eas-service", "id": "ours"},
        {"kind": "eas-dedicated-machine", "id": "i-1", "group": "eas-r-1"},
        *CLEAN.inventory,
    ]
    assert wrong_outcome(Variant(machines=1), rows, FOREIGN) == []
    assert wrong_outcome(Variant(machines=2), rows, FOREIGN) == ["eas-dedicated-machine: 1 are there, 2 wanted"]
    assert wrong_outcome(Variant(nat=True), rows, FOREIGN) == ["nat-gateway: 0 are there, 1 wanted", "eip: 0 are there, 1 wanted"]
