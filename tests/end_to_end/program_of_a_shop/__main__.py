"""A small program of somebody else's: a web server in a VPC of its own. CARELESS makes it break what holds for everybody."""

import os

from pulumi_alicloud import ecs, vpc

careless = bool(os.environ.get("CARELESS"))
network = vpc.Network("net", vpc_name="shop", cidr_block="10.0.0.0/16")
switch = vpc.Switch("switch", vpc_id=network.id, cidr_block="10.0.1.0/24", zone_id="eu-central-1a")
group = ecs.SecurityGroup("group", vpc_id=network.id)
ecs.SecurityGroupRule(
    "web",
    type="ingress",
    ip_protocol="tcp",
    port_range="22/22" if careless else "443/443",
    cidr_ip="0.0.0.0/0",
    security_group_id=group.id,
)
ecs.Instance(
    "server",
    instance_type="ecs.c9.large",
    image_id="aliyun_3_x64_20G_alibase_20250629.vhd",
    vswitch_id=switch.id,
    security_groups=[group.id],
    system_disk_category="cloud_essd",
    system_disk_encrypted=not careless,
    description="keys: sk-1a2b3c4d5e6f7a8b9c0d1e2f" if careless else "the shop",
    internet_max_bandwidth_out=5,
    tags={"team": "shop", "network": network.id},  # known after the update only
)
