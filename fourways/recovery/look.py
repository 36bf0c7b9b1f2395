"""Looks up in the cloud what creates that were begun have made, and looks again for what is not to be seen yet."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Sequence

from fourways.cleanup.cloud import Cloud
from fourways.cleanup.kinds import KINDS, PARTS
from fourways.cleanup.kinds.base import LookUp
from fourways.cleanup.states import TYPES
from fourways.cleanup.wanted import NotEnoughError, Wanted
from fourways.recovery.verdicts import Verdict, judge

LOOK_UPS: dict[str, LookUp] = {**{TYPES[kind.name]: kind.look_up for kind in KINDS}, **{part.type: part.look_up for part in PARTS}}
"""By Pulumi type."""
LAG_VARIABLE = "FOURWAYS_LAG_SECONDS"
LAG_SECONDS = 30.0
"""How long a thing may be missing from the lists after its create was sent (assumed, as in the provider: no figure is documented)."""
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


def _one(cloud: Cloud, wanted: Wanted, owned: Collection[tuple[str, str]]) -> Verdict:
    look_up = LOOK_UPS.get(wanted.type)
    if look_up is None:
        return Verdict(wanted=wanted, what="unclear", why=f"nothing here can look up a {wanted.type}")
    try:
        return judge(wanted, list(look_up(cloud, wanted)), owned)
    except NotEnoughError as error:
        return Verdict(wanted=wanted, what="unclear", why=str(error))
