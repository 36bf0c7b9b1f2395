"""Listers and deleters against a stub of the cloud: everything of a stack goes, in order, and nothing else."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from components.names import names
from fourways.cleanup import Options, Result, delete, look, plan
from fourways.cleanup.kinds import KINDS
from fourways.cleanup.states import TYPES, State, state_id
from fourways.cleanup.tables import cost
from fourways.cloud import marked_text, name_marks
from tests.cleanup import machine_stub
from tests.cleanup.stub import LISTS, StubCloud
from tests.cleanup.test_cleanup_plan import NOW, tags

REGION = "ap-southeast-1"
CREATED = "2026-11-20T04:08Z"
OPTIONS = Options(project="fourways", now=NOW)


def tagged(given: dict[str, str], key: str = "Key", value: str = "Value") -> dict[str, Any]:
    return {"Tags": {"Tag": [{key: one, value: two} for one, two in given.items()]}}


def labelled(given: dict[str, str]) -> list[dict[str, str]]:
    return [{"LabelKey": key, "LabelValue": value} for key, value in given.items()]


def filled(suffix: str, given: dict[str, str], cloud: StubCloud | None = None) -> StubCloud:
    """One of each kind, in each other's way as in the cloud. The vSwitch shows its tags only to ListTagResources."""
    cloud = cloud or StubCloud()
    ids = {name: f"{name}-{suffix}" for name in ("vpc", "vsw", "sg", "ngw", "eip")}
    add = cloud.rows
    add["DescribeVpcs"].append({"VpcId": ids["vpc"], "CreationTime": CREATED, **tagged(given)})
    add["DescribeVSwitches"].append({"VSwitchId": ids["vsw"], "CreationTime": CREATED, "_holds": ids["vpc"]})
    cloud.tags_elsewhere[ids["vsw"]] = given
    add["DescribeSecurityGroups"].append(
        {"SecurityGroupId": ids["sg"], "CreationTime": CREATED, "_holds": ids["vpc"], **tagged(given, "TagKey", "TagValue")}
    )
    add["DescribeNatGateways"].append({"NatGatewayId": ids["ngw"], "CreationTime": CREATED, "_holds": ids["vsw"], **tagged(given)})
    add["DescribeEipAddresses"].append(
        {"AllocationId": ids["eip"], "AllocationTime": CREATED, "InstanceId": ids["ngw"], "InstanceType": "Nat", **tagged(given)}
    )
    group = f"eas-r-{suffix}"
    cloud.services.append({"ServiceName": f"service_{suffix}", "CreateTime": CREATED, "Labels": labelled(given), "Resource": group})
    cloud.groups.append({"ResourceId": group, "CreateTime": CREATED})
    for number in (1, 2):
        machine = {
            "InstanceId": f"i-{suffix}-{number}",
            "ResourceId": group,
            "InstanceType": "ml.gu8tef.4.23xlarge",
            "ChargeType": "PostPaid",
        }
        cloud.machines.append({**machine, "Labels": labelled(given)})
    return cloud


def studied(suffix: str, number: int, given: dict[str, str], cloud: StubCloud) -> StubCloud:
    """A key, a workspace, a gateway, a reservation and model units too, which carry project and stack alone; and all around machines."""
    cloud.around_machines.fill(suffix, given)
    project, stack = given["fourways-project"], given["fourways-stack"]
    prefix = names(SimpleNamespace(project=project, stack=stack, run_id=None)).prefix  # type: ignore[arg-type]
    cloud.watch.fill(suffix, given, prefix)
    made = {"gmtCreate": 1_790_000_000_000}
    urn = f"urn:pulumi:{stack}::{project}::fourways:modelstudio:ApiKey::key"
    cloud.keys.append({"apiKeyId": number, "description": marked_text.write("Key", urn), **made})
    cloud.workspaces.append({"workspaceId": f"llm-{suffix}", "workspaceName": f"{prefix}-serving", **made})
    name = name_marks.write("peak", urn)
    bought = {"name": name, "gmt_create": "2026-11-01T08:00:00", "charge_type": "post_paid", "status": "RUNNING"}
    cloud.gateways.append({"GatewayId": f"gw-{suffix}", "GatewayName": name, "InstanceType": "2c4g", "Replicas": 1, "CreateTime": CREATED})
    cloud.deployments.append({"deployed_model": f"ptu-{suffix}", "plan": "ptu", **bought})
    cloud.deployments.append({"deployed_model": f"mu-{suffix}", "plan": "mu", "model_unit_spec": "MU1", "ready_capacity": 8, **bought})
    return cloud


