"""What a waiting service lacks, named: free GPUs of its resource group, or stock of its instance types.

On EAS a shortage is no failure: the service stays Waiting until there is room, which looks like an endless wait unless somebody says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourways.provider.eas.api import Eas

#: StockStatus values of DescribeMachineSpec (alibabacloud-eas20210701 7.0.0) that mean nothing is to be had now.
NO_STOCK = ("NoStock",)
#: The Status in ListServiceInstances of an instance that no machine has taken yet (assumed: the word is Kubernetes', no page lists them).
UNPLACED = "Pending"


class Shortages:
    """Asks one region what a service JSON could be waiting for."""

    def __init__(self, eas: Eas) -> None:
        self.eas = eas

    async def of(self, name: str, config: Mapping[str, Any]) -> str | None:
        """One sentence that names the shortage, or None when there is room, or every instance of the service has found some and is only
        loading. Raises CloudError."""
        instances = await self.eas.instances(name)
        if instances and not any(instance.get("Status") == UNPLACED for instance in instances):
            return None
        return await self.of_one_more(config)

    async def of_one_more(self, config: Mapping[str, Any]) -> str | None:
        """The same for an instance that does not exist yet."""
        metadata = config.get("metadata")
        metadata = metadata if isinstance(metadata, Mapping) else {}
        group = metadata.get("resource")
        if isinstance(group, str) and group.startswith("eas-r-"):
            return await self._in_group(group, metadata)
        types = instance_types(config)
        return await self._in_stock(types) if types else None

    async def _in_group(self, group: str, metadata: Mapping[str, Any]) -> str | None:
        answer = await self.eas.describe_group(group)
        if answer is None:
            return f"resource group {group} does not exist (any more)"
        total, used = _number(answer.get("GpuCount")), _number(answer.get("GpuUsed"))
        wanted = _number(metadata.get("gpu")) or 0
        if total is None or used is None or not wanted or total - used >= wanted:
            return None
        return (
            f"shortage: resource group {group} has {_short(total - used)} of {_short(total)} GPUs free, each instance needs "
            f"{_short(wanted)}: raise instanceCount of the group, or lower metadata.instance or metadata.gpu"
        )

    async def _in_stock(self, types: list[str]) -> str | None:
        specs = {str(spec.get("InstanceType")): spec for spec in await self.eas.machine_specs(types)}
        states = {name: str(specs[name].get("StockStatus")) if name in specs else "not offered here" for name in types}
        if any(state not in (*NO_STOCK, "not offered here") for state in states.values()):
            return None
        listed = ", ".join(f"{name} ({state})" for name, state in states.items())
        return f"shortage: no stock of {listed}: it starts when there is, or name another instance type or region"


def instance_types(config: Mapping[str, Any]) -> list[str]:
    """The public instance types of a service JSON: cloud.computing.instances[].type, or instance_type."""
    cloud = config.get("cloud")
    computing = cloud.get("computing") if isinstance(cloud, Mapping) else None
    if not isinstance(computing, Mapping):
        return []
    listed = computing.get("instances")
    found = [str(entry["type"]) for entry in listed if isinstance(entry, Mapping) and entry.get("type")] if isinstance(listed, list) else []
    single = computing.get("instance_type")
    return found or ([str(single)] if single else [])


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _short(value: float) -> str:
    return f"{value:g}"
