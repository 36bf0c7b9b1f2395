"""Who changes the number of a service's replicas: its load or the clock. Nothing is declared where the stack file's count stands.

Free; what the replicas that it starts cost is the capacity's matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from fourways.provider import resources
from stacks.kinds.eas_scaling import Autoscaler, Schedule


@dataclass(frozen=True, kw_only=True)
class ScalingArgs:
    """The service, and one of the two."""

    region: str
    #: The service's name as the service gives it, so that it is there first.
    service_name: pulumi.Input[str]
    autoscaler: Autoscaler | None = None
    schedule: Schedule | None = None


class Scaling(pulumi.ComponentResource):
    """The scaler of one service."""

    def __init__(self, name: str, args: ScalingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fourways:components:Scaling", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        if args.autoscaler is not None:
            by_load(f"{name}-autoscaler", args.region, args.service_name, args.autoscaler, child)
        if args.schedule is not None:
            by_clock(f"{name}-cron-scaler", args.region, args.service_name, args.schedule, child)
        self.register_outputs({"service_name": args.service_name})


def by_load(
    name: str, region: str, service_name: pulumi.Input[str], wanted: Autoscaler, opts: pulumi.ResourceOptions
) -> resources.EasAutoscaler:
    """The autoscaler as the settings want it."""
    return resources.EasAutoscaler(
        name,
        region=region,
        service_name=service_name,
        min=wanted.min,
        max=wanted.max,
        strategies=[one.model_dump(by_alias=True, exclude_none=True) for one in wanted.metrics],
        scale_up_window=wanted.scale_up_window,
        scale_down_window=wanted.scale_down_window,
        zero_grace_period=wanted.zero_grace_period,
        activation_replicas=wanted.activation_replicas,
        opts=opts,
    )


def by_clock(
    name: str, region: str, service_name: pulumi.Input[str], wanted: Schedule, opts: pulumi.ResourceOptions
) -> resources.EasCronScaler:
    """The timed scaler as the settings want it."""
    return resources.EasCronScaler(
        name,
        region=region,
        service_name=service_name,
        jobs=[{"name": job.name, "schedule": job.cron, "targetSize": job.replicas} for job in wanted.jobs],
        time_zone=wanted.time_zone,
        exclude_dates=list(wanted.except_) or None,
        opts=opts,
    )
