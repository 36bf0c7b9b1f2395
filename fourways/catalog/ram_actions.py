"""The RAM actions that stacks need: the one source of the least policy.

`python -m fourways.catalog.ram_actions` prints docs/ram-policy.json.
"""

from __future__ import annotations

import json
import textwrap
from functools import cache
from typing import Any, Literal

from fourways.catalog.facts import Fact, rows

When = Literal["always", "nat", "model-studio", "monitoring", "logs", "group-logs", "bare-metal", "doctor"]


class Actions(Fact):
    """Actions (`vpc:CreateVpc`) that one part needs; `when` says which stacks have that part, `also` which others."""

    needed_for: str
    when: When
    also: tuple[When, ...] = ()
    actions: tuple[str, ...]


@cache
def all_actions() -> tuple[Actions, ...]:
    """Every part with its actions."""
    return tuple(Actions.model_validate(row) for row in rows("ram_actions"))


def needed(
    *,
    nat: bool,
    model_studio: bool = False,
    monitoring: bool = False,
    logs: bool = False,
    group_logs: bool = False,
    bare_metal: bool = False,
) -> tuple[str, ...]:
    """What bringing a stack up, changing it and taking it down needs. `nat`: with a NAT gateway, `model_studio`: with a key of its own,
    `monitoring`: with alarms, `logs`: with a log store, `group_logs`: with a resource group of its own that hands its logs
    over, `bare_metal`: of that kind."""
    parts: dict[When, bool] = {
        "always": True,
        "nat": nat,
        "model-studio": model_studio,
        "monitoring": monitoring,
        "logs": logs,
        "group-logs": group_logs,
        "bare-metal": bare_metal,
    }
    return tuple(action for part in all_actions() if any(parts.get(one) for one in (part.when, *part.also)) for action in part.actions)


def policy() -> dict[str, Any]:
    """The least policy as a RAM policy document: a statement a part."""
    return {
        "Version": "1",
        "Statement": [{"Effect": "Allow", "Action": list(part.actions), "Resource": "*"} for part in all_actions()],
    }


def document() -> str:
    """The same as text, short enough as it stands to be pasted: RAM takes 6144 characters (help centre, 'Limitations' of RAM), and whether
    blanks count is not said."""
    shown = [_statement(statement) for statement in policy()["Statement"]]
    return '{"Version": "1", "Statement": [\n' + ",\n".join(shown) + "\n]}"


def _statement(statement: dict[str, Any]) -> str:
    actions = textwrap.fill(", ".join(map(json.dumps, statement["Action"])), 120, initial_indent="  ", subsequent_indent="  ")
    return f' {{"Effect": "{statement["Effect"]}", "Resource": "{statement["Resource"]}", "Action": [\n{actions}]}}'


if __name__ == "__main__":
    print(document())
