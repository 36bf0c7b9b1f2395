"""ALB server groups of a scaling group on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ess import activities, balancing
from fourways.fakes.services.ess.backend import EssBackend
from fourways.fakes.services.ess.records import Target
from fourways.fakes.wire.errors import CloudError, missing
from fourways.fakes.wire.parameters import Parameters

MOST_OF_A_GROUP = 30  # assumed: Quota Center has the number


def targets(call: Call, *, weighed: bool = True) -> list[Target]:
    """`AlbServerGroup.N.AlbServerGroupId`, `.Port` and `.Weight`. Raises ALB's 404 for a server group that does not exist."""
    found = []
    for record in call.parameters.records("AlbServerGroup"):
        given = Parameters(record)
        target = Target(
            given.require("AlbServerGroupId"),
            given.integer("Port", low=1, high=65535),
            given.integer("Weight", 50, 0, 100) if weighed else 0,
        )
        balancing.servers(call.scope, target.server_group)
        found.append(target)
    return found


def _key(target: Target) -> tuple[str, int]:
    return target.server_group, target.port


def attach_alb_server_groups(call: Call) -> dict[str, Any]:
    """With ForceAttach the instances in service become servers now, and there is an activity; else only later ones do.

    What is attached already is no mistake: the plugin, having made a group with its server groups, attaches them once more.
    """
    backend, given = call.backend(EssBackend), call.parameters
    group, wanted = backend.groups[given.require("ScalingGroupId")], targets(call)
    if not wanted:
        raise missing("AlbServerGroup")
    known = {_key(target) for target in group.targets}
    wanted = [target for target in wanted if _key(target) not in known]
    if len(group.targets) + len(wanted) > MOST_OF_A_GROUP:
        raise CloudError(400, "QuotaExceeded.AlbServerGroup", f"A scaling group has at most {MOST_OF_A_GROUP} ALB server groups.")
    group.targets += wanted
    if not given.boolean("ForceAttach"):
        return {}
    activity = activities.begin(call.scope.clock, group, "Attach ALB server groups", "A user attaches ALB server groups.")
    for member in group.members:
        if member.in_service:
            balancing.send(group, "add", member, activity.id, wanted)
            member.balanced = True
    backend.groups.changed(group)
    return {"ScalingActivityId": activity.id}


def detach_alb_server_groups(call: Call) -> dict[str, Any]:
    """With ForceDetach the instances stop being servers of it; else they stay what they are."""
    backend, given = call.backend(EssBackend), call.parameters
    group = backend.groups[given.require("ScalingGroupId")]
    named = [(record.get("AlbServerGroupId", ""), Parameters(record).integer("Port")) for record in given.records("AlbServerGroup")]
    if not named:
        raise missing("AlbServerGroup")
    gone = [target for target in group.targets if _key(target) in named]
    if len(gone) < len(named):
        raise CloudError(404, "InvalidAlbServerGroupId.NotFound", "A server group that was named is not attached.")  # code assumed
    group.targets = [target for target in group.targets if target not in gone]
    if not given.boolean("ForceDetach"):
        return {}
    activity = activities.begin(call.scope.clock, group, "Detach ALB server groups", "A user detaches ALB server groups.")
    for member in group.members:
        if member.balanced:
            balancing.send(group, "remove", member, activity.id, gone)
    backend.groups.changed(group)
    return {"ScalingActivityId": activity.id}


ACTIONS: dict[str, Handler] = {
    "AttachAlbServerGroups": attach_alb_server_groups,
    "DetachAlbServerGroups": detach_alb_server_groups,
}
