"""aiohttp with the time of each socket read: a stamp taken when a task gets round to it would be late by whatever the loop did before.

Reads are stamped in the protocol's `data_received`, the first code of ours that runs for them. aiohttp has no public way to put a protocol
of one's own in; a connector keeps its protocol class in `_factory`, which is set here. A test fails if stamps no longer come from there.
"""

from __future__ import annotations

import asyncio
from collections import deque
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
#: A connection is kept for a whole run: no point may pay for a new one.
_KEEP_SECONDS = 3600.0


class StampedProtocol(ResponseHandler):
    """Notes, for the body that is being read, up to which byte each read of the socket brought it, and when."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.stamp = 0
        self.body: StreamReader | None = None
        self.marks: deque[tuple[int, int]] = deque()

    def data_received(self, data: bytes) -> None:
        now = self.stamp = perf_counter_ns()
        super().data_received(data)
        if self.body is not None:
            self.marks.append((self.body.total_bytes, now))

    def watch(self, body: StreamReader) -> None:
        """From now on note the reads of this body; what came with the head has the head's stamp."""
        self.body = body
        self.marks.clear()
        if body.total_bytes:
            self.marks.append((body.total_bytes, self.stamp))

    def at(self, end: int) -> int:
        """When the byte before `end` was read. Must be asked in rising order."""
        marks = self.marks
        while len(marks) > 1 and marks[0][0] < end:
            marks.popleft()
        return marks[0][1] if marks else self.stamp


class StampedResponse(ClientResponse):
    """Keeps its protocol, which aiohttp lets go of with the last byte, and notes when its request went out: aiohttp calls `start` 0.03 ms
    before the bytes go to the socket, and some 0.25 ms after it was asked to make the request."""

    stamped: StampedProtocol
    sent: int

    async def start(self, connection: Connection) -> ClientResponse:
        protocol = connection.protocol
        assert isinstance(protocol, StampedProtocol), "aiohttp no longer makes protocols with the connector's _factory"
        self.stamped = protocol
        protocol.body = None
        self.sent = perf_counter_ns()
        await super().start(connection)
        protocol.watch(self.content)
        return self


def session(target: Target, tls: Any, timeout: float) -> aiohttp.ClientSession:
    """A client with one connection of its own. `tls` from `Target.tls`, made once: it reads certificates. `timeout`: seconds a request."""
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
        timeout=aiohttp.ClientTimeout(total=timeout, sock_connect=CONNECT_SECONDS),
        auto_decompress=False,
        trace_configs=[opened],
    )


async def _note_connection(_: aiohttp.ClientSession, context: SimpleNamespace, __: Any) -> None:
    sample = context.trace_request_ctx
    if sample is not None:
        sample.connected = True
