"""EAS services: ListServices by label; DeleteService. First in the order: a service holds its group's GPUs and its VPC's addresses."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, Record, eas_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Kind, is_going, label_filter, moment
from fourways.cleanup.wanted import Wanted
from fourways.cloud import ownership
from fourways.cloud.errors import CloudError, Outcome


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Services on a dedicated group cost nothing by themselves; a public one costs what its instances do, which the list does not say."""
    for row in eas_pages(cloud, "list_services", region, "Services", id_="ServiceName", label=dict(label_filter(project))):
        yield _found(row, region)


def everything(cloud: Cloud, region: str) -> Iterator[Found]:
    """All of the region."""
    yield from (_found(row, region) for row in eas_pages(cloud, "list_services", region, "Services", id_="ServiceName"))


def delete(cloud: Cloud, found: Found) -> None:
    """Refused under a safety lock or while requests are active: the error says so."""
    cloud.eas("delete_service", found.region, found.region, found.id)


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """DescribeService by name, which is unique in the region. Whose it is, its labels say."""
    try:
        row = cloud.eas("describe_service", wanted.region, wanted.region, wanted.need("name"))
    except CloudError as error:
        if error.outcome is not Outcome.NOT_FOUND:
            raise
        return
    yield _found(row, wanted.region)


def take_off(cloud: Cloud, found: Found, keys: list[str]) -> None:
    """DeleteServiceLabel."""
    cloud.eas("delete_service_label", found.region, found.region, found.id, keys=keys)


def _found(row: Record, region: str) -> Found:
    return Found(
        kind="eas-service",
        id=str(row["ServiceName"]),
        name=str(row["ServiceName"]),
        region=region,
        tags=ownership.from_list(row.get("Labels")),
        created=moment(row.get("CreateTime")),
        going=is_going(row.get("Status")),
        free=str(row.get("Resource") or "").startswith("eas-r-"),
    )


KIND = Kind(name="eas-service", order=10, list=find, delete=delete, look_up=look_up, everything=everything)
