"""aiohttp with the time of each socket read: a stamp taken when a task gets round to it would be late by whatever the loop did before.

Reads are stamped in the protocol's `data_received`, the first code of ours that runs for them. aiohttp has no public way to put a protocol
of one's own in; a connector keeps its protocol class in `_factory`, which is set here. A test fails if stamps no longer come from there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from time import perf_counter_ns
from types import SimpleNamespace
from typing import Any

import aiohttp
from aiohttp import ClientRequest, ClientResponse, StreamReader
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection

from fourways.benchmark.target import Target

CONNECT_SECONDS = 10.0
#: Bytes of a body, and when they were read.
Take = Callable[[bytes, int], None]
#: A connection is kept for a whole run: no point may pay for a new one.
_KEEP_SECONDS = 3600.0


class StampedProtocol(ResponseHandler):
    """Hands over each read of a body at once, with its time: waking a task for each would cost a third more CPU, and read later."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.stamp = 0
        self._body: StreamReader | None = None
        self._take: Take | None = None

    def data_received(self, data: bytes) -> None:
        if not data:  # aiohttp's own, to go on with what it has: it is called in the middle of `read_nowait`, too
            super().data_received(data)
            return
        self.stamp = perf_counter_ns()
        super().data_received(data)
        self._hand_over()

    async def consume(self, body: StreamReader, take: Take) -> None:
        """Until the body ends; what came with the head is handed over first. Raises aiohttp's errors. `take` must not raise."""
        self._body, self._take = body, take
        try:
            self._hand_over()
            error = body.exception()
            if error is not None:
                raise error
            await body.wait_eof()
        finally:
            self._body = self._take = None

    def _hand_over(self) -> None:
        if self._body is not None and self._take is not None and self._body.exception() is None:
            data = self._body.read_nowait()
            if data:
                self._take(data, self.stamp)


class StampedResponse(ClientResponse):
    """Keeps its protocol, which aiohttp lets go of with the last byte, and notes when its request went out: aiohttp calls `start` 0.03 ms
    before the bytes go to the socket, and some 0.25 ms after it was asked to make the request."""

    stamped: StampedProtocol
    sent: int

    async def start(self, connection: Connection) -> ClientResponse:
        protocol = connection.protocol
        assert isinstance(protocol, StampedProtocol), "aiohttp no longer makes protocols with the connector's _factory"
        self.stamped = protocol
        self.sent = perf_counter_ns()
        await super().start(connection)
        return self


def session(target: Target, tls: Any) -> aiohttp.ClientSession:
    """A client with one connection of its own. `tls` from `Target.tls`, made once: it reads certificates."""
    connector = aiohttp.TCPConnector(limit=1, ssl=tls, keepalive_timeout=_KEEP_SECONDS)
    connector._factory = partial(StampedProtocol, loop=asyncio.get_running_loop())  # type: ignore[assignment] # see above
    opened = aiohttp.TraceConfig()
    opened.on_connection_create_end.append(_note_connection)
    return aiohttp.ClientSession(
        connector=connector,
        request_class=ClientRequest,
        response_class=StampedResponse,
        headers={
            "authorization": f"Bearer {target.api_key}",
            "content-type": "application/json",
            "accept": "text/event-stream",
            # A compressed stream is flushed when the compressor likes.
            "accept-encoding": "identity",
        },
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
        auto_decompress=False,
        trace_configs=[opened],
    )


async def _note_connection(_: aiohttp.ClientSession, context: SimpleNamespace, __: Any) -> None:
    sample = context.trace_request_ctx
    if sample is not None:
        sample.connected = True
