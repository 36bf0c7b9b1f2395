"""Scaling configurations on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ecs import images, instance_types
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ess.backend import EssBackend
from fourways.fakes.services.ess.configurations import Configuration
from fourways.fakes.services.shared.requests import ids_of
from fourways.fakes.services.shared.resources import checked_name, new_id
from fourways.fakes.wire.errors import CloudError, missing
from fourways.fakes.wire.parameters import Parameters

_OPTIONS = (
    "InstanceName",
    "Description",
    "HostName",
    "KeyPairName",
    "RamRoleName",
    "UserData",
    "InternetChargeType",
    "InternetMaxBandwidthIn",
    "InternetMaxBandwidthOut",
    "SpotStrategy",
    "Tags",
    "SystemDisk.Category",
    "SystemDisk.Size",
    "SystemDisk.PerformanceLevel",
    "SystemDisk.DiskName",
    "SystemDisk.Description",
)


def _view(call: Call, item: Configuration) -> dict[str, Any]:
    shown = {name.replace("SystemDisk.", "SystemDisk"): value for name, value in item.options.items() if name != "Tags"}
    size = {"SystemDiskSize": int(item.options["SystemDisk.Size"])} if item.options.get("SystemDisk.Size") else {}
    bandwidth = {name: int(item.options.get(name) or 0) for name in ("InternetMaxBandwidthIn", "InternetMaxBandwidthOut")}
    return {
        "ScalingConfigurationId": item.id,
        "ScalingConfigurationName": item.name,
        "ScalingGroupId": item.group_id,
        "LifecycleState": item.status,
        "ImageId": item.image_id,
        "InstanceType": item.types[0],
        "InstanceTypes": {"InstanceType": item.types},
        "SecurityGroupId": item.groups[0],
        "SecurityGroupIds": {"SecurityGroupId": item.groups},
        "DataDisks": {"DataDisk": []},
        "CreationTime": call.scope.clock.timestamp(item.created)[:-4] + "Z",
        "Tags": {"Tag": []},
        **shown,
        **size,
        **bandwidth,
    }


def _types(given: Parameters) -> list[str]:
    types = given.values("InstanceTypes") or [name for name in [given.get("InstanceType")] if name]
    return [instance_types.find(name).name for name in types]


def _groups(call: Call) -> list[str]:
    ids = call.parameters.values("SecurityGroupIds") or [id for id in [call.parameters.get("SecurityGroupId")] if id]
    return [call.backend(EcsBackend).security_groups[id].id for id in ids]


def create_scaling_configuration(call: Call) -> dict[str, Any]:
    def create() -> dict[str, Any]:
        given, backend = call.parameters, call.backend(EssBackend)
        group = backend.groups[given.require("ScalingGroupId")]
        types, groups = _types(given), _groups(call)
        if not types or not groups:
            raise missing("InstanceType" if not types else "SecurityGroupId")
        id = new_id("asc-", 20)
        made = Configuration(
            id=id,
            created=call.scope.clock.now(),
            name=checked_name(given.get("ScalingConfigurationName"), "ScalingConfigurationName", 64) or id,
            status="Inactive",
            group_id=group.id,
            image_id=str(images.find_image(given.require("ImageId"))["id"]),
            types=types,
            groups=groups,
            options={name: given.get(name) for name in _OPTIONS if given.optional(name)},
        )
        return {"ScalingConfigurationId": backend.configurations.create(made).id}

    return call.backend(EssBackend).tokens.once(call, create)


def describe_scaling_configurations(call: Call) -> dict[str, Any]:
    given = call.parameters
    group, ids, names = given.optional("ScalingGroupId"), ids_of(given, "ScalingConfigurationId"), given.values("ScalingConfigurationName")
    found = [
        item
        for item in call.backend(EssBackend).configurations
        if group in (None, item.group_id) and (not ids or item.id in ids) and (not names or item.name in names)
    ]
    page, about = given.page(found, largest=50)
    return {"ScalingConfigurations": {"ScalingConfiguration": [_view(call, item) for item in page]}, **about}


def _named(call: Call) -> Configuration:
    return call.backend(EssBackend).configurations[call.parameters.require("ScalingConfigurationId")]


def modify_scaling_configuration(call: Call) -> None:
    given, item = call.parameters, _named(call)
    types, groups = _types(given) or item.types, _groups(call) or item.groups
    image = str(images.find_image(given.get("ImageId"))["id"]) if given.optional("ImageId") else item.image_id
    item.types, item.groups, item.image_id = types, groups, image
    item.name = checked_name(given.get("ScalingConfigurationName"), "ScalingConfigurationName", 64) or item.name
    item.options |= {name: given.get(name) for name in _OPTIONS if name in given}


def delete_scaling_configuration(call: Call) -> None:
    """Not the active one: help centre, DeleteScalingConfiguration."""
    item = _named(call)
    if item.status == "Active":
        raise CloudError(400, "IncorrectScalingConfigurationLifecycleState", "The scaling configuration is active.")
    call.backend(EssBackend).configurations.remove(item.id)


ACTIONS: dict[str, Handler] = {
    "CreateScalingConfiguration": create_scaling_configuration,
    "DescribeScalingConfigurations": describe_scaling_configurations,
    "ModifyScalingConfiguration": modify_scaling_configuration,
    "DeleteScalingConfiguration": delete_scaling_configuration,
}
