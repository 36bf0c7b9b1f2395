"""The instances of scaling groups and the activities that move them on the wire."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ess import activities, balancing, members, surroundings
from fourways.fakes.services.ess.backend import EssBackend
from fourways.fakes.services.ess.records import Activity, Member, ScalingGroup, Target
from fourways.fakes.services.ess.sizes import set_wanted, wanted
from fourways.fakes.services.shared.requests import ids_of
from fourways.fakes.wire.errors import CloudError, missing

MOST_AT_ONCE = 20  # AttachInstances, DetachInstances, RemoveInstances: help centre


def shown_state(member: Member) -> str:
    return "Protected" if member.protected and member.in_service else member.state


def _view(call: Call, group: ScalingGroup, member: Member) -> dict[str, Any]:
    found = surroundings.instance(call.scope, member.id)
    interfaces = call.backend(EcsBackend).network_interfaces.of(member.id)
    created = call.scope.clock.timestamp(member.created)
    return {
        "InstanceId": member.id,
        "ScalingGroupId": group.id,
        "ScalingConfigurationId": member.source.configuration,
        "LaunchTemplateId": member.source.template,
        "LaunchTemplateVersion": member.source.version,
        "ScalingActivityId": member.activity,
        "LifecycleState": shown_state(member),
        "HealthStatus": member.health,
        "WarmupState": "NoNeedWarmup",
        "CreationType": member.creation,
        "Entrusted": member.entrusted,
        "LoadBalancerWeight": member.weight,
        "WeightedCapacity": 1,
        "SpotStrategy": member.spot,
        "InstanceType": member.type,
        "ZoneId": found.zone if found else "",
        "PrivateIpAddress": interfaces[0].ips[0] if interfaces and interfaces[0].ips else "",
        "CreationTime": created[:-4] + "Z",
        "CreatedTime": created,
    }


def describe_scaling_instances(call: Call) -> dict[str, Any]:
    given = call.parameters
    ids, group_id = ids_of(given, "InstanceId"), given.optional("ScalingGroupId")
    states = given.values("LifecycleStates") or [state for state in [given.optional("LifecycleState")] if state]
    creations = given.values("CreationTypes") or [name for name in [given.optional("CreationType")] if name]
    same = {name: value for name in ("HealthStatus", "ScalingConfigurationId", "ScalingActivityId") if (value := given.optional(name))}
    rows = [
        _view(call, group, member)
        for group in call.backend(EssBackend).groups
        if group_id in (None, group.id)
        for member in group.members
        if (not ids or member.id in ids)
        and (not states or shown_state(member) in states)
        and (not creations or member.creation in creations)
    ]
    rows = [row for row in rows if all(row[name] == value for name, value in same.items())]
    page, about = given.page(rows, largest=100)
    spot = sum(1 for row in rows if row["SpotStrategy"] != "NoSpot")
    return {"ScalingInstances": {"ScalingInstance": page}, "TotalSpotCount": spot, **about}


def describe_scaling_activities(call: Call) -> dict[str, Any]:
    """Of one group, or those that are named; the newest first. Neither known is an empty list."""
    given, groups = call.parameters, call.backend(EssBackend).groups
    ids, status, task = ids_of(given, "ScalingActivityId"), given.optional("StatusCode"), given.optional("InstanceRefreshTaskId")
    group_id = given.optional("ScalingGroupId")
    if group_id is None and not ids:
        raise missing("ScalingGroupId")
    chosen = [groups[group_id]] if group_id else list(groups)
    found = [
        activity
        for group in chosen
        for activity in reversed(group.activities)
        if (not ids or activity.id in ids) and status in (None, activity.status) and task in (None, activity.refresh)
    ]
    page, about = given.page(found, largest=50)
    return {"ScalingActivities": {"ScalingActivity": [activities.view(call.scope.clock, activity) for activity in page]}, **about}


def _named(call: Call) -> tuple[ScalingGroup, list[str]]:
    group = call.backend(EssBackend).groups[call.parameters.require("ScalingGroupId")]
    ids = ids_of(call.parameters, "InstanceId") or ids_of(call.parameters, "InstanceIds")
    if not ids:
        raise missing("InstanceId")
    return group, ids


def _members(call: Call, *, active: bool = True) -> tuple[ScalingGroup, list[Member]]:
    """Raises 404 for an instance that is not in the group, and 400 for a group that is not active."""
    group, ids = _named(call)
    if active:
        call.backend(EssBackend).groups.active(group.id)
    found = {member.id: member for member in group.members}
    for id in ids:
        if id not in found and not call.parameters.boolean("IgnoreInvalidInstance"):
            raise CloudError(404, "InvalidInstanceId.NotFound", f"The specified instance {id} is not in the scaling group.")
    return group, [found[id] for id in ids if id in found]


def _refuse_while_busy(group: ScalingGroup) -> None:
    """Code from the provider's source, which tries again; the status is assumed."""
    if activities.under_way(group):
        raise CloudError(400, "ScalingActivityInProgress", "There is scaling activity in progress in the scaling group.")


def _refuse_too_many(instances: Sized) -> None:
    if len(instances) > MOST_AT_ONCE:
        raise CloudError(400, "InvalidInstanceId.TooMany", f"At most {MOST_AT_ONCE} instances at once.")


def set_instances_protection(call: Call) -> None:
    group, found = _members(call, active=False)
    for member in found:
        member.protected = call.parameters.boolean("ProtectedFromScaleIn")
    call.backend(EssBackend).groups.look(group)


def set_instance_health(call: Call) -> None:
    given, backend = call.parameters, call.backend(EssBackend)
    group = backend.groups.of_instance(given.require("InstanceId"))
    member = group.member(given.get("InstanceId"))
    if member is not None:
        member.health = given.choice("HealthStatus", ("Healthy", "Unhealthy"))
    backend.groups.look(group)


