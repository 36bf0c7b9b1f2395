"""Instance refreshes on the wire."""

from __future__ import annotations

import copy
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ecs import images
from fourways.fakes.services.ecs.launch_templates import DEFAULT
from fourways.fakes.services.ess import launches, refreshes
from fourways.fakes.services.ess.backend import EssBackend
from fourways.fakes.services.ess.records import Refresh, ScalingGroup, Source
from fourways.fakes.services.shared.requests import ids_of, token_page
from fourways.fakes.services.shared.resources import new_id
from fourways.fakes.wire.errors import CloudError, invalid
from fourways.fakes.wire.parameters import Parameters


def _desired(call: Call, group: ScalingGroup) -> tuple[Source, dict[str, Any]]:
    """What the new instances are made from, and how that is shown. An image alone makes a copy of the active configuration with it."""
    backend, given = call.backend(EssBackend), call.parameters.under("DesiredConfiguration")
    configuration, image, template = (given.optional(name) for name in ("ScalingConfigurationId", "ImageId", "LaunchTemplateId"))
    if given.records("Containers"):
        raise CloudError(400, "OperationDenied.NotFaked", "Containers are not part of this fake.")
    if sum(1 for one in (configuration, image, template) if one) > 1:
        raise invalid("DesiredConfiguration", "ScalingConfigurationId, ImageId and LaunchTemplateId exclude each other.")
    if template:
        wanted = Source(template=template, version=given.get("LaunchTemplateVersion") or DEFAULT)
        return launches.resolved(call.scope, wanted), {"LaunchTemplateId": template, "LaunchTemplateVersion": wanted.version}
    if configuration:
        found = backend.configurations[configuration]
        if found.group_id != group.id:
            raise CloudError(404, "InvalidScalingConfigurationId.NotFound", f"{configuration} is no configuration of {group.id}.")
        return Source(configuration=found.id), {"ScalingConfigurationId": found.id}
    if image:
        return _with_image(call, group, str(images.find_image(image)["id"])), {"ImageId": image}
    own = launches.resolved(call.scope, group.source)
    shown = {"LaunchTemplateId": own.template, "LaunchTemplateVersion": group.source.version} if own.template else {}
    return own, shown or {"ScalingConfigurationId": own.configuration}


def _with_image(call: Call, group: ScalingGroup, image: str) -> Source:
    backend = call.backend(EssBackend)
    if not group.source.configuration:
        raise invalid("DesiredConfiguration", "ImageId is for scaling groups with a scaling configuration.")  # assumed
    made = copy.deepcopy(backend.configurations[group.source.configuration])
    made.id = new_id("asc-", 20)
    made.name, made.status, made.created, made.image_id = made.id, "Inactive", call.scope.clock.now(), image
    return Source(configuration=backend.configurations.create(made).id)


def _checkpoints(given: Parameters) -> list[int]:
    """Percentages that grow, to 100 at the end (SDK, StartInstanceRefresh: Checkpoints)."""
    found = [Parameters(record).integer("Percentage", low=1, high=100) for record in given.records("Checkpoints")]
    if found != sorted(set(found)) or (found and found[-1] != 100):
        raise invalid("Checkpoints", "The percentages must grow, and the last one must be 100.")
    return found


def start_instance_refresh(call: Call) -> dict[str, Any]:
    def begin() -> dict[str, Any]:
        given, backend, now = call.parameters, call.backend(EssBackend), call.scope.clock.now()
        group = backend.groups.active(given.require("ScalingGroupId"))
        least, most = given.integer("MinHealthyPercentage", 80, 0, 100), given.integer("MaxHealthyPercentage", 120, 100, 200)
        points = _checkpoints(given)
        pause = given.integer("CheckpointPauseTime", 60, 1, 2880)
        before = launches.resolved(call.scope, group.source)
        source, desired = _desired(call, group)
        task = Refresh(
            id=new_id("ir-", 20),
            group=group.id,
            start=now,
            least=least,
            most=most,
            skip=given.boolean("SkipMatching", True),
            source=source,
            previous=before,
            stale=[],
            total=0,
            desired=desired,
            checkpoints=list(points),
            asked_checkpoints=points,
            pause_minutes=pause,
            progress=now,
        )
        try:
            refreshes.begin(backend, group, task)
        except CloudError:
            if "ImageId" in desired:
                backend.configurations.remove(source.configuration)
            raise
        return {"InstanceRefreshTaskId": task.id}

    return call.backend(EssBackend).tokens.once(call, begin)


