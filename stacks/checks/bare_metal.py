"""Whether a bare-metal stack's machines, disks, load balancer and scaling go together."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from math import ceil
from typing import TYPE_CHECKING

from fourways.catalog.models import all_models
from stacks.fit_plan import plan
from stacks.problems import Problem, closest, shown

if TYPE_CHECKING:
    from stacks.kinds.bare_metal import MachineAccess, MachineReplicas, MachineScaling, RollingUpdate, Weights
    from stacks.kinds.ecs_capacity import EcsCapacity
    from stacks.kinds.engine import Engine
    from stacks.model import NetworkSettings

SERVING = "fourways:serving"
TERMS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 24, 36, 48, 60)
"""Months of a subscription: RunInstances, Period with PeriodUnit Month."""
ROOM = 1.2
"""A disk holds the weights and what a copy of a newer version takes while it comes in."""
EVERYBODY = "[0.0.0.0/0]"


def zones_are_two(network: NetworkSettings | None) -> Iterator[Problem]:
    """A load balancer has an address in two zones at least (CreateLoadBalancer, ZoneMappings), and so do the machines."""
    if network is not None and len(network.zones) < 2:
        yield Problem(
            key="fourways:network.zones",
            given=f"{len(network.zones)} zone",
            allowed="two zones or more: the load balancer has an address in two at least",
            todo="add a zone",
        )


def term_is_whole(capacity: EcsCapacity, scaling: MachineScaling | None) -> Iterator[Problem]:
    """Months stand with PrePaid alone, and only there; what is bought for a term is not a scaling group's to release."""
    prepaid = capacity.charge_type == "PrePaid"
    key = f"{SERVING}.capacity.months"
    if prepaid and capacity.months not in TERMS:
        yield Problem(
            key=key,
            given="nothing" if capacity.months is None else str(capacity.months),
            allowed=", ".join(map(str, TERMS)),
            todo="set the months of the term",
        )
    if not prepaid and capacity.months is not None:
        yield Problem(
            key=key, given=str(capacity.months), allowed="nothing beside PostPaid", todo="take it out, or set chargeType: PrePaid"
        )
    if prepaid and capacity.spot is not None:
        yield Problem(
            key=f"{SERVING}.capacity.spot", given="spot with PrePaid", allowed="spot with PostPaid alone", todo="take one of the two out"
        )
    if prepaid and scaling is not None:
        yield Problem(
            key=f"{SERVING}.scaling",
            given="scaling with PrePaid",
            allowed="a fixed number of machines that are bought for a term",
            todo="take scaling out, or set chargeType: PostPaid",
        )


def parallelism_spans_the_machines(engine: Engine, replicas: MachineReplicas) -> Iterator[Problem]:
    """The engine's ranks are at most the GPUs of a replica, tensor parallel stays inside a machine, and every machine has a stage."""
    asked, gpus = plan(engine), replicas.gpus * replicas.machines
    if asked.gpus > gpus:
        yield Problem(
            key=f"{SERVING}.engine.tensorParallel",
            given=f"{asked.tensor} x pipelineParallel {asked.pipeline} x data parallel {asked.data} = {asked.gpus} GPUs",
            allowed=f"at most the {gpus} GPUs of a replica (replicas.gpus x replicas.machines)",
            todo="lower one of them, or give a replica more GPUs",
        )
    if asked.tensor > replicas.gpus:
        yield Problem(
            key=f"{SERVING}.engine.tensorParallel",
            given=str(asked.tensor),
            allowed=f"at most {replicas.gpus}, the GPUs of one machine: tensor parallel over the network is slower than one machine",
            todo="lower it, and split the layers over the machines with engine.pipelineParallel",
        )
    if replicas.machines > 1 and asked.pipeline % replicas.machines:
        yield Problem(
            key=f"{SERVING}.engine.pipelineParallel",
            given=str(asked.pipeline),
            allowed=f"a multiple of replicas.machines ({replicas.machines}): each machine has its stages of layers",
            todo="correct one of the two",
        )


def size_is_known(model: Weights) -> Iterator[Problem]:
    """How large the weights are decides how long a machine may take to start, and what disk it needs."""
    if model.size_gib is None:
        known = ", ".join(all_models())
        yield Problem(
            key=f"{SERVING}.model.id",
            given=shown(model.id),
            allowed=f"{known}, or any other with weightsGib",
            todo=closest(model.id, list(all_models())) + "the size of the weights decides how long a start may take: add model.weightsGib",
        )


def weights_have_a_disk(model: Weights, capacity: EcsCapacity) -> Iterator[Problem]:
    """A weights disk holds the weights and leaves a fifth free. That a type has local disks is the stack's to know."""
    disk, size = capacity.weights_disk, model.size_gib
    if disk is not None and size is not None and disk.size < ROOM * size:
        yield Problem(
            key=f"{SERVING}.capacity.weightsDisk.size",
            given=str(disk.size),
            allowed=f"at least {ROOM * size:.0f} GiB for {size:.0f} GiB of weights",
            todo="raise it",
        )


