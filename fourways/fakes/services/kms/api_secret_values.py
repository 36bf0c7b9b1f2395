"""Values of secrets on the wire: versions and the stages that mark them."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.kms import requests
from fourways.fakes.services.kms.backend import KmsBackend
from fourways.fakes.services.kms.requests import arn_of, check_role, exists, named, unsupported
from fourways.fakes.services.kms.secrets import CURRENT, PREVIOUS, Secret, Version
from fourways.fakes.wire.errors import CloudError, invalid

_LONGEST_VERSION, _LONGEST_STAGE = 64, 64
MOST_DATA = 30 * 1024  # bytes: help centre, CreateSecret


def about_rotation(call: Call, secret: Secret) -> dict[str, Any]:
    """What most answers say; rotation only of what can rotate."""
    clock = call.scope.clock
    rotation = {
        "AutomaticRotation": "Enabled" if secret.rotates else "Disabled",
        "RotationInterval": f"{secret.interval}s" if secret.interval else "",
        "LastRotationDate": clock.timestamp(secret.rotated) if secret.rotated else "",
        "NextRotationDate": clock.timestamp(secret.next_rotation) if secret.next_rotation else "",
        "ExtendedConfig": secret.config,
    }
    return {"SecretType": secret.type, "DKMSInstanceId": secret.instance, **(rotation if secret.type != "Generic" else {})}


def version_id(call: Call) -> str:
    version = call.parameters.require("VersionId")
    if len(version) > _LONGEST_VERSION:
        raise invalid("VersionId", f"It has at most {_LONGEST_VERSION} characters.")
    return version


def value_of(call: Call) -> Version:
    given = call.parameters
    data = given.require("SecretData")
    if len(data.encode()) > MOST_DATA:
        raise invalid("SecretData", f"It has at most {MOST_DATA} bytes.")
    return Version(data, given.choice("SecretDataType", ("text", "binary"), "text"), call.scope.clock.now())


def put_secret_value(call: Call) -> dict[str, Any]:
    """A version that is there is taken again with the same value, and refused with another."""
    secret, id, version = named(call), version_id(call), value_of(call)
    if secret.type != "Generic":
        raise unsupported("Values are put into generic secrets only.")
    stages = requests.json_list(call.parameters, "VersionStages") or [CURRENT]
    if not all(isinstance(stage, str) and 0 < len(stage) <= _LONGEST_STAGE for stage in stages):
        raise invalid("VersionStages", f"It must be a JSON list of names of at most {_LONGEST_STAGE} characters.")
    kept = secret.versions.get(id)
    if kept is not None and (kept.data, kept.type) != (version.data, version.type):
        raise exists()
    if kept is None:
        secret.put(id, version, stages)
        secret.updated = version.created
    return {"SecretName": secret.id, "VersionId": id, "VersionStages": {"VersionStage": secret.stages_of(id)}}


def get_secret_value(call: Call) -> dict[str, Any]:
    """By VersionId, or by VersionStage (ACSCurrent where neither is given). A role must be let decrypt what the account's key encrypts."""
    secret, given = named(call), call.parameters
    id = given.optional("VersionId") or secret.stages.get(given.optional("VersionStage") or CURRENT, "")
    if secret.key:
        check_role(call, f"acs:kms:{call.scope.region}:{call.scope.account}:key/{secret.key}", "Decrypt")
        require_enabled(call, secret.key)
    if id not in secret.versions:
        raise CloudError(404, "Forbidden.ResourceNotFound", "The resource is not found.")
    version = secret.versions[id]
    return {
        "SecretName": secret.id,
        "VersionId": id,
        "VersionStages": {"VersionStage": secret.stages_of(id)},
        "SecretData": version.data,
        "SecretDataType": version.type,
        "CreateTime": call.scope.clock.timestamp(version.created),
        **about_rotation(call, secret),
    }


def require_enabled(call: Call, key_id: str) -> None:
    status = call.backend(KmsBackend).keys[key_id].status
    if status != "Enabled":
        raise CloudError(409, f"Rejected.{status}", f"The request was rejected because the key state is {status}.")


def list_secret_version_ids(call: Call) -> dict[str, Any]:
    """Those that no stage marks are deprecated, and shown with IncludeDeprecated only."""
    secret = named(call, pending=True)
    every = call.parameters.boolean("IncludeDeprecated")
    page, about = call.parameters.page([id for id in secret.versions if every or secret.stages_of(id)])
    rows = [
        {
            "VersionId": id,
            "VersionStages": {"VersionStage": secret.stages_of(id)},
            "CreateTime": call.scope.clock.timestamp(secret.versions[id].created),
        }
        for id in page
    ]
    return {"SecretName": secret.id, "VersionIds": {"VersionId": rows}, **about}


def update_secret_version_stage(call: Call) -> dict[str, Any]:
    """ACSCurrent and ACSPrevious move and never go."""
    secret, given = named(call), call.parameters
    stage, source, target = given.require("VersionStage"), given.optional("RemoveFromVersion"), given.optional("MoveToVersion")
    if secret.type != "Generic":
        raise unsupported("Stages of generic secrets only are changed.")
    if source is None and target is None:
        raise invalid("MoveToVersion", "RemoveFromVersion or MoveToVersion must be given.")
    if any(id is not None and id not in secret.versions for id in (source, target)):
        raise CloudError(404, "Forbidden.ResourceNotFound", "The resource is not found.")
    if source is not None and secret.stages.get(stage) != source:
        raise invalid("RemoveFromVersion", f"{stage} does not mark it.")
    if target is not None:
        secret.move(stage, target)
    elif stage in (CURRENT, PREVIOUS):
        raise invalid("VersionStage", f"{stage} can be moved only.")
    else:
        del secret.stages[stage]
    secret.updated = call.scope.clock.now()
    return {"SecretName": secret.id}


def rotate_secret(call: Call) -> dict[str, Any]:
    secret, id = named(call), version_id(call)
    if secret.type == "Generic":
        raise unsupported("A generic secret is rotated by PutSecretValue.")
    if id in secret.versions:
        raise exists()
    call.backend(KmsBackend).secrets.rotate(secret, id)
    return {"Arn": arn_of(call, secret.id), "SecretName": secret.id, "VersionId": id}


ACTIONS: dict[str, Handler] = {
    "PutSecretValue": put_secret_value,
    "GetSecretValue": get_secret_value,
    "ListSecretVersionIds": list_secret_version_ids,
    "UpdateSecretVersionStage": update_secret_version_stage,
    "RotateSecret": rotate_secret,
}
