"""What the API shows of an instance."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.ecs.api_network_interfaces import private_ip_sets
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.images import find_image
from fourways.fakes.services.ecs.instances import Instance
from fourways.fakes.services.ecs.network_interfaces import NetworkInterface
from fourways.fakes.services.shared.tagging import as_list

NEVER = "2099-12-31T15:59Z"  # ExpiredTime of pay-as-you-go; help centre, DescribeInstances


def minutes(call: Call, at: float) -> str:
    """`2026-11-24T08:00Z`: ECS shows the times of instances without seconds."""
    return call.scope.clock.timestamp(at)[:-4] + "Z" if at else ""


def _flag(instance: Instance, option: str) -> bool:
    return instance.options.get(option, "").lower() == "true"


def _shared(call: Call, instance: Instance, primary: NetworkInterface) -> dict[str, Any]:
    """What DescribeInstances and DescribeInstanceAttribute have in common."""
    eip = call.backend(EcsBackend).eip_of(instance.id)
    address = {"AllocationId": eip.id, "IpAddress": eip.address, "InternetChargeType": eip.internet_charge_type} if eip else {}
    return {
        "InstanceId": instance.id,
        "InstanceName": instance.name,
        "Description": instance.description,
        "HostName": instance.host_name,
        "Status": instance.status,
        "StoppedMode": instance.stopped_mode,
        "RegionId": call.scope.region,
        "ZoneId": instance.zone,
        "ClusterId": "",
        "VlanId": "",
        "InstanceType": instance.type.name,
        "Cpu": instance.type.vcpus,
        "Memory": int(instance.type.memory_gib * 1024),
        "ImageId": instance.image_id,
        "InstanceNetworkType": "vpc",
        "InstanceChargeType": instance.charge_type,
        "InternetChargeType": instance.internet_charge_type,
        "InternetMaxBandwidthIn": instance.bandwidth_in,
        "InternetMaxBandwidthOut": instance.bandwidth_out,
        "SerialNumber": instance.id.removeprefix("i-"),
        "CreationTime": minutes(call, instance.created),
        "ExpiredTime": minutes(call, instance.expires) or NEVER,
        "CreditSpecification": instance.credit,
        "SecurityGroupIds": {"SecurityGroupId": primary.groups},
        "PublicIpAddress": {"IpAddress": [instance.public_ip] if instance.public_ip else []},
        "InnerIpAddress": {"IpAddress": []},
        "EipAddress": {"AllocationId": "", "IpAddress": "", "InternetChargeType": "", **address, "Bandwidth": eip.bandwidth if eip else 0},
        "VpcAttributes": {
            "VpcId": primary.vpc_id,
            "VSwitchId": primary.vswitch_id,
            "NatIpAddress": "",
            "PrivateIpAddress": {"IpAddress": primary.ips[:1]},
        },
        "DedicatedHostAttribute": {"DedicatedHostId": instance.options.get("DedicatedHostId", ""), "DedicatedHostName": ""},
        "OperationLocks": {"LockReason": [{"LockReason": reason} for reason in instance.locks]},
    }


def _interface(found: NetworkInterface) -> dict[str, Any]:
    return {
        "NetworkInterfaceId": found.id,
        "Type": found.type,
        "MacAddress": found.mac,
        "PrimaryIpAddress": found.ips[0],
        "PrivateIpSets": private_ip_sets(found),
        "Ipv6Sets": {"Ipv6Set": [{"Ipv6Address": address} for address in found.ipv6]},
    }


def row(call: Call, instance: Instance) -> dict[str, Any]:
    """One row of DescribeInstances."""
    interfaces = call.backend(EcsBackend).network_interfaces.of(instance.id)
    image = find_image(instance.image_id)
    options = instance.options
    return {
        **_shared(call, instance, interfaces[0]),
        "InstanceTypeFamily": instance.type.family,
        "GPUAmount": instance.type.gpus,
        "GPUSpec": instance.type.gpu_spec,
        "IoOptimized": True,
        "DeviceAvailable": True,
        "Recyclable": False,
        "ISP": "",
        "OSName": image["name"],
        "OSNameEn": image["name"],
        "OSType": "linux",
        "StartTime": minutes(call, instance.started),
        "AutoReleaseTime": minutes(call, instance.release_at),
        "SaleCycle": "",
        "KeyPairName": instance.key_pair,
        "DeletionProtection": instance.deletion_protection,
        "SpotStrategy": instance.spot_strategy,
        "SpotPriceLimit": instance.spot_price_limit,
        "SpotDuration": instance.spot_duration,
        "SpotInterruptionBehavior": instance.spot_interruption,
        "HpcClusterId": options.get("HpcClusterId", ""),
        "DeploymentSetId": options.get("DeploymentSetId", ""),
        "DeploymentSetGroupNo": 0,
        "LocalStorageAmount": 0,
        "LocalStorageCapacity": 0,
        "ResourceGroupId": instance.resource_group,
        "RdmaIpAddress": {"IpAddress": []},
        "NetworkInterfaces": {"NetworkInterface": [_interface(found) for found in interfaces]},
        "MetadataOptions": {
            "HttpEndpoint": options.get("HttpEndpoint", "enabled"),
            "HttpTokens": options.get("HttpTokens", "optional"),
            "HttpPutResponseHopLimit": int(options.get("HttpPutResponseHopLimit", 0)),
        },
        "CpuOptions": {
            "CoreCount": int(options.get("CpuOptions.Core", max(1, instance.type.vcpus // 2))),
            "ThreadsPerCore": int(options.get("CpuOptions.ThreadsPerCore", 2)),
            "TopologyType": options.get("CpuOptions.TopologyType", "DiscreteCoreToHTMapping"),
            "Numa": "",
        },
        "ImageOptions": {"LoginAsNonRoot": _flag(instance, "ImageOptions.LoginAsNonRoot")},
        "AdditionalInfo": {"EnableHighDensityMode": _flag(instance, "AdditionalInfo.EnableHighDensityMode")},
        "HibernationOptions": {"Configured": False},
        "DedicatedInstanceAttribute": {"Affinity": "", "Tenancy": ""},
        "EcsCapacityReservationAttr": {"CapacityReservationId": "", "CapacityReservationPreference": ""},
        "Tags": as_list(instance.tags, "TagKey", "TagValue"),
    }


def attribute(call: Call, instance: Instance) -> dict[str, Any]:
    """The answer of DescribeInstanceAttribute."""
    primary = call.backend(EcsBackend).network_interfaces.of(instance.id)[0]
    jumbo = _flag(instance, "NetworkOptions.EnableJumboFrame")
    return {**_shared(call, instance, primary), "IoOptimized": "optimized", "EnableJumboFrame": jumbo}


def maintenance(instance: Instance) -> dict[str, Any]:
    """One row of DescribeInstanceMaintenanceAttributes."""
    return {
        "InstanceId": instance.id,
        "NotifyOnMaintenance": _flag(instance, "NotifyOnMaintenance"),
        "ActionOnMaintenance": {
            "Value": instance.options.get("ActionOnMaintenance", "AutoRecover"),
            "DefaultValue": "AutoRecover",
            "SupportedValues": {"SupportedValue": ["AutoRecover", "Stop", "AutoRedeploy"]},
        },
        "MaintenanceWindows": {"MaintenanceWindow": instance.windows},
    }
