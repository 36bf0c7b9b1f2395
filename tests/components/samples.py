"""Settings and programs that the component tests share."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

import components
from components.eas.gateway import PrivateGateway, PrivateGatewayArgs
from components.eas.machines import Machines, MachinesArgs
from components.eas.model_unit import ModelUnit, ModelUnitArgs
from components.eas.monitoring import Monitoring, MonitoringArgs
from components.eas.scaling import Scaling, ScalingArgs
from components.eas.service import EasService, EasServiceArgs
from components.model_studio.reservation import Reservation, ReservationArgs
from components.model_studio.studio_units import StudioUnits, StudioUnitsArgs
from components.model_studio.token_api import TokenApi, TokenApiArgs
from components.names import names
from components.network import Network, NetworkArgs
from components.tags import tags
from stacks.kinds.monitoring import Monitoring as MonitoringSettings
from stacks.settings import Settings, load
from tests.components.bare_metal_samples import STACKS as BARE_METAL
from tests.components.contract import Runs
from tests.components.recording import ROBOT, ROOT, record
from tests.stacks.stack_files import BENCHMARK as LIFE
from tests.stacks.stack_files import BY_CLOCK, BY_LOAD, GROUP, LINGJUN, PTU, STUDIO_UNITS, TERM, TOKEN, VIRTUAL, changed, eas

GOOD: dict[str, Any] = yaml.safe_load((ROOT / "stacks/Pulumi.mu-singapore.yaml").read_text())["config"]


def config(**serving: Any) -> dict[str, Any]:
    """mu-singapore's configuration with keys of `serving` replaced; `top` replaces keys above it."""
    changed = copy.deepcopy(GOOD) | serving.pop("top", {})
    changed["fourways:serving"] |= serving
    return changed


def settings(**serving: Any) -> Settings:
    return load(config(**serving), stack="mu-singapore")


def pulumi_config(plain: dict[str, Any]) -> dict[str, str]:
    """The form in which Pulumi hands a configuration to the program."""
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in plain.items()}


PROTECTED = settings(top={"fourways:protect": True})
WITH_NAT = settings(top={"fourways:network": {**GOOD["fourways:network"], "nat": True}})
WITH_NAT_PROTECTED = settings(top={"fourways:network": {**GOOD["fourways:network"], "nat": True}, "fourways:protect": True})
ADOPTING = settings(capacity={**GOOD["fourways:serving"]["capacity"], "adopt": "eas-r-theirs"}, top={"fourways:protect": True})
PRIVATE = settings(access={"public": False})
BENCHMARK = settings(
    top={
        "fourways:environment": "benchmark",
        "fourways:ttl": "4h",
        "fourways:expires-at": "2026-11-24T12:00:00Z",
        "fourways:run-id": "a1b2",
    }
)


def studio(config: dict[str, Any], stack: str, *changes: tuple[str, Any], **top: Any) -> Settings:
    """A stack at Model Studio, with settings changed."""
    for path, value in changes:
        config = changed(path, value, config)
    return load(config | {f"fourways:{key}": value for key, value in top.items()}, stack=stack)


TOKENS = studio(
    TOKEN, "token-singapore", ("serving.limits", {"rpm": 600, "tpm": 600000}), ("serving.key", {"allowedIps": ["203.0.113.0/24"]})
)
TOKENS_IN_THEIRS = studio(TOKEN, "token-singapore", ("serving.workspace", "llm-theirs"), ("serving.limits", {"rpm": 600}))
TOKENS_BY_DEFAULT = studio(TOKEN, "token-singapore", ("serving.workspace", "default"))
RESERVED = studio(PTU, "ptu-singapore")
RESERVED_PROTECTED = studio(PTU, "ptu-singapore", protect=True)
RESERVED_BY_DEFAULT = studio(PTU, "ptu-singapore", ("serving.workspace", "default"))
FOR_A_TERM = studio(TERM, "ptu-singapore", ("serving.reservation.onDelete", "let_expire"))
BENCHMARK_RESERVED = studio(PTU | {key: LIFE[key] for key in ("fourways:environment", "fourways:ttl", "fourways:expires-at")}, "ptu-a1b2")
UNITS = studio(STUDIO_UNITS, "mu-studio-beijing", ("serving.limits", {"tpm": 100000}))
UNITS_PROTECTED = studio(STUDIO_UNITS, "mu-studio-beijing", protect=True)


def payg(top: dict[str, Any] | None = None, **serving: Any) -> Settings:
    """A stack of kind `eas`, with keys of `serving` replaced; `top` replaces keys above it."""
    return load(eas(**serving) | (top or {}), stack="payg-singapore")


