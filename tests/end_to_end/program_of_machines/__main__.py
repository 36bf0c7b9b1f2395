"""A Pulumi program with the resources of the marker table that the project itself does not make, named and tagged as the project would.

None needs another of them, so that one `up` begins them all side by side.
"""

from __future__ import annotations

import json

import pulumi
from pulumi_alicloud import alb, ecs, ess, ram, slb

from components.names import names
from components.network import Network, NetworkArgs
from components.tags import tags
from stacks import program

settings = program.current()
name, tagged = names(settings), tags(settings)
first, second = settings.network.zones
network = Network("network", NetworkArgs(settings=settings.network, names=name, tags=tagged))
switches = network.vswitch_ids.apply(lambda ids: ids.split(","))

ecs.Instance(
    "instance",
    instance_name=name.of("instance"),
    instance_type="ecs.g7.large",
    image_id="ubuntu_22_04_x64_20G_alibase_20250722.vhd",
    system_disk_category="cloud_essd",
    vswitch_id=switches[0],
    security_groups=[network.security_group_id],
    tags=tagged,
)
ecs.EcsDisk("disk", disk_name=name.of("disk"), zone_id=first, category="cloud_essd", size=40, tags=tagged)
slb.ApplicationLoadBalancer(
    "slb",
    load_balancer_name=name.of("slb"),
    load_balancer_spec="slb.s1.small",
    address_type="intranet",
    vswitch_id=switches[0],
    tags=tagged,
)
alb.LoadBalancer(
    "alb",
    load_balancer_name=name.of("alb"),
    load_balancer_edition="Basic",
    # Given, since the plugin would replace a load balancer that it has read without it (its default is not marked as computed).
    address_allocated_mode="Dynamic",
    address_type="Intranet",
    vpc_id=network.vpc_id,
    load_balancer_billing_config={"pay_type": "PayAsYouGo"},
    zone_mappings=[{"zone_id": zone, "vswitch_id": switches[number]} for number, zone in enumerate((first, second))],
    tags=tagged,
)
ess.ScalingGroup("scaling-group", scaling_group_name=name.of("scaling-group"), min_size=0, max_size=1, vswitch_ids=switches, tags=tagged)
ecs.SecurityGroupRule(
    "rule",
    security_group_id=network.security_group_id,
    type="ingress",
    ip_protocol="tcp",
    nic_type="intranet",
    port_range="443/443",
    cidr_ip=settings.network.cidr,
)
trust = {"Statement": [{"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": ["ecs.aliyuncs.com"]}}], "Version": "1"}
role = ram.Role("role", role_name=name.of("role"), assume_role_policy_document=json.dumps(trust))
ram.RolePolicyAttachment("attachment", role_name=role.role_name, policy_name="AliyunOSSReadOnlyAccess", policy_type="System")

pulumi.export("rows", 7)
