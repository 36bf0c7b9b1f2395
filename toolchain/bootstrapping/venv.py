"""The tree's own .venv with every Python dependency, remade when the requirements change."""

import hashlib
import os
import re
import subprocess
import sys
from collections import deque
from pathlib import Path

from .locks import alone
from .report import Problem, Progress, say

_INPUTS = ("pyproject.toml", "requirements.txt", "requirements-dev.txt")


def stamp(tree: Path) -> str:
    """Changes with the requirements, the Python, and the tree's place (an editable install and a venv's scripts name it)."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {os.path.realpath(tree)}".encode())
    for name in _INPUTS:
        digest.update((tree / name).read_bytes())
    return digest.hexdigest()


def ensure(tree: Path) -> None:
    """Idempotent; nothing is done when the stamp of the last complete install still fits. Raises Problem with pip's last lines."""
    folder = tree / ".venv"
    mark = folder / "fourways-installed"
    wanted = stamp(tree)
    if mark.is_file() and mark.read_text() == wanted and (folder / "bin" / "python").exists():
        say(f"venv: ready in {folder}")
        return
    with alone(tree / ".fourways" / "venv.lock", "making the virtual environment"):
        if mark.is_file() and mark.read_text() == wanted:
            return
        mark.unlink(missing_ok=True)
        make(folder)
        progress = Progress("Python packages")
        pip(
            [
                str(folder / "bin" / "python"),
                "-m",
                "pip",
                "install",
                "--disable-pip-version-check",
                "--progress-bar",
                "off",
                "-e",
                ".[dev]",
            ],
            tree,
            progress,
        )
        mark.write_text(wanted)
        progress.done()


def make(folder: Path) -> None:
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError as error:
        version = ".".join(map(str, sys.version_info[:2]))
        raise Problem(
            f"this Python ({sys.executable}) cannot make virtual environments: {error}.\nDebian, Ubuntu: apt install python{version}-venv"
        ) from error
    if not (folder / "bin" / "python").exists():
        say(f"venv: making {folder} with Python {'.'.join(map(str, sys.version_info[:3]))}")
        venv.create(folder, with_pip=True, clear=folder.exists(), symlinks=True)


def pip(command: list[str], tree: Path, progress: Progress) -> None:
    process = subprocess.Popen(
        command, cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, errors="replace"
    )
    last: deque[str] = deque(maxlen=15)
    collected = 0
    try:
        assert process.stdout is not None
        for line in process.stdout:
            last.append(line.rstrip())
            if line.startswith("Collecting"):
                collected += 1
                progress.update(f"collected {collected} packages")
            elif line.startswith("Installing collected"):
                progress.update("installing")
        code = process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        progress.clear()
    if code != 0:
        full = any(re.search(r"no space left on device", line, re.IGNORECASE) for line in last)
        raise Problem(("the disk is full: about 1 GB is needed for the Python packages.\n" if full else "pip failed:\n") + "\n".join(last))
