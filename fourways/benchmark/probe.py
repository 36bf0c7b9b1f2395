"""One request before everything else: whether the endpoint answers at all, and whether it can be held to an answer's length."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any

from fourways.benchmark.lane import Lane, Manner
from fourways.benchmark.plan import Plan
from fourways.benchmark.samples import Sample
from fourways.benchmark.target import Target
from fourways.benchmark.workload import Ask


class EndpointError(Exception):
    """The endpoint does not answer the workload. The message says what it answers instead, never the key."""


@dataclass(frozen=True)
class Probed:
    """How to ask from here on, and what was seen: tokens as counted here and there, whether `ignore_eos` is honoured."""

    manner: Manner
    seen: dict[str, Any]


async def probe(target: Target, plan: Plan) -> Probed:
    """Ask for the longest that the workload has, with `ignore_eos` (vLLM, SGLang); if that is refused or not honoured, without.

    Raises EndpointError.
    """
    workload = replace(plan.workload, input=replace(plan.workload.input, low=plan.workload.input.high))
    ask = replace(next(workload.asks("probe")), output_tokens=plan.workload.output.high)
    manner = Manner(timeout=plan.timeout, retry=plan.retry)
    sample = await _once(target, manner, ask)
    honoured = "yes"
    if sample.status == 400:
        honoured, manner = "refused", replace(manner, ignore_eos=False)
        sample = await _once(target, manner, ask)
    elif sample.error == "short_output" and sample.stopped:
        honoured, manner, sample.error = "ignored", replace(manner, ignore_eos=False), ""
    if sample.error:
        status = f"status {sample.status}, " if sample.status else ""
        raise EndpointError(f"{target.base_url} does not answer the workload: {sample.error} ({status}{sample.detail})")
    counted = {
        "prompt_tokens_here": sample.wanted_input,
        "prompt_tokens_server": sample.prompt_tokens,
        "output_tokens": sample.output_tokens,
    }
    return Probed(manner, {"ignore_eos": honoured, **counted})


async def _once(target: Target, manner: Manner, ask: Ask) -> Sample:
    lane = Lane(target, target.tls(), manner, random.Random(0))
    try:
        return await lane.ask(ask, Sample(0))
    finally:
        await lane.close()
