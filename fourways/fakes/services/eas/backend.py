"""All of PAI-EAS in one account and region."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from fourways.fakes.service import Backend, Scope
from fourways.fakes.services.eas import errors
from fourways.fakes.services.eas.deployment import service_config
from fourways.fakes.services.eas.deployment.lifecycle import Lifecycle
from fourways.fakes.services.eas.deployment.service_groups import ServiceGroups
from fourways.fakes.services.eas.gateways.gateways import Gateways
from fourways.fakes.services.eas.machines.groups import Groups
from fourways.fakes.services.eas.placement.interruptions import Interruptions
from fourways.fakes.services.eas.records import Group, Service, VirtualGroup
from fourways.fakes.services.eas.scaling.scaling import Scaling


class EasBackend(Backend):
    """Services by name, dedicated and virtual resource groups by id, in the order of their creation."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.services: dict[str, Service] = {}
        self.groups: dict[str, Group] = {}
        self.virtual_groups: dict[str, VirtualGroup] = {}
        self._made = 0
        self.lifecycle = Lifecycle(self)
        self.machines = Groups(self)
        self.interruptions = Interruptions(self)
        self.gateways = Gateways(self)
        self.service_groups = ServiceGroups(self)
        self.scaling = Scaling(self)

    def new_id(self, prefix: str, length: int = 12) -> str:
        """A new id, the same in each run that makes the same calls."""
        self._made += 1
        text = f"{self.scope.account}/{self.scope.region}/{prefix}/{self._made}"
        return prefix + hashlib.sha256(text.encode()).hexdigest()[:length]

    def new_token(self) -> str:
        return base64.b64encode(self.new_id("", 40).encode()).decode()

    def forget(self, service: Service) -> None:
        """The service is gone."""
        del self.services[service.name]
        self.service_groups.settle()

    def service(self, name: str) -> Service:
        """The service of this name; 404 when there is none, or when a `lag` fault still hides it."""
        found = self.services.get(name)
        if found is None or found.hidden_until > self.scope.clock.now():
            raise errors.service_not_found(name)
        return found

    def service_of(self, uid: str) -> Service | None:
        return next((service for service in self.services.values() if service.uid == uid), None)

    def group(self, name: str) -> Group:
        """The resource group of this id or name; 404 when there is none."""
        found = self.groups.get(name) or next((group for group in self.groups.values() if group.name == name), None)
        if found is None or found.hidden_until > self.scope.clock.now():
            raise errors.group_not_found(name)
        return found

    def virtual_group(self, group_id: str) -> VirtualGroup:
        """The virtual resource group of this id; 404 when there is none."""
        if group_id not in self.virtual_groups:
            raise errors.group_not_found(group_id)
        return self.virtual_groups[group_id]

    def services_of(self, group: Group | VirtualGroup) -> list[Service]:
        return [service for service in self.services.values() if service.group in (group.id, group.name)]

    def users_of_network(self, network_id: str) -> list[str]:
        """Names of the services and ids of the groups and gateways that are connected through this vSwitch or security group, or to this
        VPC."""
        services = [
            service.name
            for service in self.services.values()
            if any(network_id in str(value).split(",") for value in service_config.networking(service.config).values())
        ]
        groups = [group.id for group in self.groups.values() if group.d_link and network_id in group.d_link.values()]
        gateways = [
            gateway.id
            for gateway in self.gateways.items.values()
            if any(network_id in (link.vpc_id, link.vswitch_id) for link in gateway.links.values())
        ]
        return services + groups + gateways

    def dependents(self, id: str) -> list[str]:
        return self.users_of_network(id)

    def addresses(self, vswitch_id: str) -> set[str]:
        links = [link for gateway in self.gateways.items.values() for link in gateway.links.values()]
        return {link.ip for link in links if link.vswitch_id == vswitch_id}

    def inventory(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = [
            {"kind": "eas-service", "id": service.name, "uid": service.uid, "status": service.status} for service in self.services.values()
        ]
        for group in self.groups.values():
            rows.append({"kind": "eas-resource-group", "id": group.id, "machines": len(group.machines)})
            rows += [
                {"kind": "eas-dedicated-machine", "id": machine.id, "group": group.id, "status": machine.status}
                for machine in group.machines.values()
            ]
        rows += [{"kind": "eas-virtual-resource-group", "id": group.id} for group in self.virtual_groups.values()]
        for gateway in self.gateways.items.values():
            rows.append({"kind": "eas-gateway", "id": gateway.id, "name": gateway.name, "status": gateway.status})
            rows += [{"kind": "eas-gateway-link", "id": link.vpc_id, "gateway": gateway.id} for link in gateway.links.values()]
        return rows + [{"kind": "eas-service-group", "id": name} for name in self.service_groups.items]
