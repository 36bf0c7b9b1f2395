"""What a user would write instead: the same network, and the service as `alicloud.pai.Service`, straight in a Pulumi program.

alicloud has no resource for EAS resource groups, so the group exists already and its id is a setting.
"""

import json

import pulumi
import pulumi_alicloud as alicloud

config = pulumi.Config()
region = pulumi.Config("alicloud").require("region")
tags = {"owner": "llm-platform"}

network = alicloud.vpc.Network("network", vpc_name="bare", cidr_block="10.40.0.0/16", tags=tags)
switches = [
    alicloud.vpc.Switch(f"switch-{zone}", vswitch_name=f"bare-{zone}", vpc_id=network.id, cidr_block=cidr, zone_id=zone, tags=tags)
    for zone, cidr in ((f"{region}a", "10.40.0.0/20"), (f"{region}c", "10.40.16.0/20"))
]
group = alicloud.ecs.SecurityGroup("group", security_group_name="bare", vpc_id=network.id, tags=tags)
template = json.loads(config.require("service"))


def service_config(values: list[str]) -> str:
    vpc_id, group_id, *switch_ids = values
    networking = {"vpc_id": vpc_id, "vswitch_id": ",".join(switch_ids), "security_group_id": group_id}
    return json.dumps({**template, "cloud": {**template.get("cloud", {}), "networking": networking}})


service = alicloud.pai.Service(
    "service",
    develop="false",
    service_config=pulumi.Output.all(network.id, group.id, *[switch.id for switch in switches]).apply(service_config),
)
pulumi.export("service", service.id)
