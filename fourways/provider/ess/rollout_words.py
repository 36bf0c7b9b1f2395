"""What a preview says of a rollout, and what the user can do about one that failed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fourways.provider.ess.steps import Limits
from fourways.provider.values import UNKNOWN, Plain

#: Marks in the reasons of failed scaling activities, and what to do about each. The codes are those of ECS RunInstances (help centre).
_ADVICE = (
    (
        ("nostock", "stock", "zone.notonsale", "notonsale", "soldout"),
        "None of its instance types is to be had in its zones: give it more types or zones, or run it again later.",
    ),
    (
        ("quota", "exceed"),
        "A quota is used up: raise it in Quota Center (or free some of it), then run it again.",
    ),
    (
        ("balance", "arrears", "payment", "outofpay"),
        "The account cannot pay for more machines: top it up, then run it again.",
    ),
    (
        ("spotpricelimit", "pricelimit", "bid"),
        "The limit of the spot price is below the market's: raise it or take it out, then run it again.",
    ),
)
_LOOK = "Look at the group's scaling activities (Auto Scaling console), and at the console output of an instance that is not healthy."


def of_update(state: Mapping[str, Plain], inputs: Mapping[str, Plain]) -> Iterator[str]:
    """Of a change of the launch template or its version."""
    instances, before, size = state.get("instances"), state.get("rolledOut"), inputs.get("size")
    template, version = inputs["launchTemplateId"], inputs["launchTemplateVersion"]
    target = "a version that this update makes" if UNKNOWN in (template, version) else f"{template}/{version}"
    back = f"back to {before}" if inputs.get("onUpdateFailure") != "keep" and before else "left as it is"
    there = len(instances) if isinstance(instances, list) else 0
    limits = Limits.of(size if isinstance(size, int) else there, inputs)
    machines = f"{there} instance{'' if there == 1 else 's'}"
    yield (
        f"rolls {machines} out to {target}: at least {limits.least} healthy, at most {limits.most} at once (each is billed); "
        f"after a failure: {back}"
    )
    if limits.least < limits.size:
        yield f"{limits.least} of {limits.size} instances serve at times: they take all requests"


def advice(reason: str) -> str:
    """What to do about a failed rollout, by the cloud's words."""
    flat = reason.lower().replace(" ", "")
    return next((text for marks, text in _ADVICE if any(mark in flat for mark in marks)), _LOOK)
