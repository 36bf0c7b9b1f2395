"""no-public-ip-on-gpu-machines: a GPU machine has no address of the Internet.

Why: an engine's port behind such an address is one security group rule away from everybody, without TLS, and a GPU machine is what miners
look for.
How to mend: internetMaxBandwidthOut 0 and no allocatePublicIp; let clients in through a load balancer, and the machine out through a NAT
gateway; log in by Cloud Assistant.
Source: pulumi_alicloud 3.105.0, Instance, EcsLaunchTemplate, ScalingConfiguration: an instance gets a public address where
internetMaxBandwidthOut is above 0. Families with GPUs: help centre, "GPU-accelerated compute-optimized and
vGPU-accelerated instance families".
Needs known at preview: the instance types and internetMaxBandwidthOut. An EIP that is bound by hand later is not seen.
"""

import re
from collections.abc import Iterator

from pydantic import Field

from policies.model import Parameters, Resource, ResourceRule, has

TYPES = frozenset(
    {
        "alicloud:ecs/instance:Instance",
        "alicloud:ecs/ecsLaunchTemplate:EcsLaunchTemplate",
        "alicloud:ess/scalingConfiguration:ScalingConfiguration",
    }
)


class GpuParameters(Parameters):
    """Which instance types count."""

    families: str = Field(
        default=r"ecs\.(ebm|scc)?(gn|vgn|sgn)[0-9]",
        description="A regular expression: what the names of instance types with GPUs begin with.",
    )


def check(resource: Resource, parameters: GpuParameters) -> Iterator[str]:
    """A message when a machine with GPUs gets a public address."""
    if resource.type not in TYPES:
        return
    given = resource.properties
    types = [str(given["instanceType"])] if has(given, "instanceType") else []
    types += [str(type_) for type_ in given["instanceTypes"]] if has(given, "instanceTypes") else []
    gpu = next((type_ for type_ in types if re.match(parameters.families, type_)), None)
    if gpu is None:
        return
    if has(given, "internetMaxBandwidthOut") and float(given["internetMaxBandwidthOut"]) > 0:
        yield f"{gpu} gets a public address: internetMaxBandwidthOut is {float(given['internetMaxBandwidthOut']):g}"
    elif has(given, "allocatePublicIp") and str(given["allocatePublicIp"]).lower() == "true":
        yield f"{gpu} gets a public address: allocatePublicIp is true"


RULE = ResourceRule(
    name="no-public-ip-on-gpu-machines",
    description="A GPU machine has no address of the Internet.",
    mend="set internetMaxBandwidthOut to 0 and let clients in through a load balancer.",
    parameters=GpuParameters,
    check=check,
    needs=dict.fromkeys(TYPES, ("instanceType", "instanceTypes", "internetMaxBandwidthOut", "allocatePublicIp")),
)
