"""The ephemeral copy of a stack: the settings of the original with another life. Pure; works on the `config` of a stack file."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fourways.ephemeral.copies import PIN, disposable, run_id
from fourways.verify.steps import LONGEST

__all__ = ["PIN", "SMALL_CONTEXT", "TTL_HOURS", "CopyError", "changed", "ephemeral", "run_id", "stack_name", "without_pin"]

TTL_HOURS = math.ceil(LONGEST / 60)
"""Whole hours: a run that was killed may be swept away after them."""
SMALL_CONTEXT = 4096
"""Tokens; for an engine that is given no length."""


class CopyError(Exception):
    """A stack that must not be copied. The message names the setting and what is allowed."""


def stack_name(run: str) -> str:
    """The copy's own stack name: its tags are nobody else's."""
    return f"verify-{run}"


def ephemeral(config: Mapping[str, Any], run: str, now: datetime) -> dict[str, Any]:
    """The copy's settings: a benchmark that expires, unprotected, with the run's id. Raises CopyError for a kind that is
    not verified, for a prepaid term, which outlives the run, and for an adopted group, which is somebody else's."""
    serving = _part(config, "fourways:serving")
    capacity = _part(serving, "capacity")
    if serving.get("kind") != "model-unit" or capacity.get("source") == "model-studio":
        where = f"at {capacity['source']}" if serving.get("kind") == "model-unit" else f"of kind {serving.get('kind')}"
        raise CopyError(f"fourways:serving is {where}: only stacks of kind model-unit on EAS machines are verified yet")
    if str(capacity.get("chargeType", "PostPaid")) != "PostPaid":
        raise CopyError(
            f"fourways:serving.capacity.chargeType is {capacity['chargeType']}: only PostPaid is verified (a term cannot be given back)"
        )
    if capacity.get("adopt"):
        raise CopyError(f"fourways:serving.capacity.adopt names {capacity['adopt']}: only what the run itself makes is verified")
    return disposable(config, run, now, f"{TTL_HOURS}h")


def changed(config: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of the update: a smaller context, which changes the engine's command and buys nothing."""
    made = copy.deepcopy(dict(config))
    engine = _part(_part(made, "fourways:serving"), "engine")
    length = engine.get("maxModelLen")
    engine["maxModelLen"] = max(1, length // 2) if isinstance(length, int) else SMALL_CONTEXT
    return made


def without_pin(config: Mapping[str, Any]) -> dict[str, Any]:
    """The settings for the fake, whose account is another."""
    return {key: value for key, value in config.items() if key != PIN}


def _part(of: Mapping[str, Any], key: str) -> dict[str, Any]:
    part = of.get(key)
    return part if isinstance(part, dict) else {}
