"""What instances cost, their disks, their scaling group, their load balancer, and the people who look after them."""

import json
from decimal import Decimal
from typing import Any

import pytest

from fourways import costs
from fourways.costs import documents, render, wording

GROUP = "alicloud:ess/scalingGroup:ScalingGroup"
CONFIGURATION = "alicloud:ess/scalingConfiguration:ScalingConfiguration"
INSTANCE = "alicloud:ecs/instance:Instance"
TYPE = "ecs.gn8v-8x.48xlarge"
"""432 CNY an hour in the price book: 8 GPUs at 54."""
BARE = {"kind": "bare-metal"}
TEAM = {"hoursPerMonth": 80, "hourlyRate": "90.50", "currency": "USD"}


def made(type_: str, name: str, parent: str = "", depends: str = "", **inputs: Any) -> dict[str, Any]:
    urn = f"urn:pulumi:s::p::{type_}::{name}"
    state = {"urn": urn, "type": type_, "custom": True, "parent": parent, "inputs": inputs}
    if depends:
        state["propertyDependencies"] = {"scalingGroupId": [f"urn:pulumi:s::p::{GROUP}::{depends}"]}
    return {"op": "create", "urn": urn, "newState": state}


def estimate(*steps: dict[str, Any], serving: Any = BARE, region: str = "ap-southeast-1") -> costs.Estimate:
    config = {"alicloud:region": region, "fourways:serving": json.dumps(serving)}
    return costs.estimate_preview({"config": config, "steps": list(steps)})


def group(name: str = "group", parent: str = "", **inputs: Any) -> dict[str, Any]:
    return made(GROUP, name, parent, **{"minSize": 2, "maxSize": 2, **inputs})


def template(name: str = "template", parent: str = "", **inputs: Any) -> dict[str, Any]:
    disk = {"systemDisk": {"category": "cloud_essd", "size": 200}}
    return made("alicloud:ecs/ecsLaunchTemplate:EcsLaunchTemplate", name, parent, **{"instanceType": TYPE, **disk, **inputs})


def templated(**inputs: Any) -> dict[str, Any]:
    overrides = [{"instanceType": TYPE}, {"instanceType": "ecs.ebmgn8v.48xlarge"}]
    return group(launchTemplateId=documents.UNKNOWN, launchTemplateOverrides=overrides, **inputs)


def configuration(name: str = "machines", parent: str = "", depends: str = "", **inputs: Any) -> dict[str, Any]:
    shape = {"scalingGroupId": documents.UNKNOWN, "active": True, "instanceTypes": [TYPE]}
    disk = {"systemDiskCategory": "cloud_essd", "systemDiskSize": 200}
    return made(CONFIGURATION, name, parent, depends, **{**shape, **disk, **inputs})


def rows(found: costs.Estimate) -> dict[str, costs.Row]:
    return {row.name: row for row in found.rows}


def test_a_group_and_its_template_are_read_together_at_the_first_preview() -> None:
    weights = [{"category": "cloud_essd", "size": 500, "performanceLevel": "PL2"}]
    found = rows(estimate(templated(), template(dataDisks=weights)))
    machines, data, system = found["group"], found["group: data disk 1"], found["group: system disks"]
    assert (machines.billed, machines.quantity, machines.hourly, machines.currency) == (f"ECS instance {TYPE}", 2, Decimal(864), "CNY")
    assert (machines.assumed, machines.most_hourly) == (True, None)
    assert machines.note.startswith("first of 2 types that may be used")
    assert (system.billed, system.quantity, system.monthly) == ("GiB of a disk cloud_essd PL1", 400, Decimal("56.3200"))
    assert (data.quantity, data.monthly, data.note.split(";")[0]) == (1000, Decimal("281.6000"), "2 x 500 GiB")
    assert found["template"].status == "free"


def test_a_preview_of_what_runs_names_the_template_by_an_id_that_it_does_not_show() -> None:
    running = rows(estimate(group(launchTemplateId="lt-1", parent="machines"), template(parent="machines")))["group"]
    assert (running.status, running.hourly) == ("priced", Decimal(864))


def test_so_are_a_group_and_its_active_configuration() -> None:
    found = rows(estimate(group(), configuration(dataDisks=[{"category": "cloud_essd", "size": 500}])))
    assert (found["group"].hourly, found["group: system disks"].quantity, found["group: data disk 1"].quantity) == (864, 400, 1000)
    assert found["machines"].status == "free"
    retired = rows(estimate(group(), configuration(active=False)))
    assert retired["group"].status == "unknown"


