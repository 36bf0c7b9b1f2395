"""`fourways verify` with a second fake for the cloud, one that is made to differ: it finds what was planted, and loses nothing."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fourways.cli import verify
from fourways.verify import report
from fourways.verify.replay import replay
from tests.verify.other_cloud import OtherCloud, command, other_cloud, plant
from tests.verify.planted import PLANTED, PLANTS
from tests.verify.replay_stage import stage

LONG = {"create": 40.0, "update": 40.0}
"""Fake seconds of transitions that no look may miss."""


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


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Done]:
    folder = tmp_path_factory.mktemp("verify")
    path = folder / "report.yaml"
    with other_cloud(folder, *PLANTS, seconds=LONG) as cloud:
        arguments = command("--cloud", "--yes", "--budget", "1000", "--write", str(path))
        result = subprocess.run(arguments, env=cloud.environment, capture_output=True, text=True, check=False)
        print(result.stdout)  # what a failing test shows
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
    assert re.search(r"(vpc|vsw|sg|eas-r|eas-m)-(?=[a-z]*[0-9])[a-z0-9]{6,}", text) is None
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
