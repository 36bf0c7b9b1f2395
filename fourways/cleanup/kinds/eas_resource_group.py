"""EAS resource groups and their machines. The group itself carries no labels, its machines do (ListResourceInstances): a group is ours when
one of its machines says so, and only our machines are deleted. A group without machines cannot be attributed, and costs nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from fourways.cleanup.cloud import Cloud, Record, eas_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Kind, is_going, moment, priced
from fourways.cleanup.wanted import Wanted
from fourways.cloud import ownership
from fourways.cloud.errors import CloudError, Outcome


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """One for each group with a machine of the project; several where its machines say different things, each with its own machines."""
    for group in _groups(cloud, region):
        alike: dict[tuple[tuple[str, str], ...], list[Record]] = {}
        for machine in _machines(cloud, region, str(group["ResourceId"])):
            if labels(machine).get(ownership.PROJECT) == project:
                alike.setdefault(tuple(sorted(labels(machine).items())), []).append(machine)
        for machines in alike.values():
            yield _found(group, machines, region)


def everything(cloud: Cloud, region: str) -> Iterator[Found]:
    """All of the region, with all their machines. Groups have no tags, and names that nobody gave."""
    for group in _groups(cloud, region):
        if machines := _machines(cloud, region, str(group["ResourceId"])):
            labelled = next((labels(machine) for machine in machines if labels(machine)), {})
            yield replace(_found(group, machines, region), tags=labelled)


def delete(cloud: Cloud, found: Found) -> None:
    """Machines first: they are what is billed. The group follows once they are gone; until then its deletion is refused."""
    if found.parts:
        try:
            cloud.eas("delete_resource_instances", found.region, found.region, found.id, instance_list=",".join(found.parts))
        except CloudError as error:
            if error.outcome is not Outcome.NOT_FOUND:
                raise
    if not _machines(cloud, found.region, found.id):
        cloud.eas("delete_resource", found.region, found.region, found.id)


def exists(_: Kind, cloud: Cloud, found: Found) -> bool:
    """By the group's id: without machines it is in no list by label."""
    return any(group["ResourceId"] == found.id for group in _groups(cloud, found.region))


def labels(machine: Record) -> dict[str, str]:
    """The labels of a machine."""
    return ownership.from_list(machine.get("Labels"))


def _groups(cloud: Cloud, region: str) -> list[Record]:
    return eas_pages(cloud, "list_resources", region, "Resources", id_="ResourceId", resource_type="Dedicated")


def _machines(cloud: Cloud, region: str, group: str) -> list[Record]:
    return eas_pages(cloud, "list_resource_instances", region, "Instances", region, group, id_="InstanceId")


def _found(group: Record, machines: list[Record], region: str) -> Found:
    charges = [
        priced("eas-dedicated-machine", str(machine.get("InstanceType")), region, str(machine.get("ChargeType") or "PostPaid"))
        for machine in machines
    ]
    known = [charge for charge in charges if charge is not None]
    whole = len(known) == len(charges) and len({currency for _, currency in known}) == 1
    return Found(
        kind="eas-resource-group",
        id=str(group["ResourceId"]),
        name=str(group.get("ResourceName") or group["ResourceId"]),
        region=region,
        tags=labels(machines[0]),
        created=moment(group.get("CreateTime")),
        price=(sum((amount for amount, _ in known), start=known[0][0] * 0), known[0][1]) if whole else None,
        going=any(is_going(machine.get("InstanceStatus")) for machine in machines),
        parts=tuple(str(machine["InstanceId"]) for machine in machines),
    )


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """Groups with a machine that carries this resource's labels: the group has no name and no labels of its own. The tags told are those of
    a machine that does not carry them, where there is one: such a group is shared, and not only ours."""
    for group in _groups(cloud, wanted.region):
        machines = _machines(cloud, wanted.region, str(group["ResourceId"]))
        if any(ownership.carries(labels(machine), wanted.labels) for machine in machines):
            yield _found(group, sorted(machines, key=lambda machine: _telling(labels(machine), wanted)), wanted.region)


def _telling(found: Mapping[str, str], wanted: Wanted) -> tuple[bool, bool]:
    """Machines that are not ours first, then those whose create was cut off."""
    return ownership.carries(found, wanted.labels), ownership.CREATING not in found


def take_off(cloud: Cloud, found: Found, keys: list[str]) -> None:
    """DeleteResourceInstanceLabel on all machines of the group."""
    cloud.eas("delete_resource_instance_label", found.region, found.region, found.id, all_instances=True, keys=keys)


KIND = Kind(name="eas-resource-group", order=20, list=find, delete=delete, exists=exists, look_up=look_up, everything=everything)
