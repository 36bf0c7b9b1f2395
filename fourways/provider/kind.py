"""What the provider must know of a resource type to serve it: one object a type, in `kinds.py`. `native.py` knows no type by name."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from fourways.provider.outcome import Done
from fourways.provider.session import Session
from fourways.provider.values import Plain, Properties

if TYPE_CHECKING:
    from fourways.provider.change import Change
    from fourways.provider.inputs import Inputs

STRING: dict[str, Any] = {"type": "string"}
INTEGER: dict[str, Any] = {"type": "integer"}
#: Outputs of every type.
COMMON_OUTPUTS: dict[str, dict[str, Any]] = {
    "account": {**STRING, "description": "The account that it was made in."},
    "target": {**STRING, "description": "The target that it was made on: fake or cloud."},
}


class Operations(Protocol):
    """What can be done with the resources of one type in one region. Every method runs after the session's guard.

    Failures are ProviderError, InitFailed once the resource exists, or CloudError. `timeout` is in seconds, 0 for the type's own.
    """

    async def create(self, urn: str, inputs: Properties, timeout: float, account: str) -> Done:
        """Makes it, once, and waits until it is ready."""

    async def read(self, resource_id: str, inputs: Properties, state: Properties, account: str) -> tuple[Done, Properties] | None:
        """It and its inputs as they are now; None when it is gone. Without inputs (import) all of them are told.

        `state` are the outputs in the state: what the cloud shows only once is carried on from there.
        """

    async def update(
        self, urn: str, resource_id: str, old: Properties, state: Properties, inputs: Properties, timeout: float, account: str
    ) -> Done:
        """Makes it what `inputs` say; `old` are the inputs in the state, `state` the outputs."""

    async def delete(self, urn: str, resource_id: str, state: Properties, timeout: float) -> None:
        """Deletes it and waits until it is gone and no longer billed. Not there is success."""


class Kind:
    """One resource type. Subclasses say what is particular; nothing here or there imports pydantic or an SDK when it is imported."""

    #: The type token.
    token: ClassVar[str]
    description: ClassVar[str]
    #: An import id.
    example: ClassVar[str]
    #: Where the inputs are: `module:class`, imported when the first of them is checked.
    inputs: ClassVar[str]
    #: Outputs beyond the inputs, as the schema describes them.
    outputs: ClassVar[Mapping[str, Mapping[str, Any]]]
    #: Outputs that an update in place can change; all others are known at preview.
    volatile: ClassVar[tuple[str, ...]] = ()
    #: Outputs that a resource may be without.
    absent: ClassVar[tuple[str, ...]] = ()
    #: What never changes in the life of a resource.
    stable: ClassVar[tuple[str, ...]] = ("region", "account", "target")

    def model(self) -> type[Inputs]:
        """The typed inputs."""
        module, _, name = self.inputs.partition(":")
        found: type[Inputs] = getattr(importlib.import_module(module), name)
        return found

    def secret_outputs(self) -> frozenset[tuple[str | int, ...]]:
        """Outputs that are secret, by path."""
        return frozenset((name,) for name, shape in self.outputs.items() if shape.get("secret"))

    def before(self, inputs: dict[str, Plain], state: Mapping[str, Plain]) -> dict[str, Plain]:  # noqa: ARG002 - for those who override it
        """The inputs in the state as a difference is taken from: with what the state knows beside them."""
        return inputs

    def kept(self, state: Mapping[str, Plain], inputs: Mapping[str, Plain], change: Change) -> dict[str, Plain]:  # noqa: ARG002
        """Outputs that a preview of this update knows better than `volatile` does."""
        return {}

    def other_ids(self, state: Mapping[str, Plain]) -> tuple[str, ...]:  # noqa: ARG002
        """Ids of things that a resource in the state has beside the one that it is known by."""
        return ()

    def alone(self, inputs: Mapping[str, Plain]) -> tuple[str, str] | None:  # noqa: ARG002
        """An input, and the thing that it names, which only one resource of a program may be about; of whatever type."""
        return None

    def remark(self, state: Mapping[str, Plain]) -> str | None:  # noqa: ARG002
        """What the user should be warned of whenever a resource with these outputs was read."""
        return None

    def due(self, state: Mapping[str, Plain], now: datetime) -> str | None:  # noqa: ARG002
        """What the user should be warned of at each preview, update and refresh of a resource with these outputs, since time goes by."""
        return None

    async def foresee_create(self, session: Session, urn: str, inputs: Mapping[str, Plain]) -> None:
        """What a preview of a create should say (`session.reporter`) or refuse (ProviderError)."""

    async def foresee_update(
        self, session: Session, urn: str, state: Mapping[str, Plain], inputs: Mapping[str, Plain], change: Change
    ) -> None:
        """What a preview of an update should say or refuse. Not asked of a Diff: a refresh asks that, with old and new exchanged."""

    def operations(self, session: Session, region: str) -> Operations:
        """Made once a region and provider, when the cloud is needed for the first time."""
        raise NotImplementedError
