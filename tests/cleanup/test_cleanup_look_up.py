"""What each kind finds by recorded inputs: the exact thing, with the id that Pulumi gives it, and nothing that only looks like it.

Answers have the shapes of alibaba-cloud-sdk-go 1.63.107 and alibabacloud-eas20210701 7.0.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from fourways.cleanup.cloud import Cloud
from fourways.cleanup.kinds import KINDS, PARTS, eas_resource_group, eas_service, model_studio_api_key
from fourways.cleanup.states import TYPES
from fourways.cleanup.wanted import UNKNOWN, NotEnoughError, Wanted
from fourways.cloud import marked_text, ownership
from fourways.cloud.errors import CloudError, Outcome

REGION = "ap-southeast-1"
NAME = "fourways-mu-a1b2c3-thing"
TAGS = {"fourways-project": "fourways", "fourways-stack": "mu"}
LOOK_UPS = {**{kind.name: kind.look_up for kind in KINDS}, **{part.name: part.look_up for part in PARTS}}
PULUMI_TYPES = {**TYPES, **{part.name: part.type for part in PARTS}}


class Answers(Cloud):
    """Answers one action; `asked` has what was asked. An answer may be an error."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def call(self, product: str, version: str, action: str, params: Mapping[str, Any], region: str) -> dict[str, Any]:
        assert region == ("" if product == "ram" else REGION)
        self.asked.append((f"{product} {version} {action}", dict(params)))
        return self._answer(action)

    def eas(self, action: str, region: str, *path: str, **request: Any) -> dict[str, Any]:
        assert region == REGION
        self.asked.append((action, {"path": path, **request}))
        return self._answer(":".join((action, *path[1:2])) if action == "list_resource_instances" else action)

    def model_studio(self, action: str, region: str, *path: str, **request: Any) -> dict[str, Any]:
        assert region == REGION
        self.asked.append((action, {"path": path, **request}))
        return {"requestId": "r", **self._answer(action)}

    def dashscope(
        self, action: str, region: str, method: str, path: str, query: Mapping[str, Any] | None = None, key: int = 0
    ) -> dict[str, Any]:
        assert not key
        assert (region, method) == (REGION, "GET")
        self.asked.append((action, {"path": path, **(query or {})}))
        return self._answer(action)

    def _answer(self, action: str) -> dict[str, Any]:
        answer = self.answers.get(action, {})
        if isinstance(answer, CloudError):
            raise answer
        return {"RequestId": "r", **answer}


def wanted(kind: str, **inputs: Any) -> Wanted:
    type_ = PULUMI_TYPES[kind]
    return Wanted(urn=f"urn:pulumi:mu::fourways::{type_}::thing", type=type_, region=REGION, inputs=inputs)


def tagged(id_: str, name: str, id_key: str, name_key: str, **more: Any) -> dict[str, Any]:
    tags = {"Tag": [{"TagKey": key, "TagValue": value} for key, value in TAGS.items()]}
    return {id_key: id_, name_key: name, "Tags": tags, **more}


#: kind, inputs, action with product and version, path to the rows, id and name key, the filters that must be sent.
NAMED = [
    ("vpc", {"vpcName": NAME}, "vpc 2016-04-28 DescribeVpcs", ("Vpcs", "Vpc"), "VpcId", "VpcName", {"VpcName": NAME}),
    (
        "vswitch",
        {"vswitchName": NAME, "vpcId": "vpc-1"},
        "vpc 2016-04-28 DescribeVSwitches",
        ("VSwitches", "VSwitch"),
        "VSwitchId",
        "VSwitchName",
        {"VSwitchName": NAME, "VpcId": "vpc-1"},
    ),
    (
        "nat-gateway",
        {"natGatewayName": NAME, "vpcId": "vpc-1"},
        "vpc 2016-04-28 DescribeNatGateways",
        ("NatGateways", "NatGateway"),
        "NatGatewayId",
        "Name",
        {"Name": NAME, "VpcId": "vpc-1"},
    ),
    (
        "eip",
        {"addressName": NAME},
        "vpc 2016-04-28 DescribeEipAddresses",
        ("EipAddresses", "EipAddress"),
        "AllocationId",
        "Name",
        {"EipName": NAME},
    ),
    (
        "security-group",
        {"securityGroupName": NAME, "vpcId": "vpc-1"},
        "ecs 2014-05-26 DescribeSecurityGroups",
        ("SecurityGroups", "SecurityGroup"),
        "SecurityGroupId",
        "SecurityGroupName",
        {"SecurityGroupName": NAME, "VpcId": "vpc-1"},
    ),
    (
        "instance",
        {"instanceName": NAME},
        "ecs 2014-05-26 DescribeInstances",
        ("Instances", "Instance"),
        "InstanceId",
        "InstanceName",
        {"InstanceName": NAME},
    ),
    ("disk", {"diskName": NAME}, "ecs 2014-05-26 DescribeDisks", ("Disks", "Disk"), "DiskId", "DiskName", {"DiskName": NAME}),
    (
        "load-balancer",
        {"loadBalancerName": NAME},
        "slb 2014-05-15 DescribeLoadBalancers",
        ("LoadBalancers", "LoadBalancer"),
        "LoadBalancerId",
        "LoadBalancerName",
        {"LoadBalancerName": NAME},
    ),
    (
        "scaling-group",
        {"scalingGroupName": NAME},
        "ess 2014-08-28 DescribeScalingGroups",
        ("ScalingGroups", "ScalingGroup"),
        "ScalingGroupId",
        "ScalingGroupName",
        {"ScalingGroupName": [NAME]},
    ),
]


