"""A stack's configuration that works, and ways to spoil it."""

from __future__ import annotations

import copy
from typing import Any

GOOD: dict[str, Any] = {
    "alicloud:region": "ap-southeast-1",
    "fourways:account": "1234567890123456",
    "fourways:environment": "production",
    "fourways:owner": "llm-platform",
    "fourways:budget": {"amount": 60000, "currency": "CNY", "per": "month"},
    "fourways:network": {"cidr": "10.40.0.0/16", "zones": ["ap-southeast-1a", "ap-southeast-1c"], "nat": False},
    "fourways:serving": {
        "kind": "model-unit",
        "name": "deepseek_v4_flash_prod",
        "model": {"id": "deepseek-v4-flash", "weights": "oss://bucket/deepseek-v4-flash/"},
        "capacity": {"source": "eas-resource-group", "units": 4, "spec": "MU1"},
        "replicas": {"count": 1, "gpus": 4},
        "engine": {"name": "vllm", "version": "0.20.0", "tensorParallel": 4, "maxModelLen": 32768},
        "update": "in-place",
        "access": {"public": True},
    },
}
BENCHMARK: dict[str, Any] = GOOD | {
    "fourways:environment": "benchmark",
    "fourways:ttl": "4h",
    "fourways:expires-at": "2026-11-24T12:00:00Z",
}
REMOVED = object()


def changed(path: str, value: Any, base: dict[str, Any] = GOOD) -> dict[str, Any]:
    """A deep copy with one value changed (or REMOVED); the path is that of the messages, with or without `fourways:`."""
    config = copy.deepcopy(base)
    first, *rest = path.split(".")
    keys = [first if ":" in first else f"fourways:{first}", *rest]
    target = config
    for key in keys[:-1]:
        target = target[key]
    if value is REMOVED:
        del target[keys[-1]]
    else:
        target[keys[-1]] = value
    return config


_AT_MODEL_STUDIO = {key: value for key, value in GOOD.items() if key != "fourways:network"}
_STUDIO_SERVING = {"name": "chat_prod", "model": {"id": "deepseek-v4-flash"}}
TOKEN: dict[str, Any] = _AT_MODEL_STUDIO | {"fourways:serving": {"kind": "token", **_STUDIO_SERVING}}
PTU: dict[str, Any] = _AT_MODEL_STUDIO | {
    "fourways:serving": {
        "kind": "ptu",
        **_STUDIO_SERVING,
        "reservation": {"tier": "fast", "chargeType": "PostPaid", "inputTpm": 500000, "outputTpm": 50000},
    }
}
TERM: dict[str, Any] = changed(
    "serving.reservation", {**PTU["fourways:serving"]["reservation"], "chargeType": "PrePaid", "termDays": 30}, PTU
)
STUDIO_UNITS: dict[str, Any] = _AT_MODEL_STUDIO | {
    "alicloud:region": "cn-beijing",
    "fourways:serving": {"kind": "model-unit", **_STUDIO_SERVING, "capacity": {"source": "model-studio", "units": 8, "spec": "MU1"}},
}

EAS: dict[str, Any] = GOOD | {
    "fourways:serving": {
        "kind": "eas",
        "name": "chat_prod",
        "model": {"id": "deepseek-v4-flash", "weights": "oss://bucket/deepseek-v4-flash/"},
        "capacity": {"source": "public", "instanceTypes": ["ml.gu8tef.8.46xlarge", "ecs.gn8v-8x.48xlarge"]},
        "replicas": {"count": 1, "gpus": 8},
        "engine": {"name": "vllm", "version": "0.20.0", "tensorParallel": 8, "maxModelLen": 32768},
        "access": {"public": True},
    }
}
GROUP: dict[str, Any] = {"source": "resource-group", "instanceType": "ml.gu8tef.8.46xlarge", "machines": 2}
LINGJUN: dict[str, Any] = {"source": "quota", "quota": "quota1a2b3c", "quotaType": "Lingjun", "priority": 5}
VIRTUAL: dict[str, Any] = {"source": "virtual-resource-group", "id": "eas-vr-1a2b3c"}
BY_LOAD: dict[str, Any] = {"min": 1, "max": 4, "metrics": [{"metric": "qps", "threshold": 5}]}
BY_CLOCK: dict[str, Any] = {
    "timeZone": "Asia/Singapore",
    "jobs": [
        {"name": "day", "cron": "0 0 9 * * 1-5", "replicas": 2},
        {"name": "night", "cron": "0 0 18 * * 1-5", "replicas": 0},
    ],
}


def eas(**serving: Any) -> dict[str, Any]:
    """A stack of kind `eas` with keys of `serving` replaced."""
    config = copy.deepcopy(EAS)
    config["fourways:serving"] |= serving
    return config
