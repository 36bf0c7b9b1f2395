"""What holds for every component. Each rule takes what a program asked for, in preview and in the update, and yields what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pulumi.output import Unknown

from tests.components.recording import ANSWERS, ROBOT, Recording, Resource, is_secret

MODEL_STUDIO = "fourways:modelstudio:"
#: These take neither tags nor labels (pulumi_alicloud 3.105.0; alibabacloud-modelstudio20260210 2.2.3; alibabacloud-eas20210701 7.0.0).
UNTAGGABLE = {
    "alicloud:ecs/eipAssociation:EipAssociation",
    "alicloud:vpc/snatEntry:SnatEntry",
    *(f"alicloud:cms/{name[0].lower()}{name[1:]}:{name}" for name in ("AlarmContact", "AlarmContactGroup", "EventRule")),
    *(f"alicloud:log/{name[0].lower()}{name[1:]}:{name}" for name in ("Store", "StoreIndex")),
    *(f"alicloud:log/{name[0].lower()}{name[1:]}:{name}" for name in ("MachineGroup", "LogTailConfig", "LogTailAttachment")),
    *(f"alicloud:ess/{name[0].lower()}{name[1:]}:{name}" for name in ("LifecycleHook", "ScalingRule", "Alarm")),
    *(f"alicloud:alb/{name[0].lower()}{name[1:]}:{name}" for name in ("AclEntryAttachment", "ListenerAclAttachment", "Rule")),
    "alicloud:ecs/securityGroupRule:SecurityGroupRule",
    "alicloud:ram/rolePolicyAttachment:RolePolicyAttachment",
    "fourways:ess:Rollout",
    "fourways:alb:Endpoint",
    "fourways:eas:Gateway",
    "fourways:eas:Autoscaler",
    "fourways:eas:CronScaler",
    *(MODEL_STUDIO + name for name in ("Workspace", "ApiKey", "ModelLimits", "ModelPermissions", "Reservation", "ModelUnitDeployment")),
}
BILLED = {
    "alicloud:alb/loadBalancer:LoadBalancer",
    "alicloud:ess/scalingGroup:ScalingGroup",
    "alicloud:ecs/instance:Instance",
    "fourways:eas:Service",
    "fourways:eas:ResourceGroup",
    "fourways:eas:Gateway",
    f"{MODEL_STUDIO}Reservation",
    f"{MODEL_STUDIO}ModelUnitDeployment",
    "alicloud:vpc/natGateway:NatGateway",
    "alicloud:ecs/eipAddress:EipAddress",
    "alicloud:log/project:Project",
    "alicloud:log/store:Store",
}
#: What policies and costs read: it must be known before anything exists.
READ_BY_POLICIES = {
    "region", "chargeType", "paymentType", "instanceType", "instanceCount", "autoRenewal", "cidrBlock", "zoneId", "tags", "labels",
    "config.networking.disable_internet_endpoint", "config.cloud.computing", "config.metadata.instance", "config.metadata.gpu",
    "safetyLock", "internetChargeType",
    "replicas", "enableInternet", "sslRedirection", "allowedCidrs", "running", "scaled", "min", "max", "jobs", "timeZone",
    "model", "tier", "inputTpm", "outputTpm", "termDays", "spec", "units", "models", "limits", "allowedIps", "description", "workspaceName",
}  # fmt: skip
NAMES = (
    "vpcName",
    "vswitchName",
    "securityGroupName",
    "natGatewayName",
    "addressName",
    "snatEntryName",
    "alarmContactGroupName",
    "ruleName",
)
#: Names of these types carry the stack; reservations and units of Model Studio get their mark from the provider.
DESCRIBED = {
    f"{MODEL_STUDIO}Workspace": "workspaceName",
    f"{MODEL_STUDIO}ApiKey": "description",
    "alicloud:cms/alarm:Alarm": "name",
    "alicloud:log/machineGroup:MachineGroup": "name",
    "alicloud:log/logTailConfig:LogTailConfig": "name",
}
SECRETS = (
    ANSWERS["fourways:eas:Service"]["accessToken"],
    ANSWERS["fourways:eas:Service"]["groupAccessToken"],
    ANSWERS[f"{MODEL_STUDIO}ApiKey"]["value"],
    ANSWERS["fourways:kms:RandomSecret"]["value"],
    ROBOT,
)


@dataclass(frozen=True)
class Runs:
    """The same program twice: when nothing of the cloud's is known, and when all is."""

    preview: Recording
    update: Recording
    tags: dict[str, str]
    prefix: str
    protect: bool = False


