"""The order of the tests: those that drive whole stacks first. They wait for much and work little, and the others fill the pauses."""

from __future__ import annotations

import os

# Before grpc is imported: with fork support on, a test that starts a process has lines of grpc's own in that process's stderr.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"

import pytest
from hypothesis import HealthCheck, settings

# Nothing that properties are about takes time: a busy machine is no mistake.
settings.register_profile("fourways", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fourways")

#: Folders whose tests run pulumi, and so take long.
LONG = ("tests/end_to_end/", "tests/verify/", "tests/chaos/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
