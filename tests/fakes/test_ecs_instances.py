"""Instances: made once for one token, billed as they run, refused where the cloud refuses."""

from __future__ import annotations

import base64
import pickle
from decimal import Decimal
from typing import Any

import pytest
from machines import IMAGE, TYPE, Site, site

from fourways.fakes.faults import Rule


@pytest.fixture
def place() -> Site:
    return site()


def test_an_instance_starts_and_shows_what_was_asked_for(place: Site) -> None:
    answer = place.ecs.ok(
        "RunInstances", **place.given(InstanceName="a", Description="d", Tag_1_Key="k", Tag_1_Value="v", PrivateIpAddress="10.0.0.9")
    )
    id = answer["InstanceIdSets"]["InstanceIdSet"][0]
    assert place.row(id)["Status"] == "Pending"
    place.ecs.wait(1.5)
    assert place.row(id)["Status"] == "Starting"
    place.ecs.wait(10)
    row = place.row(id)
    assert (row["Status"], row["InstanceName"], row["Description"], row["InstanceType"]) == ("Running", "a", "d", TYPE)
    assert row["Tags"] == {"Tag": [{"TagKey": "k", "TagValue": "v"}]}
    assert row["VpcAttributes"]["PrivateIpAddress"]["IpAddress"] == ["10.0.0.9"]
    assert (row["PublicIpAddress"]["IpAddress"], row["StartTime"][-1], row["ZoneId"]) == ([], "Z", "ap-southeast-1a")


def test_the_same_token_makes_one_instance(place: Site) -> None:
    first = place.ecs.ok("RunInstances", **place.given(ClientToken="t"))
    assert place.ecs.ok("RunInstances", **place.given(ClientToken="t"))["InstanceIdSets"] == first["InstanceIdSets"]
    assert len(place.made("instance")) == 1
    assert place.ecs.refused("RunInstances", **place.given(ClientToken="t", InstanceName="b")) == (400, "IdempotentParameterMismatch")


def test_an_instance_is_billed_with_its_disks_until_it_is_gone(place: Site) -> None:
    id = place.run(DataDisk_1_Size=100)
    assert place.bills() == ["ecs-disk", "ecs-disk", "ecs-instance"]
    place.ecs.wait(3600 - 10)
    place.ecs.ok("DeleteInstance", InstanceId=id, Force="true")
    assert "ecs-instance" in place.bills()
    place.ecs.wait()
    assert place.bills() == []
    assert place.instances() == []
    rows = {row["kind"]: row for row in place.ecs.cloud.ledger.rows()}
    assert Decimal(rows["ecs-instance"]["hourly_price"]) == Decimal("0.092")
    assert rows["ecs-instance"]["seconds"] == 3602.0
    assert place.made("instance") + place.made("disk") + place.made("network-interface") == []


def test_a_seeded_price_is_the_price(place: Site) -> None:
    place.ecs.cloud.seed["prices"] = {TYPE: "1.5", "ecs-disk": "0.001"}
    place.run()
    assert {row["kind"]: Decimal(row["hourly_price"]) for row in place.ecs.cloud.ledger.rows()} == {
        "ecs-instance": Decimal("1.5"),
        "ecs-disk": Decimal("0.040"),
    }


def test_a_disk_that_does_not_go_with_its_instance_stays_and_costs(place: Site) -> None:
    id = place.run(DataDisk_1_Size=100, DataDisk_1_DeleteWithInstance="false")
    place.ecs.ok("DeleteInstance", InstanceId=id, Force="true")
    place.ecs.wait()
    assert place.bills() == ["ecs-disk"]
    (disk,) = place.disks()
    assert (disk["Status"], disk["InstanceId"], disk["Size"]) == ("Available", "", 100)
    place.ecs.ok("DeleteDisk", DiskId=disk["DiskId"])
    assert place.bills() == []


