"""What is told of machines behind a load balancer, beside what `watch.py` has for all: the load balancer's metrics, and the machines'
journal, which the log agent of each brings into the store.

What goes on inside the engines and the GPUs is Prometheus's: docs/bare-metal.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pulumi
from pulumi_alicloud import log

from components.bare_metal import journal
from components.log_place import LogPlace
from components.watch import Watch, WatchArgs, Watched
from fourways.catalog import alb_metrics
from stacks.kinds.monitoring import Logs
from stacks.kinds.monitoring import MachineMonitoring as MachineMonitoringSettings


@dataclass(frozen=True, kw_only=True)
class MachineMonitoringArgs(WatchArgs):
    """What is watched besides."""

    settings: MachineMonitoringSettings
    load_balancer_id: pulumi.Output[str]


class MachineMonitoring(Watch):
    """Alarms on a load balancer; with `logs` a machine group too, and what the agents of its machines collect."""

    token = "fourways:components:MachineMonitoring"

    def __init__(self, name: str, args: MachineMonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        self._of = args
        super().__init__(name, args, opts)

    def watched(self) -> Iterator[Watched]:
        metrics = alb_metrics.metrics()
        dimensions = self._of.load_balancer_id.apply(lambda id: json.dumps([{"loadBalancerId": id}], separators=(",", ":")))
        for alarm, threshold in self._of.settings.alarms.thresholds().items():
            yield Watched(metric=metrics[alarm], threshold=threshold, dimensions=dimensions)

    def _logs(self, logs: Logs) -> LogPlace:
        place, name = super()._logs(logs), journal.group_name(self._of.names)
        group = log.MachineGroup(
            f"{self._name}-log-machines",
            project=place.project,
            name=name,
            identify_type="userdefined",
            identify_lists=[name],
            opts=self._child,
        )
        rules = log.LogTailConfig(
            f"{self._name}-log-journal",
            project=place.project,
            logstore=place.store,
            name=name,
            input_type="plugin",
            input_detail=journal.input_detail(),
            output_type="LogService",
            opts=self._child,
        )
        log.LogTailAttachment(
            f"{self._name}-log-attachment",
            project=place.project,
            logtail_config_name=rules.name,
            machine_group_name=group.name,
            opts=self._child,
        )
        return place
