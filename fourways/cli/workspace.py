"""Where `pulumi` runs: this checkout for the real cloud, or a Pulumi project of its own for the fake.

The fake's project lies in one ignored folder with its own state backend, PULUMI_HOME, passphrase, keys and copies of the stack
files, because a passphrase stack writes `encryptionsalt` into its stack file: no run on the fake changes a tracked file or touches
the user's own Pulumi set-up. Its Pulumi.yaml points at the program of this checkout.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

from fourways.cli import fake_server
from fourways.cli.advice import advice
from fourways.cli.errors import USAGE, UserError
from fourways.cli.fake_server import DEFAULT_PORT, FakeServer
from fourways.cli.project import ROOT, STACKS, project_name
from fourways.cli.toolchain import Toolchain, find_toolchain
from fourways.cloud.target import PRODUCTS

# Where the fake's project, state and keys live; another folder, port or speed can be named, for a second demo beside the first.
DEMO_FOLDER = Path(os.environ.get("FOURWAYS_FAKE_FOLDER") or ROOT / ".fourways" / "demo")
# Where the fake's copies of stack files are taken from, for who runs stacks on the fake with other settings than the tracked ones.
STACK_SOURCES = Path(os.environ.get("FOURWAYS_FAKE_STACKS") or STACKS)
FAKE_ACCOUNT_ID = "1000000000000001"
_SALT = re.compile(r"^encryptionsalt: *(\S+)\n?", re.MULTILINE)
_CLOUD_VARIABLES = ("ALICLOUD_", "ALIBABA_CLOUD_", "ALIBABACLOUD_", "PULUMI_", "FOURWAYS_FAKE")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy")


@dataclass(frozen=True)
class Workspace:
    """A folder with a Pulumi.yaml, the environment to run `pulumi` in, and which cloud that reaches."""

    folder: Path
    environment: Mapping[str, str]
    pulumi: Path
    fake: FakeServer | None
    stacks: Path

    @property
    def target(self) -> str:
        return "cloud" if self.fake is None else "fake"

    def enter(self) -> None:
        """Make the workspace's environment this process's own, before it calls the cloud itself."""
        os.environ.clear()
        os.environ.update(self.environment)

    def run(self, *arguments: str) -> int:
        """Run `pulumi` with the terminal attached. Ctrl-C goes to pulumi, which ends in order; this waits for it."""
        before = signal.signal(signal.SIGINT, _wait_on)
        try:
            process = subprocess.Popen([str(self.pulumi), *arguments], cwd=self.folder, env=self.environment)
            return process.wait()
        finally:
            signal.signal(signal.SIGINT, before)

    def read(self, *arguments: str) -> str:
        """Standard output of a `pulumi` command. Raises UserError with its standard error when it fails."""
        result = self.capture(*arguments)
        if result.returncode:
            self.fail(arguments[0], result)
        return result.stdout

    def fail(self, what: str, result: subprocess.CompletedProcess[str]) -> NoReturn:
        """Raise UserError with what a failed `pulumi` command said."""
        said = (result.stderr or result.stdout).strip() or f"exit code {result.returncode}"
        hint = advice(said)
        raise UserError(f"`pulumi {what}` failed: {said}" + (f"\n{hint}" if hint else ""))

    def capture(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.pulumi), *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )

    def state(self, stack: str) -> dict[str, Any]:
        """The stack's state as `pulumi stack export` gives it, secrets still encrypted."""
        data: dict[str, Any] = json.loads(self.read("stack", "export", "--stack", stack))
        return data

    def has_own_state(self, stack: str) -> bool:
        """Whether the workspace's own folder of states has this stack: to look takes no time, and a `pulumi` a seventh of a second."""
        return (self.folder / "state" / ".pulumi" / "stacks" / project_name() / f"{stack}.json").exists()

    def outputs(self, stack: str) -> dict[str, Any]:
        """Stack outputs in clear: never print `api_key`."""
        data: dict[str, Any] = json.loads(self.read("stack", "output", "--json", "--show-secrets", "--stack", stack))
        return data

    def state_stacks(self, *, only_up: bool = False) -> list[str]:
        """Names of the stacks that have a state in this backend; `only_up`: of those that have resources in it."""
        rows = json.loads(self.read("stack", "ls", "--json"))
        return [row["name"].rsplit("/", 1)[-1] for row in rows if row.get("resourceCount") or not only_up]


