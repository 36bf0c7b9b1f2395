"""GET /metrics of the two engines, as Prometheus text. Pure.

Names: vLLM's documentation, "Production Metrics" (docs.vllm.ai/en/stable/usage/metrics), and SGLang's
(docs.sglang.io/references/production_metrics). Only those are here that say something about requests, tokens, queue and cache.
"""

from __future__ import annotations

from fourways.fakes.services.ecs.machines.metering import BUCKETS, Histogram, Meter
from fourways.fakes.services.ecs.machines.plan import EngineUnit


def text(unit: EngineUnit, meter: Meter, running: int, waiting: int, kv_cache: float) -> str:
    """`kv_cache` is a share, 0 to 1, as both engines give it."""
    label = f'model_name="{unit.engine.names[0]}"'
    lines: list[str] = []
    if unit.kind == "vllm":
        label = f'engine="0",{label}'
        lines += _value("vllm:num_requests_running", "gauge", label, running)
        lines += _value("vllm:num_requests_waiting", "gauge", label, waiting)
        lines += _value("vllm:kv_cache_usage_perc", "gauge", label, kv_cache)
        for reason, count in meter.finished.items():
            lines += _value("vllm:request_success_total", "counter", f'{label},finished_reason="{reason}"', count)
        lines += _value("vllm:prompt_tokens_total", "counter", label, meter.prompt_tokens)
        lines += _value("vllm:generation_tokens_total", "counter", label, meter.generation_tokens)
        lines += _histogram("vllm:time_to_first_token_seconds", label, meter.first_token)
        lines += _histogram("vllm:inter_token_latency_seconds", label, meter.each_token)
        lines += _histogram("vllm:request_time_per_output_token_seconds", label, meter.each_token)
        lines += _histogram("vllm:e2e_request_latency_seconds", label, meter.whole)
        lines += _histogram("vllm:request_queue_time_seconds", label, meter.queued)
    else:
        lines += _value("sglang:num_running_reqs", "gauge", label, running)
        lines += _value("sglang:num_queue_reqs", "gauge", label, waiting)
        lines += _value("sglang:token_usage", "gauge", label, kv_cache)
        lines += _value("sglang:num_requests_total", "counter", label, sum(meter.finished.values()))
        lines += _value("sglang:prompt_tokens_total", "counter", label, meter.prompt_tokens)
        lines += _value("sglang:generation_tokens_total", "counter", label, meter.generation_tokens)
        lines += _histogram("sglang:time_to_first_token_seconds", label, meter.first_token)
        lines += _histogram("sglang:inter_token_latency_seconds", label, meter.each_token)
        lines += _histogram("sglang:e2e_request_latency_seconds", label, meter.whole)
    return "\n".join(lines) + "\n"


def _value(name: str, kind: str, label: str, value: float) -> list[str]:
    return [f"# TYPE {name} {kind}", f"{name}{{{label}}} {float(value)}"]


def _histogram(name: str, label: str, found: Histogram) -> list[str]:
    buckets = [f'{name}_bucket{{le="{bound}",{label}}} {float(count)}' for bound, count in zip(BUCKETS, found.counts, strict=True)]
    last = f'{name}_bucket{{le="+Inf",{label}}} {float(found.number)}'
    return [
        f"# TYPE {name} histogram",
        *buckets,
        last,
        f"{name}_sum{{{label}}} {found.total}",
        f"{name}_count{{{label}}} {float(found.number)}",
    ]
