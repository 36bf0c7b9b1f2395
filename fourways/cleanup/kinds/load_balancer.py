"""Classic load balancers (SLB): billed from CreateLoadBalancer on, tagged by a second call. Looked up by exact name."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Part, moment, named, tags_of
from fourways.cleanup.wanted import Wanted

SLB = ("slb", "2014-05-15")


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """DescribeLoadBalancers by LoadBalancerName."""
    name = wanted.get("loadBalancerName") or wanted.need("name")
    where = ("LoadBalancers", "LoadBalancer")
    for row in named(cloud, SLB, wanted, "DescribeLoadBalancers", where, "LoadBalancerName", name, LoadBalancerName=name):
        yield Found(
            kind="load-balancer",
            id=str(row["LoadBalancerId"]),
            name=name,
            region=wanted.region,
            tags=tags_of(row),
            created=moment(row.get("CreateTime")),
        )


PART = Part(name="load-balancer", type="alicloud:slb/applicationLoadBalancer:ApplicationLoadBalancer", look_up=look_up)
