"""Elastic IP addresses: DescribeEipAddresses by tag; UnassociateEipAddress where something still holds it, then ReleaseEipAddress.
After the NAT gateways, whose forced deletion frees theirs."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, Record, rpc_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import VPC, VPC_VERSION, Kind, asked_tags, described, is_going, moment, named, priced, tags_of
from fourways.cleanup.wanted import Wanted
from fourways.cloud import answers


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Addresses with the project's tag."""
    for row in described(cloud, region, project, "DescribeEipAddresses", "EipAddresses", "EipAddress", id_="AllocationId"):
        yield _found(cloud, row, region)


def everything(cloud: Cloud, region: str) -> Iterator[Found]:
    """All of the region, with the tags that the list shows."""
    for row in rpc_pages(cloud, *VPC, "DescribeEipAddresses", region, {}, "EipAddresses", "EipAddress", id_="AllocationId"):
        yield _found(None, row, region)


def delete(cloud: Cloud, found: Found) -> None:
    """One step at a time: an address that is still held is let go, and released when asked again."""
    for row in _rows(cloud, found):
        if row.get("InstanceId"):
            held = {"AllocationId": found.id, "InstanceId": row["InstanceId"], "InstanceType": row.get("InstanceType")}
            cloud.call("vpc", VPC_VERSION, "UnassociateEipAddress", held, found.region)
        else:
            cloud.call("vpc", VPC_VERSION, "ReleaseEipAddress", {"AllocationId": found.id}, found.region)


def _rows(cloud: Cloud, found: Found) -> list[Record]:
    answer = cloud.call("vpc", VPC_VERSION, "DescribeEipAddresses", {"AllocationId": found.id}, found.region)
    return list(answers.listed("DescribeEipAddresses", answer, "EipAddresses", "EipAddress", id_="AllocationId"))


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """By exact name."""
    name = wanted.need("addressName")
    for row in named(
        cloud, VPC, wanted, "DescribeEipAddresses", ("EipAddresses", "EipAddress"), "Name", name, id_="AllocationId", EipName=name
    ):
        yield _found(cloud, row, wanted.region)


def _found(cloud: Cloud | None, row: Record, region: str) -> Found:
    return Found(
        kind="eip",
        id=str(row["AllocationId"]),
        name=str(row.get("Name") or row.get("IpAddress") or ""),
        region=region,
        tags=tags_of(row) or (asked_tags(cloud, region, "EIP", str(row["AllocationId"])) if cloud else {}),
        created=moment(row.get("AllocationTime")),
        going=is_going(row.get("Status")),
        price=priced("eip", "instance", region, str(row.get("ChargeType") or "PostPaid")),
    )


KIND = Kind(name="eip", order=50, list=find, delete=delete, look_up=look_up, everything=everything)
