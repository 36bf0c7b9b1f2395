"""Layer 1: rules called plainly. Each rule has inputs that pass, inputs that fail (with the words of the message), and unknown inputs."""

import json
from typing import Any

import pytest
from pulumi_policy.proxy import UnknownValueError

from policies.model import Resource, ResourceRule
from policies.rules import (
    allowed_regions,
    benchmark_prepaid,
    benchmark_ttl,
    encrypted_disks,
    management_ports,
    no_public_ip_on_gpu_machines,
    public_endpoint,
    public_https,
    required_tags,
)
from tests.policies.samples import SOON
from tests.policies.unknowns import UNKNOWN, resource

SERVICE, GROUP = "fourways:eas:Service", "fourways:eas:ResourceGroup"
PAI, PORT = public_endpoint.UPSTREAM, management_ports.SECURITY_GROUP_RULE
KEY = "fourways:modelstudio:ApiKey"
INTERNAL, ECS = "disable_internet_endpoint", "alicloud:ecs/instance:Instance"
VPC, NAT = "alicloud:vpc/network:Network", "alicloud:vpc/natGateway:NatGateway"
TEMPLATE, CONFIGURATION = "alicloud:ecs/ecsLaunchTemplate:EcsLaunchTemplate", "alicloud:ess/scalingConfiguration:ScalingConfiguration"
SECRET = "fourways:kms:RandomSecret"
SAFE = {"systemDiskEncrypted": True, "dataDisks": [{"category": "cloud_essd", "encrypted": True}]}
GPU = "ecs.gn8v-8x.48xlarge"
OWN = {"fourways-project": "fourways", "fourways-stack": "dev", "fourways-environment": "production", "fourways-owner": "llm"}
BENCH = {**OWN, "fourways-environment": "benchmark", "fourways-expires-at": SOON}
REGIONS = {"regions": ["ap-southeast-1", "cn-beijing"]}


def messages(rule: ResourceRule[Any], subject: Resource, **parameters: Any) -> list[str]:
    return list(rule.check(subject, rule.parameters(**parameters)))


def ingress(**properties: Any) -> Resource:
    return resource(PORT, {"type": "ingress", "ipProtocol": "tcp", "portRange": "22/22", "cidrIp": "10.0.0.0/8", **properties})


PASSES = [
    (public_endpoint.RULE, resource(SERVICE, {"config": {"containers": []}})),
    (public_endpoint.RULE, resource(SERVICE, {"config": {"networking": {}}, "token": UNKNOWN})),
    (public_endpoint.RULE, resource(SERVICE, {"config": {"networking": {INTERNAL: True}}, "token": ""})),
    (public_endpoint.RULE, resource(SERVICE, {"config": {"metadata": {"resource": UNKNOWN}}, "token": "t"})),
    (public_endpoint.RULE, resource(PAI, {"serviceConfig": json.dumps({"token": "t"})})),
    (public_endpoint.RULE, resource(VPC, {"token": ""})),
    (management_ports.RULE, ingress()),
    (management_ports.RULE, ingress(cidrIp="0.0.0.0/0", portRange="443/443")),
    (management_ports.RULE, ingress(cidrIp="0.0.0.0/0", ipProtocol="icmp", portRange="-1/-1")),
    (management_ports.RULE, ingress(cidrIp="0.0.0.0/0", policy="drop")),
    (management_ports.RULE, ingress(cidrIp="0.0.0.0/0", type="egress")),
    (management_ports.RULE, resource(PORT, {"type": "ingress", "ipProtocol": "all", "sourceSecurityGroupId": UNKNOWN})),
    (allowed_regions.RULE, resource(SERVICE, {"region": "cn-beijing"})),
    (allowed_regions.RULE, resource(allowed_regions.PROVIDER, {"region": "ap-southeast-1"})),
    (allowed_regions.RULE, resource(VPC, {"region": "mars"})),
    (required_tags.RULE, resource(VPC, {"tags": OWN})),
    (required_tags.RULE, resource(SERVICE, {"labels": OWN})),
    (required_tags.RULE, resource("alicloud:vpc/snatEntry:SnatEntry", {})),
    (required_tags.RULE, resource(KEY, {"description": "fourways-dev-a1b2c3-chat", "models": UNKNOWN})),
    (required_tags.RULE, resource("fourways:modelstudio:ModelLimits", {"limits": UNKNOWN})),
    (benchmark_ttl.RULE, resource(VPC, {"tags": OWN})),
    (benchmark_ttl.RULE, resource(VPC, {"tags": {**OWN, "network": UNKNOWN}})),
    (benchmark_ttl.RULE, resource(VPC, {"tags": BENCH})),
    (benchmark_ttl.RULE, resource(VPC, {"tags": {"fourways-expires-at": "soon"}})),
    (benchmark_prepaid.RULE, resource(GROUP, {"labels": OWN, "chargeType": "PrePaid"})),
    (benchmark_prepaid.RULE, resource(GROUP, {"labels": BENCH, "chargeType": "PostPaid", "autoRenewal": False})),
    (benchmark_prepaid.RULE, resource(TEMPLATE, {"tags": BENCH, "instanceChargeType": "PostPaid"})),
    (required_tags.RULE, resource(SECRET, {"tags": OWN})),
    (management_ports.RULE, ingress(cidrIp="203.0.113.0/24")),
    (encrypted_disks.RULE, resource(ECS, SAFE)),
    (encrypted_disks.RULE, resource(CONFIGURATION, {**SAFE, "dataDisks": [{"category": "local_ssd"}]})),
    (encrypted_disks.RULE, resource(TEMPLATE, {"systemDisk": {"encrypted": True}, "dataDisks": [{"encrypted": True, "size": UNKNOWN}]})),
    (encrypted_disks.RULE, resource(encrypted_disks.DISK, {"category": "cloud_essd", "encrypted": True})),
    (encrypted_disks.RULE, resource(VPC, {})),
    (no_public_ip_on_gpu_machines.RULE, resource(TEMPLATE, {"instanceType": GPU, "internetMaxBandwidthOut": 0.0})),
    (no_public_ip_on_gpu_machines.RULE, resource(ECS, {"instanceType": "ecs.c7a.large", "internetMaxBandwidthOut": 5.0})),
    (no_public_ip_on_gpu_machines.RULE, resource(CONFIGURATION, {"instanceTypes": [GPU], "allocatePublicIp": False})),
]

