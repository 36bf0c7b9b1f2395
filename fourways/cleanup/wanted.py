"""A resource whose create was begun, as a state's pending operation or a preview describes it: what a look-up in the cloud goes by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fourways.cloud import ownership

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What an unknown text looks like in a preview's JSON (pulumi/sdk 3.259.0, go/common/resource/plugin/rpc.go, UnknownStringValue)."""


class NotEnoughError(Exception):
    """The recorded inputs do not say exactly enough which thing is meant. The message names what is missing."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """`region` is the stack's; inputs have Pulumi's names."""

    urn: str
    type: str
    region: str
    inputs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.rsplit("::", 1)[-1]

    def get(self, key: str) -> str:
        """An input as text; empty where there is none, or none that is known."""
        value = self.inputs.get(key)
        return "" if value is None or value == UNKNOWN or isinstance(value, Mapping | list) else str(value)

    def need(self, key: str) -> str:
        """An input as text. Raises NotEnoughError where there is none: a look-up that goes by less would find other people's things."""
        if not (value := self.get(key)):
            raise NotEnoughError(f"its input {key} is not known")
        return value

    @property
    def labels(self) -> dict[str, str]:
        """The labels that EAS things of this very resource carry."""
        return ownership.urn_labels(self.urn)
