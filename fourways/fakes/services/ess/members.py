"""The life of a member: in by way of ECS, the hooks and the load balancer; out by way of the load balancer, the hooks and ECS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourways.fakes.service import Scope
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ess import activities, balancing, hooks, launches, placement, surroundings, timings
from fourways.fakes.services.ess.records import Activity, Member, ScalingGroup, Source
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.ess.backend import EssBackend


def start(backend: EssBackend, group: ScalingGroup, count: int, cause: str, source: Source, trigger: str) -> Activity:
    """Start instances one after the other; what is refused ends it, and the group tries again after a while."""
    scope, what = backend.scope, f'Add "{count}" ECS instance(s)'
    activity = activities.begin(scope.clock, group, what, cause, count, trigger)
    count -= _restart(scope, group, activity, count)
    try:
        blueprint = launches.blueprint(backend, group, source)
        for _ in range(count):
            member = placement.start(scope, group, blueprint)
            member.activity, member.since = activity.id, scope.clock.now()
            group.members.append(member)
            activity.created.append(member.id)
    except CloudError as refused:
        activity.error = f"{refused.code}: {refused.message}"
        group.retry_at = scope.clock.now() + timings.seconds(scope, "retry")
    return activity


def _restart(scope: Scope, group: ScalingGroup, activity: Activity, most: int) -> int:
    """Start stopped members again, before others are made (help centre, ScalingPolicy recycle). One that ECS refuses stays."""
    for member in [member for member in group.members if member.state == "Stopped"]:
        if len(activity.started) == most:
            break
        try:
            scope.ask(placement.ECS_VERSION, "StartInstance", InstanceId=member.id)
        except CloudError as refused:
            activity.error = f"{refused.code}: {refused.message}"
            continue
        member.state, member.activity, member.hooked, member.since = "Pending", activity.id, False, scope.clock.now()
        activity.started.append(member.id)
    return len(activity.started)


def attach(backend: EssBackend, group: ScalingGroup, weights: dict[str, int], *, entrusted: bool, wait: bool) -> Activity:
    """Take in instances that exist, each with its weight; `wait` has them pass the hooks."""
    scope = backend.scope
    activity = activities.begin(scope.clock, group, f'Attach "{len(weights)}" ECS instance(s)', "A user attaches instances.", len(weights))
    for id, weight in weights.items():
        instance = scope.backend(EcsBackend).instances[id]
        member = Member(
            id, scope.clock.now(), Source(), activity.id, creation="Attached", weight=weight, entrusted=entrusted, hooked=not wait
        )
        member.since, member.type, member.release = member.created, instance.type.name, entrusted
        group.members.append(member)
        activity.attached.append(id)
    return activity


def remove(
    backend: EssBackend,
    group: ScalingGroup,
    ids: list[str],
    cause: str,
    *,
    wait: bool = True,
    release: bool | None = None,
    recycle: bool = False,
    trigger: str = "Api",
) -> Activity:
    """Begin to take members out. `wait` has them pass the hooks; `release` None: what it made, or was entrusted, goes back to ECS."""
    scope = backend.scope
    activity = activities.begin(scope.clock, group, f'Remove "{len(ids)}" ECS instance(s)', cause, len(ids), trigger)
    for member in [member for member in group.members if member.id in ids and not member.leaving]:
        group.errands = [errand for errand in group.errands if errand.instance != member.id]
        if member.balanced:
            balancing.send(group, "remove", member, activity.id)
        member.state, member.activity, member.hooked, member.balanced = "Removing", activity.id, not wait, False
        member.since = scope.clock.now()
        if release is not None:
            member.release = release
        member.recycle = recycle and member.creation == "AutoCreated" and member.spot == "NoSpot"
        (activity.stopped if member.recycle else activity.destroyed).append(member.id)
    return activity


def forget_lost(backend: EssBackend, group: ScalingGroup) -> None:
    """Those that are gone from ECS, whoever released them, and their errands."""
    lost = [member for member in group.members if not surroundings.status(backend.scope, member.id)]
    for member in lost:
        if not member.leaving:
            cause = f"The instance {member.id} was released outside of the scaling group."
            remove(backend, group, [member.id], cause, wait=False, trigger="System")
    gone = {member.id for member in lost if not balancing.waits(group, member)}
    group.members = [member for member in group.members if member.id not in gone]


def step(backend: EssBackend, group: ScalingGroup) -> None:
    """Bring every member on as far as it can come now."""
    hooks.expire(group, backend.scope.clock.now())
    ready = [member for member in group.members if member.state == "Pending" and not member.hooked and _runs(backend, group, member)]
    if ready:
        hooks.enter(backend, group, ready, hooks.OUT)
    bare = [member for member in group.members if member.state == "Removing" and not member.hooked and not balancing.waits(group, member)]
    if bare:
        hooks.enter(backend, group, bare, hooks.IN)
    for member in list(group.members):
        if member.state == "Pending:Wait":
            _after_hooks_in(backend, group, member)
        elif member.state == "Removing:Wait":
            _after_hooks_out(group, member)
        if member.state == "Pending" and member.hooked and _runs(backend, group, member):
            _serve(backend.scope, group, member)
        elif member.state == "Removing" and member.hooked and not balancing.waits(group, member):
            _let_go(backend.scope, group, member)


def _runs(backend: EssBackend, group: ScalingGroup, member: Member) -> bool:
    """False while it starts; one that died before it ran, or does not come up, is taken out, and the group starts another one."""
    status = surroundings.status(backend.scope, member.id)
    if status == "Running":
        return True
    overdue = backend.scope.clock.now() - member.since >= timings.seconds(backend.scope, "start")
    if status not in ("Pending", "Starting") or overdue:
        member.health = "Unhealthy"
        remove(backend, group, [member.id], f"The instance {member.id} did not start.", wait=False, trigger="System")
    return False


def _serve(scope: Scope, group: ScalingGroup, member: Member) -> None:
    """InService once every server group has it."""
    if not member.balanced:
        balancing.send(group, "add", member, member.activity)
        member.balanced = True
    if not balancing.waits(group, member):
        member.state, member.since = "InService", scope.clock.now()


def _after_hooks_in(backend: EssBackend, group: ScalingGroup, member: Member) -> None:
    result = hooks.outcome(group, member, hooks.OUT)
    if result == "CONTINUE":
        member.state = "Pending"
    elif result:
        remove(backend, group, [member.id], "A lifecycle hook abandoned the scale-out.", wait=False, trigger="System")
        group.retry_at = backend.scope.clock.now() + timings.seconds(backend.scope, "retry")


def _after_hooks_out(group: ScalingGroup, member: Member) -> None:
    result = hooks.outcome(group, member, hooks.IN)
    if result == "ROLLBACK":
        for activity in group.activities:
            if activity.id == member.activity:
                activity.destroyed = [id for id in activity.destroyed if id != member.id]
                activity.stopped = [id for id in activity.stopped if id != member.id]
                activity.error = "LifecycleHook.Rollback: a lifecycle hook rolled the scale-in back."
        # Without a hook on the way in: it has been there before.
        member.state, member.hooked, member.balanced = "Pending", True, False
        member.release = member.creation == "AutoCreated" or member.entrusted
    elif result:
        member.state = "Removing"


def _let_go(scope: Scope, group: ScalingGroup, member: Member) -> None:
    """Given back to ECS, stopped in economical mode, or only taken off the list."""
    if member.recycle and surroundings.status(scope, member.id) == "Running":
        scope.ask(placement.ECS_VERSION, "StopInstance", InstanceId=member.id, StoppedMode="StopCharging", ForceStop="true")
        member.state = "Stopped"
    elif not member.release:
        group.members.remove(member)
    elif not member.deleted:
        found = surroundings.instance(scope, member.id)
        if found is not None:
            # One that is still starting cannot be released by a call; Auto Scaling releases it all the same.
            scope.backend(EcsBackend).instances.delete(found)
            member.deleted = True
