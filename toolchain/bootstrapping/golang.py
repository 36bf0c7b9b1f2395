"""Running Go: found or explained, with its progress shown and its failures made readable."""

import os
import re
import shutil
import signal
import subprocess
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from . import recipe
from .report import Problem, Progress

_INSTALL = "install it from https://go.dev/dl/ (Debian, Ubuntu: the archive's own is often too old) and have `go` on PATH"
_NO_SPACE = re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE)


def find() -> str:
    """Path of a `go` that is new enough. Raises Problem that says what to install."""
    wanted = ".".join(map(str, recipe.GO_VERSION))
    go = shutil.which("go")
    if go is None:
        raise Problem(
            f"Go {wanted} is needed to build Pulumi, and there is no `go` on PATH: {_INSTALL}.\nOr install Pulumi itself: https://www.pulumi.com/docs/install/"
        )
    answer = subprocess.run([go, "version"], capture_output=True, text=True, env=environment(), check=False)
    match = re.search(r"go(\d+)\.(\d+)", answer.stdout)
    if answer.returncode != 0 or match is None:
        raise Problem(f"`{go} version` failed: {(answer.stderr or answer.stdout).strip()}\nGo {wanted} is needed: {_INSTALL}.")
    if (int(match[1]), int(match[2])) < recipe.GO_VERSION:
        raise Problem(f"Go {wanted} or newer is needed, {go} is {match[0]}: {_INSTALL}.")
    return go


@dataclass(frozen=True)
class Work:
    """Where Go may write while it builds, and the lock it holds for as long as it runs: should we be killed, nobody builds beside it."""

    folder: Path
    lock: int


def environment(temporary: Path | None = None) -> dict[str, str]:
    """Go's environment: the user's caches and proxy, our build settings."""
    result = {**os.environ, **recipe.ENVIRONMENT}
    if temporary is not None:
        result["GOTMPDIR"] = str(temporary)  # /tmp is often small or in memory; a link step writes hundreds of MB
    return result


def caches(go: str) -> list[Path]:
    """Folders Go writes to: build cache and module cache."""
    answer = subprocess.run([go, "env", "GOCACHE", "GOMODCACHE"], capture_output=True, text=True, env=environment(), check=False)
    return [Path(line) for line in answer.stdout.splitlines() if line.strip()]


def run(arguments: list[str], folder: Path, work: Work, progress: Progress, of: int = 0) -> str:
    """Runs one Go command; returns its stdout. `of`: how many packages there are at most, for the progress line.

    Raises Problem with Go's last lines, or with what to do where the disk is full. Ends Go when interrupted.
    """
    process = subprocess.Popen(
        arguments,
        cwd=folder,
        env=environment(work.folder),
        pass_fds=[work.lock],
        stdin=subprocess.DEVNULL,
        stdout=(work.folder / "stdout").open("wb"),
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,  # an interrupt must reach Go's compilers too: they are ended as one group, by us
    )
    last: deque[str] = deque(maxlen=20)
    downloaded = compiled = 0
    full = False
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("go: downloading"):
                downloaded += 1
                progress.update(f"downloaded {downloaded} modules")
                continue
            last.append(line.rstrip())
            full = full or bool(_NO_SPACE.search(line))
            if re.fullmatch(r"[\w./~-]+", line.strip()):
                compiled += 1
                progress.update(f"compiled {compiled} packages" + (f" of at most {of}" if of else ""))
        code = process.wait()
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    finally:
        progress.clear()
    if full:
        raise Problem(
            f"the disk is full: Go needs about {recipe.DISK_GB:.0f} GB in its caches and in {work.folder.parent}.\n"
            "Nothing half-written was left. Free some space (or set FOURWAYS_CACHE, GOCACHE and GOMODCACHE to a larger disk) and run the "
            "same command again: what is compiled is kept."
        )
    if code != 0:
        killed = f"\nGo was ended by signal {-code}: it needs about {recipe.MEMORY_GB:.0f} GB of memory, which may have run out."
        hint = killed if code < 0 or any("signal: killed" in line for line in last) else ""
        raise Problem(f"`{' '.join(arguments)}` failed in {folder}:\n" + "\n".join(last) + hint)
    return (work.folder / "stdout").read_text()