FAILS = [
    (public_endpoint.RULE, resource(SERVICE, {"config": {"networking": {}}, "token": ""}), "token is empty"),
    (public_endpoint.RULE, resource(SERVICE, {"config": {"token": ""}}), "config.token is empty"),
    (public_endpoint.RULE, resource(PAI, {"serviceConfig": json.dumps({"token": ""})}), "config.token is empty"),
    (public_endpoint.RULE, resource(PAI, {"serviceConfig": "{"}), "not JSON"),
    (management_ports.RULE, ingress(cidrIp="0.0.0.0/0"), "0.0.0.0/0 may reach port 22"),
    (management_ports.RULE, ingress(cidrIp="128.0.0.0/1"), "128.0.0.0/1 may reach"),
    (management_ports.RULE, ingress(cidrIp="0.0.0.0/0", portRange="3000/4000"), "port 3389"),
    (management_ports.RULE, ingress(cidrIp="0.0.0.0/0", ipProtocol="all", portRange="-1/-1"), "port 22, 3389"),
    (management_ports.RULE, resource(PORT, {"type": "ingress", "ipProtocol": "tcp", "portRange": "22/22", "ipv6CidrIp": "::/0"}), "::/0"),
    (management_ports.RULE, resource(PORT, {"type": "ingress", "ipProtocol": "tcp", "portRange": "22/22"}), "0.0.0.0/0 may reach"),
    (allowed_regions.RULE, resource(SERVICE, {"region": "eu-central-1"}), "eu-central-1 is not one of"),
    (allowed_regions.RULE, resource(allowed_regions.PROVIDER, {"region": "eu-central-1"}), "eu-central-1 is not one of"),
    (allowed_regions.RULE, resource(allowed_regions.PROVIDER, {}), "no region in its configuration"),
    (required_tags.RULE, resource(VPC, {}), "tags without fourways-project, fourways-stack"),
    (required_tags.RULE, resource(NAT, {"tags": {**OWN, "fourways-owner": ""}}), "tags without fourways-owner"),
    (required_tags.RULE, resource(GROUP, {"labels": {}}), "labels without"),
    (required_tags.RULE, resource(KEY, {"description": "my key"}), "description does not say the stack's name, dev"),
    (required_tags.RULE, resource("fourways:modelstudio:Workspace", {}), "workspaceName does not say"),
    (benchmark_ttl.RULE, resource(VPC, {"tags": {**OWN, "fourways-environment": "benchmark"}}), "without fourways-expires-at"),
    (benchmark_ttl.RULE, resource(SERVICE, {"labels": {**BENCH, "fourways-expires-at": "tomorrow"}}), "'tomorrow'"),
    (benchmark_ttl.RULE, resource(VPC, {"tags": {**BENCH, "fourways-expires-at": "2026-11-24T12:00:00"}}), "not a time with a zone"),
    (benchmark_ttl.RULE, resource(VPC, {"tags": {**OWN, "fourways-expires-at": "2026-11-24T12:00:00Z"}}), "would be swept"),
    (benchmark_prepaid.RULE, resource(GROUP, {"labels": BENCH, "chargeType": "PrePaid"}), "chargeType is PrePaid"),
    (
        benchmark_prepaid.RULE,
        resource(ECS, {"tags": BENCH, "instanceChargeType": "PrePaid"}),
        "instanceChargeType",
    ),
    (benchmark_prepaid.RULE, resource(NAT, {"tags": BENCH, "paymentType": "Subscription"}), "paymentType is Subscription"),
    (benchmark_prepaid.RULE, resource(GROUP, {"labels": BENCH, "autoRenewal": True}), "autoRenewal is True"),
    (benchmark_prepaid.RULE, resource(VPC, {"tags": BENCH, "renewalStatus": "AutoRenewal"}), "renewalStatus"),
    (benchmark_prepaid.RULE, resource(TEMPLATE, {"tags": BENCH, "instanceChargeType": "PrePaid"}), "instanceChargeType is PrePaid"),
    (required_tags.RULE, resource(SECRET, {}), "tags without fourways-project"),
    (required_tags.RULE, resource(TEMPLATE, {}), "tags without fourways-project"),
    (encrypted_disks.RULE, resource(ECS, {**SAFE, "systemDiskEncrypted": False}), "(systemDiskEncrypted)"),
    (encrypted_disks.RULE, resource(CONFIGURATION, {**SAFE, "dataDisks": [{"category": "cloud_auto"}]}), "dataDisks[0].encrypted"),
    (encrypted_disks.RULE, resource(TEMPLATE, {}), "(systemDisk.encrypted)"),
    (encrypted_disks.RULE, resource(encrypted_disks.DISK, {"category": "cloud_essd"}), "the disk is not encrypted"),
    (
        no_public_ip_on_gpu_machines.RULE,
        resource(TEMPLATE, {"instanceType": GPU, "internetMaxBandwidthOut": 5.0}),
        "internetMaxBandwidthOut is 5",
    ),
    (
        no_public_ip_on_gpu_machines.RULE,
        resource(ECS, {"instanceType": "ecs.ebmgn8v.48xlarge", "allocatePublicIp": True}),
        "allocatePublicIp",
    ),
    (
        no_public_ip_on_gpu_machines.RULE,
        resource(CONFIGURATION, {"instanceTypes": ["ecs.c7a.large", GPU], "internetMaxBandwidthOut": 1}),
        GPU,
    ),
]

