"""CloudMonitor's contacts, contact groups, rules and application groups: free, and looked up by exact name, which is the id that Pulumi
gives all but metric rules and application groups (terraform-provider-alicloud 1.285.0). Metric rules take the id that the plugin made up
(RuleId), which no pending operation has, and application groups a number of the cloud's."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import LookUp, Part, named
from fourways.cleanup.wanted import Wanted
from fourways.cloud import ownership

CMS = ("metrics", "2019-01-01")
"""The endpoint is metrics.REGION.aliyuncs.com (the provider's endpoint.go)."""


def _by_name(kind: str, action: str, where: tuple[str, str], name_input: str, filter_: str | None) -> LookUp:
    def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
        name = wanted.need(name_input)
        filters = {filter_: name} if filter_ else {}
        for _ in named(cloud, CMS, wanted, action, where, "Name", name, id_="Name", **filters):
            yield Found(kind=kind, id=name, name=name, region=wanted.region, free=True)

    return look_up


def look_up_alarm(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """DescribeMetricRuleList by RuleName; its labels are the tags."""
    name = wanted.need("name")
    for row in named(cloud, CMS, wanted, "DescribeMetricRuleList", ("Alarms", "Alarm"), "RuleName", name, id_="RuleId", RuleName=name):
        labels = row.get("Labels")
        tags = ownership.from_list(labels.get("Labels") if isinstance(labels, dict) else None)
        yield Found(kind="alarm", id=str(row["RuleId"]), name=name, region=wanted.region, tags=tags, free=True)


def look_up_monitor_group(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """DescribeMonitorGroups by GroupName, which takes parts of names too; tags come by a second call after its creation."""
    name, where = wanted.need("monitorGroupName"), ("Resources", "Resource")
    for row in named(cloud, CMS, wanted, "DescribeMonitorGroups", where, "GroupName", name, id_="GroupName", GroupName=name):
        listed = row.get("Tags")
        tags = ownership.from_list(listed.get("Tag") if isinstance(listed, dict) else None)
        yield Found(kind="monitor-group", id=str(row["GroupId"]), name=name, region=wanted.region, tags=tags, free=True)


CONTACT = Part(
    name="alarm-contact",
    type="alicloud:cms/alarmContact:AlarmContact",
    look_up=_by_name("alarm-contact", "DescribeContactList", ("Contacts", "Contact"), "alarmContactName", "ContactName"),
)
GROUP = Part(
    name="alarm-contact-group",
    type="alicloud:cms/alarmContactGroup:AlarmContactGroup",
    look_up=_by_name(
        "alarm-contact-group", "DescribeContactGroupList", ("ContactGroupList", "ContactGroup"), "alarmContactGroupName", None
    ),
)
EVENTS = Part(
    name="event-rule",
    type="alicloud:cms/eventRule:EventRule",
    look_up=_by_name("event-rule", "DescribeEventRuleList", ("EventRules", "EventRule"), "ruleName", "NamePrefix"),
)
MONITOR_GROUP = Part(name="monitor-group", type="alicloud:cms/monitorGroup:MonitorGroup", look_up=look_up_monitor_group)
ALARM = Part(name="alarm", type="alicloud:cms/alarm:Alarm", look_up=look_up_alarm)
