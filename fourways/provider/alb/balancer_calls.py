"""The operations on load balancers that the provider calls (Alb 2020-06-16; SDK alibabacloud-alb20200616 1.3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from fourways.cloud import answers
from fourways.provider.rpc import Answer, RpcCalls, naming

#: All servers are alike.
_WEIGHT = 100
#: GetListenerHealthStatus gives at most 30 a page, and a listener is one row.
_LISTENERS_A_PAGE, _SERVERS_A_PAGE, _HEALTH_A_PAGE = 100, 100, 30


class BalancerCalls(RpcCalls):
    """Load balancers of one region. Every method raises CloudError."""

    product: ClassVar[str] = "alb"
    version: ClassVar[str] = "2020-06-16"

    async def balancer(self, balancer: str) -> Answer | None:
        """GetLoadBalancerAttribute; None when there is none."""
        action = "GetLoadBalancerAttribute"
        return await self.again(action, {"LoadBalancerId": balancer}, expect=naming(action, "DNSName"))

    async def listener(self, balancer: str, port: int) -> Answer | None:
        """ListListeners: the one of this port; None when there is none."""
        rows = await self.token_pages(
            "ListListeners", {"LoadBalancerIds": [balancer]}, "Listeners", id_="ListenerId", size=_LISTENERS_A_PAGE
        )
        return next((row for row in rows or [] if answers.whole(row.get("ListenerPort")) == port), None)

    async def listeners_of(self, group: str) -> list[str]:
        """ListServerGroups: the listeners that forward to a server group (RelatedListenerIds)."""
        rows = await self.token_pages(
            "ListServerGroups", {"ServerGroupIds": [group]}, "ServerGroups", id_="ServerGroupId", size=_LISTENERS_A_PAGE
        )
        found = [row.get("RelatedListenerIds") for row in rows or [] if row["ServerGroupId"] == group]
        return sorted({str(one) for ids in found if isinstance(ids, list) for one in ids})

    async def servers(self, group: str) -> list[Answer] | None:
        """ListServerGroupServers, all pages; None when there is no such group."""
        return await self.token_pages("ListServerGroupServers", {"ServerGroupId": group}, "Servers", id_="ServerId", size=_SERVERS_A_PAGE)

    async def health(self, listener: str) -> Answer | None:
        """GetListenerHealthStatus, forwarding rules too; None when there is no such listener."""
        action = "GetListenerHealthStatus"
        request = {"ListenerId": listener, "IncludeRule": True, "MaxResults": _HEALTH_A_PAGE}
        return await self.again(action, request, expect=lambda found: answers.listed(action, found, "ListenerHealthStatus"))

    async def add(self, group: str, servers: Sequence[str], port: int) -> None:
        """AddServersToServerGroup, which goes on after its answer. One try, unless it surely did not happen."""
        rows = [{"ServerId": one, "ServerType": "Ecs", "Port": port, "Weight": _WEIGHT} for one in servers]
        await self.once("AddServersToServerGroup", {"ServerGroupId": group, "Servers": rows})

    async def remove(self, group: str, servers: Sequence[Answer]) -> None:
        """RemoveServersFromServerGroup, which goes on after its answer. One try, unless it surely did not happen."""
        rows = [{name: one.get(name) for name in ("ServerId", "ServerType", "Port", "ServerIp") if one.get(name)} for one in servers]
        await self.once("RemoveServersFromServerGroup", {"ServerGroupId": group, "Servers": rows})
