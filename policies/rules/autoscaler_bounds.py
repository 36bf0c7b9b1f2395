"""autoscaler-bounds: what grows by itself has a most that somebody agreed to, and a production service never goes down to nothing.

Why: a scaler without a bound turns a client in a loop into a bill; a service without a replica answers its next request after the minutes
that loading the weights takes.
How to mend: lower `max` (`maxSize`), or raise this rule's parameter; `min` (`minSize`) 1 or more in production.
Source: SDK alibabacloud-eas20210701 7.0.0 (CreateServiceAutoScaler: min, max; CreateServiceCronScaler: targetSize), pulumi_alicloud 3.105.0
(ess.ScalingGroup minSize, maxSize; cs.NodePool scalingConfig). How much is a decision: config.yaml.
Needs known at preview: those properties, and tags where the environment is told by them.
"""

from collections.abc import Iterator

from pydantic import Field

from policies.model import Parameters, Properties, Resource, ResourceRule, child, environment, has
from policies.reading import is_true

AUTOSCALER, CRON = "fourways:eas:Autoscaler", "fourways:eas:CronScaler"
GROUP, POOL = "alicloud:ess/scalingGroup:ScalingGroup", "alicloud:cs/nodePool:NodePool"
BOUNDS = {AUTOSCALER: ("min", "max"), GROUP: ("minSize", "maxSize"), POOL: ("minSize", "maxSize")}


class BoundParameters(Parameters):
    """How far, and where."""

    max: int = Field(default=16, ge=1, description="The most instances that any scaler may make.")
    never_empty: list[str] = Field(default=["production"], description="Environments in which a scaler keeps at least one instance.")


def check(resource: Resource, parameters: BoundParameters) -> Iterator[str]:
    """A message for each bound that is missing, too high, or too low."""
    if resource.type == CRON:
        for job in resource.properties["jobs"] if has(resource.properties, "jobs") else ():
            if float(job["targetSize"]) > parameters.max:
                yield f"job {job['name']} makes {float(job['targetSize']):g} instances, more than {parameters.max}"
    if (bounds := BOUNDS.get(resource.type)) is None:
        return
    given: Properties = resource.properties
    if resource.type == POOL:
        given = child(given, "scalingConfig")
        if not is_true(given, "enable"):
            return
    least, most = bounds
    if not has(given, most):
        yield f"{most} is not given: it grows without a bound"
    elif float(given[most]) > parameters.max:
        yield f"{most} is {float(given[most]):g}, more than {parameters.max}"
    where = environment(resource)
    if where in parameters.never_empty and resource.type != POOL and (not has(given, least) or float(given[least]) < 1):
        yield f"{least} is {float(given[least]):g} in {where}" if has(given, least) else f"{least} is not given in {where}"


RULE = ResourceRule(
    name="autoscaler-bounds",
    description="What grows by itself is bounded, and production never goes down to nothing.",
    mend="set autoscaler.max (scaling.max) within the bound and autoscaler.min to 1 or more, or raise the bound in policies/config.yaml.",
    parameters=BoundParameters,
    check=check,
    needs={AUTOSCALER: ("min", "max"), CRON: ("jobs",), GROUP: ("minSize", "maxSize"), POOL: ("scalingConfig",)},
)