def a_few_machines_are_fixed(replicas: MachineReplicas, scaling: MachineScaling | None, capacity: EcsCapacity) -> Iterator[Problem]:
    """Machines of one replica know each other by address: they are fixed, and nothing adds, releases or reclaims one of them."""
    if replicas.machines == 1:
        return
    for key, given in (("scaling", scaling), ("capacity.spot", capacity.spot)):
        if given is not None:
            yield Problem(
                key=f"{SERVING}.{key}",
                given=f"{key.rpartition('.')[2]} with replicas.machines {replicas.machines}",
                allowed="nothing where a replica spans machines: the machines of a replica know each other by address",
                todo="take it out, or set replicas.machines: 1",
            )


def count_is_in_reach(replicas: MachineReplicas, scaling: MachineScaling | None) -> Iterator[Problem]:
    """The bounds are in order, and what it starts with lies between them."""
    if scaling is None:
        return
    if scaling.min >= scaling.max:
        yield Problem(
            key=f"{SERVING}.scaling.min",
            given=str(scaling.min),
            allowed=f"1-{scaling.max - 1}, below scaling.max",
            todo="lower min or raise max",
        )
    elif not scaling.min <= replicas.count <= scaling.max:
        yield Problem(
            key=f"{SERVING}.replicas.count",
            given=str(replicas.count),
            allowed=f"{scaling.min}-{scaling.max}, between scaling.min and scaling.max",
            todo="start with a number that the scaling keeps",
        )
    if scaling.metric == "gpu" and scaling.target >= 100:
        yield Problem(
            key=f"{SERVING}.scaling.target",
            given=f"{scaling.target:g}",
            allowed="percent below 100",
            todo="lower it: GPUs are never busier",
        )


def public_is_guarded(access: MachineAccess) -> Iterator[Problem]:
    """An Internet address has TLS, since the key crosses the Internet, and an allow-list, which may be everybody."""
    if access.public and access.certificate is None:
        yield Problem(
            key=f"{SERVING}.access.certificate",
            given="nothing",
            allowed="the id of a certificate, or self-signed for tests: the key must not cross the Internet in clear",
            todo="add it, or set access.public: false",
        )
    if access.public and not access.allow:
        yield Problem(
            key=f"{SERVING}.access.allow",
            given="nothing",
            allowed=f"ranges that may call, or {EVERYBODY} for everybody",
            todo="say who may call from the Internet",
        )


def ranges_are_ranges(access: MachineAccess, capacity: EcsCapacity) -> Iterator[Problem]:
    """What stands in an allow-list or under ssh is an IPv4 range; nobody opens port 22 to everybody."""
    for key, listed in (("access.allow", access.allow), ("capacity.ssh", capacity.ssh)):
        for position, text in enumerate(listed):
            where = f"{SERVING}.{key}[{position}]"
            try:
                found = ip_network(text)
            except ValueError:
                yield Problem(key=where, given=shown(text), allowed="an IPv4 address or range such as 203.0.113.0/24", todo="correct it")
                continue
            if found.version != 4:
                yield Problem(key=where, given=shown(text), allowed="an IPv4 address or range", todo="the network of a stack has no IPv6")
            elif key == "capacity.ssh" and found.prefixlen == 0:
                yield Problem(
                    key=where,
                    given=shown(text),
                    allowed="ranges of people who are known: port 22 is not opened to everybody",
                    todo="name the range, or take ssh out and use Cloud Assistant",
                )


def who_logs_in_has_a_key(capacity: EcsCapacity) -> Iterator[Problem]:
    """An open port 22 lets in who has a key: passwords are off."""
    if capacity.ssh and capacity.key_pair is None:
        yield Problem(
            key=f"{SERVING}.capacity.keyPair",
            given="nothing beside ssh",
            allowed="the name of a key pair of the region: passwords are off, and nobody could log in",
            todo="add it, or take ssh out and use Cloud Assistant",
        )


def a_roll_can_move(update: RollingUpdate, replicas: MachineReplicas) -> Iterator[Problem]:
    """A rolling replacement needs one machine more or one machine less for a while."""
    spare = ceil(replicas.count * update.max_healthy_percent / 100) - replicas.count
    missing = replicas.count - ceil(replicas.count * update.min_healthy_percent / 100)
    if replicas.machines == 1 and spare < 1 and missing < 1:
        yield Problem(
            key=f"{SERVING}.update",
            given=f"minHealthyPercent {update.min_healthy_percent}, maxHealthyPercent {update.max_healthy_percent} of {replicas.count}",
            allowed="a machine more (maxHealthyPercent) or a machine less (minHealthyPercent) while the machines are replaced",
            todo="set maxHealthyPercent above 100, or lower minHealthyPercent",
        )
