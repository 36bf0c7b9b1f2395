"""Prints the table of rules in docs/policies.md, from the rules themselves and config.yaml: `python -m policies.list_rules`."""

import inspect
import json
import re
from typing import Any

from policies.model import ANY, Parameters, ResourceRule, Rule
from policies.rules import RULES
from policies.settings import Setting, load

HEAD = ("rule", "level", "demands, and why", "needs known at preview", "parameters")


def table() -> str:
    """One row a rule, in the order in which they are asked."""
    rows = [HEAD, tuple("---" for _ in HEAD), *(_row(rule, setting) for rule, setting in load(RULES))]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def _row(rule: Rule[Any], setting: Setting) -> tuple[str, ...]:
    kind = "resource" if isinstance(rule, ResourceRule) else "stack"
    return (f"`{rule.name}` ({kind})", setting.level, f"{rule.description} {why(rule)}", _needs(rule), _parameters(setting))


def why(rule: Rule[Any]) -> str:
    """The reason in the docstring of the rule's module: its first sentence."""
    found = re.search(r"^Why: (.*?)\n(?=How to mend: )", inspect.getmodule(rule.check).__doc__ or "", re.MULTILINE | re.DOTALL)
    if found is None:
        raise ValueError(f"{rule.name}: its module's docstring does not say why")
    first = re.split(r"(?<=\.) ", " ".join(found[1].split()))[0]
    return f"{first[0].upper()}{first[1:]}"


def _needs(rule: Rule[Any]) -> str:
    """Properties, each once, whatever types have it."""
    names = dict.fromkeys(name for properties in rule.needs.values() for name in properties)
    types = "" if set(rule.needs) - {ANY} else " of any resource"
    return ", ".join(f"`{name}`" for name in names) + types if names else "-"


def _parameters(setting: Setting) -> str:
    """Those that are not every rule's, and `projects` where it is narrowed, as config.yaml has them."""
    common = Parameters().model_dump(mode="json")
    shown = {key: value for key, value in setting.parameters.items() if common.get(key, ...) != value and value not in ([], {})}
    return ", ".join(f"`{key}: {_short(value)}`" for key, value in shown.items()) or "-"


def _short(value: Any) -> str:
    return json.dumps(value).replace('"', "").replace("|", "\\|")


if __name__ == "__main__":
    print(table(), end="")
