"""What PAI-EAS bills for: machines of a resource group, and instances on public resources."""

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from fourways.costs.documents import known
from fourways.costs.items import Bid, Billed, Free, Inputs, Item, NotPlain, Unknown, is_prepaid, mapping, number, text

VIRTUAL = "eas-vr-"
"""What ids of virtual resource groups begin with (SDK alibabacloud-eas20210701 7.0.0, CreateVirtualResource)."""
BID_CURRENCY = "USD"
"""Of cloud.computing.instances[].spot_price_limit (help centre, 'Parameters of model services')."""


def resource_group(inputs: Inputs) -> Billed:
    """`fourways:eas:ResourceGroup`: its machines, from their creation (reference/eas.md, billing)."""
    machine, count = text(inputs, "instanceType"), number(inputs, "instanceCount", Decimal(1))
    return Item(
        kind="eas-dedicated-machine", item=machine, billed=f"EAS dedicated machine {machine}", quantity=count, prepaid=is_prepaid(inputs)
    )


def gateway(inputs: Inputs) -> Billed:
    """`fourways:eas:Gateway`: its nodes, from its creation (help centre, "Elastic Algorithm Service (EAS) billing": dedicated gateways).
    PrivateLink and traffic are metered beside it."""
    size, nodes = text(inputs, "instanceType"), number(inputs, "replicas", Decimal(1))
    linked = inputs.get("linkedVpcs")
    return Item(
        kind="eas-gateway",
        item=size,
        billed=f"EAS gateway node {size}",
        quantity=nodes,
        prepaid=is_prepaid(inputs),
        note="PrivateLink of its linked VPCs and its traffic are billed beside it" if linked else "its traffic is billed beside it",
    )


def service(inputs: Inputs) -> Billed:
    """`fourways:eas:Service`: by its service JSON; nothing while it is stopped."""
    running = inputs.get("running")
    if running is not None and not known(running):
        raise NotPlain("running is not known")
    if running is False:
        return Free(kind="eas-service-stopped", note="stopped: billed again once it runs")
    config = inputs.get("config")
    if not isinstance(config, Mapping):
        raise NotPlain("config is not known")
    if not inputs.get("scaled"):
        return service_json(config)
    running = inputs.get("totalInstance")  # an output, where the service is there
    if isinstance(running, int | float) and not isinstance(running, bool):
        config = {**config, "metadata": {**mapping(config, "metadata"), "instance": running}}
    found = service_json(config)
    told = "a scaler decides the count: this is what runs now, or what it starts with"
    return replace(found, note="; ".join(part for part in (found.note, told) if part)) if isinstance(found, Item | Bid) else found


def pai_service(inputs: Inputs) -> Billed:
    """`alicloud:pai/service:Service`: the same JSON in one string."""
    try:
        config = json.loads(text(inputs, "serviceConfig"))
    except json.JSONDecodeError as error:
        raise NotPlain(f"serviceConfig is not JSON ({error})") from error
    return service_json(config if isinstance(config, Mapping) else {})


def service_json(config: Inputs) -> Billed:
    """A service on a resource group costs nothing more than the group; on public resources it is billed by instance from Running on. Its
    price is that of the first type of the list, which the service tries in order."""
    metadata = mapping(config, "metadata")
    entries = _public_entries(config)
    group = metadata.get("resource")
    if group:
        if isinstance(group, str) and group.startswith(VIRTUAL):
            return Unknown(why="runs on a virtual resource group, whose members are billed as what they are")
        overflow = (
            "; what does not fit there runs on public resources, billed by the hour on top" if metadata.get("resource_burstable") else ""
        )
        return Free(kind="eas-service-dedicated", note=f"runs on the machines of its resource group, which are billed{overflow}")
    if metadata.get("quota_id"):
        return Unknown(why="runs on a quota, which is bought apart from this stack")
    if not entries or not known([entry["type"] for entry in entries]):
        raise NotPlain("neither metadata.resource nor cloud.computing.instances says what it runs on")
    machines = number(metadata, "instance", Decimal(1)) * number(mapping(config, "unit"), "size", Decimal(1))
    first, note = str(entries[0]["type"]), f"first of {len(entries)} types that may be used" if len(entries) > 1 else ""
    regular = next((entry for entry in entries if entry.get("spot_price_limit") is None), None)
    if entries[0].get("spot_price_limit") is not None and regular is not None:
        bid = f"spot first, at {number(entries[0], 'spot_price_limit', Decimal(0)):f} {BID_CURRENCY} an hour at most"
        first = str(regular["type"])
        return Item(kind="eas-public-instance", item=first, billed=f"EAS public instance {first}", quantity=machines, note=f"{note}; {bid}")
    if entries[0].get("spot_price_limit") is not None:
        limit = number(entries[0], "spot_price_limit", Decimal(0))
        return Bid(amount=limit, currency=BID_CURRENCY, billed=f"EAS spot instance {first}", quantity=machines, note=note)
    return Item(kind="eas-public-instance", item=first, billed=f"EAS public instance {first}", quantity=machines, note=note)


def _public_entries(config: Inputs) -> list[Inputs]:
    """The public types that a service may run on, in the order in which they are tried."""
    computing = mapping(mapping(config, "cloud"), "computing")
    listed = computing.get("instances")
    found: list[Inputs] = [one for one in listed if isinstance(one, Mapping) and one.get("type")] if isinstance(listed, list) else []
    return found or ([{"type": computing["instance_type"]}] if computing.get("instance_type") else [])
