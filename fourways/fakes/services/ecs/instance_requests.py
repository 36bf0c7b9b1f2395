"""RunInstances: from parameters to instances, with every check before the first effect."""

from __future__ import annotations

from decimal import Decimal
from ipaddress import ip_address
from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.ecs import images, instance_types, spot
from fourways.fakes.services.ecs.api_disks import check_encryption, read_options
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.disks import Disk
from fourways.fakes.services.ecs.instance_checks import (
    check_password,
    checked_metadata_options,
    checked_role,
    checked_user_data,
    release_time,
    term,
)
from fourways.fakes.services.ecs.instances import Instance
from fourways.fakes.services.ecs.network_interfaces import NetworkInterface
from fourways.fakes.services.ecs.zones import checked_zone
from fourways.fakes.services.resourcemanager.backend import checked_group
from fourways.fakes.services.shared.requests import refuse_dry_run
from fourways.fakes.services.shared.resources import checked_description, checked_name, new_id
from fourways.fakes.services.shared.tagging import given_tags
from fourways.fakes.services.vpc.backend import VpcBackend
from fourways.fakes.wire.errors import CloudError, invalid, missing
from fourways.fakes.wire.parameters import Parameters

MOST_AT_ONCE = 100  # help centre, RunInstances: Amount
_KEPT_OPTIONS = (
    "CpuOptions.Core",
    "CpuOptions.ThreadsPerCore",
    "CpuOptions.TopologyType",
    "HttpEndpoint",
    "HttpTokens",
    "HttpPutResponseHopLimit",
    "ImageOptions.LoginAsNonRoot",
    "AdditionalInfo.EnableHighDensityMode",
    "NetworkOptions.EnableJumboFrame",
    "DeploymentSetId",
    "HpcClusterId",
    "DedicatedHostId",
    "PrivatePoolOptions.MatchCriteria",
    "PrivatePoolOptions.Id",
)


def run(call: Call) -> list[Instance]:
    """All of the amount, or none (MinAmount: as many as there is stock for, from that number up)."""
    given, backend = call.parameters, call.backend(EcsBackend)
    amount = given.integer("Amount", 1, 1, MOST_AT_ONCE)
    fewest = given.integer("MinAmount", amount, 1, amount)
    type = instance_types.find(given.require("InstanceType"))
    image = given.get("ImageId") or (images.of_family(given.get("ImageFamily")) if given.optional("ImageFamily") else "")
    if not image:
        raise missing("ImageId")
    images.find_image(image)
    zone = _zone(call)
    while amount > fewest and not backend.instances.in_stock(type.name, zone, amount):
        amount -= 1
    backend.instances.check_stock(type.name, zone, amount)
    _check(call, type.name, image, amount)
    refuse_dry_run(given)
    return [_create(call, type.name, image, number, amount) for number in range(amount)]


def _zone(call: Call) -> str:
    """The zone of the vSwitch that is named; the one that is given, or none, where no vSwitch is, which is refused later."""
    given, vswitches = call.parameters, call.backend(VpcBackend).vswitches
    primary = next((record for record in given.records("NetworkInterface") if record.get("InstanceType") == "Primary"), {})
    vswitch = vswitches.known(given.get("VSwitchId") or primary.get("VSwitchId", ""))
    return vswitch.zone if vswitch else given.get("ZoneId")


def _check(call: Call, type: str, image: str, amount: int) -> None:
    """Make the last of the instances on trial, so that nothing is kept when anything is refused."""
    primary = _interfaces(call, amount - 1)[0]
    instance = _instance(call, type, image, 0, 1)
    _disks(call, instance, primary.zone)
    market, _ = spot.market_price(call.scope, instance.type, primary.zone)
    if instance.spot_strategy == "SpotWithPriceLimit" and Decimal(str(instance.spot_price_limit)) < market:
        raise CloudError(
            400,
            "InvalidSpotPriceLimit.LowerThanPublicPrice",
            f'The specified parameter "spotPriceLimit" can\'t be lower than current public price ({market}).',
        )
    vpc = call.backend(VpcBackend)
    if vpc.vswitches.free_addresses(vpc.vswitches[primary.vswitch_id]) < amount:
        raise CloudError(403, "InvalidVSwitchId.IpNotEnough", f"The vSwitch {primary.vswitch_id} has not {amount} free addresses.")


