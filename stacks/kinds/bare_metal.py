"""Kind `bare-metal`: a model served by vLLM or SGLang on GPU instances of ECS, behind a load balancer of the stack's own."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field

from stacks.checks import bare_metal as machines
from stacks.checks import capacity as capacities
from stacks.checks import engine as engines
from stacks.checks import engine_arguments as arguments
from stacks.checks import monitoring as watching
from stacks.checks import place as places
from stacks.kinds.ecs_capacity import EcsCapacity
from stacks.kinds.engine import Engine
from stacks.kinds.kind import NAME, Check, Kind
from stacks.kinds.monitoring import MachineMonitoring
from stacks.kinds.sized_model import SizedModel
from stacks.part import Part

SELF_SIGNED = "self-signed"


class Weights(SizedModel):
    """Which model, and the OSS folder that its weights are copied from at boot."""

    weights: str = Field(
        pattern=r"^oss://[a-z0-9][a-z0-9-]{1,61}[a-z0-9]/([^\s]*/)?$",
        description='an OSS folder of the region that ends in a slash, e.g. "oss://bucket/deepseek-v4-flash/"',
    )


class MachineReplicas(Part):
    """What runs: `count` copies of the model, each on `machines` machines and on `gpus` GPUs of each."""

    count: int = Field(ge=1, le=100, description="copies of the model, 1-100; with scaling, what it starts with")
    machines: int = Field(default=1, ge=1, le=8, description="machines of one copy, 1-8; more than one: pipeline parallel over the network")
    gpus: int = Field(ge=1, le=16, description="GPUs that a copy uses on each of its machines, 1-16")


class MachineAccess(Part):
    """Who reaches the load balancer, and by which certificate. The key is always checked, by the engine."""

    public: bool = Field(default=False, description="true (an Internet address, for those in allow) or false (from the VPC alone)")
    allow: tuple[str, ...] = Field(
        default=(), description="a list of addresses or ranges that may call, e.g. [203.0.113.0/24]; [0.0.0.0/0] for everybody"
    )
    domain: str | None = Field(
        default=None,
        max_length=253,
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$",
        description="a domain name of yours whose CNAME record is the load balancer's own name, e.g. llm.example.com; load balancers made "
        "since November 2024 are reached by no other",
    )
    certificate: str | None = Field(
        default=None,
        pattern=rf"^({SELF_SIGNED}|[0-9]+-[a-z0-9-]+)$",
        description="the id of a certificate (Certificate Management Service), e.g. 1234567-ap-southeast-1, or self-signed, for tests",
    )


class RollingUpdate(Part):
    """How a changed configuration reaches the machines, a part of them at a time, in percent of the machines there should be."""

    min_healthy_percent: int = Field(default=100, ge=0, le=100, description="percent that go on serving, 0-100")
    max_healthy_percent: int = Field(default=150, ge=100, le=200, description="percent there may be meanwhile (and are billed), 100-200")
    on_failure: Literal["rollback", "keep"] = Field(
        default="rollback", description="rollback (the machines before come back) or keep (both stay as they are, to be looked at)"
    )


class MachineScaling(Part):
    """The number of machines follows a load: requests that wait on each, or how busy the GPUs are."""

    min: int = Field(ge=1, le=100, description="machines at least, 1-100")
    max: int = Field(ge=2, le=100, description="machines at most, 2-100; the budget has to bear them")
    metric: Literal["queue", "gpu"] = Field(description="queue (requests that wait on a machine) or gpu (percent that its GPUs are busy)")
    target: float = Field(gt=0, description="above this a machine is added: requests, or percent")
    cooldown_seconds: int = Field(
        default=600, ge=0, le=86400, description="seconds between two changes, 0-86400: a machine boots for minutes"
    )


class Team(Part):
    """The people whose time the machines take: part of the price, and of no bill."""

    hours_per_month: Decimal = Field(gt=0, description="hours a month that people spend on this stack, on-call counted, above 0")
    hourly_rate: Decimal = Field(gt=0, description="what an hour of them costs, above 0")
    currency: Literal["CNY", "USD"] = Field(description="CNY or USD")


class BareMetalServing(Kind):
    """The model on machines that are the stack's own from the operating system up."""

    checks: ClassVar[tuple[Check, ...]] = (
        places.there_is_a_network,
        machines.zones_are_two,
        capacities.types_hold_a_replica,
        machines.term_is_whole,
        machines.parallelism_spans_the_machines,
        capacities.model_fits_in_memory,
        machines.size_is_known,
        machines.weights_have_a_disk,
        engines.engine_serves_the_model,
        engines.engine_has_an_image,
        engines.settings_agree,
        engines.ray_spans_machines,
        arguments.arguments_are_extra,
        arguments.arguments_are_known,
        arguments.names_are_known,
        machines.a_few_machines_are_fixed,
        machines.count_is_in_reach,
        machines.public_is_guarded,
        machines.who_logs_in_has_a_key,
        machines.a_roll_can_move,
        machines.ranges_are_ranges,
        capacities.benchmark_is_not_prepaid,
        watching.alarms_reach_somebody,
    )

    kind: Literal["bare-metal"]
    name: str = Field(pattern=NAME, description="the deployment's name: 3-63 lower-case letters, digits, underscores")
    model: Weights = Field(description="a mapping with id and weights")
    capacity: EcsCapacity = Field(description="a mapping with instanceTypes and image")
    replicas: MachineReplicas = Field(description="a mapping with count and gpus")
    engine: Engine = Field(description="a mapping with name and version")
    access: MachineAccess = Field(default_factory=MachineAccess, description="a mapping with public, allow and certificate")
    update: RollingUpdate = Field(default_factory=RollingUpdate, description="a mapping with minHealthyPercent and maxHealthyPercent")
    scaling: MachineScaling | None = Field(default=None, description="a mapping with min, max, metric and target; left out: replicas.count")
    drain_seconds: int = Field(
        default=60, ge=0, le=900, description="seconds that a machine on its way out has for the requests it is answering, 0-900"
    )
    rotation: str | None = Field(
        default=None, min_length=1, max_length=100, description='any text in quotes, e.g. "2026-11": changed, the API key is a new one'
    )
    monitoring: MachineMonitoring | None = Field(
        default=None, description="a mapping with contacts or contactGroup, alarms and logs; left out: nobody is told"
    )
    team: Team | None = Field(
        default=None, description="a mapping with hoursPerMonth, hourlyRate and currency; left out: the team's time is not in the estimate"
    )

    @property
    def fixed(self) -> bool:
        """Whether the machines are named one by one rather than a scaling group's: those of a replica that spans several know each other by
        address, and a group buys nothing for a term."""
        return self.replicas.machines > 1 or self.capacity.charge_type == "PrePaid"
