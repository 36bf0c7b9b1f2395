"""A model with reserved throughput: key and reservation put together, and one line that says what that means."""

from __future__ import annotations

import pulumi

from components.endpoint import Endpoint, expiry
from components.model_studio.reservation import Reservation, ReservationArgs
from components.model_studio.token_api import way_in
from components.model_studio.token_deployment import opens
from fourways.provider import resources
from stacks.kinds.ptu import PtuServing, ReservationSettings
from stacks.model import Settings


def capacity(wanted: ReservationSettings) -> str:
    """What is bought, in its own unit: `500000 in / 50000 out TPM, fast tier`."""
    return f"{wanted.input_tpm} in / {wanted.output_tpm} out TPM, {wanted.tier} tier"


def summary(serving: PtuServing) -> str:
    """What is billed until when, what happens beyond it, and what a destroy leaves, in one line."""
    wanted = serving.reservation
    beyond = "billed by the token" if wanted.overflow else "refused (429)"
    return f"billed: {capacity(wanted)}, {_paid(wanted)}; beyond it: {beyond}; {opens(serving.key, serving.model.id)}"


def _paid(wanted: ReservationSettings) -> str:
    if wanted.charge_type == "PostPaid":
        return "by the hour until it is deleted"
    renewal = "renewed by itself" if wanted.auto_renewal else "not renewed"
    left = "; a destroy leaves it, and its workspace, until it ends" if wanted.on_delete == "let_expire" else ""
    return f"for {wanted.term_days} days, {renewal}, which cannot be given back{left}"


def deploy_ptu(settings: Settings, serving: PtuServing) -> Endpoint:
    """Declares the workspace, the key and the reservation of a stack of kind `ptu`."""
    provider = pulumi.ResourceOptions(providers=[resources.Provider("fourways", account=settings.account)])
    wanted = serving.reservation
    access = way_in(
        settings,
        serving,
        provider,
        limits=serving.limits,
        deploys=True,
        keep_workspace=wanted.charge_type == "PrePaid" and wanted.on_delete == "let_expire",
    )
    reservation = Reservation(
        "reservation",
        ReservationArgs(
            region=settings.region,
            name=settings.service_name,
            model=serving.model.id,
            reservation=wanted,
            api_key=access.api_key,
            host=access.host,
            workspace_id=access.workspace_id,
            protect=settings.protect,
            after=access.rights,
        ),
        provider,
    )
    pulumi.info(summary(serving))
    return Endpoint(
        base_url=access.base_url,
        api_key=access.api_key,
        model=reservation.model,
        kind=serving.kind,
        region=settings.region,
        capacity=capacity(wanted),
        expires_at=expiry(settings),
    )
