"""Resource groups of one account. They are the account's, not a region's."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Backend, Scope
from fourways.fakes.services.shared.resources import DEFAULT_RESOURCE_GROUP, Collection, Resource, new_id
from fourways.fakes.wire.errors import CloudError

DELETE_SECONDS = 1.0  # made up: the cloud takes a week


class ResourceManagerBackend(Backend):
    """The group `default` that each account has, one more as accounts in use have, and what users make."""

    is_global = True

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.groups: Collection[Resource] = Collection(scope, "resourcemanager", "resource group", "EntityNotExists.ResourceGroup")
        now = scope.clock.now()
        self.groups.add(Resource(id=DEFAULT_RESOURCE_GROUP, created=now, name="default", description="default resource group", system=True))
        self.groups.add(Resource(id="rg-acfmsecond00001", created=now, name="second", description="second resource group", system=True))

    def inventory(self) -> list[dict[str, Any]]:
        return [{"kind": "resource-group", "id": group.id, "name": group.name} for group in self.groups.made_by_users()]

    def create(self, name: str, display_name: str) -> Resource:
        if any(group.name == name for group in self.groups):
            raise CloudError(409, "EntityAlreadyExists.ResourceGroup", f"The resource group {name} already exists.")
        group = Resource(id=new_id("rg-", 15), created=self.scope.clock.now(), name=name, description=display_name, status="Creating")
        return self.groups.add(group, "CreateResourceGroup", 1.0, "OK")


def checked_group(scope: Scope, id: str) -> str:
    """`id` where it names a resource group of the account; blank means the default one. Raises 404 otherwise."""
    if not id:
        return DEFAULT_RESOURCE_GROUP
    return scope.backend(ResourceManagerBackend).groups[id].id
