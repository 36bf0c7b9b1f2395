"""What a preview says of a rollout, and what the user can do about one that failed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
    instances, before = state.get("instances"), state.get("rolledOut")
    count = len(instances) if isinstance(instances, list) else 0
    template, version = inputs["launchTemplateId"], inputs["launchTemplateVersion"]
    target = "a version that this update makes" if UNKNOWN in (template, version) else f"{template}/{version}"
    least, most = inputs["minHealthyPercentage"], inputs["maxHealthyPercentage"]
    back = f"back to {before}" if inputs.get("onUpdateFailure") != "keep" and before else "left as it is"
    machines = f"{count} instance{'' if count == 1 else 's'}"
    yield (
        f"rolls {machines} out to {target}: at least {least} % stay in service, at most {most} % run (and are billed) meanwhile; "
        f"after a failure: {back}"
    )
    if count == 1 and isinstance(most, int) and most < 200:
        yield (
            "there is one instance alone: whether a second one is up before it goes is not documented below maxHealthyPercentage 200 "
            "(assumed: it is not); nothing serves meanwhile"
        )
    elif isinstance(least, int) and least < 100:
        yield f"up to {100 - least} % of the instances serve nothing meanwhile: what is left takes all requests"


def advice(reason: str) -> str:
    """What to do about a failed rollout, by the cloud's words."""
    flat = reason.lower().replace(" ", "")
    return next((text for marks, text in _ADVICE if any(mark in flat for mark in marks)), _LOOK)
