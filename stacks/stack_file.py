"""Reads the `config` of a `Pulumi.<stack>.yaml` as Pulumi would, and refuses what Pulumi refuses, in words."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Any

import yaml

from stacks.problems import Problem, SettingsError, shown

NAME = re.compile(r"Pulumi\.(?P<stack>[A-Za-z0-9._-]+)\.ya?ml")


class _Loader(yaml.SafeLoader):
    """YAML with two differences: a key given twice is an error (PyYAML takes the last), and times stay text (Pulumi has none)."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)  # type: ignore[no-untyped-call]
            if isinstance(key, str) and key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} is given twice", key_node.start_mark)
            seen.add(key if isinstance(key, str) else repr(key))
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def stack_of(path: Path) -> str:
    """The stack that a file is for. Raises SettingsError where the file's name is not `Pulumi.<stack>.yaml`."""
    match = NAME.fullmatch(path.name)
    if match is None:
        raise _error(path, "file", shown(path.name), "Pulumi.<stack>.yaml", "name the file after its stack")
    return match["stack"]


def read_config(path: Path) -> dict[str, Any]:
    """The keys under `config`. Raises SettingsError for a file that is missing, not text, not YAML or of another shape."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise _missing(path) from None
    except (OSError, UnicodeDecodeError) as error:
        raise _error(path, "file", str(error), "a text file in UTF-8", "correct the file") from None
    try:
        content = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise _error(path, "file", " ".join(str(error).split()), "YAML", "correct it at the line and column named") from None
    config = content.get("config") if isinstance(content, dict) else None
    if not isinstance(config, dict):
        raise _error(path, "config", shown(config), "a mapping of settings", "write the settings under `config:`")
    return {str(key): value for key, value in config.items()}


def _missing(path: Path) -> SettingsError:
    """Names the stacks that there are beside the missing file, the nearest first."""
    there = sorted(match["stack"] for file in path.parent.glob("Pulumi.*.yaml") if (match := NAME.fullmatch(file.name)))
    match = NAME.fullmatch(path.name)
    near = difflib.get_close_matches(match["stack"], there, n=1) if match else []
    hint = f'did you mean "{near[0]}"? ' if near else ""
    return _error(
        path, "file", "no such file", f"one of the stacks {', '.join(there)}" if there else "a file", hint + "check the stack's name"
    )


def _error(path: Path, key: str, given: str, allowed: str, todo: str) -> SettingsError:
    return SettingsError(str(path), [Problem(key=key, given=given, allowed=allowed, todo=todo)])
