"""Reads a scaling group and its active configuration together: one says how many instances there are, the other what they are.

The configuration names its group by an id, which a first preview does not know. Then its state's dependencies tell which group it is, and
where those are missing (events of a preview have none) the only group beside it: of the same component, or of the whole stack.
"""

from collections.abc import Collection, Mapping
from typing import Any

from fourways.costs.documents import ResourceState, known

GROUP_TYPE = "alicloud:ess/scalingGroup:ScalingGroup"
CONFIGURATION_TYPE = "alicloud:ess/scalingConfiguration:ScalingConfiguration"
ROLLOUT_TYPE = "fourways:ess:Rollout"
GROUP = "fourways:scalingGroup"
CONFIGURED = "fourways:configured"
REGION = "fourways:region"
SIZE = "fourways:size"
"""Keys under which a resource gets to know of its surroundings, apart from any input's name."""


def surroundings(resources: Collection[ResourceState]) -> dict[int, dict[str, Any]]:
    """By `id()` of each resource that needs it, what it must know of another: a configuration its group's inputs (`GROUP`, and in them the
    `SIZE` that a rollout gives it), a group that it has an active configuration (`CONFIGURED`)."""
    groups = [resource for resource in resources if resource.type == GROUP_TYPE]
    rolled = [(rollout, _group(rollout, groups)) for rollout in resources if rollout.type == ROLLOUT_TYPE]
    found: dict[int, dict[str, Any]] = {}
    for configuration in resources:
        if configuration.type == CONFIGURATION_TYPE and (group := _group(configuration, groups)) is not None:
            sizes = [size for rollout, of in rolled if of is group and (size := _size(rollout)) is not None]
            found[id(configuration)] = {GROUP: {**inputs_of(group), **({SIZE: sizes[0]} if sizes else {})}}
            if inputs_of(configuration).get("active"):
                found[id(group)] = {CONFIGURED: True}
    return found


def _size(rollout: ResourceState) -> Any:
    """How many instances a rollout asks for; where it leaves that to rules, how many it has seen."""
    size = inputs_of(rollout).get("size")
    seen = (rollout.outputs or {}).get("instances")
    return len(seen) if size is None and isinstance(seen, list) else size


def inputs_of(resource: ResourceState) -> Mapping[str, Any]:
    """What decides a price: inputs, and outputs where the server filled in what was left out."""
    return {**(resource.outputs or {}), **(resource.inputs or {})}


def _group(configuration: ResourceState, groups: list[ResourceState]) -> ResourceState | None:
    named = inputs_of(configuration).get("scalingGroupId")
    if isinstance(named, str) and named and known(named):
        return next((group for group in groups if group.id == named), None)
    sources = (configuration.depends or {}).get("scalingGroupId") or []
    beside = [group for group in groups if group.parent == configuration.parent]
    for candidates in ([group for group in groups if group.urn in sources], beside, groups):
        if len({group.urn for group in candidates}) == 1:
            return candidates[-1]
    return None
