"""A fake in this process with a stepped clock, an asker and a scene on it: the stage on which reports are replayed."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests

from fourways.cloud import clients
from fourways.cloud.credentials import Credentials
from fourways.cloud.target import Target
from fourways.fakes.cloud import Cloud
from fourways.fakes.inprocess import ADDRESS, fake_cloud
from fourways.verify.asking import Asker
from fourways.verify.scene import Scene


@dataclass(frozen=True)
class Stage:
    cloud: Cloud
    asker: Asker
    scene: Scene


@contextmanager
def stage(region: str = "ap-southeast-1") -> Iterator[Stage]:
    """Everything fresh; fails at the end when the fake was asked for something that it has not got."""
    clients.forget()
    with fake_cloud() as cloud:
        target = Target(name="fake", address=ADDRESS)
        credentials = Credentials(access_key="test", secret_key="test", source="test")

        def tick() -> bool:
            due = cloud.clock.next_due()
            if due is None:
                return False
            cloud.clock.advance(max(0.0, due - cloud.clock.now()))
            return True

        asker = Asker(target=target, credentials=credentials, region=region, pause=cloud.clock.advance, fetch=fetch)
        yield Stage(cloud, asker, Scene(asker=asker, tick=tick))
        assert not cloud.requests.unknown
    clients.forget()


def fetch(request: urllib.request.Request, _: str | None) -> tuple[int, bytes]:
    """The data plane by the HTTP library that the fake stands behind here."""
    answer = requests.request(request.get_method(), request.full_url, headers=dict(request.header_items()), data=request.data, timeout=60)
    return answer.status_code, answer.content
