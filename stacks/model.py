"""The settings of a stack, as the program sees them: plain values, all known before anything is declared."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Field

from stacks.kinds import Kind, Serving
from stacks.part import Part
from stacks.workload import Workload

TTL_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Budget(Part):
    """The most that the stack may cost. Nothing is converted: a price in another currency is shown, not counted."""

    amount: Decimal = Field(gt=0, description="a number above 0")
    currency: Literal["CNY", "USD"] = Field(description="CNY or USD")
    per: Literal["hour", "month"] = Field(default="month", description="hour or month (730 hours)")


class NetworkSettings(Part):
    """The VPC of the stack and the zones it has a vSwitch in."""

    cidr: str = Field(description="a private IPv4 range of prefix 8-24, e.g. 10.40.0.0/16")
    zones: tuple[str, ...] = Field(min_length=1, description="at least one zone of the region, each once, e.g. [ap-southeast-1a]")
    nat: bool = Field(default=False, description="true (a NAT gateway and an address, billed) or false")


def _flag(value: object) -> object:
    # Pulumi hands every scalar at the top of a stack file to the program as text.
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _moment(value: object) -> object:
    # pydantic takes digits for seconds, or for milliseconds when there are many: a life time must not hang on such a guess.
    moment = datetime.fromisoformat(value) if isinstance(value, str) and value[4:5] == "-" else None
    return moment if moment is not None and moment.tzinfo else value  # a text, which the type then refuses


class Settings(Part):
    """One stack. Keys as in the stack file, without `fourways:`; `region` is `alicloud:region`; `project` and `stack` are Pulumi's."""

    model_config = ConfigDict(alias_generator=lambda name: name.replace("_", "-"))

    project: str
    stack: str
    region: str = Field(description="a region id, e.g. ap-southeast-1")
    account: str | None = Field(
        default=None, pattern=r"^[0-9]{8,20}$", description="the account's id in quotes; work in any other account is refused"
    )
    environment: Literal["production", "benchmark"] = Field(description="production or benchmark")
    owner: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$", description="who answers for the stack: 1-63 letters, digits, or . _ @ -"
    )
    data: Literal["restricted", "internal", "public"] | None = Field(
        default=None, description="restricted (never in a shared pool, only in agreed regions), internal or public; what clients send"
    )
    allow_list: Literal["required"] | None = Field(
        default=None, description="required (each way in from the Internet has a list of who may come), or left out"
    )
    budget: Budget | None = Field(default=None, description="a mapping with amount and currency")
    network: NetworkSettings | None = Field(
        default=None, description="a mapping with cidr and zones, for kinds whose machines are in a VPC"
    )
    workload: Workload | None = Field(
        default=None, description="a mapping with tokensPerDay and what else is known of the load; `fourways advise` says for which way"
    )
    serving: Serving = Field(description="a mapping with kind and what that kind needs")
    ttl: str | None = Field(
        default=None, pattern=r"^[1-9][0-9]{0,4}[mhd]$", description="a time to live such as 90m, 4h or 2d; benchmark only"
    )
    expires_at: Annotated[AwareDatetime, BeforeValidator(_moment)] | None = Field(
        default=None, description="a time with a zone such as 2026-11-24T12:00:00Z; written once, when a benchmark is made"
    )
    run_id: str | None = Field(
        default=None, pattern=r"^[a-z0-9]{4,12}$", description="4-12 lower-case letters and digits: tells copies of one stack apart"
    )
    protect: Annotated[bool, BeforeValidator(_flag)] = Field(
        default=False, description="true (billed resources refuse to be destroyed until it is false) or false"
    )

    @property
    def deployment(self) -> Kind:
        """What is served, as what all kinds have in common."""
        return self.serving

    @property
    def advised_workload(self) -> Workload | None:
        """The workload as advice has to take it: on capacity of its own where that is needed, whatever the workload says."""
        return self.workload.changed(isolation="dedicated") if self.workload and self.needs_own_capacity else self.workload

    @property
    def needs_own_capacity(self) -> bool:
        """Restricted data may use no shared pool (docs/policies.md)."""
        return self.data == "restricted"

    @property
    def vpc(self) -> NetworkSettings:
        """The network, of a kind whose machines are in one: `load` has refused such a stack without it."""
        if self.network is None:
            raise TypeError(f"kind {self.serving.kind} has no network")
        return self.network

    @property
    def service_name(self) -> str:
        """The service's name in the cloud: as given, and the run id where the stack is a copy, since names are unique in a region."""
        name = self.deployment.name
        return f"{name}_{self.run_id}" if self.run_id else name

    @property
    def lifetime(self) -> timedelta | None:
        """`ttl` as a duration."""
        return None if self.ttl is None else timedelta(**{TTL_UNITS[self.ttl[-1]]: int(self.ttl[:-1])})
