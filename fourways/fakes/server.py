"""The fake on a socket: one port that takes HTTP and TLS, told apart by the first byte (0x16 opens a TLS handshake).

It is a proxy too, for names that stand for itself: clients of Simple Log Service put the project before the endpoint, and no resolver knows
`project.127.0.0.1`; those of OSS put the bucket before an endpoint of Alibaba Cloud's. Whatever a proxy is asked for, this one answers
itself; nothing leaves the machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from fourways.fakes import admin
from fourways.fakes.cloud import READ_ONLY, Cloud
from fourways.fakes.object_door import Objects
from fourways.fakes.services.ecs import metadata
from fourways.fakes.storage import Storage
from fourways.fakes.wire.messages import Request, Response

_TLS_HANDSHAKE = 0x16
_CONNECT = b"CONNECT "
_LARGEST_HEAD = 8192
_OWN_NAMES = (
    rb"(?:[a-z0-9-]+\.)*(?:127\.0\.0\.1|localhost)",
    rb"(?:[a-z0-9-]+\.)?oss-[a-z0-9-]+\.aliyuncs\.com",
    rb"alb-[a-z0-9]+\.[a-z0-9-]+\.alb\.aliyuncsslb(?:intl)?\.com",
)
_OWN_NAME = re.compile(rb"CONNECT (?:" + b"|".join(_OWN_NAMES) + rb"):\d+ HTTP/1\.[01]\r\n")
_FIRST_BYTE_SECONDS = 60.0
_LOOK_SECONDS = 0.05  # between two looks at whether what answers is still alive
_LARGEST_BODY = 64 * 1024 * 1024


class Saver:
    """Writes the cloud to disk before the answer of a call that may have changed it leaves; calls under way together share one write."""

    GATHER_SECONDS = 0.002  # calls that arrived during the last write are all read by then

    def __init__(self, cloud: Cloud, storage: Storage) -> None:
        self._cloud, self._storage = cloud, storage
        self._next: asyncio.Future[None] | None = None

    async def saved(self) -> None:
        """Returns when everything that has happened so far is on disk. Raises OSError when it could not be written."""
        if self._next is None:
            loop = asyncio.get_running_loop()
            self._next = loop.create_future()
            loop.call_later(self.GATHER_SECONDS, self._save, self._next)
        await asyncio.shield(self._next)

    def _save(self, waiting: asyncio.Future[None]) -> None:
        self._next = None  # what happens from here on needs another write
        try:
            self._storage.save(self._cloud)
        except Exception as error:  # noqa: BLE001 - each call that waits for this write fails with it
            waiting.set_exception(error)
        else:
            waiting.set_result(None)


class Server:
    """Serves one Cloud on loopback until it is stopped."""

    def __init__(self, cloud: Cloud, context: ssl.SSLContext, storage: Storage | None = None) -> None:
        self._cloud = cloud
        self._context = context
        self._saver = Saver(cloud, storage) if storage is not None else None
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, listener: socket.socket, ready: Callable[[], None]) -> None:
        """Accept connections until cancelled. `listener` must be bound and listening; `ready` is called once it answers."""
        loop = asyncio.get_running_loop()
        listener.setblocking(False)
        # The Content-Encoding of an object is what it goes out with again: its bytes are kept as they came.
        protocol = web.Server(self._handle, access_log=None, auto_decompress=False)
        ready()
        try:
            while True:
                connection, _ = await loop.sock_accept(listener)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                task = loop.create_task(self._welcome(connection, protocol))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        finally:
            for task in self._tasks:
                task.cancel()
            await protocol.shutdown(1.0)

    async def _welcome(self, connection: socket.socket, protocol: web.Server) -> None:
        loop = asyncio.get_running_loop()
        # A client that breaks off, or does not trust the certificate, is its own problem: it gets the error, the fake goes on.
        with contextlib.suppress(ConnectionError, ssl.SSLError, BrokenPipeError):
            first = await _first(connection)
            if first.startswith(_CONNECT) and await _open_tunnel(connection):
                first = await _first(connection)
            if not first or first.startswith(_CONNECT):
                connection.close()
                return
            context = self._context if first[0] == _TLS_HANDSHAKE else None
            await loop.connect_accepted_socket(protocol, connection, ssl=context)

    async def _handle(self, incoming: web.BaseRequest) -> web.StreamResponse:
        body = await incoming.content.read(_LARGEST_BODY) if incoming.can_read_body else b""
        while incoming.can_read_body and not incoming.content.at_eof():
            body += await incoming.content.read(_LARGEST_BODY)
        secure = incoming.transport is not None and incoming.transport.get_extra_info("ssl_object") is not None
        request = Request.build(incoming.method, incoming.raw_path, incoming.headers, body, incoming.remote or "", secure=secure)
        if request.path.startswith(admin.PREFIX):
            response = admin.handle(self._cloud, request)
            changed = request.method != "GET" or request.path.startswith(metadata.PREFIX)  # a read there may lend a key
        else:
            response = self._cloud.handle(request)
            changed = _may_change(request) and (Objects.is_at(request) or not self._cloud.is_data_plane(request.path, request.host()))
        if changed and self._saver is not None:
            await self._saver.saved()
        try:
            return await _send(incoming, response)
        finally:
            if response.done is not None:
                response.done()


async def _first(connection: socket.socket) -> bytes:
    """The first bytes, left unread; none when the client has gone or says nothing."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(connection, readable.set)
    try:
        await asyncio.wait_for(readable.wait(), _FIRST_BYTE_SECONDS)
    except TimeoutError:
        return b""
    except asyncio.CancelledError:
        connection.close()
        raise
    finally:
        loop.remove_reader(connection)
    return connection.recv(len(_CONNECT), socket.MSG_PEEK)


