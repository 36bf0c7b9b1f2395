"""Prints `taggable.yaml`: the alicloud types that take a map of tags, read from the installed pulumi_alicloud by its syntax trees
(importing it would take seconds and much memory). Run after an upgrade: `python policies/list_taggable.py > policies/taggable.yaml`."""

import ast
import importlib.metadata
import importlib.util
import re
from pathlib import Path

NOT_RESOURCES = {"__init__.py", "outputs.py", "_inputs.py", "_utilities.py"}
REGISTERS = re.compile(r"super\((\w+), __self__\)\.__init__\(\s*'([^']+)'")


def taggable(package: Path) -> list[str]:
    """Type tokens whose `...Args` class has `tags` as a mapping."""
    found = []
    for file in sorted(package.rglob("*.py")):
        source = "" if file.name in NOT_RESOURCES else file.read_text(encoding="utf-8")
        if (registers := REGISTERS.search(source)) and "def tags(self)" in source and _takes_tags(source, f"{registers[1]}Args"):
            found.append(registers[2])
    return sorted(found)


def _takes_tags(source: str, arguments: str) -> bool:
    # Only the Args class is parsed: whole modules are long documentation strings.
    start = source.find(f"class {arguments}:")
    end = source.find("\n@pulumi.input_type", start)
    tree = ast.parse(source[start : end if end > 0 else None])
    cls = next(node for node in tree.body if isinstance(node, ast.ClassDef))
    return any(
        isinstance(node, ast.FunctionDef) and node.name == "tags" and node.returns is not None and "Mapping[" in ast.unparse(node.returns)
        for node in cls.body
    )


def package() -> Path:
    """Folder of the installed package, without importing it."""
    spec = importlib.util.find_spec("pulumi_alicloud")
    if spec is None or spec.origin is None:
        raise SystemExit("pulumi_alicloud is not installed")
    return Path(spec.origin).parent


def main() -> None:
    print("# Made by list_taggable.py: which alicloud types take a map of tags.")
    print(f"source: pulumi_alicloud {importlib.metadata.version('pulumi_alicloud')}")
    print("types:")
    for token in taggable(package()):
        print(f"- {token}")


if __name__ == "__main__":
    main()
