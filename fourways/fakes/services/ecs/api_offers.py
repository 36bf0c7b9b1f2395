"""What can be chosen on the wire: regions, zones, instance types and images."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ecs import instance_types
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.images import find_image
from fourways.fakes.services.ecs.instance_types import InstanceType, offers
from fourways.fakes.services.ecs.zones import REGIONS, region_name, zones_of


def describe_regions(call: Call) -> dict[str, Any]:
    language = call.parameters.get("AcceptLanguage")
    rows = [
        {"RegionId": id, "LocalName": region_name(id, language), "RegionEndpoint": f"ecs.{id}.aliyuncs.com", "Status": "available"}
        for id in REGIONS
    ]
    return {"Regions": {"Region": rows}}


def describe_zones(call: Call) -> dict[str, Any]:
    types = list(instance_types.known())
    rows = [
        {
            "ZoneId": zone,
            "LocalName": zone,
            "ZoneType": "AvailabilityZone",
            "AvailableResourceCreation": {"ResourceTypes": offers()["resources"]},
            "AvailableInstanceTypes": {"InstanceTypes": types},
            "AvailableDiskCategories": {"DiskCategories": list(offers()["disks"])},
            "AvailableVolumeCategories": {"VolumeCategories": []},
            "AvailableDedicatedHostTypes": {"DedicatedHostType": []},
            "DedicatedHostGenerations": {"DedicatedHostGeneration": []},
            "AvailableResources": {"ResourcesInfo": []},
        }
        for zone in zones_of(call.scope.region)
    ]
    return {"Zones": {"Zone": rows}}


def describe_available_resource(call: Call) -> dict[str, Any]:
    given = call.parameters
    kind = given.require("DestinationResource")
    wanted = given.optional("ZoneId")
    rows = [_zone_view(call, kind, zone) for zone in zones_of(call.scope.region) if wanted in (None, zone)]
    return {"AvailableZones": {"AvailableZone": rows}}


def _zone_view(call: Call, kind: str, zone: str) -> dict[str, Any]:
    """A zone that is down has nothing (assumed: it is listed, and sold out)."""
    backend = call.backend(EcsBackend)
    up = zone not in backend.zones_down
    if kind in ("SystemDisk", "DataDisk"):
        supported = [_value(name, up) for name in offers()["disks"]]
    elif kind == "InstanceType":
        supported = [_value(row.name, backend.instances.in_stock(row.name, zone)) for row in _types(call)]
    else:
        supported = [_value(kind, up)]
    resources = {"AvailableResource": [{"Type": kind, "SupportedResources": {"SupportedResource": supported}}]}
    state = _value(zone, up)
    return {
        "RegionId": call.scope.region,
        "ZoneId": zone,
        "Status": state["Status"],
        "StatusCategory": state["StatusCategory"],
        "AvailableResources": resources,
    }


def _value(name: str, in_stock: bool) -> dict[str, Any]:
    """Status and category as the help centre's DescribeAvailableResource words them."""
    if in_stock:
        return {"Value": name, "Status": "Available", "StatusCategory": "WithStock"}
    return {"Value": name, "Status": "SoldOut", "StatusCategory": "WithoutStock"}


def _types(call: Call) -> list[InstanceType]:
    given = call.parameters
    cores, memory = given.optional("Cores"), given.optional("Memory")
    wanted = given.optional("InstanceType")
    return [
        row
        for row in instance_types.known().values()
        if wanted in (None, row.name) and (cores is None or int(cores) == row.vcpus) and (memory is None or float(memory) == row.memory_gib)
    ]


