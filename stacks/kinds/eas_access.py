"""Who reaches a service on PAI-EAS, by which gateway, how often, and beside which other services.

Facts: help centre, "Parameters of model services" (networking), "Use a dedicated gateway"; SDK alibabacloud-eas20210701 7.0.0
(CreateGateway, ReleaseService).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from stacks.part import Part


class Access(Part):
    """Who reaches the endpoint. The token is always checked; `public` adds the gateway's Internet address."""

    public: bool = Field(default=False, description="true or false")
    allow: tuple[str, ...] = Field(
        default=(),
        description="a list of addresses or ranges that may reach a private gateway from the Internet, e.g. [203.0.113.0/24]",
    )


class Gateway(Part):
    """A private gateway: the stack's own, or one that exists. Left out, the region's shared gateway is used, which is free."""

    instance_type: Literal["2c4g", "4c8g", "8c16g", "16c32g"] | None = Field(
        default=None, description="2c4g, 4c8g, 8c16g or 16c32g, the size of a node"
    )
    replicas: int | None = Field(default=None, ge=1, le=100, description="nodes of the gateway, 1 or more; each is billed")
    charge_type: Literal["PostPaid", "PrePaid"] = Field(default="PostPaid", description="PostPaid (by the hour) or PrePaid (a term)")
    adopt: str | None = Field(
        default=None, pattern=r"^gw-[a-z0-9]+$", description="the id of a gateway that exists (gw-...), to use instead of making one"
    )


class RequestLimits(Part):
    """The most that the gateway lets through to the service. At least one of the two."""

    requests_per_second: int | None = Field(default=None, ge=1, description="requests a second, 1 or more")
    concurrency: int | None = Field(default=None, ge=1, description="requests at once, 1 or more")


class Group(Part):
    """A service group: services behind one address, among which the traffic is divided by weight."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_]{2,62}$", description="the group's name: 3-63 lower-case letters, digits, underscores")
    live: bool = Field(description="true (takes its share of the group's traffic) or false (is reached by its own address alone)")
    weight: int | None = Field(default=None, ge=0, le=1000, description="its weight beside the weights of the others of the group, 0-1000")
