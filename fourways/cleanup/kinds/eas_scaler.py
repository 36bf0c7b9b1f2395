"""Scalers of EAS services: looked up only. They go with their service, and cost nothing themselves.

There when one with the declared settings is on the service: made twice it is one, and no scaler says who made it.
"""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, Record
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Part, or_none
from fourways.cleanup.wanted import Wanted


def look_up_autoscaler(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """DescribeServiceAutoScaler by the service's name: the same limits."""
    for row in _described(cloud, wanted, "describe_service_auto_scaler"):
        if (row.get("MinReplica") or 0, row.get("MaxReplica")) == (wanted.inputs.get("min"), wanted.inputs.get("max")):
            yield _found("eas-autoscaler", wanted)


def look_up_cron_scaler(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """DescribeServiceCronScaler by the service's name: the same jobs."""
    declared = wanted.inputs.get("jobs")
    for row in _described(cloud, wanted, "describe_service_cron_scaler"):
        there = _jobs(row.get("ScaleJobs"), ("Name", "Schedule", "TargetSize"))
        if there and there == _jobs(declared, ("name", "schedule", "targetSize")):
            yield _found("eas-cron-scaler", wanted)


def _described(cloud: Cloud, wanted: Wanted, operation: str) -> list[Record]:
    region, name = wanted.need("region"), wanted.need("serviceName")
    return or_none(lambda: [cloud.eas(operation, region, region, name)])


def _jobs(rows: object, fields: tuple[str, ...]) -> set[tuple[object, ...]]:
    return {tuple(row.get(field) for field in fields) for row in rows if isinstance(row, dict)} if isinstance(rows, list) else set()


def _found(kind: str, wanted: Wanted) -> Found:
    return Found(kind=kind, id=f"{wanted.need('region')}/{wanted.need('serviceName')}", name=wanted.name, region=wanted.region, free=True)


AUTOSCALER = Part(name="eas-autoscaler", type="fourways:eas:Autoscaler", look_up=look_up_autoscaler)
CRON_SCALER = Part(name="eas-cron-scaler", type="fourways:eas:CronScaler", look_up=look_up_cron_scaler)
