"""A private gateway of PAI-EAS in front of a stack's service: billed by its nodes while it exists, with or without requests.

Its Internet address answers over https alone: a token must not cross the Internet in clear. A VPC is linked only to a gateway that has no
Internet address, where it is the one way in: a link is billed by the hour, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from fourways.provider import resources
from stacks.kinds.eas_access import Gateway


@dataclass(frozen=True, kw_only=True)
class PrivateGatewayArgs:
    """How large it is, and whom it lets in."""

    region: str
    #: What it is called in the cloud.
    name: str
    gateway: Gateway
    public: bool
    #: Addresses and ranges that reach it from the Internet; empty: all.
    allow: Sequence[str]
    #: The VPC from whose inside it is reached when it is not public, by this vSwitch.
    vpc_id: pulumi.Input[str]
    vswitch_id: pulumi.Input[str]
    protect: bool = False


class PrivateGateway(pulumi.ComponentResource):
    """One gateway of the stack's own."""

    #: `gw-...`, what a service's `networking.gateway` names.
    gateway_id: pulumi.Output[str]

    def __init__(self, name: str, args: PrivateGatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fourways:components:PrivateGateway", name, None, opts)
        if args.gateway.instance_type is None:
            raise TypeError("a gateway that is adopted is not made")
        made = resources.EasGateway(
            f"{name}-gateway",
            region=args.region,
            name=args.name,
            instance_type=args.gateway.instance_type,
            replicas=args.gateway.replicas,
            charge_type=args.gateway.charge_type,
            enable_internet=args.public,
            enable_intranet=True,
            ssl_redirection=args.public,
            allowed_cidrs=list(args.allow) or None,
            linked_vpcs=None if args.public else [{"vpcId": args.vpc_id, "vSwitchId": args.vswitch_id}],
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        self.gateway_id = made.gateway_id
        self.register_outputs({"gateway_id": self.gateway_id})
