"""When what is billed ends: with the stack's destroy, or with a term that was bought; from a resource's inputs and outputs."""

from collections.abc import Mapping
from typing import Any

from fourways.costs.documents import known

ENDS = ("expiresAt", "expiredTime")
"""Where a state says when a term ends: of `fourways:modelstudio:Reservation` and `alicloud:ecs/instance:Instance`; that of EAS does not."""
RENEWED = "AutoRenewal"
"""Of `renewalStatus` (ECS, RunInstances)."""


def until(inputs: Mapping[str, Any]) -> str:
    """When the term of a prepaid resource ends, as far as it is known: `until 2026-12-30`, `for 30 days from the purchase`, `for a term`;
    and whether it is bought again by itself."""
    renewed = inputs.get("autoRenewal") is True or inputs.get("renewalStatus") == RENEWED
    return f"{_end(inputs)}{', then renewed by itself' if renewed else ''}"


def _end(inputs: Mapping[str, Any]) -> str:
    for key in ENDS:
        if isinstance(end := inputs.get(key), str) and end and known(end):
            return f"until {end[:10]}"
    if (days := _whole(inputs.get("termDays"))) is not None:
        return f"for {_count(days, 'day')} from the purchase"
    if (period := _whole(inputs.get("period"))) is not None:
        return f"for {_count(period, str(inputs.get('periodUnit') or 'Month').lower())} from the purchase"
    return "for a term"


def _whole(value: Any) -> int | None:
    """JSON carries integers as floats."""
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and value == int(value) else None


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
