"""Wrong input to `fourways`: one clear message with what to do, a non-zero exit, nothing left behind."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from fourways.cli import fake_server, project, toolchain, workspace
from fourways.cli.advice import advice
from fourways.cli.errors import UserError
from fourways.cli.workspace import Workspace


def fourways(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fourways.cli.main", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})


@pytest.mark.parametrize("command", [("demo", "up"), ("demo", "down"), ("check",), ("cost",), ("smoke",), ("doctor",)])
def test_unknown_stack_lists_those_there_are(command: tuple[str, ...]) -> None:
    result = fourways(*command, "mu-nowhere")
    assert result.returncode == 2
    assert result.stderr.startswith("error: there is no stack 'mu-nowhere'")
    assert "mu-singapore" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_rate_that_cannot_be_read_is_wrong_use() -> None:
    result = fourways("advise", "--tokens-per-day", "5M", "--currency-rate", "USD")
    assert result.returncode == 2
    assert result.stderr.startswith("error: 'USD' is no rate: write --currency-rate USD=7.1CNY")


def test_malformed_stack_file_names_file_key_and_what_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (project.STACKS / "Pulumi.mu-singapore.yaml").read_text()
    (tmp_path / "Pulumi.broken.yaml").write_text(
        text.replace("units: 4", "units: four").replace("environment: production", "environment: prod")
    )
    monkeypatch.setattr(project, "STACKS", tmp_path)
    from fourways.cli import check

    nothing = Workspace(folder=tmp_path, environment={}, pulumi=Path("/bin/false"), fake=None, stacks=tmp_path)
    monkeypatch.setattr(check, "current_workspace", lambda **_: nothing)
    comment = tmp_path / "comment.md"
    assert check.check(["broken"], fake=False, output="text", write=comment) == 1
    message = capsys.readouterr().out
    assert "could not be looked at" in comment.read_text()
    assert "Pulumi.broken.yaml" in message
    assert "fourways:serving.capacity.units" in message
    assert "fourways:environment" in message
    assert "benchmark" in message


def test_port_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=rf"(?s)port {port} on 127.0.0.1 cannot be used .*choose another.*FOURWAYS_FAKE_PORT=0"):
            fake_server.start(tmp_path, port)
    assert not (tmp_path / "server.json").exists()


def test_fake_not_running(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="the fake is not running: start it with"):
        fake_server.running(tmp_path)


def test_fake_of_a_killed_process_counts_as_not_running(tmp_path: Path) -> None:
    server = fake_server.start(tmp_path, 0)
    os.kill(server.pid, 9)
    os.waitpid(server.pid, 0)
    assert fake_server.find(tmp_path) is None
    again = fake_server.start(tmp_path, 0)
    assert again.ask("health")["ok"]
    assert fake_server.stop(tmp_path)


def test_go_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", os.path.dirname(sys.executable))
    monkeypatch.setenv("FOURWAYS_CACHE", str(tmp_path))
    monkeypatch.delenv("FOURWAYS_TOOLCHAIN", raising=False)
    with pytest.raises(UserError, match="toolchain could not be prepared"):
        toolchain.find_toolchain()
    said = capfd.readouterr().err
    assert "Go" in said
    assert "1.26" in said
    assert "Traceback" not in said


def test_pulumi_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "pulumi"
    old.write_text("#!/bin/sh\necho v3.100.0\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("FOURWAYS_TOOLCHAIN", raising=False)
    with pytest.raises(UserError, match=r"pulumi on PATH is 3\.100\.0, and 3\.259\.0 or newer is needed: upgrade"):
        toolchain.find_toolchain()


def test_own_pulumi_that_is_new_enough_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "pulumi"
    own.write_text("#!/bin/sh\necho v3.300.1\n")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("FOURWAYS_TOOLCHAIN", raising=False)
    found = toolchain.find_toolchain()
    assert (found.pulumi, found.built) == (own, False)


def test_nothing_of_the_users_keys_reaches_the_fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "real-secret")
    monkeypatch.setenv("PULUMI_ACCESS_TOKEN", "real-token")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    fake = fake_server.FakeServer(4566, 1, tmp_path / "ca.pem", tmp_path / "bundle.pem")
    made = workspace.fake_environment(tmp_path, fake, toolchain.Toolchain(Path("/x/pulumi"), built=True))
    assert not {"real-secret", "real-token", "http://proxy.example"} & set(made.values())
    assert made["FOURWAYS_TOOLCHAIN"] == "build"  # `fourways` in the fake's shell finds the same pulumi again
    assert made["VPC_ENDPOINT"] == made["ALIBABA_CLOUD_ENDPOINT_VPC"] == "127.0.0.1:4566"
    assert made["HTTPS_PROXY"] == made["HTTP_PROXY"] == "http://127.0.0.1:4566"  # for names before the endpoint, which nobody resolves
    assert {"127.0.0.1", "127.0.0.1:4566", "pulumi.com"} <= set(made["NO_PROXY"].split(","))
    assert (tmp_path / "passphrase").stat().st_mode & 0o077 == 0


def test_the_fakes_key_may_be_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = fake_server.FakeServer(4566, 1, tmp_path / "ca.pem", tmp_path / "bundle.pem")
    tools = toolchain.Toolchain(Path("/x/pulumi"), built=True)
    names = ("ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY")
    assert [workspace.fake_environment(tmp_path, fake, tools)[name] for name in names] == ["test", "test"]
    monkeypatch.setenv("FOURWAYS_FAKE_ACCESS_KEY", "a-key")
    monkeypatch.setenv("FOURWAYS_FAKE_SECRET_KEY", "its-secret")
    made = workspace.fake_environment(tmp_path, fake, tools)
    assert [made[name] for name in names] == ["a-key", "its-secret"]
    assert list(made.values()).count("its-secret") == 1


def test_copies_of_stack_files_keep_the_salt_and_take_up_edits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tracked = tmp_path / "tracked"
    shutil.copytree(project.STACKS, tracked)
    monkeypatch.setattr(workspace, "STACK_SOURCES", tracked)
    folder = tmp_path / "fake"
    folder.mkdir()
    workspace.renew_stack_files(folder)
    copy = folder / "stacks" / "Pulumi.mu-singapore.yaml"
    copy.write_text(copy.read_text() + "encryptionsalt: v1:abc\n")
    source = tracked / "Pulumi.mu-singapore.yaml"
    source.write_text(source.read_text().replace("units: 4", "units: 8"))
    workspace.renew_stack_files(folder)
    assert "units: 8" in copy.read_text()
    assert copy.read_text().count("encryptionsalt: v1:abc") == 1
    source.write_text(source.read_text() + "encryptionsalt: v1:of-the-team\n")
    workspace.renew_stack_files(folder)
    assert yaml.safe_load(copy.read_text())["encryptionsalt"] == "v1:abc"
    assert "of-the-team" not in copy.read_text()
    copy.unlink()
    workspace.renew_stack_files(folder)
    assert "encryptionsalt" not in copy.read_text()
    assert source.read_text().count("encryptionsalt") == 1


def test_no_state_backend_says_what_to_do(tmp_path: Path) -> None:
    result = fourways("cost", "mu-singapore", PULUMI_HOME=str(tmp_path), FOURWAYS_TOOLCHAIN="build")
    assert result.returncode == 1
    assert "`pulumi login`" in result.stderr
    assert "--fake" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("said", "todo"),
    [
        ("error: no stack named 'mu-x' found", "pulumi stack init"),
        ("error: the stack is currently locked by 1 lock(s)", "fourways recover"),
        ("error: get stack secrets manager: incorrect passphrase", "PULUMI_CONFIG_PASSPHRASE"),
        ("error: something else", None),
    ],
)
def test_what_pulumi_says_without_advice(said: str, todo: str | None) -> None:
    found = advice(said)
    assert found is None if todo is None else todo in str(found)