UNKNOWNS = [
    (public_endpoint.RULE, resource(SERVICE, {"config": UNKNOWN}), "config"),
    (
        public_endpoint.RULE,
        resource(SERVICE, {"config": {"networking": {INTERNAL: UNKNOWN}}}),
        INTERNAL,
    ),
    (public_endpoint.RULE, resource(PAI, {"serviceConfig": UNKNOWN}), "serviceConfig"),
    (management_ports.RULE, ingress(cidrIp=UNKNOWN), "cidrIp"),
    (management_ports.RULE, ingress(portRange=UNKNOWN), "portRange"),
    (allowed_regions.RULE, resource(SERVICE, {"region": UNKNOWN}), "region"),
    (required_tags.RULE, resource(VPC, {"tags": {**OWN, "fourways-owner": UNKNOWN}}), "fourways-owner"),
    (benchmark_ttl.RULE, resource(VPC, {"tags": UNKNOWN}), "tags"),
    (benchmark_prepaid.RULE, resource(GROUP, {"labels": BENCH, "chargeType": UNKNOWN}), "chargeType"),
    (encrypted_disks.RULE, resource(ECS, {"systemDiskEncrypted": UNKNOWN}), "systemDiskEncrypted"),
    (no_public_ip_on_gpu_machines.RULE, resource(ECS, {"instanceType": UNKNOWN}), "instanceType"),
]


def ids(case: tuple[Any, ...]) -> str:
    return f"{case[0].name}"


def parameters(rule: Any) -> dict[str, Any]:
    return REGIONS if rule is allowed_regions.RULE else {}


@pytest.mark.parametrize("case", PASSES, ids=ids)
def test_passes(case: tuple[Any, Resource]) -> None:
    rule, subject = case
    assert messages(rule, subject, **parameters(rule)) == []


