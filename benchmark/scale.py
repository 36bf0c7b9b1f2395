"""What a hundred EAS services in one program cost, relative to one: wall time, API calls while waiting, the provider's memory.

Usage: .venv/bin/python benchmark/scale.py [--count 100] [--rounds 2]
The real engine, PULUMI_PARALLEL=100, public resources, a fake on a real-time clock whose services take 10 s to start. One and many run in
turns in one process on one machine, each from nothing; prints medians and their ratios. To hold: wall time <= 3, calls <= 2.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

from fourways.cli import fake_server
from fourways.cli.project import ROOT
from fourways.cli.workspace import Workspace, fake_workspace

REGION = "ap-southeast-1"
MACHINE = "ecs.gn8v-4x.24xlarge"
#: What is called while services wait; creates, final reads and label changes are once a service by nature.
WAITING = ("ListServices", "ListServiceInstances", "DescribeServiceEvent", "DescribeMachineSpec", "DescribeResource")
SAMPLE_SECONDS = 0.1


@dataclass(frozen=True)
class Run:
    """One `pulumi up`: seconds, API calls while waiting, all API calls, and the provider's peak memory in MiB."""

    seconds: float
    waiting: int
    calls: int
    memory: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fourways-scale-") as name:
        folder = Path(name)
        try:
            compare(folder, options.count, options.rounds)
        finally:
            fake_server.stop(folder / "fake")
    return 0


def compare(folder: Path, count: int, rounds: int) -> None:
    """Print each run and the ratios of the medians."""
    workspace = scale_workspace(fake_workspace(folder, port=0), (1, count))
    runs: dict[int, list[Run]] = {1: [], count: []}
    for size in runs:  # plugins and schemas are loaded and cached once, before anything is timed
        workspace.read("preview", "--stack", f"of-{size}")
    for _ in range(rounds):
        for size, taken in runs.items():
            taken.append(up(workspace, f"of-{size}"))
            print(f"{size} services: {taken[-1]}", flush=True)
            workspace.read("destroy", "--yes", "--skip-preview", "--stack", f"of-{size}")
    for what, target in (("seconds", 3.0), ("waiting", 2.0), ("memory", None), ("calls", None)):
        one, many = (statistics.median(getattr(run, what) for run in runs[size]) for size in (1, count))
        held = f" (to hold: <= {target:g})" if target else ""
        print(f"{what}: {many / one:.2f} times as much for {count} services as for one{held}: {many:.1f} / {one:.1f}", flush=True)


def up(workspace: Workspace, stack: str) -> Run:
    """One `pulumi up` from nothing, watched."""
    assert workspace.fake is not None
    workspace.fake.ask("requests", "DELETE")
    peak = [0.0]
    started = time.perf_counter()
    command = [str(workspace.pulumi), "up", "--yes", "--skip-preview", "--stack", stack]
    with subprocess.Popen(
        command, cwd=workspace.folder, env=workspace.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        threading.Thread(target=watch, args=(process, peak), daemon=True).start()
        output = process.communicate()[0]
    seconds = time.perf_counter() - started
    if process.returncode:
        workspace.fail("up", subprocess.CompletedProcess(command, process.returncode, output, ""))
    actions = workspace.fake.ask("requests")["actions"]
    # What a service runs on is read once more when it is ready.
    waiting = sum(actions.get(action, 0) for action in WAITING) - actions.get("CreateService", 0)
    return Run(round(seconds, 2), waiting, sum(actions.values()), peak[0])


def watch(process: subprocess.Popen[str], peak: list[float]) -> None:
    """Keeps the highest VmHWM (MiB) of the provider below `process` until that has ended."""
    provider: int | None = None
    while process.poll() is None:
        provider = provider or find_provider(process.pid)
        try:
            status = Path(f"/proc/{provider}/status").read_text() if provider else ""
        except OSError:
            status = ""
        found = [int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:")]
        peak[0] = max([peak[0], *(round(value, 1) for value in found)])
        time.sleep(SAMPLE_SECONDS)


def find_provider(ancestor: int) -> int | None:
    """The process below `ancestor` that runs our provider's folder."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            pid = int(folder.name)
            if "python" in words[0] and any(word.rstrip("/").endswith("fourways/provider") for word in words) and below(pid, ancestor):
                return pid
        except OSError:
            continue  # it has just ended
    return None


def below(pid: int, ancestor: int) -> bool:
    while pid > 1:
        if pid == ancestor:
            return True
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return False


def scale_workspace(ours: Workspace, sizes: tuple[int, ...]) -> Workspace:
    """A project of the scale program beside ours, on the same fake, with a stack of each size."""
    folder = ours.folder / "scale"
    (folder / "stacks").mkdir(parents=True)
    (folder / "state").mkdir()
    project = {
        "name": "scale",
        "main": os.path.relpath(ROOT / "benchmark" / "scale_program", folder),
        "runtime": {"name": "python", "options": {"virtualenv": sys.prefix}},
        "stackConfigDir": "stacks",
        "plugins": {"providers": [{"name": "fourways", "path": os.path.relpath(ROOT / "fourways" / "provider", folder)}]},
    }
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))
    environment = {**ours.environment, "PULUMI_BACKEND_URL": (folder / "state").as_uri(), "PULUMI_PARALLEL": "100"}
    made = dataclasses.replace(ours, folder=folder, environment=environment, stacks=folder / "stacks")
    for size in sizes:
        stack = {"config": {"alicloud:region": REGION, "scale:count": str(size), "scale:machine": MACHINE}}
        (folder / "stacks" / f"Pulumi.of-{size}.yaml").write_text(yaml.safe_dump(stack))
        made.read("stack", "init", f"of-{size}")
    return made


if __name__ == "__main__":
    sys.exit(main())
