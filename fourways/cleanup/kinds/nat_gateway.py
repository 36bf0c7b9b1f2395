"""NAT gateways: DescribeNatGateways by tag; DeleteNatGateway with Force, which takes its SNAT entries and lets go of its addresses
(documented for DeleteNatGateway, VPC 2016-04-28; not seen on the cloud)."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, Record, rpc_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import VPC, VPC_VERSION, Kind, asked_tags, described, is_going, moment, named, priced, tags_of
from fourways.cleanup.wanted import Wanted


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Gateways with the project's tag."""
    for row in described(cloud, region, project, "DescribeNatGateways", "NatGateways", "NatGateway", id_="NatGatewayId"):
        yield _found(cloud, row, region)


def everything(cloud: Cloud, region: str) -> Iterator[Found]:
    """All of the region, with the tags that the list shows."""
    for row in rpc_pages(cloud, *VPC, "DescribeNatGateways", region, {}, "NatGateways", "NatGateway", id_="NatGatewayId"):
        yield _found(None, row, region)


def delete(cloud: Cloud, found: Found) -> None:
    """Asynchronous: it is gone when it is no longer listed."""
    cloud.call("vpc", VPC_VERSION, "DeleteNatGateway", {"NatGatewayId": found.id, "Force": "true"}, found.region)


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """By exact name and VPC."""
    name = wanted.need("natGatewayName")
    for row in named(
        cloud,
        VPC,
        wanted,
        "DescribeNatGateways",
        ("NatGateways", "NatGateway"),
        "Name",
        name,
        id_="NatGatewayId",
        Name=name,
        VpcId=wanted.need("vpcId"),
    ):
        yield _found(cloud, row, wanted.region)


def _found(cloud: Cloud | None, row: Record, region: str) -> Found:
    return Found(
        kind="nat-gateway",
        id=str(row["NatGatewayId"]),
        name=str(row.get("Name") or ""),
        region=region,
        tags=tags_of(row) or (asked_tags(cloud, region, "NATGATEWAY", str(row["NatGatewayId"])) if cloud else {}),
        created=moment(row.get("CreationTime")),
        going=is_going(row.get("Status")),
        price=priced("nat-gateway", "instance", region, str(row.get("InstanceChargeType") or "PostPaid")),
    )


KIND = Kind(name="nat-gateway", order=40, list=find, delete=delete, look_up=look_up, everything=everything)
