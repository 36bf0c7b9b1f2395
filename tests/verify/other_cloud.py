"""A second fake on a socket that is made to differ: what `fourways verify` takes for the cloud in these tests, reached as the cloud is."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fourways.cli.fake_server import FakeServer
from fourways.cli.toolchain import find_toolchain
from fourways.cli.workspace import FAKE_ACCOUNT_ID, fake_environment
from fourways.fakes.accounts import AccessKey
from fourways.fakes.clock import Clock
from fourways.fakes.cloud import Cloud
from fourways.fakes.server import Server, bind
from fourways.fakes.services import SERVICES
from fourways.fakes.tls import make_authority, write_bundle
from fourways.fakes.wire.messages import Request, Response

STACK = "mu-singapore"
Plant = Callable[[str, Request, Response], Response]


def action_of(request: Request) -> str:
    """The action, or the path of a call to a data plane."""
    return request.headers.get("x-acs-action") or request.query.get("Action") or request.form().get("Action") or request.path


def plant(cloud: Cloud, *plants: Plant) -> None:
    """Make a fake answer otherwise."""
    honest = cloud.handle

    def handle(request: Request) -> Response:
        response = honest(request)
        for change in plants:
            response = change(action_of(request), request, response)
        return response

    cloud.handle = handle  # type: ignore[method-assign]


def field(action: str, change: Callable[[dict[str, Any]], object]) -> Plant:
    """Changes the body of an action's good answers."""

    def planted(asked: str, _: Request, response: Response) -> Response:
        if asked != action or response.status != 200:
            return response
        body = json.loads(response.body)
        change(body)
        return Response.of_json(body, 200, response.headers)

    return planted


def refusal(action: str, code: str, status: int, other: str) -> Plant:
    """Another status and code where the fake answers `code`."""

    def planted(asked: str, _: Request, response: Response) -> Response:
        if asked != action or response.status < 400 or json.loads(response.body)["Code"] != code:
            return response
        return Response.of_json({**json.loads(response.body), "Code": other}, status, response.headers)

    return planted


def command(*arguments: str) -> list[str]:
    """`fourways verify` of the stack."""
    return [sys.executable, "-m", "fourways.cli.main", "verify", *arguments, STACK]


@dataclass
class OtherCloud:
    """The fake, where it answers, and the environment in which a user would reach it."""

    cloud: Cloud
    environment: dict[str, str]
    secret: str

    def open_bills(self) -> list[dict[str, Any]]:
        return [row for row in self.cloud.ledger.rows() if row["closed"] is None]


@contextmanager
def other_cloud(folder: Path, *plants: Plant, speed: float = 20.0, seconds: dict[str, float] | None = None) -> Iterator[OtherCloud]:
    """Serves it until the block ends. `seconds` are the lengths of transitions."""
    cloud = Cloud(SERVICES, clock=Clock(speed=speed))
    cloud.seed["eas"] = {"transition_seconds": seconds or {}}
    secret = f"other-{secrets.token_hex(12)}"
    cloud.accounts.add(AccessKey(access_key_id="other-cloud-key", access_key_secret=secret, account_id=FAKE_ACCOUNT_ID))
    plant(cloud, *plants)
    listener = bind(0)
    port = listener.getsockname()[1]
    cloud.base_url = f"http://127.0.0.1:{port}"
    ca, bundle = folder / "ca.pem", folder / "bundle.pem"
    context = make_authority(ca)
    write_bundle(ca, bundle)
    loop, up = asyncio.new_event_loop(), threading.Event()
    task: list[asyncio.Task[None]] = []

    def serve() -> None:
        asyncio.set_event_loop(loop)
        task.append(loop.create_task(Server(cloud, context).serve(listener, up.set)))
        loop.run_until_complete(asyncio.gather(*task, return_exceptions=True))

    thread = threading.Thread(target=serve)
    thread.start()
    up.wait()
    environment = fake_environment(folder, FakeServer(port, os.getpid(), ca, bundle), find_toolchain())
    environment = {name: value for name, value in environment.items() if not name.startswith("PULUMI_") and name != "FOURWAYS_FAKE_FOLDER"}
    environment |= {
        "ALICLOUD_ACCESS_KEY": "other-cloud-key",
        "ALICLOUD_SECRET_KEY": secret,
        "FOURWAYS_VERIFY_FOLDER": str(folder / "runs"),
        "FOURWAYS_POLL_SECONDS": "0.2",
        "FOURWAYS_TOOLCHAIN": os.environ.get("FOURWAYS_TOOLCHAIN", "build"),  # the one just found lies on the PATH here
    }
    try:
        yield OtherCloud(cloud, environment, secret)
    finally:
        loop.call_soon_threadsafe(task[0].cancel)
        thread.join()
        loop.close()