def carries_the_tags(runs: Runs) -> Iterator[str]:
    """All that can be tagged is tagged; what is only read is not ours to tag."""
    for resource in runs.update.children:
        given = resource.inputs.get("tags", resource.inputs.get("labels"))
        wanted = None if resource.read_id or resource.type in UNTAGGABLE else runs.tags
        if given != wanted:
            yield f"{resource.name} has the tags {given}"


def has_its_component_as_parent(runs: Runs) -> Iterator[str]:
    """Each resource sits in a component and carries its name."""
    components = {resource.urn: resource for resource in runs.update.resources if not resource.custom}
    for resource in runs.update.children:
        parent = components.get(resource.parent)
        if parent is None:
            yield f"{resource.name} has no component as parent"
        elif not resource.name.startswith(f"{parent.name}-"):
            yield f"{resource.name} does not begin with {parent.name}-"


def opens_nothing_to_everybody(runs: Runs) -> Iterator[str]:
    """No rule, list or range names the whole Internet."""
    for resource in runs.update.children:
        for path, value in _leaves(resource.inputs):
            if value in ("0.0.0.0/0", "::/0"):
                yield f"{resource.name}: {path} is {value}"


def keeps_secrets(runs: Runs) -> Iterator[str]:
    """The key is marked secret wherever it is handed out."""
    for name, outputs in [(one.name, one.outputs or {}) for one in runs.update.resources] + [("stack", runs.update.outputs)]:
        yield from (
            f"{name} gives out {path} in clear" for path, value in _leaves(outputs) if any(secret in str(value) for secret in SECRETS)
        )


def declares_all_in_preview(runs: Runs) -> Iterator[str]:
    """No resource is made inside an apply: a preview would not show it."""
    shown = {(resource.type, resource.name) for resource in runs.preview.resources}
    for resource in runs.update.resources:
        if (resource.type, resource.name) not in shown:
            yield f"{resource.name} is not in the preview"


def registers_outputs(runs: Runs) -> Iterator[str]:
    """A component that registers no outputs is never complete in the engine's eyes."""
    for resource in runs.update.resources:
        if not resource.custom and not resource.outputs:
            yield f"{resource.name} registers no outputs"


def is_plain_where_policies_read(runs: Runs) -> Iterator[str]:
    """What policies read is known in the preview."""
    for resource in runs.preview.children:
        for path, value in _leaves(resource.inputs):
            if isinstance(value, Unknown) and any(f"{path}.".startswith(f"{read}.") for read in READ_BY_POLICIES):
                yield f"{resource.name}: {path} is not known in the preview"


def names_carry_stack_and_id(runs: Runs) -> Iterator[str]:
    """What is left behind can be told by its name."""
    for resource in runs.update.children:
        described = DESCRIBED.get(resource.type)
        for key in (*NAMES, *((described,) if described else ())):
            if not str(resource.inputs.get(key, runs.prefix)).startswith(runs.prefix):
                yield f"{resource.name}: {key} is {resource.inputs[key]}"


def protects_what_is_billed(runs: Runs) -> Iterator[str]:
    """Billed resources are protected exactly where the stack says so; what is only read cannot be destroyed anyway."""
    for resource in runs.update.children:
        # Protected, a machine that every change replaces could never be changed.
        replaced = resource.type == "alicloud:ecs/instance:Instance" and resource.inputs.get("instanceChargeType") == "PostPaid"
        wanted = runs.protect and resource.type in BILLED and not resource.read_id and not replaced
        if resource.protect != wanted:
            yield f"{resource.name}: protect is {resource.protect}"


Rule = Callable[[Runs], Iterator[str]]
RULES: tuple[Rule, ...] = (
    carries_the_tags,
    has_its_component_as_parent,
    opens_nothing_to_everybody,
    keeps_secrets,
    declares_all_in_preview,
    registers_outputs,
    is_plain_where_policies_read,
    names_carry_stack_and_id,
    protects_what_is_billed,
)


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that is not a structure, with its path; what is marked secret is passed over."""
    if is_secret(value):
        return
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(one, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _leaves(one, f"{path}.{index}")
    else:
        yield path, value


__all__ = ["RULES", "Resource", "Rule", "Runs"]
