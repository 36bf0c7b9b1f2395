"""Security groups and their rules, and what else ECS is asked by everybody."""

from __future__ import annotations

import pytest
from fake_calls import ECS, VPC, Caller, stepped_cloud

SSH = {"IpProtocol": "tcp", "PortRange": "22/22", "SourceCidrIp": "10.0.0.0/8"}


@pytest.fixture
def ecs() -> Caller:
    return Caller(stepped_cloud(), ECS)


@pytest.fixture
def group(ecs: Caller) -> str:
    return make_group(ecs)


def make_group(ecs: Caller, **given: object) -> str:
    vpc = Caller(ecs.cloud, VPC)
    outer = next(row["VpcId"] for row in vpc.ok("DescribeVpcs")["Vpcs"]["Vpc"])
    made: str = ecs.ok("CreateSecurityGroup", VpcId=outer, **given)["SecurityGroupId"]
    return made


def rules(ecs: Caller, group: str, **given: object) -> list[dict[str, str]]:
    found: list[dict[str, str]] = ecs.ok("DescribeSecurityGroupAttribute", SecurityGroupId=group, **given)["Permissions"]["Permission"]
    return found


def test_a_rule_is_shown_as_the_cloud_spells_it(ecs: Caller, group: str) -> None:
    ecs.ok("AuthorizeSecurityGroup", SecurityGroupId=group, Description="ssh", **SSH)
    row = rules(ecs, group, Direction="ingress", NicType="intranet")[0]
    shown = {name: row[name] for name in ("IpProtocol", "PortRange", "SourceCidrIp", "Policy", "Priority", "Direction", "Description")}
    assert shown == {
        "IpProtocol": "TCP",
        "PortRange": "22/22",
        "SourceCidrIp": "10.0.0.0/8",
        "Policy": "Accept",
        "Priority": "1",
        "Direction": "ingress",
        "Description": "ssh",
    }
    assert rules(ecs, group, Direction="egress") == []


def test_the_same_rule_again_is_one_rule_and_a_missing_one_is_revoked_without_a_word(ecs: Caller, group: str) -> None:
    permission = {f"Permissions_1_{name}": value for name, value in SSH.items()}
    ecs.ok("AuthorizeSecurityGroup", SecurityGroupId=group, **permission)
    ecs.ok("AuthorizeSecurityGroup", SecurityGroupId=group, **permission)
    assert len(rules(ecs, group)) == 1
    ecs.ok("RevokeSecurityGroup", SecurityGroupId=group, **{**SSH, "PortRange": "23/23"})
    ecs.ok("RevokeSecurityGroupEgress", SecurityGroupId=group, IpProtocol="tcp", PortRange="22/22", DestCidrIp="10.0.0.0/8")
    assert len(rules(ecs, group)) == 1
    ecs.ok("RevokeSecurityGroup", SecurityGroupId=group, **SSH)
    assert rules(ecs, group) == []


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"IpProtocol": "sctp"}, 400, "InvalidIpProtocol.ValueNotSupported"),
        ({"PortRange": "22"}, 400, "InvalidPortRange.Malformed"),
        ({"PortRange": "23/22"}, 400, "InvalidPortRange.Malformed"),
        ({"PortRange": "0/22"}, 400, "InvalidPortRange.Malformed"),
        ({"PortRange": "1/65536"}, 400, "InvalidPortRange.Malformed"),
        ({"IpProtocol": "icmp"}, 400, "InvalidPortRange.Malformed"),
        ({"Priority": "101"}, 400, "InvalidPriority.ValueNotSupported"),
        ({"Policy": "maybe"}, 400, "InvalidPolicy.Malformed"),
        ({"NicType": "internet"}, 400, "InvalidNicType.ValueNotSupported"),
        ({"SourceCidrIp": "10.0.0.0/33"}, 400, "InvalidSourceCidrIp.Malformed"),
        ({"SourceCidrIp": ""}, 400, "InvalidParamter.Conflict"),
        ({"SourceGroupId": "sg-none"}, 400, "InvalidParamter.Conflict"),
        ({"SourceCidrIp": "", "SourceGroupId": "sg-none"}, 404, "InvalidSourceGroupId.NotFound"),
        ({"SourceCidrIp": "", "Ipv6SourceCidrIp": "2001::g/32"}, 400, "InvalidIpv6SourceCidrIp.Malformed"),
    ],
)
def test_rules_that_are_refused(ecs: Caller, group: str, change: dict[str, str], status: int, code: str) -> None:
    assert ecs.refused("AuthorizeSecurityGroup", SecurityGroupId=group, **{**SSH, **change}) == (status, code)
    assert rules(ecs, group) == []


