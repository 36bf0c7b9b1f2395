"""A clock that is moved from transition to transition by somebody who looks in between: no state may pass unseen."""

from __future__ import annotations

import json
from typing import Any

from fourways.fakes import admin
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


def test_the_side_door_steps() -> None:
    cloud, seen = Cloud(SERVICES, clock=Clock(stepped=True, start=1000.0)), Seen()
    cloud.clock.after(10, seen.mark, "x")

    def ask(method: str, body: bytes = b"") -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(admin.handle(cloud, Request.build(method, "/_fake/clock", HEADERS, body)).body)
        return answer

    due = ask("GET")["next_due"]
    assert ask("POST", json.dumps({"step": due}).encode())["epoch"] == 1010.0
    assert seen.marks == ["x"]
