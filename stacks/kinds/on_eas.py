"""What the kinds on PAI-EAS have in common: all but what is bought. One platform, so one set of options."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from stacks.checks import capacity as capacities
from stacks.checks import engine as engines
from stacks.checks import engine_arguments as arguments
from stacks.checks import monitoring as watching
from stacks.checks import place as places
from stacks.checks import production
from stacks.kinds.eas_access import Access, Gateway, Group, RequestLimits
from stacks.kinds.eas_model import ModelChoice
from stacks.kinds.eas_scaling import Autoscaler, Schedule
from stacks.kinds.engine import Engine
from stacks.kinds.kind import NAME, Check, Kind
from stacks.kinds.monitoring import Monitoring
from stacks.part import Part


class Replicas(Part):
    """What runs on the capacity: `count` copies of the model on `gpus` GPUs each. With a scaler, `count` is what it starts with."""

    count: int = Field(ge=0, le=1000, description="copies of the model, 1-1000; 0 only with an autoscaler whose min is 0")
    gpus: int = Field(ge=1, le=8, description="GPUs of one copy, 1-8: a replica does not span machines")


class OnEas(Kind):
    """A model served by PAI-EAS. A subclass adds `kind` and `capacity`, which has `machine_types` and `room`."""

    on_eas: ClassVar[tuple[Check, ...]] = (
        places.there_is_a_network,
        capacities.replicas_have_room,
        capacities.surge_has_room,
        capacities.parallelism_fits,
        engines.weights_are_somewhere,
        capacities.model_fits_in_memory,
        engines.engine_serves_the_model,
        engines.engine_has_an_image,
        engines.settings_agree,
        engines.ray_spans_machines,
        arguments.arguments_are_extra,
        arguments.arguments_are_known,
        arguments.names_are_known,
        engines.name_leaves_room,
        production.one_decides_the_count,
        production.count_is_in_reach,
        production.autoscaler_is_consistent,
        production.a_request_wakes_the_service,
        production.jobs_are_apart,
        production.gateway_is_made_or_adopted,
        production.allow_list_is_enforceable,
        production.limits_limit,
        watching.alarms_reach_somebody,
        watching.logs_have_machines,
    )

    name: str = Field(
        pattern=NAME,
        description="the service's name, unique in its region: 3-63 lower-case letters, digits, underscores",
    )
    model: ModelChoice = Field(description="a mapping with id and one of weights, gallery, nas and cpfs")
    replicas: Replicas = Field(description="a mapping with count and gpus")
    engine: Engine = Field(description="a mapping with name and version")
    update: Literal["in-place", "surge"] = Field(
        default="in-place", description="in-place (the endpoint is down meanwhile) or surge (needs room for a replica more)"
    )
    on_update_failure: Literal["rollback", "keep"] = Field(
        default="rollback", description="rollback (to the version that ran before) or keep (the failed version, to be looked at)"
    )
    running: bool = Field(default=True, description="true, or false (stopped: kept with its name and settings, its replicas not billed)")
    restart: str | None = Field(
        default=None, min_length=1, max_length=100, description='any text in quotes, e.g. "2026-11-24": changed, it restarts the replicas'
    )
    roll_back_to: int | None = Field(
        default=None, ge=1, description="the number of an earlier version to serve; taken out, the settings are served again"
    )
    workspace: str | None = Field(default=None, pattern=r"^[0-9]+$", description='the id of a PAI workspace in quotes, e.g. "123456"')
    access: Access = Field(default_factory=Access, description="a mapping with public and allow")
    gateway: Gateway | None = Field(default=None, description="a mapping with instanceType or adopt; left out: the region's shared gateway")
    limits: RequestLimits | None = Field(default=None, description="a mapping with requestsPerSecond, concurrency or both")
    autoscaler: Autoscaler | None = Field(default=None, description="a mapping with min, max and metrics; never beside schedule")
    schedule: Schedule | None = Field(default=None, description="a mapping with timeZone and jobs; never beside autoscaler")
    group: Group | None = Field(default=None, description="a mapping with name, live and weight")
    monitoring: Monitoring | None = Field(
        default=None, description="a mapping with contacts or contactGroup, alarms and logs; left out: nobody is told"
    )
