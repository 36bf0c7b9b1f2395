"""What CloudMonitor holds for one account: contacts, groups and rules know no region (CloudMonitor 1.0 has one list of each; assumed)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from fourways.fakes.service import Backend, Scope
from fourways.fakes.wire.errors import CloudError

Levels = dict[str, dict[str, str]]
_KEPT = 3600.0
"""Seconds of what is reported: the longest period of an alarm of Auto Scaling is 900."""


@dataclass
class Contact:
    """Who is told. An address of `mail` counts only once its owner has followed the link in the letter (`confirmed`): until then the API
    does not show it (the provider's page on alicloud_cms_alarm_contact)."""

    name: str
    created: float
    describe: str = ""
    mail: str = ""
    sms: str = ""
    ding_webhook: str = field(default="", repr=False)  # whoever has it may post
    ali_im: str = ""
    lang: str = ""
    confirmed: bool = False


@dataclass
class ContactGroup:
    name: str
    created: float
    contacts: list[str] = field(default_factory=list)
    describe: str = ""
    subscribed: bool = False


@dataclass
class Rule:
    """A threshold rule. `settings` are the wire's own fields; `levels` the escalations by level: Critical, Warn, Info."""

    id: str
    settings: dict[str, Any]
    levels: Levels
    labels: dict[str, str]
    enabled: bool = True
    targets: list[dict[str, str]] = field(default_factory=list)


@dataclass
class EventRule:
    """A rule on system events. `settings` as the API shows them; `targets` what it tells, by list and by id."""

    settings: dict[str, Any]
    targets: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)


@dataclass
class MonitorGroup:
    """An application group."""

    id: int
    name: str
    created: float
    contact_groups: list[str] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Series:
    """What a custom metric is told from others by. `group` is the application group's id, or 0 for none; dimensions are sorted."""

    group: str
    name: str
    dimensions: tuple[tuple[str, str], ...]


class CmsBackend(Backend):
    """Nothing in it is billed: alerts by mail and webhook are free, of text messages only those sent are charged, and what reported raw
    values cost is in no price list that is known here."""

    is_global = True

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.contacts: dict[str, Contact] = {}
        self.groups: dict[str, ContactGroup] = {}
        self.rules: dict[str, Rule] = {}
        self.event_rules: dict[str, EventRule] = {}
        self.monitor_groups: dict[int, MonitorGroup] = {}
        self.last_group = 0
        #: Moment (epoch seconds) and value of what was reported in the last hour.
        self.reported: dict[Series, list[tuple[float, float]]] = {}

    def inventory(self) -> list[dict[str, Any]]:
        named: dict[str, Iterable[str]] = {
            "cms-contact": self.contacts,
            "cms-contact-group": self.groups,
            "cms-event-rule": self.event_rules,
        }
        rows: list[dict[str, Any]] = [{"kind": kind, "id": name, "name": name} for kind, held in named.items() for name in held]
        return [
            *rows,
            *({"kind": "cms-rule", "id": rule.id, "name": rule.settings["RuleName"], "tags": rule.labels} for rule in self.rules.values()),
            *(
                {"kind": "cms-monitor-group", "id": str(group.id), "name": group.name, "tags": group.tags}
                for group in self.monitor_groups.values()
            ),
        ]

    def monitor_group(self, id: str) -> MonitorGroup:
        """By the id as it stands in a request."""
        found = self.monitor_groups.get(int(id)) if id.isdecimal() else None
        if found is None:
            raise CloudError(404, "ResourceNotFound", f"The application group {id} does not exist.")
        return found

    def put(self, series: Series, moment: float, value: float, now: float) -> None:
        kept = [(when, what) for when, what in self.reported.get(series, []) if when > now - _KEPT]
        self.reported[series] = [*kept, (moment, value)]

    def values(self, series: Series, since: float) -> list[float]:
        """What was reported after `since`, in epoch seconds."""
        return [value for moment, value in self.reported.get(series, []) if moment > since]

    def forget(self, group: str) -> None:
        self.reported = {series: values for series, values in self.reported.items() if series.group != group}

    def contact(self, name: str) -> Contact:
        if name not in self.contacts:
            raise CloudError(404, "ContactNotExists", f"The alert contact {name} does not exist.")
        return self.contacts[name]

    def rule(self, id: str) -> Rule:
        if id not in self.rules:
            raise CloudError(404, "ResourceNotFound", f"The alert rule {id} does not exist.")
        return self.rules[id]

    def remove_contact(self, name: str) -> None:
        """It leaves its groups too: that a member may be deleted is assumed, no source refuses it."""
        del self.contacts[self.contact(name).name]
        for group in self.groups.values():
            group.contacts = [member for member in group.contacts if member != name]

    def remove_group(self, name: str) -> None:
        """Rules that name it keep the name: that a group in use may be deleted is assumed, no source refuses it."""
        if self.groups.pop(name, None) is None:
            raise CloudError(404, "ContactGroupNotExists", f"The alert contact group {name} does not exist.")
