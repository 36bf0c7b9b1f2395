"""What a machine tells CloudMonitor of its load, and when it tells nothing."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from fourways.fakes.cloud import Cloud
from fourways.fakes.wire.messages import Request
from tests.components.boot.programs import program
from tests.components.boot.test_boot_role import FixedRole
from tests.fakes.fake_calls import CMS, Caller, stepped_cloud

NAME, NAMES = "p-machines", ["waiting", "gpu"]
VLLM = """# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{engine="0",model_name="m"} 3.0
vllm:num_requests_waiting{engine="1",model_name="m"} 4.0
vllm:num_requests_waiting_by_reason{reason="capacity"} 7.0
"""


def through(cloud: Cloud) -> Callable[[str, str, dict[str, str]], io.BytesIO]:
    """What sends a request to the fake in this process."""

    def send(method: str, url: str, headers: dict[str, str]) -> io.BytesIO:
        answer = cloud.handle(Request.build(method, url, {name.lower(): value for name, value in headers.items()}, b""))
        assert answer.status == 200, answer.body
        return io.BytesIO(answer.body)

    return send


def reporter(monkeypatch: pytest.MonkeyPatch, metrics: str = VLLM) -> ModuleType:
    given = {"LOAD_NAME": NAME, "METRICS_URL": "http://127.0.0.1:8000/metrics", "CMS_ENDPOINT": "cms-vpc.ap-southeast-1.aliyuncs.com"}
    module = program(monkeypatch, "report_load", **given)
    monkeypatch.setattr(module.urllib.request, "urlopen", lambda *_, **__: io.BytesIO(metrics.encode()))
    monkeypatch.setattr(module.subprocess, "check_output", lambda *_, **__: b"90\n70\n")
    return module


@pytest.mark.parametrize(("metrics", "waiting"), [(VLLM, 7), ("sglang:num_queue_reqs 5\n", 5), ('sglang:num_queue_reqs{a="b"} 2.0\n', 2)])
def test_the_load_of_all_ranks_and_gpus(monkeypatch: pytest.MonkeyPatch, metrics: str, waiting: float) -> None:
    assert reporter(monkeypatch, metrics).load() == [waiting, 80]


def test_an_engine_that_does_not_say_it_is_no_load_of_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OSError, match="do not say"):
        reporter(monkeypatch, "up 1\n").load()


def test_the_fake_cloud_takes_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    cms = Caller(stepped_cloud(), CMS)
    cms.ok("CreateMonitorGroup", GroupName=f"{NAME}-of-others")
    id = cms.ok("CreateMonitorGroup", GroupName=NAME)["GroupId"]
    module = reporter(monkeypatch)
    monkeypatch.setattr(module.instance_role, "send", through(cms.cloud))
    module.report(FixedRole(AccessKeyId="test", AccessKeySecret="test", SecurityToken=""), NAMES)
    found = json.loads(cms.ok("DescribeCustomMetricList")["Result"])["result"]
    assert found == [{"groupId": id, "metricName": name, "dimension": f"deployment={NAME}"} for name in NAMES]


@pytest.mark.parametrize("error", ["refused", "no answer", "no group", "no nvidia-smi"])
def test_what_fails_is_said_and_tried_again(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: str) -> None:
    module = reporter(monkeypatch)
    raised = {
        "refused": module.instance_role.Refused("http://host/?a=b", 403, ""),
        "no answer": ConnectionResetError("gone"),
        "no group": ValueError("not enough values to unpack"),
        "no nvidia-smi": FileNotFoundError("nvidia-smi"),
    }[error]
    pauses: list[float] = []

    def report(*_: Any) -> None:
        raise raised

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(module, "report", report)
    monkeypatch.setattr(module.time, "sleep", pause)
    with pytest.raises(KeyboardInterrupt):
        module.main(NAMES)
    assert pauses == [15, 15]
    assert capsys.readouterr().out == f"not reported: {raised}\n" * 2
