"""What is told of machines behind a load balancer, beside what `watch.py` has for all: the load balancer's metrics.

What goes on inside the engines and the GPUs is Prometheus's: docs/bare-metal.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pulumi

from components.watch import Watch, WatchArgs, Watched
from fourways.catalog import alb_metrics
from stacks.kinds.monitoring import MachineMonitoring as MachineMonitoringSettings


@dataclass(frozen=True, kw_only=True)
class MachineMonitoringArgs(WatchArgs):
    """What is watched besides."""

    settings: MachineMonitoringSettings
    load_balancer_id: pulumi.Output[str]


class MachineMonitoring(Watch):
    """Alarms on a load balancer."""

    token = "fourways:components:MachineMonitoring"

    def __init__(self, name: str, args: MachineMonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        self._of = args
        super().__init__(name, args, opts)

    def watched(self) -> Iterator[Watched]:
        metrics = alb_metrics.metrics()
        dimensions = self._of.load_balancer_id.apply(lambda id: json.dumps([{"loadBalancerId": id}], separators=(",", ":")))
        for alarm, threshold in self._of.settings.alarms.thresholds().items():
            yield Watched(metric=metrics[alarm], threshold=threshold, dimensions=dimensions)
