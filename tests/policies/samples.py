"""For each rule, stacks that break it: what the pack's tests are driven by. A rule without a sample fails them."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.policies.unknowns import SECRET_SIG, UNKNOWN

STACK = "pulumi:pulumi:Stack"
PROVIDER = "pulumi:providers:alicloud"
SERVICE, GROUP, GATEWAY = "fourways:eas:Service", "fourways:eas:ResourceGroup", "fourways:eas:Gateway"
AUTOSCALER, CRON = "fourways:eas:Autoscaler", "fourways:eas:CronScaler"
KEY, RESERVATION, UNITS = "fourways:modelstudio:ApiKey", "fourways:modelstudio:Reservation", "fourways:modelstudio:ModelUnitDeployment"
PORT, VPC = "alicloud:ecs/securityGroupRule:SecurityGroupRule", "alicloud:vpc/network:Network"
ECS, DISK, TEMPLATE = "alicloud:ecs/instance:Instance", "alicloud:ecs/ecsDisk:EcsDisk", "alicloud:ecs/ecsLaunchTemplate:EcsLaunchTemplate"
ESS, POOL = "alicloud:ess/scalingGroup:ScalingGroup", "alicloud:cs/nodePool:NodePool"
ALB, LISTENER = "alicloud:alb/loadBalancer:LoadBalancer", "alicloud:alb/listener:Listener"
ATTACHMENT = "alicloud:alb/listenerAclAttachment:ListenerAclAttachment"
PAI = "alicloud:pai/service:Service"

PRODUCTION = {"fourways:environment": "production", "fourways:owner": "llm-platform"}
BENCHMARK = {**PRODUCTION, "fourways:environment": "benchmark"}
RESTRICTED = {**PRODUCTION, "fourways:data": "restricted"}
LISTED = {**PRODUCTION, "fourways:allow-list": "required"}
SOON = (datetime.now(UTC) + timedelta(hours=4)).strftime("%Y-%m-%dT%H:%M:%SZ")
LATE = (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
TAGS = {"fourways-project": "fourways", "fourways-stack": "dev", "fourways-environment": "production", "fourways-owner": "llm-platform"}
BENCH = {**TAGS, "fourways-environment": "benchmark", "fourways-expires-at": SOON}
REGION = "ap-southeast-1"
GPU = "ecs.gn8v-8x.48xlarge"
IMAGE = "eas-registry-vpc.ap-southeast-1.cr.aliyuncs.com/pai-eas/vllm:0.14.0-gpu"
TO_IT = {"listenerId": [f"urn:pulumi:dev::fourways::{LISTENER}::it"]}
HELD = {"config": {"networking": {"disable_internet_endpoint": True}}}


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A resource of a sample. The first one of a sample is the one that the rule is about."""

    type: str
    properties: Mapping[str, Any]
    name: str = "it"
    protect: bool = True
    depends: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def urn(self) -> str:
        return f"urn:pulumi:dev::fourways::{self.type}::{self.name}"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A stack that breaks a rule, and words of what is said of it."""

    resources: tuple[Declared, ...]
    words: str
    config: Mapping[str, str] = field(default_factory=lambda: PRODUCTION)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Of this rule, over those of config.yaml."""

    def with_unknown(self, path: Sequence[str]) -> "Sample":
        """The same with a value of the first resource unknown."""
        first = self.resources[0]
        changed = replace(first, properties=_unknown_at(first.properties, path))
        return replace(self, resources=(changed, *self.resources[1:]))


def _unknown_at(value: Any, path: Sequence[str]) -> Any:
    if not path:
        return UNKNOWN
    return {**value, path[0]: _unknown_at(value[path[0]], path[1:])}


def has(value: Any, path: Sequence[str]) -> bool:
    """Whether the properties have something there."""
    return not path or (isinstance(value, Mapping) and path[0] in value and has(value[path[0]], path[1:]))


def one(type_: str, properties: Mapping[str, Any], words: str, **about: Any) -> Sample:
    """A sample of one resource."""
    protect = about.pop("protect", True)
    return Sample(resources=(Declared(type=type_, properties=properties, protect=protect),), words=words, **about)


