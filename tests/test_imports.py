"""No arrow points back: which folder may import which, as design.md draws it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Folder -> what of ours it may import, besides itself.
ALLOWED = {
    "fourways/catalog": set(),
    "fourways/cloud": {"fourways/catalog"},
    "fourways/provider": {"fourways/catalog", "fourways/cloud"},
    "fourways/fakes": {"fourways/catalog"},
    "fourways/costs": {"fourways/catalog"},
    "fourways/prices": {"fourways/catalog", "fourways/cloud"},
    "fourways/checks": {"fourways/catalog", "fourways/costs"},
    "fourways/cleanup": {"fourways/catalog", "fourways/cloud"},
    "fourways/metrics": {"fourways/catalog", "fourways/cleanup", "fourways/cloud"},
    "fourways/doctor": {"fourways/catalog", "fourways/cloud", "fourways/costs"},
    "fourways/chaos": {"fourways/cloud"},
    "fourways/benchmark": set(),
    "fourways/report": {"fourways/benchmark", "fourways/costs", "fourways/economics", "fourways/pages"},
    "fourways/pages": set(),
    "fourways/recovery": {"fourways/catalog", "fourways/cloud", "fourways/cleanup"},
    "fourways/economics": {"fourways/catalog", "fourways/costs"},
    "fourways/advisor": {"fourways/benchmark", "fourways/catalog", "fourways/costs", "fourways/economics", "fourways/pages", "stacks"},
    "fourways/ephemeral": {"fourways/benchmark", "fourways/cloud", "fourways/costs"},
    "fourways/verify": {"fourways/catalog", "fourways/cloud", "fourways/costs", "fourways/ephemeral"},
    "fourways/cli": {"fourways/*", "stacks"},
    "stacks": {"fourways/catalog"},
    "components": {"fourways/catalog", "fourways/cloud", "fourways/provider", "stacks"},
    "policies": {"fourways/catalog", "fourways/costs"},
    "toolchain": set(),
    "__main__.py": {"components", "stacks"},
}
SDKS = ("alibabacloud_", "Tea", "darabonba")


def _room(module: str) -> str | None:
    parts = module.split(".")
    if parts[0] == "fourways":
        return f"fourways/{parts[1]}" if len(parts) > 1 else None
    return parts[0] if parts[0] in ("stacks", "components", "policies", "toolchain", "tests") else None


def _imports(path: Path, *, top_level_only: bool = False) -> list[str]:
    tree = ast.parse(path.read_text())
    nodes = tree.body if top_level_only else ast.walk(tree)
    found = []
    for node in nodes:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def _files(room: str) -> list[Path]:
    path = ROOT / room
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


@pytest.mark.parametrize("room", ALLOWED)
def test_imports_point_one_way(room: str) -> None:
    assert _files(room), f"{room} has no Python file: mend ALLOWED"
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in _files(room)
        for module in _imports(path)
        if (target := _room(module)) is not None
        and target != room
        and target not in ALLOWED[room]
        and not ("fourways/*" in ALLOWED[room] and target.startswith("fourways/"))
    ]
    assert not wrong


def test_every_folder_has_a_rule() -> None:
    folders = {f"fourways/{path.name}" for path in (ROOT / "fourways").iterdir() if (path / "__init__.py").exists()}
    assert folders <= set(ALLOWED)


def test_sdks_are_imported_lazily() -> None:
    """Importing an SDK costs half a second: the provider must answer its first call before."""
    wrong = [
        f"{path.relative_to(ROOT)} imports {module} when it is imported"
        for room in ("fourways", "components", "stacks")
        for path in _files(room)
        for module in _imports(path, top_level_only=True)
        if module.startswith(SDKS)
    ]
    assert not wrong
