"""One request at a time against an endpoint that does what a test says: what is stamped, counted and called an error."""

from __future__ import annotations

import asyncio
import itertools
import random
from typing import Any

import pytest

from fourways.benchmark import counting, wire
from fourways.benchmark.answer import Answer
from fourways.benchmark.lane import Lane, Manner
from fourways.benchmark.retries import Retry
from fourways.benchmark.samples import Sample
from fourways.benchmark.target import Target
from fourways.benchmark.workload import Ask
from tests.benchmark.endpoint import DONE, Reply, data, delta, endpoint, full, usage

ASK = Ask(0, "one two three", 3, 4)


def _ask(target: Target, manner: Manner | None = None, ask: Ask = ASK) -> Sample:
    async def run() -> Sample:
        lane = Lane(target, target.tls(), manner or Manner(timeout=30), random.Random(0))
        try:
            await lane.open()
            return await lane.ask(ask, Sample(0))
        finally:
            await lane.close()

    return asyncio.run(run())


def _answer(*pieces: bytes, **more: Any) -> Sample:
    with endpoint(lambda *_: Reply(pieces, **more)) as server:
        return _ask(server.target)


def test_a_whole_answer() -> None:
    with endpoint(lambda _, body: full(body, cached=2)) as server:
        sample = _ask(server.target)
    asked = server.asked[0]
    assert asked == {
        "model": "m",
        "messages": [{"role": "user", "content": "one two three"}],
        "max_tokens": 4,
        "stream": True,
        "stream_options": {"include_usage": True},
        "ignore_eos": True,
    }
    assert (sample.error, sample.status, sample.attempts) == ("", 200, 1)
    assert (sample.prompt_tokens, sample.cached_tokens, sample.output_tokens, sample.count) == (3, 2, 4, "usage")
    # Two chunks of text; the empty role chunk is none.
    assert len(sample.chunks) == 2
    assert sample.first_sent == sample.sent <= sample.first == sample.chunks[0] <= sample.last == sample.chunks[-1] <= sample.ended


def test_reasoning_is_the_first_token_and_an_empty_role_chunk_is_not() -> None:
    sample = _answer(
        delta("", role="assistant"), delta(None, reasoning_content="so"), delta(None, reasoning="then"), delta("x", finish="length"),
        usage(3, 4), DONE,
    )  # fmt: skip
    assert len(sample.chunks) == 3
    assert sample.error == ""


def test_stamps_are_those_of_the_socket_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the protocol's clock is replaced: whatever time the reading task takes, chunks have the times of reads."""
    ticks = itertools.count(10**18)
    monkeypatch.setattr(wire, "perf_counter_ns", lambda: next(ticks))
    sample = _answer(delta("a"), delta("b"), delta("c", finish="length"), usage(3, 4), DONE)
    assert all(stamp >= 10**18 for stamp in [*sample.chunks, sample.ended])
    assert sorted(sample.chunks) == list(sample.chunks)


def test_an_event_has_the_time_of_the_read_that_completed_it() -> None:
    sample = Sample(0)
    answer = Answer(sample)
    body = delta("a") + delta("b") + delta("c", finish="length") + DONE
    middle = len(delta("a")) + 5
    answer.take(body[:middle], 1)
    answer.take(body[middle : len(body) - 3], 2)
    answer.take(body[len(body) - 3 :], 3)
    assert list(sample.chunks) == [1, 2, 2]
    assert sample.ended == 3


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply([b"{}"], status=429), "429"),
        (Reply([b"{}"], status=503), "5xx"),
        (Reply([b"{}"], status=450), "other"),
        (Reply([b"{}"], status=302, headers={"location": "http://127.0.0.1:1/"}), "other"),
        (Reply([delta("a"), data(error={"code": 429, "message": "slow down"})]), "429"),
        (Reply([delta("a"), data(error="gone")]), "other"),
        (Reply([delta("a"), delta("b", finish="length"), usage(3, 2), DONE]), "short_output"),
        (Reply([delta("a"), delta("b")]), "short_output"),
        (Reply([usage(3, 0), DONE]), "short_output"),
        (Reply([delta("a")], cut=True), "connection"),
        (Reply([data(choices=["x"])]), "other"),
        (Reply([delta("a", finish="length"), data(choices=[], usage={"completion_tokens": "many"})]), "other"),
    ],
)
def test_errors_have_a_class(reply: Reply, error: str) -> None:
    with endpoint(lambda *_: reply) as server:
        sample = _ask(server.target)
    assert sample.error == sample.first_error == error
    assert sample.status == reply.status
    assert sample.ended >= sample.sent > 0


