"""VPCs, vSwitches and route tables: what the cloud accepts, refuses, and does in which order."""

from __future__ import annotations

import pytest
from fake_calls import ECS, VPC, Caller, stepped_cloud

ZONE = "ap-southeast-1a"


@pytest.fixture
def vpc() -> Caller:
    return Caller(stepped_cloud(), VPC)


def make_vpc(vpc: Caller, cidr: str = "10.0.0.0/16", **given: object) -> str:
    made: str = vpc.ok("CreateVpc", CidrBlock=cidr, **given)["VpcId"]
    vpc.wait()
    return made


def make_vswitch(vpc: Caller, vpc_id: str, cidr: str = "10.0.1.0/24", **given: object) -> str:
    made: str = vpc.ok("CreateVSwitch", VpcId=vpc_id, CidrBlock=cidr, ZoneId=ZONE, **given)["VSwitchId"]
    vpc.wait()
    return made


def names(vpc: Caller, **filters: object) -> list[str]:
    return [row["VpcName"] for row in vpc.ok("DescribeVpcs", **filters)["Vpcs"]["Vpc"]]


def test_a_vpc_is_pending_first_and_has_its_route_table_at_once(vpc: Caller) -> None:
    made = vpc.ok("CreateVpc", VpcName="a")
    assert vpc.ok("DescribeVpcAttribute", VpcId=made["VpcId"])["Status"] == "Pending"
    assert vpc.refused("CreateVSwitch", VpcId=made["VpcId"], CidrBlock="172.16.0.0/24", ZoneId=ZONE) == (400, "IncorrectVpcStatus")
    tables = vpc.ok("DescribeRouteTableList", VpcId=made["VpcId"])["RouterTableList"]["RouterTableListType"]
    assert [(table["RouteTableId"], table["RouteTableType"]) for table in tables] == [(made["RouteTableId"], "System")]
    vpc.wait(1)
    row = vpc.ok("DescribeVpcAttribute", VpcId=made["VpcId"])
    assert (row["Status"], row["CidrBlock"], row["CreationTime"]) == ("Available", "172.16.0.0/12", "2026-05-28T20:26:40Z")


@pytest.mark.parametrize("cidr", ["10.0.0.0/8", "192.168.0.0/16", "172.16.0.0/28", "11.0.0.0/16"])
def test_ranges_that_a_vpc_may_have(vpc: Caller, cidr: str) -> None:
    assert vpc.ok("CreateVpc", CidrBlock=cidr)["VpcId"]


@pytest.mark.parametrize(
    "cidr", ["10.0.0.0", "10.0.0.1/16", "10.0.0.0/29", "8.0.0.0/7", "100.64.0.0/16", "169.254.1.0/24", "127.0.0.0/8", "224.0.0.0/8", "nets"]
)
def test_ranges_that_a_vpc_may_not_have(vpc: Caller, cidr: str) -> None:
    assert vpc.refused("CreateVpc", CidrBlock=cidr) == (400, "InvalidCidrBlock.Malformed")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"VpcName": "n" * 129}, "InvalidVpcName.Malformed"),
        ({"VpcName": "http://x"}, "InvalidVpcName.Malformed"),
        ({"Description": "d" * 257}, "InvalidDescription.Malformed"),
        ({"UserCidr": "1.1.1.0/24,1.1.2.0/24,1.1.3.0/24,1.1.4.0/24"}, "InvalidUserCidr.Malformed"),
        ({"Tag_1_Key": "acs:x"}, "InvalidTagKey.Malformed"),
        ({"Tag_1_Key": "k", "Tag_1_Value": "v" * 129}, "InvalidTagValue.Malformed"),
        ({"DryRun": "true"}, "DryRunOperation"),
    ],
)
def test_what_a_refused_creation_leaves_behind(vpc: Caller, given: dict[str, object], code: str) -> None:
    assert vpc.refused("CreateVpc", **given) == (400, code)
    assert vpc.cloud.inventory() == []


