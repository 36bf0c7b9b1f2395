"""Names of what engines and GPUs measure, as Prometheus reads them."""

from __future__ import annotations

from functools import cache

from fourways.catalog.facts import CatalogError, Fact, load, rows


class EngineMetrics(Fact):
    """One engine's names. `ttft`, `tpot` and `itl` are histograms in seconds; `kv_cache` is a share from 0 to 1."""

    engine: str
    ttft: str
    tpot: str
    itl: str
    running: str
    waiting: str
    kv_cache: str
    prompt_tokens: str
    generated_tokens: str


class GpuMetrics(Fact):
    """The GPU exporter's names: percent, MiB, degrees Celsius, watts."""

    utilization: str
    memory_used: str
    memory_free: str
    temperature: str
    power: str


@cache
def _by_engine() -> dict[str, EngineMetrics]:
    return {row.engine: row for row in map(EngineMetrics.model_validate, rows("engine_metrics"))}


def of(engine: str) -> EngineMetrics:
    """The names of an engine. Raises CatalogError naming the known ones."""
    if engine not in _by_engine():
        raise CatalogError(f"no metrics of the engine {engine!r} are in the catalogue; known: {', '.join(_by_engine())}")
    return _by_engine()[engine]


@cache
def gpu() -> GpuMetrics:
    return GpuMetrics.model_validate(load("engine_metrics")["gpu"])