@pytest.mark.parametrize(("kind", "inputs", "action", "where", "id_key", "name_key", "filters"), NAMED, ids=[row[0] for row in NAMED])
def test_by_exact_name_and_parent(
    kind: str, inputs: dict[str, Any], action: str, where: tuple[str, str], id_key: str, name_key: str, filters: dict[str, Any]
) -> None:
    rows = [tagged("id-1", NAME, id_key, name_key), tagged("id-2", NAME + "-2", id_key, name_key)]
    cloud = Answers({action.rsplit(" ", 1)[-1]: {where[0]: {where[1]: rows}, "TotalCount": 2}})
    (found,) = LOOK_UPS[kind](cloud, wanted(kind, **inputs))
    assert (found.kind, found.id, found.region, found.owner.stack) == (kind, "id-1", REGION, "mu")
    asked, params = cloud.asked[0]
    assert asked == action
    assert {key: params[key] for key in filters} == filters


@pytest.mark.parametrize(("kind", "inputs"), [row[:2] for row in NAMED], ids=[row[0] for row in NAMED])
def test_without_a_known_name_nothing_is_asked(kind: str, inputs: dict[str, Any]) -> None:
    cloud = Answers({})
    for missing in inputs:
        for value in (None, "", UNKNOWN):
            with pytest.raises(NotEnoughError):
                list(LOOK_UPS[kind](cloud, wanted(kind, **{**inputs, missing: value})))
    assert cloud.asked == []


class Paged(Answers):
    """Two pages of ListLoadBalancers."""

    def call(self, product: str, version: str, action: str, params: Mapping[str, Any], region: str) -> dict[str, Any]:
        super().call(product, version, action, params, region)
        return self.answers[params.get("NextToken", "")]  # type: ignore[no-any-return]


def test_an_application_load_balancer_is_found_by_name_and_vpc_on_every_page() -> None:
    tags = [{"Key": key, "Value": value} for key, value in TAGS.items()]
    other, ours = (
        {"LoadBalancerId": id_, "LoadBalancerName": name, "Tags": tags} for id_, name in (("alb-1", NAME + "-2"), ("alb-2", NAME))
    )
    cloud = Paged({"": {"LoadBalancers": [other], "NextToken": "n", "TotalCount": 2}, "n": {"LoadBalancers": [ours], "TotalCount": 2}})
    (found,) = LOOK_UPS["alb"](cloud, wanted("alb", loadBalancerName=NAME, vpcId="vpc-1"))
    assert (found.kind, found.id, found.owner.stack) == ("alb", "alb-2", "mu")
    asked = {"LoadBalancerNames": [NAME], "VpcIds": ["vpc-1"], "MaxResults": 100}
    assert cloud.asked == [("alb 2020-06-16 ListLoadBalancers", more) for more in (asked, {**asked, "NextToken": "n"})]


def test_a_list_that_goes_round_is_no_answer() -> None:
    cloud = Paged(
        {"": {"LoadBalancers": [], "NextToken": "n", "RequestId": "r"}, "n": {"LoadBalancers": [], "NextToken": "n", "RequestId": "r"}}
    )
    with pytest.raises(CloudError, match="repeats its page"):
        list(LOOK_UPS["alb"](cloud, wanted("alb", loadBalancerName=NAME, vpcId="vpc-1")))


