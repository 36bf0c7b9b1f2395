"""A Grafana dashboard: what users feel (TTFT, TPOT), why (queue, KV cache), and what it costs the GPUs. Pure.

Form: Grafana's dashboard JSON model, schemaVersion 39 (Grafana 10 and later).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fourways.catalog import engine_metrics

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH, HEIGHT, COLUMNS = 12, 8, 2
QUANTILES = (0.5, 0.95, 0.99)
WINDOW = "$__rate_interval"


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One graph: expressions with their legends, in a unit of Grafana's."""

    title: str
    unit: str
    why: str
    series: tuple[tuple[str, str], ...]


def dashboard(stack: str, engine: str) -> dict[str, Any]:
    """The dashboard of a stack. Raises CatalogError for an engine whose metrics nobody knows."""
    return {
        "uid": f"fourways-{stack}"[:40],
        "title": f"Fourways {stack}",
        "tags": ["fourways", engine],
        "schemaVersion": 39,
        "time": {"from": "now-3h", "to": "now"},
        "refresh": "30s",
        "templating": {"list": [{"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"}]},
        "panels": [_panel(number, panel) for number, panel in enumerate(panels(stack, engine))],
    }


def panels(stack: str, engine: str) -> Iterator[Panel]:
    """The graphs, the ones to look at first first."""
    names, gpu, of = engine_metrics.of(engine), engine_metrics.gpu(), f'{{stack="{stack}"}}'
    yield Panel(title="Time to first token", unit="s", why="What users wait before anything appears.", series=quantiles(names.ttft, of))
    yield Panel(title="Time per output token", unit="s", why="How fast an answer goes on.", series=quantiles(names.tpot, of))
    yield Panel(
        title="Requests",
        unit="short",
        why="Waiting requests are the first sign of too few machines.",
        series=((f"sum({names.running}{of})", "running"), (f"sum({names.waiting}{of})", "waiting")),
    )
    yield Panel(
        title="KV cache use",
        unit="percentunit",
        why="At 100 % requests are set aside and their work is lost.",
        series=((f"max by (instance_id) ({names.kv_cache}{of})", "{{instance_id}}"),),
    )
    yield Panel(
        title="Tokens per second",
        unit="short",
        why="What is really served: compare it with the fit and the price.",
        series=(
            (f"sum(rate({names.prompt_tokens}{of}[{WINDOW}]))", "prompt"),
            (f"sum(rate({names.generated_tokens}{of}[{WINDOW}]))", "generated"),
        ),
    )
    yield Panel(
        title="GPU utilization",
        unit="percent",
        why="From the GPU exporter; empty where the machines run none.",
        series=((f"avg by (instance_id) ({gpu.utilization}{of})", "{{instance_id}}"),),
    )
    yield Panel(
        title="GPU memory",
        unit="percentunit",
        why="Weights and KV cache take what the engine was given at its start.",
        series=(
            (
                f"sum by (instance_id) ({gpu.memory_used}{of}) / (sum by (instance_id) ({gpu.memory_used}{of}) "
                f"+ sum by (instance_id) ({gpu.memory_free}{of}))",
                "{{instance_id}}",
            ),
        ),
    )
    yield Panel(
        title="GPU temperature",
        unit="celsius",
        why="A card that runs hot runs slower.",
        series=((f"max by (instance_id) ({gpu.temperature}{of})", "{{instance_id}}"),),
    )


def quantiles(histogram: str, of: str) -> tuple[tuple[str, str], ...]:
    """The quantiles of a histogram over all machines."""
    return tuple(
        (f"histogram_quantile({quantile}, sum by (le) (rate({histogram}_bucket{of}[{WINDOW}])))", f"p{round(quantile * 100)}")
        for quantile in QUANTILES
    )


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    row, column = divmod(number, COLUMNS)
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "description": panel.why,
        "datasource": SOURCE,
        "gridPos": {"x": column * WIDTH, "y": row * HEIGHT, "w": WIDTH, "h": HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
        "targets": [
            {"refId": chr(ord("A") + position), "expr": expression, "legendFormat": legend, "datasource": SOURCE}
            for position, (expression, legend) in enumerate(panel.series)
        ],
    }
