"""`fourways bench --ephemeral` on the fake, with the real engine: all stacks measured, nothing left, whatever comes in between."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fourways.benchmark import results
from fourways.cli import fake_server
from fourways.cli.ephemeral import Exit
from fourways.cli.workspace import fake_workspace
from fourways.ephemeral import journal as journals

SPEED = 200.0
ALL = ("token-singapore", "ptu-singapore", "mu-singapore", "payg-singapore", "metal-singapore")
SMALL = ("--seconds", "1", "--concurrency", "1,2", "--input", "32", "--output", "16", "--seed", "7")
MEASURED = (Exit.MEASURED, Exit.CLIENT_LIMITED)
"""On a busy machine the client is sometimes the limit; what is measured then is marked, and nothing else changes."""
LIMIT = 300.0
Ephemeral = Callable[..., "Ran"]


@dataclass
class Ran:
    """A run that has ended, on a fake that has nothing else."""

    code: int
    said: str
    folder: Path
    fake: fake_server.FakeServer

    @property
    def journal(self) -> journals.Journal:
        (path,) = (self.folder / "ephemeral").glob(f"*/{journals.FILE}")
        return journals.read(path)

    def nothing_is_left(self) -> None:
        """Something was billed, and nothing is any more."""
        assert self.fake.ask("ledger") != []
        assert self.fake.ask("ledger?open=1") == []
        assert self.fake.ask("state") == []
        assert self.fake.ask("requests")["unknown"] == {}
        assert self.journal.ended is not None
        assert {entry.step for entry in self.journal.entries} <= {"gone", "planned"}


def command(*stacks: str, budget: str = "100000CNY", ttl: str = "5h") -> list[str]:
    options = ["--ephemeral", "--fake", "--yes", "--ttl", ttl, "--budget", budget, "--currency-rate", "USD=7.1CNY"]
    return [sys.executable, "-m", "fourways.cli.main", "bench", "--stacks", ",".join(stacks), *options, *SMALL]


def environment(folder: Path) -> dict[str, str]:
    mine = {"FOURWAYS_FAKE_FOLDER": str(folder), "FOURWAYS_FAKE_PORT": "0", "FOURWAYS_POLL_SECONDS": "0.2", "FOURWAYS_LAG_SECONDS": "1"}
    return {**os.environ, **mine}


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[fake_server.FakeServer]:
    """A fake of the test's own, in `tmp_path`."""
    started = fake_workspace(tmp_path, port=0, speed=SPEED).fake
    assert started is not None
    yield started
    fake_server.stop(tmp_path / "fake")


def run(folder: Path, fake: fake_server.FakeServer, *stacks: str, **options: str) -> Ran:
    """The whole command."""
    result = subprocess.run(command(*stacks, **options), env=environment(folder), capture_output=True, text=True, check=False)
    assert "Traceback" not in result.stdout + result.stderr, result.stderr
    return Ran(result.returncode, result.stdout + result.stderr, folder, fake)


def test_all_stacks_are_measured_alike_and_nothing_is_left(tmp_path: Path, fake: fake_server.FakeServer) -> None:
    ran = run(tmp_path, fake, *ALL)
    assert ran.code in MEASURED, ran.said
    ran.nothing_is_left()
    folder = Path(ran.journal.folder)
    runs = {stack: results.load(folder / "results" / stack) for stack in ALL}
    workloads = [{**one.header["plan"]["workload"], "run": ""} for one in runs.values()]
    assert all(workload == workloads[0] for workload in workloads)
    assert workloads[0]["seed"] == 7
    for stack, one in runs.items():
        assert (one.header["complete"], one.header["target"], one.header["stack"]) == (True, "fake", stack)
        assert [point["name"] for point in one.points] == ["c1", "c2"]
        assert all(point["completed"] for point in one.points)
    priced_by_the_hour = {stack for stack, one in runs.items() if one.header["hourly_price"]}
    assert priced_by_the_hour == {*ALL} - {"token-singapore"}
    assert {stack for stack, one in runs.items() if one.header["token_prices"]} == {"token-singapore", "ptu-singapore"}
    everything_carries_the_run(ran)
    shown = json.loads((folder / "report.json").read_text())
    assert [one["stack"] for one in shown["deployments"]] == [*ALL]
    assert (shown["made_up"], shown["recommendation"]["given"]) == (True, False)
    assert f"report: {folder / 'report.html'}" in ran.said
    assert "<html" in (folder / "report.html").read_text()


