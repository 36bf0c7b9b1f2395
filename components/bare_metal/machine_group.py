"""Replicas of one machine each: a launch template, and a scaling group that keeps the machines made from it alive, in all zones.

A changed setting makes another template, and `Rollout` replaces the machines a few at a time. A machine that dies, or that the
load balancer finds unhealthy, is replaced by the group itself. One on its way out first loses its place in the load balancer, then has
`drain_seconds` to finish what it is answering.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import pulumi
from pulumi_alicloud import cms, ecs, ess

from components.bare_metal.machine import digest
from components.engine_command import PORT
from components.names import Names
from fourways.catalog import machine_metrics
from fourways.provider import resources
from stacks.kinds.bare_metal import MachineScaling, RollingUpdate
from stacks.kinds.ecs_capacity import EcsCapacity, EcsSpot

WEIGHT = 100
"""Of a machine in the load balancer: all are alike."""
ALARM_PERIOD_SECONDS, ALARM_TIMES = 60, 3


@dataclass(frozen=True, kw_only=True)
class MachineGroupArgs:
    """What the machines are, how many, and behind what they stand."""

    region: str
    names: Names
    tags: dict[str, str]
    capacity: EcsCapacity
    #: Base64, with no secret in it.
    user_data: str
    role_name: pulumi.Input[str]
    security_group_id: pulumi.Input[str]
    vswitch_ids: Sequence[pulumi.Input[str]]
    server_group_id: pulumi.Input[str]
    count: int
    scaling: MachineScaling | None
    update: RollingUpdate
    drain_seconds: int
    #: How long a machine may take until it serves.
    start_seconds: int
    protect: bool = False


class MachineGroup(pulumi.ComponentResource):
    """Template, group, hook, scaling rules, and the rollout that waits until every machine serves."""

    scaling_group_id: pulumi.Output[str]
    #: Ids of the machines, once they serve.
    instances: pulumi.Output[Sequence[str]]

    def __init__(self, name: str, args: MachineGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fourways:components:MachineGroup", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        template = self._template()
        group = self._group(template)
        around = [self._drain(group)] if args.drain_seconds else []
        if args.scaling is not None:
            self._scale(group, args.scaling)
        rollout = resources.EssRollout(
            f"{name}-rollout",
            region=args.region,
            scaling_group_id=group.id,
            launch_template_id=template.id,
            launch_template_version=version_of(template),
            size=None if args.scaling is not None else args.count,
            min_healthy_percentage=args.update.min_healthy_percent,
            max_healthy_percentage=args.update.max_healthy_percent,
            on_update_failure=args.update.on_failure,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=around,
                custom_timeouts=pulumi.CustomTimeouts(
                    create=f"{2 * args.start_seconds}s", update=f"{2 * (most(args) + 1) * args.start_seconds}s"
                ),
            ),
        )
        self.scaling_group_id = group.id
        self.instances = rollout.instances
        self.register_outputs({"scaling_group_id": self.scaling_group_id, "instances": self.instances})

    def _template(self) -> ecs.EcsLaunchTemplate:
        args, bought = self._args, self._args.capacity
        return ecs.EcsLaunchTemplate(
            # Another configuration is another template, not another version of this one: in a second version that changes something else
            # the plugin (1.285.0) leaves out that the system disk is encrypted. And another resource, not a replacement: after a rollout
            # that failed, the template before is in the state as it was, and going back to it makes none of the same name.
            f"{self._name}-template-{configuration(args)}",
            launch_template_name=args.names.of(f"machine-{configuration(args)}"),
            image_id=bought.image,
            instance_type=bought.instance_types[0],
            instance_name=args.names.of("machine"),
            instance_charge_type="PostPaid",
            security_group_ids=[args.security_group_id],
            # No address of the Internet: whoever wants in comes through the load balancer.
            internet_max_bandwidth_out=0,
            ram_role_name=args.role_name,
            http_endpoint="enabled",
            http_tokens="required",
            # Said, since the plugin sends 0 with the second version of a template that does not say it, which no instance takes.
            http_put_response_hop_limit=2,
            system_disk=ecs.EcsLaunchTemplateSystemDiskArgs(
                category=bought.system_disk.category, size=bought.system_disk.size, encrypted=True, delete_with_instance=True
            ),
            data_disks=[
                ecs.EcsLaunchTemplateDataDiskArgs(
                    category=disk.category,
                    size=disk.size,
                    performance_level=disk.performance_level,
                    encrypted=True,
                    delete_with_instance=True,
                    name=args.names.of("weights"),
                )
                for disk in [bought.weights_disk]
                if disk is not None
            ],
            key_pair_name=bought.key_pair,
            # No secret is in it; but nobody who may read a state needs to know how the machines are built.
            user_data=pulumi.Output.secret(args.user_data),
            tags=args.tags,
            template_tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, additional_secret_outputs=["userData"]),
            **spot(bought.spot),
        )

    def _group(self, template: ecs.EcsLaunchTemplate) -> ess.ScalingGroup:
        args, bought = self._args, self._args.capacity
        return ess.ScalingGroup(
            f"{self._name}-group",
            # By cost it is another group, since neither can become the other; for a while both are there.
            scaling_group_name=args.names.of("machines" if bought.spot is None or not bought.spot.fallback else "spot-machines"),
            min_size=args.scaling.min if args.scaling else args.count,
            max_size=most(args),
            desired_capacity=args.count,
            launch_template_id=template.id,
            launch_template_version=version_of(template),
            launch_template_overrides=[
                ess.ScalingGroupLaunchTemplateOverrideArgs(
                    instance_type=type_, spot_price_limit=bought.spot.price_limit if bought.spot else None
                )
                for type_ in bought.instance_types
            ],
            vswitch_ids=list(args.vswitch_ids),
            # Not the load balancer's: a machine that loads its weights is unhealthy there for half an hour, and would be replaced
            # meanwhile, for ever. An engine that hangs is systemd's to start again; the load balancer passes over it until it answers.
            health_check_type="ECS",
            removal_policies=["OldestScalingConfiguration", "OldestInstance"],
            alb_server_groups=[ess.ScalingGroupAlbServerGroupArgs(alb_server_group_id=args.server_group_id, port=PORT, weight=WEIGHT)],
            default_cooldown=args.scaling.cooldown_seconds if args.scaling else 0,
            group_deletion_protection=args.protect,
            tags=args.tags,
            **spread(bought.spot),
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.protect,
                # What the rules have made of it is not the program's to undo.
                ignore_changes=["desiredCapacity"] if args.scaling else None,
            ),
        )

    def _drain(self, group: ess.ScalingGroup) -> ess.LifecycleHook:
        return ess.LifecycleHook(
            f"{self._name}-drain",
            name=self._args.names.of("drain"),
            scaling_group_id=group.id,
            lifecycle_transition="SCALE_IN",
            # 30 seconds is the least that the API takes.
            heartbeat_timeout=max(30, self._args.drain_seconds),
            default_result="CONTINUE",
            opts=self._child,
        )

    def _scale(self, group: ess.ScalingGroup, scaling: MachineScaling) -> None:
        """A machine more above the target for three minutes, one less below half of it."""
        metric = machine_metrics.metric(scaling.metric)
        # The machines report to it (components/boot), and an alarm on what they report has to name it.
        reports = cms.MonitorGroup(
            f"{self._name}-reports", monitor_group_name=load_name(self._args.names), tags=self._args.tags, opts=self._child
        )
        for what, step, comparison, threshold in (
            ("more", 1, ">", scaling.target),
            ("less", -1, "<", scaling.target / 2),
        ):
            rule = ess.ScalingRule(
                f"{self._name}-{what}",
                scaling_rule_name=self._args.names.of(what),
                scaling_group_id=group.id,
                scaling_rule_type="SimpleScalingRule",
                adjustment_type="QuantityChangeInCapacity",
                adjustment_value=step,
                cooldown=scaling.cooldown_seconds,
                opts=self._child,
            )
            ess.Alarm(
                f"{self._name}-alarm-{what}",
                name=self._args.names.of(f"alarm-{what}"),
                description=f"{scaling.metric} {comparison} {threshold:g}: one machine {what}",
                scaling_group_id=group.id,
                alarm_actions=[rule.ari],
                metric_type="custom",
                metric_name=metric.name,
                cloud_monitor_group_id=reports.id.apply(int),
                dimensions={"deployment": load_name(self._args.names)},
                statistics="Average",
                comparison_operator=comparison,
                threshold=f"{threshold:g}",
                period=ALARM_PERIOD_SECONDS,
                evaluation_count=ALARM_TIMES,
                opts=self._child,
            )


def load_name(names: Names) -> str:
    """Under which the machines report their load: the name of an application group of CloudMonitor, and the dimension `deployment`. The
    scaling group's id is none of the two, for it is not there yet when user data is made."""
    return names.of("machines")


