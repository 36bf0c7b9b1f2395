"""What tells of a stack and keeps its logs, in a cloud of a few dictionaries: CloudMonitor and Simple Log Service."""

import json
from collections.abc import Mapping
from typing import Any

from fourways.cloud.errors import CloudError, Outcome

Row = dict[str, Any]
LISTS = {
    "DescribeMetricRuleList": (("Alarms", "Alarm"), "RuleId"),
    "DescribeEventRuleList": (("EventRules", "EventRule"), "Name"),
    "DescribeMonitorGroups": (("Resources", "Resource"), "GroupId"),
    "DescribeContactGroupList": (("ContactGroupList", "ContactGroup"), "Name"),
    "DescribeContactList": (("Contacts", "Contact"), "Name"),
}
DELETES = {
    "DeleteMetricRules": ("DescribeMetricRuleList", "Id"),
    "DeleteEventRules": ("DescribeEventRuleList", "RuleNames"),
    "DeleteMonitorGroup": ("DescribeMonitorGroups", "GroupId"),
    "DeleteContactGroup": ("DescribeContactGroupList", "ContactGroupName"),
    "DeleteContact": ("DescribeContactList", "ContactName"),
}


class WatchRows:
    """Rows by list action; `projects` are those of Simple Log Service with their tags."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {action: [] for action in LISTS}
        self.projects: dict[str, dict[str, str]] = {}
        self.deleted: list[str] = []

    def knows(self, action: str) -> bool:
        return action in LISTS or action in DELETES

    def call(self, action: str, params: Mapping[str, Any]) -> dict[str, Any]:
        if action in DELETES:
            listing, by = DELETES[action]
            ids = params[by] if isinstance(params[by], list) else [params[by]]
            self.rows[listing] = [row for row in self.rows[listing] if str(row[LISTS[listing][1]]) not in ids]
            self.deleted += ids
            return {"RequestId": "r", "Success": True}
        (outer, inner), _ = LISTS[action]
        start = (params.get("PageNumber") or params["Page"]) * params["PageSize"] - params["PageSize"]
        return {"RequestId": "r", outer: {inner: self.rows[action][start : start + params["PageSize"]]}}

    def logs(self, action: str, query: Mapping[str, str], project: str) -> dict[str, Any]:
        if action == "ListTagResources":
            ids = json.loads(query.get("resourceId", "null")) or list(self.projects)
            wanted = {one["key"]: one["value"] for one in json.loads(query.get("tags", "[]"))}
            rows = [(name, tags) for name, tags in self.projects.items() if name in ids and wanted.items() <= tags.items()]
            return {"tagResources": [{"resourceId": name, "tagKey": k, "tagValue": v} for name, tags in rows for k, v in tags.items()]}
        if action == "ListProject":
            rows_ = [{"projectName": name} for name in self.projects]
            start = int(query["offset"])
            return {"projects": rows_[start : start + 1], "total": len(rows_)}
        if project not in self.projects:
            raise CloudError(action, outcome=Outcome.NOT_FOUND, message="no such project", status=404)
        if action == "DeleteProject":
            del self.projects[project]
            self.deleted.append(project)
            return {}
        return {"projectName": project, "createTime": "2026-11-20T04:08:00Z"}

    def fill(self, suffix: str, given: dict[str, str], prefix: str) -> None:
        """One of each; an alarm's labels and a group's tags as given, the others by their names or descriptions."""
        labels = [{"Key": key, "Value": value} for key, value in given.items()]
        made = {"CreateTime": 1_790_000_000_000}
        self.rows["DescribeMetricRuleList"].append({"RuleId": f"rule-{suffix}", "RuleName": "hot", "Labels": {"Labels": labels}})
        self.rows["DescribeEventRuleList"].append({"Name": f"{prefix}-replicas-{suffix}"})
        self.rows["DescribeMonitorGroups"].append(
            {
                "GroupId": 200 + sum(map(ord, suffix)),
                "GroupName": f"{prefix}-machines-{suffix}",
                "Tags": {"Tag": labels},
                "GmtCreate": 1_790_000_000_000,
            }
        )
        self.rows["DescribeContactGroupList"].append({"Name": f"{prefix}-contacts-{suffix}", **made})
        self.rows["DescribeContactList"].append({"Name": f"cut-{suffix}", "Desc": f"Told of service. {prefix}", **made})
        self.projects[f"logs-{suffix}"] = dict(given)
