"""The typed inputs of each resource, and the check that turns a bad one into a message with its path, what is allowed and what to do.

Imported when the first resource is checked, not when the provider starts: pydantic is a third of the start.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, ValidationError
from pydantic.alias_generators import to_camel

from fourways.cloud import ownership
from fourways.provider.names import INTERNAL
from fourways.provider.outcome import Failure
from fourways.provider.values import UNKNOWN, Path, Plain, always_secret, at, contains_unknown, path_text

REGION = r"^[a-z]{2}-[a-z]+(-[a-z0-9]+)*$"
#: EAS service names: lower case, digits and underscore, 3 to 63 (help centre, "Parameters of model services").
SERVICE_NAME = r"^[a-z0-9_]{3,63}$"
#: Ports that EAS keeps for itself in containers (same page).
RESERVED_PORTS = (8080, 9090)

Text = Annotated[StrictStr, Field(min_length=1)]
Labels = dict[Text, StrictStr]


class Inputs(BaseModel):
    """What every resource's inputs share: camelCase on the wire, frozen, nothing unknown. `replaces` names what cannot change in place."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


def _input(allowed: str, *, default: Any = ..., replaces: bool = False, secret: bool = False, **limits: Any) -> Any:
    """A field; `allowed` ends the sentence 'Allowed: ...' of a failed check and describes the property in the schema."""
    return Field(default=default, description=allowed, json_schema_extra={"replaces": replaces, "secret": secret}, **limits)


class ServiceInputs(Inputs):
    """Inputs of `fourways:eas:Service`."""

    name: StrictStr = _input(
        "3 to 63 lower-case letters, digits and underscores, unique in the region", replaces=True, pattern=SERVICE_NAME
    )
    region: StrictStr = _input("a region id such as ap-southeast-1", replaces=True, pattern=REGION)
    config: dict[str, Any] = _input("the EAS service JSON as an object, without metadata.name, token and labels")
    token: Text | None = _input(
        "the key of the endpoint as a non-empty string; left out, the cloud makes one (output accessToken)", default=None, secret=True
    )
    labels: Labels = _input("a map of strings; ownership labels are added to it", default={})
    safety_lock: Literal["none", "dangerous", "all"] = _input(
        "none, dangerous (no delete, no stop) or all (no operation at all)", default="none"
    )
    workspace_id: Text | None = _input("the id of a PAI workspace as a string", default=None, replaces=True)
    on_update_failure: Literal["rollback", "keep"] = _input(
        "rollback (default: back to the version that ran before) or keep (leave the failed version, to be looked at)", default="rollback"
    )


class DLink(Inputs):
    """A resource group's direct connection to a VPC (EAS UpdateResourceDLink, 2021-07-01)."""

    v_switch_id: Text = _input("the id of a vSwitch (vsw-...)")
    security_group_id: Text = _input("the id of a security group (sg-...)")
    destination_cidrs: Text | None = _input("CIDR blocks of the clients, comma separated", default=None)


class ResourceGroupInputs(Inputs):
    """Inputs of `fourways:eas:ResourceGroup`. Limits: SDK alibabacloud-eas20210701 7.0.0, CreateResource and CreateResourceInstances."""

    region: StrictStr = _input("a region id such as ap-southeast-1", replaces=True, pattern=REGION)
    instance_type: Text = _input("an ECS instance type with GPUs, such as ecs.gn8v-4x.24xlarge", replaces=True)
    instance_count: StrictInt = _input("a whole number of machines from 1 to 100", ge=1, le=100)
    charge_type: Literal["PostPaid", "PrePaid"] = _input("PostPaid (pay as you go) or PrePaid (a committed term)", replaces=True)
    zone: Text | None = _input("a zone id such as ap-southeast-1a; left out, the cloud chooses", default=None, replaces=True)
    system_disk_size: StrictInt = _input("200 to 2000 (GiB), default 200", default=200, replaces=True, ge=200, le=2000)
    auto_renewal: StrictBool = _input("true or false (default): renews a PrePaid term by itself", default=False)
    labels: Labels = _input("a map of strings; ownership labels are added to it", default={})
    d_link: DLink | None = _input("an object {vSwitchId, securityGroupId, destinationCidrs?}", default=None)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """The inputs with defaults and ownership labels filled in, which of them are always secret, and what is wrong with them."""

    inputs: dict[str, Plain]
    secrets: frozenset[Path] = frozenset()
    failures: list[Failure] = field(default_factory=list)


def check(model: type[Inputs], urn: str, given: Mapping[str, Plain], secrets: frozenset[Path] = frozenset()) -> Checked:
    """Checks inputs that may hold unknown values (they are judged when they are known). All failures are reported at once."""
    declared = {key: value for key, value in given.items() if not key.startswith(INTERNAL)}
    failures = list(_model_failures(model, declared, secrets))
    filled = _with_defaults(model, declared)
    if model is ServiceInputs:
        failures += _service_failures(filled)
    failures += _own_labels(filled, urn)
    return Checked(inputs=filled, secrets=always_secret(filled), failures=failures)


