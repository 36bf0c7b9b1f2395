"""The fake without sockets: the official SDKs' HTTP library, intercepted by `responses`, talks to a Cloud in this process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fourways.fakes import admin
from fourways.fakes.clock import Clock
from fourways.fakes.cloud import Cloud
from fourways.fakes.services import SERVICES
from fourways.fakes.wire.messages import Request, Response

if TYPE_CHECKING:
    import requests

ADDRESS = "127.0.0.1:4566"


@contextmanager
def fake_cloud(clock: Clock | None = None) -> Iterator[Cloud]:
    """A fresh cloud behind every http(s) request that `requests` makes, on a stepped clock unless another is given.

    Set `FOURWAYS_FAKE=127.0.0.1:4566` for the code under test. A cut connection raises `requests.ConnectionError`.
    """
    import responses

    cloud = Cloud(SERVICES, clock=clock or Clock(stepped=True, start=1_780_000_000.0))
    cloud.base_url = f"http://{ADDRESS}"
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
            mock.add_callback(method, re.compile(r"https?://.*"), callback=lambda prepared: _answer(cloud, prepared), content_type=None)
        yield cloud


def _answer(cloud: Cloud, prepared: requests.PreparedRequest) -> tuple[int, dict[str, str], bytes]:
    body: Any = prepared.body or b""
    if not isinstance(body, (str, bytes)):  # a stream, as the client of OSS sends them
        body = body.read() if hasattr(body, "read") else b"".join(body)
    raw = body.encode() if isinstance(body, str) else body
    headers = {str(name).lower(): value.decode() if isinstance(value, bytes) else str(value) for name, value in prepared.headers.items()}
    headers.setdefault("host", ADDRESS)
    request = Request.build(prepared.method or "GET", prepared.url or "/", headers, raw)
    response = admin.handle(cloud, request) if request.path.startswith(admin.PREFIX) else cloud.handle(request)
    try:
        return _received(response)
    finally:
        if response.done is not None:
            response.done()


def _received(response: Response) -> tuple[int, dict[str, str], bytes]:
    """What a client gets of an answer, as from a socket."""
    import requests

    if response.is_cut() and response.instead is not None:
        response = response.instead()
    if response.is_cut():
        raise requests.ConnectionError("('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))")
    content = response.body
    for _, chunk in response.stream or ():
        if response.is_cut():
            raise requests.exceptions.ChunkedEncodingError("Connection broken: IncompleteRead")
        content += chunk
    return response.status, response.headers, content
