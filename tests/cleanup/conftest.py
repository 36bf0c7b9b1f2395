"""The fake in process, behind the official clients."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fourways.cloud import clients
from fourways.fakes.cloud import Cloud
from fourways.fakes.inprocess import ADDRESS, fake_cloud


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """No call may be one that the fake does not know."""
    for name, value in {"FOURWAYS_FAKE": ADDRESS, "ALICLOUD_ACCESS_KEY": "test", "ALICLOUD_SECRET_KEY": "test"}.items():
        monkeypatch.setenv(name, value)
    clients.forget()
    with fake_cloud() as cloud:
        yield cloud
        assert not cloud.requests.unknown
    clients.forget()
