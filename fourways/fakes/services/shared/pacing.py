"""A completion as an answer that takes its time: in one piece, or as server-sent events at the pace of the made-up curves."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fourways.fakes.clock import Clock
from fourways.fakes.services.shared import completions, curves
from fourways.fakes.wire.messages import Response


def respond(clock: Clock, job: completions.Job, wait: float, pace: curves.Pace, done: Callable[[], None] | None = None) -> Response:
    """Work on `job` begins in `wait` seconds of the fake. A stepped clock waits for nobody: then the answer is there at once."""
    speed = 0.0 if clock.stepped else 1 / clock.speed  # real seconds a fake second
    if not job.stream:
        response = Response.of_json(completions.whole(job))
        response.delay = (wait + pace.first + pace.each * max(0, len(job.completion) - 1)) * speed
        response.done = done
        return response
    headers = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}
    return Response(200, headers=headers, stream=_paced(job, wait * speed, pace, speed), done=done)


def _paced(job: completions.Job, wait: float, pace: curves.Pace, speed: float) -> Iterator[tuple[float, bytes]]:
    """Chunks, each with the real seconds since the one before it."""
    sent, made = 0.0, 0
    for number, chunk in completions.chunks(job):
        if number > made:
            due = wait + (pace.first + pace.each * (number - 1)) * speed
            yield due - sent, chunk
            sent, made = due, number
        else:
            yield 0.0, chunk
