"""What a waiting service lacks, named: free GPUs of its resource group, stock of its instance types, or a price that buys spot.

On EAS a shortage is no failure: the service stays Waiting until there is room, which looks like an endless wait unless somebody says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fourways.provider.eas.api import Answer, Eas
from fourways.provider.eas.services import stock
from fourways.provider.values import Plain, at

#: The Status in ListServiceInstances of an instance that no machine has taken yet (assumed: the word is Kubernetes', no page lists them).
UNPLACED = "Pending"


@dataclass(frozen=True, kw_only=True)
class Need:
    """What a service asks of the cloud, and what to do without: `give_up` ends a wait after so many seconds of shortage."""

    config: Mapping[str, Any] = field(default_factory=dict)
    alternatives: Sequence[str] = ()
    give_up: float | None = None

    @classmethod
    def of(cls, inputs: Mapping[str, Plain]) -> Need:
        timeout = inputs.get("shortageTimeout")
        give_up = float(timeout) if inputs.get("onShortage") == "release" and isinstance(timeout, int) else None
        return cls(config=inputs["config"], alternatives=alternatives_of(inputs), give_up=give_up)


def alternatives_of(inputs: Mapping[str, Plain]) -> tuple[str, ...]:
    """The declared alternatives, as far as they are known at a preview."""
    declared = inputs.get("alternatives")
    return tuple(name for name in declared if isinstance(name, str)) if isinstance(declared, list) else ()


class Shortages:
    """Asks one region what a service could be waiting for."""

    def __init__(self, eas: Eas) -> None:
        self.eas = eas

    async def of(self, name: str, need: Need) -> str | None:
        """One sentence that names the shortage, or None when there is room, or every instance of the service has found some and is only
        loading. Raises CloudError."""
        instances = await self.eas.instances(name)
        unplaced = [instance for instance in instances if _unplaced(instance)]
        if instances and not unplaced:
            return None
        return await self.of_one_more(need) or await self._nowhere(need, len(unplaced))

    async def _nowhere(self, need: Need, count: int) -> str | None:
        """Instances without a machine although DescribeMachineSpec has stock: of all zones and not at each price."""
        offers = stock.offers(need.config)
        if not count or not offers or at(need.config, ("metadata", "resource")):
            return None
        found = await stock.look_up(self.eas, [*stock.types_of(need.config), *need.alternatives])
        where = ", ".join(
            f"{found.listed([offer.type])}{f' at {offer.limit:g} USD/hour or less' if offer.limit is not None else ''}" for offer in offers
        )
        dear = "; raise spot_price_limit, or end the list with a type without one" if all(one.limit is not None for one in offers) else ""
        return f"no machine yet for {count} of its instances on {where}{dear}{stock.alternatives_text(found, need.alternatives)}"

    async def of_one_more(self, need: Need) -> str | None:
        """The same for an instance that does not exist yet."""
        metadata = need.config.get("metadata")
        metadata = metadata if isinstance(metadata, Mapping) else {}
        group, types = metadata.get("resource"), stock.types_of(need.config)
        found = await self._in_group(group, metadata) if isinstance(group, str) and group.startswith("eas-r-") else None
        if found is None and group:
            return None  # there is room in it, or nobody can tell
        return await self._in_stock(types, need.alternatives, found) if types else found

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

    async def _in_stock(self, types: list[str], alternatives: Sequence[str], group: str | None) -> str | None:
        """`group`: the shortage in the resource group that overflows to these types."""
        found = await stock.look_up(self.eas, [*types, *alternatives])
        if len(found.short(types)) < len(types):
            return None
        other = stock.alternatives_text(found, alternatives) or "; or name another instance type or region"
        before = f"{group}; and " if group else "shortage: "
        return f"{before}no stock of {found.listed(types)}: it starts when there is{other}"


def _unplaced(instance: Answer) -> bool:
    """Whether no machine has taken it yet: one that pulls its image may be pending, too, and has a host."""
    return instance.get("Status") == UNPLACED and not instance.get("HostIP")


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _short(value: float) -> str:
    return f"{value:g}"
