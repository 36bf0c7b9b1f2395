"""Secrets on the wire: help centre, one page an operation (Kms 2016-01-20), and the calls of resource_alicloud_kms_secret.go 1.285.0.

A secret of a database, an ECS instance or a RAM user is kept and rotated by the clock, but what it opens is not told. Secret policies are
kept and shown; who may read what follows from the policies of roles.
"""

from __future__ import annotations

import json
import re
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.kms import api_secret_values, requests
from fourways.fakes.services.kms.api_secret_values import about_rotation, require_enabled, value_of, version_id
from fourways.fakes.services.kms.backend import KmsBackend
from fourways.fakes.services.kms.requests import arn_of, check_role, exists, json_tags, named, unsupported
from fourways.fakes.services.kms.secrets import CURRENT, Secret
from fourways.fakes.wire.errors import CloudError, invalid

_TYPES = ("Generic", "Rds", "Redis", "RAMCredentials", "ECS", "PolarDB")
_NAME = re.compile(r"[A-Za-z0-9_/+=.@!-]{1,192}")
MOST_POLICY = 32_768
MOST_CONFIG = 1024


def create_secret(call: Call) -> dict[str, Any]:
    given, backend, now = call.parameters, call.backend(KmsBackend), call.scope.clock.now()
    name = given.require("SecretName")
    if not _NAME.fullmatch(name):
        raise invalid("SecretName", "It has 1 to 192 letters, digits and any of _/+=.@-.")
    check_role(call, arn_of(call, name))
    if name in backend.secrets:
        raise exists()
    kind = given.choice("SecretType", _TYPES, "Generic")
    secret = Secret(
        id=name,
        name=name,
        created=now,
        updated=now,
        description=given.get("Description"),
        type=kind,
        instance=backend.checked_instance(given.get("DKMSInstanceId")),
        config=_config(call) if kind != "Generic" else "",
        tags=json_tags(given),
    )
    secret.key = _checked_key(call, given.get("EncryptionKeyId"), secret.instance)
    if given.optional("Policy"):
        secret.policy = _checked_policy(call, secret)
    rotation = _rotation(call, secret)
    secret.put(version_id(call), value_of(call), [CURRENT])
    backend.secrets.add(secret, "CreateSecret")
    backend.secrets.bill(secret)
    backend.secrets.set_rotation(secret, *rotation)
    return {"Arn": arn_of(call, name), "SecretName": name, "VersionId": given.get("VersionId"), **about_rotation(call, secret)}


def _config(call: Call) -> str:
    text = call.parameters.require("ExtendedConfig")
    try:
        config = json.loads(text)
    except ValueError:
        config = None
    if len(text) > MOST_CONFIG or not isinstance(config, dict) or not config.get("SecretSubType"):
        raise invalid("ExtendedConfig", f"It is JSON of at most {MOST_CONFIG} characters with a SecretSubType.")
    return text


def _checked_key(call: Call, id: str, instance: str) -> str:
    """A symmetric key that is enabled and in the same KMS instance (help centre, CreateSecret); blank for the service's own."""
    if not id:
        return ""
    key = call.backend(KmsBackend).keys[id.rpartition("/")[2]]
    if key.usage != "ENCRYPT/DECRYPT" or key.spec not in ("Aliyun_AES_256", "Aliyun_SM4") or key.instance != instance:
        raise invalid("EncryptionKeyId", "It must be a symmetric key of the same KMS instance.")
    require_enabled(call, key.id)
    return key.id


def _rotation(call: Call, secret: Secret) -> tuple[bool, int]:
    """Whether it rotates by itself, and how often in seconds."""
    given = call.parameters
    rotates = given.boolean("EnableAutomaticRotation")
    if rotates and secret.type == "Generic":
        raise invalid("EnableAutomaticRotation", "A generic secret does not rotate by itself.")
    return rotates, requests.interval(given) if rotates or given.optional("RotationInterval") else 0


def describe_secret(call: Call) -> dict[str, Any]:
    secret = named(call, pending=True)
    tags = _tags(secret) if call.parameters.boolean("FetchTags") else {}
    about = {"Arn": arn_of(call, secret.id), "Description": secret.description, "EncryptionKeyId": secret.key}
    return {**_row(call, secret), **about, **about_rotation(call, secret), **tags}


def _row(call: Call, secret: Secret) -> dict[str, Any]:
    clock = call.scope.clock
    return {
        "SecretName": secret.id,
        "SecretType": secret.type,
        "CreateTime": clock.timestamp(secret.created),
        "UpdateTime": clock.timestamp(secret.updated),
        "PlannedDeleteTime": clock.timestamp(secret.deleted) if secret.deleted else "",
    }


