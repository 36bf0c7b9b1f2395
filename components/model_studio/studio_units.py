"""Model Units that Model Studio runs: the model deployed by the platform, billed by unit and hour while it runs.

Does not say how the units make copies of the model: the platform does, in multiples that the provider asks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from fourways.provider import resources
from stacks.kinds.model_studio import Limits
from stacks.kinds.studio_unit import StudioCapacity


@dataclass(frozen=True, kw_only=True)
class StudioUnitsArgs:
    """What is bought, where, and with which key it is done."""

    region: str
    #: What the deployment is called in the cloud.
    name: str
    model: str
    capacity: StudioCapacity
    limits: Limits | None
    api_key: pulumi.Input[str]
    #: The workspace's own host and id; None in the default workspace.
    host: pulumi.Input[str] | None = None
    workspace_id: pulumi.Input[str] | None = None
    protect: bool = False
    #: What must be there first. Here, since what a component depends on is not handed down to its children.
    after: Sequence[pulumi.Resource] = ()


class StudioUnits(pulumi.ComponentResource):
    """A model on Model Units of Model Studio."""

    #: What requests send as `model`.
    model: pulumi.Output[str]

    def __init__(self, name: str, args: StudioUnitsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fourways:components:StudioUnits", name, None, opts)
        made = resources.ModelStudioModelUnitDeployment(
            f"{name}-deployment",
            region=args.region,
            name=args.name,
            model=args.model,
            spec=args.capacity.spec,
            units=args.capacity.units,
            rpm_limit=args.limits.rpm if args.limits else None,
            tpm_limit=args.limits.tpm if args.limits else None,
            api_key=args.api_key,
            host=args.host,
            workspace_id=args.workspace_id,
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect, depends_on=list(args.after)),
        )
        self.model = made.deployed_model
        self.register_outputs({"model": self.model})
