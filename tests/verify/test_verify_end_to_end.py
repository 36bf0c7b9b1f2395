"""`fourways verify` with a second fake for the cloud, one that is made to differ: it finds what was planted, and loses nothing."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fourways.cli import verify
from fourways.cli.verify_run import Guard, Side, Why
from fourways.cli.workspace import copy_workspace
from fourways.cloud import clients
from fourways.fakes.wire.messages import Request, Response
from fourways.verify import copies, report
from fourways.verify.money import TEARDOWN_MINUTES, Purse
from fourways.verify.replay import replay
from stacks.stack_file import read_config
from tests.verify.other_cloud import OtherCloud, field, other_cloud, plant, refusal
from tests.verify.replay_stage import stage

STACK = "mu-singapore"
LONG = {"create": 40.0, "update": 40.0}
"""Fake seconds of transitions that no look may miss."""
ENDLESS = {"create": 1e7}


def pending(asked: str, _: Request, response: Response) -> Response:
    """Another word for Waiting."""
    return (
        Response(response.status, response.body.replace(b'"Status":"Waiting"', b'"Status":"Pending"'), response.headers)
        if (asked == "DescribeService")
        else response
    )


def other_gateway(asked: str, _: Request, response: Response) -> Response:
    """403 where the fake's gateway answers 401."""
    return Response(403, response.body, response.headers) if response.status == 401 and asked.endswith("/models") else response


PLANTS = (
    field("DescribeVpcAttribute", lambda body: body.update(Ipv6Isp="BGP")),
    field("DescribeService", lambda body: body.pop("Source", None)),
    field("ListServiceInstances", lambda body: [row.update(InstancePort=str(row["InstancePort"])) for row in body["Instances"]]),
    field("DescribeResource", lambda body: body.update(Status="Ready")),
    refusal("DescribeSecurityGroupAttribute", "InvalidSecurityGroupId.NotFound", 400, "InvalidGroupId.Malformed"),
    pending,
    other_gateway,
)
PLANTED = {
    ("up", "VPC", "missing", "Ipv6Isp"),
    ("up", "service", "extra", "Source"),
    ("update", "service", "extra", "Source"),
    ("up", "service's instances", "type", "Instances[].InstancePort"),
    ("update", "service's instances", "type", "Instances[].InstancePort"),
    ("up", "resource group", "values", "Status"),
    ("update", "resource group", "values", "Status"),
    ("up", "security group that is not there", "status", ""),
    ("up", "security group that is not there", "code", ""),
    ("destroy", "security group afterwards", "status", ""),
    ("destroy", "security group afterwards", "code", ""),
    ("up", "models with a wrong token", "status", ""),
    ("up", "models without a token", "status", ""),
    ("update", "models with a wrong token", "status", ""),
    ("update", "models without a token", "status", ""),
}


@dataclass
class Done:
    """A whole run of the command, and the cloud that it ran on."""

    cloud: OtherCloud
    result: subprocess.CompletedProcess[str]
    path: Path
    folder: Path

    @property
    def report(self) -> report.Report:
        return report.read(self.path)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "fourways.cli.main", "verify", *arguments, STACK]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Done]:
    folder = tmp_path_factory.mktemp("verify")
    path = folder / "report.yaml"
    with other_cloud(folder, *PLANTS, seconds=LONG) as cloud:
        arguments = command("--cloud", "--yes", "--budget", "1000", "--write", str(path))
        result = subprocess.run(arguments, env=cloud.environment, capture_output=True, text=True, check=False)
        yield Done(cloud, result, path, folder)


def test_exactly_what_was_planted_is_found(done: Done) -> None:
    assert done.result.returncode == verify.DIFFERS, done.result.stdout + done.result.stderr
    answers = {
        (one.step, one.request.name, difference.kind, difference.path) for one in done.report.answers for difference in one.differences
    }
    assert answers == PLANTED
    assert {one.step for one in done.report.statuses} == {"up", "update"}
    assert all("Pending" in one.cloud and "Pending" not in one.fake for one in done.report.statuses)
    assert done.report.outcomes == ()
    assert done.report.unanswered == ()
    assert done.report.target == "fake"


def test_it_says_what_it_buys_and_what_differs(done: Done) -> None:
    said = done.result.stdout
    assert said.startswith("target: ")
    assert "216.00 CNY" in said
    assert "teardown begins after" in said
    assert "Nothing with the run's tags is left in ap-southeast-1." in said
    assert "security group that is not there: error code InvalidGroupId.Malformed from the cloud" in said
    assert str(done.path) in said


def test_nothing_is_left_and_nothing_was_asked_that_is_unknown(done: Done) -> None:
    assert done.cloud.open_bills() == []
    assert done.cloud.cloud.inventory() == []
    assert not done.cloud.cloud.requests.unknown


def test_the_report_holds_nothing_of_the_account(done: Done) -> None:
    text = done.path.read_text()
    made = {row["id"] for row in done.cloud.cloud.ledger.rows() if "id" in row} | {
        row["resource"] for row in done.cloud.cloud.ledger.rows()
    }
    assert made
    values = {done.cloud.secret, "other-cloud-key", done.cloud.environment["ALICLOUD_ACCOUNT_ID"], *made}
    assert [value for value in values if value in text] == []
    assert re.search(r"(vpc|vsw|sg|eas-r|eas-m)-[a-z0-9]{6,}", text) is None
    assert "127.0.0.1" not in text
    assert done.cloud.secret not in done.result.stdout + done.result.stderr


