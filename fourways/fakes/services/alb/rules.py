"""Forwarding rules of a listener, in the order of their priorities; what none of them takes goes the listener's default way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fourways.fakes.services.alb import editions
from fourways.fakes.services.shared.resources import Collection, Resource, new_id
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.alb.backend import AlbBackend

SECONDS = 1.0  # made up: any change
TYPE = "rule"
ENDS = ("ForwardGroup", "Redirect", "FixedResponse")  # a rule has one of them, and it is the last (help centre, CreateRule)
OTHERS = ("Rewrite", "InsertHeader", "RemoveHeader", "TrafficLimit", "TrafficMirror", "Cors")


@dataclass(kw_only=True)
class Rule(Resource):
    """Statuses are the API's: Provisioning, Configuring, Available. Actions are in the order in which they are done."""

    listener: str
    priority: int
    conditions: list[dict[str, Any]]
    actions: list[dict[str, Any]]

    def groups(self) -> list[str]:
        """Server groups that it sends requests to."""
        return [target["ServerGroupId"] for target in self.actions[-1].get("ForwardGroupConfig", {}).get("ServerGroupTuples", [])]


class Rules(Collection[Rule]):
    """The rules of one account and region."""

    def __init__(self, backend: AlbBackend) -> None:
        super().__init__(backend.scope, "alb", "rule", "ResourceNotFound.Rule")
        self._backend = backend

    def of(self, listener: str) -> list[Rule]:
        return sorted((rule for rule in self._items.values() if rule.listener == listener), key=lambda rule: rule.priority)

    def new(self, listener: str, priority: int) -> Rule:
        """Not yet checked nor kept."""
        now = self._scope.clock.now()
        return Rule(
            id=new_id("rule-", 18), created=now, status="Provisioning", listener=listener, priority=priority, conditions=[], actions=[]
        )

    def check(self, rule: Rule) -> None:
        """The codes are assumed."""
        if any(other.priority == rule.priority and other.id != rule.id for other in self.of(rule.listener)):
            raise CloudError(400, "Conflict.Priority", f"The listener {rule.listener} has a rule of priority {rule.priority} already.")
        kinds = [action["Type"] for action in rule.actions]
        if not kinds or kinds[-1] not in ENDS or set(kinds[:-1]) & set(ENDS):
            raise CloudError(400, "IllegalParam.RuleActions", f"A rule ends with one of {', '.join(ENDS)}, and has no other of them.")
        balancer = self._backend.load_balancers[self._backend.listeners[rule.listener].load_balancer]
        editions.check_rule(balancer, rule.conditions, rule.actions)
        for group in rule.groups():
            editions.check_group(balancer, self._backend.server_groups[group])

    def create(self, rule: Rule) -> str:
        """Keeps it; returns the job's id."""
        self.add(rule)
        return self.changed(rule, "CreateRule")

    def changed(self, rule: Rule, api: str) -> str:
        job = self._backend.jobs.start(api, TYPE, rule.id)
        self.later(rule.id, api, SECONDS, self._settled, job)
        return job

    def _settled(self, id: str, job: str) -> None:
        if id in self._items:
            self._items[id].status = "Available"
        self._backend.jobs.finish(job)

    def delete(self, id: str) -> str:
        """At once: the alicloud plugin does not wait for it."""
        self.remove(self[id].id)
        job = self._backend.jobs.start("DeleteRule", TYPE, id)
        self.later(id, "DeleteRule", SECONDS, self._settled, job)
        return job

    def drop_of(self, listener: str) -> None:
        for rule in self.of(listener):
            self.remove(rule.id)
