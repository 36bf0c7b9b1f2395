"""Server-sent events of a chat completion, from bytes as they come. Pure: no socket, no clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

try:  # four times as fast where it is installed, which matters at some 100,000 events a second
    import orjson

    _loads: Callable[[bytes], Any] = orjson.loads
except ImportError:  # pragma: no cover - results are the same
    _loads = json.loads


@dataclass(slots=True)
class Event:
    """One `data:` line. `text` is what it adds to the answer, reasoning included, '' for an empty role chunk; `usage`, `finish` and `error`
    are as the server states them."""

    text: str = ""
    usage: dict[str, Any] | None = None
    finish: str | None = None
    error: Any = None
    done: bool = False


class Parser:
    """Takes bytes in whatever pieces they come, even in the middle of a character, and gives the events that are complete."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[Event]:
        """The events that end in `data`. A line that is no event, or no JSON, is passed over."""
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            if line.startswith(b"data:"):
                event = read(line[5:].strip())
                if event is not None:
                    yield event


def read(data: bytes) -> Event | None:
    """The event in a `data:` line's value, None for what is none."""
    if data == b"[DONE]":
        return Event(done=True)
    try:
        message = _loads(data)
    except ValueError:
        return None
    if not isinstance(message, dict):
        return None
    event = Event(usage=message.get("usage"), error=message.get("error"))
    for choice in message.get("choices") or ():
        delta = choice.get("delta") or {}
        # vLLM renamed `reasoning_content`, which SGLang and Model Studio send, to `reasoning`.
        event.text += (delta.get("reasoning_content") or delta.get("reasoning") or "") + (delta.get("content") or "")
        event.finish = choice.get("finish_reason") or event.finish
    return event
