"""Whether alarms reach somebody, and whether the logs that are asked for can be had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from stacks.problems import Problem, shown

if TYPE_CHECKING:
    from stacks.kinds.monitoring import Monitoring, Told

_KEY = "fourways:serving.monitoring"


def alarms_reach_somebody(monitoring: Told | None) -> Iterator[Problem]:
    """Exactly one of `contacts` and `contactGroup`; each contact by another name, and with a way to be told."""
    if monitoring is None:
        return
    if bool(monitoring.contacts) == (monitoring.contact_group is not None):
        yield Problem(
            key=_KEY,
            given="both contacts and contactGroup" if monitoring.contacts else "neither contacts nor contactGroup",
            allowed="exactly one of contacts (made for the stack) and contactGroup (one that exists)",
            todo="take one out" if monitoring.contacts else "add one: an alarm that reaches nobody is none",
        )
    for name, count in Counter(contact.name for contact in monitoring.contacts).items():
        if count > 1:
            yield Problem(
                key=f"{_KEY}.contacts", given=f"{shown(name)} {count} times", allowed="each name once", todo="rename or merge them"
            )
    for index, contact in enumerate(monitoring.contacts):
        if contact.email is None and contact.ding_talk_from is None:
            yield Problem(
                key=f"{_KEY}.contacts[{index}]",
                given="neither email nor dingTalkFrom",
                allowed="one of them, or both",
                todo="say how to reach them",
            )


def logs_have_machines(monitoring: Monitoring | None, capacity: Any) -> Iterator[Problem]:
    """EAS hands logs to Simple Log Service by resource group (API CreateResourceLog): public machines and quotas have no such setting."""
    if monitoring is None or monitoring.logs is None:
        return
    if capacity.source not in ("eas-resource-group", "resource-group"):
        yield Problem(
            key=f"{_KEY}.logs",
            given=f"logs with capacity.source {shown(capacity.source)}",
            allowed="logs of services on machines of a resource group: EAS hands logs over for a whole group only",
            todo="take logs out; `fourways logs` reads what EAS itself keeps",
        )
