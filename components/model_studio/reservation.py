"""A throughput reservation (PTU): tokens a minute of one model, billed from its creation until it is deleted, or for its term.

A term cannot be given back: with `onDelete: let_expire` a destroy leaves it running, and billed, until it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from fourways.provider import resources
from stacks.kinds.ptu import ReservationSettings


@dataclass(frozen=True, kw_only=True)
class ReservationArgs:
    """What is reserved, where, and with which key it is done."""

    region: str
    #: What the reservation is called in the cloud.
    name: str
    model: str
    reservation: ReservationSettings
    api_key: pulumi.Input[str]
    #: The workspace's own host and id; None in the default workspace.
    host: pulumi.Input[str] | None = None
    workspace_id: pulumi.Input[str] | None = None
    protect: bool = False
    #: What must be there first. Here, since what a component depends on is not handed down to its children.
    after: Sequence[pulumi.Resource] = ()


class Reservation(pulumi.ComponentResource):
    """Reserved throughput of a model."""

    #: What requests send as `model`.
    model: pulumi.Output[str]

    def __init__(self, name: str, args: ReservationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fourways:components:Reservation", name, None, opts)
        wanted = args.reservation
        made = resources.ModelStudioReservation(
            f"{name}-throughput",
            region=args.region,
            name=args.name,
            model=args.model,
            tier=wanted.tier,
            charge_type=wanted.charge_type,
            input_tpm=wanted.input_tpm,
            output_tpm=wanted.output_tpm,
            overflow=wanted.overflow,
            term_days=wanted.term_days,
            # Always said: the API's own default renews, and a renewal is a purchase.
            auto_renewal=wanted.auto_renewal,
            on_delete=wanted.on_delete,
            api_key=args.api_key,
            host=args.host,
            workspace_id=args.workspace_id,
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect, depends_on=list(args.after)),
        )
        self.model = made.deployed_model
        self.register_outputs({"model": self.model})
