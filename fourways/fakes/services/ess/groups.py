"""Scaling groups: free by themselves, but an active one starts ECS instances up to its size and releases those that are too many.

Sizes are put right when a group is changed or a configuration is made active; nothing here watches the health of instances.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fourways.fakes.services.ess.configurations import Configuration
from fourways.fakes.services.shared.resources import Collection, Resource, new_id
from fourways.fakes.services.vpc.backend import VpcBackend
from fourways.fakes.wire.errors import CloudError, invalid

if TYPE_CHECKING:
    from fourways.fakes.services.ess.backend import EssBackend

ECS_VERSION = "2014-05-26"
QUOTA = 50  # groups of a region; help centre, ESS "Limits": assumed, from memory
MOST_INSTANCES = 2000  # MaxSize; help centre, CreateScalingGroup
# What is kept and shown as it was given; a value's type is its default's. Defaults: help centre, CreateScalingGroup.
OPTIONS: dict[str, Any] = {
    "MultiAZPolicy": "PRIORITY",
    "GroupType": "ECS",
    "HealthCheckType": "ECS",
    "ScalingPolicy": "recycle",
    "AllocationStrategy": "priority",
    "SpotAllocationStrategy": "priority",
    "AzBalance": False,
    "AutoRebalance": False,
    "BalanceMode": "BalancedBestEffort",
    "OnDemandBaseCapacity": 0,
    "OnDemandPercentageAboveBaseCapacity": 100,
    "SpotInstancePools": 0,
    "SpotInstanceRemedy": False,
    "CompensateWithOnDemand": False,
    "GroupDeletionProtection": False,
    "MaxInstanceLifetime": 0,
    "StopInstanceTimeout": 0,
    "RemovalPolicy": ["OldestScalingConfiguration", "OldestInstance"],
    "HealthCheckTypes": [],
}
# Shown only once they were given.
SHOWN_WHEN_SET = {"SpotInstancePools", "MaxInstanceLifetime", "StopInstanceTimeout", "AutoRebalance", "BalanceMode"}
REMOVAL_POLICIES = ("OldestScalingConfiguration", "OldestInstance", "NewestInstance", "CustomPolicy")


@dataclass
class Member:
    """One instance of a group."""

    id: str
    created: float
    configuration: str
    protected: bool = False


@dataclass(kw_only=True)
class ScalingGroup(Resource):
    """`status` is the API's LifecycleState: Inactive, Active, Deleting. `desired` None: the size is kept between least and most."""

    least: int
    most: int
    desired: int | None = None
    cooldown: int = 300
    vpc_id: str = ""
    vswitches: list[str] = field(default_factory=list)
    configuration: str = ""
    modified: float = 0.0
    options: dict[str, Any] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)
    activities: list[dict[str, Any]] = field(default_factory=list)


