"""The real engine, the real alicloud plugin, the real provider and language host, against the fake on a socket."""

from __future__ import annotations

import dataclasses
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from fourways.cli import fake_server
from fourways.cli.workspace import FAKE_ACCOUNT_ID, Workspace, fake_workspace

Fourways = Callable[..., subprocess.CompletedProcess[str]]
SPEED = 20.0  # fake seconds per real second: a 10 s transition takes half a second


@dataclass
class Run:
    """A workspace on a fake of its own, and everything that was printed, for the search for secrets at the end."""

    workspace: Workspace
    secret_key: str
    printed: list[str] = field(default_factory=list)

    @property
    def fake(self) -> fake_server.FakeServer:
        assert self.workspace.fake is not None
        return self.workspace.fake

    def pulumi(self, *arguments: str, fails: bool = False) -> str:
        """Standard output and error of a `pulumi` command that must succeed (or must fail)."""
        result = self.workspace.capture(*arguments)
        text = result.stdout + result.stderr
        self.printed.append(text)
        assert (result.returncode != 0) == fails, f"pulumi {' '.join(arguments)} ended with {result.returncode}:\n{text}"
        return text

    def configure(self, stack: str, change: Mapping[str, Any], key: str = "fourways:serving") -> None:
        """Change the setting `key` of the stack's copy: nested keys are merged, others replaced."""
        path = self.workspace.stacks / f"Pulumi.{stack}.yaml"
        data = yaml.safe_load(path.read_text())
        _merge(data["config"][key], change)
        path.write_text(yaml.safe_dump(data, sort_keys=False))

    def serve(self, stack: str, **settings: Any) -> None:
        """Put whole settings in the place of those of the stack's `serving`; None takes one out."""
        path = self.workspace.stacks / f"Pulumi.{stack}.yaml"
        data = yaml.safe_load(path.read_text())
        serving = data["config"]["fourways:serving"] | settings
        data["config"]["fourways:serving"] = {key: value for key, value in serving.items() if value is not None}
        path.write_text(yaml.safe_dump(data, sort_keys=False))

    def up(self, stack: str, *, fails: bool = False) -> str:
        """What `pulumi up` printed."""
        return self.pulumi("up", "--yes", "--skip-preview", "--stack", stack, "--non-interactive", fails=fails)

    def destroy(self, stack: str) -> str:
        """What `pulumi destroy` printed."""
        return self.pulumi("destroy", "--yes", "--skip-preview", "--stack", stack, "--non-interactive")

    def settled(self, stack: str) -> None:
        """Neither a preview nor a refresh finds a change."""
        at = ("--expect-no-changes", "--stack", stack, "--non-interactive")
        self.pulumi("preview", *at)
        self.pulumi("refresh", "--yes", "--skip-preview", *at)

    def one(self, stack: str, type_: str) -> dict[str, Any]:
        """The stack's only resource of a type, as its state has it."""
        (found,) = [resource for resource in self.workspace.state(stack)["deployment"]["resources"] if resource["type"] == type_]
        return dict(found)

    def nothing_is_left(self) -> None:
        """Nothing billed, nothing free, and no call that the fake did not know."""
        assert self.open_bills() == []
        assert self.fake.ask("state") == []
        assert self.fake.ask("requests")["unknown"] == {}

    def open_bills(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.fake.ask("ledger?open=1")
        return rows

    def eas(self, region: str) -> Any:
        """The official SDK's client: what somebody else would use beside Pulumi."""
        from alibabacloud_eas20210701.client import Client
        from alibabacloud_tea_openapi.utils_models import Config, GlobalParameters

        return Client(
            Config(
                access_key_id=self.workspace.environment["ALICLOUD_ACCESS_KEY"],
                access_key_secret=self.secret_key,
                endpoint=self.fake.address,
                protocol="HTTP",
                global_parameters=GlobalParameters(headers={"x-acs-region-id": region}),
            )
        )

    def instances(self, region: str, service: str) -> list[Any]:
        """The service's instances as the official SDK shows them."""
        from alibabacloud_eas20210701.models import ListServiceInstancesRequest

        return list(self.eas(region).list_service_instances(region, service, ListServiceInstancesRequest()).body.instances)

    def secret_leaks(self, *values: str) -> list[str]:
        """Where one of `values` can be read in clear: state files, printed text, the fake's request log."""
        places = {str(path): path.read_bytes() for path in (self.workspace.folder / "state").rglob("*") if path.is_file()}
        places["printed"] = "\n".join(self.printed).encode()
        places["requests"] = json.dumps(self.fake.ask("requests")).encode()
        return [f"{name}: {value[:4]}..." for name, content in places.items() for value in values if value.encode() in content]


def _merge(into: dict[str, Any], change: Mapping[str, Any]) -> None:
    for key, value in change.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def start_run(folder: Path, speed: float = SPEED) -> Run:
    """A fresh fake and workspace in `folder`, with an access key whose secret can be told from any other text."""
    workspace = fake_workspace(folder, port=0, speed=speed)
    assert workspace.fake is not None
    key, secret = "e2e-key", f"e2e-{secrets.token_hex(12)}"
    workspace.fake.ask("accounts", "POST", {"access_key_id": key, "access_key_secret": secret, "account_id": FAKE_ACCOUNT_ID})
    environment = {**workspace.environment, "ALICLOUD_ACCESS_KEY": key, "ALICLOUD_SECRET_KEY": secret, "FOURWAYS_POLL_SECONDS": "0.2"}
    return Run(dataclasses.replace(workspace, environment=environment), secret)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("workspace")
    started = start_run(folder)
    yield started
    fake_server.stop(folder / "fake")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("demo")
    yield path
    fake_server.stop(path / "fake")


@pytest.fixture(scope="module")
def fourways(folder: Path) -> Fourways:
    environment = {
        **os.environ,
        "FOURWAYS_FAKE_FOLDER": str(folder),
        "FOURWAYS_FAKE_PORT": "0",
        "FOURWAYS_FAKE_SPEED": "20",
        "FOURWAYS_POLL_SECONDS": "0.2",
    }

    def run(*arguments: str, code: int = 0, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "fourways.cli.main", *arguments]
        result = subprocess.run(command, capture_output=True, text=True, check=False, env={**environment, **more})
        assert result.returncode == code, f"fourways {' '.join(arguments)} ended with {result.returncode}:\n{result.stdout}{result.stderr}"
        assert "Traceback" not in result.stdout + result.stderr
        return result

    return run
