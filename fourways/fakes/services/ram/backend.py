"""Roles, users, groups and policies of one account."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from fourways.fakes.service import Backend, Scope
from fourways.fakes.services.ram.policies import Policies
from fourways.fakes.services.shared.resources import Collection, Resource, ResourceType
from fourways.fakes.wire.errors import CloudError

KINDS = ("role", "user", "group")


@dataclass(kw_only=True)
class Role(Resource):
    """`session` is the longest session in seconds. The id of the collection is the name, `number` is the RoleId."""

    document: str
    number: str
    updated: float
    session: int = 3600


@dataclass(kw_only=True)
class User(Resource):
    number: str
    updated: float
    details: dict[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class Group(Resource):
    number: str
    updated: float
    members: dict[str, float] = field(default_factory=dict)


class RamBackend(Backend):
    """Names are unique in an account, so each collection is kept by name."""

    is_global = True

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.roles: Collection[Role] = Collection(scope, "ram", "role", "EntityNotExist.Role")
        self.users: Collection[User] = Collection(scope, "ram", "user", "EntityNotExist.User")
        self.groups: Collection[Group] = Collection(scope, "ram", "group", "EntityNotExist.Group")
        self.policies = Policies(scope)

    def collection(self, kind: str) -> Collection[Any]:
        collections: dict[str, Collection[Any]] = {"role": self.roles, "user": self.users, "group": self.groups, "policy": self.policies}
        return collections[kind]

    def inventory(self) -> list[dict[str, Any]]:
        return [
            {"kind": f"ram-{kind}", "id": item.id, "name": item.name, "tags": item.tags}
            for kind in (*KINDS, "policy")
            for item in self.collection(kind).made_by_users()
        ]

    def add(self, kind: str, item: ResourceType) -> ResourceType:
        """Keep a new role, user or group; raises 409 where the name is taken."""
        collection: Collection[ResourceType] = self.collection(kind)
        if item.id in collection:
            raise CloudError(409, f"EntityAlreadyExists.{kind.capitalize()}", f"The {kind} {item.id} already exists.")
        return collection.add(item, f"Create{kind.capitalize()}")

    def delete(self, kind: str, name: str) -> None:
        """Delete a role, user or group; raises 409 while policies or members hang on it."""
        title = kind.capitalize()
        item = self.collection(kind)[name]
        if self.policies.of(kind, name):
            raise CloudError(409, f"DeleteConflict.{title}.Policy", f"The {kind} {name} has policies attached to it.")
        if isinstance(item, Group) and item.members:
            raise CloudError(409, "DeleteConflict.Group.User", f"The group {name} has members.")
        if kind == "user" and any(name in group.members for group in self.groups):
            raise CloudError(409, "DeleteConflict.User.Group", f"The user {name} is a member of a group.")
        self.collection(kind).remove(name)

    def rename(self, kind: str, old: str, new: str) -> None:
        """Another name, with its attachments and memberships; raises 409 where it is taken."""
        collection = self.collection(kind)
        item = collection[old]
        if new == old:
            return
        item.id = item.name = new
        try:
            self.add(kind, item)
        except CloudError:
            item.id = item.name = old
            raise
        collection.remove(old)
        for policy in self.policies:
            if (kind, old) in policy.attached:
                policy.attached[kind, new] = policy.attached.pop((kind, old))
        for group in self.groups:
            if kind == "user" and old in group.members:
                group.members[new] = group.members.pop(old)


def new_number() -> str:
    """An id as RAM gives them: digits that begin with 3."""
    return "3" + "".join(secrets.choice("0123456789") for _ in range(17))