def test_what_a_group_may_grow_to_is_told_and_is_what_the_budget_reads() -> None:
    found = estimate(templated(desiredCapacity=2, minSize=1, maxSize=4), template())
    row = rows(found)["group"]
    assert (row.hourly, row.most_hourly, row.most_monthly) == (Decimal(864), Decimal(1728), Decimal(1261440))
    assert "at most 1,728.00 CNY an hour" in wording.billed(row)
    assert rows(found)["group: system disks"].most_monthly == Decimal("112.6400")
    assert next((one.currency, one.monthly) for one in found.largest) == ("CNY", Decimal(1261440))
    budget = costs.Budget(amount=Decimal(1_000_000), currency="CNY")
    verdict = costs.judge(found, budget)
    assert verdict.status == "over"
    assert "1,261,440.00 CNY a month with every scaler at its maximum (630,720.00 as it starts) is over the budget" in verdict.message
    assert "At most, grown as far as it may: 1,728.00 CNY an hour" in render.caption(found)
    before = estimate(templated(), template())
    assert {change.row.name for change in costs.difference(before, found).changed} == {"group", "group: system disks"}


def test_which_group_it_is_told_by_id_by_dependency_or_by_component() -> None:
    two = [group("a", "component-a", maxSize=1, minSize=1), group("b", "component-b", maxSize=3, minSize=3)]

    def sizes(of: dict[str, Any]) -> tuple[str, str]:
        found = rows(estimate(*two, of))
        return found["a"].status, found["b"].status

    assert sizes(configuration(depends="b")) == ("unknown", "priced")
    assert sizes(configuration(parent="component-a")) == ("priced", "unknown")
    assert sizes(configuration(parent="another")) == ("unknown", "unknown")
    two[1]["newState"]["id"] = "asg-b"
    assert sizes(configuration(parent="component-a", scalingGroupId="asg-b")) == ("unknown", "priced")


def test_a_rollout_says_how_many_there_are() -> None:
    rollout = made("fourways:ess:Rollout", "rollout", scalingGroupId=documents.UNKNOWN, size=3)
    assert rows(estimate(templated(minSize=0, maxSize=6), template(), rollout))["group"].quantity == 3
    scaled = made("fourways:ess:Rollout", "rollout", scalingGroupId=documents.UNKNOWN, size=None)
    scaled["newState"]["outputs"] = {"instances": ["i-1", "i-2"]}
    assert rows(estimate(templated(minSize=1, maxSize=6), template(), scaled))["group"].quantity == 2


def test_a_group_whose_instances_nobody_describes_is_never_free() -> None:
    assert rows(estimate(group()))["group"].status == "unknown"
    assert rows(estimate(templated()))["group"].status == "unknown"
    assert rows(estimate(group(minSize=0, maxSize=4)))["group"].status == "unknown"
    assert rows(estimate(group(minSize=0, maxSize=0)))["group"].status == "free"


def test_spot_costs_the_bid_or_with_a_fallback_the_full_price() -> None:
    bid = template(spotStrategy="SpotWithPriceLimit", spotPriceLimit=60)
    row = rows(estimate(templated(maxSize=3), bid))["group"]
    assert (row.hourly, row.most_hourly, row.currency, row.source) == (Decimal(120), Decimal(180), "USD", "the bid in the stack")
    assert rows(estimate(templated(), bid, region="cn-beijing"))["group"].currency == "CNY"
    own = {"launchTemplateOverrides": [{"instanceType": TYPE, "spotPriceLimit": 70}], "launchTemplateId": documents.UNKNOWN}
    assert rows(estimate(group(**own), bid))["group"].hourly == Decimal(140)
    falls = rows(estimate(templated(compensateWithOnDemand=True), bid))["group"]
    assert (falls.hourly, falls.currency) == (Decimal(864), "CNY")
    assert "spot first, at 60 USD an hour at most" in falls.note
    market = rows(estimate(templated(), template(spotStrategy="SpotAsPriceGo")))["group"]
    assert (market.hourly, "never above this" in market.note) == (Decimal(864), True)
    limits = [{"instanceType": TYPE, "priceLimit": 50}]
    configured = rows(estimate(group(), configuration(spotStrategy="SpotWithPriceLimit", spotPriceLimits=limits)))["group"]
    assert configured.hourly == Decimal(100)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (configuration(instanceTypes=["ecs.gn99.large"]), "the price book has no PostPaid price in ap-southeast-1"),
        (configuration(instanceTypes=documents.UNKNOWN), "the instance types are not known"),
        (configuration(spotStrategy="SpotWithPriceLimit"), f"the spot price limit ({TYPE}) is not known"),
    ],
)
def test_what_is_not_known_of_machines_is_never_zero(given: dict[str, Any], why: str) -> None:
    found = rows(estimate(group(), given))["group"]
    assert (found.status, found.hourly) == ("unknown", None)
    assert why in found.note


