"""Application load balancers (ALB): billed from CreateLoadBalancer on, tagged by a second call. Their listeners go with them; server groups
and access lists have tags of their own and go after them, since a listener names them."""

from collections.abc import Callable, Iterator

from fourways.cleanup.cloud import Cloud, Record, token_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Kind, LookUp, Part, moment, or_none, priced, tag_filter
from fourways.cleanup.wanted import Wanted
from fourways.cloud import ownership

ALB = ("alb", "2020-06-16")
Finder = Callable[[Cloud, str, str], Iterator[Found]]
Lister = Callable[[Cloud, str], Iterator[Found]]


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """ListLoadBalancers by LoadBalancerNames.1 and VpcIds.1; its Tags are the list itself (alibaba-cloud-sdk-go 1.63.107, services/alb)."""
    name, vpc = wanted.need("loadBalancerName"), wanted.need("vpcId")
    asked = {"LoadBalancerNames": [name], "VpcIds": [vpc]}
    for row in token_pages(cloud, *ALB, "ListLoadBalancers", wanted.region, asked, "LoadBalancers", id_="LoadBalancerId"):
        if row.get("LoadBalancerName") == name:
            yield _balancer(row, wanted.region)


def look_up_listener(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """ListListeners by LoadBalancerIds.1: a load balancer has one listener a port."""
    balancer, port = wanted.need("loadBalancerId"), wanted.need("listenerPort")

    def rows() -> list[Record]:
        return token_pages(cloud, *ALB, "ListListeners", wanted.region, {"LoadBalancerIds": [balancer]}, "Listeners", id_="ListenerId")

    for row in or_none(rows):
        if str(row.get("ListenerPort")) == str(int(float(port))):
            tags = ownership.from_list(row.get("Tags"))
            yield Found(kind="alb-listener", id=str(row["ListenerId"]), name=wanted.name, region=wanted.region, tags=tags, free=True)


def look_up_rule(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """ListRules by ListenerIds.1, then by exact name."""
    listener, name = wanted.need("listenerId"), wanted.need("ruleName")

    def rows() -> list[Record]:
        return token_pages(cloud, *ALB, "ListRules", wanted.region, {"ListenerIds": [listener]}, "Rules", id_="RuleId")

    for row in or_none(rows):
        if row.get("RuleName") == name:
            yield Found(kind="alb-rule", id=str(row["RuleId"]), name=name, region=wanted.region, free=True)


def _balancer(row: Record, region: str) -> Found:
    return Found(
        kind="alb",
        id=str(row["LoadBalancerId"]),
        name=str(row.get("LoadBalancerName") or ""),
        region=region,
        tags=ownership.from_list(row.get("Tags")),
        created=moment(row.get("CreateTime")),
        going=row.get("LoadBalancerStatus") == "Deleting",
        price=priced("alb", str(row.get("LoadBalancerEdition") or ""), region, "PostPaid"),
    )


def _find(action: str, where: str, id_: str, made: Callable[[Record, str], Found]) -> Finder:
    def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
        """Those with the project's tag."""
        for row in token_pages(cloud, *ALB, action, region, tag_filter(project), where, id_=id_):
            if (found := made(row, region)).tags.get(ownership.PROJECT) == project:
                yield found

    return find


def _all(action: str, where: str, id_: str, made: Callable[[Record, str], Found]) -> Lister:
    def everything(cloud: Cloud, region: str) -> Iterator[Found]:
        """All of the region."""
        yield from (made(row, region) for row in token_pages(cloud, *ALB, action, region, {}, where, id_=id_))

    return everything


def _delete(action: str, id_: str) -> Callable[[Cloud, Found], None]:
    def delete(cloud: Cloud, found: Found) -> None:
        """Asked again until it is gone: refused while a listener, or a scaling group that is on its way out, uses it."""
        cloud.call(*ALB, action, {id_: found.id}, found.region)

    return delete


def _free(kind: str, id_: str, name: str) -> Callable[[Record, str], Found]:
    def made(row: Record, region: str) -> Found:
        tags = ownership.from_list(row.get("Tags"))
        created = moment(row.get("CreateTime"))
        return Found(kind=kind, id=str(row[id_]), name=str(row.get(name) or ""), region=region, tags=tags, created=created, free=True)

    return made


def _by_name(action: str, where: str, id_: str, name_input: str, filter_: str, made: Callable[[Record, str], Found]) -> LookUp:
    def look_up_part(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
        """By exact name."""
        name = wanted.need(name_input)
        for row in token_pages(cloud, *ALB, action, wanted.region, {filter_: [name]}, where, id_=id_):
            if (found := made(row, wanted.region)).name == name:
                yield found

    return look_up_part


_SERVER_GROUP = _free("alb-server-group", "ServerGroupId", "ServerGroupName")
_ACL = _free("alb-acl", "AclId", "AclName")

KIND = Kind(
    name="alb",
    order=6,
    list=_find("ListLoadBalancers", "LoadBalancers", "LoadBalancerId", _balancer),
    everything=_all("ListLoadBalancers", "LoadBalancers", "LoadBalancerId", _balancer),
    delete=_delete("DeleteLoadBalancer", "LoadBalancerId"),
    look_up=look_up,
)
SERVER_GROUP = Kind(
    name="alb-server-group",
    order=7,
    list=_find("ListServerGroups", "ServerGroups", "ServerGroupId", _SERVER_GROUP),
    everything=_all("ListServerGroups", "ServerGroups", "ServerGroupId", _SERVER_GROUP),
    delete=_delete("DeleteServerGroup", "ServerGroupId"),
    look_up=_by_name("ListServerGroups", "ServerGroups", "ServerGroupId", "serverGroupName", "ServerGroupNames", _SERVER_GROUP),
)
ACL = Kind(
    name="alb-acl",
    order=8,
    list=_find("ListAcls", "Acls", "AclId", _ACL),
    everything=_all("ListAcls", "Acls", "AclId", _ACL),
    delete=_delete("DeleteAcl", "AclId"),
    look_up=_by_name("ListAcls", "Acls", "AclId", "aclName", "AclNames", _ACL),
)
RULE = Part(name="alb-rule", type="alicloud:alb/rule:Rule", look_up=look_up_rule)
LISTENER = Part(name="alb-listener", type="alicloud:alb/listener:Listener", look_up=look_up_listener)