@pytest.mark.parametrize(("mode", "billed"), [("StopCharging", ["ecs-disk"]), ("KeepCharging", ["ecs-disk", "ecs-instance"])])
def test_only_economical_mode_stops_the_bill(place: Site, mode: str, billed: list[str]) -> None:
    id = place.run()
    place.ecs.ok("StopInstance", InstanceId=id, StoppedMode=mode)
    assert place.row(id)["Status"] == "Stopping"
    assert place.bills() == ["ecs-disk", "ecs-instance"]
    place.ecs.wait()
    assert (place.row(id)["Status"], place.row(id)["StoppedMode"]) == ("Stopped", mode)
    assert place.bills() == billed
    place.ecs.ok("StartInstance", InstanceId=id)
    assert place.bills() == ["ecs-disk", "ecs-instance"]
    place.ecs.wait()
    assert (place.row(id)["Status"], place.row(id)["StoppedMode"]) == ("Running", "Not-applicable")


def test_a_prepaid_instance_owes_its_term_and_cannot_be_released(place: Site) -> None:
    id = place.run(InstanceChargeType="PrePaid", Period=1)
    rows = {row["kind"]: row for row in place.ecs.cloud.ledger.rows(only_open=True)}
    assert Decimal(rows["ecs-instance"]["amount"]) == Decimal("0.092") * 730
    assert place.ecs.refused("DeleteInstance", InstanceId=id, Force="true") == (403, "ChargeTypeViolation")
    renew = place.ecs.ok("DescribeInstanceAutoRenewAttribute", InstanceId=id)["InstanceRenewAttributes"]["InstanceRenewAttribute"]
    assert renew[0]["RenewalStatus"] == "Normal"
    place.ecs.ok("ModifyInstanceChargeType", InstanceIds=f'["{id}"]', InstanceChargeType="PostPaid", ClientToken="c")
    assert place.row(id)["InstanceChargeType"] == "PostPaid"
    place.ecs.ok("DeleteInstance", InstanceId=id, Force="true")
    place.ecs.wait()
    assert place.bills() == []
    assert any(row["charge_type"] == "PrePaid" and Decimal(row["amount"]) > 60 for row in place.ecs.cloud.ledger.rows())


def test_sold_out_by_seed_and_by_fault(place: Site) -> None:
    place.ecs.cloud.seed["ecs"] = {"stock": {TYPE: 1}}
    place.run()
    assert place.ecs.refused("RunInstances", **place.given()) == (403, "OperationDenied.NoStock")
    zones = place.ecs.ok("DescribeAvailableResource", DestinationResource="InstanceType", InstanceType=TYPE)
    resource = zones["AvailableZones"]["AvailableZone"][0]["AvailableResources"]["AvailableResource"][0]
    assert resource["SupportedResources"]["SupportedResource"][0]["Status"] == "SoldOut"
    place.ecs.cloud.seed.clear()
    place.ecs.cloud.faults.add(Rule("no-stock", "RunInstances", resource=TYPE))
    assert place.ecs.refused("RunInstances", **place.given()) == (403, "OperationDenied.NoStock")
    place.run()
    assert len(place.made("instance")) == 2


def test_as_many_as_there_is_stock_for(place: Site) -> None:
    place.ecs.cloud.seed["ecs"] = {"stock": {TYPE: 3}}
    assert place.ecs.refused("RunInstances", **place.given(Amount=5)) == (403, "OperationDenied.NoStock")
    made = place.ecs.ok("RunInstances", **place.given(Amount=5, MinAmount=2, InstanceName="n", UniqueSuffix="true"))
    assert len(made["InstanceIdSets"]["InstanceIdSet"]) == 3
    assert sorted(row["InstanceName"] for row in place.instances()) == ["n001", "n002", "n003"]


def test_an_answer_that_was_lost_can_be_asked_for_again(place: Site) -> None:
    place.ecs.cloud.faults.add(Rule("cut-after", "RunInstances"))
    assert place.ecs.send("RunInstances", **place.given(ClientToken="t", InstanceName="mine")).cut
    again = place.ecs.ok("RunInstances", **place.given(ClientToken="t", InstanceName="mine"))
    found = [row["InstanceId"] for row in place.instances(InstanceName="mine")]
    assert found == again["InstanceIdSets"]["InstanceIdSet"]


