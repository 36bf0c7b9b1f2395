"""Elastic network interfaces: an instance's primary one, which lives and dies with it, and those that are made and attached."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from ipaddress import IPv4Network, ip_address
from typing import TYPE_CHECKING

from fourways.fakes.services.shared.resources import Collection, Resource, new_id
from fourways.fakes.services.vpc.backend import VpcBackend
from fourways.fakes.services.vpc.vswitches import VSwitch
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.ecs.backend import EcsBackend

ATTACH_SECONDS = 1.0  # made up
MOST_GROUPS = 5  # security groups of an interface; help centre, ECS "Limits" (5, up to 16 on request)


@dataclass(kw_only=True)
class NetworkInterface(Resource):
    """`ips` are private IPv4 addresses, the primary one first."""

    vpc_id: str
    vswitch_id: str
    zone: str
    groups: list[str]
    ips: list[str]
    mac: str
    type: str = "Secondary"
    instance_id: str = ""
    ipv6: list[str] = field(default_factory=list)
    traffic_mode: str = "Standard"
    queues: int = 2
    queue_pairs: int = 0
    card_index: int = 0
    source_dest_check: bool = False
    delete_on_release: bool = True


class NetworkInterfaces(Collection[NetworkInterface]):
    """The interfaces of one account and region."""

    def __init__(self, backend: EcsBackend) -> None:
        super().__init__(backend.scope, "ecs", "network interface", "InvalidEniId.NotFound")
        self._backend = backend

    def new(self, vswitch_id: str, groups: list[str], ip: str = "", ips: list[str] | None = None) -> NetworkInterface:
        """Checked, not yet kept."""
        vswitch = self._scope.backend(VpcBackend).vswitches[vswitch_id]
        if vswitch.status != "Available":
            raise CloudError(400, "IncorrectVSwitchStatus", f"The status of the vSwitch is {vswitch.status}.")
        self.check_groups(groups, vswitch.vpc_id)
        made = NetworkInterface(
            id=new_id("eni-", 20),
            created=self._scope.clock.now(),
            vpc_id=vswitch.vpc_id,
            vswitch_id=vswitch_id,
            zone=vswitch.zone,
            groups=list(groups),
            ips=[self.pick(vswitch, ip)],
            mac="00:16:3e:" + ":".join(secrets.token_hex(1) for _ in range(3)),
        )
        self.assign(made, ips or [], 0)
        return made

    def check_groups(self, groups: list[str], vpc_id: str) -> None:
        """Security groups that exist, in this VPC, all of one type, and not too many."""
        found = [self._backend.security_groups[id] for id in groups]
        for group in found:
            if group.vpc_id != vpc_id:
                raise CloudError(403, "InvalidParameter.Conflict", f"The security group {group.id} is not in the VPC {vpc_id}.")
        if len({group.type for group in found}) > 1:
            raise CloudError(403, "InvalidOperation.MultiSecurityGroupType", "Security groups of two types cannot be used together.")
        if len(groups) > MOST_GROUPS:
            raise CloudError(403, "SecurityGroupInstanceLimitExceed", f"At most {MOST_GROUPS} security groups are allowed.")

    def pick(self, vswitch: VSwitch, wanted: str = "") -> str:
        """`wanted` where it is a free address of the vSwitch, else the lowest free one."""
        vpc = self._scope.backend(VpcBackend)
        if not wanted:
            if vpc.vswitches.free_addresses(vswitch) < 1:
                raise CloudError(403, "InvalidVSwitchId.IpNotEnough", f"The vSwitch {vswitch.id} has no free address.")
            return vpc.free_ip(vswitch)
        try:
            inside = ip_address(wanted) in IPv4Network(vswitch.cidr)
        except ValueError:
            inside = False
        if not inside:
            raise CloudError(400, "InvalidPrivateIpAddress.Malformed", f"{wanted} is not an address of {vswitch.cidr}.")
        if wanted in vpc.taken_ips(vswitch.id):
            raise CloudError(403, "InvalidIPAddress.AlreadyUsed", f"The specified IP address {wanted} is already used.")
        return wanted

    def assign(self, interface: NetworkInterface, wanted: list[str], count: int) -> list[str]:
        """More private addresses: those wanted, then `count` free ones."""
        vswitch = self._scope.backend(VpcBackend).vswitches[interface.vswitch_id]
        added: list[str] = []
        taken = set(interface.ips)
        for address in [*wanted, *[""] * count]:
            if address in taken:
                raise CloudError(403, "InvalidIPAddress.AlreadyUsed", f"The specified IP address {address} is already used.")
            picked = self.pick(vswitch, address)
            if not address and picked in taken:  # the interface is not kept yet, so nothing else knows of its addresses
                hosts = IPv4Network(vswitch.cidr).hosts()
                held = self._scope.backend(VpcBackend).taken_ips(vswitch.id)
                picked = next(str(host) for host in hosts if str(host) not in taken | held)
            taken.add(picked)
            interface.ips.append(picked)
            added.append(picked)
        return added

    def unassign(self, interface: NetworkInterface, addresses: list[str]) -> None:
        for address in addresses:
            if address not in interface.ips[1:]:
                raise CloudError(404, "InvalidIp.IpUnassigned", f"{address} is no secondary address of {interface.id}.")
        interface.ips = [address for address in interface.ips if address not in addresses]

    def move(self, interface: NetworkInterface, vswitch_id: str, ip: str, groups: list[str]) -> None:
        """To another vSwitch or another primary address; `groups` where the VPC changes."""
        vswitch = self._scope.backend(VpcBackend).vswitches[vswitch_id]
        if vswitch.zone != interface.zone:
            raise CloudError(400, "InvalidVSwitchId.NotInSameZone", f"The vSwitch {vswitch_id} is not in {interface.zone}.")
        self.check_groups(groups or interface.groups, vswitch.vpc_id)
        if vswitch_id != interface.vswitch_id or (ip and ip != interface.ips[0]):
            interface.ips = [self.pick(vswitch, ip)]
        interface.vpc_id, interface.vswitch_id, interface.groups = vswitch.vpc_id, vswitch_id, list(groups or interface.groups)

    def of(self, instance_id: str) -> list[NetworkInterface]:
        """The primary one first."""
        return sorted((found for found in self if found.instance_id == instance_id), key=lambda found: found.type != "Primary")

    def attach(self, interface: NetworkInterface, instance_id: str) -> None:
        instance = self._backend.instances[instance_id]
        if interface.status != "Available":
            raise CloudError(403, "InvalidOperation.InvalidEniState", f"The status of the interface is {interface.status}.")
        if instance.status not in ("Running", "Stopped"):
            raise CloudError(403, "InvalidOperation.InvalidEcsState", f"The status of the instance is {instance.status}.")
        if interface.zone != instance.zone:
            raise CloudError(403, "InvalidOperation.AvailabilityZoneMismatch", "The instance and the interface are in different zones.")
        interface.instance_id, interface.status = instance_id, "Attaching"
        self.settle(interface, "AttachNetworkInterface", ATTACH_SECONDS, "InUse")

    def detach(self, interface: NetworkInterface) -> None:
        if interface.type == "Primary":
            raise CloudError(403, "InvalidOperation.InvalidEniType", "A primary network interface cannot be detached.")
        if interface.status != "InUse":
            raise CloudError(403, "InvalidOperation.InvalidEniState", f"The status of the interface is {interface.status}.")
        interface.status = "Detaching"
        self.later(interface.id, "DetachNetworkInterface", ATTACH_SECONDS, self.let_go)

    def let_go(self, id: str) -> None:
        if id in self._items:
            self._items[id].status, self._items[id].instance_id = "Available", ""

    def delete(self, id: str) -> None:
        interface = self[id]
        if interface.type == "Primary":
            raise CloudError(403, "InvalidOperation.InvalidEniType", "A primary network interface goes with its instance.")
        if interface.status != "Available":
            raise CloudError(403, "InvalidOperation.InvalidEniState", f"The status of the interface is {interface.status}.")
        self.remove_later(interface, "DeleteNetworkInterface", ATTACH_SECONDS)