@pytest.mark.parametrize("case", FAILS, ids=ids)
def test_fails_once_and_says_why(case: tuple[Any, Resource, str]) -> None:
    rule, subject, words = case
    found = messages(rule, subject, **parameters(rule))
    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize("case", UNKNOWNS, ids=ids)
def test_unknown_raises_for_the_adapter(case: tuple[Any, Resource, str]) -> None:
    rule, subject, path = case
    with pytest.raises(UnknownValueError) as error:
        messages(rule, subject, **parameters(rule))
    assert error.value.props[-1] == path


def test_a_rule_with_cases_has_all_three_kinds() -> None:
    names = {case[0].name for case in FAILS}
    for cases in (PASSES, UNKNOWNS):
        assert {case[0].name for case in cases} == names


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("http://1.ap-southeast-1.pai-eas.aliyuncs.com/api/predict/a/v1", True),
        ("http://8.8.8.8/v1", True),
        ("https://1.ap-southeast-1.pai-eas.aliyuncs.com/v1", False),
        ("http://1.vpc.ap-southeast-1.pai-eas.aliyuncs.com/v1", False),
        ("http://127.0.0.1:8000/v1", False),
        (UNKNOWN, False),
    ],
)
def test_https_of_what_the_stack_hands_out(address: str, wrong: bool) -> None:
    stack = resource(public_https.STACK, {"base_url": address})
    found = list(public_https.check([resource(VPC, {}), stack], public_https.HttpsParameters()))
    assert [(finding.urn, "not HTTPS" in finding.message) for finding in found] == ([(stack.urn, True)] if wrong else [])


def test_a_public_load_balancer_has_no_plain_listener() -> None:
    def told(kind: str, listener: dict[str, Any], **balancer: Any) -> list[str]:
        resources = [resource(public_https.BALANCER, {"addressType": kind, **balancer}), resource(public_https.LISTENER, listener)]
        return [finding.message for finding in public_https.check(resources, public_https.HttpsParameters())]

    plain = {"listenerProtocol": "HTTP", "loadBalancerId": UNKNOWN, "defaultActions": [{"type": "ForwardGroup"}]}
    assert told("Internet", plain) == ["it answers the Internet over HTTP"]
    assert told("Intranet", plain) == []
    assert told("Internet", {**plain, "listenerProtocol": "HTTPS"}) == []
    assert told("Internet", {**plain, "defaultActions": [{"type": "Redirect"}]}) == []
    assert told("Internet", {**plain, "loadBalancerId": "alb-1"}, id="alb-2") == []
    assert told("Internet", {**plain, "loadBalancerId": "alb-1"}, id="alb-1") != []
    assert told("Internet", {**plain, "listenerProtocol": UNKNOWN}) == []


def test_stack_of_a_benchmark_buys_no_term_even_untagged() -> None:
    untagged = resource("alicloud:nas/fileSystem:FileSystem", {"zoneId": UNKNOWN, "chargeType": "Subscription"})
    half_known = resource("alicloud:ecs/eipAddress:EipAddress", {"paymentType": UNKNOWN, "instanceChargeType": "PrePaid", "tags": UNKNOWN})
    tagged = resource(GROUP, {"labels": BENCH, "chargeType": "PrePaid"})
    parameters = benchmark_prepaid.PrepaidParameters()
    found = list(benchmark_prepaid.check_stack([untagged, half_known, tagged], parameters))
    assert [(finding.urn, finding.message.split()[0]) for finding in found] == [
        (untagged.urn, "chargeType"),
        (half_known.urn, "instanceChargeType"),
    ]
    reserved = resource("fourways:modelstudio:Reservation", {"chargeType": "PrePaid", "autoRenewal": False, "apiKey": UNKNOWN})
    ends = resource("pulumi:pulumi:Stack", {"expires_at": "2026-11-24T12:00:00Z", "base_url": UNKNOWN})
    (term,) = benchmark_prepaid.check_stack([reserved, ends], parameters)
    assert (term.urn, term.message.split()[0]) == (reserved.urn, "chargeType")
    assert list(benchmark_prepaid.check_stack([reserved, resource("pulumi:pulumi:Stack", {"base_url": UNKNOWN})], parameters)) == []
    production = resource(GROUP, {"labels": OWN})
    assert list(benchmark_prepaid.check_stack([untagged, production], parameters)) == []


def test_rules_of_our_own_leave_other_projects_alone() -> None:
    rule = required_tags.RULE
    own = rule.parameters(projects=["fourways*"])
    assert rule.concerns(resource(VPC, {}), own)
    assert rule.concerns(resource(VPC, {}, project="fourways-demo"), own)
    assert not rule.concerns(resource(VPC, {}, project="shop"), own)