def attach_instances(call: Call) -> dict[str, Any]:
    """Running instances of the group's VPC that are in no group. The desired size grows with them (codes: provider's source or assumed)."""
    backend, given = call.backend(EssBackend), call.parameters
    group, ids = _named(call)
    backend.groups.active(group.id)
    _refuse_while_busy(group)
    _refuse_too_many(ids)
    for id in ids:
        _check_attach(call, group, id)
    size = wanted(group) + len(ids)
    if size > group.most:
        raise CloudError(400, "IncorrectCapacity.MaxSize", "To attach the instances, the total capacity will be greater than the MaxSize.")
    set_wanted(group, size)
    activity = members.attach(
        backend, group, _weights(call, ids), entrusted=given.boolean("Entrusted"), wait=given.boolean("LifecycleHook")
    )
    backend.groups.changed(group)
    return {"ScalingActivityId": activity.id}


def _weights(call: Call, ids: list[str]) -> dict[str, int]:
    """`LoadBalancerWeight.N` of the instance N, 50 where it is not given."""
    return {id: call.parameters.integer(f"LoadBalancerWeight.{number}", 50, 0, 100) for number, id in enumerate(ids, 1)}


def _check_attach(call: Call, group: ScalingGroup, id: str) -> None:
    ecs = call.backend(EcsBackend)
    instance = ecs.instances[id]
    if any(other.member(id) for other in call.backend(EssBackend).groups):
        raise CloudError(400, "InvalidInstanceId.InUse", f"The instance {id} is in a scaling group already.")
    if instance.status != "Running":
        raise CloudError(400, "IncorrectInstanceStatus", f"The status of the instance {id} is {instance.status}.")
    if group.vpc_id and ecs.network_interfaces.of(id)[0].vpc_id != group.vpc_id:
        raise CloudError(400, "InvalidInstanceId.NetworkTypeMismatch", f"The instance {id} is not in the VPC {group.vpc_id}.")


def _take_out(call: Call, *, release: bool | None, wait: bool, decrease: bool, recycle: bool = False) -> dict[str, Any]:
    backend = call.backend(EssBackend)
    group, found = _members(call)
    _refuse_while_busy(group)
    _refuse_too_many(found)
    found = [member for member in found if not member.leaving]
    size = wanted(group) - len(found)
    if decrease:
        if size < group.least:
            raise CloudError(
                400, "IncorrectCapacity.MinSize", "To remove the instances, the total capacity will be lesser than the MinSize."
            )
        set_wanted(group, size)
    cause = f"A user calls {call.action}."
    activity: Activity = members.remove(backend, group, [member.id for member in found], cause, wait=wait, release=release, recycle=recycle)
    backend.groups.changed(group)
    return {"ScalingActivityId": activity.id}


def detach_instances(call: Call) -> dict[str, Any]:
    """They live on. `DecreaseDesiredCapacity` (true unless said otherwise) keeps the group from replacing them."""
    given = call.parameters
    return _take_out(call, release=False, wait=given.boolean("LifecycleHook"), decrease=given.boolean("DecreaseDesiredCapacity", True))


def remove_instances(call: Call) -> dict[str, Any]:
    """Those that the group made are released, or stopped with RemovePolicy recycle; attached ones are only let go."""
    given = call.parameters
    wait = not given.boolean("LifecycleHookContext.DisableLifecycleHook")
    recycle = given.choice("RemovePolicy", ("release", "recycle"), "release") == "recycle"
    return _take_out(call, release=None, wait=wait, decrease=given.boolean("DecreaseDesiredCapacity", True), recycle=recycle)


def _weigh(group: ScalingGroup, member: Member, activity: Activity, *, off: bool) -> None:
    targets = [Target(item.server_group, item.port, 0 if off else item.weight) for item in group.targets]
    balancing.send(group, "weigh", member, activity.id, targets)


def enter_standby(call: Call) -> dict[str, Any]:
    """Its weight in the load balancer becomes 0 (SDK, DescribeScalingInstances: Standby)."""
    group, found = _members(call)
    for member in found:
        if not member.in_service:
            raise CloudError(400, "InvalidLifecycleState", f"The instance {member.id} is {shown_state(member)}.")  # code assumed
    activity = activities.begin(call.scope.clock, group, "Enter standby", "A user calls EnterStandby.", len(found))
    for member in found:
        member.state = "Standby"
        _weigh(group, member, activity, off=True)
    call.backend(EssBackend).groups.changed(group)
    return {"ScalingActivityId": activity.id}


def exit_standby(call: Call) -> dict[str, Any]:
    group, found = _members(call)
    for member in found:
        if member.state != "Standby":
            raise CloudError(400, "InvalidLifecycleState", f"The instance {member.id} is {shown_state(member)}.")  # code assumed
    activity = activities.begin(call.scope.clock, group, "Exit standby", "A user calls ExitStandby.", len(found))
    for member in found:
        member.state, member.since = "InService", call.scope.clock.now()
        _weigh(group, member, activity, off=False)
    call.backend(EssBackend).groups.changed(group)
    return {"ScalingActivityId": activity.id}


ACTIONS: dict[str, Handler] = {
    "DescribeScalingInstances": describe_scaling_instances,
    "DescribeScalingActivities": describe_scaling_activities,
    "SetInstancesProtection": set_instances_protection,
    "SetInstanceHealth": set_instance_health,
    "AttachInstances": attach_instances,
    "DetachInstances": detach_instances,
    "RemoveInstances": remove_instances,
    "EnterStandby": enter_standby,
    "ExitStandby": exit_standby,
}