def sweep(cloud: StubCloud, options: Options = OPTIONS) -> Result:
    leftovers = plan(look(cloud, [REGION], options.project), [], options)
    return delete(leftovers, cloud, pause=lambda: None, rounds=4)


def test_each_kind_lists_what_it_is_billed_for() -> None:
    found = {thing.kind: thing for thing in look(studied("a", 1, tags(), filled("a", tags())), [REGION], "fourways")}
    assert list(found) == [kind.name for kind in KINDS]
    assert found["eas-resource-group"].price == (Decimal(432), "CNY")
    assert found["nat-gateway"].price == (Decimal("0.043"), "USD")
    assert found["vswitch"].owner.stack == "bench"
    assert {kind for kind, thing in found.items() if thing.free} == {
        "eas-service",
        "model-studio-api-key",
        "model-studio-workspace",
        "security-group",
        "vswitch",
        "vpc",
        "scaling-alarm",
        "launch-template",
        "alb-server-group",
        "alb-acl",
        "certificate",
        "ram-role",
        "ram-policy",
        "key-pair",
        "alarm",
        "event-rule",
        "monitor-group",
        "alarm-contact-group",
        "alarm-contact",
    }
    by_name = {"model-studio-workspace", "event-rule", "alarm-contact-group", "alarm-contact"}
    assert {kind for kind, thing in found.items() if thing.by == "name"} == by_name
    assert (found["alarm-contact"].owner.stack, cost(found["log-project"])) == ("bench", "by use")
    assert (found["scaling-group"].price, found["instance"].price) == ((Decimal(432), "CNY"), (Decimal(432), "CNY"))
    assert found["disk"].price == (Decimal("0.1408") * 100 / 730, "USD")
    assert found["kms-secret"].price == (Decimal("0.013") / 24, "USD")
    assert (cost(found["kms-secret"]), cost(found["nat-gateway"])) == ("0.000542 USD", "0.043 USD")
    assert (found["instance"].id, found["alb"].price) == ("i-a", (Decimal("0.007"), "USD"))
    assert (found["scaling-alarm"].owner.stack, found["certificate"].owner.stack, found["ram-role"].owner.stack) == ("bench",) * 3
    assert (found["model-studio-api-key"].owner.stack, found["model-studio-workspace"].owner.stack) == ("bench", "bench")
    assert {kind for kind, thing in found.items() if thing.created is None} == {
        "scaling-alarm",
        "certificate",
        "alarm",
        "event-rule",
    }


def test_an_expired_stack_goes_completely_and_in_order() -> None:
    cloud = filled("a", tags())
    result = sweep(cloud)
    assert result.clean
    assert cloud.deleted == ["service_a", "eas-r-a", "eas-r-a", "ngw-a", "eip-a", "sg-a", "vsw-a", "vpc-a"]
    assert look(cloud, [REGION], "fourways") == []
    assert cloud.groups == cloud.machines == []


