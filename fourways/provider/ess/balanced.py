"""Which instances of a scaling group its load balancers do not find healthy: for Auto Scaling one is in service as soon as it runs, long
before a model is loaded, so that nobody may be let go by its word alone."""

from __future__ import annotations

from fourways.cloud import answers
from fourways.provider.alb.balancer_calls import BalancerCalls
from fourways.provider.alb.health import health
from fourways.provider.rpc import Answer


class Balancers:
    """The ALB server groups of the scaling groups of one region."""

    def __init__(self, calls: BalancerCalls) -> None:
        self.calls = calls

    async def troubled(self, group: Answer, instances: list[Answer]) -> dict[str, str]:
        """Why instances in service are not healthy, by their ids. Raises CloudError."""
        here = [str(one["InstanceId"]) for one in instances if one.get("LifecycleState") == "InService"]
        found: dict[str, str] = {}
        for server_group in _server_groups(group) if here else []:
            rows = await self.calls.servers(server_group) or []
            there = {str(row["ServerId"]) for row in rows}
            found |= {one: "not behind the load balancer yet" for one in here if one not in there}
            for listener in await self.calls.listeners_of(server_group):
                seen = health(server_group, rows, await self.calls.health(listener))
                found |= {server.id: server.why for server in seen.troubled if seen.forwarded}
        return found


def _server_groups(group: Answer) -> list[str]:
    """`AlbServerGroups.AlbServerGroup[]` of DescribeScalingGroups."""
    groups = group.get("AlbServerGroups")
    rows = groups.get("AlbServerGroup") if isinstance(groups, dict) else None
    found = [answers.text(row.get("AlbServerGroupId")) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return [one for one in found if one]
