"""Looks up in the cloud what creates that were begun have made, and looks again for what is not to be seen yet."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Sequence

from fourways.cleanup.cloud import Cloud
from fourways.cleanup.found import Found
from fourways.cleanup.kinds import KINDS, PARTS
from fourways.cleanup.kinds.base import LookUp
from fourways.cleanup.states import TYPES
from fourways.cleanup.wanted import NotEnoughError, Wanted
from fourways.recovery.verdicts import Verdict, judge, pulumi_id

LOOK_UPS: dict[str, LookUp] = {**{TYPES[kind.name]: kind.look_up for kind in KINDS}, **{part.type: part.look_up for part in PARTS}}
"""By Pulumi type."""
LAG_VARIABLE = "FOURWAYS_LAG_SECONDS"
LAG_SECONDS = 30.0
"""How long a thing may be missing from the lists after its create was sent (assumed, as in the provider: no figure is documented)."""
GONE_ROUNDS = 100
"""Polls of things that are being deleted; at 3 s each about the five minutes in which a NAT gateway or a machine is surely gone
(assumed)."""
_SHARES = (0.05, 0.1, 0.2, 0.3, 0.35)


def lag_seconds() -> float:
    """`FOURWAYS_LAG_SECONDS`, else 30. Raises ValueError for what is not a number of seconds."""
    seconds = float(os.environ.get(LAG_VARIABLE) or LAG_SECONDS)
    if not 0 <= seconds < 3600:
        raise ValueError(f"{LAG_VARIABLE}={seconds} is not allowed. Allowed: seconds from 0, such as 30.")
    return seconds


def look(
    cloud: Cloud,
    wanted: Sequence[Wanted],
    owned: Collection[tuple[str, str]],
    *,
    lag: float,
    pause: Callable[[float], None] = time.sleep,
    again: Callable[[int, float], None] = lambda _count, _seconds: None,
) -> list[Verdict]:
    """A verdict each, in order. What is absent is looked up again until `lag` seconds have passed; `again` is told how many and for how
    long. Raises CloudError: half a look is no look."""
    verdicts = [_one(cloud, one, owned) for one in wanted]
    missing = sum(verdict.what == "absent" for verdict in verdicts)
    if missing and lag:
        again(missing, lag)
        for share in _SHARES:
            pause(lag * share)
            verdicts = [_one(cloud, verdict.wanted, owned) if verdict.what == "absent" else verdict for verdict in verdicts]
            if all(verdict.what != "absent" for verdict in verdicts):
                break
    return verdicts


def still_going(cloud: Cloud, things: Sequence[tuple[Wanted, str]]) -> list[Wanted]:
    """Those of the (resource, id) given that the cloud is deleting now. What cannot be looked up is left out: a refresh tells."""
    return [wanted for wanted, id_ in things if any(found.going and pulumi_id(found) == id_ for found in _candidates(cloud, wanted))]


def wait_gone(
    cloud: Cloud,
    things: Sequence[tuple[Wanted, str]],
    *,
    poll: float,
    rounds: int = GONE_ROUNDS,
    pause: Callable[[float], None] = time.sleep,
) -> list[Wanted]:
    """Waits until none of them is being deleted any more: gone, or there for good. Returns those that still are. Raises CloudError."""
    left = still_going(cloud, things)
    for _ in range(rounds):
        if not left:
            break
        pause(poll)
        left = still_going(cloud, things)
    return left


def _candidates(cloud: Cloud, wanted: Wanted) -> list[Found]:
    look_up = LOOK_UPS.get(wanted.type)
    try:
        return list(look_up(cloud, wanted)) if look_up else []
    except NotEnoughError:
        return []


def _one(cloud: Cloud, wanted: Wanted, owned: Collection[tuple[str, str]]) -> Verdict:
    look_up = LOOK_UPS.get(wanted.type)
    if look_up is None:
        return Verdict(wanted=wanted, what="unclear", why=f"nothing here can look up a {wanted.type}")
    try:
        return judge(wanted, list(look_up(cloud, wanted)), owned)
    except NotEnoughError as error:
        return Verdict(wanted=wanted, what="unclear", why=str(error))
