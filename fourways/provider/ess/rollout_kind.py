"""The type `fourways:ess:Rollout`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from fourways.provider.kind import COMMON_OUTPUTS, STRING, Kind, Operations
from fourways.provider.names import ROLLOUT_TYPE
from fourways.provider.session import Session
from fourways.provider.values import UNKNOWN, Plain

if TYPE_CHECKING:
    from fourways.provider.change import Change


class RolloutKind(Kind):
    """A scaling group whose instances are all made from one version of a launch template."""

    token: ClassVar[str] = ROLLOUT_TYPE
    description: ClassVar[str] = (
        "A scaling group whose instances are all made from one version of a launch template, in service and healthy. Deleting it changes "
        "nothing in the cloud. Import id: REGION/asg-..."
    )
    example: ClassVar[str] = "ap-southeast-1/asg-abc"
    inputs: ClassVar[str] = "fourways.provider.ess.rollout_inputs:RolloutInputs"
    outputs: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "instances": {"type": "array", "items": STRING, "description": "The ECS instances in service, in order of their ids."},
        "rolledOut": {**STRING, "description": "TEMPLATE/VERSION that all of them are made from, or were last."},
        **COMMON_OUTPUTS,
    }
    volatile: ClassVar[tuple[str, ...]] = ("instances",)
    stable: ClassVar[tuple[str, ...]] = ("region", "scalingGroupId", "account", "target")

    def kept(self, state: Mapping[str, Plain], inputs: Mapping[str, Plain], change: Change) -> dict[str, Plain]:
        template, version = inputs["launchTemplateId"], inputs["launchTemplateVersion"]
        known: dict[str, Plain] = {"rolledOut": UNKNOWN if UNKNOWN in (template, version) else f"{template}/{version}"}
        waits = change.touches("launchTemplateId", "launchTemplateVersion", "size")
        return known if waits else known | {"instances": state.get("instances")}

    def remark(self, state: Mapping[str, Plain]) -> str | None:
        """Fewer instances than were waited for: the cloud starts others by itself, and no update mends it."""
        instances, size = state.get("instances"), state.get("size")
        if not isinstance(instances, list) or not isinstance(size, int) or len(instances) >= size:
            return None
        return f"{len(instances)} of {size} instances of scaling group {state.get('scalingGroupId')} are in service and healthy"

    async def foresee_update(
        self, session: Session, urn: str, state: Mapping[str, Plain], inputs: Mapping[str, Plain], change: Change
    ) -> None:
        from fourways.provider.ess import rollout_words as words

        if not change.replaces and change.touches("launchTemplateId", "launchTemplateVersion"):
            for line in words.of_update(state, inputs):
                session.reporter.warning(urn, line)

    def operations(self, session: Session, region: str) -> Operations:
        from fourways.provider.ess.rollout import Rollouts
        from fourways.provider.ess.scaling_calls import ScalingCalls

        return Rollouts(session, ScalingCalls(session, region))
