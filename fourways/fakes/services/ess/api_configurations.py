"""Scaling configurations on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ecs import images, instance_types
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.instance_checks import checked_user_data
from fourways.fakes.services.ess.backend import EssBackend
from fourways.fakes.services.ess.configurations import DATA_DISK, HANDED_ON, Configuration, instance_tags
from fourways.fakes.services.shared.requests import ids_of
from fourways.fakes.services.shared.resources import checked_name, new_id
from fourways.fakes.services.shared.tagging import checked_tags
from fourways.fakes.wire.errors import CloudError, invalid, missing
from fourways.fakes.wire.parameters import Parameters

MOST_TYPES, MOST_DISKS = 10, 16  # help centre, CreateScalingConfiguration
_OPTIONS = (
    *HANDED_ON,
    "InstanceName",
    "InstanceDescription",
    "SpotStrategy",
    "ImageName",
    "SecurityEnhancementStrategy",
    "PasswordInherit",
)
_NUMBERS = ("InternetMaxBandwidthIn", "InternetMaxBandwidthOut", "SpotDuration", "SystemDisk.Size", "SystemDisk.ProvisionedIops")
_TRUTHS = ("SystemDisk.Encrypted", "DeletionProtection", "ImageOptions.LoginAsNonRoot", "PasswordInherit")
# Shown with the dot; the others of the system disk lose it.
_DOTTED = ("SystemDisk.Encrypted", "SystemDisk.EncryptAlgorithm", "SystemDisk.KMSKeyId", "SystemDisk.ProvisionedIops")
_STRATEGIES = ("", "NoSpot", "SpotAsPriceGo", "SpotWithPriceLimit")


def _shown(name: str, value: str) -> Any:
    if name in _NUMBERS:
        return int(value or 0)
    return value.lower() == "true" if name in _TRUTHS else value


def _view(call: Call, item: Configuration) -> dict[str, Any]:
    shown = {
        name if name in _DOTTED else name.replace("SystemDisk.", "SystemDisk"): _shown(name, value)
        for name, value in item.options.items()
        if value or name not in _NUMBERS
    }
    bandwidth = {name: int(item.options.get(name) or 0) for name in ("InternetMaxBandwidthIn", "InternetMaxBandwidthOut")}
    row = {
        "ScalingConfigurationId": item.id,
        "ScalingConfigurationName": item.name,
        "ScalingGroupId": item.group_id,
        "LifecycleState": item.status,
        "ImageId": item.image_id,
        "InstanceType": item.types[0],
        "InstanceTypes": {"InstanceType": item.types},
        "SecurityGroupId": item.groups[0],
        "SecurityGroupIds": {"SecurityGroupId": item.groups},
        "DataDisks": {"DataDisk": [_disk_view(disk) for disk in item.disks]},
        "SpotPriceLimit": {"SpotPriceModel": [{"InstanceType": type, "PriceLimit": float(limit)} for type, limit in item.limits.items()]},
        "CreationTime": call.scope.clock.timestamp(item.created)[:-4] + "Z",
        "Tags": {"Tag": [{"Key": key, "Value": value} for key, value in item.instance_tags.items()]},
        **shown,
        **bandwidth,
    }
    if item.priorities:
        row["CustomPriorities"] = {"CustomPriority": [{"InstanceType": type, "VswitchId": vswitch} for type, vswitch in item.priorities]}
    return row


def _disk_view(disk: dict[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {name: value for name, value in disk.items() if name not in ("Size", "ProvisionedIops", "DeleteWithInstance")}
    row |= {name: int(disk[name]) for name in ("Size", "ProvisionedIops") if disk.get(name)}
    row["DeleteWithInstance"] = disk.get("DeleteWithInstance", "true").lower() == "true"
    return row


def _types(given: Parameters) -> list[str]:
    types = given.values("InstanceTypes") or [record.get("InstanceType", "") for record in given.records("InstanceTypeOverride")]
    types = types or [name for name in [given.get("InstanceType")] if name]
    if len(types) > MOST_TYPES:
        raise invalid("InstanceTypes", f"At most {MOST_TYPES}.")
    return [instance_types.find(name).name for name in types]


def _image(given: Parameters) -> str | None:
    """By id, name or family, the first of them that is given; None where none is. Public images have their id for a name."""
    named = given.optional("ImageId") or given.optional("ImageName")
    if named is None and given.optional("ImageFamily"):
        return images.of_family(given.get("ImageFamily"))
    return str(images.find_image(named)["id"]) if named else None


def _groups(call: Call) -> list[str]:
    ids = call.parameters.values("SecurityGroupIds") or [id for id in [call.parameters.get("SecurityGroupId")] if id]
    return [call.backend(EcsBackend).security_groups[id].id for id in ids]


def _disks(given: Parameters) -> list[dict[str, str]]:
    found = [{name: record[name] for name in DATA_DISK if name in record} for record in given.records("DataDisk")]
    if len(found) > MOST_DISKS:
        raise invalid("DataDisk", f"At most {MOST_DISKS}.")
    for disk in found:
        Parameters(disk).integer("Size", 0)
    return found


def _limits(given: Parameters) -> dict[str, str]:
    found = {record.get("InstanceType", ""): record.get("PriceLimit", "") for record in given.records("SpotPriceLimit")}
    for limit in found.values():
        try:
            float(limit)
        except ValueError:
            raise invalid("SpotPriceLimit", "PriceLimit must be a number.") from None
    return found


def _priorities(given: Parameters) -> list[tuple[str, str]]:
    return [(record.get("InstanceType", ""), record.get("VswitchId", "")) for record in given.records("CustomPriorities")]


def _checked_options(given: Parameters) -> dict[str, str]:
    """What is given of the options, blanks too: they take something away."""
    given.choice("SpotStrategy", _STRATEGIES)
    given.choice("HttpEndpoint", ("", "enabled", "disabled"))
    given.choice("HttpTokens", ("", "optional", "required"))
    for name in _NUMBERS:
        given.integer(name, 0)
    checked_user_data(given.get("UserData"))
    return {name: given.get(name) for name in _OPTIONS if name in given}


def create_scaling_configuration(call: Call) -> dict[str, Any]:
    def create() -> dict[str, Any]:
        given, backend = call.parameters, call.backend(EssBackend)
        group = backend.groups[given.require("ScalingGroupId")]
        types, groups = _types(given), _groups(call)
        if not types or not groups:
            raise missing("InstanceType" if not types else "SecurityGroupId")
        image = _image(given)
        if image is None:
            raise missing("ImageId")
        id = new_id("asc-", 20)
        made = Configuration(
            id=id,
            created=call.scope.clock.now(),
            name=checked_name(given.get("ScalingConfigurationName"), "ScalingConfigurationName", 64) or id,
            status="Inactive",
            group_id=group.id,
            image_id=image,
            types=types,
            groups=groups,
            options={name: value for name, value in _checked_options(given).items() if value},
            disks=_disks(given),
            limits=_limits(given),
            priorities=_priorities(given),
            instance_tags=checked_tags(instance_tags(given.get("Tags"))),
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
    """Instances that are there stay as they are. Lists that are given take the place of the old ones; with `Override` also those that
    are not given, which are then empty (SDK, ModifyScalingConfiguration)."""
    given, item = call.parameters, _named(call)
    override = given.boolean("Override")
    types, groups, options = _types(given) or item.types, _groups(call) or item.groups, _checked_options(given)
    disks, limits, priorities = _disks(given), _limits(given), _priorities(given)
    image = _image(given) or item.image_id
    tags = checked_tags(instance_tags(given.get("Tags"))) if given.optional("Tags") else item.instance_tags
    item.types, item.groups, item.image_id, item.instance_tags = types, groups, image, tags
    item.name = checked_name(given.get("ScalingConfigurationName"), "ScalingConfigurationName", 64) or item.name
    item.options |= options
    item.disks = disks if disks or override else item.disks
    item.limits = limits if limits or override else item.limits
    item.priorities = priorities if priorities or override else item.priorities


def delete_scaling_configuration(call: Call) -> None:
    """Not the active one: help centre, DeleteScalingConfiguration. Nor one that a refresh is about to make the active one (assumed)."""
    backend, item = call.backend(EssBackend), _named(call)
    task = backend.groups[item.group_id].refresh
    if item.status == "Active" or (task and item.id in (task.source.configuration, task.previous.configuration)):
        raise CloudError(400, "IncorrectScalingConfigurationLifecycleState", "The scaling configuration is active or in use.")
    backend.configurations.remove(item.id)


ACTIONS: dict[str, Handler] = {
    "CreateScalingConfiguration": create_scaling_configuration,
    "DescribeScalingConfigurations": describe_scaling_configurations,
    "ModifyScalingConfiguration": modify_scaling_configuration,
    "DeleteScalingConfiguration": delete_scaling_configuration,
}
