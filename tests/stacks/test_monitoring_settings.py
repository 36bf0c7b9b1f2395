"""`monitoring`: what it is when nothing is said, and each mistake by its key, with what to do."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError

from fourways.catalog import eas_metrics
from stacks.checks.monitoring import alarms_reach_somebody, logs_have_machines
from stacks.kinds.monitoring import Alarms, Monitoring
from stacks.problems import Problem


def read(**given: Any) -> Monitoring:
    """As a stack file's values are read: lists are tuples by then."""
    return Monitoring.model_validate(given, strict=False)


def problems(**given: Any) -> list[Problem]:
    return list(alarms_reach_somebody(read(**given)))


def test_all_alarms_are_on_and_logs_are_off() -> None:
    settings = read(contactGroup="oncall")
    assert settings.alarms.thresholds() == {alarm: metric.threshold for alarm, metric in eas_metrics.metrics().items()}
    assert settings.alarms.replicas
    assert settings.logs is None
    assert problems(contactGroup="oncall") == []


def test_zero_switches_an_alarm_off() -> None:
    assert Alarms.model_validate({"latencyMs": 0, "errorPercent": 1, "gpuPercent": 0}).thresholds() == {"errors": 1}


@pytest.mark.parametrize(
    "wrong",
    [
        {"contacts": [{"name": "Oncall", "email": "a@example.com"}]},
        {"contacts": [{"name": "oncall", "email": "nobody"}]},
        {"contacts": [{"name": "oncall", "dingTalkFrom": "https://oapi.dingtalk.com/robot/send?access_token=x"}]},
        {"alarms": {"errorPercent": 101}},
        {"alarms": {"latencyMs": -1}},
        {"logs": {"retentionDays": 0}},
        {"logs": {"project": "Logs_"}},
        {"alarm": {}},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read(**{"contactGroup": "oncall", **wrong})


@pytest.mark.parametrize(
    ("given", "key", "said"),
    [
        ({}, "fourways:serving.monitoring", "neither contacts nor contactGroup"),
        ({"contactGroup": "g", "contacts": [{"name": "me", "email": "a@b.example"}]}, "fourways:serving.monitoring", "both contacts"),
        ({"contacts": [{"name": "me"}]}, "fourways:serving.monitoring.contacts[0]", "neither email nor dingTalkFrom"),
        ({"contacts": [{"name": "me", "email": "a@b.example"}] * 2}, "fourways:serving.monitoring.contacts", '"me" 2 times'),
    ],
)
def test_alarms_that_reach_nobody_are_a_problem(given: dict[str, Any], key: str, said: str) -> None:
    (problem,) = problems(**given)
    assert (problem.key, problem.given[: len(said)]) == (key, said)


def test_logs_need_machines_of_a_resource_group() -> None:
    logged = read(contactGroup="g", logs={})
    assert list(logs_have_machines(logged, SimpleNamespace(source="eas-resource-group"))) == []
    assert list(logs_have_machines(read(contactGroup="g"), SimpleNamespace(source="public"))) == []
    (problem,) = logs_have_machines(logged, SimpleNamespace(source="public"))
    assert (problem.key, problem.given) == ("fourways:serving.monitoring.logs", 'logs with capacity.source "public"')


def test_a_stack_without_monitoring_has_no_problem() -> None:
    assert list(alarms_reach_somebody(None)) == []
    assert list(logs_have_machines(None, None)) == []