def cloud_workspace() -> Workspace:
    """This checkout, with the user's own Pulumi set-up and credentials."""
    toolchain = find_toolchain()
    environment = {**os.environ, "PULUMI_PARALLEL": os.environ.get("PULUMI_PARALLEL", "32")}
    return Workspace(ROOT, environment, toolchain.pulumi, None, STACKS)


def copy_workspace(folder: Path) -> Workspace:
    """A Pulumi project of its own in `folder` for whatever cloud the environment decides: the user's credentials and plugins, with a state,
    a passphrase and stack files that are only the folder's."""
    toolchain = find_toolchain()
    make_project(folder)
    (folder / "stacks").mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if name not in ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_STACK")}
    environment = {**kept, **_own_backend(folder), "PULUMI_PARALLEL": os.environ.get("PULUMI_PARALLEL", "32")}
    if toolchain.built:  # its plugins are not to be had by download
        home = folder.parent / "home"
        home.mkdir(exist_ok=True)
        toolchain.install_plugins(home)
        environment |= {"PULUMI_HOME": str(home), "PATH": f"{environment.get('PATH', os.defpath)}{os.pathsep}{toolchain.pulumi.parent}"}
    return Workspace(folder, environment, toolchain.pulumi, None, folder / "stacks")


def fake_workspace(folder: Path = DEMO_FOLDER, *, port: int | None = None, speed: float | None = None) -> Workspace:
    """The fake's project, made or renewed, with the fake running. `port` 0 takes a free one; the defaults come from the environment."""
    toolchain = find_toolchain()
    port = int(number_from("FOURWAYS_FAKE_PORT", DEFAULT_PORT)) if port is None else port
    speed = number_from("FOURWAYS_FAKE_SPEED", 1.0) if speed is None else speed
    make_project(folder)
    fake = fake_server.start(folder / "fake", port, speed)
    home = folder / "home"
    home.mkdir(exist_ok=True)
    toolchain.install_plugins(home)
    renew_stack_files(folder)
    environment = fake_environment(folder, fake, toolchain)
    return Workspace(folder, environment, toolchain.pulumi, fake, folder / "stacks")


def current_workspace(*, fake: bool) -> Workspace:
    """The fake's when asked for or inside `fourways shell`, else the real cloud's."""
    return fake_workspace() if fake or os.environ.get("FOURWAYS_FAKE") else cloud_workspace()


