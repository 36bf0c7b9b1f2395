"""EAS services: ListServices by label; DeleteService. First in the order: a service holds its group's GPUs and its VPC's addresses."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, eas_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Kind, label_filter, moment
from fourways.cloud import ownership


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Services on a dedicated group cost nothing by themselves; a public one costs what its instances do, which the list does not say."""
    for row in eas_pages(cloud, "list_services", region, "Services", id_="ServiceName", label=dict(label_filter(project))):
        yield Found(
            kind="eas-service",
            id=str(row["ServiceName"]),
            name=str(row["ServiceName"]),
            region=region,
            tags=ownership.from_list(row.get("Labels")),
            created=moment(row.get("CreateTime")),
            free=str(row.get("Resource") or "").startswith("eas-r-"),
        )


def delete(cloud: Cloud, found: Found) -> None:
    """Refused under a safety lock or while requests are active: the error says so."""
    cloud.eas("delete_service", found.region, found.region, found.id)


KIND = Kind(name="eas-service", order=10, list=find, delete=delete)