OWN_GATEWAY = {"instanceType": "2c4g", "replicas": 2}
IN_GROUP = {"name": "chat", "live": True, "weight": 100}
PUBLIC_MACHINES = payg()
SPOT = payg(capacity={"source": "public", "instanceTypes": ["ml.gu8tef.8.46xlarge"], "spot": {"priceLimit": 5.5, "protection": False}})
ON_GROUP = payg(capacity=GROUP, top={"fourways:protect": True})
BURSTING = payg(capacity={**GROUP, "burst": ["ecs.gn8v-8x.48xlarge"]}, update="surge")
ON_GROUP_ADOPTED = payg(capacity={**GROUP, "adopt": "eas-r-theirs"}, top={"fourways:protect": True})
ON_QUOTA = payg(capacity=LINGJUN)
ON_VIRTUAL = payg(capacity=VIRTUAL)
BEHIND_GATEWAY = payg(
    gateway=OWN_GATEWAY, access={"public": True, "allow": ["203.0.113.0/24"]}, limits={"requestsPerSecond": 50}, autoscaler=BY_LOAD,
    top={"fourways:protect": True},
)  # fmt: skip
BEHIND_THEIRS = payg(gateway={"adopt": "gw-theirs"}, access={"public": False}, schedule=BY_CLOCK)
IN_A_GROUP = payg(group=IN_GROUP, gateway=OWN_GATEWAY)
STOPPED = payg(running=False, autoscaler=BY_LOAD, top={"fourways:protect": True})
UNITS_WITH_EVERYTHING = settings(gateway=OWN_GATEWAY, group=IN_GROUP, limits={"concurrency": 8})


def machines(of: Settings) -> None:
    bought = of.deployment.capacity
    args = MachinesArgs(
        region=of.region,
        instance_type=bought.instance_type,
        machines=bought.machines,
        charge_type=bought.charge_type,
        system_disk_size=bought.system_disk_size,
        adopt=bought.adopt,
        tags=tags(of),
        protect=of.protect,
    )
    Machines("group", args)


def gateway(of: Settings) -> None:
    serving = of.deployment
    args = PrivateGatewayArgs(
        region=of.region,
        name=of.service_name,
        gateway=serving.gateway,
        public=serving.access.public,
        allow=serving.access.allow,
        vpc_id="vpc-1",
        vswitch_id="vsw-1",
        protect=of.protect,
    )
    PrivateGateway("gateway", args)


def scaling(of: Settings) -> None:
    serving = of.deployment
    args = ScalingArgs(region=of.region, service_name=of.service_name, autoscaler=serving.autoscaler, schedule=serving.schedule)
    Scaling("scaling", args)


def network(of: Settings) -> None:
    Network("network", NetworkArgs(settings=of.vpc, names=names(of), tags=tags(of), protect=of.protect))


def model_unit(of: Settings) -> None:
    capacity = of.deployment.capacity
    layout = capacity.machines(of.deployment.replicas.gpus)
    ModelUnit("mu", ModelUnitArgs(region=of.region, capacity=capacity, layout=layout, tags=tags(of), protect=of.protect))


def eas_service(of: Settings) -> None:
    EasService(
        "eas",
        EasServiceArgs(
            region=of.region,
            service_name=of.service_name,
            config={"metadata": {"instance": 1}},
            labels=tags(of),
            public=of.deployment.access.public,
            start_seconds=600,
            protect=of.protect,
        ),
    )


ALL_WATCHED = {
    "contacts": [{"name": "oncall", "email": "oncall@example.com"}, {"name": "chat", "dingTalkFrom": "ONCALL_ROBOT"}],
    "logs": {"retentionDays": 90},
}
WATCHED_BY_THEIRS = {"contactGroup": "theirs", "alarms": {"latencyMs": 0, "replicas": False}, "logs": {"project": "their-logs"}}


def monitoring(given: dict[str, Any], adopted: str | None = None) -> Callable[[Settings], None]:
    """The component with these settings; a robot's address is in the environment."""

    def program(of: Settings) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ONCALL_ROBOT", ROBOT)
            Monitoring(
                "monitoring",
                MonitoringArgs(
                    region=of.region,
                    service_name=of.service_name,
                    settings=MonitoringSettings.model_validate_json(json.dumps(given)),
                    names=names(of),
                    tags=tags(of),
                    account=of.account,
                    adopted=adopted,
                    protect=of.protect,
                ),
            )

    return program