def _create(call: Call, type: str, image: str, number: int, amount: int) -> Instance:
    backend = call.backend(EcsBackend)
    instance = _instance(call, type, image, number, amount)
    interfaces = _interfaces(call, number)
    interfaces[0].type, interfaces[0].system = "Primary", True
    instance.zone = interfaces[0].zone
    if instance.bandwidth_out > 0:
        instance.public_ip = backend.public_address()
    for interface in interfaces:
        interface.instance_id, interface.status = instance.id, "InUse"
        backend.network_interfaces.add(interface)
    backend.instances.create(instance)
    for disk, device in _disks(call, instance, instance.zone):
        backend.disks.create_with(instance, disk, device)
    return instance


def _instance(call: Call, type: str, image: str, number: int, amount: int) -> Instance:
    given, backend = call.parameters, call.backend(EcsBackend)
    charge_type = given.choice("InstanceChargeType", ("PostPaid", "PrePaid"), "PostPaid")
    instance = Instance(
        id=new_id("i-", 20),
        created=call.scope.clock.now(),
        type=instance_types.find(type),
        image_id=image,
        zone="",
        charge_type=charge_type,
        months=term(given) if charge_type == "PrePaid" else Decimal(0),
    )
    instance.expires = instance.created + float(instance.months) * 730 * 3600 if instance.months else 0.0
    suffix = f"{number + 1:03d}" if given.boolean("UniqueSuffix") and amount > 1 else ""
    name = checked_name(given.get("InstanceName"), "InstanceName")
    instance.name = name + suffix if name else instance.id
    instance.description = checked_description(given.get("Description"))
    instance.host_name = given.get("HostName") + suffix if given.optional("HostName") else "iZ" + instance.id.removeprefix("i-") + "Z"
    instance.tags, instance.resource_group = given_tags(given), checked_group(call.scope, given.get("ResourceGroupId"))
    instance.key_pair = backend.key_pairs[given.get("KeyPairName")].id if given.optional("KeyPairName") else ""
    instance.role = checked_role(call, given.get("RamRoleName"))
    instance.user_data = checked_user_data(given.get("UserData"))
    check_password(given.get("Password"))
    instance.deletion_protection = given.boolean("DeletionProtection")
    if instance.deletion_protection and charge_type == "PrePaid":
        raise CloudError(403, "InvalidChargeType.ValueNotSupported", "Deletion protection is for pay-as-you-go instances.")
    instance.internet_charge_type = given.choice("InternetChargeType", ("PayByBandwidth", "PayByTraffic"), "PayByTraffic")
    instance.bandwidth_out = given.integer("InternetMaxBandwidthOut", 0, 0, 100)
    instance.bandwidth_in = given.integer("InternetMaxBandwidthIn", 10 if instance.bandwidth_out else 0, 0, 200)
    instance.credit = given.get("CreditSpecification")
    checked_metadata_options(given)
    if given.optional("SecurityEnhancementStrategy"):
        given.choice("SecurityEnhancementStrategy", ("Active", "Deactive"))
    instance.options = {name: value for name in _KEPT_OPTIONS if (value := given.optional(name)) is not None}
    if given.boolean("AutoRenew"):
        instance.renewal, instance.renewal_period = "AutoRenewal", given.integer("AutoRenewPeriod", 1, 1, 60)
    _read_spot(instance, given)
    if given.optional("AutoReleaseTime") and charge_type == "PostPaid":
        instance.release_at = release_time(call, given.get("AutoReleaseTime"))
    return instance


def _read_spot(instance: Instance, given: Parameters) -> None:
    instance.spot_strategy = given.choice("SpotStrategy", ("NoSpot", "SpotWithPriceLimit", "SpotAsPriceGo"), "NoSpot")
    if instance.spot_strategy == "NoSpot":
        return
    if instance.charge_type == "PrePaid":
        raise CloudError(400, "InvalidSpotPrepaid", "The specified Spot type is not support PrePay Instance.")
    limit = given.get("SpotPriceLimit") or "0"
    try:
        instance.spot_price_limit = float(limit)
    except ValueError:
        raise invalid("SpotPriceLimit") from None
    if instance.spot_price_limit < 0 or (instance.spot_strategy == "SpotWithPriceLimit" and not instance.spot_price_limit):
        raise invalid("SpotPriceLimit")
    instance.spot_duration = given.integer("SpotDuration", 1, 0, 6)
    instance.spot_interruption = given.choice("SpotInterruptionBehavior", ("Terminate", "Stop"), "Terminate")


