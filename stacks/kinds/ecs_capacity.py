"""On what a bare-metal stack runs: GPU instances of ECS, their disks and who may log in.

Facts: help centre, "RunInstances", "CreateScalingConfiguration", "Spot instances"; alicloud_ess_scaling_configuration and alicloud_instance
of terraform-provider-alicloud 1.285.0.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from stacks.kinds.bought import Bought
from stacks.part import Part

InstanceTypes = Annotated[tuple[Annotated[str, Field(pattern=r"^ecs\.[a-z0-9][A-Za-z0-9.-]+$")], ...], Field(min_length=1, max_length=10)]
DiskCategory = Literal["cloud_essd", "cloud_auto", "cloud_essd_entry"]
CATEGORIES = "cloud_essd, cloud_auto or cloud_essd_entry"


class EcsSpot(Part):
    """Instances at the market's price, taken back with five minutes' notice. What the group lacks of them is bought at the full price
    where `fallback` says so."""

    price_limit: float = Field(
        gt=0, description="the most that an instance may cost an hour, above 0, in the account's currency (CNY in China, USD elsewhere)"
    )
    fallback: bool = Field(
        default=True,
        description="true (where none is to be had at that price, instances at the full price) or false (the group stays short)",
    )


class SystemDisk(Part):
    """The disk that an instance boots from. Always encrypted."""

    category: DiskCategory = Field(default="cloud_essd", description=CATEGORIES)
    size: int = Field(default=200, ge=100, le=2048, description="GiB, 100-2048: images of engines alone take tens of GiB")


class WeightsDisk(Part):
    """The disk that the weights are kept on, where the instance type has no local NVMe. Always encrypted, gone with its instance."""

    category: DiskCategory = Field(default="cloud_essd", description=CATEGORIES)
    size: int = Field(ge=20, le=65536, description="GiB, 20-65536, more than the weights take")
    performance_level: Literal["PL0", "PL1", "PL2", "PL3"] | None = Field(
        default=None, description="PL0, PL1, PL2 or PL3, of a cloud_essd; left out: PL1, the cloud's default"
    )


class Kms(Part):
    """Where the secret with the API key is kept: in an instance of KMS, which the cloud asks for in regions without the shared one."""

    instance: str = Field(pattern=r"^kst-[a-z0-9]+$", description="the id of a KMS instance, e.g. kst-0123abc")
    key: str = Field(pattern=r"^key-[a-z0-9-]+$", description="the id of a symmetric key in that instance, e.g. key-0123abc")


class EcsCapacity(Bought):
    """GPU instances, bought by the hour (or for a term, outside benchmarks), spread over the stack's zones. A machine
    is of one of the types: which is tried first, Auto Scaling decides (the plugin hands them over as a set)."""

    instance_types: InstanceTypes = Field(
        description="a list of instance types that may be bought, the one that prices go by first, e.g. [ecs.gn8v-8x.48xlarge]"
    )
    image: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{2,127}$",
        description="an image id, e.g. aliyun_3_x64_20G_alibase_20250629.vhd, or one of yours (m-...)",
    )
    ready: bool = Field(
        default=False, description="true (the image has the GPU driver and the container toolkit) or false (they are installed at boot)"
    )
    charge_type: Literal["PostPaid", "PrePaid"] = Field(default="PostPaid", description="PostPaid (by the hour) or PrePaid (a term)")
    months: int | None = Field(default=None, ge=1, le=60, description="months of the term of PrePaid instances: 1-9, 12, 24, 36, 48 or 60")
    spot: EcsSpot | None = Field(default=None, description="a mapping with priceLimit; left out: instances that are not taken back")
    system_disk: SystemDisk = Field(default_factory=SystemDisk, description="a mapping with category and size")
    weights_disk: WeightsDisk | None = Field(
        default=None, description="a mapping with size; left out: the weights lie on the type's local NVMe disks"
    )
    ssh: tuple[str, ...] = Field(
        default=(), description="a list of ranges that may open port 22, e.g. [203.0.113.0/24]; left out: no SSH, Cloud Assistant alone"
    )
    key_pair: str | None = Field(
        default=None, pattern=r"^[A-Za-z][A-Za-z0-9:_-]{1,127}$", description="the name of a key pair of the region that exists, for ssh"
    )
    kms: Kms | None = Field(default=None, description="a mapping with instance and key; left out: the region's shared KMS")

    def machine_types(self, gpus_per_replica: int) -> tuple[str, ...]:  # noqa: ARG002
        """The types as given, in order."""
        return self.instance_types
