"""Handlers of virtual resource groups; methods, paths and parameters as in alibabacloud_eas20210701 7.0.0, client.py.

They own nothing and are not billed: what runs through them is billed where it runs (help centre, 'EAS resource groups').
"""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.eas import errors
from fourways.fakes.services.eas.errors import bad
from fourways.fakes.services.eas.placement import machine_types, quotas
from fourways.fakes.services.eas.records import Share, VirtualGroup
from fourways.fakes.services.eas.requests import backend, body, ordered, page

_KINDS = ("InstanceType", "ResourceId", "QuotaId")


def create_virtual_resource(call: Call) -> dict[str, Any]:
    home, given, now = backend(call), body(call), call.scope.clock.now()
    shares, protection = _shares(call, given), _protection(given, True)
    group_id = home.new_id("eas-vr-", 18)
    home.virtual_groups[group_id] = VirtualGroup(group_id, str(given.get("VirtualResourceName") or group_id), now, now, shares, protection)
    return {"VirtualResourceId": group_id, "Message": f"Successfully created virtual resource {group_id}"}


def describe_virtual_resource(call: Call) -> dict[str, Any]:
    group = _group(call)
    return {
        **_row(call, group),
        "DisableSpotProtectionPeriod": not group.spot_protection,
        "Resources": [_share_row(share) for share in group.shares],
    }


def list_virtual_resource(call: Call) -> dict[str, Any]:
    found = [
        group
        for group in backend(call).virtual_groups.values()
        if call.parameters.get("VirtualResourceId") in ("", group.id) and call.parameters.get("VirtualResourceName") in ("", group.name)
    ]
    ranked = ordered(call, found, {"CreateTime": lambda group: group.created})
    return page(call, ranked, lambda group: _row(call, group), "VirtualResources")


def update_virtual_resource(call: Call) -> dict[str, Any]:
    """Resources, where they are given, take the place of all that were there (SDK 7.0.0); what runs stays where it is (assumed)."""
    home, group, given = backend(call), _group(call), body(call)
    shares = _shares(call, given) if "Resources" in given else group.shares
    group.spot_protection = _protection(given, group.spot_protection)
    group.shares, group.name = shares, str(given.get("VirtualResourceName") or group.name)
    group.updated = call.scope.clock.now()
    home.lifecycle.schedule()
    return {"Message": f"Successfully updated virtual resource {group.id}"}


def delete_virtual_resource(call: Call) -> dict[str, Any]:
    """Not while a service uses it (assumed, as with dedicated groups: no page says)."""
    home, group = backend(call), _group(call)
    if services := home.services_of(group):
        names = ", ".join(service.name for service in services)
        raise errors.in_use(f"Virtual resource group {group.id} is used by services: {names}.")
    del home.virtual_groups[group.id]
    return {"Message": f"Successfully deleted virtual resource {group.id}"}


def _group(call: Call) -> VirtualGroup:
    return backend(call).virtual_group(call.parameters.get("VirtualResourceId"))


def _row(call: Call, group: VirtualGroup) -> dict[str, Any]:
    clock = call.scope.clock
    return {
        "VirtualResourceId": group.id,
        "VirtualResourceName": group.name,
        "CreateTime": clock.timestamp(group.created),
        "UpdateTime": clock.timestamp(group.updated),
        "ServiceCount": len(backend(call).services_of(group)),
    }


def _share_row(share: Share) -> dict[str, Any]:
    row: dict[str, Any] = {"Priority": share.priority, "Region": share.region}
    for field, value in zip(_KINDS, (share.instance_type, share.resource_id, share.quota_id), strict=True):
        if value:
            row[field] = value
    if share.spot_price_limit is not None:
        row["SpotPriceLimit"] = share.spot_price_limit
    return row


def _shares(call: Call, given: dict[str, Any]) -> list[Share]:
    """'One and only one of the InstanceType, ResourceId, and QuotaId parameters' (SDK 7.0.0); what they name must exist (assumed)."""
    listed = given.get("Resources") or []
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise bad("Resources must be a list of objects.")
    return [_share(call, entry, f"Resources[{number}]") for number, entry in enumerate(listed)]


def _share(call: Call, entry: dict[str, Any], where: str) -> Share:
    home = backend(call)
    if sum(bool(entry.get(kind)) for kind in _KINDS) != 1:
        raise bad(f"{where} needs one and only one of {', '.join(_KINDS)}.")
    priority, limit = entry.get("Priority", 0), entry.get("SpotPriceLimit")
    if not isinstance(priority, int) or isinstance(priority, bool):
        raise bad(f"{where}.Priority must be a whole number, not {priority!r}.")
    if limit is not None and (not isinstance(limit, int | float) or isinstance(limit, bool) or limit <= 0):
        raise bad(f"{where}.SpotPriceLimit must be a price above 0, not {limit!r}.")
    if limit is not None and not entry.get("InstanceType"):
        raise bad(f"{where}.SpotPriceLimit is for an InstanceType.")
    region = entry.get("Region") or home.scope.region
    if region != home.scope.region:
        raise bad(f"{where}.Region must be {home.scope.region}, not {region!r}.")
    if entry.get("InstanceType") and machine_types.find(call.scope, str(entry["InstanceType"])) is None:
        raise bad(f"The instance type {entry['InstanceType']} is not supported in {region}.")
    if entry.get("ResourceId") and entry["ResourceId"] not in home.groups:
        raise bad(f"The resource group {entry['ResourceId']} does not exist.")
    if entry.get("QuotaId"):
        quotas.check(call.scope, str(entry["QuotaId"]), None)
    return Share(
        str(entry.get("InstanceType") or ""),
        str(entry.get("ResourceId") or ""),
        str(entry.get("QuotaId") or ""),
        region,
        priority,
        limit,
    )


def _protection(given: dict[str, Any], default: bool) -> bool:
    disabled = given.get("DisableSpotProtectionPeriod", not default)
    if not isinstance(disabled, bool):
        raise bad(f"DisableSpotProtectionPeriod must be true or false, not {disabled!r}.")
    return not disabled
