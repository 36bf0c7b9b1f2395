"""What a kind is, and what the kinds share."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from fourways.catalog import prices
from fourways.cleanup.cloud import Cloud, Record, rpc_pages
from fourways.cleanup.found import Found
from fourways.cloud import answers, ownership

VPC_VERSION = "2016-04-28"
ECS_VERSION = "2014-05-26"


def _listed(kind: "Kind", cloud: Cloud, found: Found) -> bool:
    project = found.owner.project or ""
    return any(other.id == found.id for other in kind.list(cloud, found.region, project))


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`list(cloud, region, project)` gives what carries the project's tag; `delete(cloud, found)` asks once, and may be asked again while
    the thing is there; `exists(kind, cloud, found)` says whether it still is."""

    name: str
    order: int
    list: Callable[[Cloud, str, str], Iterable[Found]]
    delete: Callable[[Cloud, Found], None]
    exists: Callable[["Kind", Cloud, Found], bool] = _listed


def tag_filter(project: str) -> dict[str, Any]:
    """The parameter that asks for our tags only (`Tag.1.Key`, `Tag.1.Value`)."""
    return {"Tag": [{"Key": ownership.PROJECT, "Value": project}]}


def described(cloud: Cloud, region: str, project: str, action: str, *where: str, id_: str) -> Iterable[tuple[Record, dict[str, str]]]:
    """Rows of a VPC product's Describe call with their tags. A row that shows none is asked for by ListTagResources: some of these calls
    answer without tags (assumed: their documents differ by version), and a leak must not hide there."""
    for row in rpc_pages(cloud, "vpc", VPC_VERSION, action, region, tag_filter(project), *where, id_=id_):
        yield row, tags_of(row)


def tags_of(row: Record) -> dict[str, str]:
    """The tags of a row: `Tags.Tag` is a list of Key/Value or TagKey/TagValue."""
    tags = row.get("Tags")
    return ownership.from_list(tags.get("Tag") if isinstance(tags, Mapping) else None)


def asked_tags(cloud: Cloud, region: str, resource_type: str, id_: str) -> dict[str, str]:
    """Tags of one VPC-product resource by ListTagResources."""
    answer = cloud.call("vpc", VPC_VERSION, "ListTagResources", {"ResourceType": resource_type, "ResourceId": [id_]}, region)
    return ownership.from_list(answers.listed("ListTagResources", answer, "TagResources", "TagResource"))


def moment(text: Any) -> datetime | None:
    """A time as the APIs write it: `2026-11-24T04:08:00Z`, or without seconds, as ECS does. None where there is none."""
    if not isinstance(text, str) or not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def priced(kind: str, item: str, region: str, charge_type: str, count: int = 1) -> tuple[Decimal, str] | None:
    """Cost an hour from the price book; None where it is not known or is not by the hour."""
    price = prices.price(kind, item, region, charge_type)
    return (price.amount * count, price.currency) if price and price.unit == "hour" else None


def label_filter(project: str) -> Mapping[str, str]:
    """The label that EAS lists are filtered by."""
    return {ownership.PROJECT: project}
