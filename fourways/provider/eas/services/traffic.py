"""The share that a service has of its service group's traffic: ReleaseService (alibabacloud-eas20210701 7.0.0).

A service that is put into a group gets none of the group's traffic at first (help centre, 'Service groups and traffic management').
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourways.cloud.answers import text, whole
from fourways.provider.eas.api import Answer, Eas
from fourways.provider.values import Plain

STANDALONE, GROUPING = "standalone", "grouping"


def refreshed(declared: Mapping[str, Any], service: Answer) -> dict[str, Plain]:
    """The declared traffic as the service has it now."""
    found: dict[str, Plain] = {"state": text(service.get("TrafficState")) or STANDALONE}
    if declared.get("weight") is not None:
        found["weight"] = whole(service.get("Weight"))
    return found


def differs(inputs: Mapping[str, Plain], service: Answer) -> bool:
    """Whether the service has another share of the traffic than the declared one. What is not declared differs in nothing."""
    declared = inputs.get("traffic")
    return declared is not None and refreshed(declared, service) != {key: value for key, value in declared.items() if value is not None}


def leaves(inputs: Mapping[str, Plain], service: Answer) -> bool:
    """Whether it is to get no traffic of the group any more: that comes before a change of the service, all other shares after it."""
    return differs(inputs, service) and inputs["traffic"].get("state") == STANDALONE


async def settle(eas: Eas, inputs: Mapping[str, Plain], service: Answer) -> bool:
    """Gives the service its share, and says whether that was a change. Raises CloudError."""
    if not differs(inputs, service):
        return False
    declared = inputs["traffic"]
    await eas.release_service(str(inputs["name"]), declared["state"], declared.get("weight"))
    return True