def stack(words: str, *resources: tuple[str, Mapping[str, Any]], outputs: Mapping[str, Any] | None = None, **about: Any) -> Sample:
    """A sample of resources beside the stack itself; the finding is on the stack."""
    others = [Declared(type=type_, properties=properties, name=f"it-{place}") for place, (type_, properties) in enumerate(resources)]
    return Sample(resources=(Declared(type=STACK, properties=outputs or {}), *others), words=words, **about)


def secret(value: Any) -> dict[str, Any]:
    """A value marked as secret, as the wire has it."""
    return {"4dabf18193072939515e22adb298388d": SECRET_SIG, "value": value}


def budget(amount: int, currency: str = "CNY", per: str = "month") -> dict[str, str]:
    return {**PRODUCTION, "fourways:budget": json.dumps({"amount": amount, "currency": currency, "per": per})}


def ingress(**properties: Any) -> dict[str, Any]:
    return {"type": "ingress", "ipProtocol": "tcp", "portRange": "22/22", "cidrIp": "0.0.0.0/0", "policy": "accept", **properties}


def service(**config: Any) -> dict[str, Any]:
    return {"name": "it", "region": REGION, "labels": TAGS, "safetyLock": "dangerous", "config": config}


def user_data(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def public_machines(type_: str, instances: int = 1) -> dict[str, Any]:
    return service(metadata={"instance": instances}, cloud={"computing": {"instances": [{"type": type_}]}}, **HELD["config"])


UNITS_4 = {"region": REGION, "instanceType": "ml.gu8tef.4.23xlarge", "instanceCount": 1, "chargeType": "PostPaid", "labels": TAGS}
MANY = {**UNITS_4, "instanceCount": 20}
THROUGHPUT = {"region": REGION, "model": "deepseek-v4-flash", "tier": "fast", "inputTpm": 500000, "outputTpm": 50000}

BREAKS: dict[str, tuple[Sample, ...]] = {
    "public-endpoint-token": (
        one(SERVICE, {**service(networking={"disable_internet_endpoint": False}), "token": ""}, "token is empty"),
        one(PAI, {"serviceConfig": json.dumps({"token": ""})}, "config.token is empty"),
    ),
    "public-endpoint-https": (
        stack("not HTTPS", outputs={"base_url": "http://1.ap-southeast-1.pai-eas.aliyuncs.com/v1"}),
        Sample(
            resources=(
                Declared(type=LISTENER, properties={"listenerProtocol": "HTTP", "loadBalancerId": UNKNOWN}),
                Declared(type=ALB, properties={"addressType": "Internet"}, name="alb"),
            ),
            words="over HTTP",
        ),
    ),
    "management-ports": (one(PORT, ingress(), "may reach port 22"), one(PORT, ingress(ipProtocol="all", portRange="-1/-1"), "3389")),
    "allow-list": (
        one(GATEWAY, {"enableInternet": True, "allowedCidrs": ["0.0.0.0/0"]}, "allowedCidrs has 0.0.0.0/0", config=LISTED),
        one(GATEWAY, {"enableInternet": True}, "allowedCidrs is empty", config=RESTRICTED),
        one(KEY, {"allowedIps": ["0.0.0.0/1"], "description": "dev"}, "allowedIps has 0.0.0.0/1", config=LISTED),
        one(KEY, {"description": "dev"}, "allowedIps is empty", config=PRODUCTION, parameters={"stacks": ["de*"]}),
        one(SERVICE, service(networking={"disable_internet_endpoint": False}), "shared gateway", config=LISTED),
        one(PAI, {"serviceConfig": "{}"}, "shared gateway", config=LISTED),
    ),
    "allow-list-stack": (
        Sample(
            resources=(
                Declared(type=LISTENER, properties={"id": UNKNOWN}),
                Declared(type=ALB, properties={"addressType": "Internet"}, name="alb"),
                Declared(type=ATTACHMENT, properties={"aclType": "Black", "listenerId": UNKNOWN}, name="black", depends=TO_IT),
            ),
            words="without a list",
            config=LISTED,
        ),
    ),
    "model-studio-keys": (
        one(KEY, {"models": ["*"], "allowedIps": ["203.0.113.0/24"]}, "opens every model"),
        one(KEY, {"allowedIps": ["203.0.113.0/24"]}, "opens every model"),
        one(KEY, {"models": ["deepseek-v4-flash"]}, "from anywhere (allowedIps) in production"),
        one(KEY, {"models": ["deepseek-v4-flash"], "allowedIps": ["0.0.0.0/0"]}, "allowedIps has 0.0.0.0/0", config=BENCHMARK),
    ),
    "plain-secrets": (
        one(ECS, {"password": "Xk29fj3kd93k"}, "password holds a secret by its name"),
        one(VPC, {"description": "LTAI5tAbCdEfGhIjKlMnOpQr"}, "description holds an AccessKey id"),
        one(VPC, {"description": "use sk-1a2b3c4d5e6f7a8b9c0d1e2f"}, "an API key"),
        one(VPC, {"description": "Authorization: Bearer abcdefghijklmnop1234"}, "a bearer token"),
        one(VPC, {"description": "-----BEGIN RSA PRIVATE KEY-----\nMIIE"}, "a private key"),
        one(VPC, {"description": "postgres://me:hunter22@db.example.com"}, "a password in an address"),
        one(ECS, {"userData": secret(user_data("#!/bin/sh\nexport DB_PASSWORD=Xk29fj3kd93kd9\n"))}, "userData holds a password or key"),
        one(SERVICE, service(containers=[{"env": [{"name": "HF_TOKEN", "value": "abc"}]}]), "config.containers[0].env[0].value holds"),
        one(PAI, {"serviceConfig": json.dumps({"token": "abc"})}, "serviceConfig: token holds"),
        one(PROVIDER, {"region": REGION, "secretKey": "Xk29fj3kd93k"}, "secretKey holds"),
    ),
    "restricted-data": (
        one(RESERVATION, {**THROUGHPUT, "overflow": True}, "shared pool", config=RESTRICTED),
        one(RESERVATION, THROUGHPUT, "shared pool", config=RESTRICTED),
        one(SERVICE, {**service(), "region": "eu-central-1"}, "restricted data in eu-central-1", config=RESTRICTED),
        one(PROVIDER, {"region": "us-west-1"}, "restricted data in us-west-1", config=RESTRICTED),
    ),
    "restricted-data-stack": (one(KEY, {"models": ["deepseek-v4-flash"]}, "opens the token API", config=RESTRICTED),),
    "encrypted-disks": (
        one(ECS, {"systemDiskEncrypted": False}, "(systemDiskEncrypted)"),
        one(TEMPLATE, {"systemDisk": {"encrypted": False}}, "(systemDisk.encrypted)"),
        one(DISK, {"category": "cloud_essd", "encrypted": False}, "the disk is not encrypted"),
    ),
    "no-public-ip-on-gpu-machines": (
        one(TEMPLATE, {"instanceType": GPU, "internetMaxBandwidthOut": 5}, "public address"),
        one(ECS, {"instanceType": GPU, "internetMaxBandwidthOut": 5}, "public address"),
    ),
    "pinned-images": (
        one(SERVICE, service(containers=[{"image": "vllm/vllm-openai:v0.14.0"}]), "from docker.io"),
        one(SERVICE, service(containers=[{"image": IMAGE.replace("0.14.0-gpu", "latest")}]), "neither a version nor a digest"),
        one(PAI, {"serviceConfig": json.dumps({"containers": [{"image": IMAGE.partition(":")[0]}]})}, "neither a version nor a digest"),
        one(
            TEMPLATE,
            {"imageId": "a.vhd"},
            "engine.image is evil.example.com/cr.aliyuncs.com/vllm:1, from evil.example.com",
            config={**PRODUCTION, "fourways:serving": json.dumps({"engine": {"image": "evil.example.com/cr.aliyuncs.com/vllm:1"}})},
        ),
    ),
    "allowed-regions": (one(PROVIDER, {"region": "eu-central-1"}, "eu-central-1 is not one of"),),
    "allowed-instance-types": (
        one(GROUP, {"instanceType": "ml.gu9.8.99xlarge"}, "instanceType is ml.gu9.8.99xlarge, which is not one of"),
        one(SERVICE, public_machines("ecs.gn9.large"), "cloud.computing.instances[0].type is ecs.gn9.large"),
        one(ESS, {"launchTemplateOverrides": [{"instanceType": "ecs.gn9.large"}]}, "launchTemplateOverrides[0].instanceType"),
        one(TEMPLATE, {"instanceType": "ecs.gn9.large"}, "instanceType is ecs.gn9.large"),
    ),
    "required-tags": (
        one(VPC, {"tags": {**TAGS, "fourways-owner": ""}}, "tags without fourways-owner"),
        one(KEY, {"description": "my key"}, "description does not say"),
    ),
    "production-lock": (
        one(SERVICE, {**service(), "safetyLock": "none"}, "(safetyLock), in production"),
        one(GROUP, UNITS_4, "(protect), in production", protect=False),
        one(ALB, {"deletionProtectionConfig": {"enabled": False}}, "(deletionProtectionConfig.enabled)"),
        one(ESS, {"groupDeletionProtection": False}, "(groupDeletionProtection)"),
        one(VPC.replace("vpc/network:Network", "slb/applicationLoadBalancer:ApplicationLoadBalancer"), {}, "(deleteProtection)"),
    ),
    "autoscaler-bounds": (
        one(AUTOSCALER, {"min": 1, "max": 40}, "max is 40, more than 16"),
        one(AUTOSCALER, {"min": 0, "max": 4}, "min is 0 in production"),
        one(ESS, {"minSize": 1}, "maxSize is not given"),
        one(ESS, {"minSize": 0, "maxSize": 2}, "minSize is 0 in production"),
        one(CRON, {"jobs": [{"name": "day", "schedule": "0 0 9 * * *", "targetSize": 30}]}, "job day makes 30 instances"),
        one(POOL, {"scalingConfig": {"enable": True, "minSize": 0, "maxSize": 99}}, "maxSize is 99"),
    ),
    "benchmark-ttl": (
        one(VPC, {"tags": {**TAGS, "fourways-environment": "benchmark"}}, "without fourways-expires-at"),
        one(VPC, {"tags": {**TAGS, "fourways-expires-at": SOON}}, "would be swept"),
    ),
    "benchmark-ttl-distance": (one(VPC, {"tags": {**BENCH, "fourways-expires-at": LATE}}, "more than 7 days away"),),
    "benchmark-no-prepaid": (
        one(GROUP, {"labels": BENCH, "chargeType": "PrePaid"}, "chargeType is PrePaid"),
        one(RESERVATION, {**THROUGHPUT, "chargeType": "PrePaid"}, "chargeType is PrePaid", config=BENCHMARK),
        one(RESERVATION, {**THROUGHPUT, "chargeType": "PostPaid", "autoRenewal": True}, "autoRenewal is True", config=BENCHMARK),
        one(ALB, {"loadBalancerBillingConfig": {"payType": "PrePay"}}, "loadBalancerBillingConfig.payType is PrePay", config=BENCHMARK),
        one("alicloud:redis/tairInstance:TairInstance", {}, "paymentType is not given", config=BENCHMARK),
    ),
    "benchmark-no-prepaid-stack": (
        Sample(
            resources=(
                Declared(type="alicloud:nas/fileSystem:FileSystem", properties={"chargeType": "Subscription"}),
                Declared(type=VPC, properties={"tags": BENCH}, name="vpc"),
            ),
            words="chargeType is Subscription",
            config={},
        ),
    ),
    "gpu-count": (
        stack("80 GPUs at once", (GROUP, MANY)),
        stack("40 GPUs at once", (GROUP, {**UNITS_4, "instanceCount": 10}), config=BENCHMARK),
        stack("128 GPUs at once", (SERVICE, public_machines(GPU, 16))),
        stack("80 GPUs at once", (SERVICE, public_machines(GPU)), (AUTOSCALER, {"serviceName": "it", "min": 1, "max": 10})),
        stack("72 GPUs at once", (UNITS, {"spec": "MU1", "units": 72})),
        stack("72 GPUs at once", *[(ECS, {"instanceType": GPU})] * 9),
        stack("72 GPUs at once", (ESS, {"maxSize": 9, "launchTemplateId": UNKNOWN}), (TEMPLATE, {"instanceType": GPU})),
        Sample(
            resources=(
                Declared(type=GROUP, properties={**UNITS_4, "instanceType": "ml.gu99.8.99xlarge"}),
                Declared(type=STACK, properties={}),
            ),
            words="GPUs cannot be counted: how many GPUs ml.gu99.8.99xlarge has",
        ),
    ),
    "stack-budget": (
        stack("157,680.00 CNY a month is over the budget 1,000 CNY", (GROUP, UNITS_4), config=budget(1000)),
        stack("a month is over the budget 1 USD", ("alicloud:vpc/natGateway:NatGateway", {"tags": TAGS}), config=budget(1, "USD")),
        stack("216.00 CNY an hour is over the budget 200 CNY", (GROUP, UNITS_4), config=budget(200, per="hour")),
    ),
    "owner-budget": (
        stack(
            "llm-platform would spend 630,720.00 (dev): 230,720.00 CNY a month over 400000 CNY", (GROUP, {**UNITS_4, "instanceCount": 4})
        ),
    ),
}

PASSES: tuple[Sample, ...] = (
    Sample(
        resources=(
            Declared(type=ALB, properties={"addressType": "Internet", "deletionProtectionEnabled": True, "tags": TAGS}),
            Declared(type=LISTENER, properties={"id": UNKNOWN, "listenerProtocol": "HTTPS", "tags": TAGS}),
            Declared(type=ATTACHMENT, properties={"aclType": "White", "listenerId": UNKNOWN}, depends=TO_IT),
        ),
        words="",
        config=LISTED,
    ),
    stack(
        "",
        (SERVICE, {**service(metadata={"resource": UNKNOWN}, containers=[{"image": IMAGE}], networking={}), "token": secret("t")}),
        (GROUP, UNITS_4),
        (VPC, {"cidrBlock": "10.40.0.0/16", "tags": TAGS}),
        (PROVIDER, {"region": REGION}),
        (PORT, ingress(portRange="443/443", securityGroupId=UNKNOWN)),
        config=budget(170000),
    ),
    stack(
        "",
        (GATEWAY, {"region": REGION, "enableInternet": True, "allowedCidrs": ["203.0.113.0/24"], "chargeType": "PostPaid"}),
        (SERVICE, service(networking={"gateway": UNKNOWN}, containers=[{"image": f"{IMAGE.partition(':')[0]}@sha256:{'0' * 64}"}])),
        (AUTOSCALER, {"region": REGION, "min": 1, "max": 4, "serviceName": "it"}),
        config=RESTRICTED,
    ),
    stack(
        "",
        (KEY, {"region": REGION, "description": "dev", "models": ["m"], "allowedIps": ["203.0.113.7"], "rotation": "1"}),
        (RESERVATION, {**THROUGHPUT, "overflow": False, "chargeType": "PostPaid", "autoRenewal": False, "apiKey": UNKNOWN}),
        config=RESTRICTED,
    ),
    stack(
        "",
        (ALB, {"addressType": "Internet", "deletionProtectionConfig": {"enabled": True}, "tags": BENCH}),
        (
            ECS,
            {
                "instanceType": GPU,
                "systemDiskEncrypted": True,
                "userData": secret(user_data("SECRET=fourways-dev-a1b2c3-key")),
                "tags": BENCH,
            },
        ),
        config=BENCHMARK,
    ),
)
"""Sound stacks."""
