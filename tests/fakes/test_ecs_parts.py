"""Disks, network interfaces and key pairs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from machines import ZONE, Site, site


@pytest.fixture
def place() -> Site:
    return site()


def test_a_disk_is_billed_by_its_size_from_its_creation(place: Site) -> None:
    id = place.ecs.ok("CreateDisk", ZoneId=ZONE, Size=100, DiskCategory="cloud_essd", DiskName="d")["DiskId"]
    assert place.disks(DiskIds=f'["{id}"]')[0]["Status"] == "Creating"
    place.ecs.wait()
    (row,) = place.disks(DiskName="d")
    assert (row["Status"], row["PerformanceLevel"], row["Portable"], row["DeleteWithInstance"]) == ("Available", "PL1", True, False)
    hundred = 100 * Decimal("0.1408") / 730  # PL1 of the price book, a GiB and month
    assert [Decimal(bill["hourly_price"]) for bill in place.ecs.cloud.ledger.rows()] == [pytest.approx(hundred)]
    place.ecs.ok("ResizeDisk", DiskId=id, NewSize=200)
    assert Decimal(place.ecs.cloud.ledger.rows(only_open=True)[0]["hourly_price"]) == pytest.approx(2 * hundred)
    assert place.ecs.refused("ResizeDisk", DiskId=id, NewSize=100) == (400, "InvalidDiskSize.TooSmall")
    place.ecs.ok("DeleteDisk", DiskId=id)
    assert place.bills() == []


def test_a_disk_is_attached_and_detached(place: Site) -> None:
    instance = place.run()
    id = place.ecs.ok("CreateDisk", ZoneId=ZONE, Size=20)["DiskId"]
    assert place.ecs.refused("AttachDisk", DiskId=id, InstanceId=instance) == (403, "IncorrectDiskStatus")
    place.ecs.wait()
    place.ecs.ok("AttachDisk", DiskId=id, InstanceId=instance, DeleteWithInstance="true")
    place.ecs.wait()
    row = place.disks(DiskIds=f'["{id}"]')[0]
    assert (row["Status"], row["InstanceId"], row["Device"], row["DeleteWithInstance"]) == ("In_use", instance, "/dev/xvdb", True)
    assert place.ecs.refused("DeleteDisk", DiskId=id) == (403, "IncorrectDiskStatus")
    place.ecs.ok("DetachDisk", DiskId=id, InstanceId=instance)
    place.ecs.wait()
    assert place.disks(DiskIds=f'["{id}"]')[0]["Status"] == "Available"


def test_a_disk_of_another_zone_is_not_attached(place: Site) -> None:
    instance = place.run()
    id = place.ecs.ok("CreateDisk", ZoneId="ap-southeast-1b", Size=20)["DiskId"]
    place.ecs.wait()
    assert place.ecs.refused("AttachDisk", DiskId=id, InstanceId=instance) == (400, "ResourcesNotInSameZone")


def test_disks_carry_tags_of_their_own(place: Site) -> None:
    instance = place.run(Tag_1_Key="a", Tag_1_Value="b")
    (disk,) = place.disks(InstanceId=instance)
    place.ecs.ok("TagResources", ResourceType="disk", ResourceId_1=disk["DiskId"], Tag_1_Key="x", Tag_1_Value="y")
    assert place.disks(InstanceId=instance)[0]["Tags"] == {"Tag": [{"TagKey": "x", "TagValue": "y"}]}
    tags = place.ecs.ok("DescribeTags", ResourceType="instance")["Tags"]["Tag"]
    assert [(row["TagKey"], row["ResourceTypeCount"]["Instance"]) for row in tags] == [("a", 1)]


def test_an_interface_takes_an_address_and_holds_its_vswitch(place: Site) -> None:
    made = place.ecs.ok(
        "CreateNetworkInterface", VSwitchId=place.vswitches[0], SecurityGroupId=place.group, SecondaryPrivateIpAddressCount=2
    )
    ips = [row["PrivateIpAddress"] for row in made["PrivateIpSets"]["PrivateIpSet"]]
    assert len(set(ips)) == 3
    assert place.vpc.refused("DeleteVSwitch", VSwitchId=place.vswitches[0]) == (400, "DependencyViolation")
    taken = place.given(PrivateIpAddress=ips[1])
    assert place.ecs.refused("RunInstances", **taken) == (403, "InvalidIPAddress.AlreadyUsed")
    place.ecs.ok("UnassignPrivateIpAddresses", NetworkInterfaceId=made["NetworkInterfaceId"], PrivateIpAddress_1=ips[1])
    place.ecs.ok("RunInstances", **taken)
    place.ecs.ok("DeleteNetworkInterface", NetworkInterfaceId=made["NetworkInterfaceId"])
    place.ecs.wait()
    assert place.made("network-interface") == []


def test_interfaces_are_attached_in_their_zone_and_the_primary_one_stays(place: Site) -> None:
    instance = place.run()
    far = place.ecs.ok("CreateNetworkInterface", VSwitchId=place.vswitches[1], SecurityGroupId=place.group)["NetworkInterfaceId"]
    near = place.ecs.ok("CreateNetworkInterface", VSwitchId=place.vswitches[0], SecurityGroupId=place.group)["NetworkInterfaceId"]
    assert place.ecs.refused("AttachNetworkInterface", NetworkInterfaceId=far, InstanceId=instance)[0] == 403
    place.ecs.ok("AttachNetworkInterface", NetworkInterfaceId=near, InstanceId=instance)
    place.ecs.wait()
    rows = place.row(instance)["NetworkInterfaces"]["NetworkInterface"]
    assert [row["Type"] for row in rows] == ["Primary", "Secondary"]
    primary = rows[0]["NetworkInterfaceId"]
    assert place.ecs.refused("DeleteNetworkInterface", NetworkInterfaceId=primary) == (403, "InvalidOperation.InvalidEniType")
    assert place.ecs.refused("DeleteNetworkInterface", NetworkInterfaceId=near) == (403, "InvalidOperation.InvalidEniState")


def test_key_pairs_show_their_private_half_once(place: Site) -> None:
    made = place.ecs.ok("CreateKeyPair", KeyPairName="k", Tag_1_Key="a", Tag_1_Value="b")
    assert made["PrivateKeyBody"].startswith("-----BEGIN RSA PRIVATE KEY-----")
    (row,) = place.ecs.ok("DescribeKeyPairs", KeyPairName="k*", IncludePublicKey="true")["KeyPairs"]["KeyPair"]
    assert row["KeyPairFingerPrint"] == made["KeyPairFingerPrint"]
    assert "PRIVATE" not in str(row)
    assert place.ecs.refused("CreateKeyPair", KeyPairName="k") == (400, "KeyPair.AlreadyExist")
    place.ecs.ok("DeleteKeyPairs", KeyPairNames='["k"]')
    again = place.ecs.ok("ImportKeyPair", KeyPairName="k", PublicKeyBody=row["PublicKey"])
    assert again["KeyPairFingerPrint"] == made["KeyPairFingerPrint"]
    assert place.ecs.refused("ImportKeyPair", KeyPairName="bad", PublicKeyBody="ssh-rsa nonsense") == (400, "InvalidPublicKeyBody")


def test_a_key_pair_in_use_stays(place: Site) -> None:
    place.ecs.ok("CreateKeyPair", KeyPairName="k")
    instance = place.run(KeyPairName="k")
    assert place.ecs.refused("DeleteKeyPairs", KeyPairNames='["k"]') == (400, "InvalidParameter.KeypairAlreadyAttachedInstance")
    place.ecs.ok("DetachKeyPair", KeyPairName="k", InstanceIds=f'["{instance}"]')
    assert place.row(instance)["KeyPairName"] == ""
    place.ecs.ok("DeleteKeyPairs", KeyPairNames='["k"]')
    assert place.made("key-pair") == []
