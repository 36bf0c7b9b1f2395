"""Model units of Model Studio: billed while they run."""

from collections.abc import Iterator

from fourways.catalog import prices
from fourways.cleanup.cloud import Cloud, Record
from fourways.cleanup.found import Found
from fourways.cleanup.kinds import deployments
from fourways.cleanup.kinds.base import Kind
from fourways.cleanup.wanted import Wanted
from fourways.cloud.answers import text, whole


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Deployments whose mark names the project."""
    for row in deployments.listed(cloud, region, project, "mu"):
        yield _found(row, region)


def delete(cloud: Cloud, found: Found) -> None:
    """DeleteDeployment: billed until it is gone."""
    cloud.dashscope("DeleteDeployment", found.region, "DELETE", deployments.path(found.id), key=found.key)


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """Deployments whose mark is this very resource's."""
    for row in deployments.looked_up(cloud, wanted, "mu"):
        yield _found(row, wanted.region)


def _found(row: Record, region: str) -> Found:
    units = whole(row.get("ready_capacity")) or 0
    price = prices.price("model-unit", text(row.get("model_unit_spec")), region, "PostPaid")
    return Found(
        kind="model-unit-deployment",
        id=text(row["deployed_model"]),
        name=text(row.get("name")),
        region=region,
        tags=deployments.tags(row),
        key=int(row.get("_key", 0)),
        created=deployments.created(row),
        price=(price.amount * units, price.currency) if price and units else None,
        free=not units and row.get("status") in ("STOPPED", "FAILED"),
        going=row.get("status") == "DELETING",
    )


KIND = Kind(name="model-unit-deployment", order=13, list=find, delete=delete, look_up=look_up)
