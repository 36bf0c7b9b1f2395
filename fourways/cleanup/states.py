"""What the states say is theirs (`pulumi stack export`)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fourways.cleanup.cloud import StudioKey
from fourways.cleanup.found import Found

API_KEY = "fourways:modelstudio:ApiKey"
CERTIFICATE = "fourways:cas:SelfSignedCertificate"
TYPES = {
    "eas-service": "fourways:eas:Service",
    "eas-gateway": "fourways:eas:Gateway",
    "eas-resource-group": "fourways:eas:ResourceGroup",
    "model-studio-api-key": API_KEY,
    "model-studio-workspace": "fourways:modelstudio:Workspace",
    "ptu-reservation": "fourways:modelstudio:Reservation",
    "model-unit-deployment": "fourways:modelstudio:ModelUnitDeployment",
    "vpc": "alicloud:vpc/network:Network",
    "vswitch": "alicloud:vpc/switch:Switch",
    "security-group": "alicloud:ecs/securityGroup:SecurityGroup",
    "nat-gateway": "alicloud:vpc/natGateway:NatGateway",
    "eip": "alicloud:ecs/eipAddress:EipAddress",
    "scaling-alarm": "alicloud:ess/alarm:Alarm",
    "scaling-group": "alicloud:ess/scalingGroup:ScalingGroup",
    "instance": "alicloud:ecs/instance:Instance",
    "disk": "alicloud:ecs/ecsDisk:EcsDisk",
    "launch-template": "alicloud:ecs/ecsLaunchTemplate:EcsLaunchTemplate",
    "alb": "alicloud:alb/loadBalancer:LoadBalancer",
    "alb-server-group": "alicloud:alb/serverGroup:ServerGroup",
    "alb-acl": "alicloud:alb/acl:Acl",
    "kms-secret": "fourways:kms:RandomSecret",
    "certificate": CERTIFICATE,
    "ram-role": "alicloud:ram/role:Role",
    "ram-policy": "alicloud:ram/policy:Policy",
    "key-pair": "alicloud:ecs/ecsKeyPair:EcsKeyPair",
    "log-project": "alicloud:log/project:Project",
    "alarm": "alicloud:cms/alarm:Alarm",
    "event-rule": "alicloud:cms/eventRule:EventRule",
    "monitor-group": "alicloud:cms/monitorGroup:MonitorGroup",
    "alarm-contact-group": "alicloud:cms/alarmContactGroup:AlarmContactGroup",
    "alarm-contact": "alicloud:cms/alarmContact:AlarmContact",
}
"""Pulumi type of each kind."""
WITH_REGION = frozenset(kind for kind, type_ in TYPES.items() if type_.startswith("fourways:"))
"""Kinds whose Pulumi id is `<region>/<id>`."""


@dataclass(frozen=True, kw_only=True)
class State:
    """One stack's export. A stack without a checkpoint is an empty one: it is known, and has nothing.

    `run` is the id of the disposable run whose copy the stack is, empty for any other stack; `over` says that nothing works on that run any
    more: what such a state has is left behind."""

    stack: str
    export: Mapping[str, Any]
    run: str = ""
    over: bool = False

    def resources(self) -> Iterator[Mapping[str, Any]]:
        """Resources in the cloud that the stack owns; what it only reads is not its own."""
        for resource in (self.export.get("deployment") or {}).get("resources") or []:
            if resource.get("custom") and not resource.get("external") and resource.get("id"):
                yield resource

    def ids(self) -> set[tuple[str, str]]:
        """(type, id) of each thing that is theirs."""
        return set().union(*(ids_of(resource) for resource in self.resources()))

    def of_kind(self) -> Iterator[Found]:
        """The state's own resources of the kinds that can be swept, with the tags that the state remembers."""
        kinds = {type_: kind for kind, type_ in TYPES.items()}
        for resource in self.resources():
            kind = kinds.get(str(resource["type"]))
            if kind is None:
                continue
            inputs = resource.get("inputs") or {}
            region, _, plain_id = str(resource["id"]).rpartition("/")
            tags = inputs.get("labels") or inputs.get("tags")
            yield Found(
                kind=kind,
                id=plain_id,
                name=str(resource["urn"]).rsplit("::", 1)[-1],
                region=region or str(inputs.get("region") or ""),
                tags={str(key): str(value) for key, value in tags.items()} if isinstance(tags, Mapping) else {},
            )


def ids_of(resource: Mapping[str, Any]) -> set[tuple[str, str]]:
    """(type, id) of a resource in a state, and of what it has beside the thing that it is known by: a rotation of an API key with overlap
    makes another key, and the resource keeps the id of its first one."""
    type_, id_ = str(resource["type"]), str(resource["id"])
    if type_ == CERTIFICATE:  # the account's, in whichever region the stack is
        return {(type_, id_), (type_, id_.rpartition("/")[2])}
    if type_ != API_KEY:
        return {(type_, id_)}
    outputs = resource.get("outputs") or {}
    others = [str(outputs[name]) for name in ("apiKeyId", "previousApiKeyId") if outputs.get(name)]
    return {(type_, id_), *((type_, f"{id_.split('/', 1)[0]}/{other}") for other in others)}


def studio_keys(export: Mapping[str, Any]) -> list[StudioKey]:
    """The keys of Model Studio that an export with its secrets shown has kept (`pulumi stack export --show-secrets`)."""
    keys = []
    for resource in (export.get("deployment") or {}).get("resources") or []:
        outputs = resource.get("outputs") or {}
        secret, workspace = outputs.get("value"), outputs.get("workspaceId") or (resource.get("inputs") or {}).get("workspaceId")
        if resource.get("type") != API_KEY or not isinstance(secret, Mapping) or "plaintext" not in secret or not workspace:
            continue
        value = json.loads(secret["plaintext"])
        if isinstance(value, str) and value:
            keys.append(StudioKey(region=str(resource["id"]).partition("/")[0], workspace=str(workspace), value=value))
    return keys


def state_id(found: Found) -> tuple[str, str]:
    """(type, id) that a state would have for a thing in the cloud."""
    if TYPES[found.kind] == CERTIFICATE:
        return CERTIFICATE, found.id
    return TYPES[found.kind], f"{found.region}/{found.id}" if found.kind in WITH_REGION else found.id
