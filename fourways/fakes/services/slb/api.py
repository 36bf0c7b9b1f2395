"""SLB 2014-05-15 on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Service
from fourways.fakes.services.ecs.zones import checked_zone, zones_of
from fourways.fakes.services.resourcemanager.backend import checked_group
from fourways.fakes.services.shared.requests import ids_of, select
from fourways.fakes.services.shared.resources import Collection, checked_name, new_id
from fourways.fakes.services.shared.tagging import TagActions, as_list, given_tags
from fourways.fakes.services.slb.backend import SlbBackend
from fourways.fakes.services.slb.load_balancers import LoadBalancer
from fourways.fakes.wire.parameters import Parameters

_SWITCH = {True: "on", False: "off"}


def _taggable(call: Call) -> dict[str, Collection[Any]]:
    return call.backend(SlbBackend).taggable()


def _view(call: Call, item: LoadBalancer) -> dict[str, Any]:
    clock = call.scope.clock
    return {
        "LoadBalancerId": item.id,
        "LoadBalancerName": item.name,
        "LoadBalancerStatus": item.status,
        "BusinessStatus": "Normal",
        "Address": item.address,
        "AddressType": item.address_type,
        "AddressIPVersion": "ipv4",
        "NetworkType": "vpc" if item.vswitch_id else "classic",
        "VpcId": item.vpc_id,
        "VSwitchId": item.vswitch_id,
        "RegionId": call.scope.region,
        "RegionIdAlias": call.scope.region,
        "MasterZoneId": item.master_zone,
        "SlaveZoneId": item.slave_zone,
        "LoadBalancerSpec": item.spec,
        "PayType": item.pay_type,
        "InstanceChargeType": item.instance_charge_type,
        "InternetChargeType": item.internet_charge_type,
        "Bandwidth": item.bandwidth,
        "DeleteProtection": _SWITCH[item.delete_protection],
        "ModificationProtectionStatus": item.modification_status,
        "ModificationProtectionReason": item.modification_reason,
        "ResourceGroupId": item.resource_group,
        "CreateTime": clock.timestamp(item.created)[:-4] + "Z",
        "CreateTimeStamp": int(item.created * 1000),
        "Tags": as_list(item.tags, "TagKey", "TagValue"),
    }


def create_load_balancer(call: Call) -> dict[str, Any]:
    """It takes no tags: they come by a second call."""
    return call.backend(SlbBackend).tokens.once(call, lambda: _create(call))


def _create(call: Call) -> dict[str, Any]:
    given, balancers = call.parameters, call.backend(SlbBackend).load_balancers
    vswitch = given.get("VSwitchId")
    kind = given.choice("AddressType", ("internet", "intranet"), "intranet" if vswitch else "internet")
    item = balancers.new(kind, vswitch, given.get("Address"))
    item.name = checked_name(given.get("LoadBalancerName"), "LoadBalancerName", 80) or "auto_named_" + new_id("slb_", 8)
    item.tags = given_tags(given)
    item.resource_group = checked_group(call.scope, given.get("ResourceGroupId"))
    item.master_zone, item.slave_zone = _zones(call, item)
    item.instance_charge_type = given.choice("InstanceChargeType", ("PayBySpec", "PayByCLCU"), "PayBySpec")
    item.spec = given.get("LoadBalancerSpec") or ("slb.s1.small" if item.instance_charge_type == "PayBySpec" else "")
    item.internet_charge_type = given.choice("InternetChargeType", ("paybytraffic", "paybybandwidth"), "paybytraffic")
    item.bandwidth = given.integer("Bandwidth", 5120, 1, 5120)
    item.pay_type = given.choice("PayType", ("PayOnDemand", "PrePay"), "PayOnDemand")
    if item.pay_type == "PrePay":
        unit = given.choice("PricingCycle", ("month", "year", "Month", "Year"), "month").lower()
        item.months = given.integer("Duration", low=1, high=60) * (12 if unit == "year" else 1)
    item.delete_protection = given.choice("DeleteProtection", ("on", "off"), "off") == "on"
    _read_modification(item, given)
    balancers.create(item)
    return {
        "LoadBalancerId": item.id,
        "LoadBalancerName": item.name,
        "Address": item.address,
        "AddressIPVersion": "ipv4",
        "NetworkType": "vpc" if vswitch else "classic",
        "VpcId": item.vpc_id,
        "VSwitchId": vswitch,
        "ResourceGroupId": item.resource_group,
        "OrderId": 0,
    }


def _zones(call: Call, item: LoadBalancer) -> tuple[str, str]:
    """Those asked for; else the vSwitch's (or the first one), and another one of the region beside it."""
    given, zones = call.parameters, zones_of(call.scope.region)
    master = checked_zone(call.scope.region, given.get("MasterZoneId") or item.master_zone or zones[0])
    slave = given.get("SlaveZoneId") or next((zone for zone in zones if zone != master), master)
    return master, checked_zone(call.scope.region, slave)


