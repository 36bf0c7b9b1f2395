"""What every stack on PAI-EAS has, whatever is bought: alarms and logs, network, gateway, service, scaler, and words for it."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.eas import words
from components.eas.gateway import PrivateGateway, PrivateGatewayArgs
from components.eas.scaling import Scaling, ScalingArgs
from components.eas.service import EasService, EasServiceArgs
from components.eas.service_json import service_json
from components.eas.service_networking import Surroundings
from components.eas.service_placement import Placement
from components.endpoint import Endpoint, expiry
from components.log_place import LogPlace
from components.names import names
from components.network import Network, NetworkArgs
from components.start_time import start_seconds
from components.tags import tags
from stacks.engine_lines import engine_lines
from stacks.fit_lines import fit_lines
from stacks.fit_plan import alternatives
from stacks.kinds.eas import EasServing
from stacks.kinds.eas_capacity import PublicCapacity
from stacks.kinds.model_unit import ModelUnitServing
from stacks.model import Settings

Serving = EasServing | ModelUnitServing


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What the service runs on: where in its JSON, and in words."""

    placement: Placement
    #: In its own unit, for the endpoint.
    capacity: str
    #: What of it costs money, for the summary.
    billed: str
    #: GPUs that are billed whether used or not; None where that is not known, or there are none.
    gpus: int | None


def watch(settings: Settings, serving: Serving, *, adopted: str | None) -> LogPlace | None:
    """Declares the alarms and the log store, and gives where logs go: before the machines, which are told. `adopted`: the resource group,
    where it is another's, who has to be told instead."""
    if serving.monitoring is None:
        return None
    # pulumi_alicloud's modules of alarms and logs are large: a preview without them does not pay for them.
    from components.eas.monitoring import Monitoring, MonitoringArgs

    args = MonitoringArgs(
        region=settings.region,
        service_name=settings.service_name,
        settings=serving.monitoring,
        names=names(settings),
        tags=tags(settings),
        account=settings.account,
        adopted=adopted,
        protect=settings.protect,
    )
    return Monitoring("monitoring", args).log


def deploy_on_eas(settings: Settings, serving: Serving, ground: Ground, provider: pulumi.ResourceOptions) -> Endpoint:
    """Declares the network, the gateway, the service and its scaler."""
    network = Network("network", NetworkArgs(settings=settings.vpc, names=names(settings), tags=tags(settings), protect=settings.protect))
    around = Surroundings(
        vpc_id=network.vpc_id,
        vswitch_ids=network.vswitch_ids,
        security_group_id=network.security_group_id,
        gateway_id=_gateway(settings, serving, network, provider),
    )
    service = EasService("eas", _service(settings, serving, ground, around, network), provider)
    if serving.running and (serving.autoscaler is not None or serving.schedule is not None):
        Scaling(
            "scaling",
            ScalingArgs(
                region=settings.region, service_name=service.service_name, autoscaler=serving.autoscaler, schedule=serving.schedule
            ),
            provider,
        )
    _tell(settings, serving, ground)
    return Endpoint(
        base_url=service.base_url,
        api_key=service.api_key,
        model=serving.model.id,
        kind=serving.kind,
        region=settings.region,
        capacity=ground.capacity,
        expires_at=expiry(settings),
    )


def _gateway(settings: Settings, serving: Serving, network: Network, provider: pulumi.ResourceOptions) -> pulumi.Input[str] | None:
    """The id of the private gateway, made or adopted; None for the shared one."""
    if serving.gateway is None or serving.gateway.adopt is not None:
        return serving.gateway.adopt if serving.gateway is not None else None
    return PrivateGateway(
        "gateway",
        PrivateGatewayArgs(
            region=settings.region,
            name=settings.service_name,
            gateway=serving.gateway,
            public=serving.access.public,
            allow=serving.access.allow,
            vpc_id=network.vpc_id,
            vswitch_id=network.vswitch_ids.apply(lambda ids: ids.partition(",")[0]),
            protect=settings.protect,
        ),
        provider,
    ).gateway_id


def _service(settings: Settings, serving: Serving, ground: Ground, around: Surroundings, network: Network) -> EasServiceArgs:
    """What the service is asked to be."""
    patience = serving.capacity.patience_seconds if isinstance(serving.capacity, PublicCapacity) else None
    return EasServiceArgs(
        region=settings.region,
        service_name=settings.service_name,
        config=service_json(serving, settings.region, ground.placement, around),
        labels=tags(settings),
        public=serving.access.public,
        start_seconds=start_seconds(serving.model.size_gib or 0),
        workspace=serving.workspace,
        on_update_failure=serving.on_update_failure,
        running=serving.running,
        scaled=serving.autoscaler is not None or serving.schedule is not None,
        most_replicas=words.most(serving),
        on_shortage="wait" if patience is None else "release",
        shortage_timeout=patience,
        alternatives=alternatives(serving, serving.capacity.machine_types(serving.replicas.gpus)),
        restart=serving.restart,
        roll_back_to=serving.roll_back_to,
        group=serving.group,
        protect=settings.protect,
        # The way out must be there before the engine starts and looks for it.
        after=[network] if settings.vpc.nat else [],
    )


def _tell(settings: Settings, serving: Serving, ground: Ground) -> None:
    """Says what is billed first, then what else is to be known."""
    pulumi.info(words.summary(serving, ground.billed, ground.gpus))
    for level, text in (*fit_lines(serving), *engine_lines(serving.engine), *words.lines(serving, settings.environment)):
        (pulumi.warn if level == "warn" else pulumi.info)(text)