def test_a_list_may_lag_behind(place: Site) -> None:
    place.ecs.cloud.faults.add(Rule("lag", "RunInstances", seconds=30))
    id = place.run(InstanceName="late")
    assert place.instances(InstanceName="late") == []
    assert place.made("instance") == [id]
    place.ecs.wait(30)
    assert len(place.instances(InstanceName="late")) == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"ImageId": "nothing"}, "InvalidImageId.NotFound"),
        ({"InstanceType": "ecs.none"}, "InvalidInstanceType.ValueNotSupported"),
        ({"SecurityGroupId": "sg-none"}, "InvalidSecurityGroupId.NotFound"),
        ({"VSwitchId": "vsw-none"}, "InvalidVSwitchId.NotFound"),
        ({"KeyPairName": "none"}, "InvalidKeyPair.NotFound"),
        ({"RamRoleName": "none"}, "InvalidRamRole.NotFound"),
        ({"ZoneId": "ap-southeast-1b"}, "InvalidVSwitchId.NotInSameZone"),
        ({"PrivateIpAddress": "10.9.9.9"}, "InvalidPrivateIpAddress.Malformed"),
        ({"SystemDisk_Size": 5}, "InvalidDiskSize.ValueNotSupported"),
        ({"DataDisk_1_Size": 1}, "InvalidDiskSize.ValueNotSupported"),
        ({"UserData": "not base64"}, "InvalidUserData.Base64FormatInvalid"),
        ({"UserData": base64.b64encode(b"x" * 32769).decode()}, "InvalidUserData.SizeExceeded"),
        ({"Password": "weak"}, "InvalidPassword.Malformed"),
        ({"InstanceChargeType": "PrePaid", "Period": 11}, "InvalidPeriod.ValueNotSupported"),
        ({"InstanceChargeType": "PrePaid", "Period": 1, "SpotStrategy": "SpotAsPriceGo"}, "InvalidSpotPrepaid"),
        ({"SpotStrategy": "SpotWithPriceLimit"}, "InvalidSpotPriceLimit"),
        ({"SpotStrategy": "SpotWithPriceLimit", "SpotPriceLimit": "0.0001"}, "InvalidSpotPriceLimit.LowerThanPublicPrice"),
        ({"HttpEndpoint": "maybe"}, "InvalidHttpEndpoint.NotSupported"),
        ({"HttpTokens": "maybe"}, "InvalidHttpTokens.NotSupported"),
        ({"HttpPutResponseHopLimit": 65}, "InvalidHttpPutResponseHopLimit.NotSupported"),
        ({"SecurityEnhancementStrategy": "Maybe"}, "InvalidSecurityEnhancementStrategy"),
        ({"SystemDisk_Encrypted": "true", "SystemDisk_KMSKeyId": "none"}, "InvalidParameter.KMSKeyId.NotFound"),
        ({"DataDisk_1_Size": 20, "DataDisk_1_KMSKeyId": "none"}, "InvalidParameter.EncryptedIllegal"),
        ({"AutoReleaseTime": "2001-01-01T00:00:00Z"}, "InvalidAutoReleaseTime.Malformed"),
        ({"DryRun": "true"}, "DryRunOperation"),
    ],
)
def test_what_is_refused_leaves_nothing(place: Site, wrong: dict[str, Any], code: str) -> None:
    assert place.ecs.refused("RunInstances", **place.given(**wrong))[1] == code
    assert place.made("instance") == []
    assert place.bills() == []


def test_a_password_is_kept_nowhere(place: Site) -> None:
    id = place.run(Password="Secret-123456", ClientToken="t", InstanceName="shown")
    place.ecs.ok("ModifyInstanceAttribute", InstanceId=id, Password="Another-123456")
    kept = pickle.dumps(place.ecs.cloud)
    assert b"shown" in kept
    assert b"-123456" not in kept


