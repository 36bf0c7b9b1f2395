"""The typed inputs of throughput reservations. What the dated rules say of them is checked without the network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Literal

from pydantic import StrictBool, StrictInt

from fourways.catalog import reservations as rules
from fourways.catalog.reservations import KTPM, Illegal
from fourways.provider.inputs import declared
from fourways.provider.modelstudio.deployment_access import DeploymentInputs
from fourways.provider.outcome import Failure
from fourways.provider.values import Plain


class ReservationInputs(DeploymentInputs):
    """Inputs of `fourways:modelstudio:Reservation`. Capacities are TPM (tokens a minute); the API has them in kTPM."""

    tier: Literal["fast", "default"] = declared("fast or default (prepaid only)", replaces=True)
    charge_type: Literal["PostPaid", "PrePaid"] = declared("PostPaid (by the hour; tier fast) or PrePaid (a committed term)", replaces=True)
    input_tpm: StrictInt = declared("input tokens a minute, a multiple of 1000, in the model's steps", ge=1)
    output_tpm: StrictInt = declared("output tokens a minute, a multiple of 1000, in the model's steps", ge=1)
    overflow: StrictBool = declared("true (default: beyond the capacity by the token, at a price) or false (429)", default=True)
    term_days: StrictInt | None = declared("a term in days: 1 to 30, 60, 90, 120 or 365; PrePaid only", default=None, ge=1)
    auto_renewal: StrictBool = declared("true or false (default, and always sent: the cloud's own default is on)", default=False)
    on_delete: Literal["refuse", "let_expire"] = declared(
        "refuse (default: a running prepaid term is an error) or let_expire (renewal goes off, the paid rest is left to end)",
        default="refuse",
    )

    @classmethod
    def failures(cls, inputs: Mapping[str, Plain]) -> Iterator[Failure]:
        """What does not go together, and what the rules refuse while they are fresh."""
        yield from super().failures(inputs)
        yield from _combinations(inputs)
        for name in ("inputTpm", "outputTpm"):
            tpm = inputs.get(name)
            if isinstance(tpm, int) and tpm % KTPM:
                below = tpm - tpm % KTPM
                yield Failure(property=name, reason=f"{tpm} is not a multiple of {KTPM}. Nearest: {below} and {below + KTPM}.")
        for name, illegal in illegal_values(inputs):
            if rules.fresh(illegal.fact, today()) and not (name != "termDays" and illegal.given % KTPM):
                yield Failure(property=name, reason=refusal(illegal))


def _combinations(inputs: Mapping[str, Plain]) -> Iterator[Failure]:
    charge, tier, days = inputs.get("chargeType"), inputs.get("tier"), inputs.get("termDays")
    if charge == "PostPaid" and tier == "default":
        yield Failure(property="chargeType", reason="tier default is PrePaid only. Allowed: PrePaid, or tier fast with PostPaid.")
    if charge == "PostPaid" and days is not None:
        yield Failure(property="termDays", reason="a PostPaid reservation has no term. Allowed: leave it out, or chargeType PrePaid.")
    if charge == "PostPaid" and inputs.get("autoRenewal") is True:
        yield Failure(property="autoRenewal", reason="a PostPaid reservation has no term to renew. Allowed: false, or chargeType PrePaid.")
    if charge == "PrePaid" and days is None:
        yield Failure(property="termDays", reason="required with PrePaid. Allowed: 1 to 30, 60, 90, 120 or 365 days.")


def illegal_values(inputs: Mapping[str, Plain]) -> Iterator[tuple[str, Illegal]]:
    """The inputs that the rules do not have, whether these are fresh or not."""
    model, region, tier = inputs.get("model"), inputs.get("region"), inputs.get("tier")
    if isinstance(model, str) and isinstance(region, str) and isinstance(tier, str):
        for name, side in (("inputTpm", "input"), ("outputTpm", "output")):
            tpm = inputs.get(name)
            if isinstance(tpm, int) and (found := rules.illegal_capacity(model, region, tier, side, tpm)):
                yield name, found
    days = inputs.get("termDays")
    if isinstance(days, int) and (wrong := rules.illegal_term(days)):
        yield "termDays", wrong


def refusal(illegal: Illegal) -> str:
    """`505000 is not sold. Nearest: 500000 and 510000 (help centre ..., read 2026-11-24).`"""
    nearest = " and ".join(str(value) for value in illegal.nearest)
    return f"{illegal.given} is not sold. Nearest: {nearest} ({illegal.fact.source}; read {illegal.fact.read_on})."


def today() -> date:
    """The day by which the rules are judged."""
    return datetime.now(UTC).date()
