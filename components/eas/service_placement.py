"""Where a service of PAI-EAS runs, as its JSON says it, one function a source of capacity. Pure.

Field names and rules: help centre, "Parameters of model services" (metadata, cloud.computing) and "Elastic resource pool".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi

from fourways.catalog.instance_types import find
from stacks.kinds.eas_capacity import GroupCapacity, PublicCapacity, QuotaCapacity, Spot, VirtualCapacity, public_entries

USABLE_SHARE = 0.9
"""Assumed: share of a machine's vCPUs and memory that services may ask for; EAS runs its own agents on the rest."""
SHARED_MEMORY_GB_PER_GPU = 16
"""Assumed: tensor parallel ranks exchange through /dev/shm."""
VCPUS_PER_GPU, MEMORY_MB_PER_GPU = 7, 27648
"""Assumed, and asked for where nobody here knows the machine: what any machine with GPUs in the catalogue can spare for one of them."""


@dataclass(frozen=True, kw_only=True)
class Placement:
    """The parts of a service JSON that say on what a replica runs."""

    metadata: Mapping[str, Any]
    #: cloud.computing; None where there are no public machines.
    computing: Mapping[str, Any] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def on_group(resource_id: pulumi.Input[str], instance_type: str, gpus: int, burst: tuple[str, ...] = ()) -> Placement:
    """On the machines of a resource group, and with `burst` on public ones when those are full.

    The share of the machine is asked for in so many words: the scheduler packs replicas by it, and public machines take no notice.
    """
    return Placement(
        metadata={"resource": resource_id, **({"resource_burstable": True} if burst else {}), **_share(instance_type, gpus)},
        computing=_public(burst, None) if burst else None,
    )


def on_public(capacity: PublicCapacity, gpus: int) -> Placement:
    """On public machines, one a replica: the type says how large, so only shared memory is asked for."""
    return Placement(metadata={"shm_size": SHARED_MEMORY_GB_PER_GPU * gpus}, computing=_public(capacity.instance_types, capacity.spot))


def on_quota(capacity: QuotaCapacity, gpus: int) -> Placement:
    """On a resource quota. `options.priority` as in a public repository's Lingjun deployment (a number)."""
    kind = {} if capacity.quota_type is None else {"quota_type": capacity.quota_type}
    options = {} if capacity.priority is None else {"priority": capacity.priority}
    return Placement(metadata={"quota_id": capacity.quota, **kind, **_share(None, gpus)}, options=options)


def on_virtual(capacity: VirtualCapacity, gpus: int) -> Placement:
    """On a virtual resource group. That it stands in metadata.resource, as a group of machines does, is assumed: no page says it."""
    return Placement(metadata={"resource": capacity.id, **_share(None, gpus)})


def _public(types: tuple[str, ...], spot: Spot | None) -> dict[str, Any]:
    """cloud.computing; the page asks for the protection to be said with spot."""
    protection = {} if spot is None else {"disable_spot_protection_period": not spot.protection}
    return {"instances": public_entries(types, spot), **protection}


def _share(instance_type: str | None, gpus: int) -> dict[str, int]:
    """GPUs of a replica with its part of the machine's vCPUs and memory (MB)."""
    machine = find(instance_type) if instance_type else None
    share = USABLE_SHARE * gpus / machine.gpus if machine else 0
    return {
        "gpu": gpus,
        "cpu": math.floor(machine.vcpus * share) if machine else VCPUS_PER_GPU * gpus,
        "memory": math.floor(machine.memory_gib * 1024 * share) if machine else MEMORY_MB_PER_GPU * gpus,
        "shm_size": SHARED_MEMORY_GB_PER_GPU * gpus,
    }


def place(
    capacity: GroupCapacity | PublicCapacity | QuotaCapacity | VirtualCapacity, gpus: int, resource_id: pulumi.Input[str]
) -> Placement:
    """The placement on whatever source; `resource_id` is that of the group where there is one."""
    match capacity:
        case GroupCapacity():
            return on_group(resource_id, capacity.instance_type, gpus, capacity.burst or ())
        case PublicCapacity():
            return on_public(capacity, gpus)
        case QuotaCapacity():
            return on_quota(capacity, gpus)
        case VirtualCapacity():
            return on_virtual(capacity, gpus)
