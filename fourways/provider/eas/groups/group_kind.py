"""The type `fourways:eas:ResourceGroup`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from fourways.provider.kind import COMMON_OUTPUTS, INTEGER, STRING, Kind, Operations
from fourways.provider.names import RESOURCE_GROUP_TYPE
from fourways.provider.session import Session


class ResourceGroupKind(Kind):
    """A dedicated PAI-EAS resource group."""

    token: ClassVar[str] = RESOURCE_GROUP_TYPE
    description: ClassVar[str] = (
        "A dedicated PAI-EAS resource group: machines billed from creation to deletion. Import id: REGION/eas-r-..."
    )
    example: ClassVar[str] = "ap-southeast-1/eas-r-abc"
    inputs: ClassVar[str] = "fourways.provider.eas.groups.group_inputs:ResourceGroupInputs"
    outputs: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "resourceId": {**STRING, "description": "eas-r-..., what metadata.resource of a service names."},
        "instanceIds": {"type": "array", "items": STRING, "description": "The machines, in the order of their ids."},
        "status": {**STRING, "description": "As the cloud spells it."},
        "gpus": {**INTEGER, "description": "GPUs of all its machines together."},
        **COMMON_OUTPUTS,
    }
    volatile: ClassVar[tuple[str, ...]] = ("instanceIds", "status", "gpus")
    stable: ClassVar[tuple[str, ...]] = ("region", "resourceId", "account", "target")

    def operations(self, session: Session, region: str) -> Operations:
        from fourways.provider.eas.api import Eas
        from fourways.provider.eas.groups.resource_group import ResourceGroups

        return ResourceGroups(session, Eas(session, region))
