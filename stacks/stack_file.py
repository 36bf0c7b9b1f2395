"""Reads the `config` of a `Pulumi.<stack>.yaml` as Pulumi would, and refuses what Pulumi refuses, in words."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Any

import yaml

from stacks.problems import Problem, SettingsError, shown

NAME = re.compile(r"Pulumi\.(?P<stack>[A-Za-z0-9._-]+)\.ya?ml")


LARGEST = 10_000
"""Values of a file with its aliases written out. Ours have about 50; a few lines of aliases of aliases make billions."""

#: What a value may be. Other tags make Python's own types, which Pulumi does not have.
TYPES = ("null", "bool", "int", "float", "str", "seq", "map", "merge")


class _Loader(yaml.SafeLoader):
    """YAML with these differences: a key given twice is an error (PyYAML takes the last), times stay text (Pulumi has none), and what
    Pulumi could not hand on (other types, aliases without end, half characters) is an error with its line."""

    def get_single_node(self) -> yaml.Node | None:
        node: yaml.Node | None = super().get_single_node()
        if node is not None:
            _weigh(node, {}, ())
        return node

    def construct_scalar(self, node: Any) -> Any:
        value = super().construct_scalar(node)
        if any("\ud800" <= mark <= "\udfff" for mark in value):
            raise yaml.constructor.ConstructorError(None, None, "half of a surrogate pair is no character", node.start_mark)
        return value

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)  # type: ignore[no-untyped-call]
            if isinstance(key, str) and key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} is given twice", key_node.start_mark)
            seen.add(key if isinstance(key, str) else repr(key))
        return super().construct_mapping(node, deep)


def _weigh(node: yaml.Node, known: dict[int, int], above: tuple[int, ...]) -> int:
    """How many values a node has with its aliases written out. Raises ConstructorError for too many, and for one inside itself."""
    if id(node) in above:
        raise yaml.constructor.ConstructorError(None, None, "an alias inside what it stands for", node.start_mark)
    if id(node) not in known:
        below = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else node.value
        parts = below if isinstance(node, yaml.CollectionNode) else ()
        known[id(node)] = 1 + sum(_weigh(part, known, (*above, id(node))) for part in parts)
    if known[id(node)] > LARGEST:
        raise yaml.constructor.ConstructorError(None, None, f"more than {LARGEST} values with its aliases", node.start_mark)
    return known[id(node)]


def _other_type(_: yaml.SafeLoader, node: yaml.Node) -> Any:
    raise yaml.constructor.ConstructorError(None, None, f"values of type {node.tag!r} are not allowed", node.start_mark)


_Loader.yaml_constructors = {
    **{tag: make for tag, make in yaml.SafeLoader.yaml_constructors.items() if str(tag).rpartition(":")[2] in TYPES},
    None: _other_type,
}
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
    except OSError as error:
        raise _error(path, "file", str(error.strerror), "a text file", "correct the path, or the rights to it") from None
    except UnicodeDecodeError as error:
        raise _error(path, "file", f"bytes that are no text, from byte {error.start}", "text in UTF-8", "save it as UTF-8") from None
    try:
        content = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise _error(path, "file", _where(error), "YAML", "correct it at the line and column named") from None
    except (ValueError, RecursionError) as error:  # a value that its own tag contradicts, such as `!!int x`; a file without end
        why = "values nested too deeply" if isinstance(error, RecursionError) else "a value that its type does not allow"
        raise _error(path, "file", why, "YAML", "write the values plainly, as in stacks/Pulumi.mu-singapore.yaml") from None
    config = content.get("config") if isinstance(content, dict) else None
    if not isinstance(config, dict):
        raise _error(path, "config", shown(config), "a mapping of settings", "write the settings under `config:`")
    return {str(key): value for key, value in config.items()}


def _where(error: yaml.YAMLError) -> str:
    """What is wrong and where, without the line itself: it may hold a secret."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
    place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else f", character {getattr(error, 'position', '?')}"
    return " ".join(f"{what}{place}".split())


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
