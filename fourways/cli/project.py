"""Where this checkout is, and which stacks it has."""

from __future__ import annotations

from pathlib import Path

import yaml

from fourways.cli.errors import USAGE, UserError

ROOT = Path(__file__).resolve().parents[2]
STACKS = ROOT / "stacks"
POLICIES = ROOT / "policies"


def project_name() -> str:
    """The Pulumi project's name, as its tags and state files have it."""
    return str(yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["name"])


def stack_names() -> list[str]:
    """Stacks that have a file, sorted."""
    return sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in STACKS.glob("Pulumi.*.yaml"))


def stack_file(stack: str) -> Path:
    """The stack's file; a stack that has none is a usage error that lists those there are."""
    path = STACKS / f"Pulumi.{stack}.yaml"
    if not path.is_file():
        raise UserError(f"there is no stack {stack!r}; stacks with a file in {STACKS.name}/: {', '.join(stack_names()) or 'none'}", USAGE)
    return path
