"""A clock that is moved from transition to transition by somebody who looks in between: no state may pass unseen."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from fourways.fakes import admin
from fourways.fakes import clock as clocks
from fourways.fakes.clock import Clock
from fourways.fakes.cloud import Cloud
from fourways.fakes.services import SERVICES
from fourways.fakes.wire.messages import Request

HEADERS = {"host": "127.0.0.1:4566"}


class Seen:
    """What was called, and when."""

    def __init__(self) -> None:
        self.marks: list[str] = []

    def mark(self, name: str) -> None:
        self.marks.append(name)


def test_a_step_moves_to_the_transition_that_was_seen_and_no_further() -> None:
    clock, seen = Clock(stepped=True, start=1000.0), Seen()
    clock.after(10, seen.mark, "first")
    clock.after(20, seen.mark, "second")
    assert clock.step(1010.0)
    assert (seen.marks, clock.now()) == (["first"], 1010.0)


def test_a_step_waits_for_what_came_in_meanwhile() -> None:
    clock, seen = Clock(stepped=True, start=1000.0), Seen()
    clock.after(10, seen.mark, "seen before the look")
    due = clock.next_due()
    clock.after(2, seen.mark, "came in after it")
    assert due == 1010.0
    assert not clock.step(due)
    assert (seen.marks, clock.now()) == ([], 1000.0)


def test_speed_0_stands_still_until_it_is_moved_and_goes_on_afterwards() -> None:
    clock = Clock(start=1000.0)
    clock.set_speed(0)
    stood = clock.now()
    assert clock.now() == stood
    clock.advance(5)
    assert clock.now() == stood + 5
    clock.set_speed(2)
    assert not clock.stepped
    assert clock.speed == 2


class Machine:
    """The two clocks of a machine, moved by hand; what `time` is to the module under test."""

    def __init__(self) -> None:
        self.wall, self.since_boot = 5000.0, 50.0

    def time(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.since_boot

    def pass_by(self, seconds: float) -> None:
        self.wall, self.since_boot = self.wall + seconds, self.since_boot + seconds


@pytest.mark.parametrize(("speed", "stepped", "shown"), [(1.0, False, 1007.0), (200.0, False, 2400.0), (1.0, True, 1000.0)])
def test_a_clock_that_is_read_back_has_gone_on(monkeypatch: pytest.MonkeyPatch, speed: float, stepped: bool, shown: float) -> None:
    machine = Machine()
    monkeypatch.setattr(clocks, "time", machine)
    clock = Clock(speed=speed, stepped=stepped, start=1000.0)
    written = pickle.dumps(clock)
    machine.pass_by(3)
    before_the_kill = clock.now()
    machine.pass_by(4)
    machine.since_boot = 1.0  # another process may have another monotonic clock
    again: Clock = pickle.loads(written)
    assert again.now() >= before_the_kill
    assert again.now() == shown
    machine.pass_by(1)
    assert again.now() == shown + (0 if stepped else speed)


def test_a_wall_clock_that_was_set_back_moves_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine()
    monkeypatch.setattr(clocks, "time", machine)
    written = pickle.dumps(Clock(start=1000.0))
    machine.wall -= 3600
    again: Clock = pickle.loads(written)
    assert again.now() == 1000.0


def test_the_side_door_steps() -> None:
    cloud, seen = Cloud(SERVICES, clock=Clock(stepped=True, start=1000.0)), Seen()
    cloud.clock.after(10, seen.mark, "x")

    def ask(method: str, body: bytes = b"") -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(admin.handle(cloud, Request.build(method, "/_fake/clock", HEADERS, body)).body)
        return answer

    due = ask("GET")["next_due"]
    assert ask("POST", json.dumps({"step": due}).encode())["epoch"] == 1010.0
    assert seen.marks == ["x"]
