"""What machines of ECS have said while booting, and what has happened in a scaling group: GetInstanceConsoleOutput (ECS 2014-05-26) and
DescribeScalingActivities (ESS 2014-08-28). Times are in UTC."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from fourways.cloud import answers, clients
from fourways.cloud.eas_records import Event, moment

ECS, ESS = ("ecs", "2014-05-26"), ("ess", "2014-08-28")
PAGE = 50
WARNINGS = frozenset({"Warning", "Failed", "Rejected"})
"""Status codes of activities that did not do all they should (help centre, DescribeScalingActivities)."""


def console(region: str, instance: str) -> list[str]:
    """The lines of an instance's last boot, as far as the cloud keeps them (64 KB at most, GetInstanceConsoleOutput). Raises CloudError."""
    answer = clients.call(*ECS, "GetInstanceConsoleOutput", {"InstanceId": instance, "RemoveSymbols": "true"}, region)
    text = base64.b64decode(answers.text(answer.get("ConsoleOutput"))).decode(errors="replace")
    return text.replace("\r\n", "\n").splitlines()


def activities(region: str, group: str) -> list[Event]:
    """A group's activities, oldest first. Raises CloudError."""
    action, where = "DescribeScalingActivities", ("ScalingActivities", "ScalingActivity")
    pages, number = answers.Pages(action, where, PAGE, "ScalingActivityId"), 1
    while pages.take(clients.call(*ESS, action, {"ScalingGroupId": group, "PageNumber": number, "PageSize": PAGE}, region)):
        number += 1
    return sorted(map(_event, reversed(pages.rows)), key=lambda event: event.time)


def _event(row: Mapping[str, Any]) -> Event:
    status = answers.text(row.get("StatusCode"))
    said = [answers.text(row.get(key)).strip() for key in ("Description", "Cause", "StatusMessage")]
    message = " ".join(part if part.endswith((".", ":", "!")) else f"{part}." for part in said if part)
    return Event(moment(row.get("StartTime")), "Warning" if status in WARNINGS else "Normal", status, message)
