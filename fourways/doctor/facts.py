"""What is known of a stack before anything is asked: plain data, so that checks need neither settings nor Pulumi."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from fourways.costs import Budget

Kind = Literal["root", "user", "role"]
Place = Literal["machines", "model-studio", "instances"]


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Whose credentials these are: the account, and the RAM user or role in it (`name` is empty for the account itself)."""

    account: str
    kind: Kind
    name: str = ""

    def __str__(self) -> str:
        return {"root": "the account itself (root)", "user": f"RAM user {self.name}", "role": f"RAM role {self.name}"}[self.kind]


@dataclass(frozen=True, kw_only=True)
class Tools:
    """Versions found on this machine; None where there is none. `plugin` is the alicloud plugin's."""

    pulumi: str | None
    pulumi_path: str = ""
    oldest_pulumi: str
    plugin: str | None
    #: False where `pulumi` fetches the plugin by itself.
    plugin_needed: bool
    python: str
    oldest_python: str


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One billed resource that the stack declares, for its price."""

    type: str
    name: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Lock:
    """A lock file in the state backend: who holds it, and since when (as written there)."""

    user: str
    host: str
    pid: int
    since: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One stack. Memory in GiB; `state` is what `pulumi stack export` prints, None where the stack has no state."""

    project: str
    stack: str
    region: str
    pinned_account: str | None
    model: str

    #: What the model runs on: PAI-EAS, Model Studio, or instances of ECS. Checks are for some of them or for all.
    at: Place = "machines"
    #: At Model Studio: own, default, or a workspace's id.
    workspace: str = ""

    #: On machines: the EAS service's name in the cloud.
    service: str = ""
    zones: tuple[str, ...] = ()
    nat: bool = False
    #: With alarms, and with a log store.
    monitoring: bool = False
    logs: bool = False
    #: What is bought, such as `4 x MU1`, and the machines it is made of; nothing is bought where a group is adopted.
    bought: str = ""
    machine: str = ""
    machines: int = 0
    adopted: str | None = None
    #: Public machine types, or types of instances, that a replica may run on, in the order in which they are tried.
    types: tuple[str, ...] = ()
    #: Instances of ECS: the image that they boot from, how they are paid for, and whether the stack makes its own certificate.
    machine_image: str = ""
    charge_type: Literal["PostPaid", "PrePaid"] = "PostPaid"
    spot: bool = False
    self_signed: bool = False
    #: In a scaling group, rather than one by one.
    grouped: bool = False
    #: What exists apart from the stack and gives it its machines, such as `quota quota1a2b`; empty for machines of its own.
    lent: str = ""
    weights: str = ""
    #: How a replica fits on each card that it may land on, and whether that is a doubt; empty where nobody knows.
    fits: tuple[tuple[Literal["info", "warn"], str], ...] = ()
    engine: str = ""
    version: str = ""
    image: str | None = None

    planned: tuple[Planned, ...]
    budget: Budget | None
    today: date

    tools: Tools
    state: Mapping[str, Any] | None = None
    #: Why the state could not be read; empty where it could.
    state_problem: str = ""
    #: Those of a backend in a local folder; others' are not looked at.
    locks: tuple[Lock, ...] = ()

    #: Set once the credentials have been answered for.
    identity: Identity | None = None

    @property
    def resources(self) -> list[Mapping[str, Any]]:
        """The resources of the state."""
        deployment = (self.state or {}).get("deployment") or {}
        return [resource for resource in deployment.get("resources") or [] if isinstance(resource, Mapping)]

    @property
    def pending(self) -> list[str]:
        """URNs of the operations that a killed run left open."""
        deployment = (self.state or {}).get("deployment") or {}
        operations = deployment.get("pending_operations") or []
        return [str((operation.get("resource") or {}).get("urn")) for operation in operations if isinstance(operation, Mapping)]

    def recorded(self, type_: str) -> int:
        """How many resources of a Pulumi type its state has."""
        return sum(resource.get("type") == type_ for resource in self.resources)

    @property
    def services_recorded(self) -> set[str]:
        """Names of the EAS services that its state has."""
        services = [resource.get("inputs") or {} for resource in self.resources if resource.get("type") == "fourways:eas:Service"]
        return {str(service.get("name")) for service in services}

    @property
    def instances_recorded(self) -> bool:
        """Whether its state has all its instances of ECS already."""
        group = "alicloud:ess/scalingGroup:ScalingGroup"
        return bool(self.recorded(group)) if self.grouped else self.recorded("alicloud:ecs/instance:Instance") >= self.machines

    @property
    def machines_recorded(self) -> int:
        """Machines of the stack's type that its state has already."""
        groups = [resource.get("outputs") or {} for resource in self.resources if resource.get("type") == "fourways:eas:ResourceGroup"]
        return sum(int(group.get("instanceCount") or 0) for group in groups if group.get("instanceType") == self.machine)