def test_running_and_protected_instances_are_not_released(place: Site) -> None:
    id = place.run(DeletionProtection="true")
    assert place.ecs.refused("DeleteInstance", InstanceId=id, Force="true") == (403, "InvalidOperation.DeletionProtection")
    place.ecs.ok("ModifyInstanceAttribute", InstanceId=id, DeletionProtection="false")
    assert place.ecs.refused("DeleteInstance", InstanceId=id) == (403, "IncorrectInstanceStatus")
    new = place.ecs.ok("RunInstances", **place.given())["InstanceIdSets"]["InstanceIdSet"][0]
    assert place.ecs.refused("DeleteInstance", InstanceId=new, Force="true") == (403, "IncorrectInstanceStatus.Initializing")
    assert place.ecs.refused("DeleteInstances", InstanceId_1=id, InstanceId_2="i-none", Force="true") == (404, "InvalidInstanceId.NotFound")
    assert len(place.made("instance")) == 2


def test_what_an_instance_stands_on_cannot_go(place: Site) -> None:
    id = place.run()
    assert place.vpc.refused("DeleteVSwitch", VSwitchId=place.vswitches[0]) == (400, "DependencyViolation")
    assert place.ecs.refused("DeleteSecurityGroup", SecurityGroupId=place.group) == (403, "DependencyViolation")
    assert place.ecs.ok("DescribeSecurityGroups")["SecurityGroups"]["SecurityGroup"][0]["EcsCount"] == 1
    place.ecs.ok("DeleteInstance", InstanceId=id, Force="true")
    place.ecs.wait()
    place.vpc.ok("DeleteVSwitch", VSwitchId=place.vswitches[0])
    place.ecs.ok("DeleteSecurityGroup", SecurityGroupId=place.group)


def test_another_type_needs_a_stopped_instance_and_costs_its_price(place: Site) -> None:
    id = place.run()
    assert place.ecs.refused("ModifyInstanceSpec", InstanceId=id, InstanceType="ecs.g6.xlarge") == (403, "IncorrectInstanceStatus")
    place.ecs.ok("StopInstance", InstanceId=id)
    place.ecs.wait()
    place.ecs.ok("ModifyInstanceSpec", InstanceId=id, InstanceType="ecs.g6.xlarge")
    assert place.row(id)["InstanceType"] == "ecs.g6.xlarge"
    prices = [row["hourly_price"] for row in place.ecs.cloud.ledger.rows(only_open=True) if row["kind"] == "ecs-instance"]
    assert [Decimal(price) for price in prices] == [Decimal("0.184")]


def test_an_instance_releases_itself_when_told_to(place: Site) -> None:
    now = place.ecs.cloud.clock.now()
    at = place.ecs.cloud.clock.timestamp(now + 7200)
    id = place.run(AutoReleaseTime=at)
    assert place.row(id)["AutoReleaseTime"] == at[:-4] + "Z"
    place.ecs.ok("ModifyInstanceAutoReleaseTime", InstanceId=id, AutoReleaseTime="")
    place.ecs.wait(7200)
    assert len(place.instances()) == 1
    later = place.ecs.cloud.clock.timestamp(place.ecs.cloud.clock.now() + 3600)
    place.ecs.ok("ModifyInstanceAutoReleaseTime", InstanceId=id, AutoReleaseTime=later)
    place.ecs.wait(3600)
    assert place.instances() == []
    assert place.bills() == []