def test_the_eleventh_vpc_of_a_region_is_over_the_quota(vpc: Caller) -> None:
    for _ in range(10):
        vpc.ok("CreateVpc")
    assert vpc.refused("CreateVpc") == (400, "QuotaExceeded.Vpc")
    assert Caller(vpc.cloud, VPC, "cn-beijing").ok("CreateVpc")["VpcId"]


def test_the_same_client_token_makes_one_vpc(vpc: Caller) -> None:
    first = vpc.ok("CreateVpc", ClientToken="t", VpcName="a")["VpcId"]
    assert vpc.ok("CreateVpc", ClientToken="t", VpcName="a")["VpcId"] == first
    assert vpc.refused("CreateVpc", ClientToken="t", VpcName="b") == (400, "IdempotentParameterMismatch")
    assert len(vpc.cloud.inventory()) == 1


def test_a_refused_call_does_not_use_its_token_up(vpc: Caller) -> None:
    assert vpc.refused("CreateVpc", ClientToken="t", CidrBlock="bad")[0] == 400
    assert vpc.ok("CreateVpc", ClientToken="t", CidrBlock="10.0.0.0/8")["VpcId"]


def test_lists_are_paged_and_filtered(vpc: Caller) -> None:
    for number in range(5):
        vpc.ok("CreateVpc", VpcName=f"v{number}", Tag_1_Key="team", Tag_1_Value="a" if number < 2 else "b")
    assert names(vpc, PageNumber=2, PageSize=2, Tag_1_Key="team") == ["v2", "v3"]
    assert vpc.ok("DescribeVpcs", PageSize=2, Tag_1_Key="team")["TotalCount"] == 5
    assert names(vpc, VpcName="v4") == ["v4"]
    assert names(vpc, Tag_1_Key="team", Tag_1_Value="a") == ["v0", "v1"]
    assert len(names(vpc, Tag_1_Key="team")) == 5
    assert names(vpc, Tag_1_Key="other") == []
    assert vpc.refused("DescribeVpcs", PageSize=51) == (400, "InvalidPageSize")


def test_tags_come_and_go(vpc: Caller) -> None:
    made = make_vpc(vpc)
    vpc.ok("TagResources", ResourceType="VPC", ResourceId_1=made, Tag_1_Key="a", Tag_1_Value="1", Tag_2_Key="b", Tag_2_Value="2")
    vpc.ok("UnTagResources", ResourceType="VPC", ResourceId_1=made, TagKey_1="a")
    assert vpc.ok("ListTagResources", ResourceType="VPC", ResourceId_1=made)["TagResources"]["TagResource"] == [
        {"ResourceType": "VPC", "ResourceId": made, "TagKey": "b", "TagValue": "2"}
    ]
    assert vpc.ok("DescribeVpcAttribute", VpcId=made)["Tags"] == {"Tag": [{"Key": "b", "Value": "2"}]}
    assert vpc.refused("TagResources", ResourceType="VPC", ResourceId_1="vpc-none", Tag_1_Key="a") == (404, "InvalidVpcId.NotFound")
    many = {f"Tag_{number}_Key": f"k{number}" for number in range(1, 22)}
    assert vpc.refused("TagResources", ResourceType="VPC", ResourceId_1=made, **many) == (400, "NumberExceed.Tags")


@pytest.mark.parametrize(
    ("cidr", "zone", "status", "code"),
    [
        ("10.0.1.0/24", ZONE, 400, "InvalidCidrBlock.Overlapped"),
        ("10.0.0.0/16", ZONE, 400, "InvalidCidrBlock.Overlapped"),
        ("10.1.0.0/24", ZONE, 400, "InvalidCidrBlock.Malformed"),
        ("10.0.2.0/30", ZONE, 400, "InvalidCidrBlock.Malformed"),
        ("10.0.2.1/24", ZONE, 400, "InvalidCidrBlock.Malformed"),
        ("10.0.2.0/24", "cn-beijing-a", 404, "InvalidZoneId.NotFound"),
        ("10.0.2.0/24", "", 400, "MissingZoneId"),
        ("", ZONE, 400, "MissingCidrBlock"),
    ],
)
def test_vswitches_that_do_not_fit(vpc: Caller, cidr: str, zone: str, status: int, code: str) -> None:
    outer = make_vpc(vpc)
    make_vswitch(vpc, outer)
    assert vpc.refused("CreateVSwitch", VpcId=outer, CidrBlock=cidr, ZoneId=zone) == (status, code)


