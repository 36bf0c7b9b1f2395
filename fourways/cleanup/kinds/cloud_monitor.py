"""What CloudMonitor tells by: rules (alarms and event rules), application groups, contact groups and contacts. Free, and of a whole
account: CloudMonitor 1.0 has one list of each (assumed). Rules go first, then the groups that they name, then the contacts.

Alarms carry labels and application groups tags; the others have a name and a description alone, and the hash in one of them says whose
they are (`stack_names`). Pulumi's ids are names, but for alarms the id that the plugin made up (RuleId) and for application groups a
number of the cloud's (terraform-provider-alicloud 1.285.0).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from fourways.cleanup.cloud import Cloud, Record, rpc_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Kind, millis, named
from fourways.cleanup.wanted import Wanted
from fourways.cloud import answers, ownership

CMS = ("metrics", "2019-01-01")
"""The endpoint is metrics.REGION.aliyuncs.com (the provider's endpoint.go)."""


@dataclass(frozen=True, kw_only=True)
class Thing:
    """How one of them is listed and deleted. `also` is the field whose text may hold the mark where the name has no room for it."""

    kind: str
    order: int
    action: str
    where: tuple[str, str]
    id_: str
    name: str
    name_input: str
    filter_: str | None
    delete_action: str
    delete_by: str
    many: bool = False
    also: str = ""
    page: str = "PageNumber"
    tags: Callable[[Record], dict[str, str]] = lambda _: {}

    def found(self, row: Record, region: str) -> Found:
        """A row as a thing."""
        id_, name = str(row[self.id_]), answers.text(row.get(self.name))
        created, said = millis(row.get("CreateTime") or row.get("GmtCreate")), answers.text(row.get(self.also))
        return Found(kind=self.kind, id=id_, name=name, region=region, tags=self.tags(row), created=created, free=True, described=said)

    def everything(self, cloud: Cloud, region: str) -> Iterator[Found]:
        """All of the account."""
        for row in rpc_pages(cloud, *CMS, self.action, region, {}, *self.where, id_=self.name, page=self.page):
            yield self.found(row, region)

    def find(self, cloud: Cloud, region: str, project: str) -> Iterator[Found]:
        """Those with the project's tag."""
        yield from (thing for thing in self.everything(cloud, region) if thing.tags.get(ownership.PROJECT) == project)

    def delete(self, cloud: Cloud, found: Found) -> None:
        """What is not there any more is passed over."""
        cloud.call(*CMS, self.delete_action, {self.delete_by: [found.id] if self.many else found.id}, found.region)

    def look_up(self, cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
        """By exact name: filters also match parts of names."""
        name = wanted.need(self.name_input)
        filters = {self.filter_: name} if self.filter_ else {}
        for row in named(cloud, CMS, wanted, self.action, self.where, self.name, name, id_=self.name, **filters):
            yield self.found(row, wanted.region)

    def as_kind(self) -> Kind:
        """To be swept."""
        return Kind(
            name=self.kind,
            order=self.order,
            list=self.find,
            delete=self.delete,
            look_up=self.look_up,
            exists=_exists(self.everything),
            everything=self.everything,
            everywhere=True,
        )


def _exists(everything: Callable[[Cloud, str], Iterable[Found]]) -> Callable[[Kind, Cloud, Found], bool]:
    return lambda _, cloud, found: any(other.id == found.id for other in everything(cloud, found.region))


def _labels(row: Record) -> dict[str, str]:
    labels = row.get("Labels")
    return ownership.from_list(labels.get("Labels") if isinstance(labels, Mapping) else None)


def _tags(row: Record) -> dict[str, str]:
    listed = row.get("Tags")
    return ownership.from_list(listed.get("Tag") if isinstance(listed, Mapping) else None)


ALARM = Thing(
    kind="alarm",
    order=31,
    action="DescribeMetricRuleList",
    where=("Alarms", "Alarm"),
    id_="RuleId",
    name="RuleName",
    name_input="name",
    filter_="RuleName",
    delete_action="DeleteMetricRules",
    delete_by="Id",
    many=True,
    page="Page",
    tags=_labels,
).as_kind()
EVENTS = Thing(
    kind="event-rule",
    order=32,
    action="DescribeEventRuleList",
    where=("EventRules", "EventRule"),
    id_="Name",
    name="Name",
    name_input="ruleName",
    filter_="NamePrefix",
    delete_action="DeleteEventRules",
    delete_by="RuleNames",
    many=True,
).as_kind()
MONITOR_GROUP = Thing(
    kind="monitor-group",
    order=33,
    action="DescribeMonitorGroups",
    where=("Resources", "Resource"),
    id_="GroupId",
    name="GroupName",
    name_input="monitorGroupName",
    filter_="GroupName",
    delete_action="DeleteMonitorGroup",
    delete_by="GroupId",
    tags=_tags,
).as_kind()
GROUP = Thing(
    kind="alarm-contact-group",
    order=34,
    action="DescribeContactGroupList",
    where=("ContactGroupList", "ContactGroup"),
    id_="Name",
    name="Name",
    name_input="alarmContactGroupName",
    filter_=None,
    delete_action="DeleteContactGroup",
    delete_by="ContactGroupName",
).as_kind()
CONTACT = Thing(
    kind="alarm-contact",
    order=35,
    action="DescribeContactList",
    where=("Contacts", "Contact"),
    id_="Name",
    name="Name",
    name_input="alarmContactName",
    filter_="ContactName",
    delete_action="DeleteContact",
    delete_by="ContactName",
    also="Desc",
).as_kind()
KINDS = (ALARM, EVENTS, MONITOR_GROUP, GROUP, CONTACT)
"""In the order of deletion."""
