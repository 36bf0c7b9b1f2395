"""Projects, log stores and what agents on machines collect, of one account. A project's name is nobody else's in all of Alibaba Cloud (the
provider's page on alicloud_log_project), so a call needs no region to find it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from fourways.fakes.service import Backend, Scope
from fourways.fakes.wire.errors import CloudError


@dataclass(frozen=True)
class Source:
    """An EAS resource group whose services' logs come here, from `since` on (epoch seconds)."""

    region: str
    since: float


@dataclass
class Store:
    """`settings` are the wire's own fields; `index` is None until one is made; `sources` by the id of their resource group."""

    name: str
    created: float
    settings: dict[str, Any]
    metering: str = "ChargeByFunction"
    index: dict[str, Any] | None = None
    sources: dict[str, Source] = field(default_factory=dict)


@dataclass
class MachineGroup:
    """Machines that name one of `identifiers`: IP addresses, or words of their own (`userdefined`). `configs` are those applied to it."""

    name: str
    created: float
    identified_by: str
    identifiers: list[str]
    group_type: str = ""
    attribute: dict[str, str] = field(default_factory=dict)
    changed: float = 0
    configs: list[str] = field(default_factory=list)


@dataclass
class CollectionConfig:
    """What agents collect, and into which store: a Logtail configuration. `settings` are the wire's own fields."""

    name: str
    created: float
    settings: dict[str, Any]
    changed: float = 0


@dataclass
class Project:
    name: str
    region: str
    created: float
    description: str = ""
    resource_group: str = ""
    policy: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    stores: dict[str, Store] = field(default_factory=dict)
    machine_groups: dict[str, MachineGroup] = field(default_factory=dict)
    configs: dict[str, CollectionConfig] = field(default_factory=dict)

    def store(self, name: str) -> Store:
        if name not in self.stores:
            raise CloudError(404, "LogStoreNotExist", f"logstore {name} does not exist")
        return self.stores[name]

    def machine_group(self, name: str) -> MachineGroup:
        if name not in self.machine_groups:
            raise CloudError(404, "MachineGroupNotExist", f"MachineGroup {name} does not exist")
        return self.machine_groups[name]

    def config(self, name: str) -> CollectionConfig:
        if name not in self.configs:
            raise CloudError(404, "ConfigNotExist", f"config {name} does not exist")
        return self.configs[name]


class SlsBackend(Backend):
    """Nothing in it has a price of its own: what is written, indexed and kept is billed, and the fake writes too little to count."""

    is_global = True

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.projects: dict[str, Project] = {}

    def inventory(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for project in self.projects.values():
            rows.append({"kind": "log-project", "id": project.name, "name": project.name, "tags": project.tags})
            parts: dict[str, Iterable[str]] = {
                "log-store": project.stores,
                "log-machine-group": project.machine_groups,
                "log-config": project.configs,
            }
            rows += [{"kind": kind, "id": f"{project.name}:{name}", "name": name} for kind, named in parts.items() for name in named]
        return rows

    def project(self, name: str) -> Project:
        if name not in self.projects:
            raise CloudError(404, "ProjectNotExist", f"The Project does not exist : {name}")
        return self.projects[name]

    def taken(self, name: str) -> bool:
        """Whether any account has a project of this name."""
        return any(name in backend.projects for backend in self.scope.cloud.backends(SlsBackend))
