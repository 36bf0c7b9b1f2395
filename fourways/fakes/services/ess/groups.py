"""Scaling groups: free by themselves, but an active one starts ECS instances up to its size and releases those that are too many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fourways.fakes.services.ess import looks, members, sizes
from fourways.fakes.services.ess.records import ScalingGroup, Source
from fourways.fakes.services.shared.resources import Collection, new_id
from fourways.fakes.services.vpc.backend import VpcBackend
from fourways.fakes.wire.errors import CloudError, invalid

if TYPE_CHECKING:
    from fourways.fakes.services.ess.backend import EssBackend

QUOTA = 50  # groups of a region; help centre, ESS "Limits": assumed, from memory
MOST_INSTANCES = 2000  # MaxSize; help centre, CreateScalingGroup
# What is kept and shown as it was given; a value's type is its default's. Defaults: help centre, CreateScalingGroup. That of ScalingPolicy
# follows from the provider's acceptance test of instance refreshes, which gives none: groups in economical mode refuse refreshes.
OPTIONS: dict[str, Any] = {
    "MultiAZPolicy": "PRIORITY",
    "GroupType": "ECS",
    "HealthCheckType": "ECS",
    "ScalingPolicy": "release",
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
        sizes.check(least, most, desired)
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

    def active(self, id: str) -> ScalingGroup:
        """Raises 400 for one that is not active."""
        group = self[id]
        if group.status != "Active":
            raise CloudError(400, "IncorrectScalingGroupStatus", f"The current status of the scaling group is {group.status}.")
        return group

    def make_from(self, group: ScalingGroup, source: Source) -> None:
        """New instances are made from it; those that are there stay as they are."""
        group.source = source
        self._backend.configurations.activate(group.id, source.configuration)

    def of_instance(self, instance_id: str) -> ScalingGroup:
        """The group that an instance is in. Raises 404 where it is in none."""
        for group in self._items.values():
            if group.member(instance_id):
                return group
        raise CloudError(404, "InvalidInstanceId.NotFound", f"The specified instance {instance_id} is in no scaling group.")

    def changed(self, group: ScalingGroup) -> None:
        """To be called after a user's change: its effect begins at once, and what was refused is tried again."""
        group.modified, group.retry_at = self._scope.clock.now(), 0.0
        self.look(group)

    def look(self, group: ScalingGroup) -> None:
        looks.look(self._backend, group)
        if group.status == "Deleting" and not group.members:
            self.remove(group.id)
            return
        due = looks.next_look(self._backend, group)
        group.look_at = due or 0.0
        if due is not None:
            self._scope.clock.after(due - self._scope.clock.now(), self._due, group.id, due)

    def _due(self, id: str, at: float) -> None:
        """The look that was planned last counts; one before it was overtaken by a change."""
        if id in self._items and self._items[id].look_at == at:
            self.look(self._items[id])

    def delete(self, group: ScalingGroup, force: bool) -> None:
        """Without force only an empty group goes (help centre, DeleteScalingGroup; the codes are assumed). Nobody waits at hooks then."""
        if group.options["GroupDeletionProtection"]:
            raise CloudError(400, "OperationDenied.GroupDeletionProtection", "The deletion protection of the scaling group is on.")
        if group.members and not force:
            raise CloudError(400, "InstanceInUse", "There are instances in the specified scaling group.")
        group.status = "Deleting"
        for task in group.refreshes:
            task.status = "Cancelled" if task.under_way else task.status
        for member in group.members:
            member.hooked = True
            member.state = "Removing" if member.leaving else member.state
        members.remove(self._backend, group, [member.id for member in group.members], "The scaling group is deleted.", wait=False)
        self._backend.forget(group.id)
        self.later(group.id, "DeleteScalingGroup", 1.0, self._begin_delete)

    def _begin_delete(self, id: str) -> None:
        if id in self._items:
            self.look(self._items[id])
