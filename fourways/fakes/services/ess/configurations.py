"""Scaling configurations: what the instances of a group are made from."""

from __future__ import annotations

from dataclasses import dataclass, field

from fourways.fakes.service import Scope
from fourways.fakes.services.shared.resources import Collection, Resource
from fourways.fakes.wire.errors import CloudError

MOST_OF_A_GROUP = 10  # help centre, ESS "Limits"


@dataclass(kw_only=True)
class Configuration(Resource):
    """`types` are instance types in the order in which they are tried; `options` is what else was given, as it was given."""

    group_id: str
    image_id: str
    types: list[str]
    groups: list[str]
    options: dict[str, str] = field(default_factory=dict)


class Configurations(Collection[Configuration]):
    """The scaling configurations of one account and region."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope, "ess", "scaling configuration", "InvalidScalingConfigurationId.NotFound")

    def of(self, group_id: str) -> list[Configuration]:
        return [item for item in self._items.values() if item.group_id == group_id]

    def made(self, id: str) -> float:
        """When it was made; 0 for one that is gone."""
        return self._items[id].created if id in self._items else 0.0

    def create(self, configuration: Configuration) -> Configuration:
        others = self.of(configuration.group_id)
        if len(others) >= MOST_OF_A_GROUP:
            raise CloudError(400, "QuotaExceeded.ScalingConfiguration", f"A scaling group has at most {MOST_OF_A_GROUP} configurations.")
        if any(other.name == configuration.name for other in others):
            raise CloudError(400, "InvalidScalingConfigurationName.Duplicate", f"The name {configuration.name} is in use in this group.")
        return self.add(configuration)
