"""What ALB holds in one account and region."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Backend, Scope
from fourways.fakes.services.alb.acls import Acls
from fourways.fakes.services.alb.balancing import Traffic
from fourways.fakes.services.alb.jobs import Jobs
from fourways.fakes.services.alb.listeners import Listeners
from fourways.fakes.services.alb.load_balancers import LoadBalancer, LoadBalancers
from fourways.fakes.services.alb.rules import Rule, Rules
from fourways.fakes.services.alb.server_groups import ServerGroups, Template
from fourways.fakes.services.shared.requests import ClientTokens
from fourways.fakes.services.shared.resources import Collection, inventory_rows


class AlbBackend(Backend):
    """State of ALB; `taggable` names what tag calls may name."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.tokens = ClientTokens()
        self.traffic = Traffic()
        self.jobs = Jobs(scope)
        self.load_balancers = LoadBalancers(self)
        self.listeners = Listeners(self)
        self.rules = Rules(self)
        self.server_groups = ServerGroups(self)
        self.acls = Acls(self)
        self.templates: Collection[Template] = Collection(scope, "alb", "health check template", "ResourceNotFound.HealthCheckTemplate")

    def taggable(self) -> dict[str, Collection[Any]]:
        return {
            "loadbalancer": self.load_balancers,
            "listener": self.listeners,
            "servergroup": self.server_groups,
            "acl": self.acls,
            "rule": self.rules,
            "healthchecktemplate": self.templates,
        }

    def inventory(self) -> list[dict[str, Any]]:
        collections: dict[str, Collection[Any]] = {
            "alb": self.load_balancers,
            "alb-listener": self.listeners,
            "alb-rule": self.rules,
            "alb-server-group": self.server_groups,
            "alb-acl": self.acls,
            "alb-health-check-template": self.templates,
        }
        return inventory_rows(collections)

    def dependents(self, id: str) -> list[str]:
        """Load balancers in a vSwitch or a security group or with shared bandwidth, listeners with a certificate."""
        balancers = [
            one.id for one in self.load_balancers if id in (*one.groups, one.bandwidth_package, *(zone.vswitch_id for zone in one.zones))
        ]
        return balancers + [one.id for one in self.listeners if id in one.certificates]

    def addresses(self, vswitch_id: str) -> set[str]:
        return {zone.ip for balancer in self.load_balancers for zone in balancer.zones if zone.vswitch_id == vswitch_id}

    def listeners_with(self, server_group: str) -> list[str]:
        """Ids of the listeners that send requests to a server group by default."""
        return [listener.id for listener in self.listeners if any(target["ServerGroupId"] == server_group for target in listener.targets)]

    def balancers_with(self, server_group: str) -> list[LoadBalancer]:
        """Load balancers that send requests to a server group, by default or by rule."""
        listeners = {*self.listeners_with(server_group), *(rule.listener for rule in self.rules_with(server_group))}
        return [self.load_balancers[id] for id in sorted({self.listeners[listener].load_balancer for listener in listeners})]

    def rules_with(self, server_group: str) -> list[Rule]:
        """Rules that send requests to a server group."""
        return [rule for rule in self.rules if server_group in rule.groups()]
