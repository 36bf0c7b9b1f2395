"""Reads a scaling group together with what its instances are made from: it says how many there are, a launch template or its active scaling
configuration what they are, and a rollout how many it asks for.

They name each other by ids, which a first preview does not know. Then a state's dependencies tell which is which, and where those are
missing (events of a preview have none) the only one beside it: of the same component, or of the whole stack.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from fourways.costs.documents import ResourceState, known

GROUP = "alicloud:ess/scalingGroup:ScalingGroup"
CONFIGURATION = "alicloud:ess/scalingConfiguration:ScalingConfiguration"
TEMPLATE = "alicloud:ecs/ecsLaunchTemplate:EcsLaunchTemplate"
ROLLOUT = "fourways:ess:Rollout"
BY_TEMPLATE, BY_CONFIGURATION = "fourways:template", "fourways:configuration"
SIZE = "fourways:size"
REGION = "fourways:region"
"""Keys under which a resource gets to know of its surroundings, apart from any input's name."""


def surroundings(resources: Collection[ResourceState]) -> dict[int, dict[str, Any]]:
    """By `id()` of each scaling group what it must know of others: the inputs of its template (`BY_TEMPLATE`) or active configuration
    (`BY_CONFIGURATION`), and the number of instances that a rollout gives it (`SIZE`)."""
    of = {type_: [one for one in resources if one.type == type_] for type_ in (GROUP, CONFIGURATION, TEMPLATE, ROLLOUT)}
    found: dict[int, dict[str, Any]] = {id(group): {} for group in of[GROUP]}
    for group in of[GROUP]:
        if inputs_of(group).get("launchTemplateId") and (template := _named(group, "launchTemplateId", of[TEMPLATE])):
            found[id(group)][BY_TEMPLATE] = inputs_of(template)
    for configuration in of[CONFIGURATION]:
        if inputs_of(configuration).get("active") and (its := _named(configuration, "scalingGroupId", of[GROUP])):
            found[id(its)][BY_CONFIGURATION] = inputs_of(configuration)
    for rollout in of[ROLLOUT]:
        if (size := _size(rollout)) is not None and (its := _named(rollout, "scalingGroupId", of[GROUP])):
            found[id(its)][SIZE] = size
    return found


def inputs_of(resource: ResourceState) -> Mapping[str, Any]:
    """What decides a price: inputs, and outputs where the server filled in what was left out."""
    return {**(resource.outputs or {}), **(resource.inputs or {})}


def _size(rollout: ResourceState) -> Any:
    """How many instances a rollout asks for; where it leaves that to rules, how many it has seen."""
    size = inputs_of(rollout).get("size")
    seen = (rollout.outputs or {}).get("instances")
    return len(seen) if size is None and isinstance(seen, list) else size


def _named(resource: ResourceState, key: str, candidates: Sequence[ResourceState]) -> ResourceState | None:
    """The candidate that an input names; None where that cannot be told."""
    named = inputs_of(resource).get(key)
    if isinstance(named, str) and named and known(named):
        found = next((one for one in candidates if one.id == named), None)
        # What a preview leaves as it is has no id there: then its place tells.
        candidates = [one for one in candidates if not one.id]
        if found is not None or not candidates:
            return found
    sources = (resource.depends or {}).get(key) or []
    beside = [one for one in candidates if one.parent == resource.parent]
    for narrowed in ([one for one in candidates if one.urn in sources], beside, candidates):
        if len({one.urn for one in narrowed}) == 1:
            return narrowed[-1]
    return None
