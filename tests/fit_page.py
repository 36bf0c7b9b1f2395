"""docs/fit.md: the fit check's formula, its limits and the published pairs. `python -m tests.fit_page` writes it; a test keeps it true."""

from __future__ import annotations

from pathlib import Path

from fourways.catalog import fit as check
from tests.catalog.published_fits import Pair, read, verdict

PAGE = Path(__file__).parents[1] / "docs" / "fit.md"
HEAD = """# Does the model fit?

Before a machine is bought, settings are checked against the memory of its GPUs. Weights that do not fit are refused. What is left for
the KV cache is an estimate, said at preview: how long one sequence may be, how many fit at `engine.maxModelLen`, and a warning where
nothing or less than one does. Made by `python -m tests.fit_page` from the code and the data as they are.

## The formula

"""
LIMITS = """
## What it rests on

- `fourways/catalog/models.yaml`: size of the checkpoints, layers and what they keep; `gpus.yaml`: memory as the driver shows it;
  `engine_memory.yaml`: what an engine takes besides. All dated, with sources; what no source gives is marked `assumed` with its reason.
- A model that the catalogue does not have: `model.weightsGib` is judged, its KV cache is not, and the preview says so.
- The size is `model.weightsGib`, else the catalogued checkpoint of `engine.quantization`, else the maker's own checkpoint.

## Limits

- Only the weights refuse. The overhead is one assumed figure for models without experts and one for those with them, while measured ones
  go from 0.1 to 10.9 GiB: within a few GiB of a limit, only a start tells. An engine that finds no room for one sequence of
  `maxModelLen` does not start. The rows of vLLM issues 23278 and 21348 gave the assumed figure, so that they agree says nothing more.
- `chunkedPrefillTokens`, draft models (MTP, EAGLE), LoRA adapters, images and unequal pipeline stages are not counted.
- Quantization while loading (`quantization: fp8` on 16-bit weights) counts as the FP8 checkpoint; some engines need the 16-bit size for
  a while.
- Whether a card has a kernel for a precision (FP4 on Hopper), and whether a parallelism divides the heads or blocks, is not judged.
- DeepSeek-V4's cache per sequence depends on the engine's version: 3-7 GiB a sequence are reported besides what grows with it.
- One replica on one machine: several nodes appear below only because pages name them.

## Published pairs

"serves": a sequence of the named length fits (of the model's own where none is named); "runs": the weights fit and leave room for a
cache, the page names no length; "too-long": the weights fit, that length does not; "no-cache": nothing is left for a cache.

"""


def document() -> str:
    """The whole page."""
    pairs = read()
    agreeing = [pair for pair in pairs if pair.disagrees is None]
    count = f"The check agrees with {len(agreeing)} of {len(pairs)}.\n\n"
    return HEAD + _formula() + LIMITS + count + _table(agreeing) + "\n## Where it does not agree\n\n" + _disagreements(pairs)


def _formula() -> str:
    """The check's own words, from its docstring."""
    doc = check.__doc__ or ""
    return doc.split("\n\n", 1)[1].partition("\nLimits:")[0].rstrip() + "\n"


def _table(pairs: list[Pair]) -> str:
    check_says = "the check: weights a GPU of what the engine may use, room for the cache, largest context"
    rows = [f"| model | GPUs | plan | published | {check_says} | source |", "|---|---|---|---|---|---|"]
    rows += [
        f"| {pair.model.name}{f' {pair.plan.quantization}' if pair.plan.quantization else ''} | {pair.gpus}x {pair.card} | {_plan(pair)} "
        f"| {pair.expect}: {pair.says} | {verdict(pair.fit)}: {_figures(pair)} | {pair.source} |"
        for pair in pairs
    ]
    return "\n".join(rows) + "\n"


def _figures(pair: Pair) -> str:
    found = pair.fit
    weights = f"{found.weights_gib:.1f} of {found.usable_gib:.1f} GiB"
    return f"{weights}, {found.room_gib:.1f} GiB, {found.largest_context} tokens" if found.room_gib > 0 else weights


def _plan(pair: Pair) -> str:
    plan = pair.plan
    parts = [plan.engine] if plan.engine != "vllm" else []
    parts += [f"{short}{value}" for short, value in (("TP", plan.tensor), ("PP", plan.pipeline), ("DP", plan.data)) if value > 1]
    parts += [f"{plan.context} tokens"] if plan.context else []
    parts += [f"cache {plan.kv_type}"] if plan.kv_type != "auto" else []
    parts += [f"{plan.fraction:.0%} of memory"] if plan.fraction != check.Plan().fraction else []
    return ", ".join(parts) or "defaults"


def _disagreements(pairs: list[Pair]) -> str:
    lines = [f"- {pair.name}: {pair.says} ({pair.source}). {pair.disagrees}." for pair in pairs if pair.disagrees is not None]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(document(), encoding="utf-8")
