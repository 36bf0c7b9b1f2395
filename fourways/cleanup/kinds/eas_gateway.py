"""Private gateways of PAI-EAS: billed while they exist, called or not. They have no labels: the end of the alias says whose they are."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, Record, eas_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Kind, is_going, moment, or_none, priced
from fourways.cleanup.wanted import Wanted
from fourways.cloud import answers, gateway_alias, name_marks, ownership
from fourways.cloud.gateway_answers import DEAD_ENDS, ways_in


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Gateways whose mark names the project."""
    for row in _gateways(cloud, region):
        if gateway_alias.tags(_alias(row)).get(ownership.PROJECT) == project:
            yield _found(row, region)


def everything(cloud: Cloud, region: str) -> Iterator[Found]:
    """All of the region."""
    yield from (_found(row, region) for row in _gateways(cloud, region))


def delete(cloud: Cloud, found: Found) -> None:
    """Its links first, which hold vSwitches until they are gone; it follows when it has none. Refused while services are behind it."""
    links = or_none(lambda: _links(cloud, found))
    for link in links:
        if not is_going(link.get("Status")):
            vpc, v_switch = str(link["VpcId"]), str(link.get("VSwitchId") or "")
            cloud.eas("delete_gateway_intranet_linked_vpc", found.region, found.region, found.id, vpc_id=vpc, v_switch_id=v_switch)
    if not links:
        cloud.eas("delete_gateway", found.region, found.region, found.id)


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """Gateways whose mark is this very resource's."""
    for row in _gateways(cloud, wanted.region):
        if name_marks.carried(_alias(row), wanted.urn):
            yield _found(row, wanted.region, wanted.get("name"))


def take_off(cloud: Cloud, found: Found, keys: list[str]) -> None:
    """UpdateGateway with the name that the alias will have. All flags are said: see `gateway_state.opening` in the provider."""
    if ownership.CREATING not in keys:
        return
    row = cloud.eas("describe_gateway", found.region, found.region, found.id)
    request = {"name": gateway_alias.finished(found.name, _alias(row)), **ways_in(row)}
    cloud.eas("update_gateway", found.region, found.id, found.region, **request)


def _gateways(cloud: Cloud, region: str) -> list[Record]:
    rows = eas_pages(cloud, "list_gateway", region, "Gateways", id_="GatewayId")
    return [row for row in rows if row.get("Status") != "Deleted"]


def _links(cloud: Cloud, found: Found) -> list[Record]:
    answer = cloud.eas("list_gateway_intranet_linked_vpc", found.region, found.region, found.id)
    return [*answers.listed("ListGatewayIntranetLinkedVpc", answer, "IntranetLinkedVpcList", id_="VpcId")]


def _alias(row: Record) -> str:
    return answers.text(row.get("GatewayName"))


def _found(row: Record, region: str, declared: str = "") -> Found:
    alias, charge = _alias(row), str(row.get("ChargeType") or "PostPaid")
    term = charge == "PrePaid" and row.get("Status") not in DEAD_ENDS
    return Found(
        kind="eas-gateway",
        id=str(row["GatewayId"]),
        name=gateway_alias.name_of(alias, declared or None),
        region=region,
        tags=gateway_alias.tags(alias),
        created=moment(row.get("CreateTime")),
        price=priced("eas-gateway", str(row.get("InstanceType")), region, charge, answers.whole(row.get("Replicas")) or 1),
        going=is_going(row.get("Status")),
        held="prepaid: no call ends the term, unsubscribe it in the console or wait for its end" if term else "",
    )


KIND = Kind(name="eas-gateway", order=16, list=find, delete=delete, look_up=look_up, everything=everything)