def test_an_application_load_balancer_without_its_vpc_is_not_asked_for() -> None:
    for inputs in ({"loadBalancerName": NAME}, {"vpcId": "vpc-1"}):
        cloud = Answers({})
        with pytest.raises(NotEnoughError):
            list(LOOK_UPS["alb"](cloud, wanted("alb", **inputs)))
        assert cloud.asked == []


def test_an_untagged_gateway_is_found_and_shows_no_owner() -> None:
    """Killed between CreateNatGateway and TagResources."""
    row = {"NatGatewayId": "ngw-1", "Name": NAME, "Status": "Creating", "Tags": {"Tag": []}}
    cloud = Answers({"DescribeNatGateways": {"NatGateways": {"NatGateway": [row]}}})
    (found,) = LOOK_UPS["nat-gateway"](cloud, wanted("nat-gateway", natGatewayName=NAME, vpcId="vpc-1"))
    assert (found.id, found.owner.is_ours, found.going) == ("ngw-1", False, False)


@pytest.mark.parametrize(("instance", "count"), [("ngw-1", 1), ("ngw-2", 0), ("", 0)])
def test_an_association_is_its_pair_of_ids(instance: str, count: int) -> None:
    cloud = Answers({"DescribeEipAddresses": {"EipAddresses": {"EipAddress": [{"AllocationId": "eip-1", "InstanceId": instance}]}}})
    found = list(LOOK_UPS["eip-association"](cloud, wanted("eip-association", allocationId="eip-1", instanceId="ngw-1")))
    assert [one.id for one in found] == ["eip-1:ngw-1"] * count


def test_a_snat_entry_is_found_by_table_and_source() -> None:
    rows = [
        {"SnatEntryId": "snat-1", "SourceVSwitchId": "vsw-1", "SnatEntryName": NAME, "SourceCIDR": "10.0.0.0/24"},
        {"SnatEntryId": "snat-2", "SourceVSwitchId": "vsw-2", "SnatEntryName": NAME},
        {"SnatEntryId": "snat-3", "SourceVSwitchId": "vsw-1", "SnatEntryName": "another"},
    ]
    cloud = Answers({"DescribeSnatTableEntries": {"SnatTableEntries": {"SnatTableEntry": rows}, "TotalCount": 3}})
    look_up = LOOK_UPS["snat-entry"]
    given = {"snatTableId": "stb-1", "snatEntryName": NAME}
    assert [one.id for one in look_up(cloud, wanted("snat-entry", sourceVswitchId="vsw-1", **given))] == ["stb-1:snat-1"]
    assert [one.id for one in look_up(cloud, wanted("snat-entry", sourceCidr="10.0.0.0/24", **given))] == ["stb-1:snat-1"]
    assert cloud.asked[0][1]["SnatTableId"] == "stb-1"


def test_a_part_of_what_is_gone_is_gone() -> None:
    gone = CloudError("x", outcome=Outcome.NOT_FOUND, message="not found", status=404)
    cloud = Answers({"DescribeSnatTableEntries": gone, "DescribeSecurityGroupAttribute": gone, "describe_service": gone})
    assert list(LOOK_UPS["snat-entry"](cloud, wanted("snat-entry", snatTableId="stb-1", sourceVswitchId="vsw-1"))) == []
    rule = wanted("security-group-rule", securityGroupId="sg-1", type="ingress", ipProtocol="tcp", cidrIp="10.0.0.0/8")
    assert list(LOOK_UPS["security-group-rule"](cloud, rule)) == []
    assert list(LOOK_UPS["eas-service"](cloud, wanted("eas-service", name="chat"))) == []


def test_any_other_error_is_no_answer() -> None:
    refused = CloudError("x", outcome=Outcome.REFUSED, message="no", status=403)
    cloud = Answers({"DescribeSnatTableEntries": refused, "describe_service": refused})
    for one in (wanted("snat-entry", snatTableId="stb-1", sourceVswitchId="vsw-1"), wanted("eas-service", name="chat")):
        with pytest.raises(CloudError):
            list(LOOK_UPS["snat-entry" if one.type.endswith("SnatEntry") else "eas-service"](cloud, one))


SCALED = {"region": REGION, "serviceName": "chat"}
JOB = {"name": "up", "schedule": "0 0 9 * * *", "targetSize": 3}


