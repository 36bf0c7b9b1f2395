"""Scaling groups on the wire."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ecs import instance_types
from fourways.fakes.services.ecs.launch_templates import DEFAULT
from fourways.fakes.services.ess import group_views, launches, sizes
from fourways.fakes.services.ess.api_balancing import targets
from fourways.fakes.services.ess.api_rules import number
from fourways.fakes.services.ess.backend import EssBackend
from fourways.fakes.services.ess.groups import MOST_INSTANCES, OPTIONS, REMOVAL_POLICIES
from fourways.fakes.services.ess.health import TYPES
from fourways.fakes.services.ess.records import Override, ScalingGroup, Source
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
    # A blank is as if nothing were given: the plugin sends some of them unasked.
    given = Parameters({name: value for name, value in given.flat.items() if value != ""}, given.body)
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
    for parameter in ("LoadBalancerIds", "DBInstanceIds", "InstanceId"):
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
    group.overrides = _overrides(given)
    group.source = _template(call) or Source()
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
    source, overrides = _source(call, group), _overrides(given)
    if given.optional("ScalingGroupName"):
        groups.check_name(checked_name(given.get("ScalingGroupName"), "ScalingGroupName", 64), group)
        group.name = given.get("ScalingGroupName")
    group.cooldown = given.integer("DefaultCooldown", group.cooldown, 0, 86400)
    group.least, group.most, group.desired, group.options, group.vswitches = least, most, desired, options, vswitches
    group.overrides = overrides or group.overrides
    if source is not None:
        groups.make_from(group, source)
    groups.changed(group)


def _template(call: Call) -> Source | None:
    """`LaunchTemplateId` and `LaunchTemplateVersion`, which is the default one where it is not said. Raises 404 for what does not exist."""
    given = call.parameters
    if not given.optional("LaunchTemplateId"):
        return None
    source = Source(template=given.get("LaunchTemplateId"), version=given.get("LaunchTemplateVersion") or DEFAULT)
    launches.resolved(call.scope, source)
    return source


def _source(call: Call, group: ScalingGroup) -> Source | None:
    """What the call says that instances are made from; None where it says nothing of it. One takes the place of the other."""
    id = call.parameters.optional("ActiveScalingConfigurationId")
    if id is None:
        return _template(call)
    if call.backend(EssBackend).configurations[id].group_id != group.id:
        raise CloudError(404, "InvalidScalingConfigurationId.NotFound", f"{id} is no configuration of {group.id}.")
    return Source(configuration=id)


def _overrides(given: Parameters) -> list[Override]:
    """`LaunchTemplateOverride.N.InstanceType`, in the order in which they are tried, with `.SpotPriceLimit` and `.WeightedCapacity`."""
    found = []
    for record in map(Parameters, given.records("LaunchTemplateOverride")):
        type, limit = instance_types.find(record.require("InstanceType")).name, record.get("SpotPriceLimit")
        if limit:
            number(record, "SpotPriceLimit")
        found.append(Override(type, limit, record.integer("WeightedCapacity", 0, 0, 500)))
    return found


def enable_scaling_group(call: Call) -> None:
    """Active needs something to make instances from: what is named here or was before, a configuration or a launch template."""
    backend, group = call.backend(EssBackend), _named(call)
    if group.status != "Inactive":
        raise CloudError(400, "IncorrectScalingGroupStatus", f"The current status of the scaling group is {group.status}.")
    source, overrides = _source(call, group), _overrides(call.parameters)
    if not source and not group.source:
        raise CloudError(400, "MissingActiveScalingConfiguration", "An active scaling configuration is missing.")
    if source is not None:
        backend.groups.make_from(group, source)
    group.overrides, group.status = overrides or group.overrides, "Active"
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
