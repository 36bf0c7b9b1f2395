"""`fourways metrics`: writes what Prometheus and Grafana need to watch a bare-metal stack, and keeps the targets up to date."""

from __future__ import annotations

import json
import time
from pathlib import Path

import yaml

from fourways.cli.demo import console
from fourways.cli.errors import UserError
from fourways.cli.project import project_name, stack_file
from fourways.cli.workspace import current_workspace
from fourways.metrics import dashboard, prometheus
from fourways.metrics.machines import machines
from stacks.kinds.bare_metal import BareMetalServing
from stacks.settings import read_stack_file

PERIOD_SECONDS = 30.0


def write(stack: str, folder: Path, *, fake: bool, follow: bool) -> None:
    """Writes prometheus.yml, targets.json and dashboard.json; with `follow`, the targets again and again until Ctrl-C. Raises UserError."""
    settings = read_stack_file(stack_file(stack))
    serving = settings.serving
    if not isinstance(serving, BareMetalServing):
        raise UserError(f"stack {stack} is of kind {serving.kind}: only machines of a stack's own (bare-metal) are scraped by Prometheus")
    current_workspace(fake=fake).enter()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prometheus.yml").write_text(yaml.safe_dump(prometheus.scrape_config(stack), sort_keys=False))
    (folder / "dashboard.json").write_text(json.dumps(dashboard.dashboard(stack, serving.engine.name), indent=2) + "\n")
    gpus = serving.monitoring is not None and serving.monitoring.gpu_exporter is not None
    while True:
        found = machines(project_name(), stack, settings.region)
        _replace(folder / prometheus.TARGETS, json.dumps(prometheus.targets(stack, found, gpus=gpus), indent=2) + "\n")
        console.print(
            f"{folder}: {len(found)} machine{'' if len(found) == 1 else 's'}, prometheus.yml, {prometheus.TARGETS}, dashboard.json"
        )
        if not follow:
            return
        time.sleep(PERIOD_SECONDS)


def _replace(path: Path, text: str) -> None:
    """Whole or not at all: Prometheus reads the file whenever it changes."""
    part = path.with_suffix(".part")
    part.write_text(text)
    part.replace(path)
