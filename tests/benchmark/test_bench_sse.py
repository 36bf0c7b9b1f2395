"""Events come out the same however the bytes come in, and each has its place in the body."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fourways.benchmark.sse import Event, Parser
from tests.benchmark.endpoint import DONE, data, delta, usage

BODY = b"".join(
    [
        b": a comment\n\n",
        delta("", role="assistant"),
        delta(None, reasoning_content="思考"),
        delta(None, reasoning="hm").replace(b"\n", b"\r\n"),
        b"event: message\n" + delta(" caf\u00e9".replace("\u00e9", "é"), finish="stop"),
        b"data: no json\n\n",
        b"data: [1]\n\n",
        data(error={"code": 503, "message": "gone"}),
        usage(7, 3, 2),
        DONE,
    ]
)


def _events(pieces: list[bytes]) -> list[Event]:
    parser = Parser()
    return [event for piece in pieces for event in parser.feed(piece)]


def test_what_counts_as_a_piece_of_the_answer() -> None:
    events = _events([BODY])
    assert [event.text for event in events] == ["", "思考", "hm", " café", "", "", ""]
    assert [event.finish for event in events if event.finish] == ["stop"]
    assert events[4].error == {"code": 503, "message": "gone"}
    assert events[5].usage == {"prompt_tokens": 7, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 2}}
    assert events[6].done


@given(st.lists(st.integers(0, len(BODY)), max_size=60))
def test_the_same_whatever_the_reads(cuts: list[int]) -> None:
    ends = sorted({0, len(BODY), *cuts})
    pieces = [BODY[begin:end] for begin, end in pairwise(ends)]
    assert _events(pieces) == _events([BODY])
