"""Who is told when a deployment is not well, and where its logs are kept: CloudMonitor contacts and alarms, a log project and store.

Which alarms there are, `monitoring.py` says of services on PAI-EAS, and `machine_monitoring.py` of machines. Does not bring the lines into
the store either: EAS or the machines do.

A mail address counts only when its owner has followed the link in CloudMonitor's letter, and until then the API does not show it. So what
it shows is no change here, and another address makes another contact, whose name has a digest of it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_alicloud import cms, log

from components.log_place import LogPlace
from components.names import Names
from fourways.catalog.alarms import Metric
from stacks.kinds.monitoring import Contact, Logs, Told

CONTACT_LENGTH = 40
"""Characters of a contact's name at most (the provider's page on alicloud_cms_alarm_contact)."""
PROJECT_LENGTH = 63
"""Characters of a log project's name at most (the provider's page on alicloud_log_project)."""
SILENCE_SECONDS = 3600
"""For how long an alarm that goes on is not told again."""
DIGEST = 6
#: What words end at, for a search in full text.
SEPARATORS = ", '\";=()[]{}?@&<>/:\n\t\r"
_ESCALATIONS: dict[str, Callable[..., Any]] = {
    "Critical": cms.AlarmEscalationsCriticalArgs,
    "Warn": cms.AlarmEscalationsWarnArgs,
    "Info": cms.AlarmEscalationsInfoArgs,
}


@dataclass(frozen=True, kw_only=True)
class WatchArgs:
    """Who is told, and by which names. `account`, where it is pinned, makes the log project's name nobody else's."""

    region: str
    service_name: str
    settings: Told
    names: Names
    tags: dict[str, str]
    account: str | None = None
    #: Logs are billed by what is in them, and gone with their store: they refuse to be destroyed where the stack is protected.
    protect: bool = False


@dataclass(frozen=True, kw_only=True)
class Watched:
    """One alarm: a metric, of what, and the threshold above which somebody is told."""

    metric: Metric
    threshold: int
    #: A JSON list of one object, as CloudMonitor takes it.
    dimensions: pulumi.Input[str]


class Watch(pulumi.ComponentResource):
    """Contacts and their group (or one that exists), alarms, and with `logs` a project, a store and its index. A subclass says which alarms
    there are."""

    token: str

    #: The name of the contact group that is told.
    contact_group: pulumi.Output[str]
    #: Where logs go; None without `logs`.
    log: LogPlace | None = None

    def __init__(self, name: str, args: WatchArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(self.token, name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self.contact_group = self._contact_group()
        for watched in self.watched():
            self._alarm(watched)
        if args.settings.logs is not None:
            self.log = self._logs(args.settings.logs)
        place = {} if self.log is None else {"log_project": self.log.project, "log_store": self.log.store}
        self.register_outputs({"contact_group": self.contact_group, **place})

    def watched(self) -> Iterator[Watched]:
        """Which alarms there are."""
        raise NotImplementedError

    def _contact_group(self) -> pulumi.Output[str]:
        settings = self._args.settings
        if settings.contact_group is not None:
            return pulumi.Output.from_input(settings.contact_group)
        contacts = [self._contact(contact) for contact in settings.contacts]
        group = cms.AlarmContactGroup(
            f"{self._name}-contacts",
            alarm_contact_group_name=self._args.names.of("contacts"),
            describe=self._described("Told of"),
            contacts=contacts,
            opts=self._child,
        )
        told: pulumi.Output[str] = group.alarm_contact_group_name
        return told

    def _described(self, what: str) -> str:
        """Ends in the beginning of the stack's names: what is left behind is known by it where a name had no room for all of it."""
        return f"{what} {self._args.service_name}. {self._args.names.prefix}"

    def _contact(self, contact: Contact) -> pulumi.Output[str]:
        robot = pulumi.Output.secret(webhook(contact.ding_talk_from)) if contact.ding_talk_from else None
        made = cms.AlarmContact(
            f"{self._name}-contact-{contact.name}-{_digest(contact.email or '')}",
            alarm_contact_name=contact_name(self._args.names, contact),
            describe=self._described("Told of"),
            channels_mail=contact.email,
            channels_ding_web_hook=robot,
            opts=pulumi.ResourceOptions(
                parent=self,
                ignore_changes=["channelsMail"],
                additional_secret_outputs=["channelsDingWebHook"] if robot is not None else None,
            ),
        )
        own: pulumi.Output[str] = made.alarm_contact_name
        return own

    def _alarm(self, watched: Watched) -> None:
        metric = watched.metric
        escalation = _ESCALATIONS[metric.level](
            comparison_operator=">", statistics=metric.statistics, threshold=str(watched.threshold), times=metric.times
        )
        cms.Alarm(
            f"{self._name}-alarm-{metric.alarm}",
            name=self._args.names.of(f"{metric.alarm}-{self._args.service_name}"),
            project=metric.namespace,
            metric=metric.metric,
            metric_dimensions=watched.dimensions,
            period=metric.period_seconds,
            silence_time=SILENCE_SECONDS,
            contact_groups=[self.contact_group],
            tags=self._args.tags,
            opts=self._child,
            **{f"escalations_{metric.level.lower()}": escalation},
        )

    def _logs(self, logs: Logs) -> LogPlace:
        kept = pulumi.ResourceOptions(parent=self, protect=self._args.protect)
        named = logs.project or project_name(self._args.names, self._args.account)
        project = pulumi.Output.from_input(logs.project) if logs.project else self._project(named, kept)
        store = log.Store(
            f"{self._name}-log-store",
            project_name=project,
            logstore_name=self._store_name(),
            retention_period=logs.retention_days,
            opts=kept,
        )
        log.StoreIndex(
            f"{self._name}-log-index",
            project=project,
            logstore=store.logstore_name,
            full_text=log.StoreIndexFullTextArgs(token=SEPARATORS),
            opts=self._child,
        )
        return LogPlace(project=project, store=store.logstore_name)

    def _store_name(self) -> str:
        return store_name(self._args.service_name)

    def _project(self, name: str, kept: pulumi.ResourceOptions) -> pulumi.Output[str]:
        made = log.Project(
            f"{self._name}-log-project",
            project_name=name,
            description=self._described("Logs of"),
            tags=self._args.tags,
            opts=kept,
        )
        own: pulumi.Output[str] = made.project_name
        return own


def contact_name(names: Names, contact: Contact) -> str:
    """The stack's beginning, the contact's name and a digest of its address, cut to what CloudMonitor takes."""
    end = f"-{contact.name}-{_digest(names.prefix + (contact.email or ''))}"
    return names.prefix[: CONTACT_LENGTH - len(end)].rstrip("-") + end


def store_name(service_name: str) -> str:
    """Log stores have no underscores."""
    return service_name.replace("_", "-")


def project_name(names: Names, account: str | None) -> str:
    """Unique among all accounts where this one's id is known; else only among those that have no stack of this name."""
    name = names.of(f"logs-{account}" if account else "logs").replace("_", "-").lower()
    return name if len(name) <= PROJECT_LENGTH else f"{name[: PROJECT_LENGTH - DIGEST - 1].rstrip('-')}-{_digest(name)}"


def webhook(variable: str) -> str:
    """A DingTalk robot's address from the environment. Raises pulumi.RunError where it is not there: the alarm would reach nobody."""
    address = os.environ.get(variable, "").strip()
    if not address.startswith("https://"):
        raise pulumi.RunError(
            f"monitoring.contacts: the environment variable {variable} "
            f"{'is not set' if not address else 'does not hold an https:// address'}: put the robot's webhook address into it"
        )
    return address


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST]
