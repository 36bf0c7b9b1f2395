"""Projects and log stores of one account. A project's name is nobody else's in all of Alibaba Cloud (the provider's page on
alicloud_log_project), so a call needs no region to find it."""

from __future__ import annotations

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
class Project:
    name: str
    region: str
    created: float
    description: str = ""
    resource_group: str = ""
    policy: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    stores: dict[str, Store] = field(default_factory=dict)

    def store(self, name: str) -> Store:
        if name not in self.stores:
            raise CloudError(404, "LogStoreNotExist", f"logstore {name} does not exist")
        return self.stores[name]


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
            rows += [{"kind": "log-store", "id": f"{project.name}:{name}", "name": name} for name in project.stores]
        return rows

    def project(self, name: str) -> Project:
        if name not in self.projects:
            raise CloudError(404, "ProjectNotExist", f"The Project does not exist : {name}")
        return self.projects[name]

    def taken(self, name: str) -> bool:
        """Whether any account has a project of this name."""
        return any(name in backend.projects for backend in self.scope.cloud.backends(SlsBackend))
