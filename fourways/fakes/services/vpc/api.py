"""VPC 2016-04-28 on the wire: the actions of all its resources, and those that are about any of them."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler, Service
from fourways.fakes.services.ecs.zones import REGIONS, region_name, zones_of
from fourways.fakes.services.resourcemanager.backend import checked_group
from fourways.fakes.services.shared.resources import Collection
from fourways.fakes.services.shared.tagging import TagActions
from fourways.fakes.services.vpc import (
    api_bandwidth_packages,
    api_eips,
    api_ipv6_gateways,
    api_nat_gateways,
    api_nat_ips,
    api_route_tables,
    api_vpcs,
    api_vswitches,
)
from fourways.fakes.services.vpc.backend import VpcBackend
from fourways.fakes.wire.errors import CloudError


def _taggable(call: Call) -> dict[str, Collection[Any]]:
    return call.backend(VpcBackend).taggable()


def move_resource_group(call: Call) -> None:
    given = call.parameters
    collection = {**_taggable(call), "bandwidthpackage": call.backend(VpcBackend).bandwidth_packages}.get(
        given.require("ResourceType").lower()
    )
    if collection is None:
        raise CloudError(400, "InvalidResourceType.NotFound", "The specified ResourceType is not supported.")
    resource = collection[given.require("ResourceId")]
    resource.resource_group = checked_group(call.scope, given.require("NewResourceGroupId"))


def deletion_protection(call: Call) -> None:
    given, backend = call.parameters, call.backend(VpcBackend)
    on = given.boolean("ProtectionEnable")
    kind, id = given.choice("Type", ("EIP", "NATGW", "CBWP")), given.require("InstanceId")
    if kind == "EIP":
        backend.eips[id].deletion_protection = on
    elif kind == "NATGW":
        backend.nat_gateways[id].deletion_protection = on
    else:
        backend.bandwidth_packages[id].deletion_protection = on


def describe_regions(call: Call) -> dict[str, Any]:
    language = call.parameters.get("AcceptLanguage")
    rows = [{"RegionId": id, "LocalName": region_name(id, language), "RegionEndpoint": f"vpc.{id}.aliyuncs.com"} for id in REGIONS]
    return {"Regions": {"Region": rows}}


def describe_zones(call: Call) -> dict[str, Any]:
    rows = [{"ZoneId": zone, "LocalName": zone, "ZoneType": "AvailabilityZone"} for zone in zones_of(call.scope.region)]
    return {"Zones": {"Zone": rows}}


ACTIONS: dict[str, Handler] = {
    "MoveResourceGroup": move_resource_group,
    "DeletionProtection": deletion_protection,
    "DescribeRegions": describe_regions,
    "DescribeZones": describe_zones,
}

VPC = Service(
    product="Vpc",
    version="2016-04-28",
    actions={
        **ACTIONS,
        **api_vpcs.ACTIONS,
        **api_vswitches.ACTIONS,
        **api_route_tables.ACTIONS,
        **api_eips.ACTIONS,
        **api_bandwidth_packages.ACTIONS,
        **api_ipv6_gateways.ACTIONS,
        **api_nat_gateways.ACTIONS,
        **api_nat_ips.ACTIONS,
        **TagActions(_taggable, untag="UnTagResources").actions(),
    },
)
