"""The service JSON of PAI-EAS, put together from its parts. Pure: values that are known only later are passed through.

Not in it, since they are inputs of the resource: name, labels, token, workspace. The token is left to EAS, which makes one: none is in a
stack file. Which field is written from which setting, and which is refused, is in docs/eas-service-json.md.
"""

from __future__ import annotations

from typing import Any

from components.eas.service_container import container
from components.eas.service_networking import Surroundings, networking, vpc
from components.eas.service_placement import Placement
from components.eas.service_storage import role, storage
from stacks.kinds.on_eas import OnEas


def service_json(serving: OnEas, region: str, placement: Placement, around: Surroundings) -> dict[str, Any]:
    """The JSON of the service, ready for the `config` input of EasService. What would be empty is left out."""
    read_as = role(serving.model)
    document: dict[str, Any] = {
        "metadata": _metadata(serving, placement),
        "cloud": {"computing": placement.computing, "networking": vpc(around)},
        "containers": [container(serving.engine, serving.model, region)],
        "storage": storage(serving.model, region),
        "networking": networking(around, public=serving.access.public, limits=serving.limits),
        "options": {**placement.options, **read_as.get("options", {})},
        "credential": read_as.get("credential"),
    }
    if placement.computing is None:
        del document["cloud"]["computing"]
    return {key: value for key, value in document.items() if value}


def _metadata(serving: OnEas, placement: Placement) -> dict[str, Any]:
    surge = serving.update == "surge"
    return {
        "instance": serving.replicas.count,
        **({} if serving.group is None else {"group": serving.group.name}),
        **placement.metadata,
        # Both said: EAS's default surges by 2 %, which on a full group waits for GPUs that never come free.
        "rolling_strategy": {"max_surge": 1 if surge else 0, "max_unavailable": 0 if surge else 1},
    }
