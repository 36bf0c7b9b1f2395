"""A server that streams chat completions at a set pace and logs when it really sent each chunk: what a client measures is held against it.

Usage: python benchmark/accuracy/truth_server.py --log FILE [--port 0] [--ttft 100-300] [--itl 10] [--tokens-per-chunk 1]
Prints its port. A raw asyncio protocol, so that it takes as little as can be of a machine that it shares with the client. Stamps are
perf_counter_ns, which is one clock for all processes of a Linux machine. One line of JSON a request is written when it ends:
received (the last byte of the request), chunks (before each write of a chunk with content), prompt (its first words), tokens.
TTFT is drawn uniformly from the range by the request's number, so runs of several clients meet the same server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter_ns
from typing import Any, TextIO

MODEL = "truth"
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


@dataclass(frozen=True)
class Pace:
    """Milliseconds, and tokens that go out together."""

    ttft: tuple[float, float]
    itl: float
    tokens_per_chunk: int


@dataclass
class Answer:
    """One answer under way."""

    received: int
    prompt: str
    prompt_tokens: int
    tokens: int
    ttft: float
    sent: int = 0
    chunks: list[int] = field(default_factory=list)


class Connection(asyncio.Protocol):
    """One client connection: HTTP/1.1, one request after another."""

    numbers = 0

    def __init__(self, pace: Pace, log: TextIO) -> None:
        self.pace, self.log = pace, log
        self.rest = b""
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.rest += data
        head, mark, body = self.rest.partition(b"\r\n\r\n")
        if not mark:
            return
        lines = head.decode("latin-1").lower().split("\r\n")
        length = next((int(line.split(":", 1)[1]) for line in lines if line.startswith("content-length:")), 0)
        if len(body) < length:
            return
        self.rest = body[length:]
        now = perf_counter_ns()
        if lines[0].startswith("post"):
            self.begin(json.loads(body[:length]), now)
        else:
            self.whole({"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "fourways"}]})

    def whole(self, data: dict[str, Any]) -> None:
        body = json.dumps(data).encode()
        self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))

    def begin(self, asked: dict[str, Any], now: int) -> None:
        text = prompt_of(asked)
        number, Connection.numbers = Connection.numbers, Connection.numbers + 1
        ttft = random.Random(number).uniform(*self.pace.ttft)
        tokens = asked.get("max_tokens") or asked.get("max_completion_tokens") or 64
        answer = Answer(now, " ".join(text.split()[:4]), len(text.split()), tokens, ttft)
        self.transport.write(_HEAD + event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]}))
        self.arm(answer)

    def arm(self, answer: Answer) -> None:
        """The next chunk at its time after the request; a late one does not push the others."""
        due = answer.received + int(1e6 * (answer.ttft + self.pace.itl * len(answer.chunks)))
        delay = (due - perf_counter_ns()) / 1e9
        asyncio.get_running_loop().call_later(max(0.0, delay), self.send, answer)

    def send(self, answer: Answer) -> None:
        if self.transport.is_closing():
            return
        some = min(self.pace.tokens_per_chunk, answer.tokens - answer.sent)
        answer.sent += some
        last = answer.sent >= answer.tokens
        choice = {"index": 0, "delta": {"content": " token" * some}, "finish_reason": "length" if last else None}
        data = event({"choices": [choice]})
        answer.chunks.append(perf_counter_ns())
        self.transport.write(data)
        if last:
            self.end(answer)
        else:
            self.arm(answer)

    def end(self, answer: Answer) -> None:
        usage = {
            "prompt_tokens": answer.prompt_tokens,
            "completion_tokens": answer.tokens,
            "total_tokens": answer.prompt_tokens + answer.tokens,
        }
        self.transport.write(event({"choices": [], "usage": usage}) + chunked(b"data: [DONE]\n\n") + b"0\r\n\r\n")
        row = {"received": answer.received, "chunks": answer.chunks, "prompt": answer.prompt, "tokens": answer.tokens}
        self.log.write(json.dumps(row) + "\n")
        self.log.flush()


def prompt_of(asked: dict[str, Any]) -> str:
    """The text of all messages; content may be a list of parts."""
    texts = []
    for message in asked.get("messages") or [{"content": asked.get("prompt", "")}]:
        content = message.get("content") or ""
        texts += [content] if isinstance(content, str) else [part.get("text", "") for part in content]
    return " ".join(texts)


def event(data: dict[str, Any]) -> bytes:
    whole = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 0, "model": MODEL, **data}
    return chunked(b"data: " + json.dumps(whole).encode() + b"\n\n")


def chunked(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


async def serve(port: int, pace: Pace, log: TextIO) -> None:
    """Until it is ended from outside."""
    server = await asyncio.get_running_loop().create_server(lambda: Connection(pace, log), "127.0.0.1", port, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--ttft", default="100-300", help="milliseconds, a number or a range")
    parser.add_argument("--itl", type=float, default=10.0, help="milliseconds")
    parser.add_argument("--tokens-per-chunk", type=int, default=1)
    options = parser.parse_args()
    low, _, high = options.ttft.partition("-")
    pace = Pace((float(low), float(high or low)), options.itl, options.tokens_per_chunk)
    factory: Any = asyncio.new_event_loop
    with suppress(ImportError):
        import uvloop

        factory = uvloop.new_event_loop
    with options.log.open("w") as log, asyncio.Runner(loop_factory=factory) as runner, suppress(KeyboardInterrupt):
        runner.run(serve(options.port, pace, log))


if __name__ == "__main__":
    main()
