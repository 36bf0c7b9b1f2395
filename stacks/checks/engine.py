"""Whether the engine, the model and the access to it go together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fourways.catalog import CatalogError, images
from fourways.catalog.models import all_models
from fourways.catalog.regions import all_regions
from stacks.engine_flags import written
from stacks.fit_plan import ATTENTION_ALONE, plan
from stacks.problems import Problem, closest, shown

if TYPE_CHECKING:
    from stacks.kinds.eas_model import ModelChoice
    from stacks.kinds.engine import Engine
    from stacks.kinds.sized_model import SizedModel

NAME_LENGTH = 63
"""EAS service names have 3-63 characters ("Parameters of model services", help centre)."""

#: Other spellings of the flags that settings write: given twice, the later one would win, unseen by checks and policies.
ALIASES = {
    "-tp": "--tensor-parallel-size",
    "--tp": "--tensor-parallel-size",
    "-pp": "--pipeline-parallel-size",
    "--pp": "--pipeline-parallel-size",
    "-dp": "--data-parallel-size",
    "--dp": "--data-parallel-size",
    "-ep": "--enable-expert-parallel",
    "--ep": "--expert-parallel-size",
    "-q": "--quantization",
}
#: What is written besides settings of the engine. Keys are in the token's way, too.
FIXED = {
    "--served-model-name": "model.id",
    "--model": "model.weights",
    "--model-path": "model.weights",
    "--host": "the engine listens where the service expects it",
    "--port": "the engine listens where the service expects it",
    "--api-key": "EAS checks the token, and a key here would be readable in the service JSON",
    "--nnodes": "the machines of a replica are no arguments",
    "--node-rank": "the machines of a replica are no arguments",
    "--dist-init-addr": "the machines of a replica are no arguments",
    "--nccl-init-addr": "the machines of a replica are no arguments",
    "--master-addr": "the machines of a replica are no arguments",
    "--headless": "the machines of a replica are no arguments",
}


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
    if least and _numbers(engine.version) < _numbers(least):
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
    if engine.name == "sglang" and ATTENTION_ALONE in engine.words and engine.tensor_parallel % data:
        yield Problem(
            key="fourways:serving.engine.dataParallel",
            given=f"{data} with {ATTENTION_ALONE}",
            allowed=f"a number that divides tensorParallel ({engine.tensor_parallel}): the copies of the attention lie inside it",
            todo="lower it, or raise tensorParallel",
        )


def arguments_are_extra(engine: Engine) -> Iterator[Problem]:
    """No argument repeats what a setting says."""
    taken = FIXED | written(engine)
    for position, argument in enumerate(engine.extra_arguments):
        flag = re.split(r"[=\s]", argument.strip(), maxsplit=1)[0]
        known = flag.replace("_", "-")  # vLLM's parser takes --api_key for --api-key
        known = ALIASES.get(known, known)
        if setting := taken.get(known):
            yield Problem(
                key=f"fourways:serving.engine.extraArguments[{position}]",
                given=flag,  # never its value: it may be a key
                allowed="arguments that no setting writes",
                todo=f"take it out{_instead(setting)}",
            )


def _instead(setting: str) -> str:
    """What to do instead of an argument: another setting, or nothing and why."""
    return f" and set {setting}" if "." in setting else f": {setting}"


def name_leaves_room(name: str, run_id: str | None) -> Iterator[Problem]:
    """The service's name with its run id is still a legal one."""
    if run_id and len(name) + 1 + len(run_id) > NAME_LENGTH:
        most = NAME_LENGTH - 1 - len(run_id)
        yield Problem(
            key="fourways:serving.name", given=f"{len(name)} characters", allowed=f"at most {most} beside a run id", todo="shorten the name"
        )


def _numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version, for comparison: 0.20.0rc1 counts as 0.20.0."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])
