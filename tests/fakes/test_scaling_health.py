"""Health checks: who is taken for dead, and how the group replaces them."""

from __future__ import annotations

import pytest
from scaling import Group, bare, scaling_group, start

from fourways.fakes.faults import Rule
from fourways.fakes.service import Scope
from fourways.fakes.services.ess import surroundings


class Machines:
    """What the tests say of machines, in the place of ECS and ALB."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.dead: set[str] = set()
        self.found: dict[str, str] = {}
        monkeypatch.setattr(surroundings, "alive", self.alive)
        monkeypatch.setattr(surroundings, "balanced", self.balanced)

    def alive(self, scope: Scope, id: str) -> bool:
        return id not in self.dead and surroundings.status(scope, id) == "Running"

    def balanced(self, scope: Scope, server_group: str, id: str) -> str:  # noqa: ARG002 - the shape of what it stands in for
        return self.found.get(id, "Initial")


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> Machines:
    return Machines(monkeypatch)


def behind_balancer(size: int = 2) -> Group:
    group = bare()
    servers = {"AlbServerGroup_1_AlbServerGroupId": group.server_group(), "AlbServerGroup_1_Port": 8000, "AlbServerGroup_1_Weight": 100}
    return start(group, size=size, HealthCheckTypes_1="ECS", HealthCheckTypes_2="LOAD_BALANCER", **servers)


def bills(group: Group) -> int:
    return group.place.bills().count("ecs-instance")


def test_a_dead_machine_is_replaced_and_billed_no_more(machines: Machines) -> None:
    group = scaling_group()
    dead = group.ids()[0]
    machines.dead.add(dead)
    group.wait(60)
    assert dead not in group.ids()
    assert (group.states(), bills(group)) == (["InService", "InService"], 2)
    assert any("unhealthy" in row["Cause"] for row in group.activities())


def test_a_dead_machine_is_replaced_where_there_is_stock(machines: Machines) -> None:
    """The first vSwitch's zone sells nothing any more, so the second one's takes the new machine."""
    group = scaling_group(size=1)
    machines.dead.update(group.ids())
    group.ess.cloud.faults.add(Rule("no-stock", "RunInstances"))
    group.wait(60)
    (row,) = group.members()
    assert (row["ZoneId"], row["LifecycleState"]) == ("ap-southeast-1b", "InService")
    assert all(activity["StatusCode"] == "Successful" for activity in group.activities())


def test_a_dead_machine_waits_at_no_hook_but_a_sick_one_does(machines: Machines) -> None:
    group = behind_balancer()
    machines.found = dict.fromkeys(group.ids(), "Healthy")
    given = {"LifecycleTransition": "SCALE_IN", "HeartbeatTimeout": 600}
    group.ess.ok("CreateLifecycleHook", ScalingGroupId=group.id, **given)
    group.wait(60)
    dead, sick = group.ids()
    machines.dead.add(dead)
    machines.found[sick] = "Unhealthy"
    group.wait(60)
    assert group.ids(LifecycleState="Removing:Wait") == [sick]
    assert dead not in [row["InstanceId"] for row in group.place.instances()]


def test_without_checks_nobody_is_replaced(machines: Machines) -> None:
    group = scaling_group(HealthCheckType="NONE")
    before = group.ids()
    machines.dead.update(before)
    group.wait(600)
    assert group.ids() == before


def test_the_process_can_be_suspended(machines: Machines) -> None:
    group = scaling_group(size=1)
    before = group.ids()
    group.ess.ok("SuspendProcesses", ScalingGroupId=group.id, Process_1="HealthCheck")
    machines.dead.update(before)
    group.wait(600)
    assert group.ids() == before
    group.ess.ok("ResumeProcesses", ScalingGroupId=group.id, Process_1="HealthCheck")
    group.wait(60)
    assert group.ids() != before


def test_a_booting_machine_is_spared_by_its_load_balancer_for_a_while(machines: Machines) -> None:
    group = behind_balancer(size=1)
    (booting,) = group.ids()
    machines.found[booting] = "Unhealthy"
    group.wait(1700)
    assert group.ids() == [booting]
    group.wait(200)
    assert booting not in group.ids()


def test_the_grace_can_be_seeded(machines: Machines) -> None:
    group = behind_balancer(size=1)
    group.ess.cloud.seed["ess"] = {"seconds": {"balancer_grace": 60}}
    (booting,) = group.ids()
    machines.found[booting] = "Unhealthy"
    group.wait(120)
    assert booting not in group.ids()


def test_one_that_was_healthy_once_is_replaced_at_the_next_check(machines: Machines) -> None:
    group = behind_balancer()
    machines.found = dict.fromkeys(group.ids(), "Healthy")
    group.wait(60)
    sick = group.ids()[0]
    machines.found[sick] = "Unhealthy"
    group.wait(40)
    assert sick not in group.ids(LifecycleState="InService")
    group.wait(20)
    assert sick not in [row["InstanceId"] for row in group.place.instances()]
    assert len(group.ids()) == 2


def test_health_can_be_set_by_hand_but_not_of_strangers() -> None:
    group = scaling_group(size=1)
    (id,) = group.ids()
    group.ess.ok("SetInstanceHealth", InstanceId=id, HealthStatus="Unhealthy")
    assert group.members()[0]["HealthStatus"] == "Unhealthy"
    group.wait(20)
    assert id not in group.ids()
    assert group.states() == ["InService"]
    assert group.ess.refused("SetInstanceHealth", InstanceId="i-none", HealthStatus="Healthy") == (404, "InvalidInstanceId.NotFound")


def test_protected_ones_are_nobody_s_to_replace(machines: Machines) -> None:
    group = scaling_group(size=1)
    (id,) = group.ids()
    group.ess.ok("SetInstancesProtection", ScalingGroupId=group.id, InstanceId_1=id, ProtectedFromScaleIn="true")
    machines.dead.add(id)
    group.wait(600)
    assert group.ids() == [id]


def test_the_types_are_shown_as_they_were_given() -> None:
    several, one = behind_balancer(size=0).row(), scaling_group(size=0, active=False).row()
    assert several["HealthCheckTypes"] == {"HealthCheckType": ["ECS", "LOAD_BALANCER"]}
    assert "HealthCheckType" not in several
    assert one["HealthCheckType"] == "ECS"


def test_one_that_never_runs_is_given_up() -> None:
    group = scaling_group(size=0)
    group.ess.cloud.faults.add(Rule("stuck", "RunInstances"))
    group.modify(DesiredCapacity=1)
    group.wait(590)
    (stuck,) = group.ids()
    group.wait(30)
    assert group.states() == ["InService"]
    assert group.ids() != [stuck]
