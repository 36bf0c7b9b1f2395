"""Load balancers on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.alb.backend import AlbBackend
from fourways.fakes.services.alb.data_plane import host_name
from fourways.fakes.services.alb.load_balancers import EDITIONS, LoadBalancer, LoadBalancers, Zone
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.resourcemanager.backend import checked_group
from fourways.fakes.services.shared.requests import refuse_dry_run, select, token_page
from fourways.fakes.services.shared.resources import checked_name
from fourways.fakes.services.shared.tagging import as_flat_list, given_tags
from fourways.fakes.services.vpc.backend import VpcBackend
from fourways.fakes.wire.errors import CloudError, missing
from fourways.fakes.wire.parameters import Parameters

_MOVED = {"loadbalancer", "servergroup", "healthchecktemplate", "acl"}


def _view(call: Call, balancer: LoadBalancer) -> dict[str, Any]:
    """A row of ListLoadBalancers."""
    since = balancer.protected_since
    protection = {"Enabled": bool(since), "EnabledTime": call.scope.clock.timestamp(since) if since else ""}
    return {
        "LoadBalancerId": balancer.id,
        "LoadBalancerName": balancer.name,
        "LoadBalancerStatus": balancer.status,
        "LoadBalancerBussinessStatus": "Normal",  # spelled so by the API
        "LoadBalancerEdition": balancer.edition,
        "AddressType": balancer.address_type,
        "AddressAllocatedMode": balancer.address_mode,
        "AddressIpVersion": balancer.ip_version,
        "Ipv6AddressType": balancer.ipv6_type if balancer.ip_version == "DualStack" else "",
        "BandwidthPackageId": balancer.bandwidth_package,
        "DNSName": host_name(balancer.id, call.scope.region),
        "VpcId": balancer.vpc_id,
        "CreateTime": call.scope.clock.timestamp(balancer.created),
        "ResourceGroupId": balancer.resource_group,
        "ServiceManagedEnabled": False,
        "ServiceManagedMode": "",
        "ConfigManagedEnabled": False,
        "AccessLogConfig": balancer.access_log,
        "DeletionProtectionConfig": protection,
        "LoadBalancerBillingConfig": {"PayType": "PostPay"},
        "ModificationProtectionConfig": balancer.modification or {"Status": "NonProtection", "Reason": ""},
        "LoadBalancerOperationLocks": [],
        "Tags": as_flat_list(balancer.tags),
    }


def _zone_view(zone: Zone) -> dict[str, Any]:
    address = {
        "Address": zone.public_ip or zone.ip,
        "IntranetAddress": zone.ip,
        "AllocationId": zone.allocation_id,
        "EipType": zone.eip_type,
        "Ipv6Address": "",
        "Ipv4LocalAddresses": [],
        "Ipv6LocalAddresses": [],
        "IntranetAddressHcStatus": "Healthy",
        "Ipv6AddressHcStatus": "",
    }
    return {"ZoneId": zone.zone, "VSwitchId": zone.vswitch_id, "Status": "Active", "LoadBalancerAddresses": [address]}


def create_load_balancer(call: Call) -> dict[str, Any]:
    """Tags are `Tag.1.Key`; the alicloud plugin sends `Tags`, which is no parameter of the API, and tags by a second call."""
    return call.backend(AlbBackend).tokens.once(call, lambda: _create(call))


def _create(call: Call) -> dict[str, Any]:
    given, balancers = call.parameters, call.backend(AlbBackend).load_balancers
    edition = given.choice("LoadBalancerEdition", EDITIONS)
    if given.require("LoadBalancerBillingConfig.PayType") != "PostPay":
        raise CloudError(400, "IllegalParam.PayType", "The param of PayType is illegal. Valid value: PostPay.")
    zones = given.records("ZoneMappings")
    if not zones:
        raise missing("ZoneMappings")
    address_type = given.choice("AddressType", ("Internet", "Intranet"))
    balancer = balancers.new(given.require("VpcId"), edition, address_type, zones)
    balancer.name = checked_name(given.get("LoadBalancerName"), "LoadBalancerName", 80)
    balancer.address_mode = given.choice("AddressAllocatedMode", ("Dynamic", "Fixed"), "Dynamic")
    balancer.ip_version = given.choice("AddressIpVersion", ("IPv4", "DualStack"), "IPv4")
    balancer.resource_group, balancer.tags = checked_group(call.scope, given.get("ResourceGroupId")), given_tags(given)
    protected = given.boolean("DeletionProtectionEnabled") or given.boolean("DeletionProtectionConfig.Enabled")
    balancer.protected_since = call.scope.clock.now() if protected else 0.0
    balancer.modification = _modification(given)
    package = given.get("LoadBalancerBillingConfig.BandwidthPackageId")
    balancer.bandwidth_package = call.backend(VpcBackend).bandwidth_packages[package].id if package else ""
    refuse_dry_run(given)
    return {"LoadBalancerId": balancers.create(balancer).id}


def _modification(given: Parameters) -> dict[str, str]:
    config = given.under("ModificationProtectionConfig")
    if not config.optional("Status"):
        return {}
    status = config.choice("Status", ("NonProtection", "ConsoleProtection"))
    return {"Status": status, "Reason": config.get("Reason") if status == "ConsoleProtection" else ""}


def _named(call: Call, parameter: str = "LoadBalancerId") -> LoadBalancer:
    return call.backend(AlbBackend).load_balancers[call.parameters.require(parameter)]


def get_load_balancer_attribute(call: Call) -> dict[str, Any]:
    balancer = _named(call)
    zones = [_zone_view(zone) for zone in balancer.zones]
    shown = {"RegionId": call.scope.region, "ZoneMappings": zones, "SecurityGroupIds": balancer.groups, "FeatureLabels": []}
    return {**_view(call, balancer), **shown}


def list_load_balancers(call: Call) -> dict[str, Any]:
    given = call.parameters
    ids, names, vpcs = given.values("LoadBalancerIds"), given.values("LoadBalancerNames"), given.values("VpcIds")
    found = select(
        call.backend(AlbBackend).load_balancers,
        given,
        LoadBalancerStatus=lambda item: item.status,
        AddressType=lambda item: item.address_type,
    )
    found = [
        item for item in found if (not ids or item.id in ids) and (not names or item.name in names) and (not vpcs or item.vpc_id in vpcs)
    ]
    zone = given.optional("ZoneId")
    found = [item for item in found if zone is None or any(place.zone == zone for place in item.zones)]
    page, following = token_page(found, given, default_size=20)
    return {"LoadBalancers": [_view(call, item) for item in page], "TotalCount": len(found), "MaxResults": len(page), **following}


def _changed(call: Call, balancer: LoadBalancer) -> dict[str, Any]:
    return {"JobId": call.backend(AlbBackend).load_balancers.changed(balancer, call.action)}


def _ready(call: Call, parameter: str = "LoadBalancerId") -> tuple[LoadBalancer, LoadBalancers]:
    """The load balancer that is named, where it can be changed now; a dry run ends here."""
    balancer, balancers = _named(call, parameter), call.backend(AlbBackend).load_balancers
    balancers.require_active(balancer)
    refuse_dry_run(call.parameters)
    return balancer, balancers


def update_load_balancer_attribute(call: Call) -> dict[str, Any]:
    balancer, _ = _ready(call)
    if "LoadBalancerName" in call.parameters:
        balancer.name = checked_name(call.parameters.get("LoadBalancerName"), "LoadBalancerName", 80)
    balancer.modification = _modification(call.parameters) or balancer.modification
    return _changed(call, balancer)


def update_edition(call: Call) -> dict[str, Any]:
    balancer, balancers = _ready(call)
    balancers.set_edition(balancer, call.parameters.choice("LoadBalancerEdition", EDITIONS))
    return _changed(call, balancer)


def update_zones(call: Call) -> dict[str, Any]:
    balancer, balancers = _ready(call)
    zones = balancers.read_zones(balancer, call.parameters.records("ZoneMappings"))
    balancers.place(balancer, zones, balancer.address_type)
    return _changed(call, balancer)


def update_address_type(call: Call) -> dict[str, Any]:
    """Zones need not be named: without them the load balancer stays where it is, with addresses of its own."""
    balancer, balancers = _ready(call)
    given = call.parameters
    zones = given.records("ZoneMappings")
    kind = given.choice("AddressType", ("Internet", "Intranet"))
    balancers.place(balancer, balancers.read_zones(balancer, zones) if zones else balancer.zones, kind)
    return _changed(call, balancer)


def attach_bandwidth_package(call: Call) -> dict[str, Any]:
    """The code is assumed."""
    balancer, _ = _ready(call)
    if balancer.bandwidth_package:
        raise CloudError(400, "ResourceAlreadyAssociated.BandwidthPackage", f"{balancer.id} has {balancer.bandwidth_package} already.")
    balancer.bandwidth_package = call.backend(VpcBackend).bandwidth_packages[call.parameters.require("BandwidthPackageId")].id
    return _changed(call, balancer)


def detach_bandwidth_package(call: Call) -> dict[str, Any]:
    balancer, _ = _ready(call)
    balancer.bandwidth_package = ""
    return _changed(call, balancer)


def _ipv6(call: Call, kind: str) -> dict[str, Any]:
    """Only a dual-stack load balancer has IPv6 addresses: the code is assumed."""
    balancer, _ = _ready(call)
    if balancer.ip_version != "DualStack":
        raise CloudError(400, "UnsupportedFeature.Ipv6", f"The load balancer {balancer.id} has no IPv6 addresses.")
    balancer.ipv6_type = kind
    return _changed(call, balancer)


def enable_ipv6_internet(call: Call) -> dict[str, Any]:
    return _ipv6(call, "Internet")


def disable_ipv6_internet(call: Call) -> dict[str, Any]:
    return _ipv6(call, "Intranet")


def enable_deletion_protection(call: Call) -> dict[str, Any]:
    _named(call, "ResourceId").protected_since = call.scope.clock.now()
    return {}


def disable_deletion_protection(call: Call) -> dict[str, Any]:
    _named(call, "ResourceId").protected_since = 0.0
    return {}


def enable_access_log(call: Call) -> dict[str, Any]:
    balancer, _ = _ready(call)
    if balancer.access_log:
        raise CloudError(400, "OperationDenied.AccessLogEnabled", "The access log is enabled already.")
    balancer.access_log = {"LogProject": call.parameters.require("LogProject"), "LogStore": call.parameters.require("LogStore")}
    return _changed(call, balancer)


def disable_access_log(call: Call) -> dict[str, Any]:
    balancer, _ = _ready(call)
    balancer.access_log = {}
    return _changed(call, balancer)


def join_security_group(call: Call) -> dict[str, Any]:
    balancer, _ = _ready(call)
    for id in call.parameters.values("SecurityGroupIds"):
        group = call.backend(EcsBackend).security_groups[id]
        if group.id not in balancer.groups:
            balancer.groups.append(group.id)
    return _changed(call, balancer)


def leave_security_group(call: Call) -> dict[str, Any]:
    balancer, _ = _ready(call)
    doomed = call.parameters.values("SecurityGroupIds")
    balancer.groups = [id for id in balancer.groups if id not in doomed]
    return _changed(call, balancer)


def delete_load_balancer(call: Call) -> dict[str, Any]:
    _named(call)
    refuse_dry_run(call.parameters)
    return {"JobId": call.backend(AlbBackend).load_balancers.delete(call.parameters.require("LoadBalancerId"))}


def move_resource_group(call: Call) -> dict[str, Any]:
    given = call.parameters
    kind = given.require("ResourceType").lower()
    if kind not in _MOVED:
        raise CloudError(
            400, "IllegalParam.ResourceType", f"The param of ResourceType is illegal. Valid values: {', '.join(sorted(_MOVED))}."
        )
    item = call.backend(AlbBackend).taggable()[kind][given.require("ResourceId")]
    item.resource_group = checked_group(call.scope, given.require("NewResourceGroupId"))
    return {}


def list_jobs(call: Call) -> dict[str, Any]:
    given = call.parameters
    ids, resources = given.values("JobIds"), given.values("ResourceIds")
    rows = [
        row
        for row in call.backend(AlbBackend).jobs.rows()
        if (not ids or row["Id"] in ids) and (not resources or row["ResourceId"] in resources)
    ]
    page, following = token_page(rows, given, default_size=20)
    return {"Jobs": page, "TotalCount": len(rows), "MaxResults": len(page), **following}


ACTIONS: dict[str, Handler] = {
    "CreateLoadBalancer": create_load_balancer,
    "GetLoadBalancerAttribute": get_load_balancer_attribute,
    "ListLoadBalancers": list_load_balancers,
    "UpdateLoadBalancerAttribute": update_load_balancer_attribute,
    "UpdateLoadBalancerEdition": update_edition,
    "UpdateLoadBalancerZones": update_zones,
    "UpdateLoadBalancerAddressTypeConfig": update_address_type,
    "AttachCommonBandwidthPackageToLoadBalancer": attach_bandwidth_package,
    "DetachCommonBandwidthPackageFromLoadBalancer": detach_bandwidth_package,
    "EnableLoadBalancerIpv6Internet": enable_ipv6_internet,
    "DisableLoadBalancerIpv6Internet": disable_ipv6_internet,
    "EnableDeletionProtection": enable_deletion_protection,
    "DisableDeletionProtection": disable_deletion_protection,
    "EnableLoadBalancerAccessLog": enable_access_log,
    "DisableLoadBalancerAccessLog": disable_access_log,
    "LoadBalancerJoinSecurityGroup": join_security_group,
    "LoadBalancerLeaveSecurityGroup": leave_security_group,
    "DeleteLoadBalancer": delete_load_balancer,
    "MoveResourceGroup": move_resource_group,
    "ListAsynJobs": list_jobs,
}
