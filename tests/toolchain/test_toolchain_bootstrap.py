"""The bootstrap with a stand-in for Go: what it builds, what it says, and that nothing half-made is left however it ends."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import stand_in_go
from bootstrapping import places, recipe, resources, venv
from bootstrapping.report import Problem, Progress

TREE = Path(__file__).resolve().parents[2]
ENGINE, HOST, SCHEMA, PLUGIN = (
    "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    "./language_host",
    "./write-schema",
    "./pulumi-resource-alicloud",
)


@dataclass
class Machine:
    """A machine with a stand-in Go, a cache of its own, and no Pulumi."""

    folder: Path
    tree: Path = TREE
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def environment(self, **more: str) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if name not in ("FOURWAYS_TOOLCHAIN", "PULUMI_HOME")}
        path = f"{self.folder / 'bin'}:/usr/bin:/bin"
        return {**clean, "PATH": path, "FOURWAYS_CACHE": str(self.cache), "FOURWAYS_TOOLCHAIN": "build", **more}

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(self.tree / "toolchain" / "bootstrap.py"), *arguments]
        process = subprocess.Popen(
            command,
            env=self.environment(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # As from a terminal: tests that were started in the background ignore Ctrl-C, and so would this.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - it takes no lock that a thread could hold
        )
        self.started.append(process)
        return process

    def run(self, *arguments: str, **more: str) -> tuple[int, str, str]:
        """Exit code, stdout, stderr."""
        process = self.start(*arguments, **more)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    def behave(self, text: str) -> None:
        (self.folder / "bin" / "behaviour").write_text(text)

    def until_it_hangs(self) -> None:
        assert (self.folder / "bin" / "hanging").read_text() == "hanging\n"

    def release(self) -> None:
        """Lets a stand-in that hangs go on."""
        (self.folder / "bin" / "release").write_text("go on")

    def end(self) -> None:
        """Ends what a failed test has left."""
        for process in self.started:
            process.terminate()
            process.communicate()
        with contextlib.suppress(OSError):  # nobody reads it: nothing hangs
            os.write(os.open(self.folder / "bin" / "release", os.O_WRONLY | os.O_NONBLOCK), b"go on")

    def built(self) -> list[str]:
        notes = self.folder / "bin" / "built"
        return notes.read_text().split() if notes.exists() else []

    def results(self) -> list[str]:
        """Files that are in toolchains, each of which must be whole."""
        files = [path for path in self.cache.glob("toolchain-*/**/*") if path.is_file()]
        assert all(path.read_text() != "half" for path in files)
        return sorted(path.name for path in files)

    def leftovers(self) -> list[str]:
        return sorted(path.name for path in self.cache.iterdir() if not path.name.startswith("toolchain"))


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    tools = tmp_path / "bin"
    (tools / "caches" / "github.com" / "aliyun" / "terraform-provider-alicloud@v1.285.0").mkdir(parents=True)  # warm: asks for little disk
    (tools / "go").write_text(stand_in_go.SCRIPT)
    (tools / "go").chmod(0o755)
    (tools / "behaviour").write_text("ok")
    os.mkfifo(tools / "hanging")
    os.mkfifo(tools / "release")
    made = Machine(tmp_path)
    yield made
    made.end()


WHOLE = ["pulumi", "pulumi-language-python", "pulumi-language-python-exec", "pulumi-resource-alicloud", "pulumi-resource-pulumi-python"]


def test_builds_once_and_says_where(machine: Machine) -> None:
    code, _, err = machine.run("toolchain")
    assert code == 0, err
    assert machine.results() == WHOLE
    assert machine.built() == [ENGINE, HOST, SCHEMA, PLUGIN]
    assert "7 GB of memory and 9 GB of disk" in err
    assert machine.leftovers() == []
    again, _, err = machine.run("toolchain")
    assert (again, machine.built()) == (0, [ENGINE, HOST, SCHEMA, PLUGIN])
    assert "ready" in err

    code, out, _ = machine.run("path")
    assert code == 0
    assert (Path(out.strip()) / "pulumi").is_file()
    found = json.loads(machine.run("path", "--json")[1])
    assert found["source"] == "built"
    assert (Path(found["plugin"]) / "pulumi-resource-alicloud").is_file()


def test_a_second_clone_builds_nothing(machine: Machine) -> None:
    assert machine.run("toolchain")[0] == 0
    shutil.copytree(TREE / "toolchain", machine.folder / "clone" / "toolchain")
    clone = Machine(machine.folder, machine.folder / "clone")
    code, _, err = clone.run("toolchain")
    assert code == 0, err
    assert machine.built() == [ENGINE, HOST, SCHEMA, PLUGIN]


def test_a_toolchain_that_nobody_uses_goes_when_another_is_built(machine: Machine) -> None:
    month = 30 * 24 * 3600
    for name, age in (("toolchain-unused", month + 60), ("toolchain-in-use", month - 60)):
        (machine.cache / name / "bin").mkdir(parents=True)
        os.utime(machine.cache / name, (0, (machine.cache / name).stat().st_mtime - age))
    assert machine.run("toolchain")[0] == 0
    assert not (machine.cache / "toolchain-unused").exists()
    assert (machine.cache / "toolchain-in-use").exists()
    built = Path(machine.run("path")[1].strip()).parent
    os.utime(built, (0, 0))
    assert machine.run("toolchain")[0] == 0
    assert built.stat().st_mtime > 0


def test_path_before_a_build_says_what_to_do(machine: Machine) -> None:
    code, out, err = machine.run("path")
    assert (code, out) == (1, "")
    assert "bootstrap.py toolchain" in err


def test_without_go(machine: Machine) -> None:
    (machine.folder / "bin" / "go").unlink()
    code, _, err = machine.run("toolchain", PATH=str(machine.folder / "bin"))
    assert code == 1
    assert "Go 1.26 is needed" in err
    assert "https://go.dev/dl/" in err
    assert not machine.cache.exists()


def test_with_an_old_go(machine: Machine) -> None:
    code, _, err = machine.run("toolchain", STAND_IN_GO_VERSION="go1.22.1")
    assert code == 1
    assert "Go 1.26 or newer is needed" in err
    assert "is go1.22" in err


def test_full_disk_while_building(machine: Machine) -> None:
    machine.behave("disk full")
    code, _, err = machine.run("toolchain")
    assert code == 1
    assert err.count("error: ") == 1
    assert "the disk is full" in err
    assert "run the same command again" in err
    assert (machine.results(), machine.leftovers()) == ([], [])
    machine.behave("ok")
    assert machine.run("toolchain")[0] == 0
    assert machine.results() == WHOLE


def test_too_little_disk_is_said_before_building(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(resources.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(0, 0, int(4e9)))
    with pytest.raises(Problem, match=r"4\.0 GB is free .* about 9 GB is needed"):
        resources.check([tmp_path / "go-build"], tmp_path / "cache")


def test_too_little_memory_is_a_warning(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(resources.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(0, 0, int(40e9)))
    monkeypatch.setattr(resources, "available_memory_gb", lambda: 3.2)
    resources.check([tmp_path], tmp_path)
    assert "only 3.2 GB of memory" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_build_goes_on_where_it_was(machine: Machine, number: signal.Signals) -> None:
    machine.behave(f"hang on {HOST}")
    process = machine.start("toolchain")
    machine.until_it_hangs()
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert machine.results() == ["pulumi"]  # the first was finished
    assert machine.leftovers() == []
    assert "run the same command again" in err
    assert "Traceback" not in err
    machine.behave("ok")
    assert machine.run("toolchain")[0] == 0
    assert machine.results() == WHOLE
    assert machine.built() == [ENGINE, HOST, SCHEMA, PLUGIN]


def test_after_a_kill_the_next_waits_for_the_go_that_still_runs(machine: Machine) -> None:
    machine.behave(f"hang on {HOST}")
    first = machine.start("toolchain")
    machine.until_it_hangs()
    first.kill()
    first.communicate()
    assert machine.results() == ["pulumi"]
    assert machine.leftovers() == ["building"]
    machine.behave("ok")
    second = machine.start("toolchain")
    assert second.stderr is not None
    assert next(line for line in second.stderr if "waiting for it" in line)  # what a library says of itself may come before
    machine.release()
    _, err = second.communicate(timeout=60)
    assert second.returncode == 0, err
    assert machine.results() == WHOLE
    assert machine.built().count(ENGINE) == 1
    assert machine.leftovers() == []


def test_two_at_once_build_once(machine: Machine) -> None:
    machine.behave(f"hang on {ENGINE}")
    first = machine.start("toolchain")
    machine.until_it_hangs()
    second = machine.start("toolchain")
    assert second.stderr is not None
    waiting = next(line for line in second.stderr if "waiting for it" in line)
    assert f"pid {first.pid}" in waiting
    machine.behave("ok")
    machine.release()
    for process in (first, second):
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
    assert machine.built() == [ENGINE, HOST, SCHEMA, PLUGIN]
    assert machine.results() == WHOLE


def test_a_failing_build_shows_what_go_said(machine: Machine) -> None:
    (machine.folder / "bin" / "go").write_text(
        stand_in_go.SCRIPT.replace('"disk full")', '"ok") echo "undefined: thing" >&2; exit 1 ;;\n"disk full")')
    )
    code, _, err = machine.run("toolchain")
    assert code == 1
    assert "undefined: thing" in err
    assert machine.leftovers() == []


def own_pulumi(machine: Machine, version: str) -> Path:
    path = machine.folder / "bin" / "pulumi"
    path.write_text(f"#!/bin/sh\necho {version}\n")
    path.chmod(0o755)
    return path


def test_the_users_own_pulumi_is_used(machine: Machine) -> None:
    own = own_pulumi(machine, "v3.260.1")
    code, _, err = machine.run("toolchain", FOURWAYS_TOOLCHAIN="")
    assert code == 0
    assert str(own) in err
    assert machine.built() == []
    found = json.loads(machine.run("path", "--json", FOURWAYS_TOOLCHAIN="")[1])
    assert found == {"bin": str(own.parent), "plugin": None, "source": "path"}


def test_the_users_own_pulumi_is_too_old(machine: Machine) -> None:
    own_pulumi(machine, "v3.99.0")
    code, _, err = machine.run("toolchain", FOURWAYS_TOOLCHAIN="")
    assert code == 1
    assert "3.99.0, 3.259.0 or newer is needed: upgrade it" in err
    assert machine.built() == []
    assert machine.run("toolchain", "--build", FOURWAYS_TOOLCHAIN="")[0] == 0
    assert machine.built() == [ENGINE, HOST, SCHEMA, PLUGIN]


def test_what_was_built_is_not_taken_for_the_users_own(machine: Machine) -> None:
    assert machine.run("toolchain")[0] == 0
    folder = machine.run("path")[1].strip()
    code, _, err = machine.run("toolchain", FOURWAYS_TOOLCHAIN="", PATH=f"{folder}:/usr/bin:/bin")
    assert code == 0, err
    assert "ready in" in err


def test_plugin_is_shown_to_a_pulumi_home(machine: Machine, tmp_path: Path) -> None:
    assert machine.run("toolchain")[0] == 0
    home = tmp_path / "home"
    (home / "schemas").mkdir(parents=True)
    stale = home / "schemas" / "alicloud-3.105.0.json"
    stale.write_text("{}")
    assert machine.run("plugin", "--pulumi-home", str(home))[0] == 0
    folder = home / "plugins" / "resource-alicloud-v3.105.0"
    assert folder.is_dir()
    assert not folder.is_symlink()  # the engine skips links to folders
    assert os.access(folder / "pulumi-resource-alicloud", os.X_OK)
    assert not stale.exists()
    assert machine.run("plugin", "--pulumi-home", str(home))[0] == 0
    (folder / "pulumi-resource-alicloud").unlink()
    (folder / "pulumi-resource-alicloud").write_text("somebody else's")
    code, _, err = machine.run("plugin", "--pulumi-home", str(home))
    assert code == 1
    assert "not ours" in err


def test_the_hash_is_over_what_is_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    copy = tmp_path / "toolchain"
    shutil.copytree(TREE / "toolchain", copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(places, "SOURCES", copy)
    before = places.source_hash()
    (copy / "bootstrapping" / "report.py").write_text("# other words\n")
    (copy / "alicloud" / "mapping" / "match.py").write_text("# another way to make the same data\n")
    assert places.source_hash() == before
    changed = set()
    for path in ("engine/go.sum", "alicloud/provider/mapping.json", "engine/language_host/run_program.py"):
        with (copy / path).open("a") as file:
            file.write("\n")
        changed.add(places.source_hash())
    assert before not in changed
    monkeypatch.setattr(recipe, "FLAGS", (*recipe.FLAGS, "-race"))
    changed.add(places.source_hash())
    assert len(changed) == 4


def test_results_are_where_the_engine_looks() -> None:
    assert f"plugins/{places.PLUGIN_FOLDER}/{places.PLUGIN_BINARY}" in recipe.RESULTS


@pytest.fixture
def python_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree whose virtual environment is made without a network."""
    for name in ("pyproject.toml", "requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text(name)

    def make(folder: Path) -> None:
        (folder / "bin").mkdir(parents=True, exist_ok=True)
        (folder / "bin" / "python").touch()

    monkeypatch.setattr(venv, "make", make)
    return tmp_path


def test_venv_is_installed_once_and_anew_when_requirements_change(python_tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []
    monkeypatch.setattr(venv, "pip", lambda command, *_: calls.append(command))
    venv.ensure(python_tree)
    venv.ensure(python_tree)
    assert len(calls) == 1
    assert calls[0][-2:] == ["-e", ".[dev]"]
    (python_tree / "requirements.txt").write_text("another==1")
    venv.ensure(python_tree)
    assert len(calls) == 2


def test_an_interrupted_install_is_done_again(python_tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(venv, "pip", interrupted)
    with pytest.raises(KeyboardInterrupt):
        venv.ensure(python_tree)
    calls: list[list[str]] = []
    monkeypatch.setattr(venv, "pip", lambda command, *_: calls.append(command))
    venv.ensure(python_tree)
    assert len(calls) == 1


def test_pips_failure_is_shown(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="No matching distribution"):
        venv.pip(["sh", "-c", "echo Collecting x; echo 'ERROR: No matching distribution found for x'; exit 1"], tmp_path, Progress("x"))


def test_a_python_without_venv_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(Problem, match="apt install python3"):
        venv.make(tmp_path / ".venv")
