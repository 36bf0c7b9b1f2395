"""Over a socket: an answer that is under way when its machine dies breaks off, and does not end well."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from gpu_machines import KEY, Fleet, fleet
from served import served_cloud

from fourways.fakes.cloud import Cloud
from fourways.fakes.service import DataPlane, Service
from fourways.fakes.services import SERVICES
from fourways.fakes.services.ecs.machines import engine
from fourways.fakes.wire.messages import Request, Response

SLOW = 0.001  # fake seconds a real second: an answer of two seconds takes half an hour


def door(it: Fleet, id: str, taken: threading.Event) -> Service:
    """A stand-in for a load balancer: /machine/PATH is PATH on the machine. `taken` is set once the engine is at work."""

    def handle(cloud: Cloud, request: Request) -> Response:
        answer = engine.answer(cloud, it.scope, id, 8000, request.path.removeprefix("/machine"), request)
        taken.set()
        return answer or Response(503)

    return Service("Door", "0", data_planes=[DataPlane("/machine/", handle)])


def in_a_thread(work: Callable[[], Any]) -> queue.Queue[Any]:
    found: queue.Queue[Any] = queue.Queue()

    def run() -> None:
        try:
            found.put(work())
        except requests.RequestException as error:
            found.put(error)

    threading.Thread(target=run, daemon=True).start()
    return found


@pytest.mark.parametrize("stream", [False, True])
def test_the_connection_breaks_when_the_machine_dies(tmp_path: Path, stream: bool) -> None:
    it = fleet()
    it.prepare()
    id = it.start()
    cloud = it.site.ecs.cloud
    taken = threading.Event()
    cloud.resume((*SERVICES, door(it, id, taken)))

    def ask() -> str:
        body = {"model": "flash", "messages": [{"role": "user", "content": "hello"}], "stream": stream}
        headers = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}
        with requests.post(f"{cloud.base_url}/machine/v1/chat/completions", data=json.dumps(body), headers=headers, stream=True) as answer:
            return "".join(answer.iter_content(decode_unicode=True))

    with served_cloud(cloud, tmp_path):
        cloud.clock.set_speed(SLOW)
        found = in_a_thread(ask)
        assert taken.wait(30)
        cloud.in_console("instance-down", it.scope.account, it.scope.region, {"instanceId": id})
        assert isinstance(found.get(timeout=60), (requests.ConnectionError, requests.exceptions.ChunkedEncodingError))
