"""NAT gateways and SNAT entries on the wire."""

from __future__ import annotations

import json
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.resourcemanager.backend import checked_group
from fourways.fakes.services.shared.requests import refuse_dry_run, select
from fourways.fakes.services.shared.resources import checked_description, checked_name
from fourways.fakes.services.shared.tagging import as_list, given_tags
from fourways.fakes.services.vpc.api_eips import months
from fourways.fakes.services.vpc.backend import VpcBackend
from fourways.fakes.services.vpc.nat_gateways import NatGateway
from fourways.fakes.services.vpc.snat import SnatEntry
from fourways.fakes.wire.errors import invalid


def _view(call: Call, nat: NatGateway) -> dict[str, Any]:
    eips = [eip for eip in call.backend(VpcBackend).eips if eip.instance_id == nat.id]
    row: dict[str, Any] = {
        "NatGatewayId": nat.id,
        "Name": nat.name,
        "Description": nat.description,
        "Status": nat.status,
        "VpcId": nat.vpc_id,
        "NatType": "Enhanced",
        "NetworkType": nat.network_type,
        "Spec": nat.spec,
        "InstanceChargeType": nat.charge_type,
        "InternetChargeType": nat.internet_charge_type,
        "BusinessStatus": "Normal",
        "EipBindMode": nat.eip_bind_mode,
        "IcmpReplyEnabled": nat.icmp_reply,
        "PrivateLinkEnabled": nat.private_link,
        "DeletionProtection": nat.deletion_protection,
        "EcsMetricEnabled": False,
        "AutoPay": False,
        "CreationTime": call.scope.clock.timestamp(nat.created),
        "ExpiredTime": "",
        "RegionId": call.scope.region,
        "ResourceGroupId": nat.resource_group,
        "NatGatewayPrivateInfo": {
            "VswitchId": nat.vswitch_id,
            "IzNo": nat.zone,
            "PrivateIpAddress": nat.private_ip,
            "EniInstanceId": "",
            "EniType": "Indirect",
            "MaxBandwidth": 5120,
        },
        "SnatTableIds": {"SnatTableId": [nat.snat_table_id]},
        "ForwardTableIds": {"ForwardTableId": [nat.forward_table_id]},
        "FullNatTableIds": {"FullNatTableId": []},
        "BandwidthPackageIds": {"BandwidthPackageId": []},
        "IpLists": {"IpList": [{"AllocationId": eip.id, "IpAddress": eip.address, "UsingStatus": "Idle"} for eip in eips]},
        "Tags": as_list(nat.tags, "TagKey", "TagValue"),
    }
    if nat.access_mode is not None:
        row["AccessMode"] = nat.access_mode
    return row


def create_nat_gateway(call: Call) -> dict[str, Any]:
    return call.backend(VpcBackend).tokens.once(call, lambda: _create(call))


def _create(call: Call) -> dict[str, Any]:
    given, nats = call.parameters, call.backend(VpcBackend).nat_gateways
    nat = nats.new(given.require("VpcId"), given.get("VSwitchId"), given.optional("NatType") or "Enhanced")
    nat.name = checked_name(given.get("Name"), "Name")
    nat.description = checked_description(given.get("Description"))
    nat.network_type = given.choice("NetworkType", ("internet", "intranet"), "internet")
    nat.charge_type = given.choice("InstanceChargeType", ("PostPaid", "PrePaid"), "PostPaid")
    nat.months = months(given) if nat.charge_type == "PrePaid" else 0
    nat.internet_charge_type = given.choice("InternetChargeType", ("PayByLcu", "PayBySpec"), "PayByLcu")
    nat.spec = given.get("Spec")
    nat.eip_bind_mode = given.choice("EipBindMode", ("MULTI_BINDED", "NAT"), "MULTI_BINDED")
    nat.icmp_reply = given.boolean("IcmpReplyEnabled", True)
    nat.private_link = given.boolean("PrivateLinkEnabled")
    nat.access_mode = _access_mode(given.get("AccessMode"))
    nat.resource_group = checked_group(call.scope, given.get("ResourceGroupId"))
    nat.tags = given_tags(given)
    refuse_dry_run(given)
    nats.create(nat)
    return {
        "NatGatewayId": nat.id,
        "SnatTableIds": {"SnatTableId": [nat.snat_table_id]},
        "ForwardTableIds": {"ForwardTableId": [nat.forward_table_id]},
        "FullNatTableIds": {"FullNatTableId": []},
        "BandwidthPackageIds": {"BandwidthPackageId": []},
    }


def _access_mode(text: str) -> dict[str, str] | None:
    if not text:
        return None
    try:
        given = json.loads(text)
        return {name: str(given[name]) for name in ("ModeValue", "TunnelType") if given.get(name)}
    except (ValueError, AttributeError):
        raise invalid("AccessMode", "It must be a JSON object.") from None


def describe_nat_gateways(call: Call) -> dict[str, Any]:
    found = select(
        call.backend(VpcBackend).nat_gateways,
        call.parameters,
        NatGatewayId=lambda nat: nat.id,
        VpcId=lambda nat: nat.vpc_id,
        Name=lambda nat: nat.name,
        Status=lambda nat: nat.status,
        InstanceChargeType=lambda nat: nat.charge_type,
        NetworkType=lambda nat: nat.network_type,
        ZoneId=lambda nat: nat.zone,
        Spec=lambda nat: nat.spec,
    )
    page, about = call.parameters.page(found, largest=50)
    return {"NatGateways": {"NatGateway": [_view(call, nat) for nat in page]}, **about}


