"""What cloud-init, systemd and shellcheck say of what machines get. tests/debian_tools.py fetches them: no test is skipped."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest
import yaml

from components.bare_metal.boot import Machine, user_data
from tests import debian_tools
from tests.components.boot.boot_samples import MACHINES

SCRIPTS = Path(__file__).parents[3] / "components/bare_metal/boot/scripts"
SMALL_MACHINE = Path(__file__).parent / "small_machine/boot.sh"


def cloud_init_says(text: str, folder: Path) -> str:
    (path := folder / "user-data.yaml").write_text(text)
    done = debian_tools.run("cloud-init", "schema", "--config-file", str(path))
    return (done.stdout + done.stderr).replace(str(path), "user-data")


def systemd_says(machine: Machine, root: Path, *, instead: tuple[str, str] = ("", "")) -> str:
    """Of all units, on a root that holds the machine's files, the programs that its image has, and systemd's own units."""
    shutil.copytree(debian_tools.root() / "usr/lib/systemd/system", root / "usr/lib/systemd/system", symlinks=True)
    for program in ("docker", "test"):
        (path := root / "usr/bin" / program).parent.mkdir(exist_ok=True)
        path.touch(0o755)
    units = []
    for file in yaml.safe_load(user_data(machine))["write_files"]:
        path = root / file["path"].lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file["content"].replace(*instead) if all(instead) else file["content"])
        path.chmod(int(file.get("permissions", "0644"), 8))
        units += [file["path"]] * file["path"].endswith(".service")
    assert units
    done = debian_tools.run("systemd-analyze", "verify", "--man=no", f"--root={root}", *units)
    return done.stdout + done.stderr + f"exit {done.returncode}"


@pytest.mark.parametrize("name", MACHINES)
def test_cloud_init_takes_it(name: str, tmp_path: Path) -> None:
    assert cloud_init_says(user_data(MACHINES[name]), tmp_path) == "Valid cloud-config: user-data\n"


def test_cloud_init_would_say_no(tmp_path: Path) -> None:
    wrong = user_data(MACHINES["vllm"]).replace("  content: |", "  contents: |", 1)
    assert "contents" in cloud_init_says(wrong, tmp_path)


@pytest.mark.parametrize("name", MACHINES)
def test_systemd_takes_it(name: str, tmp_path: Path) -> None:
    assert systemd_says(MACHINES[name], tmp_path) == "exit 0"


@pytest.mark.parametrize(
    ("instead", "says"),
    [
        (("Restart=always", "Restart=sometimes"), "sometimes"),
        (("After=network", "Aftar=network"), "Aftar"),
        (("ExecStart=/opt/fourways/fetch_key.py", "ExecStart=/opt/fourways/fetch_keys.py"), "fetch_keys.py is not executable"),
    ],
)
def test_systemd_would_say_no(instead: tuple[str, str], says: str, tmp_path: Path) -> None:
    assert says in systemd_says(MACHINES["vllm"], tmp_path, instead=instead)


@pytest.mark.parametrize("path", [*sorted(SCRIPTS.glob("*.sh")), SMALL_MACHINE], ids=lambda path: path.name)
def test_shellcheck_takes_it(path: Path) -> None:
    done = debian_tools.run("shellcheck", str(path))
    assert done.stdout + done.stderr == ""


def test_shellcheck_would_say_no(tmp_path: Path) -> None:
    (path := tmp_path / "wrong.sh").write_text("#!/bin/sh\nrm -r $1/\n")
    assert "SC2086" in debian_tools.run("shellcheck", str(path)).stdout


@pytest.mark.parametrize("path", sorted(SCRIPTS.glob("*.py")), ids=lambda path: path.name)
def test_the_oldest_python_reads_it(path: Path) -> None:
    """3.6 is the one of Alibaba Cloud Linux 3; of its library, what came later is not looked for here."""
    ast.parse(path.read_text(), feature_version=(3, 6))
