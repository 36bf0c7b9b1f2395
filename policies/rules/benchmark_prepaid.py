"""benchmark-no-prepaid: nothing in a benchmark is bought for a term or renews itself.

Two rules share this module: one on a resource that says itself that it is a benchmark's (runs before it is created), one on the stack, for
resources that carry no tags. A stack in which nothing has tags (Model Studio's) is a benchmark's when it hands out an end: `expires_at`.

Why: a prepaid instance cannot be deleted by the API before its term ends; many alicloud resources answer a delete with "removed from state"
and leave it running and billed (`reference/pulumi.md`, Teardown).
How to mend: chargeType / instanceChargeType PostPaid, paymentType PayAsYouGo, payType POSTPAY, no automatic renewal.
Source: property names and values as in pulumi_alicloud 3.105.0 and the EAS SDK 7.0.0 (CreateResource: ChargeType PrePaid, AutoRenewal).
Needs known at preview: those properties and the tags.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from pulumi_policy.proxy import UnknownValueError
from pydantic import Field

from policies.model import Finding, Parameters, Resource, ResourceRule, StackRule, has, labels
from policies.rules.benchmark_ttl import ENVIRONMENT

TERM = {
    "chargeType": {"prepaid", "subscription"},
    "instanceChargeType": {"prepaid", "subscription"},
    "paymentType": {"subscription", "prepaid"},
    "payType": {"prepay", "prepaid"},
}
"""Values are compared without case and underscores: PrePaid, PREPAY, pre_paid are all in use."""
RENEWAL = {"autoRenew": {"true"}, "autoRenewal": {"true"}, "renewalStatus": {"autorenewal"}, "renewType": {"autorenewal"}}

STACK, END, BENCHMARK = "pulumi:pulumi:Stack", "expires_at", "benchmark"


class PrepaidParameters(Parameters):
    """Which environments are disposable."""

    environments: list[str] = Field(default=["benchmark"], description="Environments in which nothing may be prepaid.")


def check(resource: Resource, parameters: PrepaidParameters) -> Iterator[str]:
    """A message for each property that buys a term or renews it, on a resource of a disposable environment."""
    if (environment := (labels(resource) or {}).get(ENVIRONMENT)) in parameters.environments:
        for key, value in bought_for_a_term(resource):
            yield f"{key} is {value} in environment {environment}"


def check_stack(resources: Sequence[Resource], parameters: PrepaidParameters) -> Iterator[Finding]:
    """The same for all resources of a stack in which anything is of a disposable environment. These are outputs, of which some are not
    known at preview: they are passed over one by one, and read at the end of the update."""
    environments = {_environment(resource) for resource in resources} & set(parameters.environments)
    if any(map(_ends, resources)):
        environments |= {BENCHMARK} & set(parameters.environments)
    for resource in resources:
        if not environments or _environment(resource) in environments:
            continue  # the resource rule has told it already
        for key, value in bought_for_a_term(resource, known_only=True):
            yield Finding(resource.urn, f"{key} is {value} in a stack of environment {', '.join(sorted(map(str, environments)))}")


def bought_for_a_term(resource: Resource, known_only: bool = False) -> Iterator[tuple[str, Any]]:
    """Properties, with their values, that make the resource prepaid or renewing. An unknown one raises, or is left out."""
    for key, refused in {**TERM, **RENEWAL}.items():
        try:
            value = resource.properties[key] if has(resource.properties, key) else None
        except UnknownValueError:
            if not known_only:
                raise
            continue
        if str(value).lower().replace("_", "") in refused:
            yield key, value


def _environment(resource: Resource) -> str | None:
    try:
        return (labels(resource) or {}).get(ENVIRONMENT)
    except UnknownValueError:
        return None


def _ends(resource: Resource) -> bool:
    """Whether it is the stack, and hands out an end."""
    try:
        return resource.type == STACK and has(resource.properties, END) and bool(resource.properties[END])
    except UnknownValueError:
        return False


RULE = ResourceRule(
    name="benchmark-no-prepaid",
    description="Nothing in a benchmark is prepaid or renews itself.",
    mend="use PostPaid / PayAsYouGo and switch automatic renewal off.",
    parameters=PrepaidParameters,
    check=check,
)

STACK_RULE = StackRule(
    name="benchmark-no-prepaid-stack",
    description="Nothing in a benchmark stack is prepaid or renews itself, tagged or not.",
    mend="use PostPaid / PayAsYouGo and switch automatic renewal off.",
    parameters=PrepaidParameters,
    check=check_stack,
)
