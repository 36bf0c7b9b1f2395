"""Application Load Balancer: the address of a listener whose servers answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from fourways.provider.names import ENDPOINT_TYPE
from fourways.provider.resources.attributes import output

#: Outputs beyond its inputs; the schema is tested against them.
ENDPOINT_OUTPUTS = ("address", "dnsName", "healthyServers", "account", "target")


class AlbEndpoint(pulumi.CustomResource):
    """The address of an ALB listener, once enough servers behind it are healthy (`fourways:alb:Endpoint`).

    Made, or updated (`healthy`, `server_group_id`, `servers` or any of `triggers` changed), it waits for `healthy` servers (1).

    Without `servers` it touches nothing, and a delete changes nothing in the cloud. With `servers` (ids of ECS instances) and their `port`
    the server group is the endpoint's: it adds them, waits until they are healthy, and then takes out whatever else is in the group, so
    that clients move without a gap; a delete takes them out. Import by `REGION/alb-.../PORT`. Timeouts: `opts.custom_timeouts`.
    """

    region: pulumi.Output[str] = output("region")
    load_balancer_id: pulumi.Output[str] = output("loadBalancerId")
    #: `https://HOST` or `https://HOST:PORT`, without a slash at its end; on the fake it has a path.
    address: pulumi.Output[str] = output("address")
    #: The load balancer's host name.
    dns_name: pulumi.Output[str] = output("dnsName")
    #: How many servers were healthy when it was looked at last.
    healthy_servers: pulumi.Output[int] = output("healthyServers")
    #: The account that it was made in.
    account: pulumi.Output[str] = output("account")
    #: The target that it was made on: `fake` or `cloud`.
    target: pulumi.Output[str] = output("target")

    def __init__(
        self,
        resource_name: str,
        *,
        region: pulumi.Input[str],
        load_balancer_id: pulumi.Input[str],
        listener_port: pulumi.Input[int],
        protocol: pulumi.Input[str],
        server_group_id: pulumi.Input[str],
        healthy: pulumi.Input[int] | None = None,
        servers: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        port: pulumi.Input[int] | None = None,
        triggers: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties: dict[str, Any] = {
            "region": region,
            "loadBalancerId": load_balancer_id,
            "listenerPort": listener_port,
            "protocol": protocol,
            "serverGroupId": server_group_id,
            "healthy": healthy,
            "servers": servers,
            "port": port,
            "triggers": triggers,
        }
        super().__init__(ENDPOINT_TYPE, resource_name, properties | dict.fromkeys(ENDPOINT_OUTPUTS), opts)
