"""Reads a stack's settings: from Pulumi's configuration (`load`) or straight from its file (`read_stack_file`). Never half of them:
what is wrong is raised as one SettingsError with every mistake.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, cast

from pydantic import BaseModel, TypeAdapter, ValidationError

from stacks import checks
from stacks.explain import failed_parts, fields, problems_of
from stacks.kinds import class_of
from stacks.model import Settings
from stacks.problems import Problem, SettingsError, closest, shown
from stacks.stack_file import read_config, stack_of

__all__ = ["Settings", "SettingsError", "json_schema", "load", "read_stack_file"]

PROJECT = "fourways"
OURS = "fourways:"
REGION = "alicloud:region"
STRUCTURED = ("budget", "network", "serving", "workload")
PULUMIS = ("project", "stack")
#: Would lie in clear in the state: the plugin does not mark them secret.
KEYS_OF_THE_CLOUD = ("alicloud:accessKey", "alicloud:secretKey", "alicloud:securityToken")


def load(config: Mapping[str, Any], *, stack: str, project: str = PROJECT, file: str | None = None) -> Settings:
    """The settings of a stack from its configuration, keys with their namespace (`fourways:owner`, `alicloud:region`).

    Structured values may be mappings (a parsed file) or JSON text (as Pulumi hands them over). Raises SettingsError with every mistake;
    `file` is what its messages call the place.
    """
    file = file or f"stacks/Pulumi.{stack}.yaml"
    if not any(key.startswith(OURS) for key in config):
        raise SettingsError(file, [_nothing_there(stack)])
    values, problems = _values(config)
    text = json.dumps({**values, "project": project, "stack": stack}, default=str)
    failed: set[str] = set()
    try:
        settings = Settings.model_validate_json(text)
        parts = _parts(settings)
    except ValidationError as error:
        told = {problem.key for problem in problems}
        problems += [problem for problem in problems_of(error) if problem.key not in told]
        failed = failed_parts(error)
        parts = _salvage({**values, "stack": stack}, failed)
    kind = class_of(values.get("serving"))
    problems += checks.run(parts, kind.checks if kind is not None else ())
    if problems:
        raise SettingsError(file, problems)
    return settings


def read_stack_file(path: Path | str) -> Settings:
    """The settings in a `Pulumi.<stack>.yaml`, without Pulumi. Raises SettingsError as `load` does, also for a file that is not there."""
    path = Path(path)
    return load(read_config(path), stack=stack_of(path), file=str(path))


def json_schema() -> dict[str, Any]:
    """The JSON schema of a stack file, for editors. What takes two settings to judge is not in it."""
    schema = Settings.model_json_schema()
    properties = {name: value for name, value in schema["properties"].items() if name not in PULUMIS}
    keys = {REGION if name == "region" else OURS + name: value for name, value in properties.items()}
    required = [REGION if name == "region" else OURS + name for name in schema["required"] if name not in PULUMIS]
    ours = "|".join(key.removeprefix(OURS) for key in keys if key.startswith(OURS))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Fourways stack file (Pulumi.<stack>.yaml)",
        "type": "object",
        "required": ["config"],
        "properties": {
            "config": {
                "type": "object",
                "properties": keys,
                "required": required,
                "propertyNames": {"pattern": f"^(?!{OURS})|^{OURS}({ours})$"},
            }
        },
        "$defs": schema["$defs"],
    }


def _values(config: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Our values by key without namespace, and what is wrong with the keys themselves."""
    known = [name for name in fields(Settings) if name not in (*PULUMIS, "region")]
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in config.items():
        name = key.removeprefix(OURS)
        if key == REGION:
            values["region"] = value
        elif key in KEYS_OF_THE_CLOUD:
            problems.append(_key_in_config(key))
        elif not key.startswith(OURS):
            continue
        elif name not in known:
            hint = f"set {REGION}, the only place for the region, and " if name == "region" else closest(name, known)
            problems.append(
                Problem(key=key, given="an unknown key", allowed=", ".join(known), todo=hint + "correct the key or take it out")
            )
        elif isinstance(value, Mapping) and set(value) == {"secure"}:
            problems.append(
                Problem(key=key, given="an encrypted value", allowed="a plain value", todo="write it in clear: it is no secret")
            )
        else:
            values[name] = _value(name, value)
    return values, problems


def _value(name: str, value: Any) -> Any:
    """The value in the form that both ways of reading share: structures parsed, scalars as Pulumi's text."""
    if name in STRUCTURED:
        if isinstance(value, str):
            try:
                return json.loads(value)
            except (ValueError, RecursionError):
                return value
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _parts(settings: Settings) -> dict[str, Any]:
    """Every setting by the name that checks use: the top-level ones and those of `serving`."""
    return {name: getattr(of, name) for of in (settings, settings.serving) for name in type(of).model_fields}


def _salvage(values: Mapping[str, Any], failed: set[str]) -> dict[str, Any]:
    """The settings that could be read in spite of the others' mistakes."""
    parts: dict[str, Any] = {}
    serving = values.get("serving")
    places: list[tuple[type[BaseModel], Any]] = [(Settings, values)]
    if "serving" not in failed and (kind := class_of(serving)) is not None:
        places.append((kind, serving))
    for model, given in places:
        for name, field in model.model_fields.items():
            if name in failed or name == "serving":
                continue
            if field.alias in given:
                adapter: TypeAdapter[Any] = TypeAdapter(cast(Any, Annotated[field.annotation, None, *field.metadata]))
                parts[name] = adapter.validate_json(json.dumps(given[field.alias], default=str))
            elif not field.is_required():
                parts[name] = field.get_default(call_default_factory=True)
    return parts


def _nothing_there(stack: str) -> Problem:
    return Problem(
        key="config",
        given="no fourways: keys",
        allowed="the settings of a stack",
        todo=f"check the stack's name ({shown(stack)}), or copy stacks/Pulumi.mu-singapore.yaml and change it",
    )


def _key_in_config(key: str) -> Problem:
    return Problem(
        key=key,
        given="a value (not shown)",
        allowed="nothing: it would lie in clear in the state",
        todo=f"run `pulumi config rm {key}`, and give keys by the environment (ALICLOUD_ACCESS_KEY...) or a profile",
    )