async def _open_tunnel(connection: socket.socket) -> bool:
    """Take a CONNECT to a name of the fake's own: what follows is as on a connection to it. False for any other name, which is refused."""
    loop = asyncio.get_running_loop()
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _LARGEST_HEAD:
        more = await loop.sock_recv(connection, 1)  # not a byte of what comes after the head
        if not more:
            return False
        head += more
    own = _OWN_NAME.match(head) is not None
    await loop.sock_sendall(connection, b"HTTP/1.1 200 OK\r\n\r\n" if own else b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")
    return own


def _may_change(request: Request) -> bool:
    """False for calls that only read. ROA clients may send no action: then the method tells."""
    action = request.query.get("Action") or request.headers.get("x-acs-action") or request.form().get("Action", "")
    return not READ_ONLY.match(action) if action else request.method not in ("GET", "HEAD")


async def _send(incoming: web.BaseRequest, response: Response) -> web.StreamResponse:
    await _pause(response, response.delay)
    if response.is_cut():
        if response.instead is None:
            return _break_off(incoming)
        response = response.instead()
    if response.stream is None:
        return web.Response(status=response.status, body=response.body, headers=response.headers)
    answer = web.StreamResponse(status=response.status, headers=response.headers)
    await answer.prepare(incoming)
    for delay, chunk in response.stream:
        await _pause(response, delay)
        if response.is_cut():
            return _break_off(incoming)
        await answer.write(chunk)
    await answer.write_eof()
    return answer


async def _pause(response: Response, seconds: float) -> None:
    """Wait; no longer than it takes to see that what answers has died, where it can."""
    left = seconds
    while left > 0 and not response.is_cut():
        step = left if response.broken is None else min(left, _LOOK_SECONDS)
        await asyncio.sleep(step)
        left -= step


def _break_off(incoming: web.BaseRequest) -> web.StreamResponse:
    if incoming.transport is not None:
        incoming.transport.abort()
    return web.Response()  # goes nowhere; raising instead would write a traceback of the fake's into its log


def run(cloud: Cloud, listener: socket.socket, context: ssl.SSLContext, storage: Storage | None, ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM, then save and return."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        task = loop.create_task(Server(cloud, context, storage).serve(listener, ready))
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(main())
    if storage is not None:
        storage.save(cloud)


def bind(port: int) -> socket.socket:
    """A listening socket on loopback; port 0 takes a free one. Raises OSError when the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(1024)
    except OSError:
        listener.close()
        raise
    return listener


def state_file(folder: Path) -> Path:
    return folder / "cloud.pickle"
