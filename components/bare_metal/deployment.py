"""A model on GPU machines of the stack's own: network, key, role, load balancer, machines; the endpoint answers when it is handed out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.bare_metal import words
from components.bare_metal.fixed_machines import FixedMachines, FixedMachinesArgs
from components.bare_metal.load_balancer import LoadBalancer, LoadBalancerArgs
from components.bare_metal.machine import Place, boot
from components.bare_metal.machine_doors import MachineDoors, MachineDoorsArgs
from components.bare_metal.machine_group import MachineGroup, MachineGroupArgs, load_name
from components.bare_metal.machine_identity import MachineIdentity, MachineIdentityArgs, role_name, secret_name
from components.bare_metal.servers import Servers, ServersArgs
from components.cidrs import vswitch_cidrs
from components.endpoint import Endpoint, expiry
from components.names import names
from components.network import Network, NetworkArgs
from components.start_time import start_seconds
from components.tags import tags
from fourways.provider import resources
from stacks.kinds.bare_metal import BareMetalServing
from stacks.model import Settings

BOOT_SECONDS = 900
"""Assumed: from the order of a GPU machine to its operating system, driver and container image, before the weights come."""


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """What the machines stand on, once it is there."""

    network: Network
    balancer: LoadBalancer
    identity: MachineIdentity
    #: Of the role; a machine that has it finds its key and its policy.
    role: pulumi.Output[str]


def deploy_bare_metal(settings: Settings, serving: BareMetalServing) -> Endpoint:
    """Declares what a stack of kind `bare-metal` needs."""
    provider = pulumi.ResourceOptions(providers=[resources.Provider("fourways", account=settings.account)])
    ground = _ground(settings, serving, provider)
    servers = Servers(
        "servers",
        ServersArgs(
            region=settings.region,
            balancer=ground.balancer,
            domain=serving.access.domain,
            healthy=serving.replicas.count if serving.scaling is None else serving.scaling.min,
            fixed=_fixed(settings, serving, ground) if serving.fixed else None,
            grouped=None if serving.fixed else _group(settings, serving, ground, provider).instances,
            start_seconds=_start(serving),
        ),
        provider,
    )
    if serving.access.domain is not None:
        servers.dns_name.apply(lambda name: pulumi.info(f"{serving.access.domain}: its CNAME record has to be {name}"))
    for level, text in words.lines(settings, serving):
        (pulumi.warn if level == "warn" else pulumi.info)(text)
    return Endpoint(
        base_url=servers.address.apply(lambda address: f"{address}/v1"),
        api_key=ground.identity.api_key,
        model=serving.model.id,
        kind=serving.kind,
        region=settings.region,
        capacity=words.capacity(serving),
        expires_at=expiry(settings),
    )


def _ground(settings: Settings, serving: BareMetalServing, provider: pulumi.ResourceOptions) -> _Ground:
    """Network, alarms, key, role and the way in: what is there before the first machine."""
    named, tagged = names(settings), tags(settings)
    network = Network(
        "network",
        NetworkArgs(
            settings=settings.vpc, names=named, tags=tagged, protect=settings.protect, inbound="The load balancer and those who are named"
        ),
    )
    doors = MachineDoors(
        "doors",
        MachineDoorsArgs(security_group_id=network.security_group_id, cidr=settings.vpc.cidr, ssh=serving.capacity.ssh),
    )
    balancer = LoadBalancer(
        "balancer",
        LoadBalancerArgs(
            region=settings.region,
            names=named,
            tags=tagged,
            vpc_id=network.vpc_id,
            vswitches=network.vswitches,
            access=serving.access,
            drain_seconds=serving.drain_seconds,
            rotation=serving.rotation,
            protect=settings.protect,
        ),
        provider,
    )
    _watch(settings, serving, balancer)
    identity = MachineIdentity(
        "identity",
        MachineIdentityArgs(
            region=settings.region,
            names=named,
            tags=tagged,
            service_name=settings.service_name,
            rotation=serving.rotation,
            weights=serving.model.weights,
            kms=serving.capacity.kms,
            reports_load=serving.scaling is not None,
        ),
        provider,
    )
    # A machine that boots before its key, its policy, its way out or its ports are there would wait in vain.
    there = pulumi.Output.all(identity.role_name, network.ready, doors.ready)
    return _Ground(network=network, balancer=balancer, identity=identity, role=there.apply(lambda found: str(found[0])))


def _watch(settings: Settings, serving: BareMetalServing, balancer: LoadBalancer) -> None:
    """Alarms, the log store and what goes into it, where they are asked for."""
    if serving.monitoring is None:
        return
    # pulumi_alicloud's modules of alarms and logs are large: a preview without them does not pay for them.
    from components.bare_metal.machine_monitoring import MachineMonitoring, MachineMonitoringArgs

    args = MachineMonitoringArgs(
        region=settings.region,
        service_name=settings.service_name,
        settings=serving.monitoring,
        names=names(settings),
        tags=tags(settings),
        account=settings.account,
        protect=settings.protect,
        load_balancer_id=balancer.load_balancer_id,
    )
    MachineMonitoring("monitoring", args)


def _start(serving: BareMetalServing) -> int:
    return BOOT_SECONDS + start_seconds(serving.model.size_gib or 0)


def _user_data(settings: Settings, serving: BareMetalServing, place: Place) -> str:
    named = names(settings)
    return boot(settings, serving, secret_name(named), role_name(named), place, load_name(named) if serving.scaling else None)


def _group(settings: Settings, serving: BareMetalServing, ground: _Ground, provider: pulumi.ResourceOptions) -> MachineGroup:
    args = MachineGroupArgs(
        region=settings.region,
        names=names(settings),
        tags=tags(settings),
        capacity=serving.capacity,
        user_data=_user_data(settings, serving, Place()),
        role_name=ground.role,
        security_group_id=ground.network.security_group_id,
        vswitch_ids=list(ground.network.vswitches.values()),
        server_group_id=ground.balancer.server_group_id,
        count=serving.replicas.count,
        scaling=serving.scaling,
        update=serving.update,
        drain_seconds=serving.drain_seconds,
        start_seconds=_start(serving),
        protect=settings.protect,
    )
    return MachineGroup("machines", args, provider)


def _fixed(settings: Settings, serving: BareMetalServing, ground: _Ground) -> pulumi.Output[Sequence[str]]:
    args = FixedMachinesArgs(
        names=names(settings),
        tags=tags(settings),
        capacity=serving.capacity,
        user_data=lambda place: _user_data(settings, serving, place),
        role_name=ground.role,
        security_group_id=ground.network.security_group_id,
        vswitches=ground.network.vswitches,
        cidrs=vswitch_cidrs(settings.vpc.cidr, settings.vpc.zones),
        replicas=serving.replicas,
        protect=settings.protect,
    )
    return FixedMachines("machines", args).heads
