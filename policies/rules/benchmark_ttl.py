"""benchmark-ttl: what belongs to a benchmark says when it may be deleted, and nothing else does.

Why: a forgotten 4-GPU machine costs thousands a week; `fourways sweep` deletes by this tag, so a production resource must never carry it.
How to mend: set `fourways:ttl` in a stack with `fourways:environment: benchmark`; take it out of any other.
Source: our own contract (`fourways.cloud.ownership`): tag `fourways-environment`, tag `fourways-expires-at` in RFC 3339 with a time zone.
Needs known at preview: the tags. Says something only of resources that carry `fourways-environment`.
"""

from collections.abc import Iterator
from datetime import datetime

from pydantic import Field

from policies.model import ANY, ENVIRONMENT, EXPIRES_AT, Parameters, Resource, ResourceRule, tag


class TtlParameters(Parameters):
    """Which environments are disposable."""

    environments: list[str] = Field(default=["benchmark"], description="Environments whose resources must expire.")


def check(resource: Resource, parameters: TtlParameters) -> Iterator[str]:
    """A message where the time is missing, unreadable or out of place."""
    environment = tag(resource, ENVIRONMENT)
    if environment is None:
        return
    expires = tag(resource, EXPIRES_AT)
    if environment in parameters.environments:
        if not expires:
            yield f"environment {environment} without {EXPIRES_AT}"
        elif not readable(expires):
            yield f"{EXPIRES_AT} is {expires!r}: not a time with a zone such as 2026-11-24T12:00:00Z"
    elif expires is not None:
        yield f"environment {environment} carries {EXPIRES_AT}: it would be swept"


def readable(text: str) -> bool:
    """Whether the text is a time with a zone."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


RULE = ResourceRule(
    name="benchmark-ttl",
    description="Benchmark resources expire; nothing else does.",
    mend="set fourways:ttl in the benchmark stack's file (and only there).",
    parameters=TtlParameters,
    check=check,
    needs={ANY: ("tags", "labels")},
)
