"""The RAM actions that `fourways sweep` needs: the one source of the scheduled job's policy.

`python -m fourways.catalog.sweep_actions` prints docs/ram-policy-sweep.json. Three statements: what is read; what is deleted of products
whose calls RAM can bind to a tag, of benchmarks only; what is deleted of the others, which `fourways sweep` itself keeps to benchmarks.
"""

from __future__ import annotations

import json
import textwrap
from functools import cache
from typing import Any, Literal

from fourways.catalog.facts import Fact, rows

BENCHMARK = {"StringEquals": {"acs:ResourceTag/fourways-environment": "benchmark"}}
"""The tag is that of `fourways/cloud/ownership.py`."""


class SweepActions(Fact):
    """Actions that reading or deleting one part needs; `tagged` says whether RAM can bind them to a tag of the thing."""

    needed_for: str
    does: Literal["read", "delete"]
    tagged: bool
    actions: tuple[str, ...]


@cache
def all_actions() -> tuple[SweepActions, ...]:
    """Every part with its actions."""
    return tuple(SweepActions.model_validate(row) for row in rows("sweep_actions"))


def policy() -> dict[str, Any]:
    """As a RAM policy document."""

    def of(does: str, *, tagged: bool) -> list[str]:
        return [action for part in all_actions() if (part.does, part.tagged) == (does, tagged) for action in part.actions]

    statements: list[dict[str, Any]] = [
        {"Effect": "Allow", "Resource": "*", "Action": of("read", tagged=False)},
        {"Effect": "Allow", "Resource": "*", "Condition": BENCHMARK, "Action": of("delete", tagged=True)},
        {"Effect": "Allow", "Resource": "*", "Action": of("delete", tagged=False)},
    ]
    return {"Version": "1", "Statement": statements}


def document() -> str:
    """The same as text, as it can be pasted: RAM takes 6144 characters (help centre, 'Limitations' of RAM)."""
    return '{"Version": "1", "Statement": [\n' + ",\n".join(map(_statement, policy()["Statement"])) + "\n]}"


def _statement(statement: dict[str, Any]) -> str:
    actions = textwrap.fill(", ".join(map(json.dumps, statement["Action"])), 120, break_on_hyphens=False)
    head = ", ".join(f'"{key}": {json.dumps(value)}' for key, value in statement.items() if key != "Action")
    return f' {{{head}, "Action": [\n{textwrap.indent(actions, "  ")}]}}'


if __name__ == "__main__":
    print(document())
