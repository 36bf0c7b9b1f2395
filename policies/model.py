"""What a rule is: a name, why, how to mend, typed parameters and a plain function from resources to messages."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Properties = Mapping[str, Any]
Path = tuple[str | int, ...]
"""Where a value is in a resource's properties: keys, and places in lists."""

ENVIRONMENT, EXPIRES_AT, DATA = "fourways-environment", "fourways-expires-at", "fourways-data"
"""Tags that rules read (`fourways.cloud.ownership` writes them)."""
ANY = "*"
"""In `Rule.needs`: resources of every type."""


class Parameters(BaseModel):
    """Parameters that every rule takes; a rule with more of its own derives from it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    projects: list[str] = Field(default=["*"], description="Names (with * and ?) of the Pulumi projects that the rule is for.")
    unknown: Literal["refuse", "pass"] = Field(
        default="refuse", description="What to do when a value that the rule needs is not known at preview: refuse it, or let it pass."
    )


P = TypeVar("P", bound=Parameters)


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource as a rule sees it. `properties` are inputs in a resource rule and outputs in a stack rule; numbers in them are floats.
    Touching a value that is not known yet raises `pulumi_policy.proxy.UnknownValueError`.

    `secrets` are the places of values that the program marked as secret, told to resource rules only. `config` is the stack's
    configuration as Pulumi has it: keys with their namespace, structured values as JSON text; empty where no stack runs. `parent` and
    `depends` (by property, URNs that its value comes from) are told to stack rules only.
    """

    type: str
    name: str
    urn: str
    properties: Properties
    provider: Properties | None = None
    protect: bool = False
    secrets: frozenset[Path] = frozenset()
    config: Mapping[str, str] = field(default_factory=dict)
    parent: str = ""
    depends: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def project(self) -> str:
        """Project in the URN: `urn:pulumi:<stack>::<project>::<type>::<name>`."""
        parts = self.urn.split("::")
        return parts[1] if len(parts) > 3 else ""

    @property
    def stack(self) -> str:
        """Stack in the URN."""
        return self.urn.split("::", 1)[0].rpartition(":")[2]


class Finding(NamedTuple):
    """What a stack rule found: the resource it is about ("" for the stack as a whole) and what is wrong."""

    urn: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Rule(Generic[P]):
    """What all rules have. `mend` is one sentence that says what to change. `needs` names, by resource type (`ANY`: of every type), the
    properties that must be plain at preview: where one is not, the rule refuses at its own level. A stack rule passes over the others."""

    name: str
    description: str
    mend: str
    parameters: type[P]
    check: Callable[..., Iterable[Any]]
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def concerns(self, resource: Resource, parameters: P) -> bool:
        """Whether the resource's project is one of those the rule is for."""
        return matches(resource.project, parameters.projects)


@dataclass(frozen=True, kw_only=True)
class ResourceRule(Rule[P]):
    """A rule on one resource's inputs; runs before the resource is created. `check` yields one message per fault."""

    check: Callable[[Resource, P], Iterable[str]]


@dataclass(frozen=True, kw_only=True)
class StackRule(Rule[P]):
    """A rule on all resources' outputs together; runs at the end of a preview and of an update."""

    check: Callable[[Sequence[Resource], P], Iterable[Finding]]


def has(properties: Properties, key: str) -> bool:
    """Whether the key is there, without touching its value: `key in properties` would raise on an unknown one."""
    return key in set(iter(properties))


def child(properties: Properties, key: str) -> Properties:
    """The mapping under a key, or an empty one where there is none (or something else)."""
    value = properties[key] if has(properties, key) else None
    return value if isinstance(value, Mapping) else {}


def labels(resource: Resource) -> dict[str, str] | None:
    """Tags of an alicloud resource or labels of an EAS one; None where it has neither. Values are read, so an unknown one raises."""
    for key in ("labels", "tags"):
        if has(resource.properties, key):
            return {str(name): str(value) for name, value in child(resource.properties, key).items()}
    return None


def tag(resource: Resource, key: str) -> str | None:
    """One tag or label of a resource; None where it has none of that key. Another one that is not known yet does no harm."""
    for place in ("labels", "tags"):
        if has(resource.properties, place):
            given = child(resource.properties, place)
            return str(given[key]) if has(given, key) else None
    return None


def environment(resource: Resource) -> str | None:
    """The environment of the resource by its tag, else of its stack by `fourways:environment`; None where neither says."""
    return tag(resource, ENVIRONMENT) or resource.config.get("fourways:environment")


def structured(resource: Resource, key: str) -> Mapping[str, Any]:
    """A structured setting of the stack (`fourways:<key>`), or an empty one where there is none that could be read."""
    try:
        found = json.loads(resource.config.get(f"fourways:{key}", "null"))
    except ValueError:
        return {}
    return found if isinstance(found, Mapping) else {}


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns (with * and ?) matches the name."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)
