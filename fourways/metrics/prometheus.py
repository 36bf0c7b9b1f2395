"""What Prometheus scrapes. Pure.

Targets lie in a file of their own (file_sd_configs), which Prometheus reads again by itself when it changes: machines come and go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

ENGINE_PORT, GPU_PORT = 8000, 9400
INTERVAL = "15s"
TARGETS = "targets.json"


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A machine that is scraped, by its address in the VPC."""

    id: str
    address: str
    zone: str


def scrape_config(stack: str) -> dict[str, Any]:
    """`prometheus.yml`: one job, its targets from the file beside it."""
    return {
        "global": {"scrape_interval": INTERVAL},
        "scrape_configs": [
            {
                "job_name": f"fourways-{stack}",
                "metrics_path": "/metrics",
                "file_sd_configs": [{"files": [TARGETS], "refresh_interval": "1m"}],
            }
        ],
    }


def targets(stack: str, machines: Iterable[Machine], *, gpus: bool) -> list[dict[str, Any]]:
    """`targets.json`: of each machine its engine, and its GPU exporter where there is one."""
    ports = {"engine": ENGINE_PORT, **({"gpu": GPU_PORT} if gpus else {})}
    return [
        {
            "targets": [f"{machine.address}:{port}"],
            "labels": {"stack": stack, "exporter": exporter, "instance_id": machine.id, "zone": machine.zone},
        }
        for machine in sorted(machines, key=lambda one: one.id)
        for exporter, port in ports.items()
    ]
