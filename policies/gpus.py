"""How many GPUs a stack may have at once, with every scaler at its maximum. Imported by its rule only when that runs."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fourways.catalog import instance_types, units
from fourways.costs import scaling
from policies import bill
from policies.model import Resource
from policies.reading import PAI_SERVICE, SERVICE, UNKNOWN, machine_types, plain, service_json

GPU_FAMILY = re.compile(r"(ecs\.(ebm|scc)?(gn|vgn|sgn)[0-9]|ml\.g)")
"""What names of machine types with GPUs begin with (help centre, "GPU-accelerated ... instance families"; PAI's ml.gu...)."""
GROUP = scaling.GROUP


class NotCounted(Exception):
    """It cannot be said how many GPUs a resource has. The text says why."""


@dataclass(frozen=True, kw_only=True)
class Count:
    """GPUs of one resource; None, with the reason, where they cannot be counted."""

    resource: Resource
    gpus: int | None
    why: str = ""


def counts(resources: Sequence[Resource]) -> Iterator[Count]:
    """Each resource that has GPUs, or may have some."""
    states = [bill.state(resource) for resource in resources]
    around = scaling.surroundings(states)
    grown = {str(plain(one.properties).get("serviceName")): one for one in resources if one.type == "fourways:eas:Autoscaler"}
    for resource, state in zip(resources, states, strict=True):
        try:
            number = _of(resource, around.get(id(state), {}), grown)
        except NotCounted as why:
            yield Count(resource=resource, gpus=None, why=str(why))
        else:
            if number:
                yield Count(resource=resource, gpus=number)


def _of(resource: Resource, around: dict[str, Any], grown: dict[str, Resource]) -> int:
    given = plain(resource.properties)
    if resource.type == "fourways:eas:ResourceGroup":
        return _number(given, "instanceCount", 1) * gpus_of([_text(given, "instanceType")])
    if resource.type == "fourways:modelstudio:ModelUnitDeployment":
        spec = units.all_units().get(_text(given, "spec"))
        return _number(given, "units", 1) * (spec.gpus_per_unit if spec else 1)
    if resource.type == "alicloud:ecs/instance:Instance":
        return gpus_of([_text(given, "instanceType")])
    if resource.type == "alicloud:ecs/ecsInstanceSet:EcsInstanceSet":
        return _number(given, "amount", 1) * gpus_of([_text(given, "instanceType")])
    if resource.type == "alicloud:cs/nodePool:NodePool":
        pool = given.get("scalingConfig") or {}
        size = _number(pool, "maxSize", 0) if str(pool.get("enable")).lower() == "true" else _number(given, "desiredSize", 0)
        return size * gpus_of(_listed(given.get("instanceTypes")))
    if resource.type == GROUP:
        return _number(given, "maxSize", _number(given, "desiredCapacity", 0)) * gpus_of(_of_group(given, around))
    if resource.type in (SERVICE, PAI_SERVICE):
        return _service(resource, given, grown)
    return 0


def _service(resource: Resource, given: dict[str, Any], grown: dict[str, Resource]) -> int:
    """A service on public machines; one in a resource group has those of the group."""
    if given.get("running") is False:
        return 0
    document = plain(service_json(resource)) if resource.type == SERVICE else dict(service_json(resource))
    metadata = document.get("metadata") or {}
    if metadata.get("resource") or metadata.get("quota_id"):
        return 0
    scaler = grown.get(str(given.get("name")))
    replicas = _number(plain(scaler.properties), "max", 1) if scaler else _number(metadata, "instance", 1)
    machines = _number(document.get("unit") or {}, "size", 1)
    return replicas * machines * gpus_of([type_ for type_, _ in machine_types(resource)])


def _of_group(given: dict[str, Any], around: dict[str, Any]) -> list[str]:
    overrides = _listed([entry.get("instanceType") for entry in given.get("launchTemplateOverrides") or []])
    shape = around.get(scaling.BY_TEMPLATE) or around.get(scaling.BY_CONFIGURATION) or {}
    types = overrides or _listed(shape.get("instanceTypes")) or ([_text(shape, "instanceType")] if shape else [])
    if not types:
        raise NotCounted("neither a launch template nor an active configuration in this stack says what its machines are")
    return types


def gpus_of(types: Iterable[str]) -> int:
    """The most GPUs that one machine of any of the types has. Raises NotCounted for a type with GPUs that the catalogue does not have."""
    return max((_gpus(type_) for type_ in types), default=0)


def _gpus(type_: str) -> int:
    if found := instance_types.find(type_):
        return found.gpus
    if GPU_FAMILY.match(type_):
        raise NotCounted(f"how many GPUs {type_} has is not in fourways/catalog/instance_types.yaml")
    return 0


def _listed(given: Any) -> list[str]:
    if given == UNKNOWN or UNKNOWN in (given or ()):
        raise NotCounted("its machine types are not known at preview")
    return [str(one) for one in given or () if one]


def _text(given: dict[str, Any], key: str) -> str:
    if given.get(key, UNKNOWN) == UNKNOWN:
        raise NotCounted(f"{key} is not known at preview")
    return str(given[key])


def _number(given: Any, key: str, default: int) -> int:
    value = given.get(key)
    if value == UNKNOWN:
        raise NotCounted(f"{key} is not known at preview")
    return default if value is None else int(float(value))
