"""Network interfaces on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.network_interfaces import NetworkInterface
from fourways.fakes.services.resourcemanager.backend import checked_group
from fourways.fakes.services.shared.requests import any_page, ids_of, select
from fourways.fakes.services.shared.resources import checked_description, checked_name
from fourways.fakes.services.shared.tagging import as_list, given_tags
from fourways.fakes.wire.errors import missing


def private_ip_sets(interface: NetworkInterface) -> dict[str, Any]:
    return {"PrivateIpSet": [{"PrivateIpAddress": ip, "Primary": number == 0} for number, ip in enumerate(interface.ips)]}


def view(call: Call, interface: NetworkInterface) -> dict[str, Any]:
    return {
        "NetworkInterfaceId": interface.id,
        "NetworkInterfaceName": interface.name,
        "Description": interface.description,
        "Status": interface.status,
        "Type": interface.type,
        "VpcId": interface.vpc_id,
        "VSwitchId": interface.vswitch_id,
        "ZoneId": interface.zone,
        "PrivateIpAddress": interface.ips[0],
        "PrivateIpSets": private_ip_sets(interface),
        "Ipv6Sets": {"Ipv6Set": [{"Ipv6Address": address} for address in interface.ipv6]},
        "Ipv4PrefixSets": {"Ipv4PrefixSet": []},
        "Ipv6PrefixSets": {"Ipv6PrefixSet": []},
        "MacAddress": interface.mac,
        "SecurityGroupIds": {"SecurityGroupId": interface.groups},
        "InstanceId": interface.instance_id,
        "Attachment": {"InstanceId": interface.instance_id, "DeviceIndex": 0, "NetworkCardIndex": interface.card_index},
        "NetworkInterfaceTrafficMode": interface.traffic_mode,
        "QueueNumber": interface.queues,
        "QueuePairNumber": interface.queue_pairs,
        "SourceDestCheck": interface.source_dest_check,
        "DeleteOnRelease": interface.delete_on_release,
        "OwnerId": call.scope.account,
        "ServiceManaged": False,
        "ServiceID": 0,
        "CreationTime": call.scope.clock.timestamp(interface.created),
        "ResourceGroupId": interface.resource_group,
        "Tags": as_list(interface.tags, "TagKey", "TagValue"),
    }


def groups_given(call: Call) -> list[str]:
    """Security groups as one id or several."""
    given = call.parameters
    return given.values("SecurityGroupIds") or [id for id in [given.get("SecurityGroupId")] if id]


def create_network_interface(call: Call) -> dict[str, Any]:
    return call.backend(EcsBackend).tokens.once(call, lambda: _create(call))


def _create(call: Call) -> dict[str, Any]:
    given, interfaces = call.parameters, call.backend(EcsBackend).network_interfaces
    groups = groups_given(call)
    if not groups:
        raise missing("SecurityGroupId")
    made = interfaces.new(given.require("VSwitchId"), groups, given.get("PrimaryIpAddress"), given.values("PrivateIpAddress"))
    interfaces.assign(made, [], given.integer("SecondaryPrivateIpAddressCount", 0, 0, 49))
    made.name = checked_name(given.get("NetworkInterfaceName"), "NetworkInterfaceName")
    made.description = checked_description(given.get("Description"))
    # One that was put into no resource group shows none: the provider's plan would not be empty otherwise.
    made.resource_group = checked_group(call.scope, given.get("ResourceGroupId")) if given.optional("ResourceGroupId") else ""
    made.tags = given_tags(given)
    made.ipv6 = given.values("Ipv6Address")
    made.traffic_mode = given.optional("NetworkInterfaceTrafficMode") or "Standard"
    made.queues = given.integer("QueueNumber", made.queues)
    made.source_dest_check = given.boolean("SourceDestCheck")
    made.delete_on_release = given.boolean("DeleteOnRelease", True)
    interfaces.add(made, "CreateNetworkInterface")
    return view(call, made)


def describe_network_interfaces(call: Call) -> dict[str, Any]:
    given = call.parameters
    found = select(
        call.backend(EcsBackend).network_interfaces,
        given,
        VpcId=lambda found: found.vpc_id,
        VSwitchId=lambda found: found.vswitch_id,
        Type=lambda found: found.type,
        Status=lambda found: found.status,
        InstanceId=lambda found: found.instance_id,
        NetworkInterfaceName=lambda found: found.name,
        PrimaryIpAddress=lambda found: found.ips[0],
    )
    ids, addresses, group = ids_of(given, "NetworkInterfaceId"), ids_of(given, "PrivateIpAddress"), given.optional("SecurityGroupId")
    found = [
        item
        for item in found
        if (not ids or item.id in ids)
        and (not addresses or any(address in item.ips for address in addresses))
        and (group is None or group in item.groups)
    ]
    page, about = any_page(found, given)
    return {"NetworkInterfaceSets": {"NetworkInterfaceSet": [view(call, item) for item in page]}, **about}


def _named(call: Call) -> NetworkInterface:
    return call.backend(EcsBackend).network_interfaces[call.parameters.require("NetworkInterfaceId")]


def describe_network_interface_attribute(call: Call) -> dict[str, Any]:
    return view(call, _named(call))


def attach_network_interface(call: Call) -> None:
    call.backend(EcsBackend).network_interfaces.attach(_named(call), call.parameters.require("InstanceId"))


def detach_network_interface(call: Call) -> None:
    call.parameters.require("InstanceId")
    call.backend(EcsBackend).network_interfaces.detach(_named(call))


def modify_network_interface_attribute(call: Call) -> None:
    given, interface = call.parameters, _named(call)
    groups = ids_of(given, "SecurityGroupId")
    if groups:
        call.backend(EcsBackend).network_interfaces.check_groups(groups, interface.vpc_id)
        interface.groups = groups
    if "NetworkInterfaceName" in given:
        interface.name = checked_name(given.get("NetworkInterfaceName"), "NetworkInterfaceName")
    if "Description" in given:
        interface.description = checked_description(given.get("Description"))
    interface.queues = given.integer("QueueNumber", interface.queues)
    interface.source_dest_check = given.boolean("SourceDestCheck", interface.source_dest_check)
    interface.delete_on_release = given.boolean("DeleteOnRelease", interface.delete_on_release)


def assign_private_ip_addresses(call: Call) -> dict[str, Any]:
    def assign() -> dict[str, Any]:
        given, interface = call.parameters, _named(call)
        wanted, count = given.values("PrivateIpAddress"), given.integer("SecondaryPrivateIpAddressCount", 0, 0, 49)
        added = call.backend(EcsBackend).network_interfaces.assign(interface, wanted, count)
        shown = {"NetworkInterfaceId": interface.id, "PrivateIpSet": {"PrivateIpAddress": added}}
        return {"AssignedPrivateIpAddressesSet": shown}

    return call.backend(EcsBackend).tokens.once(call, assign)


def unassign_private_ip_addresses(call: Call) -> None:
    call.backend(EcsBackend).network_interfaces.unassign(_named(call), call.parameters.values("PrivateIpAddress"))


def delete_network_interface(call: Call) -> None:
    call.backend(EcsBackend).network_interfaces.delete(call.parameters.require("NetworkInterfaceId"))


ACTIONS: dict[str, Handler] = {
    "CreateNetworkInterface": create_network_interface,
    "DescribeNetworkInterfaces": describe_network_interfaces,
    "DescribeNetworkInterfaceAttribute": describe_network_interface_attribute,
    "AttachNetworkInterface": attach_network_interface,
    "DetachNetworkInterface": detach_network_interface,
    "ModifyNetworkInterfaceAttribute": modify_network_interface_attribute,
    "AssignPrivateIpAddresses": assign_private_ip_addresses,
    "UnassignPrivateIpAddresses": unassign_private_ip_addresses,
    "DeleteNetworkInterface": delete_network_interface,
}
