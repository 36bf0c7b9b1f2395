"""A cloud behind a real server on loopback, for clients that need a socket."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fourways.fakes.cloud import Cloud
from fourways.fakes.server import Server, bind
from fourways.fakes.tls import make_authority


@contextmanager
def served_cloud(cloud: Cloud, folder: Path) -> Iterator[Path]:
    """Serves it at its `base_url`, over http and https; yields the path of the CA's certificate."""
    ca = folder / "ca.pem"
    server, listener = Server(cloud, make_authority(ca)), bind(0)
    cloud.base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    loop, ready = asyncio.new_event_loop(), threading.Event()
    task = loop.create_task(server.serve(listener, ready.set))

    def run() -> None:
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(10)
    yield ca
    loop.call_soon_threadsafe(task.cancel)
    thread.join(10)
    listener.close()
