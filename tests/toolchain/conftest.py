"""The toolchain's own modules are scripts beside each other, not a package: they are imported from their folders."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parents[2]
for folder in (TREE / "toolchain", TREE / "toolchain" / "alicloud" / "mapping", Path(__file__).parent):
    sys.path.insert(0, str(folder))


@pytest.fixture(scope="session")
def found() -> dict[str, str | None]:
    """What the bootstrap says there is to use: `make test` has built it."""
    answer = subprocess.run(
        [sys.executable, str(TREE / "toolchain" / "bootstrap.py"), "path", "--json"], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


@pytest.fixture(scope="session")
def plugin(found: dict[str, str | None]) -> Path:
    """The alicloud plugin: the built one, or the one that the user's own Pulumi has downloaded."""
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    folder = Path(found["plugin"]) if found["plugin"] else home / "plugins" / "resource-alicloud-v3.105.0"
    return folder / "pulumi-resource-alicloud"
