"""Notification configurations on the wire: kept and shown. Nothing is delivered: this fake has no queue, topic or event bus."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ess.backend import EssBackend
from fourways.fakes.services.ess.records import Notification, ScalingGroup
from fourways.fakes.wire.errors import CloudError, invalid, missing

MOST_OF_A_GROUP = 6  # assumed
# SDK 2022-02-22, DescribeNotificationTypes.
TYPES = (
    "AUTOSCALING:SCALE_OUT_START",
    "AUTOSCALING:SCALE_IN_START",
    "AUTOSCALING:SCALE_OUT_SUCCESS",
    "AUTOSCALING:SCALE_IN_SUCCESS",
    "AUTOSCALING:SCALE_OUT_ERROR",
    "AUTOSCALING:SCALE_IN_ERROR",
    "AUTOSCALING:SCALE_REJECT",
    "AUTOSCALING:SCHEDULE_TASK_EXPIRING",
)


def _group(call: Call) -> ScalingGroup:
    return call.backend(EssBackend).groups[call.parameters.require("ScalingGroupId")]


def _types(call: Call) -> list[str]:
    found = call.parameters.values("NotificationType")
    if not found:
        raise missing("NotificationType")
    if not set(found) <= set(TYPES):
        raise invalid("NotificationType", f"Valid values: {', '.join(TYPES)}.")
    return found


def create_notification_configuration(call: Call) -> None:
    given, group = call.parameters, _group(call)
    arn, types = given.require("NotificationArn"), _types(call)
    if any(item.arn == arn for item in group.notifications):
        raise CloudError(400, "NotificationConfigurationDuplicate", f"The group has a notification for {arn} already.")  # code assumed
    if len(group.notifications) >= MOST_OF_A_GROUP:
        raise CloudError(400, "QuotaExceeded.NotificationConfiguration", f"A group has at most {MOST_OF_A_GROUP} notifications.")
    zone, encoding = given.get("TimeZone") or "UTC+8", given.get("MessageEncoding")
    group.notifications.append(Notification(arn, types, zone, encoding))


def _named(call: Call) -> Notification:
    """Code from the provider's source; the status is assumed."""
    arn = call.parameters.require("NotificationArn")
    for item in _group(call).notifications:
        if item.arn == arn:
            return item
    raise CloudError(404, "NotificationConfigurationNotExist", f"The group has no notification for {arn}.")


def modify_notification_configuration(call: Call) -> None:
    given, item = call.parameters, _named(call)
    types = _types(call) if given.values("NotificationType") else item.types
    item.types, item.zone = types, given.get("TimeZone") or item.zone
    item.encoding = given.get("MessageEncoding", item.encoding)


def delete_notification_configuration(call: Call) -> None:
    _group(call).notifications.remove(_named(call))


def describe_notification_configurations(call: Call) -> dict[str, Any]:
    group = _group(call)
    rows = [
        {
            "ScalingGroupId": group.id,
            "NotificationArn": item.arn,
            "NotificationTypes": {"NotificationType": item.types},
            "TimeZone": item.zone,
            "MessageEncoding": item.encoding,
        }
        for item in group.notifications
    ]
    return {"NotificationConfigurationModels": {"NotificationConfigurationModel": rows}}


def describe_notification_types(_: Call) -> dict[str, Any]:
    return {"NotificationTypes": {"NotificationType": list(TYPES)}}


ACTIONS: dict[str, Handler] = {
    "CreateNotificationConfiguration": create_notification_configuration,
    "ModifyNotificationConfiguration": modify_notification_configuration,
    "DeleteNotificationConfiguration": delete_notification_configuration,
    "DescribeNotificationConfigurations": describe_notification_configurations,
    "DescribeNotificationTypes": describe_notification_types,
}
