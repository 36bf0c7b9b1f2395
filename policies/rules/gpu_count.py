"""gpu-count: a stack has at most so many GPUs, a benchmark fewer.

Why: GPUs are what is dear, and the quota that other stacks need; a slip in a count is seen here before it is bought.
How to mend: fewer units, machines or replicas, a lower `max`; or raise the rule's parameter.
Source: GPUs of machine types and Model Units: `fourways/catalog/instance_types.yaml`, `units.yaml` (of a unit whose make-up no source says,
one is assumed). Counted with every scaler at its maximum; of several types that may be used, the one with the most. How many is a decision:
config.yaml.
Needs known at preview: machine types and counts. A type that sounds like GPUs and is not in the catalogue is refused, too.
"""

from collections.abc import Iterator, Sequence

from pydantic import Field

from policies.model import ENVIRONMENT, Finding, Parameters, Resource, StackRule
from policies.reading import known
from policies.rules.stack_budget import STACK


class GpuParameters(Parameters):
    """How many."""

    most: int = Field(default=64, ge=0, description="GPUs that a stack may have at once.")
    most_in_benchmark: int = Field(default=32, ge=0, description="GPUs that a benchmark may have at once.")


def check(resources: Sequence[Resource], parameters: GpuParameters) -> Iterator[Finding]:
    """A finding on the stack when it has too many, and one on each resource whose GPUs cannot be counted."""
    from policies import gpus

    found = list(gpus.counts(resources))
    for one in found:
        if one.gpus is None and parameters.unknown == "refuse":
            yield Finding(one.resource.urn, f"its GPUs cannot be counted: {one.why}")
    benchmark = any(map(_benchmark, resources))
    most = parameters.most_in_benchmark if benchmark else parameters.most
    if (total := sum(one.gpus or 0 for one in found)) > most:
        parts = ", ".join(f"{one.resource.name} {one.gpus}" for one in found if one.gpus)
        stack = next((one.urn for one in resources if one.type == STACK), found[0].resource.urn)
        yield Finding(stack, f"{total} GPUs at once ({parts}), more than {most} of a {'benchmark' if benchmark else 'stack'}")


def _benchmark(resource: Resource) -> bool:
    tags = known(resource.properties, "tags") or known(resource.properties, "labels") or {}
    return "benchmark" in (resource.config.get("fourways:environment"), known(tags, ENVIRONMENT))


RULE = StackRule(
    name="gpu-count",
    description="A stack has at most so many GPUs.",
    mend="use fewer units, machines or replicas (fourways:serving), or raise the number in policies/config.yaml.",
    parameters=GpuParameters,
    check=check,
    needs={
        "fourways:eas:ResourceGroup": ("instanceType", "instanceCount"),
        "fourways:modelstudio:ModelUnitDeployment": ("spec", "units"),
        "alicloud:ecs/instance:Instance": ("instanceType",),
        "alicloud:ess/scalingGroup:ScalingGroup": ("maxSize",),
    },
)
