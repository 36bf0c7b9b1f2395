"""The same workers in several processes, and their samples merged exactly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from distributed import LocalCluster

from fourways.benchmark.cluster import Cluster, ClusterError, merged, shares
from fourways.benchmark.measures import Window, measure
from fourways.benchmark.plan import Load, Plan
from fourways.benchmark.run import PointSamples, measure_endpoint
from fourways.benchmark.samples import Samples
from fourways.benchmark.validity import Client
from fourways.benchmark.workload import Length, Workload
from tests.benchmark.endpoint import endpoint, full
from tests.benchmark.samples import MS, sample

CALM = Client(0.1, 1.0, 2.0)


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    with LocalCluster(
        n_workers=3, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as cluster:  # fmt: skip
        yield str(cluster.scheduler_address)


@pytest.mark.parametrize("load", [Load(concurrency=4), Load(rate=200.0)])
def test_a_run_on_several_processes(scheduler: str, tmp_path: Path, load: Load) -> None:
    plan = Plan(loads=(load,), workload=Workload(input=Length(10, 20), output=Length(2, 6)), requests=60, stagger=0.0, slo={"ttft_ms": 1e9})
    with endpoint(lambda _, body: full(body)) as server:
        run = measure_endpoint(server.target, plan, tmp_path / "out", stack="s", engine=Cluster(scheduler))
    (point,) = run.points
    assert point["clients"] == 3
    assert point["requests"] >= 50
    assert point["closed_by"] == "requests"
    # Every request that the endpoint saw, but the probe, is among the raw samples, whichever process made it.
    samples = run.samples(point)
    assert len(samples) == len(server.asked) - 1
    prompts = [body["messages"][0]["content"] for body in server.asked]
    assert len(set(prompts)) == len(prompts)
    # What is said of the point is what its raw samples say.
    window = Window(point["window_open_ns"], point["window_close_ns"])
    again = measure(samples, window, open_loop=load.open_loop, slo=plan.slo)
    assert again == {name: point[name] for name in again}
    # All processes are on the clock of day.
    assert np.ptp(samples.column("sent")) < 600e9


def _part(rows: list[Any], window: Window | None, closed_by: str = "time") -> PointSamples:
    return PointSamples(Samples.of(rows), window, [CALM], closed_by)


def test_shares_are_counted_where_all_of_them_make_load() -> None:
    one, two = [sample(0, 100), sample(1, 600)], [sample(0, 700), sample(1, 1900)]
    both = merged([_part(one, Window(0, 1500 * MS)), _part(two, Window(500 * MS, 2000 * MS), "requests")])
    assert both.window == Window(500 * MS, 1500 * MS)
    assert both.closed_by == "requests"
    assert len(both.samples) == 4
    found = measure(both.samples, both.window, open_loop=False, slo={})
    assert found["requests"] == 2
    whole = measure(Samples.of([*one, *two]), both.window, open_loop=False, slo={})
    assert found == whole


def test_no_window_where_one_share_has_none_or_they_do_not_meet() -> None:
    assert merged([_part([], Window(0, 10)), _part([], None, "interrupt")]).window is None
    assert merged([_part([], Window(0, 10)), _part([], Window(10, 20))]).window is None


def test_shares_make_the_whole_load() -> None:
    assert shares(Load(concurrency=7), 3) == [Load(concurrency=3), Load(concurrency=2), Load(concurrency=2)]
    assert shares(Load(concurrency=2), 5) == [Load(concurrency=1)] * 2
    assert shares(Load(rate=3.0), 4) == [Load(rate=0.75)] * 4


def test_no_scheduler_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fourways.benchmark.cluster._CONNECT_SECONDS", 0.2)
    with endpoint(lambda _, body: full(body)) as server, pytest.raises(ClusterError, match="no Dask scheduler answers"):
        Cluster("tcp://127.0.0.1:1")(server.target, Plan(), Load(concurrency=1), None, None)  # type: ignore[arg-type]
