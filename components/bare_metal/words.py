"""What a bare-metal stack says of itself at preview: what is billed, how a change is rolled out, what is assumed. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from fourways.catalog.instance_types import find
from fourways.provider.ess.steps import Limits
from stacks.engine_lines import engine_lines
from stacks.fit_lines import fit_lines
from stacks.kinds.bare_metal import SELF_SIGNED, BareMetalServing
from stacks.model import Settings

Line = tuple[Literal["info", "warn"], str]


def capacity(serving: BareMetalServing) -> str:
    """What is bought, for the endpoint: `2 x ecs.gn8v-8x.48xlarge`."""
    return f"{machines(serving)} x {serving.capacity.instance_types[0]}"


def machines(serving: BareMetalServing) -> int:
    """Machines of all replicas; with scaling, those that it starts with."""
    return serving.replicas.count * serving.replicas.machines


def lines(settings: Settings, serving: BareMetalServing) -> Iterator[Line]:
    """What is billed and what an update does first, then what else is to be known."""
    yield "info", f"billed: {_billed(serving)}; updates: {_updates(serving)}"
    yield from fit_lines(serving)
    yield from engine_lines(serving.engine)
    yield from _of_types(serving)
    yield from _of_access(serving)
    spot = serving.capacity.spot
    if spot is not None:
        lost = "bought at the full price" if spot.fallback else "not replaced until one is to be had"
        yield (
            "warn" if settings.environment == "production" else "info",
            f"spot: a machine is taken back with five minutes' notice when its market price passes {spot.price_limit:g} an hour or the "
            f"cloud needs it; what is missing then is {lost}",
        )
    if serving.replicas.machines > 1:
        yield (
            "info",
            f"a replica spans {serving.replicas.machines} machines of one zone: when one of them dies, the replica answers "
            "nothing until it is back",
        )
    if not settings.vpc.nat and not serving.capacity.ready:
        yield (
            "info",
            "machines have no way to the Internet (network.nat: false): driver, toolkit and engine come from Alibaba Cloud's mirrors and "
            "registries inside the VPC; an image of yours with all of it (capacity.ready: true) boots faster",
        )
    if serving.rotation is not None:
        yield (
            "info",
            "rotation: while a new key is rolled out, machines with the old key and with the new one serve side by side, and each refuses "
            "the other: change it when few are calling",
        )
    if serving.team is None:
        yield "info", "the team's time is not in the estimate: add serving.team to see what these machines cost in all"


def _billed(serving: BareMetalServing) -> str:
    bought = serving.capacity
    kind = f"{bought.months} months each" if bought.charge_type == "PrePaid" else "spot" if bought.spot else "by the hour"
    most = f", up to {serving.scaling.max} with scaling" if serving.scaling else ""
    others = f" (else {', '.join(bought.instance_types[1:])})" if len(bought.instance_types) > 1 and not serving.fixed else ""
    return f"{capacity(serving)}{others} {kind}{most}, their disks, and a load balancer"


def _updates(serving: BareMetalServing) -> str:
    if serving.capacity.charge_type == "PrePaid":
        return "none on these machines, which are never replaced: their terms would go on being paid (docs/bare-metal.md)"
    if serving.fixed:
        return "new machines beside the old ones, all at once; both are billed until the new ones serve"
    update = serving.update
    percentages = {"minHealthyPercentage": update.min_healthy_percent, "maxHealthyPercentage": update.max_healthy_percent}
    limits = Limits.of(serving.replicas.count, percentages, serving.scaling.max if serving.scaling else None)
    after = "rolled back" if update.on_failure == "rollback" else "kept as they are"
    return f"machine by machine, {limits.least} or more serve and at most {limits.most} are billed meanwhile, {after} when they fail"


def _of_types(serving: BareMetalServing) -> Iterator[Line]:
    known = [(name, find(name)) for name in serving.capacity.instance_types]
    unknown = [name for name, found in known if found is None]
    if unknown:
        yield (
            "warn",
            f"{', '.join(unknown)}: not in the catalogue, so it is assumed to have {serving.replicas.gpus} GPUs "
            "(fourways/catalog/instance_types.yaml)",
        )
    wide = [found.name for _, found in known if found is not None and found.gpus > serving.replicas.gpus]
    if wide:
        yield "warn", f"a machine is billed whole: of the GPUs of {', '.join(wide)} a replica uses {serving.replicas.gpus} (replicas.gpus)"
    if serving.capacity.weights_disk is None:
        yield (
            "info",
            "weights lie on local NVMe disks: a type without one has no place for them, and its machines never serve (weightsDisk)",
        )


def _of_access(serving: BareMetalServing) -> Iterator[Line]:
    access = serving.access
    if access.domain is None:
        yield (
            "warn" if access.public else "info",
            "no access.domain: load balancers made since November 2024 are reached only by a domain name of yours (a CNAME record to the "
            "load balancer's name); base_url as it is works on the fake",
        )
    if access.certificate == SELF_SIGNED:
        yield (
            "warn",
            "the certificate is self-signed, for tests: clients have to be told to trust it (access.certificate: the id of one of yours)",
        )
    if access.certificate is None:
        yield "warn", "the load balancer speaks HTTP: the API key crosses the VPC in clear (access.certificate)"
