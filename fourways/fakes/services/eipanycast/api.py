"""Eipanycast 2020-03-09 on the wire: the provider's source, resource_alicloud_eipanycast_anycast_eip_address.go 1.285.0."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Service
from fourways.fakes.services.eipanycast.backend import AnycastBackend, AnycastEip
from fourways.fakes.services.resourcemanager.backend import checked_group
from fourways.fakes.services.shared.resources import Collection, checked_description, checked_name
from fourways.fakes.services.shared.tagging import TagActions, as_flat_list, given_tags

_DEFAULT, _SMALLEST, _LARGEST = 1000, 200, 1000  # Mbit/s; help centre, AllocateAnycastEipAddress: assumed, from memory


def _taggable(call: Call) -> dict[str, Collection[Any]]:
    return {"anycasteipaddress": call.backend(AnycastBackend).eips}


def allocate(call: Call) -> dict[str, Any]:
    def made() -> dict[str, Any]:
        given = call.parameters
        name, description = checked_name(given.get("Name"), "Name"), checked_description(given.get("Description"))
        group, tags = checked_group(call.scope, given.get("ResourceGroupId")), given_tags(given)
        given.choice("InstanceChargeType", ("PostPaid",), "PostPaid")
        given.choice("InternetChargeType", ("PayByTraffic",), "PayByTraffic")
        bandwidth = given.integer("Bandwidth", _DEFAULT, _SMALLEST, _LARGEST)
        eip = call.backend(AnycastBackend).allocate(bandwidth, given.choice("ServiceLocation", ("international", "ChineseMainland")))
        eip.name, eip.description, eip.resource_group, eip.tags = name, description, group, tags
        return {"AnycastId": eip.id, "IpAddress": eip.address, "OrderId": ""}

    return call.backend(AnycastBackend).tokens.once(call, made)


def _named(call: Call) -> AnycastEip:
    return call.backend(AnycastBackend).eips[call.parameters.require("AnycastId")]


def describe(call: Call) -> dict[str, Any]:
    eip = _named(call)
    return {
        "AnycastId": eip.id,
        "IpAddress": eip.address,
        "Name": eip.name,
        "Description": eip.description,
        "Status": eip.status,
        "BusinessStatus": "Normal",
        "Bandwidth": eip.bandwidth,
        "ServiceLocation": eip.location,
        "InstanceChargeType": "PostPaid",
        "InternetChargeType": "PayByTraffic",
        "ResourceGroupId": eip.resource_group,
        "CreateTime": call.scope.clock.timestamp(eip.created),
        "AnycastEipBindInfoList": [],
        "Tags": as_flat_list(eip.tags),
    }


def modify(call: Call) -> None:
    eip, given = _named(call), call.parameters
    if "Name" in given:
        eip.name = checked_name(given.get("Name"), "Name")
    if "Description" in given:
        eip.description = checked_description(given.get("Description"))


def modify_spec(call: Call) -> None:
    _named(call).bandwidth = call.parameters.integer("Bandwidth", None, _SMALLEST, _LARGEST)


def change_group(call: Call) -> None:
    eip = call.backend(AnycastBackend).eips[call.parameters.require("ResourceId")]
    eip.resource_group = checked_group(call.scope, call.parameters.require("NewResourceGroupId"))


def release(call: Call) -> None:
    call.backend(AnycastBackend).release(_named(call).id)


EIPANYCAST = Service(
    product="Eipanycast",
    version="2020-03-09",
    actions={
        "AllocateAnycastEipAddress": allocate,
        "DescribeAnycastEipAddress": describe,
        "ModifyAnycastEipAddressAttribute": modify,
        "ModifyAnycastEipAddressSpec": modify_spec,
        "ChangeResourceGroup": change_group,
        "ReleaseAnycastEipAddress": release,
        **TagActions(_taggable, flat=True).actions(),
    },
)
