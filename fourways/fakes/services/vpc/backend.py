"""VPCs and vSwitches of one account and region: what exists, what depends on what, and how it comes and goes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any

from fourways.fakes.service import Backend
from fourways.fakes.services.tagging import Tagged, check_tags
from fourways.fakes.services.vpc.cidrs import switch_block, vpc_block
from fourways.fakes.wire.errors import CloudError

PENDING_SECONDS = 1.0  # how long a new VPC or vSwitch is Pending (assumed; the provider's own first look comes after 5 s)
DEFAULT_QUOTA = 10  # VPCs a region, the quota that the help centre states for new accounts; seed {"vpc": {"quota": n}}
DEFAULT_RESOURCE_GROUP = "rg-acfmdefault"


def new_id(prefix: str) -> str:
    return f"{prefix}-{uuid.uuid4().hex[:20]}"


@dataclass
class Vpc:
    """One VPC with its router and system route table, which come and go with it."""

    id: str
    name: str
    description: str
    block: IPv4Network
    created: float
    resource_group: str
    status: str = "Pending"
    tags: dict[str, str] = field(default_factory=dict)
    secondary: list[IPv4Network] = field(default_factory=list)
    user_cidrs: list[str] = field(default_factory=list)
    dns_hostname: str = "DISABLED"
    router_id: str = field(default_factory=lambda: new_id("vrt"))
    route_table_id: str = field(default_factory=lambda: new_id("vtb"))
    route_table_name: str = ""
    route_table_description: str = ""

    def blocks(self) -> list[IPv4Network]:
        return [self.block, *self.secondary]


@dataclass
class VSwitch:
    """One vSwitch in one zone of its VPC."""

    id: str
    vpc_id: str
    zone: str
    name: str
    description: str
    block: IPv4Network
    created: float
    status: str = "Pending"
    tags: dict[str, str] = field(default_factory=dict)


class VpcBackend(Backend):
    """State machines run on the clock: Pending -> Available."""

    def __init__(self, scope: Any) -> None:
        super().__init__(scope)
        self.vpcs: dict[str, Vpc] = {}
        self.switches: dict[str, VSwitch] = {}
        self.tokens: dict[str, str] = {}

    def inventory(self) -> list[dict[str, Any]]:
        rows = [{"kind": "vpc", "id": vpc.id, "name": vpc.name} for vpc in self.vpcs.values()]
        return rows + [{"kind": "vswitch", "id": switch.id, "name": switch.name} for switch in self.switches.values()]

    def vpc(self, vpc_id: str) -> Vpc:
        if vpc_id not in self.vpcs:
            raise CloudError(404, "InvalidVpcID.NotFound", f"Specified VPC {vpc_id} does not exist.")
        return self.vpcs[vpc_id]

    def switch(self, switch_id: str) -> VSwitch:
        if switch_id not in self.switches:
            raise CloudError(404, "InvalidVSwitchId.NotFound", f"Specified virtual switch {switch_id} does not exist.")
        return self.switches[switch_id]

    def repeated(self, token: str) -> str | None:
        """What a create with this client token made the first time, unless it has been deleted since."""
        made = self.tokens.get(token)
        return made if made in self.vpcs or made in self.switches else None

    def create_vpc(
        self, cidr: str, name: str, description: str, group: str, user_cidrs: list[str], tags: dict[str, str], token: str
    ) -> Vpc:
        if token and (made := self.repeated(token)):
            return self.vpc(made)
        block = vpc_block(cidr)
        check_tags(tags)
        quota = int(self.scope.cloud.seed.get("vpc", {}).get("quota", DEFAULT_QUOTA))
        if len(self.vpcs) >= quota:
            raise CloudError(400, "QuotaExceeded.Vpc", f"VPC quota exceeded: {quota} in {self.scope.region}.")
        vpc = Vpc(
            new_id("vpc"),
            name,
            description,
            block,
            self.scope.clock.now(),
            group or DEFAULT_RESOURCE_GROUP,
            tags=tags,
            user_cidrs=user_cidrs,
        )
        self.vpcs[vpc.id] = vpc
        self.tokens[token] = vpc.id
        self.scope.clock.after(PENDING_SECONDS, self._available, vpc.id)
        return vpc

    def delete_vpc(self, vpc_id: str) -> None:
        self.vpc(vpc_id)
        if any(switch.vpc_id == vpc_id for switch in self.switches.values()):
            raise CloudError(400, "DependencyViolation.VSwitch", "Specified object has dependent resources: vSwitches.")
        from fourways.fakes.services.ecs.backend import EcsBackend  # the two products know each other

        if any(group.vpc_id == vpc_id for group in self.scope.backend(EcsBackend).groups.values()):
            raise CloudError(400, "DependencyViolation.SecurityGroup", "Specified object has dependent resources: security groups.")
        del self.vpcs[vpc_id]

    def create_switch(self, vpc_id: str, zone: str, cidr: str, name: str, description: str, tags: dict[str, str], token: str) -> VSwitch:
        if token and (made := self.repeated(token)):
            return self.switch(made)
        vpc = self.vpc(vpc_id)
        if vpc.status != "Available":
            raise CloudError(400, "IncorrectVpcStatus", f"Current VPC status {vpc.status} does not support this operation.")
        if not zone.startswith(self.scope.region):
            raise CloudError(400, "InvalidZoneId.NotFound", f"Specified zone {zone} does not exist in {self.scope.region}.")
        others = [switch.block for switch in self.switches.values() if switch.vpc_id == vpc_id]
        block = switch_block(cidr, vpc.blocks(), others)
        check_tags(tags)
        switch = VSwitch(new_id("vsw"), vpc_id, zone, name, description, block, self.scope.clock.now(), tags=tags)
        self.switches[switch.id] = switch
        self.tokens[token] = switch.id
        self.scope.clock.after(PENDING_SECONDS, self._available, switch.id)
        return switch

    def delete_switch(self, switch_id: str) -> None:
        self.switch(switch_id)
        del self.switches[switch_id]

    def tagged(self, type_: str, resource_id: str) -> Tagged:
        """The resource that a tag call means; types are spelled in capitals (`VPC`, `VSWITCH`)."""
        return self.vpc(resource_id) if type_.upper() == "VPC" else self.switch(resource_id)

    def all_tagged(self, type_: str) -> list[tuple[str, Tagged]]:
        return [*(self.vpcs if type_.upper() == "VPC" else self.switches).items()]

    def _available(self, resource_id: str) -> None:
        resource = self.vpcs.get(resource_id) or self.switches.get(resource_id)
        if resource is not None:
            resource.status = "Available"
