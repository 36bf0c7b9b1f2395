"""The machines behind a load balancer as clients meet them: an address that answers, since as many as it takes are healthy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.bare_metal.load_balancer import LoadBalancer
from components.engine_command import PORT
from fourways.provider import resources


@dataclass(frozen=True, kw_only=True)
class ServersArgs:
    """Behind which load balancer, and which machines: a scaling group's, which it puts there itself, or named ones."""

    region: str
    balancer: LoadBalancer
    #: A domain name that clients call instead of the load balancer's own.
    domain: str | None
    #: How many of them have to be healthy.
    healthy: int
    #: Ids of machines that are named one by one; put behind the load balancer, and those before them taken out once these are healthy.
    fixed: pulumi.Input[Sequence[str]] | None
    #: Ids of a scaling group's machines: when they are others, it is looked again.
    grouped: pulumi.Output[Sequence[str]] | None
    #: How long a machine may take until it serves.
    start_seconds: int


class Servers(pulumi.ComponentResource):
    """Waits until the machines serve, and gives the address."""

    #: Without a slash at its end.
    address: pulumi.Output[str]
    #: The load balancer's own name.
    dns_name: pulumi.Output[str]

    def __init__(self, name: str, args: ServersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fourways:components:Servers", name, None, opts)
        patience = f"{2 * args.start_seconds}s"
        endpoint = resources.AlbEndpoint(
            f"{name}-endpoint",
            region=args.region,
            load_balancer_id=args.balancer.load_balancer_id,
            listener_port=args.balancer.port,
            protocol=args.balancer.protocol,
            server_group_id=args.balancer.server_group_id,
            healthy=args.healthy,
            servers=args.fixed,
            port=PORT if args.fixed is not None else None,
            triggers={"machines": args.grouped.apply(",".join)} if args.grouped is not None else None,
            opts=pulumi.ResourceOptions(parent=self, custom_timeouts=pulumi.CustomTimeouts(create=patience, update=patience)),
        )
        scheme, domain = args.balancer.protocol.lower(), args.domain
        # On the fake nobody's CNAME record leads anywhere: there it is called where it is.
        self.address = pulumi.Output.all(endpoint.address, endpoint.target).apply(
            lambda found: f"{scheme}://{domain}" if domain and found[1] == "cloud" else str(found[0])
        )
        # What the CNAME record has to say.
        self.dns_name = endpoint.dns_name
        self.register_outputs({"address": self.address, "dns_name": self.dns_name})
