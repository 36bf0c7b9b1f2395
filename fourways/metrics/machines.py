"""The machines of a stack as they are now: by their tags, since a scaling group makes others than a state knows."""

from __future__ import annotations

from fourways.cleanup.cloud import Cloud, RealCloud, rpc_pages
from fourways.cloud import ownership
from fourways.metrics.prometheus import Machine


def machines(project: str, stack: str, region: str, cloud: Cloud | None = None) -> list[Machine]:
    """Those that have an address, running or booting: DescribeInstances (ECS 2014-05-26) by tag. Raises CloudError."""
    wanted = {
        "Tag.1.Key": ownership.PROJECT,
        "Tag.1.Value": project,
        "Tag.2.Key": ownership.STACK,
        "Tag.2.Value": stack,
    }
    found = rpc_pages(
        cloud or RealCloud(), "ecs", "2014-05-26", "DescribeInstances", region, wanted, "Instances", "Instance", id_="InstanceId"
    )
    return [
        Machine(id=str(row["InstanceId"]), address=addresses[0], zone=str(row.get("ZoneId") or ""))
        for row in found
        if (addresses := ((row.get("VpcAttributes") or {}).get("PrivateIpAddress") or {}).get("IpAddress"))
    ]
