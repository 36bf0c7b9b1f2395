"""allowed-regions: resources are made only in the regions that were agreed on.

Why: prices, the law that holds for the data, and quotas depend on the region; a mistyped one is found on the bill.
How to mend: set `alicloud:region` to an allowed region, or add the region to this rule's parameter after the prices and the residency of
the data there were looked at.
Source: the list is a decision of whoever runs the stacks, not a fact; ours is in config.yaml.
Needs known at preview: the region of the provider, and of each `fourways:` resource. A provider without a region in its configuration takes
it from the environment, where a policy cannot see it: that is refused.
"""

from collections.abc import Iterator

from pydantic import Field

from policies.model import Parameters, Resource, ResourceRule, has

PROVIDER = "pulumi:providers:alicloud"
OURS = "fourways:"


class RegionParameters(Parameters):
    """Which regions."""

    regions: list[str] = Field(default=[], description="Ids of the allowed regions; with an empty list the rule has nothing to say.")


def check(resource: Resource, parameters: RegionParameters) -> Iterator[str]:
    """A message for a resource or provider in another region. Providers stand for all their resources, so each fault is told once."""
    if not parameters.regions:
        return
    if resource.type == PROVIDER and not has(resource.properties, "region"):
        yield "the provider has no region in its configuration: it would come from the environment, where it cannot be checked"
    elif (resource.type == PROVIDER or resource.type.startswith(OURS)) and has(resource.properties, "region"):
        region = str(resource.properties["region"])
        if region not in parameters.regions:
            yield f"region {region} is not one of {', '.join(parameters.regions)}"


RULE = ResourceRule(
    name="allowed-regions",
    description="Resources are in an allowed region.",
    mend="set alicloud:region in the stack file to an allowed region, or allow this one in policies/config.yaml.",
    parameters=RegionParameters,
    check=check,
    needs={PROVIDER: ("region",), "fourways:eas:Service": ("region",), "fourways:modelstudio:ApiKey": ("region",)},
)
