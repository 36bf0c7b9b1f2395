"""The real `__main__.py` under mocks, for each stack file there is; and what it declares."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest
import yaml

from tests.components.recording import ROOT, Recording, is_secret, record, record_program
from tests.components.samples import ADOPTING, BENCHMARK, GOOD, PRIVATE, PROTECTED, WITH_NAT, config, pulumi_config, whole

STACKS = sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in (ROOT / "stacks").glob("Pulumi.*.yaml"))


MACHINES = [
    "alicloud:ecs/securityGroup:SecurityGroup",
    "alicloud:vpc/network:Network",
    "alicloud:vpc/switch:Switch",
    "alicloud:vpc/switch:Switch",
    "fourways:eas:ResourceGroup",
    "fourways:eas:Service",
]
ON_PUBLIC_MACHINES = [one for one in MACHINES if one != "fourways:eas:ResourceGroup"]
ALARMS = [
    "alicloud:cms/alarm:Alarm",
    "alicloud:cms/alarm:Alarm",
    "alicloud:cms/alarm:Alarm",
    "alicloud:cms/alarmContact:AlarmContact",
    "alicloud:cms/alarmContactGroup:AlarmContactGroup",
    "alicloud:cms/eventRule:EventRule",
]
ACCESS = ["fourways:modelstudio:ApiKey", "fourways:modelstudio:ModelPermissions", "fourways:modelstudio:Workspace"]
MACHINES_OF_ITS_OWN = [
    "alicloud:alb/acl:Acl",
    "alicloud:alb/aclEntryAttachment:AclEntryAttachment",
    "alicloud:alb/listener:Listener",
    "alicloud:alb/listenerAclAttachment:ListenerAclAttachment",
    "alicloud:alb/loadBalancer:LoadBalancer",
    "alicloud:alb/rule:Rule",
    "alicloud:alb/rule:Rule",
    "alicloud:alb/serverGroup:ServerGroup",
    "alicloud:ecs/ecsLaunchTemplate:EcsLaunchTemplate",
    "alicloud:ecs/securityGroup:SecurityGroup",
    "alicloud:ecs/securityGroupRule:SecurityGroupRule",
    "alicloud:ecs/securityGroupRule:SecurityGroupRule",
    "alicloud:ess/lifecycleHook:LifecycleHook",
    "alicloud:ess/scalingGroup:ScalingGroup",
    "alicloud:ram/policy:Policy",
    "alicloud:ram/role:Role",
    "alicloud:ram/rolePolicyAttachment:RolePolicyAttachment",
    "alicloud:vpc/network:Network",
    "alicloud:vpc/switch:Switch",
    "alicloud:vpc/switch:Switch",
    "fourways:alb:Endpoint",
    "fourways:cas:SelfSignedCertificate",
    "fourways:ess:Rollout",
    "fourways:kms:RandomSecret",
]
DECLARED = {
    "metal-singapore": MACHINES_OF_ITS_OWN,
    "mu-beijing": MACHINES,
    "mu-singapore": MACHINES,
    "mu-studio-beijing": sorted([*ACCESS, "fourways:modelstudio:ModelUnitDeployment"]),
    "payg-singapore": sorted([*ON_PUBLIC_MACHINES, *ALARMS, "fourways:eas:Gateway"]),
    "ptu-singapore": sorted([*ACCESS, "fourways:modelstudio:Reservation"]),
    "qwen-singapore": sorted([*ON_PUBLIC_MACHINES, "fourways:eas:Autoscaler"]),
    "token-singapore": sorted([*ACCESS, "fourways:modelstudio:ModelLimits"]),
}


def run_stack(stack: str, *, preview: bool = False) -> Recording:
    plain = yaml.safe_load((ROOT / f"stacks/Pulumi.{stack}.yaml").read_text())["config"]
    return record_program(pulumi_config(plain), preview=preview, stack_name=stack)


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
@pytest.mark.parametrize("stack", STACKS)
def test_each_stack_declares_what_its_kind_needs(stack: str, preview: bool) -> None:
    found = run_stack(stack, preview=preview)
    assert sorted(resource.type for resource in found.children) == DECLARED[stack]
    assert set(found.outputs) == {"base_url", "api_key", "model", "kind", "region", "capacity"}
    assert {one.inputs["region"] for one in found.children if one.type.startswith("fourways:")} == {found.outputs["region"]}


def test_the_provider_is_declared_with_the_pin() -> None:
    plain = yaml.safe_load((ROOT / "stacks/Pulumi.mu-singapore.yaml").read_text())["config"]
    pinned = record_program(pulumi_config({**plain, "fourways:account": "1234567890123456"}), preview=True, stack_name="mu-singapore")
    assert pinned.one("pulumi:providers:fourways").inputs["account"] == "1234567890123456"
    assert "account" not in run_stack("mu-singapore").one("pulumi:providers:fourways").inputs


def test_the_endpoint_is_what_the_cloud_says_over_https() -> None:
    outputs = run_stack("mu-singapore").outputs
    assert outputs["base_url"] == "https://1000.ap-southeast-1.pai-eas.aliyuncs.com/api/predict/service/v1"
    assert is_secret(outputs["api_key"])
    assert outputs["api_key"]["value"] == "a-token-of-the-service"
    assert outputs["capacity"] == "4 x MU1 (1 x ml.gu8tef.4.23xlarge, 4 x H20-141G)"
    assert (outputs["model"], outputs["kind"]) == ("deepseek-v4-flash", "model-unit")


def test_the_machines_are_those_of_the_article() -> None:
    inputs = run_stack("mu-singapore").one("fourways:eas:ResourceGroup").inputs
    tags = inputs.pop("labels")
    assert inputs == {
        "region": "ap-southeast-1",
        "instanceType": "ml.gu8tef.4.23xlarge",
        "instanceCount": 1,
        "chargeType": "PostPaid",
        "systemDiskSize": 200,
        "autoRenewal": False,
    }
    assert tags["fourways-stack"] == "mu-singapore"
    assert "fourways-expires-at" not in tags


def test_the_service_runs_on_the_machines_and_in_the_network() -> None:
    service = run_stack("mu-singapore").one("fourways:eas:Service").inputs
    assert service["name"] == "deepseek_v4_flash_prod"
    assert service["safetyLock"] == "none"
    assert "token" not in service
    assert service["config"]["metadata"]["resource"] == "eas-r-made"
    assert service["config"]["cloud"]["networking"] == {
        "vpc_id": "network-vpc-id",
        "vswitch_id": "network-vswitch-ap-southeast-1a-id,network-vswitch-ap-southeast-1c-id",
        "security_group_id": "network-security-group-id",
    }


def test_a_preview_says_what_is_billed_what_is_free_and_what_an_update_does() -> None:
    assert run_stack("mu-singapore", preview=True).messages == [
        "billed: 4 x MU1 (1 x ml.gu8tef.4.23xlarge, 4 x H20-141G), PostPaid; 1 x 4 GPUs run, 0 stay free; "
        "updates: in place (the endpoint is down meanwhile), rolled back when they fail",
        "fit on 4 x H20-141G: weights 37.2 GiB a GPU of 126.4 GiB, KV cache about 81.2 GiB: one sequence of up to 1048576 tokens, "
        "or 13 of 32768 at once",
    ]


def test_wrong_settings_stop_before_anything_is_declared() -> None:
    wrong = config(replicas={"count": 9, "gpus": 4}, top={"fourways:owner": ""})
    with pytest.raises(pulumi.RunError, match="has 2 problems; nothing was declared") as caught:
        record_program(pulumi_config(wrong))
    assert "fourways:owner" in str(caught.value)
    assert "fourways:serving.replicas.count" in str(caught.value)


def test_nothing_is_registered_for_wrong_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    from components.eas import deployment

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("something was declared")

    monkeypatch.setattr(deployment, "Network", never)
    with pytest.raises(pulumi.RunError):
        record_program(pulumi_config(config(name="NO")))


def test_a_stack_of_another_name_without_settings_is_told_so() -> None:
    with pytest.raises(pulumi.RunError, match="check the stack's name"):
        record_program({"alicloud:region": "cn-beijing"}, stack_name="mu-singapor")


def test_a_private_service_has_no_internet_endpoint_and_hands_out_the_vpc_one() -> None:
    found = record(lambda: whole(PRIVATE))
    assert found.one("fourways:eas:Service").inputs["config"]["networking"] == {"disable_internet_endpoint": True}
    assert found.outputs["base_url"] == "http://1000.vpc.ap-southeast-1.pai-eas.aliyuncs.com/api/predict/service/v1"


def test_an_adopted_group_is_read_never_made() -> None:
    found = record(lambda: whole(ADOPTING))
    group = found.one("fourways:eas:ResourceGroup")
    assert group.read_id == "ap-southeast-1/eas-r-theirs"
    assert found.messages[0].startswith("billed: a resource group of somebody else's")


def test_a_benchmark_copy_carries_its_end_and_its_run_id_everywhere() -> None:
    found = record(lambda: whole(BENCHMARK))
    assert found.outputs["expires_at"] == "2026-11-24T12:00:00Z"
    assert found.one("fourways:eas:Service").inputs["name"] == "deepseek_v4_flash_prod_a1b2"
    assert found.one("fourways:eas:Service").inputs["labels"]["fourways-expires-at"] == "2026-11-24T12:00:00Z"
    assert "-a1b2-" in found.one("alicloud:vpc/network:Network").inputs["vpcName"]


def test_a_protected_stack_locks_its_service_in_the_cloud_too() -> None:
    assert record(lambda: whole(PROTECTED)).one("fourways:eas:Service").inputs["safetyLock"] == "dangerous"


def test_a_failed_update_is_rolled_back_as_the_stack_says() -> None:
    assert run_stack("mu-singapore").one("fourways:eas:Service").inputs["onUpdateFailure"] == "rollback"


def test_a_start_has_the_time_that_the_model_needs() -> None:
    timeouts = run_stack("mu-singapore").one("fourways:eas:Service").timeouts
    assert timeouts == {"create": "2400s", "update": "2400s"}


def test_the_way_out_is_one_gateway_with_one_address_for_all_zones() -> None:
    found = record(lambda: whole(WITH_NAT))
    gateway = found.one("alicloud:vpc/natGateway:NatGateway")
    assert gateway.inputs["vswitchId"] == "network-vswitch-ap-southeast-1a-id"
    assert found.one("alicloud:ecs/eipAssociation:EipAssociation").inputs["instanceId"] == "network-nat-id"
    entries = found.all_of("alicloud:vpc/snatEntry:SnatEntry")
    assert [entry.inputs["snatIp"] for entry in entries] == ["203.0.113.7"] * 2
    association = found.one("alicloud:ecs/eipAssociation:EipAssociation").urn
    assert all(association in entry.depends_on for entry in entries)
    assert found.one("fourways:eas:Service").depends_on.count(gateway.urn) == 1


def test_the_program_is_about_twenty_lines() -> None:
    assert len((ROOT / "__main__.py").read_text().splitlines()) <= 20


def test_the_project_names_the_provider_s_folder_and_the_stacks() -> None:
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    assert project["name"] == "fourways"
    assert project["stackConfigDir"] == "stacks"
    assert project["runtime"] == {"name": "python", "options": {"virtualenv": ".venv"}}
    assert project["plugins"]["providers"] == [{"name": "fourways", "path": "fourways/provider"}]
    assert json.dumps(GOOD)