def test_everything_made_carried_the_runs_tags(done: Done) -> None:
    """What a killed run leaves is found by `fourways sweep`, and may be deleted once it has expired."""
    about = json.loads(next((done.folder / "runs").glob("*/run.json")).read_text())
    bodies = [row for row in done.cloud.cloud.requests.rows if row["action"] in ("CreateVpc", "CreateService", "CreateResource")]
    assert {row["action"] for row in bodies} == {"CreateVpc", "CreateService", "CreateResource"}
    for row in bodies:
        text = json.dumps(row)
        for value in (about["stack"], about["expires_at"], "benchmark"):
            assert value in text or row["status"] >= 400, row["action"]
    names = [row for row in done.cloud.cloud.requests.rows if row["action"] in ("CreateVpc", "CreateVSwitch", "CreateSecurityGroup")]
    assert all(about["run"] in json.dumps(row["parameters"]) for row in names)


def test_no_tracked_file_changes(done: Done) -> None:
    assert done.result.returncode == verify.DIFFERS
    root = Path(__file__).resolve().parents[2]
    assert sorted(path.name for path in (root / "stacks").glob("Pulumi.verify-*")) == []


def test_the_file_is_red_on_this_fake_and_green_on_one_that_has_learnt(done: Done) -> None:
    with stage(done.report.region) as here:
        red = replay(done.report, here.asker, here.scene)
    assert len(red) == len(PLANTED) + 2
    assert not any(verdict.agrees for verdict in red)
    with stage(done.report.region) as here:
        plant(here.cloud, *PLANTS)
        green = replay(done.report, here.asker, here.scene)
    assert len(green) == len(red)
    assert [verdict.what for verdict in green if not verdict.agrees] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("--budget", "100"), "--cloud"), (("--cloud",), "no budget"), (("--cloud", "--budget", "1"), "does not last")],
)
def test_refused_before_anything_is_bought(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    with other_cloud(tmp_path) as cloud:
        result = subprocess.run(command(*arguments), env=cloud.environment, capture_output=True, text=True, check=False)
        assert result.returncode == 2, result.stdout + result.stderr
        assert said in result.stderr
        assert "Traceback" not in result.stderr
        assert not any(action.startswith("Create") for action in cloud.cloud.requests.actions)


def cloud_side(monkeypatch: pytest.MonkeyPatch, cloud: OtherCloud, guard: Guard) -> Side:
    """The cloud's half of a run in this process, as the command makes it, without the rehearsal before it."""
    for name, value in cloud.environment.items():
        monkeypatch.setenv(name, value)
    for name in set(os.environ) - set(cloud.environment):
        if name.startswith(("PULUMI_", "FOURWAYS_FAKE_FOLDER")):
            monkeypatch.delenv(name)
    clients.forget()
    run = copies.run_id()
    workspace = copy_workspace(Path(cloud.environment["FOURWAYS_VERIFY_FOLDER"]) / run)
    made = copies.ephemeral(read_config(verify.stack_file(STACK)), run, datetime.now(UTC))
    settings = verify._write(workspace, copies.stack_name(run), made)
    workspace.read("stack", "init", "--non-interactive", "--stack", settings.stack)
    return verify._side("cloud", workspace, settings, lambda sequence: sequence.look(), 0.2, guard, made)


def test_the_budget_stops_it_and_everything_is_taken_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The price runs on the fake's own, fast clock, and the service never comes up: only the budget can end this."""
    with other_cloud(tmp_path, speed=60, seconds=ENDLESS) as cloud:
        hourly, minutes = Decimal(216), TEARDOWN_MINUTES + 15
        purse = Purse(limits={"CNY": hourly * minutes / 60}, hourly={"CNY": hourly})
        stopped, clean = verify._run(cloud_side(monkeypatch, cloud, Guard(purse=purse, clock=cloud.cloud.clock.now)))
        assert stopped is not None
        assert stopped.why is Why.budget
        assert clean
        assert cloud.cloud.ledger.rows() != []
        assert cloud.open_bills() == []
        assert cloud.cloud.inventory() == []


def test_ctrl_c_in_the_middle_ends_in_a_destroy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice, as impatient people press it: the second one does not cut the destroy short."""
    with other_cloud(tmp_path, seconds=ENDLESS) as cloud:

        def press(asked: str, _: Request, response: Response) -> Response:
            if asked in ("CreateService", "DeleteService"):
                threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
            return response

        plant(cloud.cloud, press)
        stopped, clean = verify._run(cloud_side(monkeypatch, cloud, Guard()))
        assert stopped is not None
        assert stopped.why is Why.interrupted
        assert clean
        assert cloud.cloud.ledger.rows() != []
        assert cloud.open_bills() == []
        assert cloud.cloud.inventory() == []


def test_a_destroy_that_fails_is_tried_again_and_what_is_left_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pulumi cannot delete the group at all; the look by tags finds its machines and deletes them."""
    with other_cloud(tmp_path) as cloud:
        side = cloud_side(monkeypatch, cloud, Guard())

        def pulumi_ends(step: Any, *_: Any) -> int:
            ran.append(step.name)
            return 0 if step.name == "up" and real(step, [], lambda _: None) == 0 else 1

        ran: list[str] = []
        real = side._pulumi
        monkeypatch.setattr(side, "_pulumi", pulumi_ends)
        side.step(verify_step("up"))
        assert cloud.open_bills() != []
        assert side.tear_down() is False
        assert ran == ["up", "destroy", "refresh before the second destroy", "destroy"]
        assert verify._nothing_left(side)
        assert cloud.open_bills() == []
        assert cloud.cloud.inventory() == []


def verify_step(name: str) -> Any:
    from fourways.verify.steps import STEPS

    return next(step for step in STEPS if step.name == name)
