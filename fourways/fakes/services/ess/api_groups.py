"""Scaling groups on the wire."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ess.backend import EssBackend
from fourways.fakes.services.ess.groups import MOST_INSTANCES, OPTIONS, REMOVAL_POLICIES, SHOWN_WHEN_SET, Member, ScalingGroup, check_sizes
from fourways.fakes.services.resourcemanager.backend import checked_group
from fourways.fakes.services.shared.requests import ids_of, select
from fourways.fakes.services.shared.resources import checked_name
from fourways.fakes.services.shared.tagging import as_list, given_tags
from fourways.fakes.wire.errors import CloudError, invalid
from fourways.fakes.wire.parameters import Parameters


def _shown(call: Call, member: Member) -> str:
    """Where an instance is in its life, by what ECS says of it."""
    if member.protected:
        return "Protected"
    return "InService" if call.backend(EcsBackend).instances[member.id].status == "Running" else "Pending"


def _view(call: Call, group: ScalingGroup) -> dict[str, Any]:
    members = call.backend(EssBackend).groups.members(group)
    states = [_shown(call, member) for member in members]
    options = {
        name: value
        for name, value in group.options.items()
        if not isinstance(value, list) and (name not in SHOWN_WHEN_SET or value != OPTIONS[name])
    }
    row = {
        "ScalingGroupId": group.id,
        "ScalingGroupName": group.name,
        "LifecycleState": group.status,
        "RegionId": call.scope.region,
        "MinSize": group.least,
        "MaxSize": group.most,
        "DefaultCooldown": group.cooldown,
        "EnableDesiredCapacity": group.desired is not None,
        "TotalCapacity": len(members),
        "TotalInstanceCount": len(members),
        "ActiveCapacity": states.count("InService"),
        "PendingCapacity": states.count("Pending"),
        "ProtectedCapacity": states.count("Protected"),
        "RemovingCapacity": 0,
        "StandbyCapacity": 0,
        "StoppedCapacity": 0,
        "VpcId": group.vpc_id,
        "VSwitchId": group.vswitches[0] if group.vswitches else "",
        "VSwitchIds": {"VSwitchId": group.vswitches},
        "RemovalPolicies": {"RemovalPolicy": group.options["RemovalPolicy"]},
        "HealthCheckTypes": {"HealthCheckType": group.options["HealthCheckTypes"]},
        "ActiveScalingConfigurationId": group.configuration,
        "LaunchTemplateId": "",
        "LaunchTemplateVersion": "",
        "DBInstanceIds": {"DBInstanceId": []},
        "LoadBalancerIds": {"LoadBalancerId": []},
        "AlbServerGroups": {"AlbServerGroup": []},
        "VServerGroups": {"VServerGroup": []},
        "SuspendedProcesses": {"SuspendedProcess": []},
        "SystemSuspended": False,
        "ResourceGroupId": group.resource_group,
        "CreationTime": call.scope.clock.timestamp(group.created)[:-4] + "Z",
        "ModificationTime": call.scope.clock.timestamp(group.modified),
        "Tags": as_list(group.tags, "TagKey", "TagValue"),
        **options,
    }
    return row if group.desired is None else {**row, "DesiredCapacity": group.desired}


def _options(given: Parameters, old: dict[str, Any]) -> dict[str, Any]:
    found = {name: given.like(name, value) for name, value in old.items()}
    if not set(found["RemovalPolicy"]) <= set(REMOVAL_POLICIES):
        raise invalid("RemovalPolicy", f"Valid values: {', '.join(REMOVAL_POLICIES)}.")
    if found["MultiAZPolicy"] not in ("PRIORITY", "COST_OPTIMIZED", "BALANCE", "COMPOSABLE"):
        raise invalid("MultiAZPolicy", "Valid values: PRIORITY, COST_OPTIMIZED, BALANCE, COMPOSABLE.")
    return found


def create_scaling_group(call: Call) -> dict[str, Any]:
    return call.backend(EssBackend).tokens.once(call, lambda: _create(call))


def _create(call: Call) -> dict[str, Any]:
    given, groups = call.parameters, call.backend(EssBackend).groups
    for parameter in ("LaunchTemplateId", "LoadBalancerIds", "DBInstanceIds", "InstanceId"):
        if given.optional(parameter):
            raise CloudError(400, "OperationDenied.NotFaked", f"Scaling groups with {parameter} are not part of this fake.")
    least, most = given.integer("MinSize", low=0, high=MOST_INSTANCES), given.integer("MaxSize", low=0, high=MOST_INSTANCES)
    desired = given.integer("DesiredCapacity", low=0, high=MOST_INSTANCES) if given.optional("DesiredCapacity") else None
    vswitches = given.values("VSwitchIds") or [id for id in [given.get("VSwitchId")] if id]
    group = groups.new(checked_name(given.get("ScalingGroupName"), "ScalingGroupName", 64), least, most, desired, vswitches)
    group.cooldown = given.integer("DefaultCooldown", 300, 0, 86400)
    group.options = _options(given, OPTIONS)
    group.resource_group, group.tags = checked_group(call.scope, given.get("ResourceGroupId")), given_tags(given)
    return {"ScalingGroupId": groups.add(group).id}


def describe_scaling_groups(call: Call) -> dict[str, Any]:
    """`ScalingGroupName` is matched in part, `*` being any text (help centre, DescribeScalingGroups); `ScalingGroupName.1` in full."""
    given = call.parameters
    ids, names, pattern = ids_of(given, "ScalingGroupId"), given.values("ScalingGroupName"), given.optional("ScalingGroupName")
    found = select(call.backend(EssBackend).groups, given, GroupType=lambda group: str(group.options["GroupType"]))
    found = [group for group in found if (not ids or group.id in ids) and (not names or group.name in names)]
    if pattern is not None:
        found = [group for group in found if fnmatchcase(group.name, pattern)]
    page, about = given.page(found, largest=50)
    return {"ScalingGroups": {"ScalingGroup": [_view(call, group) for group in page]}, **about}


def _named(call: Call) -> ScalingGroup:
    return call.backend(EssBackend).groups[call.parameters.require("ScalingGroupId")]


def modify_scaling_group(call: Call) -> None:
    given, groups, group = call.parameters, call.backend(EssBackend).groups, _named(call)
    least, most = given.integer("MinSize", group.least, 0, MOST_INSTANCES), given.integer("MaxSize", group.most, 0, MOST_INSTANCES)
    desired = given.integer("DesiredCapacity", low=0) if given.optional("DesiredCapacity") else group.desired
    check_sizes(least, most, desired)
    options = _options(given, group.options)
    vswitches = given.values("VSwitchIds") or group.vswitches
    if given.values("VSwitchIds") and groups.vpc_of(vswitches) != group.vpc_id:
        raise invalid("VSwitchIds", f"They must be in the VPC {group.vpc_id}.")
    if given.optional("ScalingGroupName"):
        groups.check_name(checked_name(given.get("ScalingGroupName"), "ScalingGroupName", 64), group)
        group.name = given.get("ScalingGroupName")
    group.cooldown = given.integer("DefaultCooldown", group.cooldown, 0, 86400)
    group.least, group.most, group.desired, group.options, group.vswitches = least, most, desired, options, vswitches
    groups.settle_size(group)


def enable_scaling_group(call: Call) -> None:
    """Active needs a configuration: the one named here, or one made active before."""
    backend, group = call.backend(EssBackend), _named(call)
    if group.status != "Inactive":
        raise CloudError(400, "IncorrectScalingGroupStatus", f"The current status of the scaling group is {group.status}.")
    wanted = call.parameters.optional("ActiveScalingConfigurationId")
    if wanted is not None:
        group.configuration = backend.configurations[wanted].id
    if not group.configuration:
        raise CloudError(400, "MissingActiveScalingConfiguration", "An active scaling configuration is missing.")
    for configuration in backend.configurations.of(group.id):
        configuration.status = "Active" if configuration.id == group.configuration else "Inactive"
    group.status = "Active"
    backend.groups.settle_size(group)


def disable_scaling_group(call: Call) -> None:
    group = _named(call)
    if group.status != "Active":
        raise CloudError(400, "IncorrectScalingGroupStatus", f"The current status of the scaling group is {group.status}.")
    group.status = "Inactive"


def delete_scaling_group(call: Call) -> None:
    call.backend(EssBackend).groups.delete(_named(call), call.parameters.boolean("ForceDelete"))


def describe_scaling_instances(call: Call) -> dict[str, Any]:
    given, backend = call.parameters, call.backend(EssBackend)
    ids, state, wanted = ids_of(given, "InstanceId"), given.optional("LifecycleState"), given.optional("ScalingGroupId")
    rows = [
        {
            "InstanceId": member.id,
            "ScalingGroupId": group.id,
            "ScalingConfigurationId": member.configuration,
            "LifecycleState": _shown(call, member),
            "HealthStatus": "Healthy",
            "CreationType": "AutoCreated",
            "CreationTime": call.scope.clock.timestamp(member.created)[:-4] + "Z",
        }
        for group in backend.groups
        if wanted in (None, group.id)
        for member in backend.groups.members(group)
    ]
    rows = [row for row in rows if (not ids or row["InstanceId"] in ids) and state in (None, row["LifecycleState"])]
    page, about = given.page(rows, largest=50)
    return {"ScalingInstances": {"ScalingInstance": page}, **about}


def describe_scaling_activities(call: Call) -> dict[str, Any]:
    page, about = call.parameters.page(list(reversed(_named(call).activities)), largest=50)
    return {"ScalingActivities": {"ScalingActivity": page}, **about}


def set_instances_protection(call: Call) -> None:
    ids, protected = ids_of(call.parameters, "InstanceId"), call.parameters.boolean("ProtectedFromScaleIn")
    for member in _named(call).members:
        if member.id in ids:
            member.protected = protected


def change_resource_group(call: Call) -> None:
    given = call.parameters
    group = call.backend(EssBackend).groups[given.require("ResourceId")]
    group.resource_group = checked_group(call.scope, given.require("NewResourceGroupId"))


ACTIONS: dict[str, Handler] = {
    "CreateScalingGroup": create_scaling_group,
    "DescribeScalingGroups": describe_scaling_groups,
    "ModifyScalingGroup": modify_scaling_group,
    "EnableScalingGroup": enable_scaling_group,
    "DisableScalingGroup": disable_scaling_group,
    "DeleteScalingGroup": delete_scaling_group,
    "DescribeScalingInstances": describe_scaling_instances,
    "DescribeScalingActivities": describe_scaling_activities,
    "SetInstancesProtection": set_instances_protection,
    "ChangeResourceGroup": change_resource_group,
}
