"""The RAM actions that stacks need: the one source of the least policies.

`python -m fourways.catalog.ram_actions` prints docs/ram-policy.json, of stacks on PAI-EAS and Model Studio; with the word `bare-metal` it
prints docs/ram-policy-bare-metal.json. One policy of both would be longer than RAM takes; an identity may have both.
"""

from __future__ import annotations

import json
import sys
import textwrap
from functools import cache
from typing import Any, Literal

from fourways.catalog.facts import Fact, rows

Place = Literal["eas", "bare-metal"]
When = Literal["always", "eas", "bare-metal", "nat", "model-studio", "monitoring", "logs", "group-logs", "machine-logs", "doctor"]


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
    place: Place = "eas",
) -> tuple[str, ...]:
    """What bringing a stack up, changing it and taking it down needs, by what its machines are. `nat`: with a NAT gateway, `model_studio`:
    with a key of its own, `monitoring`: with alarms, `logs`: with a log store, `group_logs`: with a resource group of its own that hands
    its logs over."""
    parts: dict[When, bool] = {"nat": nat, "model-studio": model_studio, "monitoring": monitoring, "logs": logs, "group-logs": group_logs}
    on = parts | {"always": True, place: True, "machine-logs": logs and place == "bare-metal"}
    return tuple(dict.fromkeys(action for part in all_actions() if any(map(on.get, (part.when, *part.also))) for action in part.actions))


NOT_IN: dict[Place, tuple[When, ...]] = {"eas": ("bare-metal", "machine-logs"), "bare-metal": ("eas", "model-studio", "group-logs")}
"""What the policy of a place leaves out."""


def policy(place: Place = "eas") -> dict[str, Any]:
    """The least policy of a place as a RAM policy document: a statement a part; for machines one of all, as there is no room for more."""
    parts = [part.actions for part in all_actions() if not {part.when, *part.also} <= {*NOT_IN[place]}]
    if place == "bare-metal":
        parts = [tuple(dict.fromkeys(action for part in parts for action in part))]
    return {"Version": "1", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"} for actions in parts]}


def document(place: Place = "eas") -> str:
    """The same as text, short enough as it stands to be pasted: RAM takes 6144 characters (help centre, 'Limitations' of RAM), and whether
    blanks count is not said."""
    shown = [_statement(statement) for statement in policy(place)["Statement"]]
    return '{"Version": "1", "Statement": [\n' + ",\n".join(shown) + "\n]}"


def _statement(statement: dict[str, Any]) -> str:
    # Neither indented nor a blank after each: the machines' would be longer than RAM takes.
    actions = textwrap.fill(", ".join(map(json.dumps, statement["Action"])), 120, break_on_hyphens=False).replace(", ", ",")
    return f' {{"Effect": "{statement["Effect"]}", "Resource": "{statement["Resource"]}", "Action": [\n{actions}]}}'


if __name__ == "__main__":
    print(document("bare-metal" if sys.argv[1:] == ["bare-metal"] else "eas"))
