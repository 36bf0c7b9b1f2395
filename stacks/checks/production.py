"""Whether what a service on PAI-EAS has around it goes together: scalers, gateway, limits, and what becomes of it without stock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from stacks.problems import Problem, shown

if TYPE_CHECKING:
    from stacks.kinds.eas_access import Access, Gateway, RequestLimits
    from stacks.kinds.eas_scaling import Autoscaler, Schedule
    from stacks.kinds.on_eas import Replicas

SERVING = "fourways:serving"


def one_decides_the_count(autoscaler: Autoscaler | None, schedule: Schedule | None) -> Iterator[Problem]:
    """Two scalers would undo each other's work."""
    if autoscaler is not None and schedule is not None:
        yield Problem(
            key=f"{SERVING}.schedule",
            given="a schedule beside an autoscaler",
            allowed="one of the two: each would undo what the other does to the count",
            todo="take autoscaler or schedule out",
        )


def count_is_in_reach(replicas: Replicas, autoscaler: Autoscaler | None) -> Iterator[Problem]:
    """What the service starts with is what the autoscaler may keep; none only where it may go down to none."""
    if autoscaler is None and replicas.count == 0:
        yield Problem(
            key=f"{SERVING}.replicas.count",
            given="0",
            allowed="1-1000; 0 only with an autoscaler whose min is 0",
            todo="set running: false to stop the service, or add an autoscaler with min: 0",
        )
    if autoscaler is not None and autoscaler.min <= autoscaler.max and not autoscaler.min <= replicas.count <= autoscaler.max:
        yield Problem(
            key=f"{SERVING}.replicas.count",
            given=str(replicas.count),
            allowed=f"{autoscaler.min}-{autoscaler.max}, between autoscaler.min and autoscaler.max",
            todo="start with a number that the autoscaler keeps",
        )


def autoscaler_is_consistent(autoscaler: Autoscaler | None) -> Iterator[Problem]:
    """Its bounds are in order, and what is for scaling to none stands where it does so."""
    if autoscaler is None:
        return
    if autoscaler.min >= autoscaler.max:
        yield Problem(
            key=f"{SERVING}.autoscaler.min",
            given=str(autoscaler.min),
            allowed=f"0-{autoscaler.max - 1}, below autoscaler.max",
            todo="lower min or raise max",
        )
    for key, value in (("zeroGracePeriod", autoscaler.zero_grace_period), ("activationReplicas", autoscaler.activation_replicas)):
        if value is not None and autoscaler.min > 0:
            yield Problem(
                key=f"{SERVING}.autoscaler.{key}",
                given=str(value),
                allowed="nothing: the service never goes down to no replica",
                todo="take it out, or set autoscaler.min: 0",
            )
    if autoscaler.min == 0 and (autoscaler.activation_replicas or 1) > autoscaler.max:
        yield Problem(
            key=f"{SERVING}.autoscaler.activationReplicas",
            given=str(autoscaler.activation_replicas),
            allowed=f"1-{autoscaler.max}, at most autoscaler.max",
            todo="lower it or raise max",
        )
    for name in _twice(metric.metric for metric in autoscaler.metrics):
        yield Problem(key=f"{SERVING}.autoscaler.metrics", given=f"{name} twice", allowed="each metric once", todo="take one out")


def a_request_wakes_the_service(autoscaler: Autoscaler | None, gateway: Gateway | None) -> Iterator[Problem]:
    """A private gateway wakes nobody: behind one a service that has no replica keeps none (help centre, 'Horizontal auto scaling')."""
    if autoscaler is not None and autoscaler.min == 0 and gateway is not None:
        yield Problem(
            key=f"{SERVING}.autoscaler.min",
            given="0 behind a private gateway",
            allowed="1 or more: only the shared gateway brings a replica up for a request",
            todo="set min: 1, take gateway out, or use a schedule",
        )


def jobs_are_apart(schedule: Schedule | None) -> Iterator[Problem]:
    """Each job has a name of its own."""
    for name in _twice(job.name for job in schedule.jobs) if schedule is not None else ():
        yield Problem(key=f"{SERVING}.schedule.jobs", given=f"{name} twice", allowed="each name once", todo="rename one")


def gateway_is_made_or_adopted(gateway: Gateway | None) -> Iterator[Problem]:
    """The gateway is the stack's own or one that exists, and what only the stack's own has stands only there."""
    if gateway is None:
        return
    if (gateway.instance_type is None) == (gateway.adopt is None):
        yield Problem(
            key=f"{SERVING}.gateway",
            given="both instanceType and adopt" if gateway.adopt else "neither instanceType nor adopt",
            allowed="exactly one of instanceType (a gateway of the stack's own) and adopt (one that exists)",
            todo="take one out" if gateway.adopt else "add one, or take gateway out for the region's shared gateway",
        )
    if gateway.adopt is not None and gateway.replicas is not None:
        yield Problem(
            key=f"{SERVING}.gateway.replicas",
            given=str(gateway.replicas),
            allowed="nothing: a gateway that is adopted is left as it is",
            todo="take it out",
        )


def allow_list_is_enforceable(access: Access, gateway: Gateway | None) -> Iterator[Problem]:
    """An allow-list that nothing enforces would be worse than none, and so would one that lets everybody in."""
    if not access.allow:
        return
    key, given = f"{SERVING}.access.allow", shown(list(access.allow))
    if gateway is None or gateway.adopt is not None:
        yield Problem(
            key=key,
            given=given,
            allowed="nothing here: the shared gateway has no allow-list, and that of a gateway that is adopted is not the stack's",
            todo="add a gateway of the stack's own (gateway: {instanceType: 2c4g}), or take allow out",
        )
    elif not access.public:
        yield Problem(
            key=key,
            given=given,
            allowed="nothing without public: true: the list is for the Internet address, and there is none",
            todo="set access.public: true, or take allow out",
        )
    for position, address in enumerate(access.allow):
        todo = _mistake(address)
        if todo is not None:
            yield Problem(key=f"{key}[{position}]", given=shown(address), allowed="an address or a range such as 203.0.113.0/24", todo=todo)


def _mistake(address: str) -> str | None:
    """What to do about an entry of the list; None for a good one."""
    try:
        network = ip_network(address)
    except ValueError:
        try:
            return f"did you mean {ip_network(address, strict=False)}?"
        except ValueError:
            return "correct the address"
    return "name those who may call: this lets everybody in" if network.prefixlen == 0 else None


def limits_limit(limits: RequestLimits | None) -> Iterator[Problem]:
    """A mapping without a limit does nothing."""
    if limits is not None and limits.requests_per_second is None and limits.concurrency is None:
        yield Problem(
            key=f"{SERVING}.limits",
            given="neither requestsPerSecond nor concurrency",
            allowed="at least one of the two",
            todo="add one, or take limits out",
        )


def shortage_is_consistent(capacity: Any) -> Iterator[Problem]:
    """A time to give up stands only where the stack gives up."""
    minutes = getattr(capacity, "shortage_minutes", None)
    if minutes is not None and capacity.on_shortage == "wait":
        yield Problem(
            key=f"{SERVING}.capacity.shortageMinutes",
            given=str(minutes),
            allowed="nothing beside onShortage: wait, which waits until there is stock",
            todo="set onShortage: release, or take it out",
        )


def _twice(names: Any) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)
