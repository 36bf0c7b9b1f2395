"""How records look in answers; field names are those of the SDK's models (alibabacloud_eas20210701 7.0.0, models.py)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from fourways.fakes.cloud import Cloud
from fourways.fakes.service import Scope
from fourways.fakes.services.eas.backend import EasBackend
from fourways.fakes.services.eas.deployment import service_groups
from fourways.fakes.services.eas.placement import machine_types, market
from fourways.fakes.services.eas.records import PENDING, RUNNING, STARTING, TERMINATING, Event, Group, Machine, Replica, Service
from fourways.fakes.services.eas.serving import endpoints


def labels(of: dict[str, str]) -> list[dict[str, str]]:
    return [{"LabelKey": key, "LabelValue": value} for key, value in sorted(of.items())]


def compact(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def service_row(cloud: Cloud, service: Service) -> dict[str, Any]:
    """A service in ListServices. Endpoints are in DescribeService only (SDK documentation of `Service`); so are token and config here."""
    metadata = service.metadata
    containers = service.config.get("containers") or [{}]
    row: dict[str, Any] = {
        "ServiceId": service.uid,
        "ServiceUid": service.uid,
        "ServiceName": service.name,
        "Namespace": service.name,
        "Region": service.region,
        "CallerUid": service.account,
        "ParentUid": service.account,
        "CreateTime": cloud.clock.timestamp(service.created),
        "UpdateTime": cloud.clock.timestamp(service.updated),
        "CurrentVersion": service.current_version,
        "LatestVersion": service.latest_version,
        "Status": service.status,
        "Reason": service.reason,
        "Message": service.message,
        "Cpu": int(metadata.get("cpu", 0)),
        "Gpu": int(metadata.get("gpu", 0)),
        "Memory": int(metadata.get("memory", 0)),
        "Image": containers[0].get("image", ""),
        "RunningInstance": len(service.in_state(RUNNING)),
        "PendingInstance": len(service.in_state(PENDING, STARTING)),
        "TotalInstance": len([replica for replica in service.replicas if replica.status != TERMINATING]) or service.wanted,
        "Labels": labels(service.labels),
        "SafetyLock": service.safety_lock,
        "Weight": service_groups.weight(service),
        "TrafficState": service.traffic_state,
        "Role": "Standard",
        "Source": "unknown",
    }
    if service.group:
        row["Resource"] = service.group
        row["ResourceAlias"] = service.group
    if service.workspace_id:
        row["WorkspaceId"] = service.workspace_id
    if service.gateway:
        row["Gateway"] = service.gateway
    for field, key in (("QuotaId", "quota_id"), ("ServiceGroup", "group")):
        if metadata.get(key):
            row[field] = str(metadata[key])
    return row


def service_details(cloud: Cloud, service: Service) -> dict[str, Any]:
    """A service in DescribeService: the row with config, token and endpoints; those of its private gateway where it has one (assumed)."""
    return {
        **service_row(cloud, service),
        "ServiceConfig": compact(service.config),
        "AccessToken": service.token,
        **endpoints.first(endpoints.of_service(cloud, service)),
    }


def replica_row(cloud: Cloud, backend: EasBackend, service: Service, replica: Replica) -> dict[str, Any]:
    """An instance in ListServiceInstances."""
    machine = next((group.machines[replica.machine] for group in backend.groups.values() if replica.machine in group.machines), None)
    containers = service.config.get("containers") or [{}]
    running = replica.status == RUNNING
    row = {
        "InstanceName": replica.name,
        "Namespace": service.name,
        "Status": replica.status,
        "Reason": replica.reason,
        "RestartCount": replica.restarts,
        "LastState": [{"reason": replica.reason, "restartCount": replica.restarts}] if replica.restarts else [],
        "ReadyProcesses": 1 if running else 0,
        "TotalProcesses": 1,
        "InstancePort": containers[0].get("port", 8000),
        "ResourceType": "PublicResource" if replica.public or not (replica.place or service.group) else "DedicatedResource",
        "InstanceType": replica.instance_type or (machine.instance_type if machine else ""),
        "IsSpot": replica.bid is not None,
        "Isolated": replica.isolated,
        "Role": "Standard",
        "StartTime": cloud.clock.timestamp(replica.created),
        "StartAt": cloud.clock.timestamp(replica.started) if replica.started is not None else "",
    }
    if machine is not None:
        row |= {"HostName": machine.name, "HostIP": machine.ip, "Zone": machine.zone}
    return row


def event_row(event: Event) -> dict[str, Any]:
    """An event; its time has a space where other times have a T (help centre, DescribeServiceEvent: `2022-04-09 06:30:00`)."""
    time = datetime.fromtimestamp(event.at, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return {"Type": event.type, "Reason": event.reason, "Message": event.message, "Time": time}


def version_row(cloud: Cloud, service: Service, number: int) -> dict[str, Any]:
    version = service.version(number)
    return {
        "BuildTime": cloud.clock.timestamp(version.built),
        "ImageAvailable": "true",
        "ImageId": number,
        "Message": "",
        "ServiceConfig": compact(version.config),
        "ServiceRunnable": "true",
    }


def machine_spec(scope: Scope, kind: machine_types.MachineType) -> dict[str, Any]:
    """A machine type in DescribeMachineSpec; types without GPUs have no GPU field, those not sold on spot no discounts. Vendor is read off
    the name (assumed)."""
    stock, _ = machine_types.stock(scope, kind.name)
    row: dict[str, Any] = {
        "InstanceType": kind.name,
        "CPU": kind.vcpus,
        "Memory": kind.memory_gib,
        "GPUAmount": kind.gpus,
        "IsAvailable": stock != "NoStock",
        "StockStatus": stock,
        "Vendor": "Lingjun" if kind.name.startswith("ml.gu8t") else "BareMetal" if ".ebm" in kind.name else "ECS",
    }
    if kind.gpus:
        row |= {"GPU": kind.gpu, "GPUMemory": kind.gpu_memory_gib}
    for field, protected in (("SpotDiscount", True), ("NonProtectSpotDiscount", False)):
        if (found := market.discount(scope, kind.name, protected=protected)) is not None:
            row[field] = found
    return row


def used_on(backend: EasBackend, machine: Machine) -> list[Replica]:
    return [replica for service in backend.services.values() for replica in service.replicas if replica.machine == machine.id]


def machine_row(cloud: Cloud, backend: EasBackend, group: Group, machine: Machine) -> dict[str, Any]:
    """A machine in ListResourceInstances."""
    used = [replica.need for replica in used_on(backend, machine)]
    row: dict[str, Any] = {
        "InstanceId": machine.id,
        "InstanceName": machine.name,
        "InstanceType": machine.instance_type,
        "InstanceStatus": machine.status,
        "ResourceId": group.id,
        "Region": group.region,
        "Zone": machine.zone,
        "Arch": "amd64",
        "ChargeType": machine.charge_type,
        "AutoRenewal": machine.auto_renewal,
        "CreateTime": cloud.clock.timestamp(machine.created),
        "InstanceIp": machine.ip,
        "InstanceCpuCount": machine.cpus,
        "InstanceGpuCount": machine.gpus,
        "InstanceMemory": f"{machine.memory_mb}M",
        "InstanceSystemDiskSize": machine.system_disk,
        "InstanceUsedCpu": sum(need.cpus for need in used),
        "InstanceUsedGpu": float(sum(need.gpus for need in used)),
        "InstanceUsedMemory": f"{int(sum(need.memory_mb for need in used))}M",
        "Labels": labels(machine.labels),
    }
    if machine.expires is not None:
        row["ExpiredTime"] = cloud.clock.timestamp(machine.expires)
    return row


def group_row(cloud: Cloud, group: Group) -> dict[str, Any]:
    """A group in ListResources. It has no labels: those are on the machines. The status words are assumed."""
    machines = list(group.machines.values())
    return {
        "ResourceId": group.id,
        "ResourceName": group.name,
        "ResourceType": group.kind,
        "ClusterId": group.region,
        "Status": "ResourceReady" if all(machine.status == "Ready" for machine in machines) else "ResourceUpdating",
        "Message": "",
        "CreateTime": cloud.clock.timestamp(group.created),
        "UpdateTime": cloud.clock.timestamp(group.updated),
        "InstanceCount": len(machines),
        "PostPaidInstanceCount": sum(machine.charge_type == "PostPaid" for machine in machines),
        "PrePaidInstanceCount": sum(machine.charge_type == "PrePaid" for machine in machines),
        "CpuCount": sum(machine.cpus for machine in machines),
        "GpuCount": sum(machine.gpus for machine in machines),
        "Vendor": "ECS",
    }


def group_details(cloud: Cloud, backend: EasBackend, group: Group) -> dict[str, Any]:
    """A group in DescribeResource: the row with what is used; memory in MB."""
    machines = list(group.machines.values())
    used = [replica.need for machine in machines for replica in used_on(backend, machine)]
    row = group_row(cloud, group)
    row.pop("Vendor")
    return {
        **row,
        "OwnerUid": group.account,
        "CpuUsed": int(sum(need.cpus for need in used)),
        "GpuUsed": float(sum(need.gpus for need in used)),
        "Memory": sum(machine.memory_mb for machine in machines),
        "MemoryUsed": int(sum(need.memory_mb for need in used)),
        "ExtraData": compact({"vpc": "enabled"}) if group.d_link else "{}",
    }
