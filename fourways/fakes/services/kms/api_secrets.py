"""Generic secrets on the wire: help centre, CreateSecret, PutSecretValue, GetSecretValue, DeleteSecret (Kms 2016-01-20).

Not here: secrets of databases, ECS and RAM, rotation, KMS instances, and the time in which a deleted one can be recovered: a delete without
ForceDeleteWithoutRecovery is refused.
"""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.kms.backend import KmsBackend, Secret
from fourways.fakes.wire.errors import CloudError, invalid

_LONGEST_NAME, _LONGEST_VERSION = 192, 64


def create_secret(call: Call) -> dict[str, Any]:
    given, secrets = call.parameters, call.backend(KmsBackend).secrets
    if given.optional("DKMSInstanceId") or given.optional("EncryptionKeyId"):
        raise invalid("DKMSInstanceId", "This fake has no KMS instances.")
    name = given.require("SecretName")
    if len(name) > _LONGEST_NAME:
        raise invalid("SecretName", f"It has at most {_LONGEST_NAME} characters.")
    if name in secrets:
        raise _exists()
    made = Secret(name, given.get("Description"), call.scope.clock.now())
    made.put(_version(call), given.require("SecretData"))
    secrets[name] = made
    return {"SecretName": name, "VersionId": made.stages["ACSCurrent"], "Arn": _arn(call, name), "SecretType": "Generic"}


def put_secret_value(call: Call) -> dict[str, Any]:
    """A version that is there is taken again with the same value, and refused with another."""
    secret, version, data = _named(call), _version(call), call.parameters.require("SecretData")
    if secret.versions.get(version, data) != data:
        raise _exists()
    if version not in secret.versions:
        secret.put(version, data)
    stages = [stage for stage, of in secret.stages.items() if of == version]
    return {"SecretName": secret.name, "VersionId": version, "VersionStages": {"VersionStage": stages}}


def get_secret_value(call: Call) -> dict[str, Any]:
    """By VersionId, or by VersionStage (ACSCurrent where neither is given)."""
    secret, given = _named(call), call.parameters
    version = given.optional("VersionId") or secret.stages.get(given.optional("VersionStage") or "ACSCurrent", "")
    if version not in secret.versions:
        raise _not_found()
    return {"SecretName": secret.name, "VersionId": version, "SecretData": secret.versions[version], "SecretDataType": "text"}


def delete_secret(call: Call) -> dict[str, Any]:
    secret = _named(call)
    if not call.parameters.boolean("ForceDeleteWithoutRecovery"):
        raise invalid("ForceDeleteWithoutRecovery", "This fake recovers nothing: it must be true.")
    del call.backend(KmsBackend).secrets[secret.name]
    return {"SecretName": secret.name}


def _named(call: Call) -> Secret:
    found = call.backend(KmsBackend).secrets.get(call.parameters.require("SecretName"))
    if found is None:
        raise _not_found()
    return found


def _version(call: Call) -> str:
    version = call.parameters.require("VersionId")
    if len(version) > _LONGEST_VERSION:
        raise invalid("VersionId", f"It has at most {_LONGEST_VERSION} characters.")
    return version


def _arn(call: Call, name: str) -> str:
    return f"acs:kms:{call.scope.region}:{call.scope.account}:secret/{name}"


def _not_found() -> CloudError:
    return CloudError(404, "Forbidden.ResourceNotFound", "The resource is not found.")


def _exists() -> CloudError:
    return CloudError(409, "Rejected.ResourceExist", "The resource already exists.")
