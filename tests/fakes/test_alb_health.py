"""Health checks of ALB: what they make of a server, and what a listener's health says."""

from __future__ import annotations

from typing import Any

import pytest
from balanced import PORT, Engines, Front, engines, front  # noqa: F401 - fixtures

from fourways.fakes.service import Scope
from fourways.fakes.services.alb import checks, configs, health
from fourways.fakes.wire.errors import CloudError

CHECK = configs.HEALTH_CHECK | {"HealthCheckInterval": 5, "HealthyThreshold": 3, "UnhealthyThreshold": 2}


def walk(answers: list[tuple[float, int | None]]) -> list[str]:
    """The status after each look at a server that was added at 0."""
    seen, found = checks.begin(0), []
    for at, code in answers:
        seen = checks.judge(seen, code, at, CHECK)
        found.append(seen.status)
    return found


@pytest.mark.parametrize(
    ("answers", "statuses"),
    [
        ([(0, 200), (14, 200), (15, 200)], ["Initial", "Initial", "Healthy"]),
        ([(9, None), (10, None)], ["Initial", "Unhealthy"]),
        ([(600, 200)], ["Healthy"]),
        ([(15, 200), (15, None), (24, None), (25, None)], ["Healthy", "Healthy", "Healthy", "Unhealthy"]),
        ([(10, None), (20, 200), (25, 200)], ["Unhealthy", "Unhealthy", "Healthy"]),
        ([(15, 200), (20, 503), (20, 200), (31, 503)], ["Healthy", "Healthy", "Healthy", "Unhealthy"]),
    ],
)
def test_a_threshold_of_like_answers_changes_a_status(answers: list[tuple[float, int | None]], statuses: list[str]) -> None:
    assert walk(answers) == statuses


@pytest.mark.parametrize(
    ("change", "code", "passes"),
    [
        ({}, 204, True),
        ({}, 302, False),
        ({"HealthCheckCodes": ["http_2xx", "http_3xx"]}, 302, True),
        ({"HealthCheckProtocol": "TCP", "HealthCheckCodes": []}, 500, True),
        ({"HealthCheckProtocol": "TCP", "HealthCheckCodes": []}, None, False),
        ({"HealthCheckProtocol": "GRPC"}, 200, False),
    ],
)
def test_what_passes_a_check(change: dict[str, Any], code: int | None, passes: bool) -> None:
    assert checks.passes(code, CHECK | change) is passes


def test_a_server_is_initial_until_it_has_been_asked_often_enough(front: Front) -> None:  # noqa: F811
    (one,) = front.instances(1)
    front.add(one)
    assert front.health() == {one: "Initial"}
    front.wait(15)
    assert front.health() == {}
    del front.engines.up[one]
    assert front.health() == {}
    front.wait(10)
    (row,) = front.alb.ok("GetListenerHealthStatus", ListenerId=front.listener)["ListenerHealthStatus"]
    (info,) = row["ServerGroupInfos"]
    assert (row["ListenerPort"], info["HealthCheckEnabled"], info["ServerCount"]) == (80, "on", 1)
    (server,) = info["NonNormalServers"]
    assert (server["Status"], server["Port"], server["Reason"]) == ("Unhealthy", PORT, {"ReasonCode": "CONNECT_FAILED"})


def test_a_wrong_answer_is_said_with_what_was_expected(front: Front) -> None:  # noqa: F811
    (one,) = front.instances(1)
    front.engines.up[one] = 503
    front.add(one)
    front.wait(10)
    (row,) = front.alb.ok("GetListenerHealthStatus", ListenerId=front.listener)["ListenerHealthStatus"]
    reason = row["ServerGroupInfos"][0]["NonNormalServers"][0]["Reason"]
    assert reason == {"ReasonCode": "RESPONSE_MISMATCH", "ActualResponse": "503", "ExpectedResponse": "HTTP_2xx"}


def test_an_engine_that_refuses_head_is_unhealthy_to_the_default_check(front: Front) -> None:  # noqa: F811
    (one,) = front.instances(1)
    front.alb.ok("UpdateServerGroupAttribute", ServerGroupId=front.group, HealthCheckConfig_HealthCheckMethod="HEAD")
    front.wait(2)
    front.add(one)
    front.wait(20)
    assert front.health() == {one: "Unhealthy"}


def test_servers_that_are_not_checked(front: Front) -> None:  # noqa: F811
    one, two = front.instances(2)
    front.add(one, weight=0)
    assert front.health() == {one: "Unused"}
    front.alb.ok("UpdateServerGroupAttribute", ServerGroupId=front.group, HealthCheckConfig_HealthCheckEnabled="false")
    front.wait(2)
    front.add(two)
    assert front.health() == {one: "Unused", two: "Unavailable"}


def test_others_ask_by_group_and_instance(front: Front) -> None:  # noqa: F811
    scope = Scope(front.cloud, "1000000000000001", "ap-southeast-1")
    one, two = front.instances(2)
    front.add(one)
    assert health.status(scope, front.group, one) == "Initial"
    front.wait(20)
    assert health.status(scope, front.group, one) == "Healthy"
    front.add(one, port=9000)
    front.wait(20)
    assert health.status(scope, front.group, one) == "Unhealthy"
    with pytest.raises(CloudError, match="BackendServer"):
        health.status(scope, front.group, two)


def test_what_was_seen_survives_a_change_of_weight_and_not_a_removal(front: Front) -> None:  # noqa: F811
    (one,) = front.ready(1)
    front.engines.up[one] = 503
    assert front.health() == {}
    server = {"Servers_1_ServerType": "Ecs", "Servers_1_ServerId": one, "Servers_1_Port": PORT, "Servers_1_Weight": 50}
    front.alb.ok("UpdateServerGroupServersAttribute", ServerGroupId=front.group, **server)
    front.wait(1)
    assert front.health() == {}
    front.remove(one)
    front.wait(2)
    front.add(one)
    assert front.health() == {one: "Initial"}
