"""Elastic IP addresses on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.resourcemanager.backend import checked_group
from fourways.fakes.services.shared.requests import ids_of, select
from fourways.fakes.services.shared.resources import checked_description, checked_name
from fourways.fakes.services.shared.tagging import as_list, given_tags
from fourways.fakes.services.vpc.backend import VpcBackend
from fourways.fakes.services.vpc.eips import Eip
from fourways.fakes.wire.parameters import Parameters

LARGEST_BANDWIDTH = 1000  # Mbit/s; help centre, AllocateEipAddress
_INSTANCE_TYPES = ("EcsInstance", "SlbInstance", "Nat", "HaVip", "NetworkInterface", "IpAddress")


def _view(call: Call, eip: Eip) -> dict[str, Any]:
    return {
        "AllocationId": eip.id,
        "IpAddress": eip.address,
        "Name": eip.name,
        "Description": eip.description,
        "Descritpion": eip.description,  # spelled so by the API, next to the right spelling
        "Status": eip.status,
        "Bandwidth": str(eip.bandwidth),
        "EipBandwidth": str(eip.bandwidth),
        "ChargeType": eip.charge_type,
        "InternetChargeType": eip.internet_charge_type,
        "ISP": eip.isp,
        "Netmode": eip.netmode,
        "Zone": eip.zone,
        "PublicIpAddressPoolId": eip.pool,
        "InstanceId": eip.instance_id,
        "InstanceType": eip.instance_type,
        "InstanceRegionId": call.scope.region if eip.instance_id else "",
        "BindedPrivateIpAddress": eip.private_ip,
        "PrivateIpAddress": eip.private_ip,
        "Mode": eip.mode,
        "AllocationTime": call.scope.clock.timestamp(eip.created),
        "ExpiredTime": "",
        "RegionId": call.scope.region,
        "ResourceGroupId": eip.resource_group,
        "DeletionProtection": eip.deletion_protection,
        "HDMonitorStatus": eip.monitor.get("Status", "OFF"),
        "SecurityProtectionTypes": {"SecurityProtectionType": eip.protections},
        "OperationLocks": {"LockReason": []},
        "AvailableRegions": {"AvailableRegion": [call.scope.region]},
        "HasReservationData": "false",
        "ServiceManaged": 0,
        "Tags": as_list(eip.tags),
    }


def allocate_eip_address(call: Call) -> dict[str, Any]:
    return call.backend(VpcBackend).tokens.once(call, lambda: _allocate(call))


def _allocate(call: Call) -> dict[str, Any]:
    given, eips = call.parameters, call.backend(VpcBackend).eips
    bandwidth = given.integer("Bandwidth", 5, 1, LARGEST_BANDWIDTH)
    group = checked_group(call.scope, given.get("ResourceGroupId"))
    name, description, tags = checked_name(given.get("Name"), "Name"), checked_description(given.get("Description")), given_tags(given)
    charge_type = given.choice("InstanceChargeType", ("PostPaid", "PrePaid"), "PostPaid")
    internet = given.choice("InternetChargeType", ("PayByBandwidth", "PayByTraffic", "PayByDominantTraffic"), "PayByBandwidth")
    eips.check()
    eip = eips.new(bandwidth)
    eip.name, eip.description, eip.resource_group, eip.tags = name, description, group, tags
    eip.charge_type, eip.internet_charge_type, eip.months = charge_type, internet, months(given) if charge_type == "PrePaid" else 0
    eip.isp, eip.netmode = given.optional("ISP") or "BGP", given.optional("Netmode") or "public"
    eip.zone, eip.pool = given.get("Zone"), given.get("PublicIpAddressPoolId")
    eip.protections = given.values("SecurityProtectionTypes")
    eip.address = given.optional("IpAddress") or eip.address
    eips.allocate(eip)
    return {"AllocationId": eip.id, "EipAddress": eip.address, "ResourceGroupId": group}


def months(given: Parameters) -> int:
    """The prepaid term in months."""
    period = given.integer("Period", given.integer("Duration", 1), 1, 60)
    return period * (12 if given.choice("PricingCycle", ("Month", "Year"), "Month") == "Year" else 1)


def describe_eip_addresses(call: Call) -> dict[str, Any]:
    given = call.parameters
    found = select(
        call.backend(VpcBackend).eips,
        given,
        Status=lambda eip: eip.status,
        EipName=lambda eip: eip.name,
        ISP=lambda eip: eip.isp,
        ChargeType=lambda eip: eip.charge_type,
        AssociatedInstanceId=lambda eip: eip.instance_id,
        AssociatedInstanceType=lambda eip: eip.instance_type,
        PublicIpAddressPoolId=lambda eip: eip.pool,
    )
    for parameter, get in (("AllocationId", _id), ("EipAddress", _address)):
        wanted = ids_of(given, parameter)
        found = [eip for eip in found if not wanted or get(eip) in wanted]
    page, about = given.page(found)
    return {"EipAddresses": {"EipAddress": [_view(call, eip) for eip in page]}, **about}


def _id(eip: Eip) -> str:
    return eip.id


def _address(eip: Eip) -> str:
    return eip.address


def _named(call: Call, parameter: str = "AllocationId") -> Eip:
    return call.backend(VpcBackend).eips[call.parameters.require(parameter)]


def modify_eip_address_attribute(call: Call) -> None:
    given, eip = call.parameters, _named(call)
    eip.bandwidth = given.integer("Bandwidth", eip.bandwidth, 1, LARGEST_BANDWIDTH)
    if "Name" in given:
        eip.name = checked_name(given.get("Name"), "Name")
    if "Description" in given:
        eip.description = checked_description(given.get("Description"))


def associate_eip_address(call: Call) -> None:
    given = call.parameters
    kind = given.choice("InstanceType", _INSTANCE_TYPES, "EcsInstance")
    call.backend(VpcBackend).eips.associate(given.require("AllocationId"), given.require("InstanceId"), kind, given.get("PrivateIpAddress"))


def unassociate_eip_address(call: Call) -> None:
    given = call.parameters
    call.backend(VpcBackend).eips.unassociate(given.require("AllocationId"), given.get("InstanceId"), given.boolean("Force"))


def release_eip_address(call: Call) -> None:
    call.backend(VpcBackend).eips.release(call.parameters.require("AllocationId"))


def modify_eip_forward_mode(call: Call) -> None:
    _named(call, "InstanceId").mode = call.parameters.choice("Mode", ("NAT", "MULTI_BINDED", "BINDED"))


def set_monitor(call: Call) -> dict[str, Any]:
    given, eip = call.parameters, _named(call, "InstanceId")
    status = given.choice("Status", ("ON", "OFF"))
    eip.monitor = {"Status": status, "LogProject": given.get("LogProject"), "LogStore": given.get("LogStore")} if status == "ON" else {}
    return {"Success": "true"}


def describe_monitor(call: Call) -> dict[str, Any]:
    eip = _named(call, "InstanceId")
    return {
        "InstanceId": eip.id,
        "InstanceType": "EIP",
        "Success": "true",
        "LogProject": eip.monitor.get("LogProject", ""),
        "LogStore": eip.monitor.get("LogStore", ""),
    }


ACTIONS: dict[str, Handler] = {
    "AllocateEipAddress": allocate_eip_address,
    "DescribeEipAddresses": describe_eip_addresses,
    "ModifyEipAddressAttribute": modify_eip_address_attribute,
    "AssociateEipAddress": associate_eip_address,
    "UnassociateEipAddress": unassociate_eip_address,
    "ReleaseEipAddress": release_eip_address,
    "ModifyEipForwardMode": modify_eip_forward_mode,
    "SetHighDefinitionMonitorLogStatus": set_monitor,
    "DescribeHighDefinitionMonitorLogAttribute": describe_monitor,
}
