"""Throughput reservations. Capacity instances are released first; a prepaid term that runs cannot be, and is listed until it has ended."""

from collections.abc import Iterator

from fourways.cleanup.cloud import PAGE, Cloud, Record
from fourways.cleanup.found import Found
from fourways.cleanup.kinds import deployments
from fourways.cleanup.kinds.base import Kind
from fourways.cleanup.wanted import Wanted
from fourways.cloud.answers import text
from fourways.cloud.errors import CloudError, Outcome

_TERM_IS_OVER = ("SUSPENDING", "SUSPENDED", "STOPPING", "STOPPED", "DELETING", "FAILED")
_BUSY = "CAPACITY_INSTANCE_OPERATION_CONFLICT"


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Reservations whose mark names the project."""
    for row in deployments.listed(cloud, region, project, "ptu"):
        yield _found(row, region)


def delete(cloud: Cloud, found: Found) -> None:
    """One step at a time: the instances that are not released yet, then, once it is STOPPED, the reservation."""
    path = deployments.path(found.id, "capacity-instances")
    query = {"include_deleted": "false", "page_no": 1, "page_size": PAGE}
    answer = cloud.dashscope("ListCapacityInstances", found.region, "GET", path, query, found.key)
    rows = [row for row in answer.get("records") or [] if row.get("deleted") is not True]
    for row in rows:
        try:
            target = deployments.path(found.id, "capacity-instances", text(row.get("instance_id")))
            cloud.dashscope("DeleteCapacityInstance", found.region, "DELETE", target, key=found.key)
        except CloudError as error:
            if error.code != _BUSY and error.outcome is not Outcome.NOT_FOUND:
                raise
    if not rows:
        cloud.dashscope("DeleteDeployment", found.region, "DELETE", deployments.path(found.id), key=found.key)


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """Reservations whose mark is this very resource's."""
    for row in deployments.looked_up(cloud, wanted, "ptu"):
        yield _found(row, wanted.region)


def _found(row: Record, region: str) -> Found:
    running = row.get("charge_type") == "pre_paid" and row.get("status") not in _TERM_IS_OVER
    until = text(row.get("pre_paid_gmt_expired"))
    return Found(
        kind="ptu-reservation",
        id=text(row["deployed_model"]),
        name=text(row.get("name")),
        region=region,
        tags=deployments.tags(row),
        key=int(row.get("_key", 0)),
        created=deployments.created(row),
        free=row.get("status") == "STOPPED",
        going=row.get("status") == "DELETING",
        held=f"prepaid until {until or 'a time that the cloud does not say'}{' (UTC+8)' if until else ''}: no call ends the term"
        if running
        else "",
    )


KIND = Kind(name="ptu-reservation", order=12, list=find, delete=delete, look_up=look_up, blind=deployments.blind)
