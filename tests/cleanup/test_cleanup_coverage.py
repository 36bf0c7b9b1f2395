"""Every type of resource that the components declare is swept by a kind, or goes with something that is."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pulumi
import pytest

from fourways.cleanup.kinds import KINDS, PARTS
from fourways.cleanup.states import TYPES
from tests.components.contract import BILLED

COMPONENTS = Path(__file__).resolve().parents[2] / "components"
SWEPT = {TYPES[kind.name] for kind in KINDS}
WITH_ANOTHER = {part.type for part in PARTS}
#: Billed, and of what it is a part.
GOES_WITH = {"alicloud:log/store:Store": "its project"}


def declared() -> Iterator[tuple[str, str]]:
    """File and type of each resource class that a component makes: a call of a class that is a `pulumi.CustomResource`."""
    for path in sorted(COMPONENTS.rglob("*.py")):
        if "scripts" in path.parts:  # they run on machines, not here
            continue
        tree = ast.parse(path.read_text())
        module = importlib.import_module(".".join(path.relative_to(COMPONENTS.parent).with_suffix("").parts))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            made = named(module, call.func)
            if inspect.isclass(made) and issubclass(made, pulumi.CustomResource) and not issubclass(made, pulumi.ProviderResource):
                yield path.name, token(made)


def named(module: object, function: ast.expr) -> object:
    """What a call calls, looked up in its module; None for what is not to be had by name alone."""
    if isinstance(function, ast.Name):
        return getattr(module, function.id, None)
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return getattr(getattr(module, function.value.id, None), function.attr, None)
    return None


def token(made: type) -> str:
    """The type that a resource class gives to the engine, out of its source: in quotes, or by a constant of its module."""
    found = re.search(r"""super\([^)]*\)\.__init__\(\s*(?:["'](\w+:[^"']+)["']|(\w+))""", inspect.getsource(made))
    assert found, made
    return found.group(1) or str(getattr(importlib.import_module(made.__module__), found.group(2)))


DECLARED = sorted(set(declared()))


def test_the_search_finds_what_is_known_to_be_there() -> None:
    types = {type_ for _, type_ in DECLARED}
    assert {"alicloud:vpc/network:Network", "alicloud:cms/alarmContact:AlarmContact", "fourways:eas:Service", *BILLED} <= types
    assert len(types) > 35


@pytest.mark.parametrize(("path", "type_"), DECLARED, ids=[f"{path}-{type_}" for path, type_ in DECLARED])
def test_each_declared_type_is_swept_or_goes_with_another(path: str, type_: str) -> None:
    assert type_ in SWEPT | WITH_ANOTHER, f"{path} makes {type_}: fourways/cleanup/kinds has neither a kind nor a part for it"
    if type_ in BILLED:
        assert type_ in SWEPT or type_ in GOES_WITH, f"{type_} is billed: a part alone does not end that"


def test_no_type_is_both() -> None:
    assert not SWEPT & WITH_ANOTHER