def test_filters_and_both_ways_of_paging(place: Site) -> None:
    place.ecs.ok("RunInstances", **place.given(Amount=3, InstanceName="web-1", Tag_1_Key="app", Tag_1_Value="web"))
    place.ecs.ok("RunInstances", **place.given(InstanceName="db-1", VSwitchId=place.vswitches[1]))
    place.ecs.wait(10)
    assert len(place.instances(InstanceName="web-*")) == 3
    assert len(place.instances(Tag_1_Key="app")) == 3
    assert len(place.instances(VSwitchId=place.vswitches[1])) == 1
    assert len(place.instances(SecurityGroupId=place.group, VpcId=place.vpc_id)) == 4
    assert place.instances(Status="Stopped") == []
    private = place.instances(InstanceName="db-1")[0]["VpcAttributes"]["PrivateIpAddress"]["IpAddress"]
    assert [row["InstanceName"] for row in place.instances(PrivateIpAddresses=f'["{private[0]}"]')] == ["db-1"]
    page = place.ecs.ok("DescribeInstances", PageSize=3, PageNumber=2)
    assert (page["TotalCount"], len(page["Instances"]["Instance"])) == (4, 1)
    first = place.ecs.ok("DescribeInstances", MaxResults=3)
    rest = place.ecs.ok("DescribeInstances", MaxResults=3, NextToken=first["NextToken"])
    assert len(first["Instances"]["Instance"] + rest["Instances"]["Instance"]) == 4


def test_spot_instances_say_so(place: Site) -> None:
    id = place.run(SpotStrategy="SpotWithPriceLimit", SpotPriceLimit="0.5", SpotDuration=0)
    row = place.row(id)
    assert (row["SpotStrategy"], row["SpotPriceLimit"], row["SpotDuration"]) == ("SpotWithPriceLimit", 0.5, 0)


def test_security_groups_are_joined_and_left(place: Site) -> None:
    id = place.run()
    second = place.ecs.ok("CreateSecurityGroup", VpcId=place.vpc_id)["SecurityGroupId"]
    assert place.ecs.refused("LeaveSecurityGroup", InstanceId=id, SecurityGroupId=place.group) == (403, "InstanceLastSecurityGroup")
    place.ecs.ok("JoinSecurityGroup", InstanceId=id, SecurityGroupId=second)
    assert place.row(id)["SecurityGroupIds"]["SecurityGroupId"] == [place.group, second]
    place.ecs.ok("LeaveSecurityGroup", InstanceId=id, SecurityGroupId=place.group)
    assert place.row(id)["SecurityGroupIds"]["SecurityGroupId"] == [second]


def test_public_addresses_come_with_bandwidth_or_as_elastic_ones(place: Site) -> None:
    public = place.run(InternetMaxBandwidthOut=5)
    assert len(place.row(public)["PublicIpAddress"]["IpAddress"]) == 1
    eip = place.vpc.ok("AllocateEipAddress")["AllocationId"]
    assert place.vpc.refused("AssociateEipAddress", AllocationId=eip, InstanceId=public, InstanceType="EcsInstance")[0] == 400
    bare = place.run()
    place.vpc.ok("AssociateEipAddress", AllocationId=eip, InstanceId=bare, InstanceType="EcsInstance")
    place.vpc.wait()
    assert place.row(bare)["EipAddress"]["AllocationId"] == eip
    place.ecs.ok("DeleteInstance", InstanceId=bare, Force="true")
    place.ecs.wait()
    assert place.vpc.ok("DescribeEipAddresses")["EipAddresses"]["EipAddress"][0]["Status"] == "Available"
    assert "eip" in place.bills()


def test_a_new_system_disk_takes_the_place_of_the_old(place: Site) -> None:
    id = place.run()
    old = place.disks(InstanceId=id, DiskType="system")[0]["DiskId"]
    place.ecs.ok("StopInstance", InstanceId=id)
    place.ecs.wait()
    wanted = IMAGE.replace("22_04", "18_04").replace("20250722", "20231225")
    new = place.ecs.ok("ReplaceSystemDisk", InstanceId=id, ImageId=wanted, SystemDisk_Size=50)["DiskId"]
    assert new != old
    assert [(disk["DiskId"], disk["Size"]) for disk in place.disks(InstanceId=id)] == [(new, 50)]
    assert place.row(id)["ImageId"] == wanted
    assert place.bills() == ["ecs-disk", "ecs-instance"]