def describe_instance_types(call: Call) -> dict[str, Any]:
    given = call.parameters
    names, family = given.values("InstanceTypes"), given.optional("InstanceTypeFamily")
    wanted = given.optional("InstanceType")
    gpus, spec = (given.integer(name, -1) for name in ("MinimumGPUAmount", "MaximumGPUAmount")), given.optional("GPUSpec")
    fewest, most = gpus
    rows = [
        _type_view(row)
        for row in instance_types.known().values()
        if (not names or row.name in names)
        and family in (None, row.family)
        and wanted in (None, row.name)
        and spec in (None, row.gpu_spec)
        and row.gpus >= fewest
        and (most < 0 or row.gpus <= most)
    ]
    return {"InstanceTypes": {"InstanceType": rows}, "NextToken": ""}


def _type_view(row: InstanceType) -> dict[str, Any]:
    return {
        "InstanceTypeId": row.name,
        "InstanceTypeFamily": row.family,
        "Generation": row.generation,
        "CpuCoreCount": row.vcpus,
        "MemorySize": float(row.memory_gib),
        "GPUAmount": row.gpus,
        "GPUSpec": row.gpu_spec,
        "EniQuantity": 2,
        "EniPrivateIpAddressQuantity": 6,
        "DiskQuantity": 17,
        "NvmeSupport": "unsupported",
        "LocalStorageCategory": "",
        "CpuArchitecture": "X86",
    }


def describe_image_support_instance_types(call: Call) -> dict[str, Any]:
    """Every image here runs on every type."""
    image = call.parameters.require("ImageId")
    find_image(image)
    rows = [
        {
            "InstanceTypeId": row.name,
            "InstanceTypeFamily": row.family,
            "CpuCoreCount": row.vcpus,
            "MemorySize": float(row.memory_gib),
        }
        for row in instance_types.known().values()
    ]
    return {"RegionId": call.scope.region, "ImageId": image, "InstanceTypes": {"InstanceType": rows}}


def describe_instance_type_families(call: Call) -> dict[str, Any]:
    generation = call.parameters.optional("Generation")
    families = {row.family: row.generation for row in instance_types.known().values()}
    rows = [{"InstanceTypeFamilyId": family, "Generation": age} for family, age in families.items() if generation in (None, age)]
    return {"InstanceTypeFamilies": {"InstanceTypeFamily": rows}}


def describe_images(call: Call) -> dict[str, Any]:
    given = call.parameters
    ids = [id for id in given.get("ImageId").split(",") if id]
    name, family, owner = given.optional("ImageName"), given.optional("ImageFamily"), given.optional("ImageOwnerAlias")
    system = given.optional("OSType")
    rows = [
        {
            "ImageId": row["id"],
            "ImageName": row["id"],
            "ImageFamily": row["family"],
            "OSName": row["name"],
            "OSNameEn": row["name"],
            "OSType": "linux",
            "Platform": row["platform"],
            "Architecture": "x86_64",
            "ImageOwnerAlias": "system",
            "ImageVersion": "",
            "Description": "",
            "Size": 20,
            "Status": "Available",
            "Usage": "none",
            "Progress": "100%",
            "CreationTime": row["created"],
            "ProductCode": "",
            "IsSubscribed": False,
            "IsSelfShared": "",
            "IsCopied": False,
            "IsSupportIoOptimized": True,
            "IsSupportCloudinit": True,
            "BootMode": "BIOS",
            "DiskDeviceMappings": {"DiskDeviceMapping": []},
            "Tags": {"Tag": []},
        }
        for row in offers()["images"]
        if (not ids or row["id"] in ids)
        and name in (None, row["id"])
        and family in (None, row["family"])
        and owner in (None, "system")
        and system in (None, "linux")
    ]
    page, about = given.page(rows)
    return {"RegionId": call.scope.region, "Images": {"Image": page}, **about}


ACTIONS: dict[str, Handler] = {
    "DescribeRegions": describe_regions,
    "DescribeZones": describe_zones,
    "DescribeAvailableResource": describe_available_resource,
    "DescribeInstanceTypes": describe_instance_types,
    "DescribeInstanceTypeFamilies": describe_instance_type_families,
    "DescribeImageSupportInstanceTypes": describe_image_support_instance_types,
    "DescribeImages": describe_images,
}
