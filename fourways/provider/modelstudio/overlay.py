"""What limits and permissions share: a workspace of which a resource owns single models, and nothing else. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fourways.provider.names import INTERNAL
from fourways.provider.outcome import Done
from fourways.provider.values import Plain, Properties


def parts(resource_id: str) -> tuple[str, list[str]]:
    """`(workspace, models)` of `REGION/WORKSPACE`, or of `REGION/WORKSPACE/MODEL,MODEL`, which an import may name."""
    _, workspace, models = (*resource_id.split("/", 2), "")[:3]
    return workspace, [model for model in models.split(",") if model]


def by_model(entries: Plain) -> dict[str, dict[str, Any]]:
    """A list of {model, ...} as {model: {...}}; what says nothing is left out."""
    rows: Iterable[Mapping[str, Any]] = entries if isinstance(entries, list) else ()
    return {str(row["model"]): {key: value for key, value in row.items() if key != "model" and value is not None} for row in rows}


def as_list(models: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The inverse of `by_model`."""
    return [{"model": model, **rest} for model, rest in models.items()]


def done(region: str, inputs: Properties, account: str, target: str, **outputs: Plain) -> Done:
    """The resource `REGION/WORKSPACE`: its inputs, and outputs."""
    plain = {key: value for key, value in inputs.plain.items() if not key.startswith(INTERNAL)}
    return Done(
        resource_id=f"{region}/{plain['workspaceId']}",
        properties=Properties(plain={**plain, **outputs, "account": account, "target": target}, secrets=inputs.secrets),
    )
