"""CloudMonitor 2019-01-01 on the wire."""

from __future__ import annotations

from fourways.fakes.service import Service
from fourways.fakes.services.cms import api_contacts as contacts
from fourways.fakes.services.cms import api_custom_metrics as custom
from fourways.fakes.services.cms import api_events as events
from fourways.fakes.services.cms import api_groups as groups
from fourways.fakes.services.cms import api_rules as rules

CMS = Service(
    product="Cms",
    version="2019-01-01",
    actions={
        "PutContact": contacts.put_contact,
        "DescribeContactList": contacts.describe_contact_list,
        "DeleteContact": contacts.delete_contact,
        "PutContactGroup": contacts.put_contact_group,
        "DescribeContactGroupList": contacts.describe_contact_group_list,
        "DeleteContactGroup": contacts.delete_contact_group,
        "PutResourceMetricRule": rules.put_resource_metric_rule,
        "DescribeMetricRuleList": rules.describe_metric_rule_list,
        "EnableMetricRules": rules.enable_metric_rules,
        "DisableMetricRules": rules.disable_metric_rules,
        "DeleteMetricRules": rules.delete_metric_rules,
        "PutMetricRuleTargets": rules.put_metric_rule_targets,
        "DescribeMetricRuleTargets": rules.describe_metric_rule_targets,
        "PutEventRule": events.put_event_rule,
        "DescribeEventRuleList": events.describe_event_rule_list,
        "PutEventRuleTargets": events.put_event_rule_targets,
        "DescribeEventRuleTargetList": events.describe_event_rule_target_list,
        "DeleteEventRules": events.delete_event_rules,
        "CreateMonitorGroup": groups.create_monitor_group,
        "DescribeMonitorGroups": groups.describe_monitor_groups,
        "ModifyMonitorGroup": groups.modify_monitor_group,
        "DeleteMonitorGroup": groups.delete_monitor_group,
        "AddTags": groups.add_tags,
        "RemoveTags": groups.remove_tags,
        "PutCustomMetric": custom.put_custom_metric,
        "DescribeCustomMetricList": custom.describe_custom_metric_list,
    },
    console={"alarm-contact-confirmed": contacts.confirm_contact},
)
