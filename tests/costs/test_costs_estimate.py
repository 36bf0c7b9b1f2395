"""Estimates from real output of pulumi 3.259.0: a stack of 4 model units (one machine of 4 GPUs), previewed with 8.

The sums by hand: MU1 is 54 CNY an hour in the price book. 4 units: 4 x 54 = 216 an hour, x 730 = 157,680 a month; 8 units: 432 and 315,360.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fourways import costs
from fourways.catalog import prices
from fourways.costs import billing, documents, eas, render, wording
from fourways.costs.items import Item

SAMPLES = Path(__file__).with_name("samples")
STATE = (SAMPLES / "state.json").read_text(encoding="utf-8")
DIGEST = (SAMPLES / "digest.json").read_text(encoding="utf-8")
EVENTS = (SAMPLES / "events.jsonl").read_text(encoding="utf-8")
MACHINE = "ml.gu8tef.4.23xlarge"


def sums(totals: tuple[costs.Total, ...]) -> list[tuple[str, str, str]]:
    return [(one.currency, f"{one.hourly:f}", f"{one.monthly:f}") for one in totals]


def state(*resources: dict[str, Any]) -> dict[str, Any]:
    listed = [{"urn": f"urn:pulumi:s::p::{one['type']}::r{number}", "custom": True, **one} for number, one in enumerate(resources)]
    return {"version": 3, "deployment": {"resources": listed}}


def row(type_: str, **inputs: Any) -> costs.Row:
    (found,) = costs.estimate_state(state({"type": type_, "inputs": {"region": "ap-southeast-1", **inputs}})).rows
    return found


def service(config: Any) -> costs.Row:
    return row("fourways:eas:Service", config=config)


def test_a_state_of_four_units() -> None:
    estimate = costs.estimate_state(STATE)
    assert sums(estimate.totals) == [("CNY", "216", "157680")]
    assert {one.name: one.status for one in estimate.rows} == {"group": "priced", "net": "free", "ssh": "free", "service": "free"}
    group = next(one for one in estimate.rows if one.name == "group")
    assert (group.billed, group.quantity, group.unit_price, group.assumed) == (f"EAS dedicated machine {MACHINE}", 1, Decimal(216), True)
    assert group.source
    assert group.read_on is not None


def test_four_units_become_eight() -> None:
    before, after = costs.estimate_state(STATE), costs.estimate_preview(DIGEST)
    assert costs.estimate_current(DIGEST) == before
    assert sums(after.totals) == [("CNY", "432", "315360")]
    diff = costs.difference(before, after)
    assert sums(diff.delta) == [("CNY", "216", "157680")]
    assert [(change.kind, change.row.name) for change in diff.changed] == [("changed", "group")]


def test_events_add_a_gateway_in_another_currency() -> None:
    assert costs.estimate_current(EVENTS) == costs.estimate_state(STATE)
    diff = costs.difference(costs.estimate_current(EVENTS), costs.estimate_preview(EVENTS))
    assert sums(diff.delta) == [("CNY", "216", "157680"), ("USD", "0.043", "31.390")]
    assert {(change.kind, change.row.name) for change in diff.changed} == {("changed", "group"), ("added", "nat")}


def test_the_first_preview_of_a_stack_starts_from_nothing() -> None:
    digest = json.loads(DIGEST)
    for step in digest["steps"]:
        step["op"] = "create"
        step.pop("oldState", None)
    digest["changeSummary"] = {"create": len(digest["steps"])}
    assert costs.estimate_current(digest).rows == ()
    assert sums(costs.estimate_preview(digest).totals) == [("CNY", "432", "315360")]


def test_a_deleted_and_a_replaced_resource_count_once() -> None:
    digest = json.loads(DIGEST)
    group = next(step for step in digest["steps"] if step["urn"].endswith("::group"))
    digest["steps"] += [{**group, "op": "create-replacement"}, {**group, "op": "delete-replaced", "newState": group["oldState"]}]
    group["op"] = "replace"
    assert sums(costs.estimate_preview(digest).totals) == [("CNY", "432", "315360")]
    digest["steps"] = [{**step, "op": "delete", "newState": None} if step is group else step for step in digest["steps"][:-2]]
    assert costs.estimate_preview(digest).totals == ()
    diff = costs.difference(costs.estimate_current(digest), costs.estimate_preview(digest))
    assert sums(diff.delta) == [("CNY", "-216", "-157680")]
    assert [(change.kind, change.row.name) for change in diff.changed] == [("removed", "group")]


def test_what_waits_for_its_deletion_is_still_billed() -> None:
    machine = {"type": "fourways:eas:ResourceGroup", "inputs": {"region": "cn-beijing", "instanceType": MACHINE, "instanceCount": 1}}
    assert sums(costs.estimate_state(state(machine, {**machine, "delete": True})).totals) == [("CNY", "432", "315360")]


@pytest.mark.parametrize(
    ("given_text", "words"),
    [
        ((SAMPLES / "digest-without-sames.json").read_text(encoding="utf-8"), "--show-sames"),
        ("error: no stack named x", "neither a JSON document nor one JSON event"),
        ("[1]", "a JSON object was expected"),
        ('{"steps": 3}', "not the output of `pulumi preview --json`"),
    ],
)
def test_a_bad_preview_says_what_it_should_be(given_text: str, words: str) -> None:
    with pytest.raises(costs.CostError, match=words):
        costs.estimate_preview(given_text)


@pytest.mark.parametrize("given_text", ["", "[]", "{}", '{"deployment": 1}'])
def test_a_bad_state_says_what_it_should_be(given_text: str) -> None:
    with pytest.raises(costs.CostError, match="pulumi stack export"):
        costs.estimate_state(given_text)


def test_an_empty_stack_costs_nothing() -> None:
    assert costs.estimate_state({"version": 3, "deployment": {"manifest": {}}}).rows == ()
    assert costs.estimate_preview({"steps": []}).totals == ()


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (row("fourways:eas:ResourceGroup", instanceType="ecs.made.up", instanceCount=1), "no PostPaid price in ap-southeast-1"),
        (row("fourways:eas:ResourceGroup", instanceType=documents.UNKNOWN, instanceCount=1), "instanceType is not known"),
        (row("fourways:eas:ResourceGroup", instanceType=MACHINE, instanceCount=documents.UNKNOWN), "instanceCount is not known"),
        (row("fourways:eas:ResourceGroup", instanceType=MACHINE, chargeType=documents.UNKNOWN), "chargeType is not known"),
        (row("fourways:eas:ResourceGroup", instanceType=MACHINE, region=documents.UNKNOWN), "its region is not known"),
        (row("fourways:eas:ResourceGroup", instanceType=MACHINE, instanceCount="many"), "not a number"),
        (row("alicloud:kms/key:Key"), "not in the price book"),
        (service(documents.UNKNOWN), "config is not known"),
        (service({"metadata": {"cpu": 4}}), "what it runs on"),
        (service({"metadata": {"quota_id": "q"}}), "runs on a quota"),
        (service({"metadata": {"resource": "eas-vr-1"}}), "virtual resource group"),
        (row("fourways:eas:Service", config={}, running=documents.UNKNOWN), "running is not known"),
        (row("alicloud:pai/service:Service", serviceConfig="{"), "not JSON"),
    ],
)
def test_what_is_not_known_is_never_zero(found: costs.Row, why: str) -> None:
    assert (found.status, found.hourly, found.monthly) == ("unknown", None, None)
    assert why in found.note


def test_services_are_billed_by_what_they_run_on() -> None:
    assert service({"metadata": {"resource": documents.UNKNOWN, "instance": 2}}).status == "free"
    types = [{"type": "ml.gu8tef.8.46xlarge"}, {"type": "ml.other"}]
    public = {"metadata": {"instance": 2.0}, "cloud": {"computing": {"instances": types}}}
    for found in (service(public), row("alicloud:pai/service:Service", serviceConfig=json.dumps(public))):
        assert wording.billed(found).startswith("2 x EAS public instance ml.gu8tef.8.46xlarge at 432 CNY an hour")
        assert (found.status, found.hourly, found.note.split(";")[0]) == ("priced", Decimal(864), "first of 2 types that may be used")


def test_a_gateway_is_billed_by_its_nodes_and_its_price_is_not_made_up() -> None:
    billed = eas.gateway({"instanceType": "4c8g", "replicas": 2.0, "chargeType": "PostPaid", "linkedVpcs": [{"vpcId": "vpc-1"}]})
    assert billed == Item(
        kind="eas-gateway",
        item="4c8g",
        billed="EAS gateway node 4c8g",
        quantity=Decimal(2),
        note="PrivateLink of its linked VPCs and its traffic are billed beside it",
    )
    found = row("fourways:eas:Gateway", instanceType="4c8g", replicas=2)
    assert (found.status, found.note) == ("unknown", "EAS gateway node 4c8g: the price book has no PostPaid price in ap-southeast-1")
    assert "no PrePaid price" in row("fourways:eas:Gateway", instanceType="2c4g", chargeType="PrePaid").note


def test_a_stopped_service_costs_nothing_and_says_why() -> None:
    found = row("fourways:eas:Service", config={"metadata": {}}, running=False)
    assert (found.status, found.note) == ("free", "stopped: billed again once it runs")


def test_what_overflows_a_group_is_told() -> None:
    assert "billed by the hour on top" in service({"metadata": {"resource": "eas-r-1", "resource_burstable": True}}).note


def test_spot_costs_at_most_the_bid() -> None:
    bids = [{"type": "ml.any", "spot_price_limit": 2.5}, {"type": "ml.other", "spot_price_limit": 2.5}]
    found = service({"metadata": {"instance": 2}, "cloud": {"computing": {"instances": bids}}})
    assert (found.status, found.hourly, found.currency, found.source) == ("priced", Decimal("5.0"), "USD", "the bid in the stack")
    assert wording.billed(found).startswith("2 x EAS spot instance ml.any at 2.5 USD an hour")
    assert found.note == "first of 2 types that may be used; the bid: the market's price is billed, which is never above it"


def test_spot_with_a_fallback_costs_the_full_price_at_most() -> None:
    bids = [{"type": "ml.gu8tef.8.46xlarge", "spot_price_limit": 20}, {"type": "ml.gu8tef.8.46xlarge"}]
    found = service({"metadata": {"instance": 2}, "cloud": {"computing": {"instances": bids}}})
    assert (found.hourly, found.currency) == (Decimal(864), "CNY")
    assert "spot first, at 20 USD an hour at most" in found.note


def test_a_scaled_service_costs_what_runs_now() -> None:
    config = {"metadata": {"instance": 1}, "cloud": {"computing": {"instances": [{"type": "ml.gu8tef.8.46xlarge"}]}}}
    starts = row("fourways:eas:Service", config=config, scaled=True)
    runs = row("fourways:eas:Service", config=config, scaled=True, totalInstance=3)
    assert (starts.hourly, runs.hourly) == (Decimal(432), Decimal(1296))
    assert "a scaler decides the count" in runs.note


def test_a_term_is_committed_and_priced_by_the_month() -> None:
    found = row("fourways:eas:ResourceGroup", instanceType=MACHINE, instanceCount=1, chargeType="PrePaid")
    assert (found.committed, found.unit, found.monthly) == (True, "month", Decimal(104472))
    assert found.hourly is not None
    assert found.hourly * costs.HOURS_A_MONTH == pytest.approx(Decimal(104472))


def test_a_resource_without_region_takes_that_of_its_own_provider() -> None:
    provider = {
        "type": "pulumi:providers:alicloud",
        "urn": "urn:pulumi:s::p::pulumi:providers:alicloud::eu",
        "inputs": {"region": "cn-beijing"},
    }
    nat = {"type": "alicloud:vpc/natGateway:NatGateway", "provider": f"{provider['urn']}::id"}
    assert sums(costs.estimate_state(state(provider, nat)).totals) == [("USD", "0.034", "24.820")]
    assert costs.estimate_state(state(nat)).unknown[0].note.endswith("its region is not known")


def test_what_is_only_read_and_components_are_no_cost() -> None:
    nat = {"type": "alicloud:vpc/natGateway:NatGateway", "inputs": {"region": "cn-beijing"}}
    assert costs.estimate_state(state({**nat, "external": True}, {**nat, "custom": False})).rows == ()


def test_the_table_of_types_agrees_with_the_price_book() -> None:
    table = yaml.safe_load(billing.TYPES.read_text(encoding="utf-8"))
    assert {kind for kind in table["free"].values() if prices.free(kind) is None} == set()
    assert prices.free("eas-service-dedicated") is not None
    assert prices.free("eas-service-stopped") is not None
    for entry in table["hourly"].values():
        assert prices.price(entry["kind"], "instance", "ap-southeast-1", "PostPaid") is not None
    of_one_way = [*table["free"], *table["hourly"], *table["metered"], *billing.BY_TYPE]
    assert len(of_one_way) == len(set(of_one_way))


def test_logs_are_billed_by_use_and_alarms_are_free() -> None:
    def of(type_: str) -> dict[str, object]:
        return {"type": f"alicloud:{type_}", "inputs": {"region": "cn-beijing"}}

    estimate = costs.estimate_state(state(of("log/store:Store"), of("log/project:Project"), of("cms/alarm:Alarm")))
    assert [(row.type, row.status) for row in estimate.rows] == [
        ("alicloud:log/store:Store", "metered"),
        ("alicloud:cms/alarm:Alarm", "free"),
        ("alicloud:log/project:Project", "free"),
    ]
    assert estimate.rows[0].billed == "lines that are written, indexed and kept: at an unknown price"


def test_a_difference_names_what_has_no_known_price() -> None:
    def estimate(*resources: dict[str, object]) -> costs.Estimate:
        return costs.estimate_state(state(*resources))

    unknown = {"type": "fourways:eas:Service", "inputs": {"region": "cn-beijing", "config": {"metadata": {"quota_id": "q"}}}}
    nat = {"type": "alicloud:vpc/natGateway:NatGateway", "inputs": {"region": "cn-beijing"}}
    alone = render.difference_table(costs.difference(estimate(), estimate(unknown)))
    assert str(alone.caption).startswith("Difference: cannot tell; not in it, price unknown: ")
    both = render.difference_table(costs.difference(estimate(), estimate(nat, unknown)))
    assert "24.82 USD a month (730 h); not in it, price unknown: " in str(both.caption)
    assert render.difference_table(costs.difference(estimate(), estimate(nat))).caption == (
        "Difference: +0.03 USD an hour, +24.82 USD a month (730 h)"
    )


@given(counts=st.lists(st.integers(1, 100), min_size=1, max_size=5), later=st.lists(st.integers(1, 100), min_size=1, max_size=5))
def test_differences_add_up(counts: list[int], later: list[int]) -> None:
    def estimate(numbers: list[int]) -> costs.Estimate:
        groups = [
            {
                "type": "fourways:eas:ResourceGroup",
                "inputs": {"region": "cn-beijing", "instanceType": MACHINE, "instanceCount": float(number)},
            }
            for number in numbers
        ]
        return costs.estimate_state(state(*groups))

    diff = costs.difference(estimate(counts), estimate(later))
    (delta,) = diff.delta
    assert delta.hourly == 216 * (sum(later) - sum(counts))
    sides = [(change.before.hourly if change.before else 0, change.after.hourly if change.after else 0) for change in diff.changes]
    assert sum((new or 0) - (old or 0) for old, new in sides) == delta.hourly
    assert delta.monthly == delta.hourly * costs.HOURS_A_MONTH


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text() | st.just(documents.UNKNOWN),
        lambda part: (
            st.lists(part)
            | st.dictionaries(
                st.sampled_from(
                    ["metadata", "resource", "quota_id", "instance", "unit", "size", "cloud", "computing", "instances", "type"]
                ),
                part,
            )
        ),
    )
)
def test_any_service_json_is_priced_free_or_unknown(config: Any) -> None:
    assert service(config).status in ("priced", "free", "unknown")


def test_what_is_wrong_with_a_document_is_said_without_its_content() -> None:
    urn = {"urn": "u", "type": "t", "inputs": "very-secret"}
    for read, document in (
        (documents.read_state, {"deployment": {"resources": [urn]}}),
        (documents.read_preview, {"steps": [{"op": "same", "urn": "u", "newState": urn}]}),
    ):
        with pytest.raises(costs.CostError, match="this is not the output of") as caught:
            read(document)
        assert "very-secret" not in str(caught.value)
