"""Model units through the official `dashscope` SDK, over a socket. It has no calls for reservations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dashscope
import pytest
from dashscope.finetune.deployments import Deployments

from fourways.cli import fake_server
from fourways.cli.fake_server import FakeServer

MODEL = "deepseek-v4-flash"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeServer]:
    yield fake_server.start(tmp_path, 0)
    fake_server.stop(tmp_path)
