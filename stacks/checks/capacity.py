"""Whether what is bought holds what runs on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fourways.catalog import CatalogError, units
from fourways.catalog.instance_types import instance_type
from stacks.checks.place import no_term_in_a_benchmark
from stacks.problems import Problem, closest, shown

if TYPE_CHECKING:
    from stacks.kinds.model_unit import Capacity, Engine, ModelChoice, Replicas


def kind_is_available(kind: str) -> Iterator[Problem]:
    """For the kinds of the design that are not there yet."""
    yield Problem(
        key="fourways:serving.kind",
        given=shown(kind),
        allowed="token, ptu or model-unit",
        todo="this kind is not available yet; use another",
    )


def benchmark_is_not_prepaid(environment: str, capacity: Capacity) -> Iterator[Problem]:
    """Machines of a benchmark are paid by the hour."""
    yield from no_term_in_a_benchmark(environment, capacity.charge_type, "fourways:serving.capacity.chargeType")


def source_is_available(capacity: Capacity) -> Iterator[Problem]:
    """A source of the design that is not there yet says so."""
    if capacity.source != "eas-resource-group":
        yield Problem(
            key="fourways:serving.capacity.source",
            given=shown(capacity.source),
            allowed="eas-resource-group or model-studio",
            todo="this source is not available yet; use eas-resource-group",
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
        layout = capacity.machines(replicas.gpus)
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
    if (fit := layout.replicas_that_fit(replicas.gpus)) < replicas.count:
        yield Problem(
            key="fourways:serving.replicas.count",
            given=f"{replicas.count} replicas of {replicas.gpus} GPUs",
            allowed=f"1-{fit}: {capacity.units} x {capacity.spec} is {layout.machines} x {layout.gpus_per_machine} GPUs",
            todo="buy more units (capacity.units) or run fewer or smaller replicas",
        )


def surge_has_room(capacity: Capacity, replicas: Replicas, update: str) -> Iterator[Problem]:
    """An update by surge runs one replica more than usual for a while: there must be room for it."""
    if update != "surge":
        return
    try:
        fit = capacity.machines(replicas.gpus).replicas_that_fit(replicas.gpus)
    except CatalogError:
        return  # told by units_make_machines
    if fit == replicas.count:
        yield Problem(
            key="fourways:serving.update",
            given='"surge"',
            allowed=f"in-place, or surge with room for {replicas.count + 1} replicas (there is room for {fit})",
            todo=f"buy {replicas.gpus} GPUs more (capacity.units), or set update: in-place (the endpoint is down meanwhile)",
        )


def parallelism_fits(engine: Engine, replicas: Replicas) -> Iterator[Problem]:
    """Tensor x pipeline parallel takes at most the GPUs of a replica."""
    if (needed := engine.tensor_parallel * engine.pipeline_parallel) > replicas.gpus:
        yield Problem(
            key="fourways:serving.engine.tensorParallel",
            given=f"{engine.tensor_parallel} x pipelineParallel {engine.pipeline_parallel} = {needed} GPUs",
            allowed=f"at most the {replicas.gpus} GPUs of a replica (replicas.gpus)",
            todo="lower tensorParallel or pipelineParallel, or give a replica more GPUs",
        )


def model_fits_in_memory(model: ModelChoice, capacity: Capacity, replicas: Replicas, engine: Engine) -> Iterator[Problem]:
    """The weights of one replica fit into the memory of its GPUs."""
    unit = units.all_units().get(capacity.spec)
    if unit is None or model.size_gib is None:
        return
    room = replicas.gpus * unit.gpu_memory_gib * engine.gpu_memory_fraction
    if model.size_gib > room:
        yield Problem(
            key="fourways:serving.replicas.gpus",
            given=f"{replicas.gpus} GPUs of {unit.gpu_memory_gib} GiB, of which the engine may use {room:.0f} GiB",
            allowed=f"enough for the {model.size_gib:.0f} GiB of weights",
            todo="give a replica more GPUs or raise engine.gpuMemoryFraction",
        )