def test_production_and_foreign_things_stay() -> None:
    cloud = filled("a", tags())
    production, other = tags(environment="production", stack="prod"), tags(project="somebody-elses")
    studied("prod", 1, production, filled("prod", production, cloud))
    studied("other", 2, other, filled("other", other, cloud))
    cloud.keys.append({"apiKeyId": 3, "description": "made in the console"})
    cloud.workspaces.append({"workspaceId": "llm-nobody", "workspaceName": "fourways-without-an-id"})
    filled("nobody", {}, cloud)
    result = sweep(cloud)
    assert not result.clean
    assert result.failed == ()
    assert {leftover.found.owner.stack for leftover in result.kept} == {"prod"}
    assert len(result.kept) == len(KINDS)
    assert {len(rows) for rows in cloud.watch.rows.values()} == {len(cloud.watch.projects)} == {2}
    for action, (_, _, id_) in machine_stub.LISTS.items():
        assert len({row[id_] for row in cloud.around_machines.rows[action]}) == (4 if action == "DescribeInstances" else 2)
    for action, (_, _, id_, _) in LISTS.items():
        assert {row[id_].split("-")[-1] for row in cloud.rows[action]} == {"prod", "other", "nobody"}
    assert {row["ResourceId"] for row in cloud.groups} == {"eas-r-prod", "eas-r-other", "eas-r-nobody"}
    assert len(cloud.machines) == 6
    assert (len(cloud.keys), len(cloud.workspaces), len(cloud.deployments)) == (3, 3, 4)


def test_what_is_around_machines_goes_in_order_and_the_groups_instances_with_the_group() -> None:
    cloud = StubCloud()
    cloud.around_machines.fill("a", tags())
    result = sweep(cloud)
    assert result.clean
    number = str(100 + ord("a"))
    in_order = ["alarm-a", "asg-a", "i-a", "d-a", "lt-a", "alb-a", "sgp-a", "acl-a", "key-a", "kp-a", number, "fourways-a", "fourways-a"]
    assert cloud.around_machines.deleted == in_order
    assert not any(cloud.around_machines.rows.values())
    assert cloud.around_machines.attached == {"fourways-a": []}


def test_an_instance_bought_for_a_term_is_told_and_kept() -> None:
    cloud = StubCloud()
    bought = {"InstanceId": "i-1", "InstanceChargeType": "PrePaid", "ExpiredTime": "2027-01-01T16:00Z", "InstanceType": "x"}
    cloud.around_machines.rows["DescribeInstances"].append({**bought, **tagged(tags())})
    (kept,) = sweep(cloud).kept
    assert kept.kept == "bought for a term, until 2027-01-01T16:00Z: no call ends it before"


def test_an_alarm_whose_group_is_gone_is_found_by_its_name_and_kept_until_its_stack_is_named() -> None:
    cloud = StubCloud()
    settings = SimpleNamespace(project="fourways", stack="metal", run_id=None)
    name = names(settings).of("alarm-more")  # type: ignore[arg-type]
    alarm = {"AlarmTaskId": "asg-1_x", "Name": name, "ScalingGroupId": "asg-gone", "MetricType": "system"}
    foreign = {"AlarmTaskId": "asg-2_x", "Name": "fourways-metal-000000-alarm-more", "ScalingGroupId": "asg-2", "MetricType": "system"}
    cloud.around_machines.rows["DescribeAlarms"] += [alarm, foreign]
    (kept,) = sweep(cloud).kept
    assert (kept.found.id, kept.kept) == ("asg-1_x", "environment unknown: name its stack, metal, to delete it")
    assert sweep(cloud, Options(project="fourways", now=NOW, named=frozenset({"metal"}))).clean
    assert cloud.around_machines.rows["DescribeAlarms"] == [foreign]


def test_what_has_no_region_is_looked_for_once() -> None:
    cloud = StubCloud()
    cloud.around_machines.fill("a", tags())
    everywhere = [kind for kind in KINDS if kind.everywhere]
    assert [kind.name for kind in everywhere] == [
        "certificate",
        "ram-role",
        "ram-policy",
        "alarm",
        "event-rule",
        "monitor-group",
        "alarm-contact-group",
        "alarm-contact",
    ]
    assert len(look(cloud, [REGION, "cn-beijing"], "fourways", everywhere)) == 3


