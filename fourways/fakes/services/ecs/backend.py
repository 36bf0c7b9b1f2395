"""What ECS holds in one account and region: instances and their parts, key pairs, security groups and prefix lists."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

from fourways.fakes.service import Backend, Scope
from fourways.fakes.services.ecs.disks import Disks
from fourways.fakes.services.ecs.instances import Instances
from fourways.fakes.services.ecs.key_pairs import KeyPairs
from fourways.fakes.services.ecs.launch_templates import LaunchTemplates
from fourways.fakes.services.ecs.machines.machines import Machines
from fourways.fakes.services.ecs.network_interfaces import NetworkInterfaces
from fourways.fakes.services.ecs.prefix_lists import PrefixLists
from fourways.fakes.services.ecs.security_groups import SecurityGroups
from fourways.fakes.services.ecs.snapshots import Snapshots
from fourways.fakes.services.ecs.spot import Interruptions
from fourways.fakes.services.shared.requests import ClientTokens
from fourways.fakes.services.shared.resources import Collection, inventory_rows
from fourways.fakes.services.vpc.backend import VpcBackend
from fourways.fakes.services.vpc.eips import Eip
from fourways.fakes.wire.errors import CloudError

_FIRST_PUBLIC = int(IPv4Address("198.19.0.1"))  # RFC 2544: never somebody's real address; elastic ones begin at 198.18.0.1


class EcsBackend(Backend):
    """State of ECS; `taggable` names what tag calls may name."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.tokens = ClientTokens()
        self.prefix_lists = PrefixLists(scope)
        self.security_groups = SecurityGroups(scope)
        self.key_pairs = KeyPairs(scope)
        self.launch_templates = LaunchTemplates(scope)
        self.disks = Disks(self)
        self.snapshots = Snapshots(self)
        self.network_interfaces = NetworkInterfaces(self)
        self.instances = Instances(self)
        self.machines = Machines(self)
        self.interruptions = Interruptions(self)
        self.zones_down: set[str] = set()
        self._public_given = 0

    def taggable(self) -> dict[str, Collection[Any]]:
        return {
            "securitygroup": self.security_groups,
            "instance": self.instances,
            "disk": self.disks,
            "snapshot": self.snapshots,
            "eni": self.network_interfaces,
            "keypair": self.key_pairs,
            "launchtemplate": self.launch_templates,
        }

    def inventory(self) -> list[dict[str, Any]]:
        collections: dict[str, Collection[Any]] = {
            "instance": self.instances,
            "disk": self.disks,
            "snapshot": self.snapshots,
            "network-interface": self.network_interfaces,
            "key-pair": self.key_pairs,
            "launch-template": self.launch_templates,
            "security-group": self.security_groups,
            "prefix-list": self.prefix_lists,
        }
        return inventory_rows(collections)

    def dependents(self, id: str) -> list[str]:
        """Instances and interfaces in a vSwitch or a security group."""
        return [
            interface.instance_id or interface.id
            for interface in self.network_interfaces
            if id == interface.vswitch_id or id in interface.groups
        ]

    def addresses(self, vswitch_id: str) -> set[str]:
        return {ip for interface in self.network_interfaces if interface.vswitch_id == vswitch_id for ip in interface.ips}

    def public_address(self) -> str:
        """The next public address of an instance."""
        self._public_given += 1
        return str(IPv4Address(_FIRST_PUBLIC + self._public_given))

    def eip_of(self, instance_id: str) -> Eip | None:
        return next((eip for eip in self.scope.backend(VpcBackend).eips if eip.instance_id == instance_id), None)

    def detach_eips(self, instance_id: str) -> None:
        """The elastic IP address of what is gone; it stays allocated, and billed."""
        eip = self.eip_of(instance_id)
        if eip is not None:
            self.scope.backend(VpcBackend).eips.detach(eip.id)

    def check_eip_target(self, id: str, type: str) -> None:
        """Raises unless the instance or interface can take an elastic IP address: help centre, AssociateEipAddress."""
        if type == "NetworkInterface":
            self.network_interfaces[id]
        else:
            instance = self.instances[id]
            if instance.status not in ("Running", "Stopped"):
                raise CloudError(400, "IncorrectInstanceStatus", f"The status of the instance is {instance.status}.")
            if instance.public_ip:
                raise CloudError(400, "InvalidAssociation.PublicIpOccupied", "The instance has a public IP address already.")
        if self.eip_of(id) is not None:
            raise CloudError(400, "InvalidAssociation.Duplicated", f"{id} has an elastic IP address already.")
