"""benchmark-no-prepaid: nothing in a benchmark is bought for a term or renews itself.

Two rules share this module: one on a resource that says itself that it is a benchmark's (runs before it is created), one on the stack, for
resources that carry no tags. A stack in which nothing has tags (Model Studio's) is a benchmark's when it hands out an end: `expires_at`.

Why: a prepaid instance cannot be deleted by the API before its term ends; many alicloud resources answer a delete with "removed from state"
and leave it running and billed (`reference/pulumi.md`, Teardown).
How to mend: chargeType / instanceChargeType PostPaid, paymentType PayAsYouGo, payType POSTPAY, no automatic renewal.
Source: pulumi_alicloud 3.105.0, every property that says how a resource is paid or whether it renews (a test reads them all), and which
types are sold for a term unless another way is said; the EAS SDK 7.0.0 and Model Studio's 2.2.3 (chargeType PrePaid, autoRenewal).
Needs known at preview: those properties, wherever in the resource they stand, and the tags.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi_policy.proxy import UnknownValueError
from pydantic import Field

from policies.model import ANY, Finding, Parameters, Path, Resource, ResourceRule, StackRule, environment, has
from policies.reading import dotted

PAID = re.compile(r"(charge|pay|payment|subscription)type$", re.IGNORECASE)
"""Properties that say how a resource, or a part of it, is paid: instanceChargeType, loadBalancerBillingConfig.payType, ..."""
TERMS = frozenset({"prepaid", "prepay", "subscription"})
"""Their values that buy a term, without case and underscores: PrePaid, PREPAY, pre_paid are all in use."""
RENEWS = re.compile(r"(autorenew|autorenewal|renewstatus|renewalstatus|renewtype)$", re.IGNORECASE)
ALWAYS = frozenset({"true", "autorenewal"})
PAYMENT = "paymentType"
TERM_BY_DEFAULT = frozenset(
    {
        "alicloud:cddc/dedicatedHost:DedicatedHost",
        "alicloud:cddc/dedicatedPropreHost:DedicatedPropreHost",
        "alicloud:cen/bandwidthPackage:BandwidthPackage",
        "alicloud:cr/registryEnterpriseInstance:RegistryEnterpriseInstance",
        "alicloud:dns/alidnsInstance:AlidnsInstance",
        "alicloud:dns/gtmInstance:GtmInstance",
        "alicloud:eflo/node:Node",
        "alicloud:esa/ratePlanInstance:RatePlanInstance",
        "alicloud:ga/accelerator:Accelerator",
        "alicloud:ga/bandwidthPackage:BandwidthPackage",
        "alicloud:ga/basicAccelerator:BasicAccelerator",
        "alicloud:redis/tairInstance:TairInstance",
        "alicloud:sddp/instance:Instance",
        "alicloud:simpleapplicationserver/instance:Instance",
    }
)
"""Types whose description of paymentType says that Subscription is the default, or the only value."""

STACK, END, BENCHMARK = "pulumi:pulumi:Stack", "expires_at", "benchmark"


class PrepaidParameters(Parameters):
    """Which environments are disposable."""

    environments: list[str] = Field(default=["benchmark"], description="Environments in which nothing may be prepaid.")


def check(resource: Resource, parameters: PrepaidParameters) -> Iterator[str]:
    """A message for each property that buys a term or renews it, on a resource of a disposable environment."""
    if (where := environment(resource)) in parameters.environments:
        for key, value in bought_for_a_term(resource):
            yield f"{key} is {value} in environment {where}"


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
    yield from _inside(resource.properties, (), known_only)
    if resource.type in TERM_BY_DEFAULT and not has(resource.properties, PAYMENT):
        yield PAYMENT, "not given, which buys a term,"


def _inside(value: Any, at: Path, known_only: bool) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key in value:
            yield from _one(value, key, (*at, key), known_only)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for place in range(len(value)):
            yield from _one(value, place, (*at, place), known_only)


def _one(holder: Any, key: Any, at: Path, known_only: bool) -> Iterator[tuple[str, Any]]:
    paid, renews = PAID.search(str(key)), RENEWS.search(str(key))
    try:
        value = holder[key]
    except UnknownValueError:
        if (paid or renews) and not known_only:
            raise
        return
    said = str(value).lower().replace("_", "")
    if (paid and said in TERMS) or (renews and said in ALWAYS):
        yield dotted(at), value
    yield from _inside(value, at, known_only)


def _environment(resource: Resource) -> str | None:
    try:
        return environment(resource)
    except UnknownValueError:
        return resource.config.get("fourways:environment")


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
    needs={
        ANY: ("tags", "labels", "chargeType", "instanceChargeType", "paymentType", "payType", "autoRenew", "autoRenewal", "renewalStatus")
    },
)

STACK_RULE = StackRule(
    name="benchmark-no-prepaid-stack",
    description="Nothing in a benchmark stack is prepaid or renews itself, tagged or not.",
    mend="use PostPaid / PayAsYouGo and switch automatic renewal off.",
    parameters=PrepaidParameters,
    check=check_stack,
)
