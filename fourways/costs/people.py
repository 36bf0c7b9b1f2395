"""What the people cost that a stack takes: `fourways:serving.team` of its settings, hours a month and what an hour costs.

No cloud bills it, so it is in no sum of resources and in no budget; it is shown beside them, and the sum with it, each in its own currency.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

HOURS_A_MONTH = Decimal(730)
"""365 x 24 / 12, the usual month of price lists."""
SERVING = "fourways:serving"
SETTING = f"{SERVING}.team"
OWN_MACHINES = "bare-metal"
"""The kind whose machines are looked after by its own people; of the others the cloud looks after."""


@dataclass(frozen=True, kw_only=True)
class Team:
    """`hours` a month, each at `rate` in `currency`."""

    hours: Decimal
    rate: Decimal
    currency: str

    @property
    def monthly(self) -> Decimal:
        """What a month of them costs."""
        return self.hours * self.rate

    @property
    def hourly(self) -> Decimal:
        """The month spread over its 730 hours, to stand beside what is billed by the hour."""
        return self.monthly / HOURS_A_MONTH


@dataclass(frozen=True, kw_only=True)
class NotCounted:
    """The stack takes people's time, and how much is not known; `why` names the setting."""

    why: str


def team_of(config: Mapping[str, Any]) -> Team | NotCounted | None:
    """The team of a stack's configuration, keys with their namespace: of a preview (JSON text) or a stack file (a mapping). What is wrong
    with it is for the settings to say; here it counts as not told."""
    serving = config.get(SERVING)
    try:
        serving = json.loads(serving) if isinstance(serving, str) else serving
    except json.JSONDecodeError:
        return None
    if not isinstance(serving, Mapping):
        return None
    team = serving.get("team")
    if not isinstance(team, Mapping):
        why = f"the team's time is not counted: {SETTING} (hoursPerMonth, hourlyRate, currency) is not set"
        return NotCounted(why=why) if serving.get("kind") == OWN_MACHINES else None
    try:
        hours, rate = (Decimal(str(team[key])) for key in ("hoursPerMonth", "hourlyRate"))
        return Team(hours=hours, rate=rate, currency=str(team["currency"]))
    except (KeyError, InvalidOperation) as error:
        return NotCounted(why=f"the team's time is not counted: {SETTING} cannot be read ({error!r})")
