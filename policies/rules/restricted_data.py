"""restricted-data: a stack whose data is restricted keeps it in the regions agreed on, and out of shared pools.

Two rules share this module: one on each resource, one on the stack, which alone shows that a key has nothing but the token API to open.

Why: the token API serves all customers from one pool, and in some regions sends requests to whatever region has room; requests beyond a
reservation with overflow go there, too. What runs on machines or units of the stack's own stays there.
How to mend: reserve without overflow (`reservation.overflow: false`), or serve on Model Units or machines of the stack's own; move the
stack into an allowed region; or say `fourways:data: internal` where the data is not restricted after all.
Source: the setting `fourways:data` and the tag `fourways-data`. Help centre, throughput reservations (`overflow`: what is beyond the
capacity is billed by the token). Which regions may hold restricted data is a decision of whoever runs the stacks: config.yaml.
Needs known at preview: the region of providers and of our resources, and `overflow`.
"""

from collections.abc import Iterator, Sequence

from pydantic import Field

from policies.model import DATA, Finding, Parameters, Resource, ResourceRule, StackRule, has, tag
from policies.reading import known
from policies.rules.allowed_regions import OURS, PROVIDER

RESTRICTED = "restricted"
RESERVATION, UNITS, KEY = "fourways:modelstudio:Reservation", "fourways:modelstudio:ModelUnitDeployment", "fourways:modelstudio:ApiKey"


class DataParameters(Parameters):
    """Where restricted data may be."""

    regions: list[str] = Field(default=[], description="Ids of the regions that may hold restricted data; with an empty list, any.")


def restricted(resource: Resource) -> bool:
    """Whether the resource's data is restricted, by its tag or by its stack's setting."""
    return RESTRICTED in (tag(resource, DATA), resource.config.get("fourways:data"))


def check(resource: Resource, parameters: DataParameters) -> Iterator[str]:
    """A message for a region that is not allowed, and for a reservation that overflows."""
    if not restricted(resource):
        return
    given = resource.properties
    if parameters.regions and (resource.type == PROVIDER or resource.type.startswith(OURS)) and has(given, "region"):
        region = str(given["region"])
        if region not in parameters.regions:
            yield f"restricted data in {region}, which is not one of {', '.join(parameters.regions)}"
    if resource.type == RESERVATION and not (has(given, "overflow") and given["overflow"] is False):
        yield "what is beyond the reservation goes to the shared pool of the token API (overflow), and the data is restricted"


def check_stack(resources: Sequence[Resource], parameters: Parameters) -> Iterator[Finding]:  # noqa: ARG001 - it has none of its own
    """A finding for each key of a stack with restricted data that has neither a reservation nor units of its own to open."""
    if not any(map(_restricted, resources)) or any(one.type in (RESERVATION, UNITS) for one in resources):
        return
    for key in (one for one in resources if one.type == KEY):
        yield Finding(key.urn, "the key opens the token API, a shared pool, and the data is restricted")


def _restricted(resource: Resource) -> bool:
    return RESTRICTED in (resource.config.get("fourways:data"), known(known(resource.properties, "tags") or {}, DATA))


RULE = ResourceRule(
    name="restricted-data",
    description="Restricted data stays in its regions and out of shared pools.",
    mend="set reservation.overflow to false, move the stack into an allowed region, or correct fourways:data.",
    parameters=DataParameters,
    check=check,
    needs={PROVIDER: ("region",), RESERVATION: ("region", "overflow"), KEY: ("region",), "fourways:eas:Service": ("region",)},
)

STACK_RULE = StackRule(
    name="restricted-data-stack",
    description="A stack with restricted data does not use the token API.",
    mend="use a reservation without overflow, Model Units or machines of the stack's own (fourways:serving), or correct fourways:data.",
    parameters=Parameters,
    check=check_stack,
)
