"""How CloudMonitor says yes and no: an answer carries a code of its own beside the HTTP status."""

from __future__ import annotations

from typing import Any

from fourways.fakes.wire.errors import CloudError

DONE: dict[str, Any] = {"Code": "200", "Success": True, "Message": ""}


def invalid_parameter(name: str, detail: str) -> CloudError:
    """400 ParameterInvalid (help centre, error codes of PutResourceMetricRule)."""
    return CloudError(400, "ParameterInvalid", f"Illegal parameters: {name}. {detail}")
