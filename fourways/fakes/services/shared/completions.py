"""An OpenAI-compatible engine as vLLM is one: requests are checked and refused in its words, answers have its shapes.

Wordings of refusals: vLLM's `sampling_params.py` (`_verify_args`) and `entrypoints/openai/` (`serving_engine.py`, `protocol.py`), as
quoted by its clients; nothing was compared with a running vLLM.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fourways.fakes.services.shared import curves, tokens


class RefusedError(Exception):
    """An answer of the engine that is no completion: status and error body."""

    def __init__(self, status: int, message: str, kind: str = "BadRequestError", param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.param = param
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": status}}


@dataclass(frozen=True)
class Engine:
    """`names`: the first is the one in answers. `context` in tokens; `requests` at once a replica, or None where unsaid."""

    names: tuple[str, ...]
    context: int
    requests: int | None


@dataclass(frozen=True)
class Job:
    """One checked request. `chat` tells the two endpoints apart; `cached_tokens` came from a prefix cache (None: there is none)."""

    id: str
    chat: bool
    model: str
    created: int
    prompt_tokens: int
    completion: tuple[str, ...]
    finish_reason: str
    choices: int
    stream: bool
    include_usage: bool
    cached_tokens: int | None = None

    @property
    def usage(self) -> dict[str, Any]:
        made = len(self.completion) * self.choices
        return {
            "prompt_tokens": self.prompt_tokens,
            "total_tokens": self.prompt_tokens + made,
            "completion_tokens": made,
            "prompt_tokens_details": None if self.cached_tokens is None else {"cached_tokens": self.cached_tokens},
        }


def accept(raw: bytes, engine: Engine, *, chat: bool, now: float) -> Job:
    """Raises RefusedError for what the engine refuses."""
    data = _parse(raw, "messages" if chat else "prompt")
    model = data.get("model")
    if model is not None and model not in engine.names:
        raise RefusedError(404, f"The model `{model}` does not exist.", "NotFoundError", "model")
    _check_numbers(data)
    if data.get("stream_options") and not data.get("stream"):
        raise RefusedError(400, "Stream options can only be defined when `stream=True`.")
    prompt = _messages(data["messages"]) if chat else _prompt(data["prompt"])
    most = (data.get("max_completion_tokens") or data.get("max_tokens")) if chat else data.get("max_tokens", 16)
    if prompt >= engine.context:
        raise RefusedError(
            400,
            f"This model's maximum context length is {engine.context} tokens. However, your request has {prompt} input tokens. "
            "Please reduce the length of the input messages.",
        )
    if most is not None and most > engine.context - prompt:
        raise RefusedError(
            400,
            f"'max_tokens' or 'max_completion_tokens' is too large: {most}. This model's maximum context length is {engine.context} tokens "
            f"and your request has {prompt} input tokens ({most} > {engine.context} - {prompt}).",
        )
    room = most if most is not None else engine.context - prompt
    natural = room if data.get("ignore_eos") else curves.default_completion_tokens()
    length = min(room, max(natural, data.get("min_tokens") or 0))
    identity = hashlib.sha256(raw + str(now).encode()).hexdigest()[:32]
    return Job(
        id=f"{'chatcmpl' if chat else 'cmpl'}-{identity}",
        chat=chat,
        model=model or engine.names[0],
        created=int(now),
        prompt_tokens=prompt,
        completion=tuple(tokens.answer(length)),
        finish_reason="length" if length == room and (natural >= room) else "stop",
        choices=data.get("n") or 1,
        stream=bool(data.get("stream")),
        include_usage=bool((data.get("stream_options") or {}).get("include_usage")),
    )


def _parse(raw: bytes, required: str) -> dict[str, Any]:
    try:
        data = json.loads(raw)
    except ValueError as error:
        raise RefusedError(400, f"[{{'type': 'json_invalid', 'loc': ('body',), 'msg': 'JSON decode error: {error}'}}]") from None
    if not isinstance(data, dict):
        raise RefusedError(400, "[{'type': 'model_attributes_type', 'loc': ('body',), 'msg': 'Input should be a valid dictionary'}]")
    if required not in data:
        raise RefusedError(400, f"[{{'type': 'missing', 'loc': ('body', '{required}'), 'msg': 'Field required'}}]", param=required)
    return data


def _check_numbers(data: dict[str, Any]) -> None:
    for name in ("max_tokens", "max_completion_tokens", "n"):
        value = data.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise RefusedError(400, f"[{{'type': 'int_type', 'loc': ('body', '{name}'), 'msg': 'Input should be a valid integer'}}]")
        if value is not None and value < 1:
            raise RefusedError(400, f"{name.replace('max_completion_tokens', 'max_tokens')} must be at least 1, got {value}.", param=name)
    for name in ("temperature", "top_p", "presence_penalty", "frequency_penalty"):
        value = data.get(name)
        if value is not None and (not isinstance(value, int | float) or isinstance(value, bool)):
            raise RefusedError(400, f"[{{'type': 'float_type', 'loc': ('body', '{name}'), 'msg': 'Input should be a valid number'}}]")
    temperature, top_p = data.get("temperature"), data.get("top_p")
    if temperature is not None and temperature < 0:
        raise RefusedError(400, f"temperature must be non-negative, got {temperature}.", param="temperature")
    if top_p is not None and not 0 < top_p <= 1:
        raise RefusedError(400, f"top_p must be in (0, 1], got {top_p}.", param="top_p")
    for name in ("presence_penalty", "frequency_penalty"):
        value = data.get(name)
        if value is not None and not -2 <= value <= 2:
            raise RefusedError(400, f"{name} must be in [-2, 2], got {value}.", param=name)


def _messages(messages: Any) -> int:
    """Prompt tokens of a chat."""
    if not isinstance(messages, list) or not all(isinstance(message, dict) and "role" in message for message in messages):
        raise RefusedError(
            400, "[{'type': 'list_type', 'loc': ('body', 'messages'), 'msg': 'Input should be a valid list'}]", param="messages"
        )
    if not messages:
        raise RefusedError(400, "list index out of range")
    total = 0
    for message in messages:
        content = message.get("content") or ""
        parts = content if isinstance(content, list) else [{"text": content}]
        total += tokens.MESSAGE_OVERHEAD + sum(tokens.count(str(part.get("text", ""))) for part in parts)
    return total


def _prompt(prompt: Any) -> int:
    """Prompt tokens of a completion: a text, texts, or token numbers."""
    if isinstance(prompt, str):
        return tokens.count(prompt)
    if isinstance(prompt, list) and all(isinstance(part, str) for part in prompt):
        return sum(tokens.count(part) for part in prompt)
    if isinstance(prompt, list) and all(isinstance(part, int) for part in prompt):
        return len(prompt)
    raise RefusedError(400, "[{'type': 'string_type', 'loc': ('body', 'prompt'), 'msg': 'Input should be a valid string'}]", param="prompt")


def models(engine: Engine, created: float) -> dict[str, Any]:
    """GET /v1/models."""
    return {
        "object": "list",
        "data": [
            {
                "id": name,
                "object": "model",
                "created": int(created),
                "owned_by": "vllm",
                "root": engine.names[0],
                "parent": None,
                "max_model_len": engine.context,
            }
            for name in engine.names
        ],
    }


def whole(job: Job) -> dict[str, Any]:
    """The answer in one piece."""
    text = "".join(job.completion)
    choices: list[dict[str, Any]] = []
    for index in range(job.choices):
        said = {"message": {"role": "assistant", "content": text, "tool_calls": []}} if job.chat else {"text": text}
        choices.append({"index": index, **said, "logprobs": None, "finish_reason": job.finish_reason, "stop_reason": None})
    return {**_head(job, "chat.completion" if job.chat else "text_completion"), "choices": choices, "usage": job.usage}


def chunks(job: Job) -> Iterator[tuple[int, bytes]]:
    """The answer as server-sent events, each with the number of tokens that must have been made before it is sent."""
    head = _head(job, "chat.completion.chunk" if job.chat else "text_completion")
    usage = {"usage": None} if job.include_usage else {}

    def event(number: int, index: int, said: dict[str, Any], finish: str | None) -> tuple[int, bytes]:
        choice = {"index": index, **said, "logprobs": None, "finish_reason": finish}
        return number, _event({**head, "choices": [choice], **usage})

    if job.chat:
        for index in range(job.choices):
            yield event(1, index, {"delta": {"role": "assistant", "content": ""}}, None)
    last = len(job.completion)
    for number, piece in enumerate(job.completion, 1):
        for index in range(job.choices):
            yield event(
                number, index, {"delta": {"content": piece}} if job.chat else {"text": piece}, None if number < last else job.finish_reason
            )
    if job.include_usage:
        yield last, _event({**head, "choices": [], "usage": job.usage})
    yield last, b"data: [DONE]\n\n"


def _head(job: Job, kind: str) -> dict[str, Any]:
    return {"id": job.id, "object": kind, "created": job.created, "model": job.model}


def _event(data: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"