def _tags(secret: Secret) -> dict[str, Any]:
    return {"Tags": {"Tag": [{"TagKey": key, "TagValue": value} for key, value in secret.tags.items()]}}


def list_secrets(call: Call) -> dict[str, Any]:
    """`Filters` is a JSON list of Key and Values: all of the keys must fit, each with one of its values."""
    check_role(call, f"acs:kms:{call.scope.region}:{call.scope.account}:secret")
    filters = requests.json_list(call.parameters, "Filters")
    fields: dict[str, Any] = {
        "SecretName": lambda one: [one.id],
        "Description": lambda one: [one.description],
        "SecretType": lambda one: [one.type],
        "DKMSInstanceId": lambda one: [one.instance],
        "TagKey": lambda one: list(one.tags),
        "TagValue": lambda one: list(one.tags.values()),
    }
    for row in filters:
        if not isinstance(row, dict) or row.get("Key") not in fields or not isinstance(row.get("Values"), list):
            raise invalid("Filters", f"Each has Values and a Key of {', '.join(fields)}.")
    found = [
        one
        for one in call.backend(KmsBackend).secrets
        if all(any(value in fields[row["Key"]](one) for value in row["Values"]) for row in filters)
    ]
    page, about = call.parameters.page(found)
    with_tags = call.parameters.boolean("FetchTags")
    return {"SecretList": {"Secret": [{**_row(call, one), **(_tags(one) if with_tags else {})} for one in page]}, **about}


def update_secret(call: Call) -> dict[str, Any]:
    secret, given = named(call), call.parameters
    if "Description" in given:
        secret.description = given.get("Description")
    secret.updated = call.scope.clock.now()
    return {"SecretName": secret.id}


def update_secret_rotation_policy(call: Call) -> dict[str, Any]:
    secret = named(call)
    call.parameters.require("EnableAutomaticRotation")
    call.backend(KmsBackend).secrets.set_rotation(secret, *_rotation(call, secret))
    return {"SecretName": secret.id}


def delete_secret(call: Call) -> dict[str, Any]:
    """At once, or after 7 to 30 days in which it can be restored and its name stays taken."""
    secret, given, secrets = named(call, pending=True), call.parameters, call.backend(KmsBackend).secrets
    if given.boolean("ForceDeleteWithoutRecovery"):
        secrets.remove(secret.id)
        return {"SecretName": secret.id}
    secrets.schedule_deletion(secret, given.integer("RecoveryWindowInDays", 30, 7, 30))
    return {"SecretName": secret.id, "PlannedDeleteTime": call.scope.clock.timestamp(secret.deleted)}


def restore_secret(call: Call) -> dict[str, Any]:
    secret = named(call, pending=True)
    if not secret.deleted:
        raise CloudError(409, "Rejected.ResourceInUse", "restore normal secret")
    secret.deleted = 0.0
    call.backend(KmsBackend).secrets.bill(secret)
    return {"SecretName": secret.id}


def get_secret_policy(call: Call) -> dict[str, Any]:
    """What is always there is the account's own right; only secrets in KMS instances have a policy."""
    secret = named(call)
    if not secret.instance:
        raise unsupported("Only secrets in KMS instances have a policy.")
    statement = {
        "Sid": "kms default secret policy",
        "Effect": "Allow",
        "Principal": {"RAM": [f"acs:ram::{call.scope.account}:*"]},
        "Action": ["kms:*"],
        "Resource": ["*"],
    }
    return {"Policy": secret.policy or json.dumps({"Version": "1", "Statement": [statement]})}


def set_secret_policy(call: Call) -> dict[str, Any]:
    secret = named(call)
    secret.policy = _checked_policy(call, secret)
    return {}


def _checked_policy(call: Call, secret: Secret) -> str:
    if not secret.instance:
        raise unsupported("Only secrets in KMS instances have a policy.")
    text = call.parameters.require("Policy")
    try:
        policy = json.loads(text)
    except ValueError:
        policy = None
    if len(text.encode()) > MOST_POLICY or not isinstance(policy, dict) or policy.get("Version") != "1" or not policy.get("Statement"):
        raise invalid("Policy", f"It is JSON of at most {MOST_POLICY} bytes with Version 1 and statements.")
    return text


ACTIONS: dict[str, Handler] = {
    **api_secret_values.ACTIONS,
    "CreateSecret": create_secret,
    "DescribeSecret": describe_secret,
    "ListSecrets": list_secrets,
    "UpdateSecret": update_secret,
    "UpdateSecretRotationPolicy": update_secret_rotation_policy,
    "DeleteSecret": delete_secret,
    "RestoreSecret": restore_secret,
    "GetSecretPolicy": get_secret_policy,
    "SetSecretPolicy": set_secret_policy,
}