def _interfaces(call: Call, number: int = 0) -> list[NetworkInterface]:
    """The primary interface, then the secondary ones; none is kept yet unless it was there before.

    The `number`th instance of one call has the private address that many above the one asked for.
    """
    given = call.parameters
    records = given.records("NetworkInterface")
    primary = next((dict(record) for record in records if record.get("InstanceType") == "Primary"), None)
    secondary = [record for record in records if record.get("InstanceType") != "Primary"]
    if primary is None:
        groups = given.values("SecurityGroupIds") or [id for id in [given.get("SecurityGroupId")] if id]
        primary = {"VSwitchId": given.get("VSwitchId"), "PrimaryIpAddress": given.get("PrivateIpAddress")}
        primary |= {f"SecurityGroupIds.{place}": id for place, id in enumerate(groups, 1)}
    if primary.get("PrimaryIpAddress") and number:
        primary["PrimaryIpAddress"] = str(ip_address(primary["PrimaryIpAddress"]) + number)
    made = [_interface(call, record) for record in [primary, *secondary]]
    zone = given.optional("ZoneId")
    if zone is not None and checked_zone(call.scope.region, zone) != made[0].zone:
        raise CloudError(403, "InvalidVSwitchId.NotInSameZone", f"The vSwitch {made[0].vswitch_id} is not in the zone {zone}.")
    return made


def _interface(call: Call, record: dict[str, str]) -> NetworkInterface:
    interfaces = call.backend(EcsBackend).network_interfaces
    if record.get("NetworkInterfaceId"):
        found = interfaces[record["NetworkInterfaceId"]]
        if found.status != "Available":
            raise CloudError(403, "InvalidOperation.InvalidEniState", f"The status of the interface is {found.status}.")
        return found
    given = Parameters(record)
    groups = given.values("SecurityGroupIds") or [id for id in [given.get("SecurityGroupId")] if id]
    if not groups:
        raise missing("SecurityGroupId")
    made = interfaces.new(given.require("VSwitchId"), groups, given.get("PrimaryIpAddress"))
    made.traffic_mode = given.optional("NetworkInterfaceTrafficMode") or "Standard"
    made.queue_pairs, made.card_index = given.integer("QueuePairNumber", 0), given.integer("NetworkCardIndex", 0)
    made.source_dest_check = given.boolean("SourceDestCheck")
    made.ipv6 = given.values("Ipv6Address") or call.parameters.values("Ipv6Address")
    return made


def _disks(call: Call, instance: Instance, zone: str) -> list[tuple[Disk, str]]:
    """The system disk, then the data disks, each with the device it is wanted at."""
    given, disks = call.parameters, call.backend(EcsBackend).disks
    size = given.integer("SystemDisk.Size", 0) or None
    category = given.optional("SystemDisk.Category") or "cloud_efficiency"
    system = disks.new(zone, category, size, system=True, performance_level=given.get("SystemDisk.PerformanceLevel"))
    system.name, system.image_id = checked_name(given.get("SystemDisk.DiskName"), "SystemDisk.DiskName"), instance.image_id
    system.delete_with_instance = True
    read_options(system, given, "SystemDisk.")
    found = [(system, "/dev/xvda")]
    for record in given.records("DataDisk"):
        found.append(_data_disk(call, Parameters(record), zone))
    for disk, _ in found:
        check_encryption(call.scope, disk)
        disk.resource_group = instance.resource_group
    return found


def _data_disk(call: Call, given: Parameters, zone: str) -> tuple[Disk, str]:
    category = given.optional("Category") or "cloud_efficiency"
    level = given.get("PerformanceLevel")
    disk = call.backend(EcsBackend).disks.new(zone, category, given.integer("Size", low=1), performance_level=level)
    disk.name = checked_name(given.get("DiskName"), "DiskName")
    disk.delete_with_instance = given.boolean("DeleteWithInstance", True)
    read_options(disk, given)
    return disk, given.get("Device")


def response(instances: list[Instance]) -> dict[str, Any]:
    answer: dict[str, Any] = {"InstanceIdSets": {"InstanceIdSet": [instance.id for instance in instances]}}
    return answer | ({"OrderId": new_id("", 12)} if instances[0].charge_type == "PrePaid" else {})