def test_rules_come_all_or_none(ecs: Caller, group: str) -> None:
    both = {f"Permissions_1_{name}": value for name, value in SSH.items()} | {"Permissions_2_IpProtocol": "sctp"}
    assert ecs.refused("AuthorizeSecurityGroup", SecurityGroupId=group, **both)[0] == 400
    assert rules(ecs, group) == []


def test_a_rule_is_changed_by_what_it_says_or_by_its_id(ecs: Caller, group: str) -> None:
    ecs.ok("AuthorizeSecurityGroup", SecurityGroupId=group, **SSH)
    ecs.ok("ModifySecurityGroupRule", SecurityGroupId=group, Description="new", **SSH)
    row = rules(ecs, group)[0]
    assert row["Description"] == "new"
    ecs.ok("ModifySecurityGroupRule", SecurityGroupId=group, SecurityGroupRuleId=row["SecurityGroupRuleId"], PortRange="80/80")
    changed = rules(ecs, group)[0]
    assert (changed["SecurityGroupRuleId"], changed["PortRange"], changed["Description"]) == (row["SecurityGroupRuleId"], "80/80", "new")
    assert ecs.refused("ModifySecurityGroupRule", SecurityGroupId=group, **SSH) == (404, "InvalidSecurityGroupRule.RuleNotExist")
    ecs.ok("RevokeSecurityGroup", SecurityGroupId=group, SecurityGroupRuleId_1=row["SecurityGroupRuleId"])
    assert rules(ecs, group) == []


def test_a_group_that_another_names_stays(ecs: Caller, group: str) -> None:
    other = make_group(ecs)
    rule = {"IpProtocol": "all", "PortRange": "-1/-1", "SourceGroupId": group}
    ecs.ok("AuthorizeSecurityGroup", SecurityGroupId=other, **rule)
    assert ecs.refused("DeleteSecurityGroup", SecurityGroupId=group) == (403, "DependencyViolation")
    ecs.ok("RevokeSecurityGroup", SecurityGroupId=other, **rule)
    ecs.ok("DeleteSecurityGroup", SecurityGroupId=group)
    assert ecs.refused("DescribeSecurityGroupAttribute", SecurityGroupId=group) == (404, "InvalidSecurityGroupId.NotFound")


def test_groups_without_a_vpc_go_into_the_default_one(ecs: Caller) -> None:
    made = ecs.ok("CreateSecurityGroup")["SecurityGroupId"]
    inside = ecs.ok("DescribeSecurityGroups", SecurityGroupId=made)["SecurityGroups"]["SecurityGroup"][0]["VpcId"]
    assert Caller(ecs.cloud, VPC).ok("DescribeVpcAttribute", VpcId=inside)["IsDefault"]
    ecs.ok("DeleteSecurityGroup", SecurityGroupId=made)
    assert ecs.cloud.inventory() == []


def test_groups_are_found_by_tag_and_page(ecs: Caller) -> None:
    made = [make_group(ecs, SecurityGroupName=f"g{number}", Tag_1_Key="team", Tag_1_Value=f"t{number % 2}") for number in range(3)]
    found = ecs.ok("DescribeSecurityGroups", Tag_1_Key="team", Tag_1_Value="t0")["SecurityGroups"]["SecurityGroup"]
    assert [row["SecurityGroupId"] for row in found] == [made[0], made[2]]
    first = ecs.ok("DescribeSecurityGroups", MaxResults=2)
    second = ecs.ok("DescribeSecurityGroups", MaxResults=2, NextToken=first["NextToken"])
    listed = [row["SecurityGroupId"] for page in (first, second) for row in page["SecurityGroups"]["SecurityGroup"]]
    assert listed == made
    assert "NextToken" not in second
    ecs.ok("UntagResources", ResourceType="securitygroup", ResourceId_1=made[0], All="true")
    tags = ecs.ok("ListTagResources", ResourceType="securitygroup", Tag_1_Key="team")["TagResources"]["TagResource"]
    assert [row["ResourceId"] for row in tags] == made[1:]


