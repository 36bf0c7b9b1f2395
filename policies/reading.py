"""How rules read what a resource says: values that may be unknown, the JSON of a service, machine types."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi_policy import proxy
from pulumi_policy.deserialize import serialize_properties
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError

from policies.model import Path, Properties, Resource, child, has

SERVICE, PAI_SERVICE = "fourways:eas:Service", "alicloud:pai/service:Service"
UNKNOWN = UNKNOWN_STRING_VALUE
UNKNOWNS = frozenset(value for name, value in vars(proxy).items() if re.fullmatch("UNKNOWN_[A-Z]+_VALUE", name))
"""What unknown values of each type look like: seven texts of the protocol."""


def known(properties: Any, key: str | int) -> Any:
    """A value that is there and known; None for any other."""
    try:
        return properties[key] if not isinstance(key, str) or has(properties, key) else None
    except UnknownValueError:
        return None


def is_true(properties: Properties, key: str) -> bool:
    """Whether a switch is on; alicloud takes texts for switches, too. An unknown one raises."""
    return has(properties, key) and str(properties[key]).lower() == "true"


def plain(properties: Properties) -> dict[str, Any]:
    """The properties as plain data, each unknown value as the text `UNKNOWN`."""
    found: dict[str, Any] = _one_unknown(dict(serialize_properties(properties)))
    return found


def _one_unknown(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _one_unknown(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_one_unknown(one) for one in value]
    return UNKNOWN if isinstance(value, str) and value in UNKNOWNS else value


def texts(value: Any, at: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text in a value that is known, with its place."""
    keys: Iterator[Any]
    if isinstance(value, Mapping):
        keys = iter(value)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        keys = iter(range(len(value)))
    else:
        if isinstance(value, str):
            yield at, value
        return
    for key in keys:
        try:
            inner = value[key]
        except UnknownValueError:
            continue
        yield from texts(inner, (*at, key))


def dotted(path: Path) -> str:
    """`containers[0].env[1].value`."""
    words = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return words.removeprefix(".")


def service_json(resource: Resource) -> Properties:
    """The service JSON of a service of PAI-EAS, ours or alicloud's (one text, of which the whole must be known); empty for anything else,
    and for what is not JSON, which the rule public-endpoint-token refuses."""
    if resource.type == SERVICE:
        return child(resource.properties, "config")
    if resource.type != PAI_SERVICE or not has(resource.properties, "serviceConfig"):
        return {}
    try:
        found = json.loads(str(resource.properties["serviceConfig"]))
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


MACHINES = {
    "alicloud:ecs/instance:Instance": ("instanceType",),
    "alicloud:ecs/ecsInstanceSet:EcsInstanceSet": ("instanceType",),
    "alicloud:ecs/ecsLaunchTemplate:EcsLaunchTemplate": ("instanceType", "instanceTypes"),
    "alicloud:ecs/launchTemplate:LaunchTemplate": ("instanceType",),
    "alicloud:ess/scalingConfiguration:ScalingConfiguration": ("instanceType", "instanceTypes", "instanceTypeOverrides"),
    "alicloud:ess/scalingGroup:ScalingGroup": ("launchTemplateOverrides",),
    "alicloud:cs/nodePool:NodePool": ("instanceTypes",),
    "fourways:eas:ResourceGroup": ("instanceType",),
}
"""Where resources say the types of their machines: a text, a list of them, or a list of objects with `instanceType`."""


def machine_types(resource: Resource) -> Iterator[tuple[str, str]]:
    """Each machine type of a resource and where it stands. An unknown one raises."""
    for key in MACHINES.get(resource.type, ()):
        if not has(resource.properties, key):
            continue
        given = resource.properties[key]
        if isinstance(given, str):
            yield given, key
        else:
            for place in range(len(given)):
                one = given[place]
                if isinstance(one, str):
                    yield one, f"{key}[{place}]"
                elif has(one, "instanceType"):
                    yield str(one["instanceType"]), f"{key}[{place}].instanceType"
    computing = child(child(service_json(resource), "cloud"), "computing")
    if has(computing, "instance_type"):
        yield str(computing["instance_type"]), "cloud.computing.instance_type"
    if has(computing, "instances"):
        for place, one in enumerate(computing["instances"]):
            if has(one, "type"):
                yield str(one["type"]), f"cloud.computing.instances[{place}].type"
