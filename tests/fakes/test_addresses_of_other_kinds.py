"""IPv6 gateways and anycast addresses: their life, their refusals and their bills."""

from __future__ import annotations

import pytest
from fake_calls import Caller
from machines import Site, site


@pytest.fixture
def place() -> Site:
    return site()


def test_an_ipv6_gateway_needs_ipv6_and_keeps_its_vpc(place: Site) -> None:
    vpc = place.vpc
    assert vpc.refused("CreateIpv6Gateway", VpcId=place.vpc_id) == (400, "OperationFailed.VpcNotEnableIpv6")
    outer = vpc.ok("CreateVpc", CidrBlock="192.168.0.0/16", EnableIpv6="true")["VpcId"]
    vpc.wait()
    id = vpc.ok("CreateIpv6Gateway", VpcId=outer, Name="gate", Tag_1_Key="a", Tag_1_Value="b")["Ipv6GatewayId"]
    assert vpc.ok("DescribeIpv6GatewayAttribute", Ipv6GatewayId=id)["Status"] == "Pending"
    assert vpc.refused("DeleteIpv6Gateway", Ipv6GatewayId=id) == (400, "IncorrectStatus")
    vpc.wait()
    vpc.ok("ModifyIpv6GatewayAttribute", Ipv6GatewayId=id, Name="door", Description="d")
    vpc.ok("MoveResourceGroup", ResourceType="IPV6GATEWAY", ResourceId=id, NewResourceGroupId="rg-acfmsecond00001")
    (row,) = vpc.ok("DescribeIpv6Gateways", VpcId=outer)["Ipv6Gateways"]["Ipv6Gateway"]
    assert (row["Name"], row["Status"], row["ResourceGroupId"]) == ("door", "Available", "rg-acfmsecond00001")
    assert row["Tags"] == {"Tag": [{"Key": "a", "Value": "b"}]}
    assert vpc.refused("CreateIpv6Gateway", VpcId=outer) == (400, "ResourceAlreadyExist.Ipv6Gateway")
    assert vpc.refused("DeleteVpc", VpcId=outer) == (400, "DependencyViolation.Ipv6Gateway")
    vpc.ok("DeleteIpv6Gateway", Ipv6GatewayId=id)
    vpc.wait()
    assert vpc.ok("DescribeIpv6GatewayAttribute", Ipv6GatewayId=id)["Status"] == ""
    assert place.made("ipv6-gateway") == []
    vpc.ok("DeleteVpc", VpcId=outer)


def test_an_anycast_address_is_billed_until_it_is_released(place: Site) -> None:
    anycast = Caller(place.vpc.cloud, "2020-03-09")
    wanted = {"ServiceLocation": "international", "Bandwidth": 200, "ClientToken": "t"}
    id = anycast.ok("AllocateAnycastEipAddress", **wanted)["AnycastId"]
    assert anycast.ok("AllocateAnycastEipAddress", **wanted)["AnycastId"] == id
    assert place.bills() == ["anycast-eip"]
    anycast.wait()
    anycast.ok("ModifyAnycastEipAddressAttribute", AnycastId=id, Name="far")
    anycast.ok("ModifyAnycastEipAddressSpec", AnycastId=id, Bandwidth=300)
    anycast.ok("ChangeResourceGroup", ResourceType="ANYCASTEIPADDRESS", ResourceId=id, NewResourceGroupId="rg-acfmsecond00001")
    anycast.ok("TagResources", ResourceType="ANYCASTEIPADDRESS", ResourceId_1=id, Tag_1_Key="a", Tag_1_Value="b")
    row = anycast.ok("DescribeAnycastEipAddress", AnycastId=id)
    assert (row["Status"], row["Name"], row["Bandwidth"], row["ServiceLocation"]) == ("Allocated", "far", 300, "international")
    assert (row["ResourceGroupId"], row["Tags"]) == ("rg-acfmsecond00001", [{"Key": "a", "Value": "b"}])
    anycast.ok("ReleaseAnycastEipAddress", AnycastId=id)
    assert place.bills() == ["anycast-eip"]
    anycast.wait()
    assert place.bills() == []
    assert anycast.refused("DescribeAnycastEipAddress", AnycastId=id) == (404, "ResourceNotFound.AnycastInstance")
