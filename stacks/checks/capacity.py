"""Whether what is bought holds what runs on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fourways.catalog import CatalogError, instance_types, units
from fourways.catalog.instance_types import instance_type
from stacks.checks.place import no_term_in_a_benchmark
from stacks.fit_plan import fits, plan, weights_gib
from stacks.problems import Problem, closest, shown

if TYPE_CHECKING:
    from stacks.kinds.bought import Bought
    from stacks.kinds.eas_access import Gateway
    from stacks.kinds.eas_scaling import Autoscaler, Schedule
    from stacks.kinds.engine import Engine
    from stacks.kinds.model_unit import Capacity
    from stacks.kinds.on_eas import Replicas
    from stacks.kinds.sized_model import SizedModel

CAPACITY = "fourways:serving.capacity"


def benchmark_is_not_prepaid(environment: str, capacity: Bought, gateway: Gateway | None = None) -> Iterator[Problem]:
    """Machines and gateways of a benchmark are paid by the hour."""
    for bought, key in ((capacity, "capacity"), (gateway, "gateway")):
        yield from no_term_in_a_benchmark(environment, getattr(bought, "charge_type", ""), f"fourways:serving.{key}.chargeType")


def source_is_available(capacity: Capacity) -> Iterator[Problem]:
    """A source of the design that is not there yet says so."""
    if capacity.source != "eas-resource-group":
        yield Problem(
            key="fourways:serving.capacity.source",
            given=shown(capacity.source),
            allowed="eas-resource-group or model-studio",
            todo="Model Units are not bought as a quota; to run on a quota, set kind: eas with capacity: {source: quota, quota: ID}",
        )


def units_make_machines(capacity: Capacity, replicas: Replicas) -> Iterator[Problem]:
    """The units are whole machines that hold a replica, and the replicas fit on them."""
    try:
        unit = units.unit(capacity.spec)
    except CatalogError as error:
        known = list(units.all_units())
        todo = closest(capacity.spec, known) + str(error)
        yield Problem(key="fourways:serving.capacity.spec", given=shown(capacity.spec), allowed=", ".join(known), todo=todo)
        return
    try:
        capacity.machines(replicas.gpus)
    except CatalogError as error:
        legal = units.legal_units(capacity.spec, replicas.gpus, capacity.units)
        largest = max(instance_type(name).gpus for name in unit.machines)
        yield Problem(
            key="fourways:serving.capacity.units" if legal else "fourways:serving.replicas.gpus",
            given=str(capacity.units if legal else replicas.gpus),
            allowed=" or ".join(map(str, legal)) if legal else f"1-{largest}",
            todo=str(error),
        )
        return


def types_hold_a_replica(capacity: Bought, replicas: Replicas) -> Iterator[Problem]:
    """Each type that a replica may land on has its GPUs, and is named once. Types that are not catalogued are taken on trust."""
    for name in capacity.machine_types(replicas.gpus):
        known = instance_types.find(name)
        if known is not None and known.gpus < replicas.gpus:
            yield Problem(
                key=_key_of_type(capacity, name),
                given=f"{name} with {_gpus(known.gpus)}",
                allowed=f"types with at least the {_gpus(replicas.gpus)} of a replica (replicas.gpus)",
                todo="take the type out, or give a replica fewer GPUs: it does not span machines",
            )
    for field, key in (("instance_types", "instanceTypes"), ("burst", "burst")):
        listed = getattr(capacity, field, None) or ()
        for name in sorted({name for name in listed if listed.count(name) > 1}):
            yield Problem(key=f"{CAPACITY}.{key}", given=f"{name} twice", allowed="each type once", todo="take one out")


def replicas_have_room(capacity: Bought, replicas: Replicas, autoscaler: Autoscaler | None, schedule: Schedule | None) -> Iterator[Problem]:
    """What runs at once, also when a scaler adds replicas, fits on what is bought."""
    fit = _room(capacity, replicas)
    if fit is None:
        return
    for key, count in _counts(replicas, autoscaler, schedule):
        if count > fit:
            yield Problem(
                key=f"fourways:serving.{key}",
                given=f"{count} replicas of {_gpus(replicas.gpus)}",
                allowed=f"at most {fit}, which is what there is room for",
                todo=f"buy more {capacity.more.rpartition('.')[2]} ({capacity.more}) or run fewer or smaller replicas",
            )


def surge_has_room(
    capacity: Bought, replicas: Replicas, update: str, autoscaler: Autoscaler | None, schedule: Schedule | None
) -> Iterator[Problem]:
    """An update by surge runs one replica more than usual for a while: there must be room for it. Public machines are bought for it."""
    fit = _room(capacity, replicas) if update == "surge" else None
    if fit is None:
        return
    most = max(count for _, count in _counts(replicas, autoscaler, schedule))
    if fit == most:
        yield Problem(
            key="fourways:serving.update",
            given='"surge"',
            allowed=f"in-place, or surge with room for {most + 1} replicas (there is room for {fit})",
            todo=f"buy {replicas.gpus} GPUs more ({capacity.more}), or set update: in-place (the endpoint is down meanwhile)",
        )


def parallelism_fits(engine: Engine, replicas: Replicas) -> Iterator[Problem]:
    """Tensor x pipeline x data parallel takes at most the GPUs of a replica."""
    asked = plan(engine)
    if asked.gpus > replicas.gpus:
        data = f" x dataParallel {asked.data}" if asked.data > 1 else ""
        yield Problem(
            key="fourways:serving.engine.tensorParallel",
            given=f"{asked.tensor} x pipelineParallel {asked.pipeline}{data} = {asked.gpus} GPUs",
            allowed=f"at most the {replicas.gpus} GPUs of a replica (replicas.gpus)",
            todo="lower one of them, or give a replica more GPUs",
        )


def model_fits_in_memory(model: SizedModel, capacity: Bought, replicas: Replicas, engine: Engine) -> Iterator[Problem]:
    """The weights of one replica fit into the memory of its GPUs, on each machine type that it may land on. What is left for the KV cache
    is an estimate, and said at preview (stacks/fit_lines.py)."""
    found = fits(model, capacity, replicas.gpus, engine)
    size = weights_gib(model, engine)
    bad = {name: fit for name, fit in found.items() if not fit.loads}
    used = plan(engine).gpus
    idle = f"; the engine uses {used} of the {replicas.gpus} GPUs of a replica (engine.tensorParallel)" if used < replicas.gpus else ""
    for name, fit in bad.items():
        alone = len(bad) == len(found)
        yield Problem(
            key="fourways:serving.replicas.gpus" if alone else _key_of_type(capacity, name),
            given=f"{_gpus(used)} of {name}, of each of which the engine may use {fit.usable_gib:.1f} GiB{idle}",
            allowed=f"enough for the {size:.0f} GiB of weights: {fit.weights_gib:.1f} GiB on each, {fit.missing_gib:.1f} are missing",
            todo=("split the model over more GPUs, raise engine.gpuMemoryFraction" if alone else "take the type out")
            + ", or use a smaller checkpoint",
        )
        if alone:
            return  # the same key for each type: the first says it


def _room(capacity: Bought, replicas: Replicas) -> int | None:
    """Replicas that fit at once; None where nobody knows, and where units_make_machines tells that there are no machines."""
    try:
        return capacity.room(replicas.gpus)
    except CatalogError:
        return None


def _counts(replicas: Replicas, autoscaler: Autoscaler | None, schedule: Schedule | None) -> Iterator[tuple[str, int]]:
    """Every number of replicas that the settings lead to, with its key."""
    yield "replicas.count", replicas.count
    if autoscaler is not None:
        yield "autoscaler.max", autoscaler.max
    for position, job in enumerate(schedule.jobs if schedule is not None else ()):
        yield f"schedule.jobs[{position}].replicas", job.replicas


def _key_of_type(capacity: Bought, name: str) -> str:
    """Where a type stands in the stack file."""
    of_group = getattr(capacity, "instance_type", None)
    key = "instanceType" if name == of_group else "burst" if of_group else "instanceTypes"
    return f"{CAPACITY}.{key}"


def _gpus(count: int) -> str:
    return "1 GPU" if count == 1 else f"{count} GPUs"
