"""allowed-instance-types: machines are of the types that were agreed on.

Why: a type decides price, GPU memory, stock and quota; a mistyped one, or one ten times as dear, is found on the bill.
How to mend: use an allowed type, or add this one to the rule's parameter after its price was looked at (`fourways cost`).
Source: the list is a decision of whoever runs the stacks: config.yaml. Where types stand: `policies/reading.py`, MACHINES; the service JSON
of PAI-EAS (cloud.computing); pulumi_alicloud 3.105.0.
Needs known at preview: the types.
"""

from collections.abc import Iterator

from pydantic import Field

from policies.model import Parameters, Resource, ResourceRule, matches
from policies.reading import MACHINES, PAI_SERVICE, SERVICE, machine_types


class TypeParameters(Parameters):
    """Which types."""

    types: list[str] = Field(default=[], description="Allowed machine types (with * and ?); with an empty list the rule says nothing.")


def check(resource: Resource, parameters: TypeParameters) -> Iterator[str]:
    """A message for each type that is not allowed."""
    if not parameters.types:
        return
    for type_, where in machine_types(resource):
        if not matches(type_, parameters.types):
            yield f"{where} is {type_}, which is not one of {', '.join(parameters.types)}"


RULE = ResourceRule(
    name="allowed-instance-types",
    description="Machines are of allowed types.",
    mend="use an allowed instance type, or allow this one in policies/config.yaml.",
    parameters=TypeParameters,
    check=check,
    needs={
        **MACHINES,
        SERVICE: ("config.cloud.computing.instances", "config.cloud.computing.instance_type"),
        PAI_SERVICE: ("serviceConfig",),
    },
)