def test_an_enterprise_group_keeps_its_members_apart(ecs: Caller) -> None:
    made = make_group(ecs, SecurityGroupType="enterprise")
    assert ecs.ok("DescribeSecurityGroupAttribute", SecurityGroupId=made)["InnerAccessPolicy"] == "Drop"
    wanted = {"SecurityGroupId": made, "InnerAccessPolicy": "Accept"}
    assert ecs.refused("ModifySecurityGroupPolicy", **wanted) == (400, "InvalidOperation.InvalidSecurityGroupType")
    normal = make_group(ecs)
    ecs.ok("ModifySecurityGroupPolicy", SecurityGroupId=normal, InnerAccessPolicy="Drop")
    assert ecs.ok("DescribeSecurityGroupAttribute", SecurityGroupId=normal)["InnerAccessPolicy"] == "Drop"


def test_zones_are_those_of_the_region(ecs: Caller) -> None:
    zones = [row["ZoneId"] for row in ecs.ok("DescribeZones")["Zones"]["Zone"]]
    assert zones == ["ap-southeast-1a", "ap-southeast-1b", "ap-southeast-1c"]
    offered = ecs.ok("DescribeAvailableResource", DestinationResource="Zone")["AvailableZones"]["AvailableZone"]
    assert [row["ZoneId"] for row in offered] == zones
    assert Caller(ecs.cloud, ECS, "cn-beijing").ok("DescribeZones")["Zones"]["Zone"][7]["ZoneId"] == "cn-beijing-h"


def test_regions_are_named_in_the_language_asked_for(ecs: Caller) -> None:
    names = {}
    for language in ("", "en-US"):
        rows = ecs.ok("DescribeRegions", AcceptLanguage=language)["Regions"]["Region"]
        names[language] = {row["RegionId"]: row["LocalName"] for row in rows}
    assert names["en-US"]["ap-southeast-1"] == "Singapore"
    assert names[""]["ap-southeast-1"] == "新加坡"


def test_prefix_lists_are_named_by_rules(ecs: Caller, group: str) -> None:
    made = ecs.ok("CreatePrefixList", PrefixListName="p", AddressFamily="IPv4", MaxEntries=2, Entry_1_Cidr="10.0.0.0/8")["PrefixListId"]
    too_many = {"AddEntry_1_Cidr": "11.0.0.0/8", "AddEntry_2_Cidr": "12.0.0.0/8"}
    assert ecs.refused("ModifyPrefixList", PrefixListId=made, **too_many) == (400, "LimitExceed.MaxEntries")
    assert ecs.refused("ModifyPrefixList", PrefixListId=made, AddEntry_1_Cidr="2001:db8::/32") == (400, "InvalidCidr.Malformed")
    ecs.ok("ModifyPrefixList", PrefixListId=made, AddEntry_1_Cidr="11.0.0.0/8", RemoveEntry_1_Cidr="10.0.0.0/8")
    entries = ecs.ok("DescribePrefixListAttributes", PrefixListId=made)["Entries"]["Entry"]
    assert [entry["Cidr"] for entry in entries] == ["11.0.0.0/8"]

    rule = {"IpProtocol": "tcp", "PortRange": "22/22", "SourcePrefixListId": made}
    ecs.ok("AuthorizeSecurityGroup", SecurityGroupId=group, **rule)
    assert ecs.refused("DeletePrefixList", PrefixListId=made) == (403, "DependencyViolation")
    ecs.ok("RevokeSecurityGroup", SecurityGroupId=group, **rule)
    ecs.ok("DeletePrefixList", PrefixListId=made)
    assert ecs.refused("AuthorizeSecurityGroup", SecurityGroupId=group, **rule) == (404, "InvalidPrefixListId.NotFound")


def test_an_ipv6_rule_keeps_the_bits_beyond_its_mask(ecs: Caller, group: str) -> None:
    given = {"IpProtocol": "tcp", "PortRange": "22/22", "Ipv6SourceCidrIp": "2001:0db8:0000:0000:0000:0000:1a2f:1a2b/0"}
    ecs.ok("AuthorizeSecurityGroup", SecurityGroupId=group, **given)
    assert rules(ecs, group)[0]["Ipv6SourceCidrIp"] == "2001:db8::1a2f:1a2b/0"
