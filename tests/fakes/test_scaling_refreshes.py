"""Instance refreshes, with a load balancer whose findings the test says."""

from __future__ import annotations

from typing import Any

import pytest
from machines import IMAGE, TYPE
from scaling import Group, bare, scaling_group, start

from fourways.fakes.service import Scope
from fourways.fakes.services.ess import surroundings
from fourways.fakes.services.ess.refreshes import Counts, limits, plan


class Balancer:
    """Everything is healthy but what is `sick`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sick: set[str] = set()
        self.all_new_are_sick = False
        self.known: set[str] = set()
        monkeypatch.setattr(surroundings, "balanced", self.balanced)

    def balanced(self, scope: Scope, server_group: str, id: str) -> str:  # noqa: ARG002 - the shape of what it stands in for
        if self.all_new_are_sick and id not in self.known:
            return "Unhealthy"
        return "Unhealthy" if id in self.sick else "Healthy"


@pytest.fixture(autouse=True)
def balancer(monkeypatch: pytest.MonkeyPatch) -> Balancer:
    return Balancer(monkeypatch)


def behind_balancer(size: int = 2) -> Group:
    group = bare()
    servers = {"AlbServerGroup_1_AlbServerGroupId": group.server_group(), "AlbServerGroup_1_Port": 8000, "AlbServerGroup_1_Weight": 100}
    return start(group, size=size, **servers)


def refresh(group: Group, configuration: str, **more: Any) -> str:
    given = {"MinHealthyPercentage": 100, "MaxHealthyPercentage": 150, "DesiredConfiguration_ScalingConfigurationId": configuration, **more}
    id: str = group.ess.ok("StartInstanceRefresh", ScalingGroupId=group.id, **given)["InstanceRefreshTaskId"]
    return id


def task(group: Group, id: str) -> dict[str, Any]:
    answer = group.ess.ok("DescribeInstanceRefreshes", ScalingGroupId=group.id, InstanceRefreshTaskId_1=id)
    row: dict[str, Any] = answer["InstanceRefreshTasks"]["InstanceRefreshTask"][0]
    return row


def of(group: Group, configuration: str) -> list[str]:
    return group.ids(ScalingConfigurationId=configuration)


def test_every_instance_is_replaced_and_the_configuration_becomes_the_active_one() -> None:
    group = behind_balancer()
    old, new = group.row()["ActiveScalingConfigurationId"], group.configuration()
    before = group.ids()
    id = refresh(group, new)
    fewest, most = 9, 0
    while task(group, id)["Status"] in ("Pending", "InProgress"):
        staying = [row["LifecycleState"] for row in group.members() if not row["LifecycleState"].startswith("Removing")]
        fewest, most = min(fewest, staying.count("InService")), max(most, len(staying))
        group.wait(1)
    done = task(group, id)
    assert (done["Status"], done["TotalNeedUpdateCapacity"], done["FinishedUpdateCapacity"]) == ("Successful", 2, 2)
    assert (fewest, most) == (2, 3)
    group.wait()
    assert sorted(of(group, new)) == sorted(group.ids())
    assert not set(before) & set(group.ids())
    assert (group.row()["ActiveScalingConfigurationId"], len(group.place.instances())) == (new, 2)
    group.ess.ok("DeleteScalingConfiguration", ScalingConfigurationId=old)
    assert group.ess.refused("DeleteScalingConfiguration", ScalingConfigurationId=new)[0] == 400
    assert group.row()["TotalCapacity"] == 2


def test_old_ones_stay_until_the_new_one_is_healthy(balancer: Balancer) -> None:
    group = behind_balancer()
    before = group.ids()
    balancer.known, balancer.all_new_are_sick = set(before), True
    new = group.configuration()
    id = refresh(group, new)
    group.wait(600)
    assert set(before) <= set(group.ids(LifecycleState="InService"))
    assert len(of(group, new)) == 1
    balancer.all_new_are_sick = False
    group.wait(60)
    assert task(group, id)["Status"] == "Successful"


def test_it_fails_when_a_new_one_does_not_become_healthy(balancer: Balancer) -> None:
    group = behind_balancer()
    group.ess.cloud.seed["ess"] = {"seconds": {"refresh": 300}}
    old, before = group.row()["ActiveScalingConfigurationId"], group.ids()
    balancer.known, balancer.all_new_are_sick = set(before), True
    id = refresh(group, group.configuration())
    group.wait(400)
    failed = task(group, id)
    assert (failed["Status"], failed["Detail"].partition(":")[0]) == ("Failed", "Did not become healthy in time")
    assert group.row()["ActiveScalingConfigurationId"] == old
    group.wait(60)
    assert sorted(before) == sorted(group.ids())  # the surplus that goes is what never served


def test_it_fails_when_nothing_is_in_stock() -> None:
    group = scaling_group()
    group.ess.cloud.seed |= {"ecs": {"stock": {TYPE: 2}}, "ess": {"seconds": {"refresh": 300}}}
    id = refresh(group, group.configuration())
    group.wait(400)
    failed = task(group, id)
    assert (failed["Status"], "OperationDenied.NoStock" in failed["Detail"]) == ("Failed", True)
    assert group.states() == ["InService", "InService"]


def test_rolling_back_returns_to_the_configuration_before() -> None:
    group = behind_balancer(size=3)
    old, new = group.row()["ActiveScalingConfigurationId"], group.configuration()
    id = refresh(group, new, MaxHealthyPercentage=134)
    while len(of(group, new)) < 2:
        group.wait(1)
    group.ess.ok("RollbackInstanceRefresh", ScalingGroupId=group.id, InstanceRefreshTaskId=id)
    assert task(group, id)["Status"] == "RollbackInProgress"
    assert group.ess.refused("CancelInstanceRefresh", ScalingGroupId=group.id, InstanceRefreshTaskId=id)[0] == 400
    group.wait(120)
    assert task(group, id)["Status"] == "RollbackSuccessful"
    assert (len(of(group, old)), of(group, new), group.row()["ActiveScalingConfigurationId"]) == (3, [], old)


def test_cancelled_leaves_what_was_replaced() -> None:
    group = behind_balancer(size=3)
    new = group.configuration()
    id = refresh(group, new, MaxHealthyPercentage=134)
    while not of(group, new):
        group.wait(1)
    group.ess.ok("CancelInstanceRefresh", ScalingGroupId=group.id, InstanceRefreshTaskId=id)
    group.wait(60)
    assert task(group, id)["Status"] == "Cancelled"
    assert len(group.ids()) == 3
    assert len(of(group, new)) < 3


def test_suspended_does_nothing_until_it_is_resumed() -> None:
    group = scaling_group()
    new = group.configuration()
    id = refresh(group, new)
    group.ess.ok("SuspendInstanceRefresh", ScalingGroupId=group.id, InstanceRefreshTaskId=id)
    group.wait(300)
    assert task(group, id)["Status"] == "Paused"
    assert len(of(group, new)) <= 1
    group.ess.ok("ResumeInstanceRefresh", ScalingGroupId=group.id, InstanceRefreshTaskId=id)
    group.wait(60)
    assert task(group, id)["Status"] == "Successful"


def test_it_pauses_at_checkpoints() -> None:
    group = scaling_group()
    id = refresh(group, group.configuration(), Checkpoints_1_Percentage=50, Checkpoints_2_Percentage=100, CheckpointPauseTime=1)
    group.wait(30)
    paused = task(group, id)
    assert (paused["Status"], paused["FinishedUpdateCapacity"]) == ("CheckpointPause", 1)
    assert paused["Checkpoints"] == {"Checkpoint": [{"Percentage": 50}, {"Percentage": 100}]}
    group.wait(90)
    paused = task(group, id)
    assert (paused["Status"], paused["FinishedUpdateCapacity"]) == ("CheckpointPause", 2)
    group.ess.ok("ResumeInstanceRefresh", ScalingGroupId=group.id, InstanceRefreshTaskId=id)
    group.wait(5)
    assert task(group, id)["Status"] == "Successful"


def test_an_image_alone_makes_a_configuration_of_it() -> None:
    group = scaling_group(size=1)
    old = group.row()["ActiveScalingConfigurationId"]
    given = {"ScalingGroupId": group.id, "DesiredConfiguration_ImageId": IMAGE, "SkipMatching": "false"}
    id = group.ess.ok("StartInstanceRefresh", **given)["InstanceRefreshTaskId"]
    group.wait(60)
    assert task(group, id)["Status"] == "Successful"
    assert task(group, id)["DesiredConfiguration"] == {"ImageId": IMAGE}
    assert group.row()["ActiveScalingConfigurationId"] != old


def test_what_is_refused() -> None:
    group = scaling_group()
    active = group.row()["ActiveScalingConfigurationId"]
    given = {"ScalingGroupId": group.id, "DesiredConfiguration_ScalingConfigurationId": active}
    assert group.ess.refused("StartInstanceRefresh", **given) == (400, "InvalidInstance.NoInstanceNeedBeRefreshed")
    assert group.ess.refused("StartInstanceRefresh", **given, MinHealthyPercentage=101) == (400, "InvalidMinHealthyPercentage")
    assert group.ess.refused("StartInstanceRefresh", **given, MaxHealthyPercentage=99) == (400, "InvalidMaxHealthyPercentage")
    assert group.ess.refused("StartInstanceRefresh", **given, Checkpoints_1_Percentage=50) == (400, "InvalidCheckpoints")
    refresh(group, group.configuration())
    assert group.ess.refused("StartInstanceRefresh", **given) == (400, "InstanceRefreshInProgress")
    none = {"ScalingGroupId": group.id, "InstanceRefreshTaskId": "ir-none"}
    assert group.ess.refused("CancelInstanceRefresh", **none) == (404, "InvalidInstanceRefreshTaskId.NotFound")
    balanced = scaling_group(size=1, MultiAZPolicy="BALANCE")
    given = {"ScalingGroupId": balanced.id, "DesiredConfiguration_ScalingConfigurationId": balanced.configuration()}
    assert balanced.ess.refused("StartInstanceRefresh", **given) == (400, "InvalidOperation.MultiAZPolicy")


def test_with_skip_matching_off_everything_is_replaced() -> None:
    group = scaling_group(size=1)
    before = group.ids()
    id = refresh(group, group.row()["ActiveScalingConfigurationId"], SkipMatching="false")
    group.wait(60)
    assert task(group, id)["Status"] == "Successful"
    assert group.ids() != before


@pytest.mark.parametrize(
    ("size", "least", "most", "low", "high"),
    [(2, 100, 150, 2, 3), (2, 100, 100, 2, 3), (4, 50, 100, 2, 4), (5, 80, 120, 4, 6), (3, 0, 100, 0, 3), (1, 100, 120, 1, 2)],
)
def test_limits(size: int, least: int, most: int, low: int, high: int) -> None:
    assert limits(size, least, most) == (low, high)


@pytest.mark.parametrize(
    ("counts", "low", "high", "stale_serving", "expected"),
    [
        (Counts(total=2, stale=2, serving=2, fresh=0, wanted_fresh=2), 2, 3, 2, (1, 0)),
        (Counts(total=3, stale=2, serving=2, fresh=1, wanted_fresh=2), 2, 3, 2, (0, 0)),
        (Counts(total=3, stale=2, serving=3, fresh=1, wanted_fresh=2), 2, 3, 2, (0, 1)),
        (Counts(total=4, stale=4, serving=4, fresh=0, wanted_fresh=4), 2, 4, 4, (0, 2)),
        (Counts(total=2, stale=2, serving=1, fresh=0, wanted_fresh=2), 2, 3, 1, (1, 1)),  # the dead one goes at once
    ],
)
def test_plan(counts: Counts, low: int, high: int, stale_serving: int, expected: tuple[int, int]) -> None:
    assert plan(counts, low, high, stale_serving) == expected
