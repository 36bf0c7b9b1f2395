"""Internet Shared Bandwidth on the wire: the provider's source, resource_alicloud_common_bandwidth_package.go 1.285.0."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.resourcemanager.backend import checked_group
from fourways.fakes.services.shared.requests import select
from fourways.fakes.services.shared.resources import checked_description, checked_name
from fourways.fakes.services.shared.tagging import as_list, given_tags
from fourways.fakes.services.vpc.backend import VpcBackend
from fourways.fakes.services.vpc.bandwidth_packages import CHARGE_TYPES, BandwidthPackage

_LARGEST = 1000  # Mbit/s; help centre, CreateCommonBandwidthPackage


def create(call: Call) -> dict[str, Any]:
    def made() -> dict[str, Any]:
        given, packages = call.parameters, call.backend(VpcBackend).bandwidth_packages
        kind = given.choice("InternetChargeType", CHARGE_TYPES, "PayByTraffic")
        package = packages.new(given.integer("Bandwidth", low=1, high=_LARGEST), kind)
        package.name, package.description = checked_name(given.get("Name"), "Name"), checked_description(given.get("Description"))
        package.isp, package.zone = given.optional("ISP") or "BGP", given.get("Zone")
        package.ratio, package.protections = given.integer("Ratio", 100, 0, 100), given.values("SecurityProtectionTypes")
        package.resource_group, package.tags = checked_group(call.scope, given.get("ResourceGroupId")), given_tags(given)
        return {"BandwidthPackageId": packages.create(package).id, "ResourceGroupId": package.resource_group}

    return call.backend(VpcBackend).tokens.once(call, made)


def describe(call: Call) -> dict[str, Any]:
    found = select(
        call.backend(VpcBackend).bandwidth_packages,
        call.parameters,
        BandwidthPackageId=lambda package: package.id,
        Name=lambda package: package.name,
    )
    page, about = call.parameters.page(found)
    return {"CommonBandwidthPackages": {"CommonBandwidthPackage": [_view(call, package) for package in page]}, **about}


def _view(call: Call, package: BandwidthPackage) -> dict[str, Any]:
    return {
        "BandwidthPackageId": package.id,
        "Name": package.name,
        "Description": package.description,
        "Status": package.status,
        "BusinessStatus": "Normal",
        "Bandwidth": str(package.bandwidth),
        "InternetChargeType": package.internet_charge_type,
        "InstanceChargeType": "PostPaid",
        "ISP": package.isp,
        "Ratio": package.ratio,
        "Zone": package.zone,
        "RegionId": call.scope.region,
        "ResourceGroupId": package.resource_group,
        "CreationTime": call.scope.clock.timestamp(package.created),
        "ExpiredTime": "",
        "DeletionProtection": package.deletion_protection,
        "HasReservationData": "false",
        "ServiceManaged": 0,
        "PublicIpAddresses": {"PublicIpAddresse": []},
        "SecurityProtectionTypes": {"SecurityProtectionType": package.protections},
        "Tags": as_list(package.tags),
    }


def _named(call: Call) -> BandwidthPackage:
    return call.backend(VpcBackend).bandwidth_packages[call.parameters.require("BandwidthPackageId")]


def modify_attribute(call: Call) -> None:
    package, given = _named(call), call.parameters
    if "Name" in given:
        package.name = checked_name(given.get("Name"), "Name")
    if "Description" in given:
        package.description = checked_description(given.get("Description"))


def modify_spec(call: Call) -> None:
    bandwidth = call.parameters.integer("Bandwidth", low=1, high=_LARGEST)
    call.backend(VpcBackend).bandwidth_packages.set_bandwidth(_named(call), bandwidth)


def delete(call: Call) -> None:
    call.backend(VpcBackend).bandwidth_packages.delete(call.parameters.require("BandwidthPackageId"))


ACTIONS: dict[str, Handler] = {
    "CreateCommonBandwidthPackage": create,
    "DescribeCommonBandwidthPackages": describe,
    "ModifyCommonBandwidthPackageAttribute": modify_attribute,
    "ModifyCommonBandwidthPackageSpec": modify_spec,
    "DeleteCommonBandwidthPackage": delete,
}
