"""Policies and attachments on the wire."""

from __future__ import annotations

import re
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ram import documents
from fourways.fakes.services.ram.api_principals import description_of, marked_page, tags_of
from fourways.fakes.services.ram.backend import RamBackend
from fourways.fakes.services.ram.policies import Policy
from fourways.fakes.wire.errors import CloudError

_NAME = re.compile(r"[A-Za-z0-9-]{1,128}")
_TYPES = ("Custom", "System")


def _view(call: Call, policy: Policy) -> dict[str, Any]:
    clock = call.scope.clock
    return {
        "PolicyName": policy.name,
        "PolicyType": policy.type,
        "Description": policy.description,
        "DefaultVersion": policy.default,
        "CreateDate": clock.timestamp(policy.created),
        "UpdateDate": clock.timestamp(policy.updated),
        "AttachmentCount": len(policy.attached),
    }


def _version(call: Call, policy: Policy, id: str) -> dict[str, Any]:
    document, created = call.backend(RamBackend).policies.version(policy, id)
    return {
        "VersionId": id,
        "IsDefaultVersion": id == policy.default,
        "PolicyDocument": document,
        "CreateDate": call.scope.clock.timestamp(created),
    }


def _named(call: Call, *, custom: bool = False) -> Policy:
    given = call.parameters
    kind = "Custom" if custom else given.choice("PolicyType", _TYPES, "Custom")
    return call.backend(RamBackend).policies.find(given.require("PolicyName"), kind)


def create_policy(call: Call) -> dict[str, Any]:
    given = call.parameters
    name = given.require("PolicyName")
    if not _NAME.fullmatch(name):
        raise CloudError(400, "InvalidParameter.PolicyName.InvalidChars", f"The policy name contains invalid characters: {name}.")
    document = documents.checked(given.require("PolicyDocument"), trust=False)
    policy = call.backend(RamBackend).policies.create(name, description_of(given, "Description"), document, tags_of(given))
    return {"Policy": _view(call, policy)}


def get_policy(call: Call) -> dict[str, Any]:
    policy = _named(call)
    version = _version(call, policy, policy.default)
    return {"Policy": {**_view(call, policy), "PolicyDocument": version["PolicyDocument"]}, "DefaultPolicyVersion": version}


def list_policies(call: Call) -> dict[str, Any]:
    kind = call.parameters.optional("PolicyType")
    page, about = marked_page(call, [policy for policy in call.backend(RamBackend).policies if kind in (None, policy.type)])
    return {"Policies": {"Policy": [_view(call, policy) for policy in page]}, **about}


def update_policy_description(call: Call) -> dict[str, Any]:
    policy = _named(call, custom=True)
    policy.description = description_of(call.parameters, "NewDescription")
    return {"Policy": _view(call, policy)}


def create_policy_version(call: Call) -> dict[str, Any]:
    given, policy = call.parameters, _named(call, custom=True)
    document = documents.checked(given.require("PolicyDocument"), trust=False)
    policies = call.backend(RamBackend).policies
    id = policies.add_version(policy, document, given.boolean("SetAsDefault"), given.optional("RotateStrategy") or "None")
    return {"PolicyVersion": _version(call, policy, id)}


def get_policy_version(call: Call) -> dict[str, Any]:
    return {"PolicyVersion": _version(call, _named(call), call.parameters.require("VersionId"))}


def set_default_policy_version(call: Call) -> None:
    policy, id = _named(call, custom=True), call.parameters.require("VersionId")
    call.backend(RamBackend).policies.version(policy, id)
    policy.default = id


def delete_policy_version(call: Call) -> None:
    call.backend(RamBackend).policies.remove_version(_named(call, custom=True), call.parameters.require("VersionId"))


def list_policy_versions(call: Call) -> dict[str, Any]:
    policy = _named(call)
    return {"PolicyVersions": {"PolicyVersion": [_version(call, policy, id) for id in policy.versions]}}


def delete_policy(call: Call) -> None:
    given = call.parameters
    call.backend(RamBackend).policies.delete(given.require("PolicyName"), given.boolean("CascadingDelete"))


def list_entities_for_policy(call: Call) -> dict[str, Any]:
    policy = _named(call)
    clock = call.scope.clock
    answer = {}
    for kind in ("user", "group", "role"):
        title = kind.capitalize()
        rows = [{f"{title}Name": name, "AttachDate": clock.timestamp(at)} for (of, name), at in policy.attached.items() if of == kind]
        answer[f"{title}s"] = {title: rows}
    return answer


def _principal(call: Call, kind: str) -> str:
    name: str = call.backend(RamBackend).collection(kind)[call.parameters.require(f"{kind.capitalize()}Name")].name
    return name


def _attach(call: Call, kind: str) -> None:
    call.backend(RamBackend).policies.attach(_named(call), kind, _principal(call, kind))


def _detach(call: Call, kind: str) -> None:
    name = _principal(call, kind)
    call.backend(RamBackend).policies.detach(_named(call), kind, name)


def _list(call: Call, kind: str) -> dict[str, Any]:
    name = _principal(call, kind)
    rows = [
        {**_view(call, policy), "AttachDate": call.scope.clock.timestamp(policy.attached[kind, name])}
        for policy in call.backend(RamBackend).policies.of(kind, name)
    ]
    return {"Policies": {"Policy": rows}}


ACTIONS: dict[str, Handler] = {
    "CreatePolicy": create_policy,
    "GetPolicy": get_policy,
    "ListPolicies": list_policies,
    "UpdatePolicyDescription": update_policy_description,
    "CreatePolicyVersion": create_policy_version,
    "GetPolicyVersion": get_policy_version,
    "SetDefaultPolicyVersion": set_default_policy_version,
    "DeletePolicyVersion": delete_policy_version,
    "ListPolicyVersions": list_policy_versions,
    "DeletePolicy": delete_policy,
    "ListEntitiesForPolicy": list_entities_for_policy,
    "AttachPolicyToRole": lambda call: _attach(call, "role"),
    "AttachPolicyToUser": lambda call: _attach(call, "user"),
    "AttachPolicyToGroup": lambda call: _attach(call, "group"),
    "DetachPolicyFromRole": lambda call: _detach(call, "role"),
    "DetachPolicyFromUser": lambda call: _detach(call, "user"),
    "DetachPolicyFromGroup": lambda call: _detach(call, "group"),
    "ListPoliciesForRole": lambda call: _list(call, "role"),
    "ListPoliciesForUser": lambda call: _list(call, "user"),
    "ListPoliciesForGroup": lambda call: _list(call, "group"),
}
