"""How long `fourways check mu-singapore` takes, relative to a bare `pulumi preview` of the same stack.

Usage: .venv/bin/python benchmark/check_ratio.py [--pairs 7]
Runs alternate on one machine, on one fake; prints the medians' ratio. Figure to hold: <= 1.5. A check is a preview with the policy pack and
a look at the state, read for policies, costs and budget; both are whole processes, as a user starts them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from fourways.cli import fake_server
from fourways.cli.project import ROOT
from fourways.cli.workspace import fake_workspace

STACK = "mu-singapore"
TO_HOLD = 1.5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fourways-benchmark-") as name:
        folder = Path(name)
        try:
            compare(folder, options.pairs)
        finally:
            fake_server.stop(folder / "fake")
    return 0


def compare(folder: Path, pairs: int) -> None:
    """Print the ratio of `pairs` alternating runs."""
    workspace = fake_workspace(folder, port=0)
    workspace.read("stack", "init", STACK)
    environment = {**os.environ, "FOURWAYS_FAKE_FOLDER": str(folder), "FOURWAYS_FAKE_PORT": "0"}
    command = [str(Path(sys.executable).with_name("fourways")), "check", STACK, "--fake"]

    def check() -> None:
        subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)

    tasks: dict[str, Callable[[], object]] = {"check": check, "preview": lambda: workspace.read("preview", "--stack", STACK)}
    for task in tasks.values():  # plugins are loaded and schemas cached once, before anything is timed
        task()
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(pairs):
        for name, task in tasks.items():
            started = time.perf_counter()
            task()
            seconds[name].append(time.perf_counter() - started)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    every = "; ".join(f"{name} {', '.join(f'{value:.2f}' for value in values)} s" for name, values in seconds.items())
    print(f"check: {medians['check'] / medians['preview']:.2f} times a bare preview (to hold: <= {TO_HOLD}; {every})", flush=True)


if __name__ == "__main__":
    sys.exit(main())