def _read_modification(item: LoadBalancer, given: Parameters) -> None:
    status = given.choice("ModificationProtectionStatus", ("NonProtection", "ConsoleProtection"), item.modification_status)
    item.modification_status = status
    item.modification_reason = given.get("ModificationProtectionReason") if status == "ConsoleProtection" else ""


def describe_load_balancers(call: Call) -> dict[str, Any]:
    given, ids = call.parameters, ids_of(call.parameters, "LoadBalancerId")
    found = select(
        call.backend(SlbBackend).load_balancers,
        given,
        LoadBalancerName=lambda item: item.name,
        LoadBalancerStatus=lambda item: item.status,
        Address=lambda item: item.address,
        AddressType=lambda item: item.address_type,
        VpcId=lambda item: item.vpc_id,
        VSwitchId=lambda item: item.vswitch_id,
        MasterZoneId=lambda item: item.master_zone,
        PayType=lambda item: item.pay_type,
        InternetChargeType=lambda item: item.internet_charge_type,
    )
    page, about = given.page([item for item in found if not ids or item.id in ids])
    return {"LoadBalancers": {"LoadBalancer": [_view(call, item) for item in page]}, **about}


def _named(call: Call) -> LoadBalancer:
    return call.backend(SlbBackend).load_balancers[call.parameters.require("LoadBalancerId")]


def describe_load_balancer_attribute(call: Call) -> dict[str, Any]:
    nothing: dict[str, Any] = {
        "ListenerPorts": {"ListenerPort": []},
        "ListenerPortsAndProtocal": {"ListenerPortAndProtocal": []},  # spelled so by the API, next to the right spelling
        "ListenerPortsAndProtocol": {"ListenerPortAndProtocol": []},
        "BackendServers": {"BackendServer": []},
    }
    return {**_view(call, _named(call)), **nothing}


def set_name(call: Call) -> None:
    _named(call).name = checked_name(call.parameters.require("LoadBalancerName"), "LoadBalancerName", 80)


def set_status(call: Call) -> None:
    _named(call).status = call.parameters.choice("LoadBalancerStatus", ("active", "inactive"))


def set_delete_protection(call: Call) -> None:
    _named(call).delete_protection = call.parameters.choice("DeleteProtection", ("on", "off")) == "on"


def set_modification_protection(call: Call) -> None:
    _read_modification(_named(call), call.parameters)


def modify_spec(call: Call) -> dict[str, Any]:
    _named(call).spec = call.parameters.require("LoadBalancerSpec")
    return {"OrderId": 0}


def modify_internet_spec(call: Call) -> dict[str, Any]:
    given, item = call.parameters, _named(call)
    item.internet_charge_type = given.choice("InternetChargeType", ("paybytraffic", "paybybandwidth"), item.internet_charge_type)
    item.bandwidth = given.integer("Bandwidth", item.bandwidth, 1, 5120)
    return {"OrderId": 0}


def delete_load_balancer(call: Call) -> None:
    call.backend(SlbBackend).load_balancers.delete(_named(call))


SLB = Service(
    product="Slb",
    version="2014-05-15",
    actions={
        "CreateLoadBalancer": create_load_balancer,
        "DescribeLoadBalancers": describe_load_balancers,
        "DescribeLoadBalancerAttribute": describe_load_balancer_attribute,
        "SetLoadBalancerName": set_name,
        "SetLoadBalancerStatus": set_status,
        "SetLoadBalancerDeleteProtection": set_delete_protection,
        "SetLoadBalancerModificationProtection": set_modification_protection,
        "ModifyLoadBalancerInstanceSpec": modify_spec,
        "ModifyLoadBalancerInternetSpec": modify_internet_spec,
        "DeleteLoadBalancer": delete_load_balancer,
        **TagActions(_taggable).actions(),
    },
)
