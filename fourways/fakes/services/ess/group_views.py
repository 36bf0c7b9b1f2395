"""A scaling group as DescribeScalingGroups shows it."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.ess.api_members import shown_state
from fourways.fakes.services.ess.groups import OPTIONS, SHOWN_WHEN_SET
from fourways.fakes.services.ess.records import Override, ScalingGroup
from fourways.fakes.services.shared.tagging import as_list

_CAPACITIES = {
    "ActiveCapacity": "InService",
    "PendingCapacity": "Pending",
    "PendingWaitCapacity": "Pending:Wait",
    "ProtectedCapacity": "Protected",
    "RemovingCapacity": "Removing",
    "RemovingWaitCapacity": "Removing:Wait",
    "StandbyCapacity": "Standby",
    "StoppedCapacity": "Stopped",
}


def view(call: Call, group: ScalingGroup) -> dict[str, Any]:
    states = [shown_state(member) for member in group.members]
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
        "TotalCapacity": len(states),
        "TotalInstanceCount": len(states),
        "SpotCapacity": sum(1 for member in group.members if member.spot != "NoSpot"),
        **{name: states.count(state) for name, state in _CAPACITIES.items()},
        "VpcId": group.vpc_id,
        "VSwitchId": group.vswitches[0] if group.vswitches else "",
        "VSwitchIds": {"VSwitchId": group.vswitches},
        "RemovalPolicies": {"RemovalPolicy": group.options["RemovalPolicy"]},
        "HealthCheckTypes": {"HealthCheckType": group.options["HealthCheckTypes"] or [group.options["HealthCheckType"]]},
        "ActiveScalingConfigurationId": group.source.configuration,
        "LaunchTemplateId": group.source.template,
        "LaunchTemplateVersion": group.source.version,
        "DBInstanceIds": {"DBInstanceId": []},
        "LoadBalancerIds": {"LoadBalancerId": []},
        "AlbServerGroups": {
            "AlbServerGroup": [{"AlbServerGroupId": item.server_group, "Port": item.port, "Weight": item.weight} for item in group.targets]
        },
        "VServerGroups": {"VServerGroup": []},
        "SuspendedProcesses": {"SuspendedProcess": group.suspended},
        "SystemSuspended": False,
        "ResourceGroupId": group.resource_group,
        "CreationTime": call.scope.clock.timestamp(group.created)[:-4] + "Z",
        "ModificationTime": call.scope.clock.timestamp(group.modified),
        "Tags": as_list(group.tags, "TagKey", "TagValue"),
        **options,
    }
    if group.overrides:
        row["LaunchTemplateOverrides"] = {"LaunchTemplateOverride": [_override(item) for item in group.overrides]}
    if not row["HealthCheckType"]:
        del row["HealthCheckType"]  # the provider reads the types only where there is no single one
    return row if group.desired is None else {**row, "DesiredCapacity": group.desired}


def _override(item: Override) -> dict[str, Any]:
    limit = {"SpotPriceLimit": float(item.limit)} if item.limit else {}
    weight = {"WeightedCapacity": item.weight} if item.weight else {}
    return {"InstanceType": item.type, **limit, **weight}
