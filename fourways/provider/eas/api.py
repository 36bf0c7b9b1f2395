"""EAS in one region, as the provider calls it: the operations are in `service_calls.py`, `group_calls.py` and `scaler_calls.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourways.cloud import ownership
from fourways.provider.eas.calls import Answer
from fourways.provider.eas.groups.group_calls import GroupCalls
from fourways.provider.eas.scalers.scaler_calls import ScalerCalls
from fourways.provider.eas.services.service_calls import ServiceCalls

__all__ = ["Answer", "Eas", "labels_of"]


class Eas(ServiceCalls, GroupCalls, ScalerCalls):
    """Every method raises CloudError; answers are the API's JSON objects."""


def labels_of(thing: Mapping[str, Any]) -> dict[str, str]:
    """The labels of a service or machine, from the API's list of {LabelKey, LabelValue}."""
    return ownership.from_list(thing.get("Labels"))
