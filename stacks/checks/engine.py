"""Whether the engine, the model and the access to it go together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fourways.catalog import CatalogError, images
from fourways.catalog.engine_arguments.tables import numbers
from fourways.catalog.models import all_models
from fourways.catalog.regions import all_regions
from stacks.engine_arguments import has
from stacks.fit_plan import ATTENTION_ALONE, plan
from stacks.problems import Problem, closest, shown

if TYPE_CHECKING:
    from stacks.kinds.eas_model import ModelChoice
    from stacks.kinds.engine import Engine
    from stacks.kinds.sized_model import SizedModel

NAME_LENGTH = 63
"""EAS service names have 3-63 characters ("Parameters of model services", help centre)."""


def weights_are_somewhere(model: ModelChoice, capacity: Any) -> Iterator[Problem]:
    """Exactly one place for the weights, one that can be mounted, and a known size."""
    if len(model.sources) != 1:
        yield Problem(
            key="fourways:serving.model",
            given=" and ".join(model.sources) or "no place of the weights",
            allowed="exactly one of weights (your OSS folder), gallery (a folder of the Model Gallery), nas and cpfs",
            todo="take one out" if model.sources else "add one",
        )
    if model.cpfs is not None and getattr(capacity, "quota_type", None) != "Lingjun":
        yield Problem(
            key="fourways:serving.model.cpfs",
            given=shown(model.cpfs.file_system),
            allowed="nothing here: a CPFS file system is mounted only on a Lingjun quota",
            todo="set capacity: {source: quota, quotaType: Lingjun, ...}, or put the weights into OSS or NAS",
        )
    if model.ram_role is not None and model.weights is None:
        yield Problem(
            key="fourways:serving.model.ramRole",
            given=shown(model.ram_role),
            allowed="nothing beside other sources than weights: the role is there to read an OSS folder",
            todo="take it out",
        )
    if model.size_gib is None:
        known = ", ".join(all_models())
        yield Problem(
            key="fourways:serving.model.id",
            given=shown(model.id),
            allowed=f"{known}, or any other with weightsGib",
            todo=closest(model.id, list(all_models())) + "the size of the weights decides how long a start may take: add model.weightsGib",
        )


def engine_serves_the_model(engine: Engine, model: SizedModel) -> Iterator[Problem]:
    """The engine is new enough for the model, and the context is one that the model has."""
    known = all_models().get(model.id)
    if known is None:
        return
    least = known.engines.get(engine.name)
    if least and numbers(engine.version) < numbers(least):
        yield Problem(
            key="fourways:serving.engine.version",
            given=shown(engine.version),
            allowed=f"{least} or later: {known.name} needs it",
            todo="raise the version",
        )
    if engine.max_model_len and engine.max_model_len > known.context:
        yield Problem(
            key="fourways:serving.engine.maxModelLen",
            given=str(engine.max_model_len),
            allowed=f"1-{known.context} tokens, the context of {known.name}",
            todo="lower it",
        )


def engine_has_an_image(engine: Engine, region: str) -> Iterator[Problem]:
    """The catalogue has an image of the version, or the stack names one."""
    if engine.image is None and region in all_regions():
        try:
            images.image(engine.name, engine.version, region)
        except CatalogError:
            yield Problem(
                key="fourways:serving.engine.version",
                given=shown(engine.version),
                allowed=f"{', '.join(images.versions(engine.name))} of {engine.name}, or any version with engine.image",
                todo="use a catalogued version, or name the container image in engine.image",
            )


def settings_agree(engine: Engine) -> Iterator[Problem]:
    """No setting of the engine contradicts another."""
    if engine.chunked_prefill is False and engine.chunked_prefill_tokens is not None:
        yield Problem(
            key="fourways:serving.engine.chunkedPrefillTokens",
            given=str(engine.chunked_prefill_tokens),
            allowed="nothing beside chunkedPrefill: false",
            todo="take one of the two out",
        )
    data = plan(engine).data
    if engine.name == "sglang" and has(engine, ATTENTION_ALONE) and engine.tensor_parallel % data:
        yield Problem(
            key="fourways:serving.engine.dataParallel",
            given=f"{data} with {ATTENTION_ALONE}",
            allowed=f"a number that divides tensorParallel ({engine.tensor_parallel}): the copies of the attention lie inside it",
            todo="lower it, or raise tensorParallel",
        )


def ray_spans_machines(engine: Engine, replicas: Any) -> Iterator[Problem]:
    """Ray is vLLM's way over machines, and has nothing to do on one."""
    if engine.multi_node == "native":
        return
    if engine.name != "vllm":
        yield Problem(
            key="fourways:serving.engine.multiNode",
            given=f"ray with {engine.name}",
            allowed="native: the engine brings its machines together by itself",
            todo="take it out",
        )
    elif getattr(replicas, "machines", 1) == 1:
        yield Problem(
            key="fourways:serving.engine.multiNode",
            given="ray with one machine",
            allowed="ray where a replica spans machines (kind bare-metal, replicas.machines)",
            todo="take it out, or give a replica more machines",
        )


def name_leaves_room(name: str, run_id: str | None) -> Iterator[Problem]:
    """The service's name with its run id is still a legal one."""
    if run_id and len(name) + 1 + len(run_id) > NAME_LENGTH:
        most = NAME_LENGTH - 1 - len(run_id)
        yield Problem(
            key="fourways:serving.name", given=f"{len(name)} characters", allowed=f"at most {most} beside a run id", todo="shorten the name"
        )
