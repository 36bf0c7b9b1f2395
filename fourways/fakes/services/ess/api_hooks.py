"""Lifecycle hooks and the actions that wait at them on the wire."""

from __future__ import annotations

import re
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ess import hooks
from fourways.fakes.services.ess.backend import EssBackend
from fourways.fakes.services.ess.hooks import IN, OUT, RESULTS, Hook
from fourways.fakes.services.ess.records import LifecycleAction, ScalingGroup
from fourways.fakes.services.shared.requests import ids_of, token_page
from fourways.fakes.services.shared.resources import new_id
from fourways.fakes.wire.errors import CloudError, invalid, missing
from fourways.fakes.wire.parameters import Parameters

_NAME = re.compile(r"^[A-Za-z0-9\u4e00-\u9fff][\w.\-\u4e00-\u9fff]{1,63}$")
_ARN = re.compile(r"^acs:(mns|oos|eventbridge|ess):[^:]+:[^:]+:.+$")


def checked_short_name(value: str, parameter: str) -> str:
    """2 to 64 letters, digits, `_`, `-` and `.`, beginning with a letter or a digit."""
    if value and not _NAME.match(value):
        raise CloudError(400, f"Invalid{parameter}.Malformed", f"The specified value of {parameter} is not valid.")
    return value


def _read(hook: Hook, given: Parameters) -> None:
    timeout = given.integer("HeartbeatTimeout", hook.timeout, 30, 21600)
    default = given.choice("DefaultResult", RESULTS, hook.default)
    transition = given.choice("LifecycleTransition", (OUT, IN), hook.transition)
    arn, metadata = given.get("NotificationArn", hook.arn), given.get("NotificationMetadata", hook.metadata)
    if arn and not _ARN.match(arn):
        raise invalid("NotificationArn", "It is no ARN of a queue, a topic, a template or an event bus.")
    if len(metadata) > 4096:
        raise invalid("NotificationMetadata", "At most 4,096 characters.")
    hook.timeout, hook.default, hook.transition, hook.arn, hook.metadata = timeout, default, transition, arn, metadata


def create_lifecycle_hook(call: Call) -> dict[str, Any]:
    given, backend = call.parameters, call.backend(EssBackend)
    group = backend.groups[given.require("ScalingGroupId")]
    given.require("LifecycleTransition")
    id = new_id("ash-", 20)
    name = checked_short_name(given.get("LifecycleHookName"), "LifecycleHookName") or id
    hook = Hook(id=id, created=call.scope.clock.now(), name=name, status="Active", group_id=group.id, transition=OUT)
    _read(hook, given)
    return {"LifecycleHookId": backend.hooks.create(hook).id}


def _view(hook: Hook) -> dict[str, Any]:
    return {
        "LifecycleHookId": hook.id,
        "LifecycleHookName": hook.name,
        "LifecycleHookStatus": hook.status,
        "LifecycleTransition": hook.transition,
        "ScalingGroupId": hook.group_id,
        "HeartbeatTimeout": hook.timeout,
        "DefaultResult": hook.default,
        "NotificationArn": hook.arn,
        "NotificationMetadata": hook.metadata,
    }


def describe_lifecycle_hooks(call: Call) -> dict[str, Any]:
    given = call.parameters
    group, name, ids = given.optional("ScalingGroupId"), given.optional("LifecycleHookName"), ids_of(given, "LifecycleHookId")
    found = [
        hook
        for hook in call.backend(EssBackend).hooks
        if group in (None, hook.group_id) and name in (None, hook.name) and (not ids or hook.id in ids)
    ]
    page, about = given.page(found, largest=50)
    return {"LifecycleHooks": {"LifecycleHook": [_view(hook) for hook in page]}, **about}


def _named(call: Call) -> Hook:
    """By id, or by group and name. Raises 404 where it is in neither way there."""
    given, all_hooks = call.parameters, call.backend(EssBackend).hooks
    if given.optional("LifecycleHookId"):
        return all_hooks[given.get("LifecycleHookId")]
    group, name = given.require("ScalingGroupId"), given.require("LifecycleHookName")
    for hook in all_hooks.of(group):
        if hook.name == name:
            return hook
    return all_hooks[name]


def modify_lifecycle_hook(call: Call) -> None:
    """A blank parameter of this call keeps what was there: the SDK sends none of those that did not change."""
    given = Parameters({name: value for name, value in call.parameters.flat.items() if value})
    _read(_named(call), given)


def delete_lifecycle_hook(call: Call) -> None:
    backend, hook = call.backend(EssBackend), _named(call)
    backend.hooks.remove(hook.id)
    group = backend.groups[hook.group_id]
    hooks.deleted(group, hook.id)
    backend.groups.look(group)


def _action(call: Call) -> tuple[ScalingGroup, LifecycleAction]:
    """The action that the hook and the token name, while it waits (codes assumed)."""
    given, backend = call.parameters, call.backend(EssBackend)
    hook, token = given.require("LifecycleHookId"), given.require("LifecycleActionToken")
    group = backend.groups[backend.hooks[hook].group_id]
    for action in group.actions:
        if action.hook == hook and action.token == token:
            if action.status != "Pending":
                raise CloudError(400, "IncorrectLifecycleActionStatus", f"The status of the lifecycle action is {action.status}.")
            return group, action
    raise CloudError(404, "InvalidLifecycleActionToken.NotExist", "The specified LifecycleActionToken does not exist.")


def complete_lifecycle_action(call: Call) -> None:
    given = call.parameters
    group, action = _action(call)
    action.result = given.choice("LifecycleActionResult", RESULTS, action.default)
    action.status = "Completed"
    call.backend(EssBackend).groups.look(group)


def record_heartbeat(call: Call) -> None:
    """The wait begins anew, and lasts as long as is said here."""
    group, action = _action(call)
    action.deadline = call.scope.clock.now() + call.parameters.integer("HeartbeatTimeout", 600, 30, 21600)
    call.backend(EssBackend).groups.look(group)


def describe_lifecycle_actions(call: Call) -> dict[str, Any]:
    given = call.parameters
    activity, status = given.optional("ScalingActivityId"), given.optional("LifecycleActionStatus")
    if activity is None:
        raise missing("ScalingActivityId")
    rows = [
        {
            "LifecycleHookId": action.hook,
            "LifecycleActionToken": action.token,
            "LifecycleActionStatus": action.status,
            "LifecycleActionResult": action.result or action.default,
            "InstanceIds": {"InstanceId": action.instances},
        }
        for group in call.backend(EssBackend).groups
        for action in group.actions
        if action.activity == activity and status in (None, action.status)
    ]
    page, following = token_page(rows, given, largest=50)
    return {"LifecycleActions": {"LifecycleAction": page}, "TotalCount": len(rows), "MaxResults": len(page), **following}


ACTIONS: dict[str, Handler] = {
    "CreateLifecycleHook": create_lifecycle_hook,
    "DescribeLifecycleHooks": describe_lifecycle_hooks,
    "ModifyLifecycleHook": modify_lifecycle_hook,
    "DeleteLifecycleHook": delete_lifecycle_hook,
    "CompleteLifecycleAction": complete_lifecycle_action,
    "RecordLifecycleActionHeartbeat": record_heartbeat,
    "DescribeLifecycleActions": describe_lifecycle_actions,
}
