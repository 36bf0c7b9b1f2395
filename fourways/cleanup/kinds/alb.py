"""Application load balancers (ALB): billed from CreateLoadBalancer on, tagged by a second call. Looked up by exact name and VPC; the
project makes none yet, so sweep has no business with them."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, token_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Part, moment
from fourways.cleanup.wanted import Wanted
from fourways.cloud import ownership

ALB = ("alb", "2020-06-16")


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """ListLoadBalancers by LoadBalancerNames.1 and VpcIds.1; its Tags are the list itself (alibaba-cloud-sdk-go 1.63.107, services/alb)."""
    name, vpc = wanted.need("loadBalancerName"), wanted.need("vpcId")
    asked = {"LoadBalancerNames": [name], "VpcIds": [vpc]}
    for row in token_pages(cloud, *ALB, "ListLoadBalancers", wanted.region, asked, "LoadBalancers", id_="LoadBalancerId"):
        if row.get("LoadBalancerName") == name:
            yield Found(
                kind="alb",
                id=str(row["LoadBalancerId"]),
                name=name,
                region=wanted.region,
                tags=ownership.from_list(row.get("Tags")),
                created=moment(row.get("CreateTime")),
            )


PART = Part(name="alb", type="alicloud:alb/loadBalancer:LoadBalancer", look_up=look_up)
