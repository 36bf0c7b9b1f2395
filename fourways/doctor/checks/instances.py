"""Whether the region has the instances that the stack would start, in the zones it names, the image they boot from, and the weights.

ECS 2014-05-26, DescribeAvailableResource and DescribeImages (help centre); weights: one ListObjectsV2 of the OSS folder.
"""

from __future__ import annotations

from collections.abc import Mapping

from fourways.cloud.errors import CloudError
from fourways.doctor.answers import rows
from fourways.doctor.checks.machines import ELSEWHERE
from fourways.doctor.cloud import Cloud
from fourways.doctor.facts import Facts
from fourways.doctor.finding import Finding, cannot_tell, not_ok, ok, unanswered

IN_STOCK = "WithStock"
Stock = Mapping[str, Mapping[str, str]]
"""By instance type and zone: StatusCategory (WithStock, ClosedWithStock, WithoutStock, ClosedWithoutStock)."""


def check(cloud: Cloud, facts: Facts) -> list[Finding]:
    """Stock, image and weights: a line each. Raises CloudError."""
    return [judge_stock(_stock(cloud, facts), facts), judge_image(_image(cloud, facts), facts), _weights(cloud, facts)]


def judge_stock(stock: Stock, facts: Facts) -> Finding:
    """Pure: in each zone one of the types is enough, in the order in which they are tried; without a group only the first is bought."""
    if facts.instances_recorded:
        return ok("stock", "the stack has its machines already")
    types = facts.types if facts.grouped else facts.types[:1]
    had = {zone: next((type_ for type_ in types if stock.get(type_, {}).get(zone) == IN_STOCK), None) for zone in facts.zones}
    listed = "; ".join(f"{zone}: {', '.join(f'{type_} {_said(stock, type_, zone)}' for type_ in types)}" for zone in facts.zones)
    if all(had.values()):
        return ok("stock", f"{_by_zone(had)} (WithStock); {facts.machines} needed, how many there are is not told")
    if not any(had.values()):
        return not_ok("stock", f"none of the stack's types can be had in its zones now: {listed}", ELSEWHERE)
    missing = ", ".join(zone for zone, type_ in had.items() if type_ is None)
    return cannot_tell("stock", f"{_by_zone(had)}; nothing in {missing} ({listed})", "take other zones (fourways:network.zones), or later")


def judge_image(status: str | None, facts: Facts) -> Finding:
    """Pure: `status` is the image's, None where the region does not show it."""
    name = "machine image"
    if status is None:
        return not_ok(
            name, f"{facts.region} has no image {facts.machine_image}", "set fourways:serving.capacity.image to one of the region"
        )
    if status != "Available":
        return not_ok(name, f"{facts.machine_image} is {status}, not Available", "wait until it is, or take another one")
    return ok(name, f"{facts.machine_image} is there")


def _stock(cloud: Cloud, facts: Facts) -> Stock:
    found: dict[str, dict[str, str]] = {}
    for type_ in facts.types:
        asked = {
            "DestinationResource": "InstanceType",
            "InstanceType": type_,
            "InstanceChargeType": facts.charge_type,
            "SpotStrategy": "SpotAsPriceGo" if facts.spot else "NoSpot",
        }
        answer = cloud.call("ecs", "2014-05-26", "DescribeAvailableResource", asked)
        for zone in rows(answer, "AvailableZones", "AvailableZone"):
            for resource in rows(zone, "AvailableResources", "AvailableResource"):
                for supported in rows(resource, "SupportedResources", "SupportedResource"):
                    if supported.get("Value") == type_:
                        found.setdefault(type_, {})[str(zone.get("ZoneId"))] = str(supported.get("StatusCategory"))
    return found


def _image(cloud: Cloud, facts: Facts) -> str | None:
    answer = cloud.call("ecs", "2014-05-26", "DescribeImages", {"ImageId": facts.machine_image})
    return next((str(row.get("Status")) for row in rows(answer, "Images", "Image") if row.get("ImageId") == facts.machine_image), None)


def _weights(cloud: Cloud, facts: Facts) -> Finding:
    """As these credentials see it; the machines read with a role of their own."""
    name, mend = "weights", "put the weights there, or correct fourways:serving.model.weights"
    bucket, _, folder = facts.weights.removeprefix("oss://").partition("/")
    try:
        found = cloud.objects(bucket, folder)
    except CloudError as error:
        if error.code == "NoSuchBucket":
            return not_ok(name, f"there is no bucket {bucket} in {facts.region}", mend)
        return unanswered(name, error)
    if not found:
        return not_ok(name, f"{facts.weights} is empty", mend)
    return ok(name, f"{facts.weights}: {found[0]} and more" if len(found) > 1 else f"{facts.weights}: {found[0]}")


def _by_zone(had: Mapping[str, str | None]) -> str:
    return ", ".join(f"{type_} in {zone}" for zone, type_ in had.items() if type_ is not None)


def _said(stock: Stock, type_: str, zone: str) -> str:
    return stock.get(type_, {}).get(zone, "not offered")
