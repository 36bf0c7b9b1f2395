"""`fourways verify` when it must not go on: refused before it buys, or stopped and taken down. The cloud is a second fake."""

from __future__ import annotations

import os
import signal
import subprocess
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fourways import cleanup
from fourways.cli import verify
from fourways.cli.guarded import Why
from fourways.cli.verify_run import PurseGuard, Side
from fourways.cli.workspace import copy_workspace
from fourways.cloud import clients
from fourways.fakes.wire.messages import Request, Response
from fourways.verify import copies
from fourways.verify.money import TEARDOWN_MINUTES, Purse
from fourways.verify.steps import STEPS
from stacks.stack_file import read_config
from tests.verify.other_cloud import STACK, OtherCloud, command, other_cloud, plant

ENDLESS = {"create": 1e7}
"""Fake seconds: a service that never comes up."""


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


def cloud_side(monkeypatch: pytest.MonkeyPatch, cloud: OtherCloud, guard: PurseGuard) -> Side:
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
    """The price runs on the fake's clock, which jumps on while the service is made, and the service never comes up: only the budget can
    end this."""
    with other_cloud(tmp_path, speed=1, seconds=ENDLESS) as cloud:
        hourly, minutes = Decimal(216), 60
        purse = Purse(limits={"CNY": hourly * (TEARDOWN_MINUTES + minutes) / 60}, hourly={"CNY": hourly})

        def time_flies(asked: str, _: Request, response: Response) -> Response:
            if asked == "CreateService":
                cloud.cloud.clock.advance(minutes * 60)
            return response

        plant(cloud.cloud, time_flies)
        stopped, clean = verify._run(cloud_side(monkeypatch, cloud, PurseGuard(purse=purse, clock=cloud.cloud.clock.now)))
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
            if asked in ("CreateService", "DeleteService"):  # before they are answered
                os.kill(os.getpid(), signal.SIGINT)
            return response

        plant(cloud.cloud, press)
        stopped, clean = verify._run(cloud_side(monkeypatch, cloud, PurseGuard()))
        assert stopped is not None
        assert stopped.why is Why.interrupted
        assert clean
        assert cloud.cloud.ledger.rows() != []
        assert cloud.open_bills() == []
        assert cloud.cloud.inventory() == []


def test_a_destroy_that_fails_is_tried_again_and_what_is_left_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pulumi cannot delete the group at all; the look by tags finds its machines and deletes them."""
    with other_cloud(tmp_path) as cloud:
        side = cloud_side(monkeypatch, cloud, PurseGuard())

        def pulumi_ends(step: Any, *_: Any) -> int:
            ran.append(step.name)
            return 0 if step.name == "up" and real(step, [], lambda _: None) == 0 else 1

        ran: list[str] = []
        real = side._pulumi
        monkeypatch.setattr(side, "_pulumi", pulumi_ends)
        side.step(STEPS[0])
        assert cloud.open_bills() != []
        assert side.tear_down() is False
        assert ran == ["up", "destroy", "refresh before the second destroy", "destroy"]
        found = cleanup.look(cleanup.RealCloud(), [side.asker.region], side.project)
        assert {thing.kind for thing in found} == {"eas-service", "eas-resource-group", "vpc", "vswitch", "security-group"}
        later = cleanup.Options(project=side.project, now=datetime.now(UTC) + timedelta(hours=copies.TTL_HOURS + 1))
        assert all(leftover.deletable for leftover in cleanup.plan(found, [], later))  # as after a kill -9: `fourways sweep` needs no name
        sooner = cleanup.Options(project=side.project, now=datetime.now(UTC))
        assert not any(leftover.deletable for leftover in cleanup.plan(found, [], sooner))  # a run that still goes on is left alone
        assert verify._nothing_left(side)
        assert cloud.open_bills() == []
        assert cloud.cloud.inventory() == []
