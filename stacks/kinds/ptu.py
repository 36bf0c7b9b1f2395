"""Kind `ptu`: tokens a minute of a model, reserved at Model Studio (provisioned throughput), by the hour or for a term.

Capacity is in TPM everywhere here; the API's own unit is a thousand of them. Facts: help centre, throughput reservation.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from stacks.checks import model_studio as checks
from stacks.kinds.kind import NAME, Check, Kind
from stacks.kinds.model_studio import WORKSPACE, Key, Limits, StudioModel
from stacks.part import Part


class ReservationSettings(Part):
    """What is reserved, how it is paid for, and what becomes of a request beyond it."""

    tier: Literal["fast", "default"] = Field(description="fast or default (the standard tier, for a term only)")
    charge_type: Literal["PostPaid", "PrePaid"] = Field(description="PostPaid (by the hour) or PrePaid (a term)")
    input_tpm: int = Field(ge=1, description="tokens of prompts a minute, a whole number, e.g. 500000")
    output_tpm: int = Field(ge=1, description="tokens of answers a minute, a whole number, e.g. 50000")
    overflow: bool = Field(
        default=True,
        description="true (what is beyond the reservation is served and billed by the token) or false (it is answered with 429)",
    )
    term_days: int | None = Field(default=None, ge=1, le=365, description="days of the term: 1-30, 60, 90, 120 or 365; PrePaid only")
    auto_renewal: bool = Field(default=False, description="true (the term is bought again when it ends; PrePaid only) or false")
    on_delete: Literal["refuse", "let_expire"] = Field(
        default="refuse",
        description="refuse (a term that runs stops a destroy) or let_expire (it stays, billed, until it ends, and is listed)",
    )


class PtuServing(Kind):
    """A model with reserved throughput."""

    checks: ClassVar[tuple[Check, ...]] = (*checks.ACCESS, checks.limits_need_a_workspace, *checks.CAPACITY)

    kind: Literal["ptu"]
    name: str = Field(pattern=NAME, description="what key and reservation are called: 3-63 lower-case letters, digits, underscores")
    model: StudioModel = Field(description="a mapping with id")
    reservation: ReservationSettings = Field(description="a mapping with tier, chargeType, inputTpm and outputTpm")
    workspace: str = WORKSPACE
    key: Key = Field(
        default_factory=Key, description="a mapping with allowedIps, models, rotation, overlap and kmsSecret, each may be left out"
    )
    limits: Limits | None = Field(default=None, description="a mapping with rpm, tpm or both, for what overflows")
