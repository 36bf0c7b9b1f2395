"""Instances on the wire: made, found, started, stopped and released."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ecs import instance_requests, instance_views
from fourways.fakes.services.ecs.api_launch_templates import from_template
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.instances import Instance
from fourways.fakes.services.shared.requests import any_page, ids_of, refuse_dry_run, select
from fourways.fakes.wire.errors import CloudError, missing


def run_instances(call: Call) -> dict[str, Any]:
    def run() -> dict[str, Any]:
        return instance_requests.response(instance_requests.run(from_template(call)))

    return call.backend(EcsBackend).tokens.once(call, run)


def _found(call: Call) -> list[Instance]:
    """Those that the filters of DescribeInstances leave, newest first as the API lists them."""
    given, backend = call.parameters, call.backend(EcsBackend)
    found = select(
        reversed(list(backend.instances)),
        given,
        Status=lambda instance: instance.status,
        ZoneId=lambda instance: instance.zone,
        InstanceType=lambda instance: instance.type.name,
        InstanceTypeFamily=lambda instance: instance.type.family,
        ImageId=lambda instance: instance.image_id,
        KeyPairName=lambda instance: instance.key_pair,
        InstanceChargeType=lambda instance: instance.charge_type,
        InternetChargeType=lambda instance: instance.internet_charge_type,
        VpcId=lambda instance: backend.network_interfaces.of(instance.id)[0].vpc_id,
        VSwitchId=lambda instance: backend.network_interfaces.of(instance.id)[0].vswitch_id,
    )
    ids, pattern, group = ids_of(given, "InstanceIds"), given.optional("InstanceName") or "*", given.optional("SecurityGroupId")
    found = [instance for instance in found if (not ids or instance.id in ids) and fnmatchcase(instance.name, pattern)]
    if group is not None:
        found = [instance for instance in found if group in backend.network_interfaces.of(instance.id)[0].groups]
    wanted = {name: ids_of(given, name) for name in ("PrivateIpAddresses", "PublicIpAddresses", "EipAddresses") if given.optional(name)}
    return [instance for instance in found if all(_addresses(backend, instance, name) & set(ips) for name, ips in wanted.items())]


def _addresses(backend: EcsBackend, instance: Instance, parameter: str) -> set[str]:
    if parameter == "PrivateIpAddresses":
        return set(backend.network_interfaces.of(instance.id)[0].ips)
    if parameter == "PublicIpAddresses":
        return {instance.public_ip}
    eip = backend.eip_of(instance.id)
    return {eip.address} if eip else set()


def describe_instances(call: Call) -> dict[str, Any]:
    page, about = any_page(_found(call), call.parameters)
    return {"Instances": {"Instance": [instance_views.row(call, instance) for instance in page]}, **about}


def describe_instance_status(call: Call) -> dict[str, Any]:
    given, backend = call.parameters, call.backend(EcsBackend)
    ids, zone = ids_of(given, "InstanceId"), given.optional("ZoneId")
    found = [item for item in backend.instances if (not ids or item.id in ids) and zone in (None, item.zone)]
    page, about = given.page(found, largest=50)
    rows = [{"InstanceId": instance.id, "Status": instance.status} for instance in page]
    return {"InstanceStatuses": {"InstanceStatus": rows}, **about}


def named(call: Call) -> Instance:
    return call.backend(EcsBackend).instances[call.parameters.require("InstanceId")]


def several(call: Call, parameter: str = "InstanceId") -> list[Instance]:
    """All that are named, as `InstanceId.1` or a JSON list; raises 404 for one that is not there."""
    ids = ids_of(call.parameters, parameter)
    if not ids:
        raise missing(parameter)
    return [call.backend(EcsBackend).instances[id] for id in ids]


def describe_instance_attribute(call: Call) -> dict[str, Any]:
    return instance_views.attribute(call, named(call))


def describe_user_data(call: Call) -> dict[str, Any]:
    instance = named(call)
    return {"RegionId": call.scope.region, "InstanceId": instance.id, "UserData": instance.user_data}


def describe_instance_ram_role(call: Call) -> dict[str, Any]:
    given = call.parameters
    ids, role = ids_of(given, "InstanceIds"), given.optional("RamRoleName")
    found = [item for item in call.backend(EcsBackend).instances if (not ids or item.id in ids) and role in (None, item.role)]
    page, about = given.page(found, largest=50)
    rows = [{"InstanceId": instance.id, "RamRoleName": instance.role} for instance in page]
    return {"RegionId": call.scope.region, "InstanceRamRoleSets": {"InstanceRamRoleSet": rows}, **about}


def describe_maintenance_attributes(call: Call) -> dict[str, Any]:
    given, ids = call.parameters, ids_of(call.parameters, "InstanceId")
    page, about = given.page([item for item in call.backend(EcsBackend).instances if not ids or item.id in ids])
    rows = [instance_views.maintenance(instance) for instance in page]
    return {"MaintenanceAttributes": {"MaintenanceAttribute": rows}, **about}


def describe_auto_renew_attribute(call: Call) -> dict[str, Any]:
    """Prepaid instances only: the cloud knows no renewal of others."""
    found = [item for item in several(call) if item.charge_type == "PrePaid"]
    if not found:
        raise CloudError(403, "InvalidParameter.InstanceId", "The specified instance is not a subscription instance.")
    rows = [
        {
            "InstanceId": item.id,
            "RenewalStatus": item.renewal,
            "AutoRenewEnabled": item.renewal == "AutoRenewal",
            "Duration": item.renewal_period,
            "PeriodUnit": item.renewal_unit,
        }
        for item in found
    ]
    page, about = call.parameters.page(rows)
    return {"InstanceRenewAttributes": {"InstanceRenewAttribute": page}, **about}


def describe_attachment_attributes(call: Call) -> dict[str, Any]:
    rows = [
        {
            "InstanceId": item.id,
            "PrivatePoolOptionsMatchCriteria": item.options.get("PrivatePoolOptions.MatchCriteria", "Open"),
            "PrivatePoolOptionsId": item.options.get("PrivatePoolOptions.Id", ""),
        }
        for item in several(call, "InstanceIds")
    ]
    page, about = call.parameters.page(rows)
    return {"Instances": {"Instance": page}, **about}


def start_instance(call: Call) -> None:
    instance = named(call)
    refuse_dry_run(call.parameters)
    call.backend(EcsBackend).instances.start(instance)


def stop_instance(call: Call) -> None:
    instance = named(call)
    refuse_dry_run(call.parameters)
    call.backend(EcsBackend).instances.stop(instance, call.parameters.get("StoppedMode"))


def reboot_instance(call: Call) -> None:
    instance = named(call)
    refuse_dry_run(call.parameters)
    call.backend(EcsBackend).instances.reboot(instance)


def _each(call: Call, act: Callable[[Instance], None]) -> dict[str, Any]:
    """The same to several, one answer each (BatchOptimization SuccessFirst; help centre, StopInstances)."""
    rows = []
    for instance in several(call):
        before, code, message = instance.status, "200", "success"
        try:
            act(instance)
        except CloudError as error:
            if call.parameters.get("BatchOptimization") != "SuccessFirst":
                raise
            code, message = error.code, error.message
        rows.append(
            {"InstanceId": instance.id, "PreviousStatus": before, "CurrentStatus": instance.status, "Code": code, "Message": message}
        )
    return {"InstanceResponses": {"InstanceResponse": rows}}


def start_instances(call: Call) -> dict[str, Any]:
    return _each(call, call.backend(EcsBackend).instances.start)


def stop_instances(call: Call) -> dict[str, Any]:
    mode = call.parameters.get("StoppedMode")
    return _each(call, lambda instance: call.backend(EcsBackend).instances.stop(instance, mode))


def reboot_instances(call: Call) -> dict[str, Any]:
    return _each(call, call.backend(EcsBackend).instances.reboot)


def delete_instance(call: Call) -> None:
    _delete(call, [named(call)])


def delete_instances(call: Call) -> None:
    _delete(call, several(call))


def _delete(call: Call, doomed: list[Instance]) -> None:
    """All or none."""
    instances = call.backend(EcsBackend).instances
    for instance in doomed:
        instances.check_delete(instance, call.parameters.boolean("Force"))
    refuse_dry_run(call.parameters)
    for instance in doomed:
        instances.delete(instance)


ACTIONS: dict[str, Handler] = {
    "RunInstances": run_instances,
    "DescribeInstances": describe_instances,
    "DescribeInstanceStatus": describe_instance_status,
    "DescribeInstanceAttribute": describe_instance_attribute,
    "DescribeUserData": describe_user_data,
    "DescribeInstanceRamRole": describe_instance_ram_role,
    "DescribeInstanceMaintenanceAttributes": describe_maintenance_attributes,
    "DescribeInstanceAutoRenewAttribute": describe_auto_renew_attribute,
    "DescribeInstanceAttachmentAttributes": describe_attachment_attributes,
    "StartInstance": start_instance,
    "StartInstances": start_instances,
    "StopInstance": stop_instance,
    "StopInstances": stop_instances,
    "RebootInstance": reboot_instance,
    "RebootInstances": reboot_instances,
    "DeleteInstance": delete_instance,
    "DeleteInstances": delete_instances,
}