def test_a_vswitch_counts_its_addresses_and_comes_after_a_second(vpc: Caller) -> None:
    outer = make_vpc(vpc)
    made = vpc.ok("CreateVSwitch", VpcId=outer, CidrBlock="10.0.0.0/29", ZoneId=ZONE)["VSwitchId"]
    assert vpc.ok("DescribeVSwitchAttributes", VSwitchId=made)["Status"] == "Pending"
    vpc.wait(1)
    row = vpc.ok("DescribeVSwitchAttributes", VSwitchId=made)
    assert (row["Status"], row["AvailableIpAddressCount"], row["RouteTable"]["RouteTableType"]) == ("Available", 4, "System")


def test_a_vpc_goes_last(vpc: Caller) -> None:
    outer = make_vpc(vpc)
    inner = make_vswitch(vpc, outer)
    group = Caller(vpc.cloud, ECS).ok("CreateSecurityGroup", VpcId=outer)["SecurityGroupId"]
    assert vpc.refused("DeleteVpc", VpcId=outer) == (400, "DependencyViolation.VSwitch")
    vpc.ok("DeleteVSwitch", VSwitchId=inner)
    vpc.wait()
    assert vpc.refused("DescribeVSwitchAttributes", VSwitchId=inner) == (404, "InvalidVSwitchId.NotFound")
    assert vpc.refused("DeleteVpc", VpcId=outer) == (400, "DependencyViolation.SecurityGroup")
    Caller(vpc.cloud, ECS).ok("DeleteSecurityGroup", SecurityGroupId=group)
    vpc.ok("DeleteVpc", VpcId=outer)
    vpc.wait()
    assert vpc.refused("DescribeVpcAttribute", VpcId=outer) == (404, "InvalidVpcId.NotFound")
    assert vpc.ok("DescribeRouteTableList", VpcId=outer)["TotalCount"] == 0
    assert vpc.cloud.inventory() == []


def test_the_primary_range_may_change_as_long_as_it_holds_the_vswitches(vpc: Caller) -> None:
    outer = make_vpc(vpc)
    make_vswitch(vpc, outer, "10.0.1.0/24")
    assert vpc.refused("ModifyVpcAttribute", VpcId=outer, CidrBlock="10.0.0.0/24") == (400, "InvalidCidrBlock.Malformed")
    vpc.ok("ModifyVpcAttribute", VpcId=outer, CidrBlock="10.0.0.0/8")
    vpc.ok("AssociateVpcCidrBlock", VpcId=outer, SecondaryCidrBlock="192.168.0.0/16")
    assert vpc.refused("AssociateVpcCidrBlock", VpcId=outer, SecondaryCidrBlock="10.9.0.0/16") == (400, "InvalidCidrBlock.Overlapped")
    make_vswitch(vpc, outer, "192.168.1.0/24")
    assert vpc.refused("UnassociateVpcCidrBlock", VpcId=outer, SecondaryCidrBlock="192.168.0.0/16") == (400, "DependencyViolation.VSwitch")


