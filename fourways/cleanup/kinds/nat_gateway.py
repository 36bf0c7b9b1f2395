"""NAT gateways: DescribeNatGateways by tag; DeleteNatGateway with Force, which takes its SNAT entries and lets go of its addresses
(documented for DeleteNatGateway, VPC 2016-04-28; not seen on the cloud)."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import VPC_VERSION, Kind, asked_tags, described, moment, priced


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Gateways with the project's tag."""
    for row, tags in described(cloud, region, project, "DescribeNatGateways", "NatGateways", "NatGateway", id_="NatGatewayId"):
        yield Found(
            kind="nat-gateway",
            id=str(row["NatGatewayId"]),
            name=str(row.get("Name") or ""),
            region=region,
            tags=tags or asked_tags(cloud, region, "NATGATEWAY", str(row["NatGatewayId"])),
            created=moment(row.get("CreationTime")),
            price=priced("nat-gateway", "instance", region, str(row.get("InstanceChargeType") or "PostPaid")),
        )


def delete(cloud: Cloud, found: Found) -> None:
    """Asynchronous: it is gone when it is no longer listed."""
    cloud.call("vpc", VPC_VERSION, "DeleteNatGateway", {"NatGatewayId": found.id, "Force": "true"}, found.region)


KIND = Kind(name="nat-gateway", order=40, list=find, delete=delete)
