"""A program that breaks every rule of the policy pack at once, each by a resource named after it. It is only previewed."""

import json
import os

import pulumi
from pulumi_alicloud import alb, ecs, ess, nas, pai, vpc

from fourways.provider import resources

TAGS = {"fourways-project": "fourways-faults", "fourways-stack": "live", "fourways-owner": "it", "fourways-environment": "production"}
BENCHMARK = {**TAGS, "fourways-environment": "benchmark"}
REGION = "ap-southeast-1"
GPU = "ecs.gn8v-8x.48xlarge"

network = vpc.Network("required-tags", vpc_name="it", cidr_block="10.0.0.0/16", description="the key is sk-1a2b3c4d5e6f7a8b9c0d1e2f")
group = ecs.SecurityGroup("group", vpc_id=network.id, tags=TAGS)
ecs.SecurityGroupRule(
    "management-ports", type="ingress", ip_protocol="tcp", port_range="22/22", cidr_ip="0.0.0.0/0", security_group_id=group.id
)
switches = [
    vpc.Switch(f"switch-{zone}", vpc_id=network.id, cidr_block=f"10.0.{place}.0/24", zone_id=f"eu-central-1{zone}", tags=TAGS)
    for place, zone in enumerate("ab")
]
pai.Service(
    "public-endpoint-token",
    develop="false",
    service_config=json.dumps({"token": "", "containers": [{"image": "vllm/vllm-openai:latest"}]}),
)
balancer = alb.LoadBalancer(
    "production-lock",
    load_balancer_name="it",
    load_balancer_edition="Standard",
    address_type="Internet",
    vpc_id=network.id,
    load_balancer_billing_config={"pay_type": "PayAsYouGo"},
    zone_mappings=[{"zone_id": f"eu-central-1{zone}", "vswitch_id": switch.id} for zone, switch in zip("ab", switches, strict=True)],
    tags=TAGS,
)
servers = alb.ServerGroup(
    "servers", server_group_name="it", vpc_id=network.id, health_check_config={"health_check_enabled": False}, tags=TAGS
)
alb.Listener(
    "allow-list-stack",
    load_balancer_id=balancer.id,
    listener_protocol="HTTP",
    listener_port=80,
    default_actions=[
        {"type": "ForwardGroup", "forward_group_config": {"server_group_tuples": [{"server_group_id": servers.id}]}},
    ],
    tags=TAGS,
)
template = ecs.EcsLaunchTemplate(
    "encrypted-disks",
    launch_template_name="it",
    image_id="aliyun_3_x64_20G_alibase_20250629.vhd",
    instance_type=GPU,
    internet_max_bandwidth_out=5,
    system_disk={"category": "cloud_essd", "encrypted": False},
    tags=TAGS,
)
ess.ScalingGroup(
    "autoscaler-bounds",
    min_size=0,
    max_size=40,
    vswitch_ids=[switch.id for switch in switches],
    launch_template_id=template.id,
    launch_template_overrides=[{"instance_type": "ecs.gn9.large"}, {"instance_type": GPU}],
    tags=TAGS,
)
vpc.Network("benchmark-ttl", vpc_name="it-2", cidr_block="10.1.0.0/16", tags=BENCHMARK)
vpc.Network(
    "benchmark-ttl-distance", vpc_name="it-3", cidr_block="10.2.0.0/16", tags={**BENCHMARK, "fourways-expires-at": os.environ["LATE"]}
)
soon = {**BENCHMARK, "fourways-expires-at": os.environ["SOON"]}
ecs.EipAddress("benchmark-no-prepaid", address_name="it", payment_type="Subscription", tags=soon)
nas.FileSystem("benchmark-no-prepaid-stack", protocol_type="NFS", storage_type="Performance", tags=TAGS)
resources.EasResourceGroup(
    "stack-budget", region=REGION, instance_type="ml.gu8tef.4.23xlarge", instance_count=20, charge_type="PrePaid", labels=TAGS
)
resources.ModelStudioApiKey("model-studio-keys", region=REGION, description="it-live")
pulumi.export("base_url", "http://8.8.8.8/v1")