@pytest.mark.parametrize(
    ("kind", "inputs", "answer", "count"),
    [
        ("eas-autoscaler", {"min": 0, "max": 4}, {"MinReplica": 0, "MaxReplica": 4}, 1),
        ("eas-autoscaler", {"min": 0, "max": 4}, {"MaxReplica": 4}, 1),
        ("eas-autoscaler", {"min": 1, "max": 4}, {"MinReplica": 1, "MaxReplica": 5}, 0),
        ("eas-autoscaler", {"min": 1, "max": 4}, {}, 0),
        ("eas-cron-scaler", {"jobs": [JOB]}, {"ScaleJobs": [{"Name": "up", "Schedule": "0 0 9 * * *", "TargetSize": 3, "State": "x"}]}, 1),
        ("eas-cron-scaler", {"jobs": [JOB]}, {"ScaleJobs": [{"Name": "up", "Schedule": "0 0 9 * * *", "TargetSize": 2}]}, 0),
        ("eas-cron-scaler", {"jobs": [JOB]}, {}, 0),
    ],
)
def test_a_scaler_is_one_with_the_declared_settings(kind: str, inputs: dict[str, Any], answer: dict[str, Any], count: int) -> None:
    action = "describe_service_auto_scaler" if kind == "eas-autoscaler" else "describe_service_cron_scaler"
    cloud = Answers({action: answer})
    found = list(LOOK_UPS[kind](cloud, wanted(kind, **SCALED, **inputs)))
    assert [one.id for one in found] == [f"{REGION}/chat"] * count
    assert cloud.asked == [(action, {"path": (REGION, "chat")})]
    gone = Answers({action: CloudError("x", outcome=Outcome.NOT_FOUND, message="not found", status=404)})
    assert list(LOOK_UPS[kind](gone, wanted(kind, **SCALED, **inputs))) == []


def test_a_rule_is_what_it_says() -> None:
    row = {
        "IpProtocol": "TCP",
        "PortRange": "443/443",
        "SourceCidrIp": "10.0.0.0/8",
        "Policy": "Accept",
        "Priority": "1",
        "NicType": "intranet",
    }
    others = [{**row, "PortRange": "80/80"}, {**row, "SourceCidrIp": "10.0.0.0/9"}, {**row, "Policy": "Drop"}, {**row, "Priority": "2"}]
    given = {
        "securityGroupId": "sg-1",
        "type": "ingress",
        "ipProtocol": "tcp",
        "portRange": "443/443",
        "cidrIp": "10.0.0.0/8",
        "nicType": "intranet",
        "priority": 1,
    }
    look_up = LOOK_UPS["security-group-rule"]
    for rows, ids in (([*others, row], ["sg-1:ingress:tcp:443/443:intranet:10.0.0.0/8:accept:1"]), (others, [])):
        cloud = Answers({"DescribeSecurityGroupAttribute": {"Permissions": {"Permission": rows}}})
        assert [one.id for one in look_up(cloud, wanted("security-group-rule", **given))] == ids


@pytest.mark.parametrize(("policy", "count"), [("P", 1), ("Q", 0)])
def test_an_attachment_is_what_it_joins(policy: str, count: int) -> None:
    rows = [{"PolicyName": "P", "PolicyType": "System"}, {"PolicyName": "Q", "PolicyType": "Custom"}]
    cloud = Answers({"ListPoliciesForRole": {"Policies": {"Policy": rows}}})
    found = LOOK_UPS["ram-attachment"](cloud, wanted("ram-attachment", policyName=policy, policyType="System", roleName="r"))
    assert [one.id for one in found] == ["role:P:System:r"] * count


def labels(**given: str) -> list[dict[str, str]]:
    return [{"LabelKey": key.replace("_", "-"), "LabelValue": value} for key, value in given.items()]


def test_a_service_is_found_by_name_with_its_labels() -> None:
    cloud = Answers({"describe_service": {"ServiceName": "chat", "Labels": labels(fourways_creating="a1"), "Status": "Creating"}})
    (found,) = LOOK_UPS["eas-service"](cloud, wanted("eas-service", name="chat"))
    assert (found.id, found.tags) == ("chat", {"fourways-creating": "a1"})
    eas_service.take_off(cloud, found, ["fourways-creating"])
    assert cloud.asked[-1] == ("delete_service_label", {"path": (REGION, "chat"), "keys": ["fourways-creating"]})


