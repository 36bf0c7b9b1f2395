"""The service JSON of PAI-EAS for a model on dedicated machines. Pure: values that are known only later are passed through.

Not in it, since they are inputs of the resource: name, labels, token. The token is left to EAS, which makes one: none is in a stack file.
Field names: "Parameters of model services" (help centre), reference/eas.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pulumi

from components.engine_command import MODEL_FOLDER, PORT, command
from fourways.catalog import images
from fourways.catalog.instance_types import instance_type
from fourways.catalog.units import MachineLayout
from stacks.kinds.eas_model import ModelChoice
from stacks.kinds.model_unit import ModelUnitServing

LOAD_GIB_PER_SECOND = 2.1
"""2.5 TB took about 18 minutes (reference/eas.md)."""
LOAD_MARGIN = 3
"""Assumed: a first start reads from OSS with nothing cached, beside other readers."""
WARM_UP_SECONDS = 300
"""Assumed: image pull, graph capture, warm-up."""
SHORTEST_START, LONGEST_START = 600, 3600
"""Seconds of start-up budget for very large models, least and most (reference/eas.md)."""
FIRST_PROBE, PROBE_PERIOD = 30, 10
USABLE_SHARE = 0.9
"""Assumed: share of a machine's vCPUs and memory that services may ask for; EAS runs its own agents on the rest."""
SHARED_MEMORY_GB_PER_GPU = 16
"""Assumed: tensor parallel ranks exchange through /dev/shm."""


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where the service runs: the resource group and the network it joins."""

    resource_id: pulumi.Input[str]
    vpc_id: pulumi.Input[str]
    #: With commas.
    vswitch_ids: pulumi.Input[str]
    security_group_id: pulumi.Input[str]


def service_json(serving: ModelUnitServing, region: str, layout: MachineLayout, placement: Placement) -> dict[str, Any]:
    """The JSON of the service, ready for the `config` input of EasService."""
    document: dict[str, Any] = {
        "metadata": _metadata(serving, layout, placement.resource_id),
        "cloud": {
            "networking": {
                "vpc_id": placement.vpc_id,
                "vswitch_id": placement.vswitch_ids,
                "security_group_id": placement.security_group_id,
            }
        },
        "containers": [_container(serving, region)],
        "storage": [{"mount_path": MODEL_FOLDER, "oss": weights(serving.model, region)}],
    }
    # Left out when public: that is what puts a service behind the region's shared gateway.
    if not serving.access.public:
        document["networking"] = {"disable_internet_endpoint": True}
    return document


def weights(model: ModelChoice, region: str) -> dict[str, Any]:
    """The OSS mount of the weights: the stack's own folder, or one of the Model Gallery's bucket in the region."""
    if model.weights is not None:
        return {"path": model.weights, "readOnly": True}
    # Bucket and endpoint as in the examples of the PAI SDK (InputUri of CreateTrainingJob): one public bucket a region.
    return {
        "path": f"oss://pai-quickstart-{region}/{model.gallery}",
        "endpoint": f"oss-{region}-internal.aliyuncs.com",
        "readOnly": True,
    }


def start_seconds(weights_gib: float) -> int:
    """How long a start may take: loading the weights with margin, and warming up; at least 10 minutes, at most an hour."""
    wanted = WARM_UP_SECONDS + LOAD_MARGIN * weights_gib / LOAD_GIB_PER_SECOND
    return math.ceil(min(max(wanted, SHORTEST_START), LONGEST_START))


def _metadata(serving: ModelUnitServing, layout: MachineLayout, resource_id: pulumi.Input[str]) -> dict[str, Any]:
    machine = instance_type(layout.instance_type)
    gpus = serving.replicas.gpus
    share = USABLE_SHARE * gpus / machine.gpus
    surge = serving.update == "surge"
    return {
        "instance": serving.replicas.count,
        "resource": resource_id,
        "gpu": gpus,
        "cpu": math.floor(machine.vcpus * share),
        "memory": math.floor(machine.memory_gib * 1024 * share),
        "shm_size": SHARED_MEMORY_GB_PER_GPU * gpus,
        # Both said: EAS's default surges by 2 %, which on a full group waits for GPUs that never come free.
        "rolling_strategy": {"max_surge": 1 if surge else 0, "max_unavailable": 0 if surge else 1},
    }


def _container(serving: ModelUnitServing, region: str) -> dict[str, Any]:
    engine = serving.engine
    health = {"path": "/health", "port": PORT}
    budget = start_seconds(serving.model.size_gib or 0)
    return {
        "image": engine.image or images.image(engine.name, engine.version, region),
        "port": PORT,
        "command": command(engine, serving.model.id),
        "startup_check": {
            "http_get": health,
            "initial_delay_seconds": FIRST_PROBE,
            "period_seconds": PROBE_PERIOD,
            "timeout_seconds": 5,
            "success_threshold": 1,
            "failure_threshold": math.ceil((budget - FIRST_PROBE) / PROBE_PERIOD),
        },
        # Takes the replica out of the gateway quickly, and restarts it only after minutes: loading the weights again is dear.
        "health_check": {
            "http_get": health,
            "period_seconds": PROBE_PERIOD,
            "timeout_seconds": 5,
            "success_threshold": 1,
            "failure_threshold": 3,
        },
        "liveness_check": {"http_get": health, "period_seconds": 30, "timeout_seconds": 10, "success_threshold": 1, "failure_threshold": 6},
    }
