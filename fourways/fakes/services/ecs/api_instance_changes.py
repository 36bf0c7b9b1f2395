"""Changes of instances on the wire."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ecs.api_instances import named, several
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.instance_checks import (
    check_password,
    checked_metadata_options,
    checked_role,
    checked_user_data,
    release_time,
    term,
)
from fourways.fakes.services.ecs.instances import Instance
from fourways.fakes.services.shared.requests import refuse_dry_run
from fourways.fakes.services.shared.resources import checked_description, checked_name
from fourways.fakes.wire.errors import CloudError

_WHEN_STOPPED = ("CpuOptions.Core", "CpuOptions.ThreadsPerCore", "CpuOptions.TopologyType", "AdditionalInfo.EnableHighDensityMode")


def modify_instance_attribute(call: Call) -> None:
    """A new password, host name or user data is in force after the next start."""
    given, instance = call.parameters, named(call)
    check_password(given.get("Password"))
    data = checked_user_data(given.get("UserData")) if "UserData" in given else instance.user_data
    stopped_only = [name for name in _WHEN_STOPPED if name in given]
    if stopped_only and instance.status != "Stopped":
        raise CloudError(403, "IncorrectInstanceStatus", f"{stopped_only[0]} is changed while the instance is stopped.")
    if given.optional("DeletionProtection"):
        if instance.charge_type == "PrePaid" and given.boolean("DeletionProtection"):
            raise CloudError(403, "InvalidChargeType.ValueNotSupported", "Deletion protection is for pay-as-you-go instances.")
        instance.deletion_protection = given.boolean("DeletionProtection")
    instance.user_data = data
    if "InstanceName" in given:
        instance.name = checked_name(given.get("InstanceName"), "InstanceName") or instance.id
    if "Description" in given:
        instance.description = checked_description(given.get("Description"))
    if given.optional("HostName"):
        instance.host_name = given.get("HostName")
    if given.optional("CreditSpecification"):
        instance.credit = given.get("CreditSpecification")
    if "EnableJumboFrame" in given:
        instance.options["NetworkOptions.EnableJumboFrame"] = given.get("EnableJumboFrame")
    instance.options |= {name: given.get(name) for name in stopped_only}


def modify_instance_spec(call: Call) -> dict[str, Any]:
    def modify() -> dict[str, Any]:
        instance = named(call)
        if instance.charge_type != "PostPaid":
            raise CloudError(403, "InvalidInstanceChargeType", "This call changes pay-as-you-go instances.")
        call.backend(EcsBackend).instances.change_type(instance, call.parameters.require("InstanceType"))
        return {"TaskId": ""}

    return call.backend(EcsBackend).tokens.once(call, modify)


def modify_prepay_instance_spec(call: Call) -> dict[str, Any]:
    instance = named(call)
    if instance.charge_type != "PrePaid":
        raise CloudError(403, "InvalidInstanceChargeType", "This call changes subscription instances.")
    call.backend(EcsBackend).instances.change_type(instance, call.parameters.require("InstanceType"))
    return {"OrderId": ""}


def modify_instance_charge_type(call: Call) -> dict[str, Any]:
    def modify() -> dict[str, Any]:
        given = call.parameters
        wanted = given.choice("InstanceChargeType", ("PrePaid", "PostPaid"), "PrePaid")
        months = term(given) if wanted == "PrePaid" else Decimal(0)
        found = several(call, "InstanceIds")
        refuse_dry_run(given)
        for instance in found:
            call.backend(EcsBackend).instances.change_charge_type(instance, wanted, months, given.boolean("IncludeDataDisks"))
        return {"OrderId": "", "FeeOfInstances": {"FeeOfInstance": []}}

    return call.backend(EcsBackend).tokens.once(call, modify)


def modify_instance_network_spec(call: Call) -> dict[str, Any]:
    """A prepaid instance that gets bandwidth gets its address at once; others by AllocatePublicIpAddress. Without bandwidth it goes."""
    given, instance = call.parameters, named(call)
    charge = given.choice("NetworkChargeType", ("PayByBandwidth", "PayByTraffic"), instance.internet_charge_type)
    out = given.integer("InternetMaxBandwidthOut", instance.bandwidth_out, 0, 100)
    instance.bandwidth_in = given.integer("InternetMaxBandwidthIn", instance.bandwidth_in, 0, 200)
    instance.internet_charge_type, instance.bandwidth_out = charge, out
    if out == 0:
        instance.public_ip = ""
    elif (instance.charge_type == "PrePaid" or given.boolean("AllocatePublicIp")) and not instance.public_ip:
        instance.public_ip = call.backend(EcsBackend).public_address()
    return {"OrderId": ""}


def allocate_public_ip_address(call: Call) -> dict[str, Any]:
    instance, backend = named(call), call.backend(EcsBackend)
    if backend.eip_of(instance.id) is not None:
        raise CloudError(403, "InvalidInstance.UnsupportedOperation", "The instance has an elastic IP address.")
    if instance.public_ip:
        raise CloudError(403, "AllocatedAlready", "The instance has a public IP address already.")
    instance.public_ip = backend.public_address()
    return {"IpAddress": instance.public_ip}


def modify_instance_vpc_attribute(call: Call) -> None:
    given = call.parameters
    groups = given.values("SecurityGroupId")
    call.backend(EcsBackend).instances.move(named(call), given.require("VSwitchId"), given.get("PrivateIpAddress"), groups)


def modify_auto_release_time(call: Call) -> None:
    text, instance = call.parameters.get("AutoReleaseTime"), named(call)
    call.backend(EcsBackend).instances.set_release(instance, release_time(call, text) if text else 0.0)


def modify_auto_renew_attribute(call: Call) -> None:
    given = call.parameters
    for instance in several(call):
        if instance.charge_type != "PrePaid":
            raise CloudError(403, "InvalidInstanceChargeType", f"{instance.id} is not a subscription instance.")
        status = given.choice("RenewalStatus", ("AutoRenewal", "Normal", "NotRenewal"), instance.renewal)
        instance.renewal = status
        instance.renewal_period = given.integer("Duration", 1, 1, 60) if status == "AutoRenewal" else 0
        instance.renewal_unit = given.optional("PeriodUnit") or "Month"


def modify_maintenance_attributes(call: Call) -> None:
    given = call.parameters
    for instance in several(call):
        instance.windows = given.records("MaintenanceWindow")
        for name in ("ActionOnMaintenance", "NotifyOnMaintenance"):
            if given.optional(name):
                instance.options[name] = given.get(name)


def _keep(call: Call, instance: Instance, *names: str) -> None:
    instance.options |= {name: call.parameters.get(name) for name in names if name in call.parameters}


def modify_metadata_options(call: Call) -> None:
    checked_metadata_options(call.parameters)
    _keep(call, named(call), "HttpEndpoint", "HttpTokens", "HttpPutResponseHopLimit")


def modify_attachment_attributes(call: Call) -> None:
    criteria = call.parameters.choice("PrivatePoolOptions.MatchCriteria", ("Open", "Target", "None"))
    instance = named(call)
    if criteria != "Target":
        instance.options.pop("PrivatePoolOptions.Id", None)
    _keep(call, instance, "PrivatePoolOptions.MatchCriteria", "PrivatePoolOptions.Id")


def _set_roles(call: Call, role: str) -> dict[str, Any]:
    found = several(call, "InstanceIds")
    for instance in found:
        instance.role = role
    rows = [{"InstanceId": instance.id, "Success": True, "Code": "200", "Message": "success"} for instance in found]
    key = "AttachInstanceRamRoleResult" if role else "DetachInstanceRamRoleResult"
    return {"TotalCount": len(rows), "FailCount": 0, f"{key}s": {key: rows}}


def attach_instance_ram_role(call: Call) -> dict[str, Any]:
    return _set_roles(call, checked_role(call, call.parameters.require("RamRoleName")))


def detach_instance_ram_role(call: Call) -> dict[str, Any]:
    return _set_roles(call, "")


def join_security_group(call: Call) -> None:
    instance, backend = named(call), call.backend(EcsBackend)
    primary, group = backend.network_interfaces.of(instance.id)[0], call.parameters.require("SecurityGroupId")
    if group in primary.groups:
        raise CloudError(400, "InvalidInstanceId.AlreadyExists", "The specified instance already exists in the specified security group.")
    backend.network_interfaces.check_groups([*primary.groups, group], primary.vpc_id)
    primary.groups = [*primary.groups, group]


def leave_security_group(call: Call) -> None:
    instance, backend = named(call), call.backend(EcsBackend)
    primary, group = backend.network_interfaces.of(instance.id)[0], call.parameters.require("SecurityGroupId")
    backend.security_groups[group]
    if group not in primary.groups:
        raise CloudError(403, "InstanceNotInSecurityGroup", "The instance is not in the security group.")
    if len(primary.groups) == 1:
        raise CloudError(403, "InstanceLastSecurityGroup", "The specified security group is the last security group of the instance.")
    primary.groups = [id for id in primary.groups if id != group]


ACTIONS: dict[str, Handler] = {
    "ModifyInstanceAttribute": modify_instance_attribute,
    "ModifyInstanceSpec": modify_instance_spec,
    "ModifyPrepayInstanceSpec": modify_prepay_instance_spec,
    "ModifyInstanceChargeType": modify_instance_charge_type,
    "ModifyInstanceNetworkSpec": modify_instance_network_spec,
    "AllocatePublicIpAddress": allocate_public_ip_address,
    "ModifyInstanceVpcAttribute": modify_instance_vpc_attribute,
    "ModifyInstanceAutoReleaseTime": modify_auto_release_time,
    "ModifyInstanceAutoRenewAttribute": modify_auto_renew_attribute,
    "ModifyInstanceMaintenanceAttributes": modify_maintenance_attributes,
    "ModifyInstanceMetadataOptions": modify_metadata_options,
    "ModifyInstanceAttachmentAttributes": modify_attachment_attributes,
    "AttachInstanceRamRole": attach_instance_ram_role,
    "DetachInstanceRamRole": detach_instance_ram_role,
    "JoinSecurityGroup": join_security_group,
    "LeaveSecurityGroup": leave_security_group,
}
