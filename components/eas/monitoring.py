"""What is told of a service on PAI-EAS, beside what `watch.py` has for all: its metrics, and its replicas' events.

Does not hand the logs over: EAS does that for a whole resource group. A group of the stack's own is told where they go (`machines.py`); one
that is adopted may have services of other stacks, so the call (API CreateResourceLog) is its owner's, and the program says which it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pulumi
from pulumi_alicloud import cms

from components.watch import SILENCE_SECONDS, Watch, WatchArgs, Watched, project_name, store_name
from fourways.catalog import eas_metrics
from stacks.kinds.monitoring import Monitoring as MonitoringSettings

#: How an event is told: 2, 3 or 4, with 2 also by telephone (help centre, PutEventRuleTargets).
EVENT_LEVEL = "3"


@dataclass(frozen=True, kw_only=True)
class MonitoringArgs(WatchArgs):
    """What is watched besides."""

    settings: MonitoringSettings
    #: `eas-r-...` of the group that the service runs on, where it is another's.
    adopted: str | None = None


class Monitoring(Watch):
    """Alarms on a service and on its replicas."""

    token = "fourways:components:Monitoring"

    def __init__(self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        self._name, self._of = name, args
        super().__init__(name, args, opts)
        if args.settings.alarms.replicas:
            self._replica_events()
        if args.settings.logs is not None and args.adopted is not None:
            project = args.settings.logs.project or project_name(args.names, args.account)
            pulumi.warn(delivery(args.region, args.adopted, project, store_name(args.service_name)))

    def watched(self) -> Iterator[Watched]:
        of, metrics = self._of, eas_metrics.metrics()
        dimensions = eas_metrics.dimensions().of(of.region, of.service_name)
        for alarm, threshold in of.settings.alarms.thresholds().items():
            yield Watched(metric=metrics[alarm], threshold=threshold, dimensions=dimensions)

    def _replica_events(self) -> None:
        events = eas_metrics.events()
        cms.EventRule(
            f"{self._name}-replicas",
            rule_name=self._of.names.of(f"replicas-{self._of.service_name}"),
            description=f"Replicas of {self._of.service_name} that fail, are taken away or cannot start",
            event_pattern=cms.EventRuleEventPatternArgs(
                product=events.product, level_lists=list(events.levels), sql_filter=events.filter(self._of.service_name)
            ),
            contact_parameters=[
                cms.EventRuleContactParameterArgs(contact_parameters_id="1", contact_group_name=self.contact_group, level=EVENT_LEVEL)
            ],
            silence_time=SILENCE_SECONDS,
            status="ENABLED",
            opts=pulumi.ResourceOptions(parent=self),
        )


def delivery(region: str, group: str, project: str, store: str) -> str:
    """What the owner of an adopted resource group has to ask EAS for, once."""
    return (
        f"monitoring.logs: lines come into log store {store} of project {project} only after EAS was asked, once, to deliver those of the "
        f"adopted group there: CreateResourceLog (ClusterId {region}, ResourceId {group}, ProjectName {project}, LogStore {store}); "
        "this stack does not call it, since it is for every service of the group"
    )
