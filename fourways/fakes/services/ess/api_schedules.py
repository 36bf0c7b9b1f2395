"""Scheduled tasks on the wire."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from cronsim import CronSim, CronSimError

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ess.api_hooks import checked_short_name
from fourways.fakes.services.ess.backend import EssBackend
from fourways.fakes.services.ess.schedules import RECURRENCES, Task, cron
from fourways.fakes.services.shared.requests import ids_of
from fourways.fakes.services.shared.resources import checked_name, new_id
from fourways.fakes.wire.errors import CloudError, invalid, missing
from fourways.fakes.wire.parameters import Parameters

_DAY = 86400
_FORM = "%Y-%m-%dT%H:%MZ"
_SIZES = {"MinValue": "least", "MaxValue": "most", "DesiredCapacity": "desired"}
_VALUES = {
    "Daily": r"([1-9]|[12]\d|3[01])",
    "Weekly": r"[0-6](,[0-6])*",
    "Monthly": r"([1-9]|[12]\d|3[01])-([1-9]|[12]\d|3[01])",
}


def _moment(call: Call, given: Parameters, name: str, days: int, soonest: float) -> float:
    """`2026-11-24T08:00Z` as epoch seconds, after `soonest` and within so many days."""
    try:
        at = datetime.strptime(given.require(name), _FORM).replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise CloudError(400, f"Invalid{name}.Malformed", f"The specified {name} has not the form YYYY-MM-DDThh:mmZ.") from None
    if not soonest <= at <= call.scope.clock.now() + days * _DAY:
        raise invalid(name, f"It must be to come, and within {days} days.")
    return at


def _check_value(recurrence: str, value: str) -> None:
    if recurrence == "Cron":
        try:
            CronSim(cron(value), datetime(2024, 1, 1, tzinfo=UTC))
        except CronSimError:
            raise invalid("RecurrenceValue", "It is no cron expression of five fields.") from None
        return
    low, _, high = value.partition("-")
    if not re.fullmatch(_VALUES[recurrence], value) or (high and int(low) > int(high)):
        raise invalid("RecurrenceValue", f"It does not fit the RecurrenceType {recurrence}.")


def _read(call: Call, task: Task, given: Parameters) -> None:
    """All of it is checked before any of it is kept."""
    backend = call.backend(EssBackend)
    action, group = given.get("ScheduledAction", task.action), given.get("ScalingGroupId", task.group_id)
    if "ScheduledAction" in given and "ScalingGroupId" not in given:
        group = ""
    if "ScalingGroupId" in given and "ScheduledAction" not in given:
        action = ""
    if bool(action) == bool(group):
        raise missing("ScheduledAction") if not action else invalid("ScheduledAction", "It and ScalingGroupId exclude each other.")
    sizes = {field: given.integer(name, low=0) if name in given else getattr(task, field) for name, field in _SIZES.items()}
    if action:
        backend.rules.by_ari(action)
    elif all(value is None for value in sizes.values()):
        raise missing("MinValue")
    else:
        backend.groups[group]
    launch = _moment(call, given, "LaunchTime", 90, call.scope.clock.now()) if "LaunchTime" in given else task.launch
    recurrence = given.choice("RecurrenceType", ("", *RECURRENCES), task.recurrence)
    value = given.get("RecurrenceValue", task.value)
    if recurrence:
        _check_value(recurrence, value)
    until = _moment(call, given, "RecurrenceEndTime", 366, launch) if given.optional("RecurrenceEndTime") else task.until
    expiration = given.integer("LaunchExpirationTime", task.expiration, 0, 21600)
    task.action, task.group_id, task.launch, task.recurrence, task.value = action, group, launch, recurrence, value
    task.until, task.expiration = until, expiration
    for field, size in sizes.items():
        setattr(task, field, size)
    task.description = checked_name(given.get("Description", task.description), "Description", 200)
    task.enabled = given.boolean("TaskEnabled", task.enabled)


def _given(call: Call) -> Parameters:
    return Parameters({name: value for name, value in call.parameters.flat.items() if value != ""})


def create_scheduled_task(call: Call) -> dict[str, Any]:
    given, id = _given(call), new_id("edRtSQN", 20)
    given.require("LaunchTime")
    name = checked_short_name(given.get("ScheduledTaskName"), "ScheduledTaskName") or id
    task = Task(id=id, created=call.scope.clock.now(), name=name, action="", group_id="", launch=0.0)
    _read(call, task, given)
    return {"ScheduledTaskId": call.backend(EssBackend).tasks.create(task).id}


def _view(task: Task) -> dict[str, Any]:
    row = {
        "ScheduledTaskId": task.id,
        "ScheduledTaskName": task.name,
        "Description": task.description,
        "ScheduledAction": task.action,
        "ScalingGroupId": task.group_id,
        "LaunchTime": datetime.fromtimestamp(task.launch, UTC).strftime(_FORM),
        "LaunchExpirationTime": task.expiration,
        "TaskEnabled": task.enabled,
        "RecurrenceType": task.recurrence,
        "RecurrenceValue": task.value,
        "RecurrenceEndTime": datetime.fromtimestamp(task.until, UTC).strftime(_FORM) if task.until else "",
    }
    return row | {name: getattr(task, field) for name, field in _SIZES.items() if getattr(task, field) is not None}


def describe_scheduled_tasks(call: Call) -> dict[str, Any]:
    given = call.parameters
    ids, names, actions = ids_of(given, "ScheduledTaskId"), ids_of(given, "ScheduledTaskName"), ids_of(given, "ScheduledAction")
    group = given.optional("ScalingGroupId")
    found = [
        task
        for task in call.backend(EssBackend).tasks
        if (not ids or task.id in ids)
        and (not names or task.name in names)
        and (not actions or task.action in actions)
        and group in (None, task.group_id)
    ]
    page, about = given.page(found, largest=50)
    return {"ScheduledTasks": {"ScheduledTask": [_view(task) for task in page]}, **about}


def _named(call: Call) -> Task:
    return call.backend(EssBackend).tasks[call.parameters.require("ScheduledTaskId")]


def modify_scheduled_task(call: Call) -> None:
    given, tasks, task = _given(call), call.backend(EssBackend).tasks, _named(call)
    name = checked_short_name(given.get("ScheduledTaskName"), "ScheduledTaskName")
    before, task.name = task.name, name or task.name
    try:
        tasks.check_name(task)
        _read(call, task, given)
    except CloudError:
        task.name = before
        raise
    tasks.watch(task)


def delete_scheduled_task(call: Call) -> None:
    call.backend(EssBackend).tasks.remove(_named(call).id)


ACTIONS: dict[str, Handler] = {
    "CreateScheduledTask": create_scheduled_task,
    "DescribeScheduledTasks": describe_scheduled_tasks,
    "ModifyScheduledTask": modify_scheduled_task,
    "DeleteScheduledTask": delete_scheduled_task,
}