class ScalingGroups(Collection[ScalingGroup]):
    """The scaling groups of one account and region."""

    def __init__(self, backend: EssBackend) -> None:
        super().__init__(backend.scope, "ess", "scaling group", "InvalidScalingGroupId.NotFound")
        self._backend = backend

    def new(self, name: str, least: int, most: int, desired: int | None, vswitches: list[str]) -> ScalingGroup:
        """Checked, not yet kept."""
        if len(self._items) >= int(self._scope.cloud.seed.get("quotas", {}).get("scaling_groups", QUOTA)):
            raise CloudError(400, "QuotaExceeded.ScalingGroup", "Scaling group quota exceeded in this region.")
        id = new_id("asg-", 20)
        group = ScalingGroup(id=id, created=self._scope.clock.now(), least=least, most=most, desired=desired, status="Inactive")
        self.check_name(name or id, group)
        check_sizes(least, most, desired)
        group.name, group.vswitches = name or id, vswitches
        group.vpc_id = self.vpc_of(vswitches)
        group.modified = group.created
        return group

    def check_name(self, name: str, group: ScalingGroup) -> None:
        """Names are unique in the region: help centre, CreateScalingGroup."""
        if any(other.name == name and other.id != group.id for other in self._items.values()):
            raise CloudError(400, "InvalidScalingGroupName.Duplicate", f"The ScalingGroupName {name} is in use.")

    def vpc_of(self, vswitches: list[str]) -> str:
        """The one VPC that all the vSwitches are in."""
        found = {self._scope.backend(VpcBackend).vswitches[id].vpc_id for id in vswitches}
        if len(found) > 1:
            raise invalid("VSwitchIds", "They must be in one VPC.")
        return next(iter(found), "")

    def members(self, group: ScalingGroup) -> list[Member]:
        """Those that still exist; who is gone from ECS is gone here."""
        from fourways.fakes.services.ecs.backend import EcsBackend

        instances = self._scope.backend(EcsBackend).instances
        group.members = [member for member in group.members if member.id in instances]
        return group.members

    def settle_size(self, group: ScalingGroup) -> None:
        """Start or release instances until an active group has its size."""
        group.modified = self._scope.clock.now()
        if group.status != "Active" or not group.configuration:
            return
        members = self.members(group)
        wanted = group.desired if group.desired is not None else min(max(len(members), group.least), group.most)
        if wanted > len(members):
            self._scale_out(group, wanted - len(members))
        elif wanted < len(members):
            self._scale_in(group, len(members) - wanted)

    def _scale_out(self, group: ScalingGroup, count: int) -> None:
        """One instance after the other, round the vSwitches; what is refused (no stock) is an activity that failed."""
        configuration = self._backend.configurations[group.configuration]
        made: list[str] = []
        error = ""
        try:
            for number in range(count):
                vswitch = group.vswitches[(len(group.members) + number) % len(group.vswitches)] if group.vswitches else ""
                answer = self._scope.ask(ECS_VERSION, "RunInstances", VSwitchId=vswitch, **run_parameters(configuration))
                made.append(str(answer["InstanceIdSets"]["InstanceIdSet"][0]))
        except CloudError as refused:
            error = f"{refused.code}: {refused.message}"
        now = self._scope.clock.now()
        group.members += [Member(id, now, configuration.id) for id in made]
        self._note(group, f"Add {count} ECS instance(s)", made, [], error)

    def _scale_in(self, group: ScalingGroup, count: int) -> None:
        free = [member for member in group.members if not member.protected]
        for policy in reversed(group.options["RemovalPolicy"]):
            if policy in ("OldestInstance", "NewestInstance"):
                free.sort(key=lambda member: member.created, reverse=policy == "NewestInstance")
            elif policy == "OldestScalingConfiguration":
                free.sort(key=lambda member: self._backend.configurations.made(member.configuration))
        self.release(group, [member.id for member in free[:count]], f"Remove {count} ECS instance(s)")

    def release(self, group: ScalingGroup, ids: list[str], what: str) -> None:
        """Instances that are still starting cannot be released by a call: they are let go by the force that deletes a group."""
        from fourways.fakes.services.ecs.backend import EcsBackend

        instances = self._scope.backend(EcsBackend).instances
        for id in ids:
            instances.delete(instances[id])
        group.members = [member for member in group.members if member.id not in ids]
        self._note(group, what, [], ids, "")

    def _note(self, group: ScalingGroup, what: str, created: list[str], destroyed: list[str], error: str) -> None:
        now = self._scope.clock.timestamp()
        group.activities.append(
            {
                "ScalingActivityId": new_id("asa-", 20),
                "ScalingGroupId": group.id,
                "StatusCode": "Failed" if error else "Successful",
                "StatusMessage": error,
                "ErrorMessage": error,
                "Description": what,
                "Cause": what,
                "Progress": 100,
                "StartTime": now,
                "EndTime": now,
                "TotalCapacity": str(len(group.members)),
                "ScalingInstanceNumber": len(created) + len(destroyed),
                "CreatedCapacity": len(created),
                "DestroyedCapacity": len(destroyed),
                "CreatedInstances": {"CreatedInstance": created},
                "DestroyedInstances": {"DestroyedInstance": destroyed},
            }
        )

    def delete(self, group: ScalingGroup, force: bool) -> None:
        """Without force only an empty group goes (help centre, DeleteScalingGroup; the codes are assumed)."""
        if group.options["GroupDeletionProtection"]:
            raise CloudError(400, "OperationDenied.GroupDeletionProtection", "The deletion protection of the scaling group is on.")
        members = self.members(group)
        if members and not force:
            raise CloudError(400, "InstanceInUse", "There are instances in the specified scaling group.")
        self.release(group, [member.id for member in members], "Delete the scaling group")
        for configuration in self._backend.configurations.of(group.id):
            self._backend.configurations.remove(configuration.id)
        self.remove_later(group, "DeleteScalingGroup", 1.0)


def check_sizes(least: int, most: int, desired: int | None) -> None:
    if least > most:
        raise CloudError(400, "InvalidMinSize.MaxSize", "The specified value of MinSize is larger than MaxSize.")
    if desired is not None and not least <= desired <= most:
        raise CloudError(400, "InvalidDesiredCapacity.OutOfRange", f"DesiredCapacity {desired} is not between {least} and {most}.")


def run_parameters(configuration: Configuration) -> dict[str, str]:
    """A configuration as RunInstances takes it."""
    options = configuration.options
    found = {
        "ImageId": configuration.image_id,
        "InstanceType": configuration.types[0],
        "InstanceName": options.get("InstanceName") or "ESS-asg-" + configuration.name,
    }
    found |= {f"SecurityGroupIds.{number}": id for number, id in enumerate(configuration.groups, 1)}
    for name in ("KeyPairName", "RamRoleName", "UserData", "HostName", "InternetChargeType", "InternetMaxBandwidthOut", "SpotStrategy"):
        if options.get(name):
            found[name] = options[name]
    for name in ("Category", "Size", "PerformanceLevel", "DiskName", "Description"):
        if options.get(f"SystemDisk.{name}"):
            found[f"SystemDisk.{name}"] = options[f"SystemDisk.{name}"]
    for number, (key, value) in enumerate(json.loads(options.get("Tags") or "{}").items(), 1):
        found |= {f"Tag.{number}.Key": key, f"Tag.{number}.Value": str(value)}
    return found
