"""What a check refuses of a gateway, and what a plan of its changes is made of. No cloud."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourways.cloud import gateway_alias, name_marks, ownership
from fourways.provider.eas.gateways import gateway_state as state
from fourways.provider.eas.gateways.gateway_inputs import GatewayInputs
from fourways.provider.inputs import check
from fourways.provider.values import UNKNOWN
from tests.provider.gateways import GATEWAY_URN, OFFICE, gateway, public

LINK = {"vpcId": "vpc-1", "vSwitchId": "vsw-1"}


def failures(inputs: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one.property, one.reason) for one in check(GatewayInputs, GATEWAY_URN, inputs).failures]


@pytest.mark.parametrize(
    ("inputs", "where", "said"),
    [
        (gateway(enableInternet=True), "sslRedirection", "would cross the Internet in clear"),
        (gateway(enableIntranet=False), "enableIntranet", "nobody could reach the gateway, which is billed"),
        (gateway(allowedCidrs=[OFFICE]), "allowedCidrs", "the list of the Internet endpoint, which is off"),
        (public(enableIntranet=False, linkedVpcs=[LINK]), "linkedVpcs", "needs enableIntranet"),
        (gateway(linkedVpcs=[LINK, {**LINK, "vSwitchId": "vsw-2"}]), "linkedVpcs[1].vpcId", "vpc-1 is linked already"),
        (public(allowedCidrs=["office"]), "allowedCidrs[0]", "'office' is not allowed. Allowed: a list of IP addresses"),
        (public(allowedCidrs=["203.0.113.9/24"]), "allowedCidrs[0]", "The block that it is in: 203.0.113.0/24."),
        (public(allowedCidrs=["198.51.100.7", "198.51.100.7/32"]), "allowedCidrs[1]", "is there already, as '198.51.100.7'"),
        (gateway(linkedVpcs=[{**LINK, "allowedCidrs": ["10.0.0.0/33"]}]), "linkedVpcs[0].allowedCidrs[0]", "is not allowed"),
        (public(allowedCidrs=[]), "allowedCidrs", "at least one"),
        (gateway(instanceType="1c2g"), "instanceType", "Allowed: 2c4g, 4c8g, 8c16g or 16c32g"),
        (gateway(replicas=0), "replicas", "a whole number of nodes from 1"),
        (gateway(chargeType="Free"), "chargeType", "PostPaid (default: by the hour) or PrePaid"),
        (gateway(name="0-creating"), "name", "beginning with a letter"),
        (gateway(linkedVpcs=[{"vpcId": "vpc-1"}]), "linkedVpcs[0].vSwitchId", "required"),
    ],
)
def test_what_is_refused(inputs: dict[str, Any], where: str, said: str) -> None:
    found = failures(inputs)
    assert [one for one, _ in found] == [where]
    assert said in found[0][1]


def test_what_is_not_known_yet_is_not_judged() -> None:
    assert failures(gateway(enableInternet=UNKNOWN, allowedCidrs=UNKNOWN, linkedVpcs=[{"vpcId": UNKNOWN, "vSwitchId": UNKNOWN}] * 2)) == []


def test_what_is_left_out_is_filled_in() -> None:
    assert check(GatewayInputs, GATEWAY_URN, gateway()).inputs == {
        **gateway(),
        "replicas": 1,
        "chargeType": "PostPaid",
        "enableInternet": False,
        "enableIntranet": True,
        "sslRedirection": False,
    }


NAMES = st.from_regex(r"\A[A-Za-z][A-Za-z0-9_-]{0,79}\Z")
URNS = st.from_regex(r"\Aurn:pulumi:[a-z][a-z0-9-]{0,60}::fourways::fourways:eas:Gateway::[a-z]{1,8}\Z")


@given(NAMES, URNS)
def test_an_alias_says_whose_it_is_and_whether_its_create_came_back(name: str, urn: str) -> None:
    done, begun = gateway_alias.write(name, urn), gateway_alias.unfinished(urn)
    assert not gateway_alias.is_unfinished(done)
    assert gateway_alias.is_unfinished(begun)
    assert done != begun
    assert name_marks.carried(done, urn)
    assert name_marks.carried(begun, urn)
    assert ownership.CREATING in gateway_alias.tags(begun)
    assert ownership.CREATING not in gateway_alias.tags(done)


@given(NAMES, URNS.filter(lambda urn: "--" not in urn))
def test_an_alias_reads_back(name: str, urn: str) -> None:
    done, begun = gateway_alias.write(name, urn), gateway_alias.unfinished(urn)
    assert gateway_alias.finished(name, begun) == done
    assert gateway_alias.name_of(done, name) == name
    assert gateway_alias.name_of(begun, name) == name
    assert gateway_alias.tags(done) == ownership.urn_labels(urn)


def test_an_alias_of_somebody_else_is_a_name() -> None:
    for alias in ("0-creating", "mine", "gw-abc"):
        assert (gateway_alias.tags(alias), gateway_alias.name_of(alias, "front")) == ({}, alias)


BLOCKS = st.lists(st.sampled_from(["10.0.0.0/8", "192.0.2.1", "192.0.2.1/32", OFFICE, "0.0.0.0/0", "2001:db8::/32"]), max_size=5)


@given(BLOCKS, BLOCKS, BLOCKS)
def test_what_is_missing_and_stale_make_the_list_that_is_wanted(there: list[str], wanted: list[str], old: list[str]) -> None:
    def spelled(entries: list[str]) -> set[str]:
        return {state.canonical(entry) for entry in entries}

    after = [entry for entry in [*there, *state.missing(there, wanted)] if entry not in state.stale(there, wanted, None)]
    assert spelled(after) == spelled(wanted)
    known = [entry for entry in [*there, *state.missing(there, wanted)] if entry not in state.stale(there, wanted, old)]
    assert spelled(known) == spelled(wanted) | (spelled(there) - spelled(old))


@given(BLOCKS, BLOCKS)
def test_inputs_of_a_change_that_broke_off_have_both_lists(old: list[str], new: list[str]) -> None:
    was, now = public(allowedCidrs=old or None), public(allowedCidrs=new or None, linkedVpcs=[LINK])
    both = state.either(was, now)
    assert {state.canonical(entry) for entry in both.get("allowedCidrs") or []} == {state.canonical(entry) for entry in [*old, *new]}
    assert both["linkedVpcs"] == [LINK]
    assert state.either(now, was)["linkedVpcs"] == [LINK]


def answer(**changes: Any) -> dict[str, Any]:
    found = {"Status": "Running", "InstanceType": "2c4g", "Replicas": 1, "GatewayName": "front", "IntranetDomain": "x.vpc"}
    return {**found, "InternetEnabled": False, "SSLRedirectionEnabled": False, "InternetStatus": "Deleted", **changes}


@pytest.mark.parametrize(
    ("found", "asked", "ready"),
    [
        (answer(), None, True),
        (answer(Status="Waiting"), None, False),
        (answer(InternetStatus="Creating", InternetEnabled=True), None, False),
        (answer(InternetStatus="Running", InternetEnabled=True), {"enable_internet": True}, True),
        (answer(), {"enable_internet": True}, False),
        (answer(), {"replicas": 2}, False),
        (answer(Replicas=2), {"replicas": 2, "instance_type": "4c8g"}, False),
        (answer(Status="Reconciling"), None, False),
    ],
)
def test_ready_is_running_with_what_was_asked_for(found: dict[str, Any], asked: dict[str, Any] | None, ready: bool) -> None:
    assert state.settled(found, asked) is ready


def test_a_state_of_which_nothing_comes_ends_a_wait() -> None:
    assert state.dead_end(answer(Status="Failed")) == "it is Failed"
    assert state.dead_end(answer(InternetStatus="Failed")) == "its Internet access failed"
    assert state.dead_end(answer(Status="Unheard")) is None
