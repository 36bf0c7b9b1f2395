"""What the fit check says at preview: room for the KV cache, the largest context, what leaves none. What cannot load was refused before."""

from __future__ import annotations

from typing import Literal

from fourways.catalog.fit import Fit
from fourways.catalog.instance_types import instance_type
from fourways.catalog.models import all_models
from stacks.fit_plan import fits, plan
from stacks.kinds.bare_metal import BareMetalServing
from stacks.kinds.eas import EasServing
from stacks.kinds.model_unit import ModelUnitServing

Serving = EasServing | ModelUnitServing | BareMetalServing
Line = tuple[Literal["info", "warn"], str]


def fit_lines(serving: Serving) -> list[Line]:
    """One line for each card that a replica may land on. The figures are estimates (docs/fit.md): the engine measures when it starts."""
    found = fits(serving.model, serving.capacity, serving.replicas.gpus, serving.engine)
    by_card: dict[str, Fit] = {}
    for name, fit in found.items():
        by_card.setdefault(instance_type(name).gpu, fit)
    return [_line(serving, card, fit) for card, fit in by_card.items()]


def _line(serving: Serving, card: str, fit: Fit) -> Line:
    used = plan(serving.engine).gpus
    start = f"fit on {used} x {card}: weights {fit.weights_gib:.1f} GiB a GPU of {fit.usable_gib:.1f} GiB"
    if fit.room_gib <= 0:
        more = "more GPUs, a larger gpuMemoryFraction or a smaller checkpoint"
        return (
            "warn",
            f"{start}; nothing is left for a KV cache (about {-fit.room_gib:.1f} GiB are missing), and the engine may not start: {more}",
        )
    room = f"{start}, KV cache about {fit.room_gib:.1f} GiB"
    if fit.largest_context is None:
        return "info", f"{room}; {fit.unknown}"
    if not fit.sequences:
        given = f"engine.maxModelLen {fit.context}" if serving.engine.max_model_len else f"the model's own context of {fit.context} tokens"
        todo = f"set engine.maxModelLen to at most {fit.largest_context}" if fit.largest_context else "use more GPUs"
        return "warn", f"{room}, less than one sequence at {given}, and the engine may not start: {todo}"
    most = f"one sequence of up to {fit.largest_context} tokens, or {fit.sequences} of {fit.context} at once"
    asked = f" ({fit.asked} are asked for: the others wait, or are shorter)" if fit.asked > fit.sequences else ""
    known = all_models()[serving.model.id]
    doubt = f"; assumed: {known.why}" if known.assumed else ""
    return "info", f"{room}: {most}{asked}{doubt}"
