"""On what a service of kind `eas` runs, one class a source.

Facts: help centre, "Parameters of model services" (cloud.computing, metadata.resource, quota_id), "Elastic resource pool",
"Work with the public resource group"; SDK alibabacloud-eas20210701 7.0.0 (CreateResource, CreateVirtualResource).
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Discriminator, Field

from fourways.catalog import instance_types
from stacks.kinds.bought import Bought
from stacks.part import Part

InstanceTypes = Annotated[tuple[Annotated[str, Field(pattern=r"^(ecs|ml)\.[a-z0-9][A-Za-z0-9.-]+$")], ...], Field(min_length=1)]
TYPES = "a list of instance types, the preferred one first, e.g. [ml.gu8tef.8.46xlarge]"
DEFAULT_SHORTAGE_MINUTES = 30


class Spot(Part):
    """Machines at the market's price, which the cloud takes back when it needs them or the price passes the limit."""

    price_limit: float = Field(gt=0, description="the most that a machine may cost in USD an hour, above 0")
    protection: bool = Field(
        default=True, description="true (kept for its first hour whatever the market does) or false (about 10 % cheaper)"
    )
    fallback: bool = Field(
        default=False, description="true (where none is to be had at that price, the same types at the full price) or false (it waits)"
    )


def public_entries(types: tuple[str, ...], spot: Spot | None) -> list[dict[str, str | float]]:
    """The list of public machine types as cloud.computing.instances has it. With a price limit a type is a spot machine. Spot and regular
    machines may stand in one list, in their order ('Specify preemptible instances'); that a type may do so twice is assumed."""
    regular: list[dict[str, str | float]] = [{"type": name} for name in types]
    if spot is None:
        return regular
    return [*({**entry, "spot_price_limit": spot.price_limit} for entry in regular), *(regular if spot.fallback else [])]


class PublicCapacity(Bought):
    """Public pay-as-you-go machines, one a replica, billed while the service runs. Types are tried in order."""

    source: Literal["public"]
    instance_types: InstanceTypes = Field(description=TYPES)
    spot: Spot | None = Field(default=None, description="a mapping with priceLimit; left out: machines that are not taken back")
    on_shortage: Literal["wait", "release"] = Field(
        default="wait",
        description="wait (for stock; when the time of the run is over the service stays, and is billed once there is some) or release "
        "(give up after shortageMinutes and delete the service)",
    )
    shortage_minutes: int | None = Field(
        default=None, ge=1, le=1440, description="minutes without stock before the service is released, 1-1440, 30 where left out"
    )

    @property
    def patience_seconds(self) -> int | None:
        """Seconds without stock after which the service is released; None where it waits without end."""
        return None if self.on_shortage == "wait" else 60 * (self.shortage_minutes or DEFAULT_SHORTAGE_MINUTES)

    def machine_types(self, gpus_per_replica: int) -> tuple[str, ...]:  # noqa: ARG002
        """The types as given, in order."""
        return self.instance_types


class GroupCapacity(Bought):
    """Dedicated machines of a resource group, billed from their purchase; `burst` adds public ones when they are full."""

    more: ClassVar[str] = "capacity.machines"

    source: Literal["resource-group"]
    instance_type: str = Field(pattern=r"^(ecs|ml)\.[a-z0-9][A-Za-z0-9.-]+$", description="an instance type, e.g. ecs.gn8v-8x.48xlarge")
    machines: int = Field(ge=1, le=100, description="machines, 1-100")
    charge_type: Literal["PostPaid", "PrePaid"] = Field(default="PostPaid", description="PostPaid (by the hour) or PrePaid (a term)")
    system_disk_size: int = Field(default=200, ge=200, le=2000, description="GiB of system disk a machine, 200-2000")
    adopt: str | None = Field(
        default=None,
        pattern=r"^eas-r-[a-z0-9]+$",
        description="the id of a resource group that exists (eas-r-...), to run on instead of buying one",
    )
    burst: InstanceTypes | None = Field(default=None, description=f"{TYPES}, used (and billed) when the group is full")

    def machine_types(self, gpus_per_replica: int) -> tuple[str, ...]:  # noqa: ARG002
        """The group's type, then those that it bursts to."""
        return (self.instance_type, *(self.burst or ()))

    def machine_gpus(self, gpus_per_replica: int) -> int:
        """GPUs of one machine; of a type that the catalogue does not have, assumed to be those of one replica."""
        known = instance_types.find(self.instance_type)
        return known.gpus if known else gpus_per_replica

    def room(self, gpus_per_replica: int) -> int | None:
        """Replicas that run on the group at once; None where what does not fit goes to public machines."""
        return None if self.burst else self.machines * (self.machine_gpus(gpus_per_replica) // gpus_per_replica)


class QuotaCapacity(Bought):
    """A resource quota that exists: Lingjun, or general-purpose computing. What is free in it, only the cloud knows."""

    source: Literal["quota"]
    quota: str = Field(pattern=r"^quota[A-Za-z0-9-]+$", description="the id of a resource quota, e.g. quota1a2b3c")
    quota_type: Literal["Lingjun"] | None = Field(
        default=None, description="Lingjun, for a quota of Lingjun machines; left out for general-purpose computing"
    )
    priority: int | None = Field(default=None, ge=1, le=9, description="1 (lowest) to 9, who goes first when the quota is full")


class VirtualCapacity(Bought):
    """A virtual resource group that exists: public machines, quotas and dedicated groups, by priority."""

    source: Literal["virtual-resource-group"]
    id: str = Field(pattern=r"^eas-vr-[a-z0-9]+$", description="the id of a virtual resource group, e.g. eas-vr-1a2b3c")


EasCapacity = Annotated[PublicCapacity | GroupCapacity | QuotaCapacity | VirtualCapacity, Discriminator("source")]
