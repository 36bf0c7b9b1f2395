"""Chat requests as `fourways smoke` and `fourways chat` send them: what a server may answer, and what a user is told of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import responses

from fourways.cli.chat import harmless
from fourways.cli.chat_request import Sampling, Stream, chat, stream
from fourways.cli.errors import UserError

KEY = "sk-very-secret"
OUTPUTS = {"base_url": "https://endpoint.test/v1", "api_key": KEY, "model": "flash"}
URL = "https://endpoint.test/v1/chat/completions"
ASKED = [{"role": "user", "content": "hi"}]


@pytest.fixture
def server() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def events(*found: Any, done: bool = True) -> bytes:
    lines = [": a comment", *[f"data: {json.dumps(one, ensure_ascii=False)}" for one in found], *(["data: [DONE]"] if done else [])]
    return "\n\n".join(lines).encode() + b"\n\n"


def delta(**fields: str) -> dict[str, Any]:
    return {"choices": [{"delta": fields}]}


def read(given: Stream) -> list[tuple[str, str]]:
    return list(given.pieces)


def test_a_streamed_answer_comes_in_pieces_with_the_servers_counts(server: responses.RequestsMock) -> None:
    usage = {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}}
    server.post(URL, body=events(delta(role="assistant"), delta(reasoning="hm"), delta(content="gr\u00fc"), delta(content="ezi"), usage))
    answer = stream(OUTPUTS, ASKED, Sampling(temperature=0.0, max_tokens=9))
    assert read(answer) == [("reasoning", "hm"), ("content", "grü"), ("content", "ezi")]
    assert (answer.prompt_tokens, answer.completion_tokens) == (7, 3)
    assert answer.first is not None
    sent = json.loads(server.calls[0].request.body or b"")
    assert sent["stream_options"] == {"include_usage": True}
    assert (sent["temperature"], sent["max_tokens"], "top_p" in sent) == (0.0, 9, False)
    assert server.calls[0].request.headers["authorization"] == f"Bearer {KEY}"


def test_without_usage_nothing_is_made_up(server: responses.RequestsMock) -> None:
    server.post(URL, body=events(delta(reasoning_content="so"), delta(content="a"), done=False))
    answer = stream(OUTPUTS, ASKED, Sampling())
    assert read(answer) == [("reasoning", "so"), ("content", "a")]
    assert (answer.prompt_tokens, answer.completion_tokens) == (None, None)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (events(delta(content="a"), {"error": {"message": "out of memory"}}), "out of memory"),
        (b"data: {half\n\n", "no event"),
    ],
)
def test_an_answer_that_goes_wrong_says_so(server: responses.RequestsMock, body: bytes, said: str) -> None:
    server.post(URL, body=body)
    with pytest.raises(UserError, match=said):
        read(stream(OUTPUTS, ASKED, Sampling()))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"status": 401, "body": "401 Authorization Failed"}, "answered 401: 401 Authorization Failed"),
        ({"status": 301, "headers": {"location": "https://elsewhere.test/"}}, "answered 301"),
        ({"status": 200, "body": "<html>"}, "no chat completion: <html>"),
        ({"status": 200, "json": {"choices": []}}, "no chat completion"),
        ({"body": ConnectionError("refused")}, "cannot be reached"),
    ],
)
def test_what_is_no_answer_is_told_without_the_key(server: responses.RequestsMock, answer: dict[str, Any], said: str) -> None:
    if isinstance(answer.get("body"), Exception):
        import requests

        answer = {"body": requests.ConnectionError("refused")}
    server.post(URL, **answer)
    with pytest.raises(UserError, match=said) as raised:
        chat(OUTPUTS)
    assert KEY not in str(raised.value)
    assert len(server.calls) == 1  # the key is not carried to where a redirect points


def test_an_answer_cannot_steer_the_terminal() -> None:
    assert harmless("a\x1b]52;c;aGk=\x07b\n\tü") == "a]52;c;aGk=b\n\tü"


def test_a_stack_that_is_not_up_is_told() -> None:
    with pytest.raises(UserError, match="no output api_key, model: is it up"):
        chat({"base_url": "https://endpoint.test/v1"})
