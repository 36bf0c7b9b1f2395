"""All that is around machines, made by our own calls on the fake in this process: looked up by name, swept, and nothing is left."""

import json
from datetime import UTC, datetime
from typing import Any

from fourways.cleanup import Options, RealCloud, delete, look, plan
from fourways.cleanup.wanted import Wanted
from fourways.cloud import ownership
from fourways.fakes.cloud import Cloud
from fourways.recovery.look import LOOK_UPS

REGION = "ap-southeast-1"
TAGS = ownership.tags(project="fourways", stack="metal", environment="benchmark", owner="o", expires_at="2020-01-01T00:00:00Z")
PAIRS = [{"Key": key, "Value": value} for key, value in TAGS.items()]
TRUST = {"Version": "1", "Statement": [{"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": ["ecs.aliyuncs.com"]}}]}
ALLOW = {"Version": "1", "Statement": [{"Effect": "Allow", "Action": ["oss:GetObject"], "Resource": ["acs:oss:*:*:b/*"]}]}
TYPE = "ecs.gn7i-c8g1.2xlarge"


class Account:
    """A stack's things, made one after the other."""

    def __init__(self, fake: Cloud) -> None:
        self.fake = fake

    def ask(self, product: str, version: str, action: str, region: str = REGION, **params: Any) -> dict[str, Any]:
        answer = RealCloud().call(product, version, action, params, region)
        self.fake.clock.advance(10)
        return answer

    def ecs(self, action: str, **params: Any) -> dict[str, Any]:
        return self.ask("ecs", "2014-05-26", action, **params)

    def alb(self, action: str, **params: Any) -> dict[str, Any]:
        return self.ask("alb", "2020-06-16", action, **params)

    def ess(self, action: str, **params: Any) -> dict[str, Any]:
        return self.ask("ess", "2014-08-28", action, **params)

    def network(self) -> dict[str, str]:
        vpc = self.ask("vpc", "2016-04-28", "CreateVpc", CidrBlock="10.0.0.0/16", Tag=PAIRS)["VpcId"]
        zones = {"ap-southeast-1a": "10.0.0.0/24", "ap-southeast-1c": "10.0.1.0/24"}
        made = {}
        for zone, cidr in zones.items():
            made[zone] = self.ask("vpc", "2016-04-28", "CreateVSwitch", VpcId=vpc, CidrBlock=cidr, ZoneId=zone)["VSwitchId"]
            tagged = {"ResourceType": "VSWITCH", "ResourceId": [made[zone]], "Tag": PAIRS}
            self.ask("vpc", "2016-04-28", "TagResources", **tagged)
        group = self.ecs("CreateSecurityGroup", VpcId=vpc, Tag=PAIRS)["SecurityGroupId"]
        return {"vpc": vpc, "group": group, **made}

    def machines(self, network: dict[str, str]) -> str:
        """A scaling group of one, and a template beside it; the group's id."""
        shape = {"InstanceType": TYPE, "ImageId": "aliyun_3_x64_20G_alibase_20250629.vhd"}
        self.ecs("CreateLaunchTemplate", LaunchTemplateName="fourways-t", TemplateTag=PAIRS, Tag=PAIRS, **shape)
        made = self.ess(
            "CreateScalingGroup",
            ScalingGroupName="fourways-machines",
            MinSize=1,
            MaxSize=2,
            VSwitchIds=[network["ap-southeast-1a"]],
            Tag=[{**pair, "Propagate": True} for pair in PAIRS],
        )
        id_ = str(made["ScalingGroupId"])
        disk = {"SystemDisk": {"Category": "cloud_essd", "Size": 100}}
        tags = json.dumps(TAGS)
        made = self.ess("CreateScalingConfiguration", ScalingGroupId=id_, SecurityGroupId=network["group"], Tags=tags, **shape, **disk)
        self.ess("EnableScalingGroup", ScalingGroupId=id_, ActiveScalingConfigurationId=made["ScalingConfigurationId"])
        self.fake.clock.advance(300)
        return id_

    def front(self, network: dict[str, str]) -> None:
        zones = [{"ZoneId": zone, "VSwitchId": network[zone]} for zone in network if zone.startswith("ap-")]
        self.alb(
            "CreateLoadBalancer",
            LoadBalancerName="fourways-alb",
            VpcId=network["vpc"],
            AddressType="Intranet",
            LoadBalancerEdition="Basic",
            LoadBalancerBillingConfig={"PayType": "PostPay"},
            ZoneMappings=zones,
            Tag=PAIRS,
        )
        self.alb(
            "CreateServerGroup",
            ServerGroupName="fourways-servers",
            VpcId=network["vpc"],
            HealthCheckConfig={"HealthCheckEnabled": "true"},
            Tag=PAIRS,
        )
        self.alb("CreateAcl", AclName="fourways-allow", Tag=PAIRS)

    def identity(self) -> None:
        tags = json.dumps([{"TagKey": key, "TagValue": value} for key, value in TAGS.items()])
        self.ask("kms", "2016-01-20", "CreateSecret", SecretName="fourways-key", VersionId="1", SecretData="x" * 48, Tags=tags)
        json_tags = json.dumps(PAIRS)
        self.ask("ram", "2015-05-01", "CreateRole", "", RoleName="fourways-r", AssumeRolePolicyDocument=json.dumps(TRUST), Tag=json_tags)
        self.ask("ram", "2015-05-01", "CreatePolicy", "", PolicyName="fourways-p", PolicyDocument=json.dumps(ALLOW), Tag=json_tags)
        self.ask("ram", "2015-05-01", "AttachPolicyToRole", "", PolicyName="fourways-p", PolicyType="Custom", RoleName="fourways-r")


