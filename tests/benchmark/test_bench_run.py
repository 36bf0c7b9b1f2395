"""Whole runs against an endpoint: the folder that they leave, in which nothing is secret and nothing is missing to repeat them."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from fourways.benchmark.measures import Window, measure
from fourways.benchmark.plan import Load, Plan
from fourways.benchmark.probe import EndpointError
from fourways.benchmark.results import ResultsError, Run, load
from fourways.benchmark.retries import Retry
from fourways.benchmark.run import measure_endpoint
from fourways.benchmark.target import Target, TargetError
from fourways.benchmark.workload import Length, Workload, workload_from
from tests.benchmark.endpoint import DONE, Endpoint, Reply, Script, delta, endpoint, full, usage

WORKLOAD = Workload(input=Length(10, 20), output=Length(2, 6), seed=1)
#: What charting for `vllm bench serve` reads.
VLLM = (
    "date", "endpoint_type", "model_id", "tokenizer_id", "num_prompts", "request_rate", "max_concurrency", "duration", "completed",
    "failed", "total_input_tokens", "total_output_tokens", "request_throughput", "request_goodput", "output_throughput",
    "total_token_throughput",
    *(f"{figure}_{name}_ms" for name in ("ttft", "tpot", "itl", "e2el") for figure in ("mean", "median", "std", "p95", "p99")),
)  # fmt: skip


def _plan(**more: Any) -> Plan:
    given = {
        "loads": (Load(concurrency=2), Load(rate=300.0)),
        "workload": WORKLOAD,
        "requests": 10,
        "stagger": 0.0,
        "slo": {"ttft_ms": 1e9},
    }
    return Plan(**(given | more))


def _run(folder: Path, script: Script, **plan: Any) -> tuple[Run, Endpoint]:
    with endpoint(script) as server:
        return measure_endpoint(
            server.target, _plan(**plan), folder, stack="mu-singapore", price={"amount": "216", "currency": "CNY"}
        ), server


def test_a_run_leaves_all_that_is_needed(tmp_path: Path) -> None:
    run, server = _run(tmp_path / "out", lambda _, body: full(body))
    assert [point["name"] for point in run.points] == ["c2", "r300"]
    header = run.header
    assert (header["target"], header["stack"], header["complete"], header["stopped_by"]) == ("fake", "mu-singapore", True, None)
    assert header["endpoint"] == server.target.public()
    assert header["hourly_price"] == {"amount": "216", "currency": "CNY"}
    assert header["versions"]["aiohttp"]
    assert header["machine"]["cores"] >= 1
    assert header["tokenizer"]["exact_for_model"] is False
    assert header["probe"]["ignore_eos"] == "yes"
    # The workload that results state makes the same prompts again.
    again = next(workload_from(header["plan"]["workload"]).asks("c2/0"))
    assert again.prompt in [body["messages"][0]["content"] for body in server.asked]
    for point in run.points:
        assert set(VLLM) <= set(point)
        assert point["target"] == "fake"
        assert point["goodput_share"] == 1.0
    assert (run.points[0]["max_concurrency"], run.points[0]["request_rate"]) == (2, "inf")
    assert (run.points[1]["max_concurrency"], run.points[1]["request_rate"]) == (None, 300.0)


def test_raw_samples_give_the_same_measures(tmp_path: Path) -> None:
    run, _ = _run(tmp_path / "out", lambda _, body: full(body))
    for point in run.points:
        samples = run.samples(point)
        window = Window(point["window_open_ns"], point["window_close_ns"])
        again = measure(samples, window, open_loop=point["max_concurrency"] is None, slo=point["slo"])
        assert again == {name: point[name] for name in again}


def test_nothing_written_has_the_key(tmp_path: Path) -> None:
    run, server = _run(
        tmp_path / "out", lambda number, body: full(body) if number % 4 else Reply([b"very-secret"], status=500) if number else full(body)
    )
    assert server.target.api_key == "very-secret"
    assert sum(point["errors"]["5xx"] for point in run.points) > 0
    for path in run.folder.iterdir():
        assert b"very-secret" not in path.read_bytes(), path
    assert "very-secret" not in repr(server.target)


def test_every_point_has_prompts_of_its_own(tmp_path: Path) -> None:
    _, server = _run(tmp_path / "out", lambda _, body: full(body))
    prompts = [body["messages"][0]["content"] for body in server.asked]
    assert len(set(prompts)) == len(prompts)


def test_retries_are_shown_with_and_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fourways.benchmark.retries.FIRST_PAUSE", 0.0)

    def script(number: int, body: dict[str, Any]) -> Reply:
        return Reply([b"{}"], status=429, headers={"retry-after": "0"}) if number % 5 == 4 else full(body)

    never = _run(tmp_path / "none", script)[0].points[0]
    assert never["errors"]["429"] == never["failed"] > 0
    assert "without_retries" not in never
    again = _run(tmp_path / "exponential", script, retry=Retry.exponential)[0].points[0]
    assert again["failed"] == 0
    assert again["without_retries"]["errors"]["429"] == again["retried"] > 0
    assert again["without_retries"]["completed"] == again["completed"] - again["retried"]


def test_overflow_is_counted_apart(tmp_path: Path) -> None:
    def script(number: int, body: dict[str, Any]) -> Reply:
        reply = full(body)
        reply.headers = {"x-dashscope-ptu-overflow": "true"} if number % 2 else {}
        return reply

    point = _run(tmp_path / "out", script)[0].points[0]
    parts = point["reservation"]
    assert parts["within"]["completed"] + parts["overflow"]["completed"] == point["completed"]
    assert parts["overflow"]["completed"] == point["overflow"] > 0


def test_an_endpoint_that_refuses_ignore_eos_is_asked_without(tmp_path: Path) -> None:
    def script(_: int, body: dict[str, Any]) -> Reply:
        return Reply([b'{"error": "unknown field"}'], status=400) if "ignore_eos" in body else full(body)

    run, server = _run(tmp_path / "out", script)
    assert run.header["probe"]["ignore_eos"] == "refused"
    assert sum("ignore_eos" in body for body in server.asked) == 1


def test_an_endpoint_that_ignores_it_is_not_blamed_for_its_model(tmp_path: Path) -> None:
    run, _ = _run(tmp_path / "out", lambda *_: Reply([delta("a", finish="stop"), usage(10, 1), DONE]))
    assert run.header["probe"]["ignore_eos"] == "ignored"
    assert run.points[0]["failed"] == 0
    assert run.points[0]["stopped_early"] == run.points[0]["completed"]
    assert any("ended by the model" in remark for remark in run.points[0]["remarks"])


def test_an_endpoint_that_does_not_answer_stops_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(EndpointError, match=r"status 401.*no such key"):
        _run(tmp_path / "out", lambda *_: Reply([b"no such key"], status=401))
    assert not (tmp_path / "out").exists()


def test_an_interrupted_run_keeps_its_points(tmp_path: Path) -> None:
    """The second point is interrupted as Ctrl-C does it."""
    asked: list[int] = []

    def script(number: int, body: dict[str, Any]) -> Reply:
        asked.append(number)
        if len(asked) == 60:
            os.kill(os.getpid(), signal.SIGINT)
        return full(body)

    loads = (Load(concurrency=1), Load(concurrency=3), Load(concurrency=5))
    with endpoint(script) as server:
        # The first point ends by its requests; the second would go on until its time is over.
        first = _plan(loads=loads, requests=30, seconds=600.0)
        run = measure_endpoint(server.target, first, tmp_path / "out", stack="s")
    assert run.header["stopped_by"] == "interrupt"
    assert run.header["complete"] is False
    names = [point["name"] for point in run.points]
    assert names[0] == "c1"
    assert "c5" not in names
    assert run.points[-1]["interrupted"] == (names[-1] == "c3")
    assert json.loads((tmp_path / "out" / "run.json").read_text())["complete"] is False


def test_results_are_not_written_over(tmp_path: Path) -> None:
    _run(tmp_path / "out", lambda _, body: full(body))
    with pytest.raises(ResultsError, match="has results already"):
        _run(tmp_path / "out", lambda _, body: full(body))


def test_a_folder_without_results(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="no results"):
        load(tmp_path)


def test_outputs_that_are_no_endpoint() -> None:
    with pytest.raises(TargetError, match="api_key, model"):
        Target.from_outputs({"base_url": "https://x/v1"})
    target = Target.from_outputs(
        {"base_url": "https://x/v1", "api_key": "k", "model": "m", "kind": "ptu", "capacity": "4 units", "more": 1}
    )
    assert (target.kind, target.capacity, target.region) == ("ptu", "4 units", "unknown")
