"""The single steps of a rollout: enough serve and not too many are there, whatever a group looks like."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourways.provider.ess.group_state import Look, activity_line, failures
from fourways.provider.ess.rollout_words import advice
from fourways.provider.ess.steps import Limits, next_step

STATES = ("InService", "Pending", "Pending:Wait", "Removing", "Removing:Wait", "Protected")
instances = st.lists(st.tuples(st.sampled_from(STATES), st.booleans(), st.booleans(), st.booleans()), max_size=12)


def look(rows: list[tuple[str, bool, bool, bool]], desired: int = 4) -> Look:
    """A group of instances: state, healthy for Auto Scaling, for the load balancer, and of the new version."""
    found = [
        {
            "InstanceId": f"i-{number}",
            "LifecycleState": state,
            "HealthStatus": "Healthy" if healthy else "Unhealthy",
            "CreationType": "AutoCreated",
            "LaunchTemplateId": "lt",
            "LaunchTemplateVersion": "2" if new else "1",
        }
        for number, (state, healthy, _, new) in enumerate(rows)
    ]
    troubled = {f"i-{number}": "down" for number, row in enumerate(rows) if not row[2]}
    return Look(group={"MinSize": 0, "MaxSize": 20, "DesiredCapacity": desired}, instances=found, troubled=troubled)


@given(rows=instances, size=st.integers(0, 8), least=st.integers(0, 100), most=st.integers(100, 200))
def test_no_step_lets_too_many_go_or_come(rows: list[tuple[str, bool, bool, bool]], size: int, least: int, most: int) -> None:
    group = look(rows)
    limits = Limits.of(size, {"minHealthyPercentage": least, "maxHealthyPercentage": most})
    step = next_step(group, "lt/2", limits)
    serving, going = set(group.ids()), set(step.leave)
    assert len(serving - going) + group.kept >= min(limits.least, len(serving) + group.kept)
    assert going <= {str(one["InstanceId"]) for one in group.stale("lt/2") if one["LifecycleState"] == "InService"}
    there = len(group.members) + group.kept
    assert there <= step.desired <= max(there, limits.most - group.leaving)
    assert step.desired - there <= max(0, size - (there - len(group.stale("lt/2"))))


@pytest.mark.parametrize(
    ("size", "least", "most", "greatest", "limits"),
    [
        (4, 100, 150, None, (4, 6)),
        (4, 50, 100, None, (2, 4)),
        (3, 80, 120, None, (3, 4)),
        (2, 100, 100, None, (1, 2)),  # one at a time, or nothing could be replaced
        (4, 100, 150, 5, (4, 5)),
        (4, 100, 200, 4, (3, 4)),
        (0, 100, 150, None, (0, 0)),
    ],
)
def test_limits(size: int, least: int, most: int, greatest: int | None, limits: tuple[int, int]) -> None:
    found = Limits.of(size, {"minHealthyPercentage": least, "maxHealthyPercentage": most}, greatest)
    assert (found.least, found.most) == limits


def test_idle_ones_go_first_and_starting_ones_are_waited_for() -> None:
    rows = [
        ("InService", True, True, False),
        ("InService", True, False, False),
        ("Pending", True, True, False),
        ("InService", True, True, True),
    ]
    step = next_step(look(rows), "lt/2", Limits(size=3, least=2, most=4))
    assert step.leave == ("i-1",)


@pytest.mark.parametrize(
    ("activity", "line"),
    [
        ({"StatusCode": "InProgress", "Description": "Add"}, "InProgress: Add"),
        ({"StatusCode": "Failed", "ErrorCode": "A.B", "ErrorMessage": "A.B: no"}, "Failed: A.B: no"),
        ({"StatusCode": "Failed", "ErrorCode": "A.B", "ErrorMessage": "no"}, "Failed: A.B: no"),
        ({"StatusCode": "Rejected", "StatusMessage": "cooling\ndown"}, "Rejected: cooling down"),
        ({"StatusCode": "Failed", "ErrorMessage": "x" * 500}, f"Failed: {'x' * 160}..."),
    ],
)
def test_activities_in_a_few_words(activity: dict[str, Any], line: str) -> None:
    assert activity_line(activity) == line


def test_failures_since_the_last_success() -> None:
    rows = [
        {"StatusCode": one, "ErrorMessage": str(number)}
        for number, one in enumerate(["InProgress", "Failed", "Warning", "Successful", "Failed"])
    ]
    assert failures(rows) == ["1", "2"]


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("OperationDenied.NoStock: sold out", "more types or zones"),
        ("QuotaExceed.ElasticQuota: x", "Quota Center"),
        ("InvalidAccountStatus.NotEnoughBalance: x", "top it up"),
        ("InvalidSpotPriceLimit.LowerThanPublicPrice: x", "raise it or take it out"),
        ("timed out", "scaling activities"),
    ],
)
def test_what_to_do(reason: str, said: str) -> None:
    assert said in advice(reason)
