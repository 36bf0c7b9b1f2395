"""What calls to Simple Log Service have in common: the project in the host, a JSON body, and its own words for what is wrong."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.sls.backend import Project, SlsBackend, Store
from fourways.fakes.wire.errors import CloudError


def invalid(detail: str) -> CloudError:
    return CloudError(400, "ParameterInvalid", detail)


def project_of(call: Call) -> Project:
    """The project that the host names."""
    return call.backend(SlsBackend).project(call.parameters.get("project"))


def store_of(call: Call) -> Store:
    return project_of(call).store(call.parameters.require("logstore"))


def body(call: Call) -> dict[str, Any]:
    if not isinstance(call.parameters.body, dict):
        raise CloudError(400, "PostBodyInvalid", "Post body must be a JSON object.")
    return call.parameters.body


def text(given: dict[str, Any], name: str, default: str = "") -> str:
    value = given.get(name, default)
    if not isinstance(value, str):
        raise invalid(f"{name} must be a string")
    return value


def whole(given: dict[str, Any], name: str, default: int, low: int, high: int) -> int:
    value = given.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise invalid(f"{name} must be a whole number from {low} to {high}")
    return value
