"""The link of an elastic IP address to what uses it: no id and no tags of its own, so it is the pair AllocationId and InstanceId
(id `<AllocationId>:<InstanceId>`, terraform-provider-alicloud 1.285.0, resource_alicloud_eip_association.go)."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, rpc_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import VPC, Part, is_going
from fourways.cleanup.wanted import Wanted


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """DescribeEipAddresses by AllocationId; the link is there as soon as InstanceId is."""
    address, instance = wanted.need("allocationId"), wanted.need("instanceId")
    for row in rpc_pages(cloud, *VPC, "DescribeEipAddresses", wanted.region, {"AllocationId": address}, "EipAddresses", "EipAddress"):
        if row.get("AllocationId") == address and row.get("InstanceId") == instance:
            yield Found(
                kind="eip-association",
                id=f"{address}:{instance}",
                name=wanted.name,
                region=wanted.region,
                free=True,
                going=is_going(row.get("Status")),
            )


PART = Part(name="eip-association", type="alicloud:ecs/eipAssociation:EipAssociation", look_up=look_up)
