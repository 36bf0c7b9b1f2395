"""What a kind is, and what the kinds share."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from fourways.catalog import prices
from fourways.cleanup.cloud import Cloud, Record, rpc_pages
from fourways.cleanup.found import Found
from fourways.cleanup.wanted import Wanted
from fourways.cloud import answers, ownership
from fourways.cloud.errors import CloudError, Outcome

VPC_VERSION = "2016-04-28"
ECS_VERSION = "2014-05-26"
VPC = ("vpc", VPC_VERSION)
POST_PAID = "PostPaid"
ECS = ("ecs", ECS_VERSION)


LookUp = Callable[[Cloud, Wanted], Iterable[Found]]
"""What there is in the cloud that a create with these inputs would have made: by exact name, parent, or the pair of ids. Tags are read, not
asked for: a thing that is tagged by a second call may have none yet."""


def _sees_all(_cloud: Cloud, _region: str, _concerns: Callable[[str], bool] = lambda _: True) -> str | None:
    return None


def _nothing(_cloud: Cloud, _region: str) -> Iterable[Found]:
    return ()


def _listed(kind: "Kind", cloud: Cloud, found: Found) -> bool:
    if found.by == "name":  # without tags it is in no list by tag, there or not
        return any(other.id == found.id for other in kind.everything(cloud, found.region))
    return any(other.id == found.id for other in kind.list(cloud, found.region, found.owner.project or ""))


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`list(cloud, region, project)` gives what carries the project's tag; `delete(cloud, found)` asks once, and may be asked again while
    the thing is there; `exists(kind, cloud, found)` says whether it still is; `look_up(cloud, wanted)` finds what a create would have
    made; `blind(cloud, region, concerns)` says what of it cannot be looked for there, and why, among the workspaces
    whose names matter; `everything(cloud, region)` gives all there is, with
    the tags that the list itself shows: what has lost its tags, or never got any, is known by its name."""

    name: str
    order: int
    list: Callable[[Cloud, str, str], Iterable[Found]]
    delete: Callable[[Cloud, Found], None]
    look_up: LookUp
    exists: Callable[["Kind", Cloud, Found], bool] = _listed
    blind: Callable[[Cloud, str, Callable[[str], bool]], str | None] = _sees_all
    everything: Callable[[Cloud, str], Iterable[Found]] = _nothing
    everywhere: bool = False
    """Of the whole account: it has no region, and is listed once, whichever regions are looked through."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What is only looked up: it goes with something that is swept, or the project does not make it. `type` is its Pulumi type; the id of
    what is found is the id that Pulumi gives it."""

    name: str
    type: str
    look_up: LookUp


def tag_filter(project: str) -> dict[str, Any]:
    """The parameter that asks for our tags only (`Tag.1.Key`, `Tag.1.Value`)."""
    return {"Tag": [{"Key": ownership.PROJECT, "Value": project}]}


def described(cloud: Cloud, region: str, project: str, action: str, *where: str, id_: str) -> list[Record]:
    """Rows of a VPC product's Describe call by the project's tag. For one that shows no tags ListTagResources is asked: some of these calls
    answer without tags (assumed: their documents differ by version), and a leak must not hide there."""
    return rpc_pages(cloud, *VPC, action, region, tag_filter(project), *where, id_=id_)


def named(
    cloud: Cloud,
    product: tuple[str, str],
    wanted: Wanted,
    action: str,
    where: tuple[str, str],
    field: str,
    name: str,
    *,
    id_: str,
    **filters: Any,
) -> Iterable[Record]:
    """Rows of a Describe call whose `field` is exactly `name`: some of these filters also match parts of a name."""
    for row in rpc_pages(cloud, *product, action, wanted.region, filters, *where, id_=id_):
        if row.get(field) == name:
            yield row


def or_none(rows: Callable[[], Iterable[Record]]) -> list[Record]:
    """The rows; none where the parent is gone (404)."""
    try:
        return list(rows())
    except CloudError as error:
        if error.outcome is not Outcome.NOT_FOUND:
            raise
        return []


def is_going(status: Any) -> bool:
    """Whether a status means that a thing is being deleted, released or let go of."""
    return status in ("Deleting", "Deleted", "Releasing", "Unassociating")


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


def millis(value: Any) -> datetime | None:
    """A time as Model Studio writes it: milliseconds since 1970 (assumed: its SDK says a number). None where there is none."""
    number = answers.whole(value)
    return None if number is None else datetime.fromtimestamp(number / 1000, UTC)


def priced(kind: str, item: str, region: str, charge_type: str, count: int = 1) -> tuple[Decimal, str] | None:
    """Cost an hour from the price book; None where it is not known, or is that of a term."""
    price = prices.price(kind, item, region, charge_type)
    return (price.amount * count / prices.HOURS_A_UNIT[price.unit], price.currency) if price and charge_type == POST_PAID else None


def label_filter(project: str) -> Mapping[str, str]:
    """The label that EAS lists are filtered by."""
    return {ownership.PROJECT: project}
