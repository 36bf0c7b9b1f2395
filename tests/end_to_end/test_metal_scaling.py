"""A bare-metal stack whose machines follow its queue: more under load, fewer without, all gone in the end."""

from __future__ import annotations

from typing import Any

from tests.end_to_end.asking import ask
from tests.end_to_end.conftest import Run

STACK = "metal-singapore"
REGION = "ap-southeast-1"
TARGET = 10
#: Fake seconds: three periods of a minute above the target, and a machine's start; and what follows the cooldown.
UNTIL_MORE, UNTIL_LESS = 600.0, 900.0
SCALING = {"min": 2, "max": 4, "metric": "queue", "target": TARGET, "cooldownSeconds": 60}


def machines(run: Run) -> list[str]:
    """Ids of the machines that run and are not on their way out."""
    return [row["id"] for row in run.fake.ask("state") if row["kind"] == "instance" and row["status"] == "Running"]


def load(run: Run, requests: int) -> None:
    """So many requests on each machine: what its GPUs do not take at once, waits."""
    for id in machines(run):
        run.fake.ask("console/engine-load", "POST", {"instanceId": id, "requests": requests, "region": REGION})


def test_machines_follow_the_queue(run: Run) -> None:
    run.pulumi("stack", "init", STACK, "--non-interactive")
    run.configure(STACK, {"access": {"allow": ["0.0.0.0/0"]}})
    run.serve(STACK, scaling=SCALING, drainSeconds=30)
    run.up(STACK)
    outputs: dict[str, Any] = run.workspace.outputs(STACK)
    assert ask(run, outputs) == "deepseek-v4-flash"
    assert len(machines(run)) == 2
    run.settled(STACK)

    load(run, 10_000)
    run.fake.ask("clock", "POST", {"advance": UNTIL_MORE})
    grown = len(machines(run))
    assert 3 <= grown <= 4
    run.settled(STACK)  # what the rules have made of the size is no change

    load(run, 0)
    run.fake.ask("clock", "POST", {"advance": UNTIL_LESS})
    assert 2 <= len(machines(run)) < grown
    assert ask(run, outputs)


def test_nothing_is_left(run: Run) -> None:
    run.destroy(STACK)
    run.nothing_is_left()