def configuration(args: MachineGroupArgs) -> str:
    """Tells templates apart by what machines are made from."""
    return digest(json.dumps([args.capacity.model_dump(mode="json"), args.user_data, args.tags], sort_keys=True))


def version_of(template: ecs.EcsLaunchTemplate) -> pulumi.Output[str]:
    """The newest version, by its number: a group that named `Latest` would buy from a version that no update has rolled out."""
    return pulumi.Output.from_input(template.latest_version_number).apply(lambda number: str(int(number)))


def most(args: MachineGroupArgs) -> int:
    """Machines that there may be at once: while a change is rolled out, more than are asked for. What scales never passes its own most: at
    that size a change is rolled out with a machine less."""
    return args.scaling.max if args.scaling else ceil(args.count * args.update.max_healthy_percent / 100)


def spread(asked: EcsSpot | None) -> dict[str, str | int | bool]:
    """How the group chooses zones: all alike, so that one of them can go. Only a group that goes by cost makes up for missing spot machines
    at the full price (CreateScalingGroup, CompensateWithOnDemand), and replaces one that is about to be taken back (SpotInstanceRemedy)."""
    if asked is None or not asked.fallback:
        return {"multi_az_policy": "BALANCE"}
    return {
        "multi_az_policy": "COST_OPTIMIZED",
        "on_demand_base_capacity": 0,
        "on_demand_percentage_above_base_capacity": 0,
        "compensate_with_on_demand": True,
        "spot_instance_remedy": True,
    }


def spot(asked: EcsSpot | None) -> dict[str, str | float]:
    """How the machines are bought, as a launch template says it."""
    if asked is None:
        return {"spot_strategy": "NoSpot"}
    return {"spot_strategy": "SpotWithPriceLimit", "spot_price_limit": asked.price_limit}
