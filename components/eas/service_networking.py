"""How a service of PAI-EAS is reached and limited, and the VPC that it sees, as its JSON says it. Pure.

Field names: help centre, "Parameters of model services" (cloud.networking, networking).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi

from stacks.kinds.eas_access import RequestLimits


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """The network that a replica joins, and the private gateway in front of it."""

    vpc_id: pulumi.Input[str]
    #: With commas.
    vswitch_ids: pulumi.Input[str]
    security_group_id: pulumi.Input[str]
    #: `gw-...`; None behind the region's shared gateway.
    gateway_id: pulumi.Input[str] | None = None


def vpc(around: Surroundings) -> dict[str, Any]:
    """cloud.networking."""
    return {"vpc_id": around.vpc_id, "vswitch_id": around.vswitch_ids, "security_group_id": around.security_group_id}


def networking(around: Surroundings, *, public: bool, limits: RequestLimits | None) -> dict[str, Any]:
    """networking; empty, and to be left out, for a public service without limits: that is what puts it behind the shared gateway."""
    found: dict[str, Any] = {} if around.gateway_id is None else {"gateway": around.gateway_id}
    if not public:
        found["disable_internet_endpoint"] = True
    if limits is not None:
        found["gateway_policy"] = {
            key: {"enable": True, "limit": value}
            for key, value in (("rate_limit", limits.requests_per_second), ("concurrency_limit", limits.concurrency))
            if value is not None
        }
    return found