def get_nat_gateway_attribute(call: Call) -> dict[str, Any]:
    return _view(call, call.backend(VpcBackend).nat_gateways[call.parameters.require("NatGatewayId")])


def modify_nat_gateway_attribute(call: Call) -> None:
    given = call.parameters
    nat = call.backend(VpcBackend).nat_gateways[given.require("NatGatewayId")]
    if "Name" in given:
        nat.name = checked_name(given.get("Name"), "Name")
    if "Description" in given:
        nat.description = checked_description(given.get("Description"))
    nat.eip_bind_mode = given.choice("EipBindMode", ("MULTI_BINDED", "NAT"), nat.eip_bind_mode)
    nat.icmp_reply = given.boolean("IcmpReplyEnabled", nat.icmp_reply)


def modify_nat_gateway_spec(call: Call) -> None:
    given = call.parameters
    nat = call.backend(VpcBackend).nat_gateways[given.require("NatGatewayId")]
    nat.spec = given.choice("Spec", ("Small", "Middle", "Large", "XLarge.1"))


def delete_nat_gateway(call: Call) -> None:
    given = call.parameters
    call.backend(VpcBackend).nat_gateways.delete(given.require("NatGatewayId"), given.boolean("Force"))


def create_snat_entry(call: Call) -> dict[str, Any]:
    def create() -> dict[str, Any]:
        given, entries = call.parameters, call.backend(VpcBackend).snat_entries
        ips = [ip for ip in given.require("SnatIp").split(",") if ip]
        entry = entries.new(given.require("SnatTableId"), given.get("SourceVSwitchId"), given.get("SourceCIDR"), ips)
        entry.name = checked_name(given.get("SnatEntryName"), "SnatEntryName")
        entry.eip_affinity = given.integer("EipAffinity", 0, 0, 1)
        refuse_dry_run(given)
        return {"SnatEntryId": entries.create(entry).id}

    return call.backend(VpcBackend).tokens.once(call, create)


def describe_snat_table_entries(call: Call) -> dict[str, Any]:
    given, backend = call.parameters, call.backend(VpcBackend)
    table = given.optional("SnatTableId")
    if table is not None:
        backend.nat_gateways.by_snat_table(table)
    found = select(
        backend.snat_entries,
        given,
        SnatTableId=lambda entry: entry.table_id,
        SnatEntryId=lambda entry: entry.id,
        SnatEntryName=lambda entry: entry.name,
        SnatIp=lambda entry: ",".join(entry.ips),
        SourceCIDR=lambda entry: entry.source_cidr,
        SourceVSwitchId=lambda entry: entry.source_vswitch_id,
    )
    page, about = given.page(found, largest=50)
    return {"SnatTableEntries": {"SnatTableEntry": [_snat_view(call, entry) for entry in page]}, **about}


def _snat_view(call: Call, entry: SnatEntry) -> dict[str, Any]:
    return {
        "SnatEntryId": entry.id,
        "SnatTableId": entry.table_id,
        "NatGatewayId": call.backend(VpcBackend).nat_gateways.by_snat_table(entry.table_id).id,
        "SnatEntryName": entry.name,
        "SnatIp": ",".join(entry.ips),
        "SourceCIDR": entry.source_cidr,
        "SourceVSwitchId": entry.source_vswitch_id,
        "EipAffinity": str(entry.eip_affinity),
        "NetworkInterfaceId": "",
        "Status": entry.status,
    }


def modify_snat_entry(call: Call) -> None:
    given, backend = call.parameters, call.backend(VpcBackend)
    nat = backend.nat_gateways.by_snat_table(given.require("SnatTableId"))
    entry = backend.snat_entries[given.require("SnatEntryId")]
    if given.optional("SnatIp"):
        ips = [ip for ip in given.get("SnatIp").split(",") if ip]
        backend.snat_entries.check_ips(nat, ips)
        entry.ips = ips
    if "SnatEntryName" in given:
        entry.name = checked_name(given.get("SnatEntryName"), "SnatEntryName")
    entry.eip_affinity = given.integer("EipAffinity", entry.eip_affinity, 0, 1)


def delete_snat_entry(call: Call) -> None:
    given = call.parameters
    call.backend(VpcBackend).snat_entries.delete(given.require("SnatTableId"), given.require("SnatEntryId"))


ACTIONS: dict[str, Handler] = {
    "CreateNatGateway": create_nat_gateway,
    "DescribeNatGateways": describe_nat_gateways,
    "GetNatGatewayAttribute": get_nat_gateway_attribute,
    "ModifyNatGatewayAttribute": modify_nat_gateway_attribute,
    "ModifyNatGatewaySpec": modify_nat_gateway_spec,
    "DeleteNatGateway": delete_nat_gateway,
    "CreateSnatEntry": create_snat_entry,
    "DescribeSnatTableEntries": describe_snat_table_entries,
    "ModifySnatEntry": modify_snat_entry,
    "DeleteSnatEntry": delete_snat_entry,
}
