"""What PAI-EAS bills for: machines of a resource group, and instances on public resources."""

import json
from collections.abc import Mapping
from decimal import Decimal

from fourways.costs.documents import known
from fourways.costs.items import Billed, Free, Inputs, Item, NotPlain, Unknown, is_prepaid, mapping, number, text


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
    """`fourways:eas:Service`: by its service JSON."""
    config = inputs.get("config")
    if not isinstance(config, Mapping):
        raise NotPlain("config is not known")
    return service_json(config)


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
    if metadata.get("resource"):
        return Free(kind="eas-service-dedicated", note="runs on the machines of its resource group, which are billed")
    if metadata.get("quota_id"):
        return Unknown(why="runs on a Lingjun quota, which is bought apart from this stack")
    computing = mapping(mapping(config, "cloud"), "computing")
    listed = computing.get("instances")
    candidates = [one["type"] for one in listed if isinstance(one, Mapping) and one.get("type")] if isinstance(listed, list) else []
    candidates = candidates or ([computing["instance_type"]] if computing.get("instance_type") else [])
    if not candidates or not known(candidates):
        raise NotPlain("neither metadata.resource nor cloud.computing.instances says what it runs on")
    machines = number(metadata, "instance", Decimal(1)) * number(mapping(config, "unit"), "size", Decimal(1))
    return Item(
        kind="eas-public-instance",
        item=str(candidates[0]),
        billed=f"EAS public instance {candidates[0]}",
        quantity=machines,
        note=f"first of {len(candidates)} types that may be used" if len(candidates) > 1 else "",
    )
