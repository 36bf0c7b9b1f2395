"""Scalers of services through the official SDK: settings, what they refuse, and what they do to a service on the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from alibabacloud_eas20210701 import models

from fourways.cloud import clients
from fourways.fakes.inprocess import ADDRESS
from fourways.fakes.services.eas.backend import EasBackend

REGION = "ap-southeast-1"
PUBLIC = {"computing": {"instances": [{"type": "ml.gu8tef.8.46xlarge"}]}}
Make = Callable[..., dict[str, Any]]


def strategies(*pairs: tuple[str, float]) -> list[models.CreateServiceAutoScalerRequestScaleStrategies]:
    return [models.CreateServiceAutoScalerRequestScaleStrategies(metric_name=name, threshold=threshold) for name, threshold in pairs]


def behavior(up: int = 0, down: int = 300, grace: int = 600, activation: int = 1) -> models.CreateServiceAutoScalerRequestBehavior:
    return models.CreateServiceAutoScalerRequestBehavior(
        scale_up=models.CreateServiceAutoScalerRequestBehaviorScaleUp(stabilization_window_seconds=up),
        scale_down=models.CreateServiceAutoScalerRequestBehaviorScaleDown(stabilization_window_seconds=down),
        on_zero=models.CreateServiceAutoScalerRequestBehaviorOnZero(
            scale_down_grace_period_seconds=grace, scale_up_activation_replicas=activation
        ),
    )


def scale(eas: Any, least: int, most: int, *pairs: tuple[str, float], name: str = "chat", **windows: int) -> None:
    request = models.CreateServiceAutoScalerRequest(
        min=least, max=most, scale_strategies=strategies(*pairs), behavior=behavior(**windows) if windows else None
    )
    eas.client.create_service_auto_scaler(REGION, name, request)


def jobs(*rows: tuple[str, str, int]) -> list[models.CreateServiceCronScalerRequestScaleJobs]:
    return [models.CreateServiceCronScalerRequestScaleJobs(name=name, schedule=text, target_size=size) for name, text, size in rows]


def schedule(eas: Any, *rows: tuple[str, str, int], exclude: list[str] | None = None) -> None:
    request = models.CreateServiceCronScalerRequest(scale_jobs=jobs(*rows), exclude_dates=exclude)
    eas.client.create_service_cron_scaler(REGION, "chat", request)


def ask(eas: Any, times: int = 1, name: str = "chat") -> list[int]:
    """HTTP statuses of so many requests, all at this moment."""
    found = eas.describe(name)
    url = found.internet_endpoint + "/v1/models"
    return [requests.get(url, headers={"Authorization": found.access_token}, timeout=5).status_code for _ in range(times)]


def counts(eas: Any) -> tuple[int, int, int]:
    """Instances that run, that are wanted, and what the service JSON says."""
    found = eas.describe()
    return found.running_instance, found.total_instance, eas.config()["metadata"]["instance"]


def at(moment: str, eas: Any) -> None:
    """Move on to a moment in UTC."""
    eas.wait(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp() - eas.cloud.clock.now())


@pytest.fixture
def running(eas: Any, service_json: Make) -> Any:
    """A service with one replica, and nothing else due on the clock."""
    eas.create({**service_json(), "cloud": PUBLIC})
    eas.wait(60)
    return eas


def test_nothing_wakes_up_without_a_scaler(running: Any) -> None:
    ask(running, 3)
    assert running.cloud.clock.next_due() is None


def test_an_autoscaler_is_described_as_it_was_made(running: Any, refused: Any) -> None:
    with refused(404, "InvalidAutoScaler.NotFound", "chat"):
        running.client.describe_service_auto_scaler(REGION, "chat")
    scale(running, 1, 4, ("qps", 10), ("cpu", 50.5), up=30, down=60)
    found = running.client.describe_service_auto_scaler(REGION, "chat").body.to_map()
    assert (found["ServiceName"], found["MinReplica"], found["MaxReplica"]) == ("chat", 1, 4)
    assert found["ScaleStrategies"] == [{"metricName": "qps", "threshold": 10}, {"metricName": "cpu", "threshold": 50.5}]
    assert found["Behavior"]["scaleUp"] == {"stabilizationWindowSeconds": 30}
    assert found["CurrentMetrics"] == [
        {"metricName": "qps", "service": "chat", "value": 0},
        {"metricName": "cpu", "service": "chat", "value": 0},
    ]
    with refused(409, "InvalidAutoScaler.Duplicate"):
        scale(running, 1, 4, ("qps", 10))
    update = models.UpdateServiceAutoScalerRequest(
        min=2, max=3, scale_strategies=[models.UpdateServiceAutoScalerRequestScaleStrategies(metric_name="qps", threshold=5)]
    )
    running.client.update_service_auto_scaler(REGION, "chat", update)
    found = running.client.describe_service_auto_scaler(REGION, "chat").body
    assert (found.min_replica, found.max_replica, found.behavior) == (2, 3, {})
    running.wait(40)
    assert len(running.cloud.clock._queue) == 1  # the looks of the settings before have ended
    running.client.delete_service_auto_scaler(REGION, "chat")
    with refused(404, "InvalidAutoScaler.NotFound"):
        running.client.delete_service_auto_scaler(REGION, "chat")
    running.wait(60)
    assert running.cloud.clock.next_due() is None


@pytest.mark.parametrize(
    ("least", "most", "pairs", "words"),
    [
        (2, 2, [("qps", 10)], "max must be greater than min"),
        (-1, 2, [("qps", 10)], "min must be a whole number from 0"),
        (1, 1001, [("qps", 10)], "max must be a whole number from 0 to 1000"),
        (1, 2, [], "at least one strategy"),
        (1, 2, [("qps", 0)], "threshold must be a number above 0"),
        (1, 2, [("", 1)], "metricName is required"),
    ],
)
def test_wrong_settings_are_refused(running: Any, refused: Any, least: int, most: int, pairs: Any, words: str) -> None:
    with refused(400, "InvalidParameter", words):
        scale(running, least, most, *pairs)


def test_no_service_no_scaler(eas: Any, refused: Any) -> None:
    with refused(404, "InvalidService.NotFound"):
        scale(eas, 1, 2, ("qps", 1))
    with refused(404, "InvalidService.NotFound"):
        schedule(eas, ("up", "0 0 9 * * *", 3))


def test_more_requests_more_replicas_and_fewer_again_once_it_was_quiet_for_the_window(running: Any) -> None:
    scale(running, 1, 4, ("qps", 1), down=120)
    assert ask(running, 150) == [200] * 150  # 2.5 a second over the last minute
    metrics = running.client.describe_service_auto_scaler(REGION, "chat").body.current_metrics
    assert [(metric.metric_name, metric.value) for metric in metrics] == [("qps", 2.5)]
    running.wait(15)
    assert running.status() == "Scaling"
    assert counts(running) == (1, 3, 3)
    running.wait(10)
    assert counts(running) == (3, 3, 3)
    assert running.describe().latest_version == 1  # scaling makes no version
    running.wait(120)
    assert counts(running)[1] == 3  # within two minutes of when it was last wanted
    running.wait(60)
    assert counts(running) == (1, 1, 1)
    assert len(running.bill(closed=None)) == 1


def test_within_ten_per_cent_of_the_threshold_nothing_changes(running: Any) -> None:
    scale(running, 1, 4, ("qps", 1))
    ask(running, 66)
    running.wait(15)
    assert counts(running)[1] == 1
    ask(running, 1)
    running.wait(15)
    assert counts(running)[1] == 2


def test_a_peak_shorter_than_the_window_up_changes_nothing(running: Any) -> None:
    scale(running, 1, 4, ("qps", 1), up=60)
    ask(running, 200)
    running.wait(50)
    assert counts(running)[1] == 1
    running.wait(60)
    assert counts(running)[1] == 1


def test_the_most_demanding_metric_decides_and_the_maximum_holds(running: Any) -> None:
    running.cloud.seed["eas"] = {"metrics": {"chat": {"gpu": 120, "queue": 3}}}
    scale(running, 1, 5, ("qps", 10), ("gpu", 60), ("queue", 3), ("unheard_of", 1))
    running.wait(15)
    assert counts(running)[1] == 2
    running.wait(150)
    assert counts(running)[1] == 5
    found = running.client.describe_service_auto_scaler(REGION, "chat").body.current_metrics
    assert [metric.metric_name for metric in found] == ["qps", "gpu", "queue"]  # nobody has measured the other one


def test_another_services_metric_can_decide(running: Any, service_json: Make, refused: Any) -> None:
    running.create({**service_json("front"), "cloud": PUBLIC})
    running.wait(30)
    strategy = models.CreateServiceAutoScalerRequestScaleStrategies(metric_name="qps", threshold=1, service="front")
    request = models.CreateServiceAutoScalerRequest(min=1, max=4, scale_strategies=[strategy])
    running.client.create_service_auto_scaler(REGION, "chat", request)
    ask(running, 120, "front")
    running.wait(15)
    assert counts(running)[1] == 2
    strategy.service = "nobody"
    with refused(404, "InvalidService.NotFound", "nobody"):
        running.client.create_service_auto_scaler(REGION, "front", request)


def test_the_minimum_holds_from_the_first_look(running: Any) -> None:
    scale(running, 3, 5, ("qps", 10))
    running.wait(40)
    assert counts(running) == (3, 3, 3)


def test_to_zero_after_the_grace_period_and_up_again_by_the_next_request(running: Any) -> None:
    scale(running, 0, 4, ("qps", 10), grace=600, down=300, activation=2)
    running.wait(300)
    ask(running)
    running.wait(585)
    assert counts(running)[1] == 1
    running.wait(30)
    assert counts(running) == (0, 0, 0)
    assert running.status() == "Running"
    assert running.bill(closed=None) == []
    running.wait(3600)
    assert ask(running) == [503]  # and somebody has noticed
    assert counts(running) == (0, 2, 2)
    assert ask(running) == [503]
    running.wait(10)
    assert ask(running) == [200]
    assert counts(running) == (2, 2, 2)


def test_a_service_on_a_gateway_of_its_own_cannot_go_to_zero(running: Any, refused: Any) -> None:
    service = running.cloud.backend(EasBackend, "1000000000000001", REGION).service("chat")
    service.config["networking"] = {"gateway": "gw-1"}
    with refused(400, "InvalidParameter", "min must not be 0 for a service on a dedicated gateway"):
        scale(running, 0, 4, ("qps", 10))


def test_an_idle_scaler_looks_seldom_and_wakes_up_for_a_request_or_a_change(running: Any) -> None:
    scale(running, 1, 4, ("qps", 1))
    running.wait(3600)
    clock = running.cloud.clock
    running.wait(clock.next_due() - clock.now())
    assert clock.next_due() - clock.now() == 300
    ask(running, 150)
    running.wait(15)
    assert counts(running)[1] == 3
    running.wait(1800)
    assert counts(running)[1] == 1
    running.update("chat", {"metadata": {"instance": 6}})
    running.wait(16)
    assert counts(running)[1] == 1  # nothing has called for more in the last five minutes


def test_a_scaler_under_load_does_not_rest(running: Any) -> None:
    running.cloud.seed["eas"] = {"metrics": {"chat": {"gpu": 60}}}
    scale(running, 1, 4, ("gpu", 60))
    running.wait(1100)
    running.cloud.seed["eas"] = {"metrics": {"chat": {"gpu": 120}}}
    running.wait(15)
    assert counts(running)[1] == 2


def test_a_stopped_service_is_left_alone(running: Any) -> None:
    scale(running, 2, 4, ("qps", 10))
    running.client.stop_service(REGION, "chat")
    running.wait(60)
    assert (running.status(), running.config()["metadata"]["instance"]) == ("Stopped", 1)
    running.client.start_service(REGION, "chat")
    running.wait(60)
    assert counts(running) == (2, 2, 2)


def test_an_update_under_way_takes_the_new_count_along(running: Any) -> None:
    scale(running, 2, 4, ("qps", 10))
    running.wait(14)
    running.update("chat", {"metadata": {"cpu": 9}})
    running.wait(1.5)
    assert (running.status(), running.describe().total_instance) == ("Updating", 3)  # the old one, and two of the new version
    running.wait(30)
    assert (running.status(), *counts(running)) == ("Running", 2, 2, 2)
    assert running.describe().current_version == 2


def test_scalers_go_with_their_service_and_do_not_come_back_with_its_name(running: Any, service_json: Make, refused: Any) -> None:
    scale(running, 2, 4, ("qps", 10))
    schedule(running, ("up", "0 0 9 * * *", 3))
    running.client.delete_service(REGION, "chat")
    with refused(409, "OperationDenied.ServiceStatus"):
        running.client.create_service_auto_scaler(REGION, "chat", models.CreateServiceAutoScalerRequest(min=1, max=2))
    running.wait(5)
    assert running.cloud.inventory() == []
    running.wait(15)
    scaling = running.cloud.backend(EasBackend, "1000000000000001", REGION).scaling
    assert (scaling.autoscalers, scaling.cronscalers) == ({}, {})
    running.create({**service_json(), "cloud": PUBLIC})
    running.wait(2 * 86400)
    assert counts(running) == (1, 1, 1)
    with refused(404, "InvalidAutoScaler.NotFound"):
        running.client.describe_service_auto_scaler(REGION, "chat")
    with refused(404, "InvalidCronScaler.NotFound"):
        running.client.describe_service_cron_scaler(REGION, "chat")
    assert running.cloud.clock.next_due() is None


def test_jobs_come_due_on_the_clocks_of_their_time_zone(running: Any) -> None:
    at("2030-01-06T23:00:00", running)  # Monday, 08:00, in Tokyo
    rows = [
        {"Name": "up", "Schedule": "0 0 9 * * MON-FRI", "TargetSize": 3, "TimeZone": "Asia/Tokyo"},
        {"Name": "down", "Schedule": "0 30 18 * * *", "TargetSize": 1, "TimeZone": "Asia/Tokyo"},
    ]
    path = f"/api/v2/services/{REGION}/chat/cronscaler"
    body = {"ScaleJobs": rows, "ExcludeDates": ["* * * 8 1 *"]}
    status, _ = send("CreateServiceCronScaler", "POST", path, body)
    assert status == 200
    at("2030-01-06T23:59:59", running)
    assert counts(running)[1] == 1
    at("2030-01-07T00:00:20", running)
    assert counts(running) == (3, 3, 3)
    at("2030-01-07T09:30:20", running)
    assert counts(running) == (1, 1, 1)
    at("2030-01-08T01:00:00", running)  # Tuesday the 8th is left out
    assert counts(running)[1] == 1
    _, found = send("DescribeServiceCronScaler", "GET", path, None)
    assert found["ExcludeDates"] == ["* * * 8 1 *"]
    assert [job["TimeZone"] for job in found["ScaleJobs"]] == ["Asia/Tokyo"] * 2
    assert [(job["State"], job["LastProbeTime"]) for job in found["ScaleJobs"]] == [
        ("Succeed", "2030-01-08T00:00:00Z"),
        ("Succeed", "2030-01-07T09:30:00Z"),
    ]
    assert "excludeDate (* * * 8 1 *)" in found["ScaleJobs"][0]["Message"]
    assert found["ScaleJobs"][1]["Message"] == "cron hpa job down executed successfully. current replicas:3, desired replicas:1."
    at("2030-01-09T00:00:20", running)
    assert counts(running)[1] == 3


def send(action: str, method: str, path: str, body: dict[str, Any] | None) -> tuple[int, Any]:
    return clients.send("eas", "2021-07-01", action, REGION, method=method, path=path, body=body)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"FOURWAYS_FAKE": ADDRESS, "ALICLOUD_ACCESS_KEY": "test", "ALICLOUD_SECRET_KEY": "test"}.items():
        monkeypatch.setenv(name, value)
    clients.forget()


def test_a_job_without_a_time_zone_is_read_in_that_of_the_documented_example(running: Any) -> None:
    at("2030-01-07T00:00:00", running)
    schedule(running, ("up", "0 0 9 * * *", 2))
    at("2030-01-07T01:00:20", running)
    assert counts(running)[1] == 2
    found = running.client.describe_service_cron_scaler(REGION, "chat").body
    assert found.scale_jobs[0].state == "Succeed"


def test_jobs_are_replaced_and_deleted(running: Any, refused: Any) -> None:
    at("2030-01-07T00:00:00", running)
    schedule(running, ("up", "0 0 9 * * *", 2))
    with refused(409, "InvalidCronScaler.Duplicate"):
        schedule(running, ("up", "0 0 9 * * *", 2))
    made = running.client.describe_service_cron_scaler(REGION, "chat").body.scale_jobs[0]
    assert (made.state, made.create_time) == ("Submitted", "2030-01-07T00:00:00Z")
    running.wait(60)
    update = models.UpdateServiceCronScalerRequest(
        scale_jobs=[models.UpdateServiceCronScalerRequestScaleJobs(name="up", schedule="0 0 10 * * *", target_size=4)]
    )
    running.client.update_service_cron_scaler(REGION, "chat", update)
    at("2030-01-07T01:30:00", running)
    assert counts(running)[1] == 1
    at("2030-01-07T02:00:30", running)
    assert counts(running)[1] == 4
    assert len(running.cloud.clock._queue) == 1  # nobody waits for the jobs of before
    assert running.client.describe_service_cron_scaler(REGION, "chat").body.scale_jobs[0].create_time == "2030-01-07T00:00:00Z"
    running.client.delete_service_cron_scaler(REGION, "chat")
    running.wait(3 * 86400)
    assert counts(running)[1] == 4


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "at least one job"),
        ([("up", "0 9 * * *", 1)], "has 5 fields"),
        ([("up", "0 0 25 * * *", 1)], "'25' as hour"),
        ([("up", "0 0 9 * * *", -1)], "TargetSize must be a whole number"),
        ([("up", "0 0 9 * * *", 1), ("up", "0 0 8 * * *", 1)], "different names"),
    ],
)
def test_wrong_jobs_are_refused(running: Any, refused: Any, rows: Any, words: str) -> None:
    with refused(400, "InvalidParameter", words):
        schedule(running, *rows)


def test_of_both_scalers_the_schedule_moves_the_limits_of_the_other(running: Any) -> None:
    at("2030-01-07T00:00:00", running)
    scale(running, 1, 3, ("qps", 10), down=0)
    schedule(running, ("up", "0 0 9 * * *", 5), ("down", "0 0 18 * * *", 2))
    at("2030-01-07T01:05:00", running)
    found = running.client.describe_service_auto_scaler(REGION, "chat").body
    assert (counts(running)[1], found.min_replica, found.max_replica) == (5, 5, 5)
    at("2030-01-07T10:05:00", running)
    found = running.client.describe_service_auto_scaler(REGION, "chat").body
    assert (counts(running)[1], found.min_replica, found.max_replica) == (2, 2, 5)
