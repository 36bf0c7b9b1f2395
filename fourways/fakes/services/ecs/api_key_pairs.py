"""Key pairs on the wire."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ecs import key_pairs
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.key_pairs import KeyPair
from fourways.fakes.services.resourcemanager.backend import checked_group
from fourways.fakes.services.shared.requests import ids_of, select
from fourways.fakes.services.shared.resources import checked_name
from fourways.fakes.services.shared.tagging import as_list, given_tags
from fourways.fakes.wire.errors import CloudError, missing


def _make(call: Call, public_key: str) -> KeyPair:
    given = call.parameters
    tags, group = given_tags(given), checked_group(call.scope, given.get("ResourceGroupId"))
    pair = call.backend(EcsBackend).key_pairs.create(checked_name(given.require("KeyPairName"), "KeyPairName"), public_key)
    pair.tags, pair.resource_group = tags, group
    return pair


def create_key_pair(call: Call) -> dict[str, Any]:
    private, public = key_pairs.generate()
    pair = _make(call, public)
    return {
        "KeyPairId": pair.key_pair_id,
        "KeyPairName": pair.id,
        "KeyPairFingerPrint": pair.fingerprint,
        "PrivateKeyBody": private,
    }


def import_key_pair(call: Call) -> dict[str, Any]:
    pair = _make(call, call.parameters.require("PublicKeyBody"))
    return {"KeyPairName": pair.id, "KeyPairFingerPrint": pair.fingerprint}


def describe_key_pairs(call: Call) -> dict[str, Any]:
    """`KeyPairName` takes `*` at either end (help centre, DescribeKeyPairs)."""
    given = call.parameters
    pattern = given.optional("KeyPairName") or "*"
    found = select(call.backend(EcsBackend).key_pairs, given, KeyPairFingerPrint=lambda pair: pair.fingerprint)
    page, about = given.page([pair for pair in found if fnmatchcase(pair.id, pattern)], largest=50)
    rows = [
        {
            "KeyPairName": pair.id,
            "KeyPairFingerPrint": pair.fingerprint,
            "CreationTime": call.scope.clock.timestamp(pair.created),
            "ResourceGroupId": pair.resource_group,
            "PublicKey": pair.public_key if given.boolean("IncludePublicKey") else "",
            "Tags": as_list(pair.tags, "TagKey", "TagValue"),
        }
        for pair in page
    ]
    return {"KeyPairs": {"KeyPair": rows}, **about}


def delete_key_pairs(call: Call) -> None:
    """All or none; a name that does not exist is no error (help centre, DeleteKeyPairs)."""
    backend = call.backend(EcsBackend)
    names = ids_of(call.parameters, "KeyPairNames")
    if not names:
        raise missing("KeyPairNames")
    for name in names:
        users = [instance.id for instance in backend.instances if instance.key_pair == name]
        if users:
            raise CloudError(
                400, "InvalidParameter.KeypairAlreadyAttachedInstance", f"The key pair {name} is attached to the instance {users[0]}."
            )
    for name in names:
        backend.key_pairs.remove(name)


def _instances(call: Call) -> list[Any]:
    ids = ids_of(call.parameters, "InstanceIds")
    if not ids:
        raise missing("InstanceIds")
    return [call.backend(EcsBackend).instances[id] for id in ids]


def attach_key_pair(call: Call) -> dict[str, Any]:
    """In force after the next start (help centre, AttachKeyPair); shown at once."""
    pair, instances = call.backend(EcsBackend).key_pairs[call.parameters.require("KeyPairName")], _instances(call)
    for instance in instances:
        instance.key_pair = pair.id
    return _results(pair.id, instances)


def detach_key_pair(call: Call) -> dict[str, Any]:
    name, instances = call.parameters.require("KeyPairName"), _instances(call)
    for instance in instances:
        if instance.key_pair == name:
            instance.key_pair = ""
    return _results(name, instances)


def _results(name: str, instances: list[Any]) -> dict[str, Any]:
    rows = [{"InstanceId": instance.id, "Success": "true", "Code": "200", "Message": "successful"} for instance in instances]
    return {"KeyPairName": name, "TotalCount": str(len(rows)), "FailCount": "0", "Results": {"Result": rows}}


ACTIONS: dict[str, Handler] = {
    "CreateKeyPair": create_key_pair,
    "ImportKeyPair": import_key_pair,
    "DescribeKeyPairs": describe_key_pairs,
    "DeleteKeyPairs": delete_key_pairs,
    "AttachKeyPair": attach_key_pair,
    "DetachKeyPair": detach_key_pair,
}
