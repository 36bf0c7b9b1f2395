"""Policies and their versions, and what they are attached to."""

from __future__ import annotations

from dataclasses import dataclass, field

from fourways.fakes.service import Scope
from fourways.fakes.services.ram.system_policies import document_of
from fourways.fakes.services.shared.resources import Collection, Resource
from fourways.fakes.wire.errors import CloudError

MOST_VERSIONS = 5  # of a policy; help centre, RAM "Limits"


@dataclass(kw_only=True)
class Policy(Resource):
    """`versions` by id (`v1`), oldest first: (document, epoch seconds). `attached` holds (kind, name) of roles, users and groups."""

    versions: dict[str, tuple[str, float]]
    default: str = "v1"
    counted: int = 1
    updated: float = 0.0
    attached: dict[tuple[str, str], float] = field(default_factory=dict)
    type: str = "Custom"


class Policies(Collection[Policy]):
    """The policies of one account: custom ones by name, system ones made up when they are first named."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope, "ram", "policy", "EntityNotExist.Policy")

    def find(self, name: str, type: str = "") -> Policy:
        """The policy of this name; raises 404. `type` is Custom, System or blank for any."""
        document = document_of(name)
        if name not in self and document is not None:
            now = self._scope.clock.now()
            self.add(Policy(id=name, name=name, created=now, updated=now, versions={"v1": (document, now)}, type="System", system=True))
        if name in self and type in ("", self[name].type):
            return self[name]
        raise CloudError(404, "EntityNotExist.Policy", f"The {type.lower() or 'specified'} policy {name} does not exist.")

    def custom(self, name: str) -> Policy:
        return self.find(name, "Custom")

    def create(self, name: str, description: str, document: str, tags: dict[str, str]) -> Policy:
        if name in self or document_of(name) is not None:
            raise CloudError(409, "EntityAlreadyExists.Policy", f"The policy {name} already exists.")
        now = self._scope.clock.now()
        return self.add(
            Policy(id=name, name=name, description=description, created=now, updated=now, versions={"v1": (document, now)}, tags=tags),
            "CreatePolicy",
        )

    def add_version(self, policy: Policy, document: str, as_default: bool, rotate: str) -> str:
        """A new version; where there are five, the oldest that is not in force goes, if `rotate` allows it."""
        if len(policy.versions) >= MOST_VERSIONS:
            if rotate != "DeleteOldestNonDefaultVersionWhenLimitExceeded":
                raise CloudError(409, "LimitExceeded.Policy.Version", f"A policy has at most {MOST_VERSIONS} versions.")
            del policy.versions[next(id for id in policy.versions if id != policy.default)]
        policy.counted += 1
        id, now = f"v{policy.counted}", self._scope.clock.now()
        policy.versions[id] = (document, now)
        policy.updated = now
        if as_default:
            policy.default = id
        return id

    def remove_version(self, policy: Policy, id: str) -> None:
        self.version(policy, id)
        if id == policy.default:
            raise CloudError(409, "DeleteConflict.Policy.Version.Default", "The default version of a policy cannot be deleted.")
        del policy.versions[id]

    @staticmethod
    def version(policy: Policy, id: str) -> tuple[str, float]:
        if id not in policy.versions:
            raise CloudError(404, "EntityNotExist.Policy.Version", f"The version {id} of the policy does not exist.")
        return policy.versions[id]

    def delete(self, name: str, cascading: bool) -> None:
        policy = self.custom(name)
        for kind, _ in policy.attached:
            if not cascading:
                raise CloudError(409, f"DeleteConflict.Policy.{kind.capitalize()}", f"The policy is attached to a {kind}.")
        if len(policy.versions) > 1 and not cascading:
            raise CloudError(409, "DeleteConflict.Policy.Version", "The policy has versions besides the default one.")
        self.remove(name)

    def attach(self, policy: Policy, kind: str, name: str) -> None:
        if (kind, name) in policy.attached:
            raise CloudError(
                409, f"EntityAlreadyExists.{kind.capitalize()}.Policy", f"The {kind} {name} has the policy {policy.name} already."
            )
        policy.attached[kind, name] = self._scope.clock.now()

    @staticmethod
    def detach(policy: Policy, kind: str, name: str) -> None:
        if (kind, name) not in policy.attached:
            raise CloudError(
                404, f"EntityNotExist.{kind.capitalize()}.Policy", f"The {kind} {name} does not have the policy {policy.name}."
            )
        del policy.attached[kind, name]

    def of(self, kind: str, name: str) -> list[Policy]:
        return [policy for policy in self if (kind, name) in policy.attached]
