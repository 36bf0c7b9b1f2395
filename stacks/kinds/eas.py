"""Kind `eas`: a model served by PAI-EAS on GPUs of any source: public pay-as-you-go machines, a resource group, a quota..."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from stacks.checks import capacity as capacities
from stacks.checks import production
from stacks.kinds.eas_capacity import EasCapacity
from stacks.kinds.kind import Check
from stacks.kinds.on_eas import OnEas


class EasServing(OnEas):
    """The model on GPUs that are bought as machines."""

    checks: ClassVar[tuple[Check, ...]] = (
        capacities.types_hold_a_replica,
        *OnEas.on_eas,
        production.shortage_is_consistent,
        capacities.benchmark_is_not_prepaid,
    )

    kind: Literal["eas"]
    capacity: EasCapacity = Field(
        description="a mapping with source (public, resource-group, quota or virtual-resource-group) and what that source needs"
    )