def _with_defaults(model: type[Inputs], declared: Mapping[str, Plain]) -> dict[str, Plain]:
    filled = dict(declared)
    for entry in model.model_fields.values():
        if entry.alias is not None and entry.alias not in filled and entry.default not in (None, ...) and not entry.is_required():
            filled[entry.alias] = dict(entry.default) if isinstance(entry.default, dict) else entry.default
    return filled


def _model_failures(model: type[Inputs], declared: Mapping[str, Plain], secrets: frozenset[Path]) -> Iterator[Failure]:
    try:
        model.model_validate(declared)
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            path: Path = problem["loc"]
            if contains_unknown(at(dict(declared), path)) or any(at(dict(declared), path[:cut]) is UNKNOWN for cut in range(len(path))):
                continue
            yield _explain(model, problem["type"], path, problem["msg"], at(dict(declared), path), _hidden(path, secrets))


def _explain(model: type[Inputs], kind: str, path: Path, message: str, given: Plain, hidden: bool) -> Failure:
    allowed = _allowed(model, path)
    if kind == "missing":
        return Failure(property=path_text(path), reason=f"required, but not given. Allowed: {allowed}.")
    if kind == "extra_forbidden":
        names = ", ".join(sorted(name for name in _aliases(model, path[:-1])))
        return Failure(property=path_text(path), reason=f"no such property. Allowed: {names}.")
    shown = "the given value" if hidden or given is None or len(repr(given)) > 100 else repr(given)
    return Failure(property=path_text(path), reason=f"{shown} is not allowed ({message[:1].lower() + message[1:]}). Allowed: {allowed}.")


def _allowed(model: type[Inputs], path: Path) -> str:
    """The description of the deepest declared field on the path."""
    text = "see the schema"
    shape: Any = model
    for step in path:
        fields = getattr(shape, "model_fields", {})
        entry = next((entry for entry in fields.values() if entry.alias == step), None)
        if entry is None:
            break
        text = entry.description or text
        shape = DLink if entry.alias == "dLink" else None
    return text


def _aliases(model: type[Inputs], path: Path) -> list[str]:
    shape = DLink if path == ("dLink",) else model
    return [entry.alias or name for name, entry in shape.model_fields.items()]


def _hidden(path: Path, secrets: frozenset[Path]) -> bool:
    return path[:1] == ("token",) or any(path[: len(secret)] == secret or secret[: len(path)] == path for secret in secrets)


def _service_failures(inputs: Mapping[str, Plain]) -> Iterator[Failure]:
    """What pydantic cannot see: keys of the service JSON that are inputs of their own, and what EAS would refuse after minutes."""
    config = inputs.get("config")
    if not isinstance(config, dict):
        return
    for key, own in (("token", "token"), ("labels", "labels"), ("name", "name")):
        if key in config:
            yield Failure(property=f"config.{key}", reason=f"not in the service JSON: move it to the input `{own}`.")
    metadata = config.get("metadata")
    if isinstance(metadata, dict):
        if "name" in metadata:
            yield Failure(property="config.metadata.name", reason="not in the service JSON: move it to the input `name`.")
        if "workspace_id" in metadata:
            yield Failure(property="config.metadata.workspace_id", reason="not in the service JSON: move it to the input `workspaceId`.")
        count = metadata.get("instance")
        if count is not None and count is not UNKNOWN and (isinstance(count, bool) or not isinstance(count, int) or count < 0):
            yield Failure(property="config.metadata.instance", reason=f"{count!r} is not allowed. Allowed: a whole number from 0.")
    elif metadata is not None and metadata is not UNKNOWN:
        yield Failure(property="config.metadata", reason="must be an object, such as {instance: 1, gpu: 4, resource: eas-r-...}.")
    containers = config.get("containers")
    if containers is not None and containers is not UNKNOWN and not isinstance(containers, list):
        yield Failure(property="config.containers", reason="must be a list of objects {image, port, script, ...}.")
    for index, container in enumerate(containers if isinstance(containers, list) else []):
        port = container.get("port") if isinstance(container, dict) else None
        if port in RESERVED_PORTS:
            yield Failure(
                property=f"config.containers[{index}].port",
                reason=f"{port} is not allowed: EAS keeps {' and '.join(map(str, RESERVED_PORTS))}. Allowed: another port, such as 8000.",
            )


def _own_labels(inputs: dict[str, Plain], urn: str) -> list[Failure]:
    """Adds project, stack and URN hash to the labels; a declared label that contradicts them would disown the resource."""
    labels = inputs.get("labels")
    if not isinstance(labels, dict):
        return []
    own = ownership.urn_labels(urn)
    wrong = [
        Failure(
            property=path_text(("labels", key)),
            reason=f"{labels[key]!r} contradicts this resource's own label {value!r}: leave it out, the provider sets it.",
        )
        for key, value in own.items()
        if key in labels and labels[key] is not UNKNOWN and labels[key] != value and key != ownership.URN
    ]
    inputs["labels"] = {**labels, **own}
    return wrong
