"""An endpoint that answers as a test says, at once: a server on loopback in a thread of its own."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from fourways.benchmark.target import Target


@dataclass
class Reply:
    """What is answered to one request. `cut`: the connection breaks after the last piece."""

    pieces: Sequence[bytes] = ()
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


Script = Callable[[int, dict[str, Any]], Reply]


@dataclass
class Endpoint:
    """`asked` are the bodies of chat requests in the order in which they came."""

    target: Target
    asked: list[dict[str, Any]]
    connections: set[Any]


def data(**fields: Any) -> bytes:
    return b"data: " + json.dumps(fields).encode() + b"\n\n"


def delta(text: str | None = None, *, finish: str | None = None, **fields: Any) -> bytes:
    return data(choices=[{"index": 0, "delta": {"content": text, **fields}, "finish_reason": finish}])


def usage(prompt: int, completion: int, cached: int | None = None) -> bytes:
    details = None if cached is None else {"cached_tokens": cached}
    return data(choices=[], usage={"prompt_tokens": prompt, "completion_tokens": completion, "prompt_tokens_details": details})


DONE = b"data: [DONE]\n\n"


def full(body: dict[str, Any], *, cached: int | None = None) -> Reply:
    """The answer that was asked for, two tokens a chunk, after an empty role chunk."""
    wanted = body["max_tokens"]
    prompt = len(body["messages"][0]["content"].split())
    texts = [delta("", role="assistant"), *(delta(" two words") for _ in range((wanted - 1) // 2)), delta(" end", finish="length")]
    return Reply([*texts, usage(prompt, wanted, cached), DONE])


@contextmanager
def endpoint(script: Script, before: Callable[[int], Awaitable[None]] | None = None) -> Iterator[Endpoint]:
    """Serve until the block ends. `before` is awaited before the request of a number is answered."""
    asked: list[dict[str, Any]] = []
    connections: set[Any] = set()

    async def chat(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        number = len(asked)
        asked.append(body)
        connections.add(request.transport)
        reply = script(number, body)
        if before is not None:
            await before(number)
        response = web.StreamResponse(status=reply.status, headers=reply.headers)
        response.enable_chunked_encoding()
        await response.prepare(request)
        for piece in reply.pieces:
            await response.write(piece)
        if reply.cut:
            assert request.transport is not None
            request.transport.abort()
            return response
        await response.write_eof()
        return response

    async def models(request: web.Request) -> web.Response:
        connections.add(request.transport)
        return web.json_response({"data": []})

    loop = asyncio.new_event_loop()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", chat)
    app.router.add_get("/v1/models", models)
    runner = web.AppRunner(app, shutdown_timeout=0)

    async def start() -> int:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return int(runner.addresses[0][1])

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    port = asyncio.run_coroutine_threadsafe(start(), loop).result(30)
    try:
        yield Endpoint(Target(base_url=f"http://127.0.0.1:{port}/v1", api_key="very-secret", model="m", fake=True), asked, connections)
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()
