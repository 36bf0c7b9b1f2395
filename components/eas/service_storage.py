"""The weights of a service of PAI-EAS as its JSON mounts them, read only, and the role that may read them. Pure.

Field names: help centre, "Configure storage mounts for EAS services" and "Configure the EAS RAM role".
"""

from __future__ import annotations

from typing import Any

from components.engine_command import MODEL_FOLDER
from stacks.kinds.eas_model import DEFAULT_ROLE, ModelChoice


def storage(model: ModelChoice, region: str) -> list[dict[str, Any]]:
    """The one mount of a replica: OSS (the stack's own folder, or one of the Model Gallery's bucket in the region), NAS or CPFS."""
    return [{"mount_path": MODEL_FOLDER, **_source(model, region)}]


def _source(model: ModelChoice, region: str) -> dict[str, Any]:
    if model.nas is not None:
        return {"nfs": {"server": model.nas.server, "path": model.nas.path, "readOnly": True}}
    if model.cpfs is not None:  # the page has no read-only mount of CPFS
        return {"cpfs": {"file_system_id": model.cpfs.file_system, "path": model.cpfs.path}}
    if model.weights is not None:
        return {"oss": {"path": model.weights, "readOnly": True}}
    # The endpoint as in the examples that the bucket is from.
    return {
        "oss": {
            "path": model.folder(region),
            "endpoint": f"oss-{region}-internal.aliyuncs.com",
            "readOnly": True,
        }
    }


def role(model: ModelChoice) -> dict[str, Any]:
    """The parts of the document that say as whom the replica reads. The key of a role of one's own is the one in the configuration keys
    of EAS that a public repository lists (credential.role_arn); the page that could be read shows only the default role's."""
    if model.ram_role is None:
        return {}
    if model.ram_role == DEFAULT_ROLE:
        return {"options": {"enable_ram_role": True}}
    return {"credential": {"role_arn": model.ram_role}}
