"""Reads Pulumi's JSON: the digest of `pulumi preview --json`, its stream of events, and the state of `pulumi stack export`.

Shapes: pulumi 3.259.0, pkg/display/json.go (PreviewDigest), sdk apitype/events.go (EngineEvent) and apitype/core.go (UntypedDeployment).
Read tolerantly, since versions add fields, and typed, since everything after this module relies on it. Events are what the engine prints
with PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true: one JSON object a line. The digest leaves out unchanged resources unless `--show-sames` is
given, and all policy events.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes for a value that only the update will know (sdk go/common/resource/plugin: UnknownStringValue)."""
GONE = frozenset({"delete", "delete-replaced", "remove-pending-replace", "discard", "discard-replaced", "read-discard"})
"""Step operations after which the old resource is no more."""
NOT_OURS = frozenset({"read", "read-replacement"})
"""Step operations on resources that the stack only looks at."""


class CostError(Exception):
    """An input that no estimate can be made from. The text says which and what to do."""


class Tolerant(BaseModel):
    """Base: fields that newer engines add are ignored. Errors do not show what was given: a state may hold a secret in clear."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True, hide_input_in_errors=True)


class ResourceState(Tolerant):
    """One resource before or after a step, or in a state."""

    urn: str
    type: str
    id: str = ""
    custom: bool = False
    external: bool = False
    delete: bool = False
    retain_on_delete: bool = Field(default=False, alias="retainOnDelete")
    provider: str = ""
    parent: str = ""
    inputs: dict[str, Any] | None = None
    outputs: dict[str, Any] | None = None
    depends: dict[str, list[str] | None] | None = Field(default=None, alias="propertyDependencies")
    """By input, the URNs of what its value comes from. Events do not tell it."""
    created: str = ""

    @property
    def name(self) -> str:
        """Last part of the URN."""
        return self.urn.rsplit("::", 1)[-1]


class Step(Tolerant):
    """What the engine would do with one resource."""

    op: str
    urn: str
    old: ResourceState | None = Field(default=None, alias="oldState")
    new: ResourceState | None = Field(default=None, alias="newState")
    diffs: list[str] | None = Field(default=None, alias="diffReasons")
    replaces: list[str] | None = Field(default=None, alias="replaceReasons")


class Diagnostic(Tolerant):
    """A message of the engine or of the program."""

    urn: str = ""
    severity: str = "info"
    message: str = ""


class Preview(Tolerant):
    """What both forms of a preview have in common."""

    config: dict[str, str] = {}
    steps: list[Step] = []
    diagnostics: list[Diagnostic] = []
    changes: dict[str, int] = Field(default={}, alias="changeSummary")
    result: str = ""
    events: list[dict[str, Any]] = []

    @property
    def complete(self) -> bool:
        """Whether unchanged resources are listed, too."""
        return sum(step.op == "same" for step in self.steps) >= self.changes.get("same", 0)


class Deployment(Tolerant):
    """A state's content."""

    resources: list[ResourceState] | None = None
    pending: list[dict[str, Any]] | None = Field(default=None, alias="pending_operations")


def read_preview(given: str | Mapping[str, Any] | Iterable[Mapping[str, Any]] | Preview) -> Preview:
    """The preview in text (a digest, or one event a line), parsed digest, or parsed events. Raises CostError for anything else."""
    if isinstance(given, Preview):
        return given
    if isinstance(given, str):
        return read_preview(_parse(given))
    try:
        if isinstance(given, Mapping):
            return Preview.model_validate(given)
        return _from_events([dict(event) for event in given])
    except (ValidationError, TypeError, ValueError) as error:
        raise CostError(f"this is not the output of `pulumi preview --json`: {error}") from error


def read_state(given: str | Mapping[str, Any]) -> list[ResourceState]:
    """Resources of a state that `pulumi stack export` printed. An empty stack has none. Raises CostError for anything else."""
    try:
        content = json.loads(given) if isinstance(given, str) else given
        return Deployment.model_validate(content["deployment"]).resources or []
    except (KeyError, TypeError, ValueError) as error:
        raise CostError(f"this is not the output of `pulumi stack export`: {error!r}") from error


def known(value: Any) -> bool:
    """Whether the value holds no part that only the update will know."""
    if isinstance(value, Mapping):
        return all(known(part) for part in value.values())
    if isinstance(value, list):
        return all(known(part) for part in value)
    return not (isinstance(value, str) and UNKNOWN in value)


def _parse(text: str) -> Mapping[str, Any] | list[Any]:
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        try:
            return [json.loads(line) for line in lines]
        except json.JSONDecodeError as error:
            raise CostError(f"neither a JSON document nor one JSON event a line: {error}") from error
    if isinstance(whole, dict):
        return [whole] if "sequence" in whole else whole
    raise CostError(f"a JSON object was expected, not {type(whole).__name__}")


def _from_events(events: list[dict[str, Any]]) -> Preview:
    config: dict[str, str] = {}
    summary: dict[str, Any] = {}
    steps: dict[tuple[str, str], dict[str, Any]] = {}
    diagnostics = []
    for event in events:
        if prelude := event.get("preludeEvent"):
            config = prelude.get("config") or {}
        elif said := event.get("diagnosticEvent"):
            if said.get("severity") != "debug" and not said.get("ephemeral"):
                diagnostics.append({**said, "message": f"{said.get('prefix') or ''}{said.get('message') or ''}"})
        elif happened := event.get("resourcePreEvent"):
            data = happened["metadata"]
            steps[data["urn"], data["op"]] = {
                "op": data["op"],
                "urn": data["urn"],
                "oldState": data.get("old"),
                "newState": data.get("new"),
                "diffReasons": data.get("diffs"),
                "replaceReasons": data.get("keys"),
            }
        summary = event.get("summaryEvent") or summary
    return Preview.model_validate(
        {
            "config": config,
            "steps": list(steps.values()),
            "diagnostics": diagnostics,
            "changeSummary": summary.get("resourceChanges") or {},
            "result": summary.get("result") or "",
            "events": events,
        }
    )