def fake_environment(folder: Path, fake: FakeServer, toolchain: Toolchain) -> dict[str, str]:
    """The environment in which plain `pulumi` works on the fake: nothing of the user's keys or Pulumi set-up is left in it.

    `FOURWAYS_FAKE_ACCESS_KEY` and `FOURWAYS_FAKE_SECRET_KEY` name another key than `test` / `test`, which the fake must know."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_CLOUD_VARIABLES) and name not in _PROXIES}
    endpoints = {name: fake.address for product in PRODUCTS for name in (f"{product}_ENDPOINT", f"ALIBABA_CLOUD_ENDPOINT_{product}")}
    return {
        **kept,
        **endpoints,
        **_proxies(fake.address),
        **_own_backend(folder),
        "FOURWAYS_FAKE": fake.address,
        "FOURWAYS_FAKE_CA": str(fake.ca),
        "FOURWAYS_FAKE_FOLDER": str(folder),
        "FOURWAYS_FAKE_STACKS": str(STACK_SOURCES),
        "SSL_CERT_FILE": str(fake.bundle),
        "ALICLOUD_ACCESS_KEY": os.environ.get("FOURWAYS_FAKE_ACCESS_KEY") or "test",
        "ALICLOUD_SECRET_KEY": os.environ.get("FOURWAYS_FAKE_SECRET_KEY") or "test",
        "ALICLOUD_ACCOUNT_ID": FAKE_ACCOUNT_ID,
        "ALICLOUD_ACCOUNT_TYPE": "Domestic",
        "ALICLOUD_SKIP_REGION_VALIDATION": "true",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_PARALLEL": os.environ.get("PULUMI_PARALLEL", "100"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # On PATH below, and in the shell behind a wrapper: it must not be taken for the user's own, which brings its own plugins.
        **({"FOURWAYS_TOOLCHAIN": "build"} if toolchain.built else {}),
        # Last on PATH: the toolchain's language host must never come before an official one.
        "PATH": f"{kept.get('PATH', os.defpath)}{os.pathsep}{toolchain.pulumi.parent}",
    }


def _proxies(address: str) -> dict[str, str]:
    """The fake as proxy: the plugin's clients of Simple Log Service call `project.127.0.0.1`, which no resolver knows. What is downloaded
    (plugins, packages) and what names the fake by its address goes without it. In capitals only: gRPC's core reads the small ones."""
    direct = ("127.0.0.1", "localhost", address, "pulumi.com", "github.com", "githubusercontent.com", "pypi.org", "pythonhosted.org")
    return {"HTTP_PROXY": f"http://{address}", "HTTPS_PROXY": f"http://{address}", "NO_PROXY": ",".join(direct)}


def renew_stack_files(folder: Path) -> None:
    """Copy the stack files, keeping the `encryptionsalt` that pulumi wrote into the copies."""
    copies = folder / "stacks"
    copies.mkdir(exist_ok=True)
    for source in STACK_SOURCES.glob("Pulumi.*.yaml"):
        write_stack_file(copies / source.name, source.read_text())


def write_stack_file(copy: Path, text: str) -> None:
    """Write a stack file of a workspace, keeping the `encryptionsalt` that pulumi wrote into the one that is there. One in `text` is of
    another passphrase, that of who shares the stack, and stays behind."""
    text = _SALT.sub("", text)
    before = copy.read_text() if copy.exists() else None
    # Found by its line: to parse all stack files takes longer than a check has.
    if before is not None and (salt := _SALT.search(before)):
        text += f"\nencryptionsalt: {salt[1]}\n"
    if before != text:
        copy.write_text(text)


def _own_backend(folder: Path) -> dict[str, str]:
    """A state backend and a passphrase in `folder`."""
    (folder / "state").mkdir(exist_ok=True)
    passphrase = folder / "passphrase"
    if not passphrase.exists():
        passphrase.touch(mode=0o600)
        passphrase.write_text(secrets.token_urlsafe(24))
    return {"PULUMI_BACKEND_URL": (folder / "state").as_uri(), "PULUMI_CONFIG_PASSPHRASE_FILE": str(passphrase)}


def make_project(folder: Path) -> None:
    """The folder, out of git, with a Pulumi.yaml that points at the program of this checkout."""
    folder.mkdir(parents=True, exist_ok=True)
    _ignore(folder)
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    project["main"] = os.path.relpath(ROOT, folder)
    project["stackConfigDir"] = "stacks"
    project["runtime"] = {"name": "python", "options": {"virtualenv": sys.prefix}}
    for provider in project.get("plugins", {}).get("providers", []):
        provider["path"] = os.path.relpath(ROOT / provider["path"], folder)
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project, sort_keys=False))


def number_from(variable: str, default: float) -> float:
    """The number in an environment variable; the default where it is not set."""
    text = os.environ.get(variable, "")
    try:
        return float(text) if text else default
    except ValueError:
        raise UserError(f"{variable}={text!r} is not a number", USAGE) from None


def _ignore(folder: Path) -> None:
    """Keep the folder out of git wherever it lies."""
    marker = folder / ".gitignore"
    if not marker.exists():
        marker.write_text("*\n")


def _wait_on(*_: object) -> None:
    """A handler, unlike SIG_IGN, is not inherited: pulumi gets its own Ctrl-C while this process waits for it."""
