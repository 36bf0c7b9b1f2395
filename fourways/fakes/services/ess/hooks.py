"""Lifecycle hooks: members wait at them on their way in or out, until somebody completes the action or its time is over.

Defaults, ranges and what the results mean: SDK 2022-02-22, CreateLifecycleHook and CompleteLifecycleAction; six of a group: help centre.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fourways.fakes.service import Scope
from fourways.fakes.services.ess.records import LifecycleAction, Member, ScalingGroup
from fourways.fakes.services.shared.resources import Collection, Resource
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.ess.backend import EssBackend

MOST_OF_A_GROUP = 6
OUT, IN = "SCALE_OUT", "SCALE_IN"
RESULTS = ("CONTINUE", "ABANDON", "ROLLBACK")


@dataclass(kw_only=True)
class Hook(Resource):
    """`timeout` in seconds."""

    group_id: str
    transition: str
    timeout: int = 600
    default: str = "CONTINUE"
    arn: str = ""
    metadata: str = ""


class Hooks(Collection[Hook]):
    """The lifecycle hooks of one account and region."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope, "ess", "lifecycle hook", "InvalidLifecycleHookId.NotExist")

    def of(self, group_id: str, transition: str = "") -> list[Hook]:
        return [hook for hook in self if hook.group_id == group_id and transition in ("", hook.transition)]

    def create(self, hook: Hook) -> Hook:
        """Raises 400 for one too many or a name that the group has already (codes assumed)."""
        others = self.of(hook.group_id)
        if len(others) >= MOST_OF_A_GROUP:
            raise CloudError(400, "QuotaExceeded.LifecycleHook", f"A scaling group has at most {MOST_OF_A_GROUP} lifecycle hooks.")
        if any(other.name == hook.name for other in others):
            raise CloudError(400, "InvalidLifecycleHookName.Duplicate", f"The name {hook.name} is in use in this scaling group.")
        return self.add(hook)


def enter(backend: EssBackend, group: ScalingGroup, members: list[Member], transition: str) -> None:
    """Have members wait at every hook of the transition, if there is one; those of one activity that come together share an action."""
    hooks = backend.hooks.of(group.id, transition)
    now = backend.scope.clock.now()
    for hook in hooks:
        for activity in dict.fromkeys(member.activity for member in members):
            ids = [member.id for member in members if member.activity == activity]
            token = str(uuid.uuid4()).upper()
            group.actions.append(LifecycleAction(hook.id, transition, token, activity, ids, now + hook.timeout, hook.default))
    for member in members:
        member.hooked = True
        if hooks:
            member.state = "Pending:Wait" if transition == OUT else "Removing:Wait"


def outcome(group: ScalingGroup, member: Member, transition: str) -> str:
    """What the actions that a member waits for have come to: one of RESULTS, or "" while it has to wait.

    On the way in an ABANDON of any counts once all are over; on the way out it ends the others' wait, and so does a ROLLBACK.
    """
    mine = [
        item for item in group.actions if member.id in item.instances and item.activity == member.activity and item.transition == transition
    ]
    results = {action.result for action in mine if action.status != "Pending"}
    if transition == IN:
        for strong in ("ROLLBACK", "ABANDON"):
            if strong in results:
                return strong
    if any(action.status == "Pending" for action in mine):
        return ""
    return "ABANDON" if results & {"ABANDON", "ROLLBACK"} else "CONTINUE"


def expire(group: ScalingGroup, now: float) -> None:
    """End the actions whose time is over, and forget those of members that are gone."""
    for action in group.actions:
        if action.status == "Pending" and action.deadline <= now:
            action.status, action.result = "Timeout", action.default
    activities = {activity.id for activity in group.activities}
    group.actions = [action for action in group.actions if action.activity in activities]


def deleted(group: ScalingGroup, hook_id: str) -> None:
    """Nobody waits at a hook that is gone (help centre, DeleteLifecycleHook: instances leave the Pending state ahead of schedule)."""
    for action in group.actions:
        if action.hook == hook_id and action.status == "Pending":
            action.status, action.result = "Completed", action.default
