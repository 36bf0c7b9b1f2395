"""What is deployed, with the values of the API. Times are epoch seconds of the fake's clock, capacities of reservations kTPM."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

SERVING = ("RUNNING", "WAIT_PRE_PAID_BILLING_TO_SCALING", "SCALING")  # a scaling reservation serves with what it has


@dataclass(frozen=True)
class Capacity:
    """kTPM: thousands of tokens a minute."""

    input_tpm: int = 0
    output_tpm: int = 0

    def __add__(self, other: Capacity) -> Capacity:
        return Capacity(self.input_tpm + other.input_tpm, self.output_tpm + other.output_tpm)

    def wire(self) -> dict[str, int]:
        return {"input_tpm": self.input_tpm, "output_tpm": self.output_tpm}


@dataclass(frozen=True)
class Term:
    """What a prepaid order says: days, and whether (and by how many days) it renews itself."""

    duration: int
    auto_renewal: bool
    auto_renewal_duration: int


@dataclass
class Instance:
    """One purchase of capacity. `status` has the values of a deployment's. `target` is what it is being scaled to; `operation` the id of
    the operation that has not ended; `paid` what the terms since the last expiry have cost, from `bought` to `expires`."""

    id: str
    charge_type: str
    status: str
    created: float
    modified: float
    configured: Capacity
    effective: Capacity = Capacity()
    target: Capacity | None = None
    term: Term | None = None
    bought: float = 0.0
    expires: float = 0.0
    paid: Decimal = Decimal(0)
    operation: str | None = None
    deleted: float | None = None
    fail_reason: str = ""

    def active_prepaid(self, now: float) -> bool:
        """Paid for, and the term has not ended."""
        return self.deleted is None and self.paid > 0 and now <= self.expires


@dataclass
class Operation:
    """One change of a capacity instance. `outcome` is the error, as (code, text), that it will end with; None: it succeeds."""

    id: str
    request_id: str
    type: str
    model: str
    instance: str
    from_status: str
    created: float
    status: str = "PROCESSING"
    finished: float | None = None
    outcome: tuple[str, str] | None = None


@dataclass
class Usage:
    """Tokens and requests of the current minute."""

    minute: int = 0
    input: Decimal = Decimal(0)
    output: Decimal = Decimal(0)
    requests: int = 0


@dataclass(kw_only=True)
class Deployment:
    """What both plans have. `model` is `deployed_model`, the name that requests carry."""

    model: str
    name: str
    model_name: str
    workspace: str
    creator: str
    created: float
    modified: float
    hidden_until: float = 0.0
    usage: Usage = field(default_factory=Usage)


@dataclass(kw_only=True)
class Reservation(Deployment):
    """Plan ptu. `ending` is STOPPING, STOPPED or DELETING once the last instance is released."""

    tier: str
    overflow: str = "enable"
    ending: str = ""
    instances: dict[str, Instance] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)

    def live(self) -> list[Instance]:
        return [instance for instance in self.instances.values() if instance.deleted is None]

    def effective(self) -> Capacity:
        """What the instances that serve make up."""
        return sum((instance.effective for instance in self.live() if instance.status in SERVING), Capacity())

    @property
    def status(self) -> str:
        """That of the instances: whatever keeps one from RUNNING is shown while one serves, else what the first of them does."""
        live = self.live()
        if self.ending or not live:
            return self.ending or "STOPPING"
        serving = [instance.status for instance in live if instance.status in SERVING]
        return next((status for status in serving if status != "RUNNING"), "RUNNING") if serving else live[0].status


@dataclass(kw_only=True)
class Units(Deployment):
    """Plan mu. `roles` maps unified, or prefill and decode, to units; `ready` is how many of all of them serve and are billed;
    `busy_until` when the requests under way end."""

    template: str
    spec: str
    base: int
    roles: dict[str, int]
    status: str = "PENDING"
    ready: int = 0
    enable_thinking: bool | None = None
    max_context_length: int | None = None
    rpm_limit: int | None = None
    tpm_limit: int | None = None
    fail_reason: str = ""
    busy_until: list[float] = field(default_factory=list)

    @property
    def capacity(self) -> int:
        return sum(self.roles.values())
