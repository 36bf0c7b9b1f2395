"""What the fake remembers about private gateways: the gateway, the VPCs that it is linked to, and whom its access lists let in."""

from __future__ import annotations

from dataclasses import dataclass, field

INTERNET = ""  # the access list of the Internet endpoint; those of VPCs stand under the VPC's id

# Statuses of a gateway: SDK documentation of DescribeGateway. Its `Deleted` is not shown: what is gone is not found.
CREATING, WAITING, RUNNING, STOPPED, DELETING, FAILED = "Creating", "Waiting", "Running", "Stopped", "Deleting", "Failed"
CLOSED = "Deleted"  # InternetStatus where there is no Internet access


@dataclass
class VpcLink:
    """An endpoint of the gateway inside a VPC: it takes an address of the vSwitch as long as it is there."""

    vpc_id: str
    vswitch_id: str
    ip: str
    authoritative_dns: bool = False
    status: str = CREATING


@dataclass
class Gateway:
    """One private gateway. `replicas` are its nodes; `acl` has the lists, each from an address or CIDR block to its comment."""

    id: str
    name: str
    account: str
    region: str
    instance_type: str
    replicas: int
    charge_type: str
    created: float
    updated: float
    resource: str = ""
    auto_renewal: bool = False
    intranet: bool = True
    internet_status: str = CLOSED
    ssl_redirection: bool = False
    is_default: bool = False
    status: str = CREATING
    expires: float | None = None
    links: dict[str, VpcLink] = field(default_factory=dict)  # by VPC
    acl: dict[str, dict[str, str]] = field(default_factory=dict)
    domains: dict[tuple[str, str], str] = field(default_factory=dict)  # (domain, internet or intranet) -> id of its certificate
    hidden_until: float = 0.0

    @property
    def internet(self) -> bool:
        """Whether Internet access is wanted, on its way or there."""
        return self.internet_status in (CREATING, RUNNING)

    @property
    def serves(self) -> bool:
        """Whether requests pass. They do while its size changes too (assumed: nodes are exchanged one by one)."""
        return self.status in (RUNNING, WAITING)