def test_an_unknown_disk_leaves_the_machines_known() -> None:
    found = rows(estimate(group(), configuration(systemDiskSize=documents.UNKNOWN)))
    assert (found["group"].status, found["group: system disks"].status) == ("priced", "unknown")


def test_instances_are_billed_by_the_hour_for_a_term_or_by_their_bid() -> None:
    disk = {"systemDiskCategory": "cloud_essd", "systemDiskSize": 100, "dataDisks": [{"category": "cloud_auto", "size": 10}]}
    hourly = rows(estimate(made(INSTANCE, "head", instanceType=TYPE, **disk)))
    assert [hourly[name].monthly for name in ("head", "head: system disk")] == [Decimal(315360), Decimal("14.0800")]
    assert hourly["head: data disk 1"].billed == "GiB of a disk cloud_auto"
    term = rows(estimate(made(INSTANCE, "head", instanceType=TYPE, instanceChargeType="PrePaid", **disk)))
    assert (term["head"].monthly, term["head"].committed, term["head: system disk"].committed) == (Decimal(208944), True, True)
    spot = made(INSTANCE, "head", instanceType=TYPE, spotStrategy="SpotWithPriceLimit", spotPriceLimit=50, **disk)
    assert (rows(estimate(spot))["head"].hourly, rows(estimate(spot))["head"].currency) == (Decimal(50), "USD")
    alone = rows(estimate(made("alicloud:ecs/ecsDisk:EcsDisk", "disk", category="cloud_essd", size=50, performanceLevel="PL0")))
    assert alone["disk"].monthly == Decimal("3.5200")


def test_a_load_balancer_has_an_instance_and_a_use() -> None:
    found = rows(estimate(made("alicloud:alb/loadBalancer:LoadBalancer", "alb", loadBalancerEdition="Standard", addressType="Internet")))
    assert (found["alb"].hourly, found["alb"].currency, found["alb"].assumed) == (Decimal("0.021"), "USD", False)
    assert found["alb: use"].status == "metered"
    assert "traffic to the Internet: capacity unit at an unknown price" in found["alb: use"].billed


def test_what_goes_with_machines_is_known() -> None:
    free = ["alb/listener:Listener", "alb/serverGroup:ServerGroup", "alb/acl:Acl", "ess/lifecycleHook:LifecycleHook", "ess/alarm:Alarm"]
    found = estimate(*(made(f"alicloud:{type_}", type_) for type_ in free), made("fourways:kms:RandomSecret", "key"))
    assert {row.status for row in found.rows if row.name != "key"} == {"free"}
    assert (rows(found)["key"].unit_price, rows(found)["key"].unit, rows(found)["key"].assumed) == (Decimal("0.013"), "day", True)
    assert wording.hourly(rows(found)["key"]) == "0.0005417 USD"


def test_the_teams_time_is_beside_the_sums_and_in_no_budget() -> None:
    found = estimate(group(), configuration(), serving={**BARE, "team": TEAM})
    assert isinstance(found.team, costs.Team)
    assert (found.team.monthly, found.team.currency) == (Decimal("7240.00"), "USD")
    without, with_ = ({one.currency: one.monthly for one in sums} for sums in (found.totals, found.with_team))
    assert without["CNY"] == with_["CNY"] == Decimal(630720)
    assert with_["USD"] - without["USD"] == pytest.approx(Decimal(7240))
    caption = render.caption(found)
    assert "People, not in the sum: 80 h a month at 90.50 USD an hour: 7,240.00 USD a month" in caption
    assert "| **with the team, USD** |" in render.markdown(found)
    assert render.as_json(found)["people"]["monthly"] == "7240.00"
    assert costs.judge(found, costs.Budget(amount=Decimal(100), currency="USD")).status != "over"


def test_a_team_that_is_not_told_is_said_and_of_other_kinds_nothing() -> None:
    found = estimate(group(), configuration())
    assert "People: the team's time is not counted: fourways:serving.team (hoursPerMonth" in render.caption(found)
    assert "| team | the team's time is not counted" in render.markdown(found)
    assert render.as_json(found)["people"]["counted"] is False
    assert estimate(serving={"kind": "eas"}).team is None
    assert "People" not in render.caption(estimate(serving={"kind": "eas"}))
    spoiled = estimate(serving={**BARE, "team": {"hoursPerMonth": "many"}})
    assert isinstance(spoiled.team, costs.NotCounted)


def test_a_state_is_told_of_the_team_by_the_stacks_file() -> None:
    found = costs.estimate_state({"deployment": {"resources": []}}, {"fourways:serving": {**BARE, "team": TEAM}})
    assert isinstance(found.team, costs.Team)
    assert costs.estimate_state({"deployment": {"resources": []}}).team is None