def everything_carries_the_run(ran: Ran) -> None:
    """The run's id in each name, and one time to expire in each tag."""
    run_id = ran.journal.run
    assert all(run_id in stack for stack in ran.journal.stacks)
    requests = [row for row in ran.fake.ask("requests")["requests"] if row["status"] < 300]
    named = [
        row for row in requests if row["action"] in ("CreateVpc", "CreateService", "CreateWorkspace", "CreateLoadBalancer", "CreateApiKey")
    ]
    assert {row["action"] for row in named} >= {"CreateVpc", "CreateService", "CreateLoadBalancer"}
    assert [row["action"] for row in named if run_id not in json.dumps(row)] == []
    expiry = f"{ran.journal.expires_at:%Y-%m-%dT%H:%M:%SZ}"
    tagged = [
        json.dumps(row) for row in requests if row["action"].startswith(("Create", "Tag")) and "fourways-expires-at" in json.dumps(row)
    ]
    assert len(tagged) > len(ALL)
    assert [row for row in tagged if expiry not in row] == []


@pytest.mark.parametrize("moment", ["up", "measuring"])
def test_ctrl_c_at_any_moment_ends_in_a_destroy_and_a_second_one_says_how_to_go_on(
    tmp_path: Path, fake: fake_server.FakeServer, moment: str
) -> None:
    arguments = command("ptu-singapore", "token-singapore")
    arguments[arguments.index("--seconds") + 1] = "600"
    process = subprocess.Popen(
        arguments, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    wait_until(process, lambda: stands_at(tmp_path, moment) and fake.ask("ledger?open=1") != [])
    process.send_signal(signal.SIGINT)
    wait_until(process, lambda: stands_at(tmp_path, "destroying"))
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=LIMIT)
    ran = Ran(process.returncode, said, tmp_path, fake)
    assert ran.code == Exit.INTERRUPTED, said
    ran.nothing_is_left()
    assert [entry.step for entry in ran.journal.entries] == ["gone", "planned"]
    assert f"fourways bench --clean {ran.journal.run} --fake" in said
    assert "token-singapore: not measured whole: not begun: stopped by SIGINT" in said


def stands_at(folder: Path, step: str) -> bool:
    """Whether a copy of the only run is at this step."""
    found = journals.find(folder / "ephemeral")
    return any(entry.step == step for journal in found for entry in journal.entries)


def wait_until(process: subprocess.Popen[str], reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT
    while not reached():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"the moment never came: {process.communicate()[0]}")
        time.sleep(0.02)


def test_what_a_killed_run_has_left_is_taken_down_though_its_pulumi_goes_on(tmp_path: Path, fake: fake_server.FakeServer) -> None:
    """More moments, by `fourways sweep`: benchmark/ephemeral_kills.py."""
    process = subprocess.Popen(
        command("mu-singapore"),
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    wait_until(process, lambda: stands_at(tmp_path, "up") and fake.ask("ledger?open=1") != [])
    process.kill()
    process.wait()
    (left,) = journals.find(tmp_path / "ephemeral")
    clean = [sys.executable, "-m", "fourways.cli.main", "bench", "--fake", "--clean", left.run]
    result = subprocess.run(clean, env=environment(tmp_path), capture_output=True, text=True, check=False)
    ran = Ran(result.returncode, result.stdout + result.stderr, tmp_path, fake)
    assert ran.code == Exit.MEASURED, ran.said
    ran.nothing_is_left()


def test_a_stack_that_fails_to_come_up_does_not_hide_the_others(tmp_path: Path, fake: fake_server.FakeServer) -> None:
    fake.ask("faults", "POST", [{"kind": "error", "action": "CreateVpc", "times": None, "status": 403, "code": "Forbidden.RAM"}])
    ran = run(tmp_path, fake, "mu-singapore", "token-singapore")
    assert ran.code == Exit.FAILED, ran.said
    ran.nothing_is_left()
    assert "mu-singapore: not measured whole: `pulumi up` ended with" in ran.said
    assert results.load(Path(ran.journal.folder) / "results" / "token-singapore").header["complete"]
    assert "mu-singapore was to be measured too: `pulumi up` ended with" in (Path(ran.journal.folder) / "report.html").read_text()


def test_what_is_in_the_way_is_told_at_once_and_nothing_is_bought(tmp_path: Path, fake: fake_server.FakeServer) -> None:
    tight = run(tmp_path, fake, "ptu-singapore", "mu-singapore", budget="1CNY")
    assert tight.code == Exit.REFUSED, tight.said
    assert "the plan is beyond the budget" in tight.said
    assert fake.ask("ledger") == []
    assert list((tmp_path / "ephemeral").glob("*/")) == [tmp_path / "ephemeral" / "home"]
