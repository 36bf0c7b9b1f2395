"""encrypted-disks: system and data disks are encrypted.

Why: weights, logs and prompts lie on them, and a disk outlives its machine as a snapshot or by a mistake.
How to mend: systemDiskEncrypted / encrypted true on each disk; without a key of your own the service key of ECS is used.
Source: pulumi_alicloud 3.105.0: Instance and ScalingConfiguration have systemDiskEncrypted and dataDisks[].encrypted, EcsLaunchTemplate has
systemDisk.encrypted, EcsDisk encrypted; all false where not given. Local disks (category not cloud_...) have no such switch.
Needs known at preview: those properties, and the categories.
"""

from collections.abc import Iterator
from typing import Any

from policies.model import Parameters, Properties, Resource, ResourceRule, child, has

MACHINES = frozenset({"alicloud:ecs/instance:Instance", "alicloud:ess/scalingConfiguration:ScalingConfiguration"})
TEMPLATE = "alicloud:ecs/ecsLaunchTemplate:EcsLaunchTemplate"
DISK = "alicloud:ecs/ecsDisk:EcsDisk"
CLOUD = "cloud"
"""What the categories of disks that can be encrypted begin with."""


def check(resource: Resource, parameters: Parameters) -> Iterator[str]:  # noqa: ARG001 - it has none of its own
    """A message for each disk that is not encrypted."""
    given = resource.properties
    if resource.type in MACHINES and not _true(given, "systemDiskEncrypted"):
        yield "the system disk is not encrypted (systemDiskEncrypted)"
    if resource.type == TEMPLATE and not _true(child(given, "systemDisk"), "encrypted"):
        yield "the system disk is not encrypted (systemDisk.encrypted)"
    if resource.type == DISK and _in_the_cloud(given) and not _true(given, "encrypted"):
        yield "the disk is not encrypted (encrypted)"
    if resource.type in MACHINES | {TEMPLATE} and has(given, "dataDisks"):
        for number, disk in enumerate(given["dataDisks"]):
            if _in_the_cloud(disk) and not _true(disk, "encrypted"):
                yield f"data disk {number + 1} is not encrypted (dataDisks[{number}].encrypted)"


def _in_the_cloud(disk: Properties) -> bool:
    return not has(disk, "category") or str(disk["category"]).startswith(CLOUD)


def _true(properties: Properties, key: str) -> bool:
    value: Any = properties[key] if has(properties, key) else False
    return str(value).lower() == "true"


RULE = ResourceRule(
    name="encrypted-disks",
    description="System and data disks are encrypted.",
    mend="set systemDiskEncrypted, or encrypted of the disk, to true.",
    parameters=Parameters,
    check=check,
    needs={
        **dict.fromkeys(MACHINES, ("systemDiskEncrypted", "dataDisks")),
        TEMPLATE: ("systemDisk.encrypted", "dataDisks"),
        DISK: ("encrypted", "category"),
    },
)
