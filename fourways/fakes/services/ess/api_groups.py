"""Scaling groups on the wire."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ess import group_views, sizes
from fourways.fakes.services.ess.api_balancing import targets
from fourways.fakes.services.ess.backend import EssBackend
from fourways.fakes.services.ess.groups import MOST_INSTANCES, OPTIONS, REMOVAL_POLICIES
from fourways.fakes.services.ess.health import TYPES
from fourways.fakes.services.ess.records import ScalingGroup
from fourways.fakes.services.resourcemanager.backend import checked_group
from fourways.fakes.services.shared.requests import ids_of, select
from fourways.fakes.services.shared.resources import checked_name
from fourways.fakes.services.shared.tagging import given_tags
from fourways.fakes.wire.errors import CloudError, invalid, missing
from fourways.fakes.wire.parameters import Parameters

_CHOICES = {
    "MultiAZPolicy": ("PRIORITY", "COST_OPTIMIZED", "BALANCE", "COMPOSABLE"),
    "HealthCheckType": ("", *TYPES),
    "GroupType": ("ECS",),
    "AllocationStrategy": ("priority", "lowestPrice"),
    "SpotAllocationStrategy": ("priority", "lowestPrice"),
    "BalanceMode": ("BalancedBestEffort", "BalancedOnly"),
}
_CAPACITY = ("OnDemandBaseCapacity", "OnDemandPercentageAboveBaseCapacity", "CompensateWithOnDemand")
_SCALING_POLICIES = ("recycle", "release", "forcerecycle", "forcerelease")
PROCESSES = ("ScaleIn", "ScaleOut", "HealthCheck", "AlarmNotification", "ScheduledAction")  # the provider's list


def _options(given: Parameters, old: dict[str, Any]) -> dict[str, Any]:
    found = {name: given.like(name, value) for name, value in old.items()}
    capacity = given.under("CapacityOptions")
    found |= {name: capacity.like(name, found[name]) for name in _CAPACITY if name in capacity}
    if not set(found["RemovalPolicy"]) <= set(REMOVAL_POLICIES):
        raise invalid("RemovalPolicy", f"Valid values: {', '.join(REMOVAL_POLICIES)}.")
    if not set(found["HealthCheckTypes"]) <= set(TYPES):
        raise invalid("HealthCheckTypes", f"Valid values: {', '.join(TYPES)}.")
    if given.values("HealthCheckTypes") and not given.optional("HealthCheckType"):
        found["HealthCheckType"] = ""  # several types take its place
    for name, allowed in _CHOICES.items():
        if found[name] not in allowed:
            raise invalid(name, f"Valid values: {', '.join(allowed)}.")
    if found["ScalingPolicy"].lower() not in _SCALING_POLICIES:
        raise invalid("ScalingPolicy", f"Valid values: {', '.join(_SCALING_POLICIES)}.")
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
    compensates = given.optional("CompensateWithOnDemand") or given.optional("CapacityOptions.CompensateWithOnDemand")
    if group.options["MultiAZPolicy"] == "COST_OPTIMIZED" and compensates is None:
        group.options["CompensateWithOnDemand"] = True  # SDK, CreateScalingGroup: the default of this policy
    group.resource_group, group.tags = checked_group(call.scope, given.get("ResourceGroupId")), given_tags(given)
    passed_on = {record["Key"] for record in given.records("Tag") if record.get("Propagate", "").lower() == "true"}
    group.passed_on = {key: value for key, value in group.tags.items() if key in passed_on}
    group.targets = targets(call)
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
    return {"ScalingGroups": {"ScalingGroup": [group_views.view(call, group) for group in page]}, **about}


def _named(call: Call) -> ScalingGroup:
    return call.backend(EssBackend).groups[call.parameters.require("ScalingGroupId")]


def modify_scaling_group(call: Call) -> None:
    given, backend, group = call.parameters, call.backend(EssBackend), _named(call)
    groups = backend.groups
    least, most = given.integer("MinSize", group.least, 0, MOST_INSTANCES), given.integer("MaxSize", group.most, 0, MOST_INSTANCES)
    desired = given.integer("DesiredCapacity", low=0) if given.optional("DesiredCapacity") else group.desired
    sizes.check(least, most, desired)
    options = _options(given, group.options)
    vswitches = given.values("VSwitchIds") or group.vswitches
    if given.values("VSwitchIds") and groups.vpc_of(vswitches) != group.vpc_id:
        raise invalid("VSwitchIds", f"They must be in the VPC {group.vpc_id}.")
    configuration = given.optional("ActiveScalingConfigurationId")
    if configuration is not None:
        _check_configuration(backend, group, configuration)
    if given.optional("ScalingGroupName"):
        groups.check_name(checked_name(given.get("ScalingGroupName"), "ScalingGroupName", 64), group)
        group.name = given.get("ScalingGroupName")
    group.cooldown = given.integer("DefaultCooldown", group.cooldown, 0, 86400)
    group.least, group.most, group.desired, group.options, group.vswitches = least, most, desired, options, vswitches
    if configuration is not None:
        _activate(backend, group, configuration)
    groups.changed(group)


def _check_configuration(backend: EssBackend, group: ScalingGroup, id: str) -> None:
    if backend.configurations[id].group_id != group.id:
        raise CloudError(404, "InvalidScalingConfigurationId.NotFound", f"{id} is no configuration of {group.id}.")


def _activate(backend: EssBackend, group: ScalingGroup, id: str) -> None:
    """New instances are made from it; those that are there stay as they are."""
    group.configuration = id
    backend.configurations.activate(group.id, id)


def enable_scaling_group(call: Call) -> None:
    """Active needs a configuration: the one named here, or one made active before."""
    backend, group = call.backend(EssBackend), _named(call)
    if group.status != "Inactive":
        raise CloudError(400, "IncorrectScalingGroupStatus", f"The current status of the scaling group is {group.status}.")
    wanted = call.parameters.optional("ActiveScalingConfigurationId")
    if wanted is not None:
        _check_configuration(backend, group, wanted)
        _activate(backend, group, wanted)
    if not group.configuration:
        raise CloudError(400, "MissingActiveScalingConfiguration", "An active scaling configuration is missing.")
    group.status = "Active"
    backend.groups.changed(group)


def disable_scaling_group(call: Call) -> None:
    """What is under way comes to its end; nothing new begins."""
    call.backend(EssBackend).groups.active(_named(call).id).status = "Inactive"


def delete_scaling_group(call: Call) -> None:
    call.backend(EssBackend).groups.delete(_named(call), call.parameters.boolean("ForceDelete"))


def set_group_deletion_protection(call: Call) -> None:
    _named(call).options["GroupDeletionProtection"] = call.parameters.boolean("GroupDeletionProtection")


def _processes(call: Call) -> list[str]:
    found = call.parameters.values("Process")
    if not found:
        raise missing("Process")
    if not set(found) <= set(PROCESSES):
        raise invalid("Process", f"Valid values: {', '.join(PROCESSES)}.")
    return found


def suspend_processes(call: Call) -> None:
    group, named = _named(call), _processes(call)
    group.suspended = [name for name in PROCESSES if name in named or name in group.suspended]


def resume_processes(call: Call) -> None:
    group, named = _named(call), _processes(call)
    group.suspended = [name for name in group.suspended if name not in named]
    call.backend(EssBackend).groups.changed(group)


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
    "SetGroupDeletionProtection": set_group_deletion_protection,
    "SuspendProcesses": suspend_processes,
    "ResumeProcesses": resume_processes,
    "ChangeResourceGroup": change_resource_group,
}