def test_a_certificate_is_its_stacks_whatever_region_the_stack_is_in() -> None:
    cloud = StubCloud()
    cloud.around_machines.fill("a", tags())
    (found,) = (thing for thing in look(cloud, [REGION], "fourways") if thing.kind == "certificate")
    resource = {"custom": True, "type": TYPES["certificate"], "id": f"cn-beijing/{found.id}", "urn": "urn:pulumi:bench::fourways::t::c"}
    state = State(stack="bench", export={"deployment": {"resources": [resource]}})
    assert state_id(found) in state.ids()
    assert (TYPES["certificate"], f"cn-beijing/{found.id}") in state.ids()


def test_a_production_stack_goes_when_it_is_named() -> None:
    cloud = filled("prod", tags(environment="production", stack="prod"))
    filled("other", tags(environment="production", stack="other"), cloud)
    studied("prod", 1, tags(environment="production", stack="prod"), cloud)
    studied("other", 2, tags(environment="production", stack="other"), cloud)
    sweep(cloud, Options(project="fourways", now=NOW, named=frozenset({"prod"})))
    assert [row["apiKeyId"] for row in cloud.keys] == [2]
    assert [row["workspaceId"] for row in cloud.workspaces] == ["llm-other"]
    assert {row["VpcId"] for row in cloud.rows["DescribeVpcs"]} == {"vpc-other"}


def test_without_delete_nothing_changes() -> None:
    cloud = filled("a", tags())
    leftovers = plan(look(cloud, [REGION], "fourways"), [], OPTIONS)
    assert all(leftover.deletable for leftover in leftovers)
    assert cloud.deleted == []


def test_what_cannot_be_deleted_is_reported_and_stops_nothing_else() -> None:
    cloud = filled("a", tags())
    cloud.rows["DescribeEipAddresses"].append({"AllocationId": "eip-foreign", "_holds": "vsw-a"})
    result = sweep(cloud)
    assert [(thing.id, "is in use" in said) for thing, said in result.failed] == [("vsw-a", True), ("vpc-a", True)]
    assert not result.clean
    assert "sg-a" in cloud.deleted


def test_a_foreign_machine_in_our_group_stays() -> None:
    cloud = filled("a", tags())
    cloud.machines.append({"InstanceId": "i-foreign", "ResourceId": "eas-r-a", "InstanceType": "x", "Labels": []})
    (group,) = (thing for thing in look(cloud, [REGION], "fourways") if thing.kind == "eas-resource-group")
    assert group.parts == ("i-a-1", "i-a-2")
    result = sweep(cloud)
    assert [row["InstanceId"] for row in cloud.machines] == ["i-foreign"]
    assert [thing.kind for thing, _ in result.failed] == ["eas-resource-group"]


def test_gone_meanwhile_counts_as_deleted() -> None:
    cloud = filled("a", tags())
    leftovers = plan(look(cloud, [REGION], "fourways"), [], OPTIONS)
    cloud.rows["DescribeNatGateways"].clear()
    assert delete(leftovers, cloud, pause=lambda: None, rounds=4).clean


def test_every_kind_has_a_pulumi_type_and_an_order_of_its_own() -> None:
    assert {kind.name for kind in KINDS} == set(TYPES)
    assert len({kind.order for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_deleting_only_asks_for_the_one_thing(kind: Any) -> None:
    cloud = studied("a", 1, tags(), filled("a", tags()))
    studied("b", 2, tags(), filled("b", tags(), cloud))
    (first, second) = look(cloud, [REGION], "fourways", [kind])
    for rows in cloud.rows.values():
        for row in rows:
            row.pop("_holds", None)
            row["InstanceId"] = ""
    cloud.services = [service if kind.name == "eas-service" else {**service, "Resource": ""} for service in cloud.services]
    kind.delete(cloud, first)
    assert not kind.exists(kind, cloud, first)
    assert kind.exists(kind, cloud, second)
