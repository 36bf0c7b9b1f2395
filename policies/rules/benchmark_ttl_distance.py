"""benchmark-ttl-distance: what expires does so soon.

Why: an end in a year is no end: the machine is paid for until then, and `fourways sweep` leaves it alone.
How to mend: set a nearer `fourways:expires-at`, counted from now (`fourways:ttl` says how long the benchmark runs).
Source: the tag `fourways-expires-at` (`fourways.cloud.ownership`). How far is a decision of whoever runs the stacks: config.yaml.
Needs known at preview: the tags. What is no readable time is benchmark-ttl's to refuse.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from pydantic import Field

from policies.model import ANY, EXPIRES_AT, Parameters, Resource, ResourceRule, tag
from policies.rules.benchmark_ttl import readable


class DistanceParameters(Parameters):
    """How far."""

    days: float = Field(default=7, gt=0, description="Days from now within which whatever expires must do so.")


def check(resource: Resource, parameters: DistanceParameters) -> Iterator[str]:
    """A message for an end that is too far away."""
    expires = tag(resource, EXPIRES_AT)
    if expires and readable(expires) and datetime.fromisoformat(expires) > now() + timedelta(days=parameters.days):
        yield f"{EXPIRES_AT} is {expires}: more than {parameters.days:g} days away"


def now() -> datetime:
    """The time by which ends are judged."""
    return datetime.now(UTC)


RULE = ResourceRule(
    name="benchmark-ttl-distance",
    description="What expires does so soon.",
    mend="set fourways:expires-at in the stack file to a nearer time.",
    parameters=DistanceParameters,
    check=check,
    needs={ANY: ("tags", "labels")},
)