def test_a_group_is_found_by_the_labels_of_its_machines() -> None:
    one = wanted("eas-resource-group")
    own = [{"LabelKey": key, "LabelValue": value} for key, value in one.labels.items()]
    ours, marked, foreign = (
        {"InstanceId": "i-1", "Labels": own},
        {"InstanceId": "i-2", "Labels": own + labels(fourways_creating="a")},
        {"InstanceId": "i-3"},
    )
    machines = {"eas-r-1": [ours, marked], "eas-r-2": [foreign], "eas-r-3": [], "eas-r-4": [ours, foreign]}
    answers: dict[str, Any] = {f"list_resource_instances:{group}": {"Instances": rows} for group, rows in machines.items()}
    cloud = Answers({**answers, "list_resources": {"Resources": [{"ResourceId": group} for group in machines]}})
    found = {thing.id: thing for thing in LOOK_UPS["eas-resource-group"](cloud, one)}
    assert set(found) == {"eas-r-1", "eas-r-4"}
    assert ownership.CREATING in found["eas-r-1"].tags  # one machine that still says so is enough
    assert not ownership.carries(found["eas-r-4"].tags, one.labels)  # shared with somebody: not only ours
    eas_resource_group.take_off(cloud, found["eas-r-1"], [ownership.CREATING])
    assert cloud.asked[-1][1] == {"path": (REGION, "eas-r-1"), "all_instances": True, "keys": [ownership.CREATING]}


def test_a_key_is_found_by_the_mark_in_its_description() -> None:
    one = wanted("model-studio-api-key")
    descriptions = {
        1: marked_text.write("Key", one.urn),
        2: marked_text.write("Key", f"{one.urn}2"),
        3: "made in the console",
        4: marked_text.write("", one.urn, "0" * 12),
    }
    cloud = Answers({"ListApiKeys": {"apiKeys": [{"apiKeyId": id_, "description": text} for id_, text in descriptions.items()]}})
    first, unfinished = LOOK_UPS["model-studio-api-key"](cloud, one)
    assert (first.id, first.name, first.tags) == ("1", "Key", one.labels)
    assert (unfinished.id, unfinished.tags) == ("4", {**one.labels, ownership.CREATING: "0" * 12})
    asked = len(cloud.asked)
    model_studio_api_key.take_off(cloud, unfinished, [ownership.CREATING])
    assert len(cloud.asked) == asked  # an update gives it a value first


def test_a_workspace_is_found_by_its_name_and_is_ours_when_that_says_so() -> None:
    rows = [{"workspaceId": f"llm-{name}", "workspaceName": name} for name in ("fourways-mu-a1b2c3-serving", "serving", "serving2")]
    cloud = Answers({"ListWorkspaces": {"workspaces": rows}})
    for name, ours in (("fourways-mu-a1b2c3-serving", True), ("serving", False)):
        one = wanted("model-studio-workspace", workspaceName=name)
        (found,) = LOOK_UPS["model-studio-workspace"](cloud, one)
        assert (found.id, found.tags == one.labels) == (f"llm-{name}", ours)


@pytest.mark.parametrize(("limit", "count"), [(100, 1), (7, 0), (None, 0)])
def test_limits_and_rights_are_there_when_all_of_them_are(limit: int | None, count: int) -> None:
    there = {"requestLimit": limit, "requestLimitPeriod": 60, "usageLimitField": "total_tokens"} if limit else None
    cloud = Answers(
        {
            "ListModelLimits": {"limits": [{"model": "m", "workspaceLimit": there}, {"model": "n"}]},
            "ListModelPermissions": {"list": [{"model": "m", "permissions": {"deploy": limit == 100, "inference": True}}]},
        }
    )
    limits = [{"model": "m", "requestLimit": 100, "requestLimitPeriod": 60}]
    found = LOOK_UPS["model-limits"](cloud, wanted("model-limits", workspaceId="llm-a", limits=limits))
    assert [one.id for one in found] == [f"{REGION}/llm-a"] * count
    given = LOOK_UPS["model-permissions"](cloud, wanted("model-permissions", workspaceId="llm-a", models=[{"model": "m", "deploy": True}]))
    assert [one.id for one in given] == [f"{REGION}/llm-a"] * count


def test_a_region_without_model_studio_is_not_asked() -> None:
    cloud = Answers({})
    assert list(model_studio_api_key.find(cloud, "eu-central-1", "fourways")) == []
    assert cloud.asked == []


def test_an_answer_without_a_list_is_not_an_empty_one() -> None:
    with pytest.raises(CloudError, match="the answer has neither apiKeys"):
        list(model_studio_api_key.find(Answers({"ListApiKeys": {"requestId": None}}), REGION, "fourways"))


def test_sweep_knows_no_part() -> None:
    assert not {part.name for part in PARTS} & {kind.name for kind in KINDS}
    assert not {part.name for part in PARTS} & set(TYPES)
