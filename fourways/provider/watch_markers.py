"""Rows of the marker table: what tells of a stack and keeps its logs, made with the alicloud plugin."""

from __future__ import annotations

from fourways.provider.machine_markers import plugin_row
from fourways.provider.marker import Marker

_IN_PROJECT = "It has no tags: found by its name in its project, and goes with the project."

WATCHES: tuple[Marker, ...] = (
    plugin_row(
        "cms/alarmContact:AlarmContact",
        "PutContact",
        "no client token; ContactName with a digest, cut to 40 characters; Describe ends in the beginning of the stack's names",
        "DescribeContactList by ContactName",
        "It has no tags: without a state the end of its description says whose it is. Put twice it is one.",
        "resource_alicloud_cms_alarm_contact.go",
    ),
    plugin_row(
        "cms/alarmContactGroup:AlarmContactGroup",
        "PutContactGroup",
        "no client token; ContactGroupName with the stack and its id",
        "DescribeContactGroupList: Name",
        "It has no tags: its name says whose it is. Put twice it is one.",
        "resource_alicloud_cms_alarm_contact_group.go",
    ),
    plugin_row(
        "cms/alarm:Alarm",
        "PutResourceMetricRule",
        "RuleId, which the plugin makes up anew for each create; RuleName with the stack and its id; labels in the same call",
        "DescribeMetricRuleList by RuleName",
        "Two of one name may be there after a lost answer: the look-up tells so.",
        "resource_alicloud_cms_alarm.go",
    ),
    plugin_row(
        "cms/eventRule:EventRule",
        "PutEventRule",
        "no client token; RuleName with the stack and its id",
        "DescribeEventRuleList by NamePrefix: Name",
        "It has no tags: its name says whose it is. Put twice it is one.",
        "resource_alicloud_cms_event_rule.go",
    ),
    plugin_row(
        "log/project:Project",
        "CreateProject",
        "no client token; projectName with the stack and its id, nobody else's in all of Alibaba Cloud; tags by a second call",
        "GetProject by projectName, ListTagResources",
        "Killed between the two calls it is untagged: found by its name, or by the end of its description.",
        "resource_alicloud_log_project.go",
        "by what is written, indexed and kept in its stores",
    ),
    plugin_row(
        "log/store:Store",
        "CreateLogStore",
        "no client token; logstoreName in its project",
        "GetLogStore by project and logstoreName",
        "It goes with its project. In a project that was adopted only its state knows it.",
        "resource_alicloud_log_store.go",
        "by what is written, indexed and kept in it",
    ),
    plugin_row(
        "log/storeIndex:StoreIndex",
        "CreateIndex",
        "no marker of its own; project and log store, one index each",
        "GetIndex by project and log store",
        "It goes with its store.",
        "resource_alicloud_log_store_index.go",
        "with its store",
    ),
    plugin_row(
        "log/machineGroup:MachineGroup",
        "CreateMachineGroup",
        "no client token; groupName with the stack and its id",
        "GetMachineGroup by project and groupName",
        _IN_PROJECT,
        "resource_alicloud_log_machine_group.go",
    ),
    plugin_row(
        "log/logTailConfig:LogTailConfig",
        "CreateConfig",
        "no client token; configName with the stack and its id",
        "GetConfig by project and configName",
        _IN_PROJECT,
        "resource_alicloud_logtail_config.go",
    ),
    plugin_row(
        "log/logTailAttachment:LogTailAttachment",
        "ApplyConfigToMachineGroup",
        "no marker of its own; the pair configName and groupName",
        "GetAppliedConfigs by project and groupName",
        "The same configuration applied twice is applied once.",
        "resource_alicloud_logtail_attachment.go",
    ),
)
