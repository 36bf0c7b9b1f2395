"""What the Basic edition lacks: help centre, "Edition Feature Comparison" of ALB, and the official SDK's CreateServerGroup. Code: assumed.

Server groups belong to no load balancer: what a Basic one cannot do is refused where the two are brought together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.alb.load_balancers import LoadBalancer
    from fourways.fakes.services.alb.server_groups import ServerGroup

_CONDITIONS = ("QueryString", "Cookie", "Method", "SourceIp")
_ACTIONS = ("Rewrite", "FixedResponse", "InsertHeader", "RemoveHeader", "TrafficLimit", "TrafficMirror", "Cors")


def check_group(balancer: LoadBalancer, group: ServerGroup) -> None:
    """Raises 400 where the load balancer cannot serve the group as it is set."""
    wanted = {
        "ConnectionDrain": group.drain["ConnectionDrainEnabled"],
        "SlowStart": group.slow_start["SlowStartEnabled"],
        "CrossZone": not group.cross_zone,
        "BackendHTTPS": group.protocol == "HTTPS",
    }
    _refuse(balancer, [name for name, asked in wanted.items() if asked])


def check_rule(balancer: LoadBalancer, conditions: list[dict[str, Any]], actions: list[dict[str, Any]]) -> None:
    """Raises 400 where the load balancer has no such condition or action."""
    kinds = [condition["Type"] for condition in conditions if condition["Type"] in _CONDITIONS]
    _refuse(balancer, kinds + [action["Type"] for action in actions if action["Type"] in _ACTIONS])


def _refuse(balancer: LoadBalancer, features: list[str]) -> None:
    if balancer.edition == "Basic" and features:
        raise CloudError(
            400,
            f"UnsupportedFeature.{features[0]}",
            f"The load balancer {balancer.id} of the Basic edition does not support {', '.join(features)}.",
        )