def test_a_custom_route_table_holds_its_vpc(vpc: Caller) -> None:
    outer = make_vpc(vpc)
    inner = make_vswitch(vpc, outer)
    table = vpc.ok("CreateRouteTable", VpcId=outer, RouteTableName="t")["RouteTableId"]
    vpc.wait()
    vpc.ok("AssociateRouteTable", RouteTableId=table, VSwitchId=inner)
    vpc.wait()
    assert vpc.ok("DescribeVSwitchAttributes", VSwitchId=inner)["RouteTable"] == {"RouteTableId": table, "RouteTableType": "Custom"}
    assert vpc.refused("DeleteRouteTable", RouteTableId=table) == (400, "DependencyViolation.VSwitch")
    vpc.ok("DeleteVSwitch", VSwitchId=inner)
    vpc.wait()
    assert vpc.refused("DeleteVpc", VpcId=outer) == (400, "DependencyViolation.RouteTable")
    vpc.ok("DeleteRouteTable", RouteTableId=table)
    vpc.wait()
    vpc.ok("DeleteVpc", VpcId=outer)


def test_each_region_starts_with_a_network_that_nobody_made(vpc: Caller) -> None:
    rows = vpc.ok("DescribeVpcs")["Vpcs"]["Vpc"]
    assert [(row["VpcName"], row["IsDefault"], len(row["VSwitchIds"]["VSwitchId"])) for row in rows] == [("default-NODELETING", False, 3)]
    assert vpc.cloud.inventory() == []


def test_there_is_one_default_vpc_with_a_default_vswitch_a_zone(vpc: Caller) -> None:
    default = vpc.ok("CreateDefaultVpc")["VpcId"]
    assert vpc.refused("CreateDefaultVpc") == (400, "OperationFailed.DefaultVpcExist")
    vpc.wait()
    inner = vpc.ok("CreateDefaultVSwitch", ZoneId=ZONE)["VSwitchId"]
    assert vpc.refused("CreateDefaultVSwitch", ZoneId=ZONE) == (400, "OperationFailed.DefaultVSwitchExist")
    assert vpc.ok("DescribeVSwitches", IsDefault="true")["VSwitches"]["VSwitch"][0]["VSwitchId"] == inner
    assert vpc.ok("DescribeVpcs", IsDefault="true")["Vpcs"]["Vpc"][0]["VpcId"] == default


@pytest.mark.parametrize(("kind", "code"), [("stuck", "Pending"), ("lag", "InvalidVpcId.NotFound")])
def test_a_creation_may_hang_or_be_seen_late(vpc: Caller, kind: str, code: str) -> None:
    from fourways.fakes.faults import Rule

    vpc.cloud.faults.add(Rule(kind, action="CreateVpc", seconds=30))
    made = vpc.ok("CreateVpc")["VpcId"]
    vpc.wait(10)
    answer = vpc.send("DescribeVpcAttribute", VpcId=made)
    assert code.encode() in answer.body
    vpc.wait(30)
    assert (vpc.ok("DescribeVpcAttribute", VpcId=made)["Status"] == "Available") == (kind == "lag")


def test_a_creation_may_be_late_and_goes_on_by_itself(vpc: Caller) -> None:
    from fourways.fakes.faults import Rule

    vpc.cloud.faults.add(Rule("late", action="CreateVpc", seconds=30))
    made = vpc.ok("CreateVpc")["VpcId"]
    vpc.wait(10)
    assert vpc.ok("DescribeVpcAttribute", VpcId=made)["Status"] == "Pending"
    vpc.wait(30)
    assert vpc.ok("DescribeVpcAttribute", VpcId=made)["Status"] == "Available"


def test_transitions_take_as_long_as_a_test_seeds(vpc: Caller) -> None:
    vpc.cloud.seed["vpc"] = {"transition_seconds": 60}
    made = vpc.ok("CreateVpc")["VpcId"]
    vpc.wait(59)
    assert vpc.ok("DescribeVpcAttribute", VpcId=made)["Status"] == "Pending"
    vpc.wait(1)
    assert vpc.ok("DescribeVpcAttribute", VpcId=made)["Status"] == "Available"


def test_a_region_that_does_not_exist(vpc: Caller) -> None:
    nowhere = Caller(vpc.cloud, VPC, "xx-nowhere-1")
    assert nowhere.refused("DescribeZones") == (404, "InvalidRegionId.NotFound")
