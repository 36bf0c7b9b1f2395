"""Resource quotas, which are not made through the API of EAS: a test seeds them. They are not billed by EAS.

Seed `{"eas": {"quotas": ["quota1"]}}` names some whose GPUs do not run out.
`{"eas": {"quotas": {"quota1": {"gpus": 8, "type": "Lingjun"}}}}` says how many GPUs they have and of which kind they are
(metadata.quota_type); either may be left out.
"""

from __future__ import annotations

from dataclasses import dataclass

from fourways.fakes.service import Scope
from fourways.fakes.services.eas.errors import bad


@dataclass(frozen=True)
class Quota:
    """One quota; None: its GPUs do not run out, and any type is right."""

    id: str
    gpus: int | None = None
    type: str | None = None


def find(scope: Scope, quota_id: str) -> Quota | None:
    """The quota of this id, or None where none is seeded."""
    seeded = scope.cloud.seed.get("eas", {}).get("quotas", ())
    if quota_id not in seeded:
        return None
    given = seeded[quota_id] if isinstance(seeded, dict) else {}
    return Quota(quota_id, given.get("gpus"), given.get("type"))


def check(scope: Scope, quota_id: str, quota_type: str | None) -> None:
    """Raises CloudError 400 for a quota that does not exist or is of another type than the one named (assumed)."""
    quota = find(scope, quota_id)
    if quota is None:
        raise bad(f"The quota {quota_id} does not exist.")
    if quota.type and quota_type and quota.type != quota_type:
        raise bad(f"The quota {quota_id} is of type {quota.type}, not {quota_type}.")
