"""KMS 2016-01-20 on the wire: keys here, secrets in `api_secrets`."""

from __future__ import annotations

import json
import uuid
from typing import Any

from fourways.fakes.service import Call, Service
from fourways.fakes.services.kms import api_secrets as secrets
from fourways.fakes.services.kms.backend import Key, KmsBackend
from fourways.fakes.services.shared.resources import Collection
from fourways.fakes.services.shared.tagging import TagActions, checked_tags
from fourways.fakes.wire.errors import CloudError, invalid
from fourways.fakes.wire.parameters import Parameters

_SPECS = ("Aliyun_AES_256", "Aliyun_SM4", "RSA_2048", "RSA_3072", "EC_P256", "EC_P256K", "EC_SM2")


def _taggable(call: Call) -> dict[str, Collection[Any]]:
    return {"key": call.backend(KmsBackend).keys}


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
        "DeletionProtection": "Enabled" if key.deletion_protection else "Disabled",
        "DeletionProtectionDescription": key.deletion_protection_why,
    }


def create_key(call: Call) -> dict[str, Any]:
    given = call.parameters
    if given.boolean("EnableAutomaticRotation") or given.optional("DKMSInstanceId"):
        raise invalid("DKMSInstanceId", "This fake has no KMS instances, and so no rotation.")
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
    key.tags = checked_tags(_tags(given))
    call.backend(KmsBackend).keys.add(key)
    return {"KeyMetadata": _view(call, key)}


def _tags(given: Parameters) -> dict[str, str]:
    """`Tags` is a JSON list of TagKey and TagValue (the provider's source, resource_alicloud_kms_key.go 1.285.0)."""
    try:
        return {row["TagKey"]: row.get("TagValue", "") for row in json.loads(given.get("Tags") or "[]")}
    except (ValueError, TypeError, KeyError):
        raise invalid("Tags", "It must be a JSON list of TagKey and TagValue.") from None


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
        "CreateSecret": secrets.create_secret,
        "PutSecretValue": secrets.put_secret_value,
        "GetSecretValue": secrets.get_secret_value,
        "DeleteSecret": secrets.delete_secret,
        **TagActions(_taggable).actions(),
    },
)
