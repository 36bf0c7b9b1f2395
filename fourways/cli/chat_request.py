"""Chat requests to a stack's endpoint, with nothing but its outputs. Errors never show the key."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from fourways.cli.errors import UserError

PROMPT = "In one sentence: what is infrastructure as code?"
#: Seconds to connect, and to wait for the next bytes: a replica that reads a long prompt is silent until its first token.
TIMEOUTS = (10, 120)

Message = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How the model is to answer; None leaves a setting to the server. `max_tokens` counts tokens of the answer."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None

    def fields(self) -> dict[str, Any]:
        """As the request's body has them."""
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class Answer:
    """Text of the answer, token counts as the server's `usage` states them, and the seconds it took."""

    text: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float


@dataclass
class Stream:
    """An answer as it comes. `pieces` yields (kind, text), kind being `content` or `reasoning`; the rest is known when it has ended.

    `first` are the seconds to the first piece, None before it; counts are the server's `usage`, None where it states none.
    """

    pieces: Iterator[tuple[str, str]] = field(default_factory=lambda: iter(()))
    first: float | None = None
    seconds: float = 0.0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


def chat(outputs: Mapping[str, Any], prompt: str = PROMPT, ca: Path | None = None, max_tokens: int = 48) -> Answer:
    """Ask for one whole answer. `ca` is what the server's certificate must be signed by, None for the system's roots. Raises UserError."""
    started = time.perf_counter()
    with _post(outputs, [{"role": "user", "content": prompt}], Sampling(max_tokens=max_tokens), ca, stream=False) as response:
        try:
            data = response.json()
            text = data["choices"][0]["message"]["content"]
        except (ValueError, LookupError, TypeError) as error:
            raise UserError(f"{response.url} answered no chat completion: {response.text[:500]}") from error
    usage = data.get("usage") or {}
    seconds = time.perf_counter() - started
    return Answer(text, int(usage.get("prompt_tokens", 0)), int(usage.get("completion_tokens", 0)), seconds)


def stream(outputs: Mapping[str, Any], messages: Sequence[Message], sampling: Sampling, ca: Path | None = None) -> Stream:
    """Ask for an answer piece by piece (server-sent events). Raises UserError at once or while it is read."""
    answer = Stream()
    started = time.perf_counter()
    response = _post(outputs, messages, sampling, ca, stream=True)
    answer.pieces = _pieces(response, answer, started)
    return answer


def _pieces(response: requests.Response, answer: Stream, started: float) -> Iterator[tuple[str, str]]:
    with response:
        try:
            for event in _events(response):
                usage = event.get("usage")
                if isinstance(usage, Mapping):
                    answer.prompt_tokens, answer.completion_tokens = usage.get("prompt_tokens"), usage.get("completion_tokens")
                for kind, text in _deltas(event):
                    answer.first = time.perf_counter() - started if answer.first is None else answer.first
                    yield kind, text
        except requests.RequestException as error:
            raise UserError(f"the answer of {response.url} broke off ({type(error).__name__})") from error
    answer.seconds = time.perf_counter() - started


def _events(response: requests.Response) -> Iterator[Mapping[str, Any]]:
    """The JSON objects of the `data:` lines, up to [DONE]. Raises UserError for an error that comes as an event."""
    # By line and undecoded: a piece may end in the middle of a character, a line does not.
    for line in response.iter_lines(chunk_size=1):
        name, _, data = line.partition(b":")
        if name != b"data":
            continue
        data = data.strip()
        if data == b"[DONE]":
            return
        try:
            event = json.loads(data)
        except ValueError as error:
            raise UserError(f"{response.url} sent what is no event: {data[:200].decode(errors='replace')}") from error
        if not isinstance(event, Mapping):
            continue
        if event.get("error"):
            raise UserError(f"{response.url} ended the answer with an error: {json.dumps(event['error'])[:500]}")
        yield event


def _deltas(event: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for choice in event.get("choices") or ():
        delta = choice.get("delta") or {}
        # vLLM renamed `reasoning_content`, which SGLang and Model Studio send, to `reasoning`.
        if thought := delta.get("reasoning_content") or delta.get("reasoning"):
            yield "reasoning", str(thought)
        if text := delta.get("content"):
            yield "content", str(text)


def _post(
    outputs: Mapping[str, Any], messages: Sequence[Message], sampling: Sampling, ca: Path | None, *, stream: bool
) -> requests.Response:
    missing = [name for name in ("base_url", "api_key", "model") if not outputs.get(name)]
    if missing:
        raise UserError(f"the stack has no output {', '.join(missing)}: is it up? (`pulumi up`)")
    url = f"{outputs['base_url']}/chat/completions"
    body = {"model": outputs["model"], "messages": list(messages), **sampling.fields()}
    if stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    headers = {"authorization": f"Bearer {outputs['api_key']}"}
    try:
        response = requests.post(
            url,
            json=body,
            headers=headers,
            stream=stream,
            timeout=TIMEOUTS,
            verify=True if ca is None else str(ca),
            # The key must not be carried to wherever the answer points.
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise UserError(f"{url} cannot be reached ({_reason(error)})") from error
    if response.status_code != 200:
        raise UserError(f"{url} answered {response.status_code}: {response.text[:500]}")
    return response


def _reason(error: requests.RequestException) -> str:
    """Of an error whose text is a chain of other errors, what went wrong."""
    inner = error.args[0] if error.args else error
    return str(getattr(inner, "reason", inner) or type(error).__name__)
