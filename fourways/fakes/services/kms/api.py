"""KMS 2016-01-20 on the wire: keys here, secrets in `api_secrets`."""

from __future__ import annotations

import uuid
from typing import Any

from fourways.fakes.service import Call, Service
from fourways.fakes.services.kms import api_secrets
from fourways.fakes.services.kms.backend import Key, KmsBackend
from fourways.fakes.services.kms.requests import json_tags
from fourways.fakes.services.shared.resources import Collection
from fourways.fakes.services.shared.tagging import TagActions
from fourways.fakes.wire.errors import CloudError, invalid

_SPECS = ("Aliyun_AES_256", "Aliyun_SM4", "RSA_2048", "RSA_3072", "EC_P256", "EC_P256K", "EC_SM2")


def _taggable(call: Call) -> dict[str, Collection[Any]]:
    backend = call.backend(KmsBackend)
    return {"key": backend.keys, "secret": backend.secrets}


def _view(call: Call, key: Key) -> dict[str, Any]:
    clock = call.scope.clock
    return {
        "KeyId": key.id,
        "Arn": f"acs:kms:{call.scope.region}:{call.scope.account}:key/{key.id}",
        "Description": key.description,
        "KeyState": key.status,
        "KeyUsage": key.usage,
        "KeySpec": key.spec,
        "Origin": key.origin,
        "ProtectionLevel": key.protection_level,
        "AutomaticRotation": "Disabled",
        "PrimaryKeyVersion": key.id,
        "LastRotationDate": clock.timestamp(key.created),
        "CreationDate": clock.timestamp(key.created),
        "DeleteDate": clock.timestamp(key.deleted) if key.deleted else "",
        "MaterialExpireTime": "",
        "Creator": call.scope.account,
        "DKMSInstanceId": key.instance,
        "DeletionProtection": "Enabled" if key.deletion_protection else "Disabled",
        "DeletionProtectionDescription": key.deletion_protection_why,
    }


def create_key(call: Call) -> dict[str, Any]:
    given = call.parameters
    if given.boolean("EnableAutomaticRotation"):
        raise invalid("EnableAutomaticRotation", "This fake does not rotate keys: it encrypts nothing.")
    key = Key(
        id=str(uuid.uuid4()),
        created=call.scope.clock.now(),
        status="Enabled",
        description=given.get("Description"),
        usage=given.choice("KeyUsage", ("ENCRYPT/DECRYPT", "SIGN/VERIFY"), "ENCRYPT/DECRYPT"),
        spec=given.choice("KeySpec", _SPECS, "Aliyun_AES_256"),
        origin=given.choice("Origin", ("Aliyun_KMS", "EXTERNAL"), "Aliyun_KMS"),
        protection_level=given.choice("ProtectionLevel", ("SOFTWARE", "HSM"), "SOFTWARE"),
    )
    key.instance = call.backend(KmsBackend).checked_instance(given.get("DKMSInstanceId"))
    key.tags = json_tags(given)
    call.backend(KmsBackend).keys.add(key)
    return {"KeyMetadata": _view(call, key)}


def _named(call: Call) -> Key:
    return call.backend(KmsBackend).keys[call.parameters.require("KeyId")]


def describe_key(call: Call) -> dict[str, Any]:
    return {"KeyMetadata": _view(call, _named(call))}


def list_keys(call: Call) -> dict[str, Any]:
    page, about = call.parameters.page(list(call.backend(KmsBackend).keys))
    return {"Keys": {"Key": [{"KeyId": key.id, "KeyArn": _view(call, key)["Arn"]} for key in page]}, **about}


def _switch(call: Call, status: str) -> None:
    key = _named(call)
    if key.status == "PendingDeletion":
        raise CloudError(409, "Rejected.PendingDeletion", "The key waits for its deletion.")
    key.status = status


def enable_key(call: Call) -> None:
    _switch(call, "Enabled")


def disable_key(call: Call) -> None:
    _switch(call, "Disabled")


def update_description(call: Call) -> None:
    _named(call).description = call.parameters.get("Description")


def set_deletion_protection(call: Call) -> None:
    """The key is named by its ARN here."""
    key = call.backend(KmsBackend).keys[call.parameters.require("ProtectedResourceArn").rpartition("/")[2]]
    key.deletion_protection = call.parameters.boolean("EnableDeletionProtection")
    key.deletion_protection_why = call.parameters.get("DeletionProtectionDescription")


def schedule_key_deletion(call: Call) -> None:
    """7 to 366 days: help centre, ScheduleKeyDeletion."""
    key = _named(call)
    if key.deletion_protection:
        raise CloudError(400, "Rejected.DeletionProtection", "The deletion protection of the key is on.")
    call.backend(KmsBackend).schedule_deletion(key, call.parameters.integer("PendingWindowInDays", low=7, high=366))


def cancel_key_deletion(call: Call) -> None:
    key = _named(call)
    key.status, key.deleted = "Disabled", 0.0


KMS = Service(
    product="Kms",
    version="2016-01-20",
    actions={
        "CreateKey": create_key,
        "DescribeKey": describe_key,
        "ListKeys": list_keys,
        "EnableKey": enable_key,
        "DisableKey": disable_key,
        "UpdateKeyDescription": update_description,
        "SetDeletionProtection": set_deletion_protection,
        "ScheduleKeyDeletion": schedule_key_deletion,
        "CancelKeyDeletion": cancel_key_deletion,
        **api_secrets.ACTIONS,
        **TagActions(_taggable).actions(),
    },
)