def look_up(type_: str, **inputs: Any) -> set[str]:
    wanted = Wanted(urn=f"urn:pulumi:metal::fourways::{type_}::x", type=type_, region=REGION, inputs=inputs)
    return {found.id for found in LOOK_UPS[type_](RealCloud(), wanted)}


def test_nothing_of_an_expired_bare_metal_stack_is_left(fake: Cloud) -> None:
    account = Account(fake)
    network = account.network()
    group = account.machines(network)
    account.front(network)
    account.identity()
    rule = account.ess(
        "CreateScalingRule",
        ScalingGroupId=group,
        ScalingRuleName="fourways-more",
        AdjustmentType="QuantityChangeInCapacity",
        AdjustmentValue=1,
    )
    account.ess(
        "CreateAlarm",
        ScalingGroupId=group,
        Name="fourways-alarm",
        AlarmAction=[rule["ScalingRuleAri"]],
        MetricName="CpuUtilization",
        MetricType="system",
        ComparisonOperator=">",
        Statistics="Average",
        Threshold="80",
    )
    hook = account.ess("CreateLifecycleHook", ScalingGroupId=group, LifecycleHookName="fourways-drain", LifecycleTransition="SCALE_IN")
    assert look_up("alicloud:ess/lifecycleHook:LifecycleHook", name="fourways-drain", scalingGroupId=group) == {hook["LifecycleHookId"]}
    assert look_up("alicloud:ess/scalingRule:ScalingRule", scalingRuleName="fourways-more", scalingGroupId=group) == {rule["ScalingRuleId"]}
    assert look_up("alicloud:ram/role:Role", roleName="fourways-r") == {"fourways-r"}
    assert look_up("alicloud:ram/policy:Policy", policyName="fourways-p") == {"fourways-p"}
    assert look_up("alicloud:ram/role:Role", roleName="fourways-other") == set()
    assert len(look_up("alicloud:ecs/ecsLaunchTemplate:EcsLaunchTemplate", launchTemplateName="fourways-t")) == 1
    assert look_up("fourways:kms:RandomSecret", name="fourways-key") == {"fourways-key"}
    found = look(RealCloud(), [REGION], "fourways")
    kinds = {thing.kind for thing in found}
    assert {"scaling-alarm", "scaling-group", "launch-template", "alb", "alb-server-group", "alb-acl", "kms-secret"} < kinds
    assert "instance" not in kinds  # it goes with its group
    assert {"ram-role", "ram-policy", "security-group", "vswitch", "vpc"} < kinds
    assert any(row["closed"] is None for row in fake.ledger.rows())
    options = Options(project="fourways", now=datetime.fromtimestamp(fake.clock.now(), UTC))
    result = delete(plan(found, [], options), RealCloud(), pause=lambda: fake.clock.advance(5), rounds=60)
    assert (result.failed, result.kept) == ((), ())
    assert fake.inventory() == []
    assert [row for row in fake.ledger.rows() if row["closed"] is None] == []


def test_what_is_another_projects_stays(fake: Cloud) -> None:
    account = Account(fake)
    account.identity()
    before = fake.inventory()
    assert look(RealCloud(), [REGION], "another") == []
    assert fake.inventory() == before
