"""What ESS holds in one account and region."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Backend, Scope
from fourways.fakes.services.ess.alarms import Alarms
from fourways.fakes.services.ess.configurations import Configurations
from fourways.fakes.services.ess.groups import ScalingGroups
from fourways.fakes.services.ess.hooks import Hooks
from fourways.fakes.services.ess.rules import Rules
from fourways.fakes.services.ess.schedules import Tasks
from fourways.fakes.services.shared.requests import ClientTokens
from fourways.fakes.services.shared.resources import Collection, inventory_rows


class EssBackend(Backend):
    """State of ESS; `taggable` names what tag calls may name."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.tokens = ClientTokens()
        self.configurations = Configurations(scope)
        self.hooks = Hooks(scope)
        self.rules = Rules(self)
        self.alarms = Alarms(self)
        self.tasks = Tasks(self)
        self.groups = ScalingGroups(self)

    def taggable(self) -> dict[str, Collection[Any]]:
        return {"scalinggroup": self.groups}

    def inventory(self) -> list[dict[str, Any]]:
        collections: dict[str, Collection[Any]] = {
            "scaling-group": self.groups,
            "scaling-configuration": self.configurations,
            "lifecycle-hook": self.hooks,
            "scaling-rule": self.rules,
            "scaling-alarm": self.alarms,
            "scheduled-task": self.tasks,
        }
        return inventory_rows(collections)

    def dependents(self, id: str) -> list[str]:
        """Configurations that name a security group."""
        return [item.id for item in self.configurations if id in item.groups]

    def forget(self, group_id: str) -> None:
        """What goes with a scaling group. That scheduled tasks of its rules do too is assumed."""
        aris = {rule.ari for rule in self.rules.of(group_id)}
        for task in [task for task in self.tasks if task.group_id == group_id or task.action in aris]:
            self.tasks.remove(task.id)
        for collection in (self.configurations, self.hooks, self.rules):
            for item in collection.of(group_id):
                collection.remove(item.id)
        for alarm in [alarm for alarm in self.alarms if alarm.group_id == group_id]:
            self.alarms.remove(alarm.id)
