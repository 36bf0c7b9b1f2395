"""How long `preview` and `up` of mu-singapore take, relative to a bare Pulumi program with the same alicloud resources.

Usage: .venv/bin/python benchmark/against_bare_program.py [--previews 5] [--ups 2]
Runs alternate in one process on one machine, on fakes with real-time clocks (transitions of 10 s); prints medians and their ratios.
Figures to hold: preview <= 1.3, up <= 1.0 (both programs create the service; ours creates the resource group too).
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from fourways.cli import fake_server
from fourways.cli.project import ROOT
from fourways.cli.workspace import Workspace, fake_workspace

STACK = "mu-singapore"
REGION = "ap-southeast-1"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--previews", type=int, default=5)
    parser.add_argument("--ups", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fourways-benchmark-") as name:
        folder = Path(name)
        try:
            compare(folder, options.previews, options.ups)
        finally:
            fake_server.stop(folder / "fake")
    return 0


def compare(folder: Path, previews: int, ups: int) -> None:
    """Print the two ratios."""
    ours = fake_workspace(folder, port=0)
    ours.read("stack", "init", STACK)
    bare = bare_workspace(ours, group_id=dedicated_group(ours))
    bare.read("stack", "init", STACK)
    pair = {"fourways": ours, "bare": bare}
    for workspace in pair.values():  # plugins and schemas are loaded and cached once, before anything is timed
        workspace.read("preview", "--stack", STACK)
    seconds = measure({name: lambda w=workspace: w.read("preview", "--stack", STACK) for name, workspace in pair.items()}, previews)
    report("preview", seconds, 1.3)
    seconds = measure(
        {name: lambda w=workspace: up(w) for name, workspace in pair.items()}, ups, after=lambda: [down(w) for w in pair.values()]
    )
    report("up", seconds, 1.0)


def measure(tasks: dict[str, Callable[[], object]], runs: int, after: Callable[[], object] = lambda: None) -> dict[str, list[float]]:
    """Seconds of each task, taken in turns; `after` runs untimed after each round."""
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(runs):
        for name, task in tasks.items():
            started = time.perf_counter()
            task()
            seconds[name].append(time.perf_counter() - started)
        after()
    return seconds


def report(what: str, seconds: dict[str, list[float]], target: float) -> None:
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    every = "; ".join(f"{name} {', '.join(f'{value:.2f}' for value in values)} s" for name, values in seconds.items())
    ratio = medians["fourways"] / medians["bare"]
    print(f"{what}: {ratio:.2f} times the bare program (to hold: <= {target}; {every})", flush=True)


def up(workspace: Workspace) -> None:
    workspace.read("up", "--yes", "--skip-preview", "--stack", STACK)


def down(workspace: Workspace) -> None:
    workspace.read("destroy", "--yes", "--skip-preview", "--stack", STACK)


def dedicated_group(ours: Workspace) -> str:
    """A resource group with room for the bare program's service, made beside Pulumi as its user would have to."""
    script = (
        "import sys; from alibabacloud_eas20210701 import models; from fourways.cloud.clients import eas_client;"
        "body = eas_client(sys.argv[1]).create_resource(models.CreateResourceRequest(resource_type='Dedicated', charge_type='PostPaid',"
        "ecs_instance_type=sys.argv[2], ecs_instance_count=1)).body; print(body.resource_id)"
    )
    layout = planned_inputs(ours, "fourways:eas:ResourceGroup")["instanceType"]
    result = subprocess.run(
        [sys.executable, "-c", script, REGION, layout], env=ours.environment, capture_output=True, text=True, check=True
    )
    return result.stdout.strip()


def planned_inputs(ours: Workspace, type_: str) -> dict[str, object]:
    """Inputs of the one resource of `type_` as a preview of mu-singapore plans it."""
    steps = json.loads(ours.read("preview", "--json", "--stack", STACK))["steps"]
    inputs: dict[str, object] = next(step["newState"]["inputs"] for step in steps if step["newState"]["type"] == type_)
    return inputs


def bare_workspace(ours: Workspace, group_id: str) -> Workspace:
    """The bare program's project beside ours, on the same fake, with the same service JSON."""
    config = planned_inputs(ours, "fourways:eas:Service")["config"]
    assert isinstance(config, dict)
    config = {name: value for name, value in config.items() if name not in ("networking", "labels")}
    config["cloud"] = {name: value for name, value in config.get("cloud", {}).items() if name != "networking"}
    config["metadata"] = {**config["metadata"], "name": "bare_service", "resource": group_id}
    folder = ours.folder / "bare"
    (folder / "stacks").mkdir(parents=True)
    project = {
        "name": "bare",
        "main": os.path.relpath(ROOT / "benchmark" / "bare_program", folder),
        "runtime": {"name": "python", "options": {"virtualenv": sys.prefix}},
        "stackConfigDir": "stacks",
    }
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))
    stack = {"config": {"alicloud:region": REGION, "bare:service": json.dumps(config)}}
    (folder / "stacks" / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump(stack))
    environment = {**ours.environment, "PULUMI_BACKEND_URL": (folder / "state").as_uri()}
    (folder / "state").mkdir()
    return dataclasses.replace(ours, folder=folder, environment=environment, stacks=folder / "stacks")


if __name__ == "__main__":
    sys.exit(main())
