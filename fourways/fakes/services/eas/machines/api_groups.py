"""Handlers of resource groups and machine types; methods, paths and parameters as in alibabacloud_eas20210701 7.0.0, client.py."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.eas import errors, network
from fourways.fakes.services.eas.deployment import views
from fourways.fakes.services.eas.errors import bad
from fourways.fakes.services.eas.placement import machine_types
from fourways.fakes.services.eas.records import Group, Machine
from fourways.fakes.services.eas.requests import backend, body, has_labels, json_map, names, ordered, page


def _group(call: Call) -> Group:
    return backend(call).group(call.parameters.get("ResourceId"))


def create_resource(call: Call) -> dict[str, Any]:
    """Not idempotent, and without a client token: a repeated call buys again, as on the cloud."""
    given = body(call)
    kind = given.get("ResourceType") or "Dedicated"
    if kind not in ("Dedicated", "SelfManaged"):
        raise bad(f"ResourceType must be Dedicated or SelfManaged, not {kind!r}.")
    if kind == "SelfManaged":
        raise bad("Self-managed resource groups need an allow-listed account.")
    home = backend(call)
    order = _order(call, given, "CreateResource")
    group = home.machines.create(kind)
    machines = home.machines.add(group, "CreateResource", **order)
    return {
        "ResourceId": group.id,
        "ResourceName": group.name,
        "ClusterId": group.region,
        "OwnerUid": group.account,
        "InstanceIds": [machine.id for machine in machines],
    }


def create_resource_instances(call: Call) -> dict[str, Any]:
    home, group = backend(call), _group(call)
    order = _order(call, body(call), "CreateResourceInstances")
    machines = home.machines.add(group, "CreateResourceInstances", **order)
    return {"InstanceIds": [machine.id for machine in machines], "Message": ""}


def _order(call: Call, given: dict[str, Any], action: str) -> dict[str, Any]:
    """The machines that a body orders, checked. Limits: SDK documentation (1-100 machines, disk 200-2000 GiB)."""
    for name in ("ChargeType", "EcsInstanceType", "EcsInstanceCount"):
        if not given.get(name):
            raise bad(f"{name} is required.")
    if given["ChargeType"] not in ("PrePaid", "PostPaid"):
        raise bad(f"ChargeType must be PrePaid or PostPaid, not {given['ChargeType']!r}.")
    count = _whole(given, "EcsInstanceCount", 1, 1, 100)
    disk = _whole(given, "SystemDiskSize", 200, 200, 2000)
    kind = machine_types.find(call.scope, str(given["EcsInstanceType"]))
    if kind is None:
        raise bad(f"EcsInstanceType {given['EcsInstanceType']} is not supported in {call.scope.region}.")
    home = backend(call)
    zone = given.get("Zone") or f"{home.scope.region}a"
    if not str(zone).startswith(home.scope.region):
        raise bad(f"Zone {zone} is not in {home.scope.region}.")
    labels = given.get("Labels") or {}
    if not isinstance(labels, dict) or not all(isinstance(value, str) for value in labels.values()):
        raise bad("Labels must be an object of strings.")
    if not isinstance(given.get("AutoRenewal", False), bool):
        raise bad("AutoRenewal must be true or false.")
    home.machines.check_stock(action, kind.name, count)
    return {
        "kind": kind,
        "count": count,
        "charge_type": given["ChargeType"],
        "zone": zone,
        "system_disk": disk,
        "auto_renewal": given.get("AutoRenewal", False),
        "labels": labels,
    }


def _whole(given: dict[str, Any], name: str, default: int, low: int, high: int) -> int:
    value = given.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise bad(f"{name} must be a whole number from {low} to {high}, not {value!r}.")
    return value


def describe_resource(call: Call) -> dict[str, Any]:
    return views.group_details(call.scope.cloud, backend(call), _group(call))


def list_resources(call: Call) -> dict[str, Any]:
    cloud, home, parameters = call.scope.cloud, backend(call), call.parameters
    found = [
        group
        for group in home.groups.values()
        if group.hidden_until <= cloud.clock.now()
        and parameters.get("ResourceId") in ("", group.id)
        and parameters.get("ResourceName") in ("", group.name)
        and parameters.get("ResourceType") in ("", group.kind)
        and parameters.get("ResourceStatus") in ("", views.group_row(cloud, group)["Status"])
    ]
    counts = ("PrePaidInstanceCount", "PostPaidInstanceCount", "CpuCount", "GpuCount")
    details = ("CpuUsed", "GpuUsed", "Memory", "MemoryUsed")
    keys: dict[str, Any] = {name: lambda group, name=name: views.group_details(cloud, home, group)[name] for name in counts + details}
    keys |= {"CreateTime": lambda group: group.created, "ServiceCount": lambda group: len(home.services_of(group))}
    return page(call, ordered(call, found, keys), lambda group: views.group_row(cloud, group), "Resources")


def update_resource(call: Call) -> dict[str, Any]:
    group = _group(call)
    group.name = str(body(call).get("ResourceName") or group.name)
    return {"ResourceId": group.id, "ResourceName": group.name}


def delete_resource(call: Call) -> dict[str, Any]:
    """Only a group without machines and services can be deleted (SDK: 'contains no resources or instances')."""
    home, group = backend(call), _group(call)
    services = home.services_of(group)
    if services:
        raise errors.in_use(f"Resource group {group.id} is used by services: {', '.join(service.name for service in services)}.")
    if group.machines:
        raise errors.in_use(f"Resource group {group.id} still contains {len(group.machines)} instances; delete them first.")
    del home.groups[group.id]
    return {"Message": f"Resource group [{group.id}] is deleted"}


def list_resource_instances(call: Call) -> dict[str, Any]:
    home, group, parameters = backend(call), _group(call), call.parameters
    wanted = json_map(call, "Label")
    found = [
        machine
        for machine in group.machines.values()
        if has_labels(machine.labels, wanted)
        and (parameters.get("Filter") in machine.id or parameters.get("Filter") in machine.ip)
        and parameters.get("InstanceId") in ("", machine.id)
        and parameters.get("InstanceName") in ("", machine.name)
        and parameters.get("InstanceIP") in ("", machine.ip)
        and parameters.get("InstanceStatus") in ("", machine.status)
        and parameters.get("ChargeType") in ("", machine.charge_type)
    ]
    cloud = call.scope.cloud
    rows = [views.machine_row(cloud, home, group, machine) for machine in found]
    keys: dict[str, Any] = {
        "CreateTime": lambda row: row["CreateTime"],
        "ExpireTime": lambda row: row.get("ExpiredTime", ""),
        "GpuUsed": lambda row: row["InstanceUsedGpu"],
        "CpuUsed": lambda row: row["InstanceUsedCpu"],
        "MemoryUsed": lambda row: float(row["InstanceUsedMemory"].rstrip("M")),
    }
    return page(call, ordered(call, rows, keys), lambda row: row, "Instances")


def delete_resource_instances(call: Call) -> dict[str, Any]:
    """Prepaid machines stay until their term ends; replicas on the others lose their place (assumed: the API's page says nothing)."""
    home, group = backend(call), _group(call)
    if call.parameters.boolean("AllFailed"):
        machines = [machine for machine in group.machines.values() if machine.status == "CreateFailed"]
    else:
        wanted = names(call, "InstanceList")
        if not wanted:
            raise bad("InstanceList is required.")
        machines = [_machine(group, name) for name in wanted]
    kept = [machine.id for machine in machines if machine.charge_type == "PrePaid" and machine.status != "CreateFailed"]
    if kept:
        raise errors.prepaid(", ".join(kept))
    home.machines.remove(group, machines)
    return {"Message": ""}


def _machine(group: Group, name: str) -> Machine:
    found = group.machines.get(name)
    if found is None:
        raise errors.machine_not_found(name)
    return found


def update_resource_instance_label(call: Call) -> dict[str, Any]:
    labels = body(call).get("Labels")
    if not isinstance(labels, dict) or not labels:
        raise bad("Labels is required.")
    for machine in _chosen(call):
        machine.labels.update({str(key): str(value) for key, value in labels.items()})
    return {"Message": ""}


def delete_resource_instance_label(call: Call) -> dict[str, Any]:
    keys = names(call, "Keys")
    if not keys:
        raise bad("Keys is required.")
    for machine in _chosen(call):
        for key in keys:
            machine.labels.pop(key, None)
    return {"Message": ""}


def _chosen(call: Call) -> list[Machine]:
    group = _group(call)
    if call.parameters.boolean("AllInstances"):
        return list(group.machines.values())
    return [_machine(group, name) for name in names(call, "InstanceIds")]


def list_resource_services(call: Call) -> dict[str, Any]:
    home, group = backend(call), _group(call)
    return page(call, home.services_of(group), lambda service: views.service_row(call.scope.cloud, service), "Services")


def update_resource_d_link(call: Call) -> dict[str, Any]:
    """Connect the group to a VPC through one vSwitch and security group."""
    group, given = _group(call), body(call)
    vswitch, security_group = given.get("VSwitchId"), given.get("SecurityGroupId")
    if not vswitch:
        raise bad("vswitch can not be null")
    if not security_group:
        raise bad("vpcId, vswId and securityGroupId are required")
    vpc = network.check(backend(call).scope, {"vswitch_id": vswitch, "security_group_id": security_group})
    group.d_link = {
        "VpcId": vpc,
        "VSwitchId": vswitch,
        "SecurityGroupId": security_group,
        "DestinationCIDRs": given.get("DestinationCIDRs", ""),
        "AuxVSwitchList": given.get("VSwitchIdList") or [],
    }
    return {"Message": ""}


def describe_resource_d_link(call: Call) -> dict[str, Any]:
    """Empty fields where there is no link (assumed)."""
    empty = {"VpcId": "", "VSwitchId": "", "SecurityGroupId": "", "DestinationCIDRs": "", "AuxVSwitchList": []}
    return dict(_group(call).d_link or empty)


def delete_resource_d_link(call: Call) -> dict[str, Any]:
    _group(call).d_link = None
    return {"Message": ""}


def describe_machine_spec(call: Call) -> dict[str, Any]:
    """Types and their stock; InstanceTypes is a comma-separated filter."""
    wanted = names(call, "InstanceTypes")
    found = [kind for kind in machine_types.every(call.scope) if not wanted or kind.name in wanted]
    return {"InstanceMetas": [views.machine_spec(call.scope, kind) for kind in found], "Types": []}
