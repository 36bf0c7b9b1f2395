"""What a machine tells CloudMonitor by itself: its load, every 15 seconds, where its user data has the unit that does so."""

from __future__ import annotations

import json
from typing import Any

from fourways.fakes.service import Scope
from fourways.fakes.services.ecs.instances import Instance
from fourways.fakes.services.ecs.machines import permissions
from fourways.fakes.services.ecs.machines.metering import Load
from fourways.fakes.services.ecs.machines.plan import LoadReport
from fourways.fakes.wire.errors import CloudError

SECONDS = 15.0
"""Between two reports: report_load.py of components/boot."""
_CMS = "2019-01-01"


def send(scope: Scope, instance: Instance, report: LoadReport, load: Load) -> str | None:
    """Put both metrics into the application group of that name; why that was refused, or None."""
    for action in ("cms:DescribeMonitorGroups", "cms:PutCustomMetric"):
        why = permissions.refusal(scope, instance, action, "*")
        if why is not None:
            return why
    try:
        found = scope.ask(_CMS, "DescribeMonitorGroups", GroupName=report.name)["Resources"]["Resource"]
        groups = [row["GroupId"] for row in found if row["GroupName"] == report.name]
        if not groups:
            return f"no application group of CloudMonitor has the name {report.name}"
        given: dict[str, Any] = {}
        for number, (metric, value) in enumerate(((report.queue, load.waiting), (report.gpu, load.gpu)), 1):
            row = {"GroupId": groups[0], "MetricName": metric, "Type": "0"}
            row |= {"Dimensions": json.dumps({"deployment": report.name}), "Values": json.dumps({"value": value})}
            given |= {f"MetricList.{number}.{field}": str(text) for field, text in row.items()}
        scope.ask(_CMS, "PutCustomMetric", **given)
    except CloudError as error:
        return f"{error.code}: {error.message}"
    return None