def _view(call: Call, task: Refresh) -> dict[str, Any]:
    clock = call.scope.clock
    row = {
        "InstanceRefreshTaskId": task.id,
        "ScalingGroupId": task.group,
        "RegionId": call.scope.region,
        "Status": task.status,
        "MinHealthyPercentage": task.least,
        "MaxHealthyPercentage": task.most,
        "SkipMatching": task.skip,
        "DesiredConfiguration": task.desired,
        "TotalNeedUpdateCapacity": task.total,
        "FinishedUpdateCapacity": min(task.total, len(task.proven)),
        "CheckpointPauseTime": task.pause_minutes,
        "Detail": task.detail,
        "StartTime": clock.timestamp(task.start),
    }
    if task.asked_checkpoints:
        row["Checkpoints"] = {"Checkpoint": [{"Percentage": percentage} for percentage in task.asked_checkpoints]}
    return {**row, "EndTime": clock.timestamp(task.end)} if task.end else row


def describe_instance_refreshes(call: Call) -> dict[str, Any]:
    given, ids = call.parameters, ids_of(call.parameters, "InstanceRefreshTaskId") or ids_of(call.parameters, "InstanceRefreshTaskIds")
    group = call.backend(EssBackend).groups[given.require("ScalingGroupId")]
    found = [task for task in reversed(group.refreshes) if not ids or task.id in ids]
    page, following = token_page(found, given, largest=50)
    rows = [_view(call, task) for task in page]
    return {"InstanceRefreshTasks": {"InstanceRefreshTask": rows}, "TotalCount": len(found), "MaxResults": len(page), **following}


def _named(call: Call) -> tuple[ScalingGroup, Refresh]:
    """The one that is named, else the one that is under way. Raises 404 where there is none (code assumed)."""
    group, id = (
        call.backend(EssBackend).groups[call.parameters.require("ScalingGroupId")],
        call.parameters.optional("InstanceRefreshTaskId"),
    )
    found = next((task for task in group.refreshes if task.id == id), None) if id else group.refresh
    if found is None:
        raise CloudError(404, "InvalidInstanceRefreshTaskId.NotFound", f"The instance refresh task {id or ''} does not exist.")
    return group, found


def cancel_instance_refresh(call: Call) -> None:
    group, task = _named(call)
    refreshes.cancel(task, call.scope.clock.now())
    call.backend(EssBackend).groups.changed(group)


def roll_back_instance_refresh(call: Call) -> dict[str, Any]:
    group, task = _named(call)
    refreshes.roll_back(group, task, call.scope.clock.now())
    call.backend(EssBackend).groups.changed(group)
    return {"InstanceRefreshTaskId": task.id}


def suspend_instance_refresh(call: Call) -> None:
    refreshes.suspend(_named(call)[1])


def resume_instance_refresh(call: Call) -> None:
    group, task = _named(call)
    refreshes.resume(task, call.scope.clock.now())
    call.backend(EssBackend).groups.changed(group)


ACTIONS: dict[str, Handler] = {
    "StartInstanceRefresh": start_instance_refresh,
    "DescribeInstanceRefreshes": describe_instance_refreshes,
    "CancelInstanceRefresh": cancel_instance_refresh,
    "RollbackInstanceRefresh": roll_back_instance_refresh,
    "SuspendInstanceRefresh": suspend_instance_refresh,
    "ResumeInstanceRefresh": resume_instance_refresh,
}