def token_api(of: Settings) -> None:
    serving = of.deployment
    TokenApi(
        "api",
        TokenApiArgs(
            region=of.region,
            names=names(of),
            name=serving.name,
            model=serving.model.id,
            workspace=serving.workspace,
            key=serving.key,
            limits=serving.limits,
        ),
    )


def reservation(of: Settings) -> None:
    wanted = of.deployment.reservation
    args = ReservationArgs(region=of.region, name="chat", model="m", reservation=wanted, api_key="sk-1", protect=of.protect)
    Reservation("ptu", args)


def studio_units(of: Settings) -> None:
    capacity = of.deployment.capacity
    args = StudioUnitsArgs(
        region=of.region, name="chat", model="m", capacity=capacity, limits=of.deployment.limits, api_key="sk-1", protect=of.protect
    )
    StudioUnits("units", args)


def whole(of: Settings) -> None:
    import pulumi

    for name, value in components.deploy(of).outputs().items():
        pulumi.export(name, value)


#: Every component, in every way that changes what it declares.
CASES: dict[str, tuple[Callable[[Settings], None], Settings]] = {
    "network": (network, settings()),
    "network with nat": (network, WITH_NAT),
    "network with nat, protected": (network, WITH_NAT_PROTECTED),
    "model unit": (model_unit, settings()),
    "model unit, protected": (model_unit, PROTECTED),
    "model unit, adopted": (model_unit, ADOPTING),
    "service": (eas_service, settings()),
    "service, private and protected": (eas_service, settings(access={"public": False}, top={"fourways:protect": True})),
    "monitoring": (monitoring(ALL_WATCHED), settings()),
    "monitoring, protected": (monitoring(ALL_WATCHED), PROTECTED),
    "monitoring by a group and a project that exist": (monitoring(WATCHED_BY_THEIRS), settings()),
    "stack": (whole, settings()),
    "stack with nat, protected": (whole, WITH_NAT_PROTECTED),
    "stack, adopted": (whole, ADOPTING),
    "stack, with logs": (whole, settings(monitoring={"contactGroup": "theirs", "logs": {}}, top={"fourways:protect": True})),
    "benchmark": (whole, BENCHMARK),
    "machines": (machines, ON_GROUP),
    "machines, adopted": (machines, ON_GROUP_ADOPTED),
    "gateway, protected": (gateway, BEHIND_GATEWAY),
    "scaling by load": (scaling, BEHIND_GATEWAY),
    "scaling by the clock": (scaling, BEHIND_THEIRS),
    "payg stack": (whole, PUBLIC_MACHINES),
    "payg stack on spot": (whole, SPOT),
    "payg stack on a group, protected": (whole, ON_GROUP),
    "payg stack that bursts": (whole, BURSTING),
    "payg stack on a quota": (whole, ON_QUOTA),
    "payg stack on a virtual group": (whole, ON_VIRTUAL),
    "payg stack behind its gateway, protected": (whole, BEHIND_GATEWAY),
    "payg stack behind another's gateway": (whole, BEHIND_THEIRS),
    "payg stack in a group": (whole, IN_A_GROUP),
    "payg stack, stopped and protected": (whole, STOPPED),
    "stack with gateway, group and limits": (whole, UNITS_WITH_EVERYTHING),
    "token api": (token_api, TOKENS),
    "token api, in another's workspace": (token_api, TOKENS_IN_THEIRS),
    "token api, in the default workspace": (token_api, TOKENS_BY_DEFAULT),
    "reservation": (reservation, RESERVED),
    "reservation, protected": (reservation, RESERVED_PROTECTED),
    "reservation, for a term": (reservation, FOR_A_TERM),
    "units at model studio": (studio_units, UNITS),
    "units at model studio, protected": (studio_units, UNITS_PROTECTED),
    "token stack": (whole, TOKENS),
    "ptu stack, protected": (whole, RESERVED_PROTECTED),
    "ptu stack, in the default workspace": (whole, RESERVED_BY_DEFAULT),
    "ptu stack, for a term": (whole, FOR_A_TERM),
    "ptu benchmark": (whole, BENCHMARK_RESERVED),
    "units stack, protected": (whole, UNITS_PROTECTED),
    **{name: (whole, of) for name, of in BARE_METAL.items()},
}


def runs(program: Callable[[Settings], None], of: Settings) -> Runs:
    """A program's preview and update."""
    return Runs(
        preview=record(lambda: program(of), preview=True, stack_name=of.stack),
        update=record(lambda: program(of), stack_name=of.stack),
        tags=tags(of),
        prefix=names(of).prefix,
        protect=of.protect,
    )