def test_a_server_that_says_nothing_times_out() -> None:
    async def run() -> Sample:
        silent = await asyncio.start_server(lambda *_: asyncio.Event().wait(), "127.0.0.1", 0)
        port = silent.sockets[0].getsockname()[1]
        target = Target(base_url=f"http://127.0.0.1:{port}/v1", api_key="k", model="m")
        lane = Lane(target, True, Manner(timeout=0.05), random.Random(0))
        try:
            return await lane.ask(ASK, Sample(0))
        finally:
            await lane.close()
            silent.close()

    assert asyncio.run(run()).error == "timeout"


def test_nobody_there_is_a_connection_error() -> None:
    with endpoint(lambda _, body: full(body)) as server:
        gone = server.target
    assert _ask(gone).error == "connection"


def test_an_answer_that_the_model_ends_is_marked_where_it_cannot_be_made_to_go_on() -> None:
    pieces = (delta("a"), delta("b", finish="stop"), usage(3, 2), DONE)
    with endpoint(lambda *_: Reply(pieces)) as server:
        free, held = _ask(server.target, Manner(timeout=30, ignore_eos=False)), _ask(server.target)
    assert (free.error, free.stopped) == ("", True)
    assert (held.error, held.stopped) == ("short_output", True)
    assert "ignore_eos" not in server.asked[0]


def test_overflow_of_a_reservation_is_seen() -> None:
    assert _answer(delta("a", finish="length"), usage(3, 4), DONE, headers={"x-dashscope-ptu-overflow": "true"}).overflow
    assert not _answer(delta("a", finish="length"), usage(3, 4), DONE).overflow


def test_without_usage_tokens_are_counted_and_that_is_flagged() -> None:
    pieces = (delta("one two"), delta(" three four five", finish="length"), DONE)
    plain, counted = _answer(*pieces), _answer(*pieces)
    assert (plain.count, plain.output_tokens) == ("chunks", 2)
    counting.fill([counted], counting.tokenizer())
    assert (counted.count, counted.output_tokens, counted.text) == ("tokenizer", 5, "")
    counting.fill([plain], None)
    assert (plain.count, plain.output_tokens) == ("chunks", 2)


def test_retry_after_is_honoured_and_the_first_answer_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def no_wait(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("fourways.benchmark.lane._rest", no_wait)
    script = [Reply([b"{}"], status=429, headers={"retry-after": "7"}), Reply([b"{}"], status=503)]
    with endpoint(lambda number, body: script[number] if number < 2 else full(body)) as server:
        sample = _ask(server.target, Manner(timeout=30, retry=Retry.exponential))
    assert (sample.error, sample.first_error, sample.attempts, sample.status) == ("", "429", 3, 200)
    assert waits[0] == 7
    assert 0.5 <= waits[1] <= 1.0
    assert sample.first_sent < sample.sent < sample.first


def test_an_answer_that_had_begun_is_not_asked_for_again() -> None:
    with endpoint(lambda *_: Reply([delta("a")], cut=True)) as server:
        sample = _ask(server.target, Manner(timeout=30, retry=Retry.exponential))
    assert (sample.error, sample.attempts, len(server.asked)) == ("connection", 1, 1)
    assert sample.first == sample.chunks[0]


def test_a_lane_keeps_one_connection_and_says_when_it_had_to_open_it() -> None:
    async def run(target: Target) -> list[bool]:
        lane = Lane(target, True, Manner(timeout=30), random.Random(0))
        try:
            await lane.open()
            return [(await lane.ask(ASK, Sample(number))).connected for number in range(3)]
        finally:
            await lane.close()

    with endpoint(lambda _, body: full(body)) as server:
        assert asyncio.run(run(server.target)) == [False] * 3
        assert len(server.connections) == 1
