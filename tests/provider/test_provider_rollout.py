"""What a new version does to the endpoint, told from the service JSON alone."""

from __future__ import annotations

from typing import Any

import pytest

from fourways.provider.eas.services.rollout import may_stop, needs_room, outage
from fourways.provider.eas.services.service_json import wanted_instances
from fourways.provider.values import UNKNOWN


def config(count: Any = 1, rolling: Any = None, **more: Any) -> dict[str, Any]:
    rule = {} if rolling is None else {"rolling_strategy": rolling}
    return {"metadata": {"instance": count, **rule, **more}}


@pytest.mark.parametrize(
    ("given", "stopping"),
    [
        (config(), 0),
        (config(resource="eas-r-1"), 1),
        (config(resource=UNKNOWN), 1),
        (config(resource="eas-r-1", resource_burstable=True), 0),
        (config(quota_id="q"), None),
        (config(resource="eas-vr-1"), None),
        (config(resource="eas-vr-1", rolling={"max_unavailable": 0}), 0),
        (config(quota_id="q", rolling={"max_unavailable": 2}), 2),
        (config(4, {"max_unavailable": "50%"}), 2),
        (config(3, {"max_unavailable": "50%"}), 1),
        (config(rolling={"max_unavailable": UNKNOWN}), None),
        (config(rolling={"max_unavailable": "half"}), None),
        (config(UNKNOWN, {"max_unavailable": "50%"}), None),
        ({}, 0),
        ({"metadata": UNKNOWN}, 0),
    ],
)
def test_how_many_instances_may_stop_first(given: dict[str, Any], stopping: int | None) -> None:
    assert may_stop(given, wanted_instances(given)) == stopping
    assert needs_room(given, wanted_instances(given)) == (stopping == 0)


@pytest.mark.parametrize(
    ("given", "down"),
    [
        (config(1, {"max_unavailable": 1}), True),
        (config(2, {"max_unavailable": 1}), False),
        (config(2, {"max_unavailable": 3}), True),
        (config(1, {"max_unavailable": 0}), False),
        (config(0, {"max_unavailable": 1}), False),
        (config(UNKNOWN, {"max_unavailable": 1}), False),
        ({**config(1, {"max_unavailable": 1}), "autoscaler": {"min": 1}}, False),
    ],
)
def test_when_the_endpoint_goes_down(given: dict[str, Any], down: bool) -> None:
    assert (outage(given, wanted_instances(given)) is not None) == down


def test_the_line_says_what_and_what_to_do() -> None:
    line = outage(config(1, {"max_unavailable": 1}), 1)
    assert line is not None
    assert "lets 1 of 1 instance stop first" in line
    assert "max_surge 1 and max_unavailable 0" in line
    assert "\n" not in line
