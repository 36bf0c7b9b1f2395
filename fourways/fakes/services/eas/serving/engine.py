"""What a service's command says about its engine."""

from __future__ import annotations

from typing import Any

from fourways.fakes.services.shared import engine_command
from fourways.fakes.services.shared.completions import Engine


def read(config: dict[str, Any], service_name: str) -> Engine:
    """Options of vLLM and SGLang, in the `command` or `script` of the service's first container."""
    containers = config.get("containers") or [{}]
    text = containers[0].get("command") or containers[0].get("script") or ""
    return engine_command.read(engine_command.split(text if isinstance(text, str) else " ".join(map(str, text))), service_name)
