"""The resources of a stack, as a policy sees them, in the form that `fourways.costs` reads: what they are billed for, and their machines.
Imported by rules only when they run: prices take a tenth of a second to load."""

from collections.abc import Sequence

from fourways.costs import Estimate, estimate_state
from fourways.costs.documents import ResourceState, known
from policies.model import Resource
from policies.reading import known as known_value
from policies.reading import plain

NOT_KNOWN = "not known"
"""What `fourways.costs` writes of an input that decides a price and is missing, or not known yet (items.py, NotPlain)."""


def state(resource: Resource) -> ResourceState:
    """One resource. It is in its provider's region where it does not say another; components have no provider, and no price."""
    inputs = plain(resource.properties)
    region = known_value(resource.provider, "region") if resource.provider is not None else None
    if region is not None:
        inputs.setdefault("region", region)
    return ResourceState(
        urn=resource.urn,
        type=resource.type,
        id=str(inputs.get("id") or ""),
        custom=resource.provider is not None,
        parent=resource.parent,
        inputs=inputs,
        propertyDependencies={key: list(urns) for key, urns in resource.depends.items()},
    )


def estimate(resources: Sequence[Resource]) -> Estimate:
    """What they cost."""
    states = [state(resource).model_dump(by_alias=True) for resource in resources]
    return estimate_state({"deployment": {"resources": states}})


def not_known(resources: Sequence[Resource], found: Estimate) -> list[str]:
    """Names of resources whose price hangs on a value that only the update will know."""
    unknown = {resource.urn for resource in resources if not known(plain(resource.properties))}
    return [row.name for row in found.unknown if row.urn in unknown and NOT_KNOWN in row.note]
