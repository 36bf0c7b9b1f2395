"""Public addresses of load balancers, their IPv6 side and the bandwidth that they share."""

from __future__ import annotations

from typing import Any

import pytest
from fake_calls import ALB, Caller
from machines import Site, site

from fourways.fakes.cloud import Cloud


@pytest.fixture
def place() -> Site:
    return site()


@pytest.fixture
def alb(place: Site) -> Caller:
    return place.caller(ALB)


def zones(place: Site, *eips: str, vswitches: list[str] | None = None) -> dict[str, Any]:
    """ZoneMappings of the site's vSwitches, each with one of `eips` where there are any."""
    given: dict[str, Any] = {}
    for number, vswitch in enumerate(vswitches or place.vswitches, 1):
        letter = "abc"[[*place.vswitches, vswitch].index(vswitch)]
        given |= {f"ZoneMappings_{number}_VSwitchId": vswitch, f"ZoneMappings_{number}_ZoneId": f"ap-southeast-1{letter}"}
        if number <= len(eips):
            given |= {f"ZoneMappings_{number}_AllocationId": eips[number - 1], f"ZoneMappings_{number}_EipType": "Common"}
    return given


def make(place: Site, alb: Caller, *eips: str, **more: Any) -> str:
    given = {"VpcId": place.vpc_id, "AddressType": "Internet", "LoadBalancerEdition": "Standard", **zones(place, *eips)}
    id: str = alb.ok("CreateLoadBalancer", LoadBalancerBillingConfig_PayType="PostPay", **{**given, **more})["LoadBalancerId"]
    alb.wait()
    return id


def addresses(alb: Caller, id: str) -> list[tuple[str, str]]:
    """Public address and elastic IP address by zone."""
    rows = alb.ok("GetLoadBalancerAttribute", LoadBalancerId=id)["ZoneMappings"]
    return [(row["LoadBalancerAddresses"][0]["Address"], row["LoadBalancerAddresses"][0]["AllocationId"]) for row in rows]


def eip(place: Site) -> tuple[str, str]:
    made = place.vpc.ok("AllocateEipAddress", Bandwidth=5)
    return made["EipAddress"], made["AllocationId"]


def state(place: Site, id: str) -> tuple[str, str]:
    (row,) = place.vpc.ok("DescribeEipAddresses", AllocationId=id)["EipAddresses"]["EipAddress"]
    return row["Status"], row["InstanceId"]


def test_facing_the_internet_it_has_public_addresses_of_its_own(place: Site, alb: Caller) -> None:
    id = make(place, alb)
    found = [address for address, _ in addresses(alb, id)]
    assert all(address.startswith("198.18.") for address in found)
    assert len(set(found)) == 2
    assert eip(place)[0] not in found
    assert place.bills() == ["alb", "eip"]
    alb.ok("UpdateLoadBalancerAddressTypeConfig", LoadBalancerId=id, AddressType="Intranet")
    assert all(address.startswith("10.0.") for address, _ in addresses(alb, id))


def test_an_elastic_address_is_held_as_long_as_it_is_needed(place: Site, alb: Caller) -> None:
    (first, one), (_, two) = eip(place), eip(place)
    id = make(place, alb, one)
    assert addresses(alb, id)[0] == (first, one)
    assert state(place, one) == ("InUse", id)
    assert place.vpc.refused("ReleaseEipAddress", AllocationId=one) == (400, "IncorrectEipStatus")
    given = {"VpcId": place.vpc_id, "AddressType": "Internet", "LoadBalancerEdition": "Basic"}
    given |= {"LoadBalancerBillingConfig_PayType": "PostPay"}
    assert alb.refused("CreateLoadBalancer", **given, **zones(place, one)) == (400, "IncorrectEipStatus")
    assert alb.refused("CreateLoadBalancer", **given, **zones(place, two, two)) == (400, "IllegalParam.AllocationId")
    alb.ok("UpdateLoadBalancerZones", LoadBalancerId=id, **zones(place, two))
    assert (state(place, one), state(place, two)) == (("Available", ""), ("InUse", id))
    alb.wait()
    alb.ok("DeleteLoadBalancer", LoadBalancerId=id)
    assert state(place, two)[0] == "InUse"
    alb.wait()
    assert state(place, two) == ("Available", "")
    place.vpc.ok("ReleaseEipAddress", AllocationId=two)


def test_it_moves_to_another_zone(place: Site, alb: Caller) -> None:
    _, one = eip(place)
    id = make(place, alb, one)
    before = addresses(alb, id)
    third = place.vpc.ok("CreateVSwitch", VpcId=place.vpc_id, CidrBlock="10.0.9.0/24", ZoneId="ap-southeast-1c")["VSwitchId"]
    place.vpc.wait()
    alb.ok("UpdateLoadBalancerZones", LoadBalancerId=id, **zones(place, vswitches=[place.vswitches[1], third]))
    after = addresses(alb, id)
    assert after[0] == before[1]
    assert after[1][0] not in {address for address, _ in before}
    assert state(place, one) == ("Available", "")


def test_from_the_vpc_to_the_internet_and_back(place: Site, alb: Caller) -> None:
    _, one = eip(place)
    id = make(place, alb, AddressType="Intranet")
    alb.ok("UpdateLoadBalancerAddressTypeConfig", LoadBalancerId=id, AddressType="Internet", **zones(place, one))
    assert [allocation for _, allocation in addresses(alb, id)] == [one, ""]
    alb.wait()
    alb.ok("UpdateLoadBalancerAddressTypeConfig", LoadBalancerId=id, AddressType="Intranet")
    assert state(place, one) == ("Available", "")


def test_ipv6_faces_the_internet_when_it_is_told_to(place: Site, alb: Caller) -> None:
    def kind(id: str) -> str:
        found: str = alb.ok("GetLoadBalancerAttribute", LoadBalancerId=id)["Ipv6AddressType"]
        return found

    id = make(place, alb, AddressIpVersion="DualStack")
    assert kind(id) == "Intranet"
    alb.ok("EnableLoadBalancerIpv6Internet", LoadBalancerId=id)
    assert kind(id) == "Internet"
    alb.wait()
    alb.ok("DisableLoadBalancerIpv6Internet", LoadBalancerId=id)
    assert kind(id) == "Intranet"
    assert alb.refused("EnableLoadBalancerIpv6Internet", LoadBalancerId=make(place, alb)) == (400, "UnsupportedFeature.Ipv6")


def test_shared_bandwidth_is_billed_and_stays_while_it_is_used(place: Site, alb: Caller) -> None:
    vpc, cloud = place.vpc, alb.cloud
    package = vpc.ok("CreateCommonBandwidthPackage", Bandwidth=10, InternetChargeType="PayByBandwidth", Name="p")["BandwidthPackageId"]
    vpc.wait()
    assert hourly(cloud) == ["0.030"]
    vpc.ok("ModifyCommonBandwidthPackageSpec", BandwidthPackageId=package, Bandwidth=20)
    assert vpc.refused("DeleteCommonBandwidthPackage", BandwidthPackageId=package) == (400, "IncorrectStatus")
    vpc.wait()
    assert hourly(cloud) == ["0.060"]
    id = make(place, alb, LoadBalancerBillingConfig_BandwidthPackageId=package)
    assert alb.ok("GetLoadBalancerAttribute", LoadBalancerId=id)["BandwidthPackageId"] == package
    assert vpc.refused("DeleteCommonBandwidthPackage", BandwidthPackageId=package) == (400, "DependencyViolation")
    attach = {"LoadBalancerId": id, "BandwidthPackageId": package}
    assert alb.refused("AttachCommonBandwidthPackageToLoadBalancer", **attach)[1] == "ResourceAlreadyAssociated.BandwidthPackage"
    alb.ok("DetachCommonBandwidthPackageFromLoadBalancer", **attach)
    alb.wait()
    vpc.ok("DeletionProtection", InstanceId=package, Type="CBWP", ProtectionEnable="true")
    assert vpc.refused("DeleteCommonBandwidthPackage", BandwidthPackageId=package) == (400, "OperationDenied.DeletionProtection")
    vpc.ok("DeletionProtection", InstanceId=package, Type="CBWP", ProtectionEnable="false")
    vpc.ok("DeleteCommonBandwidthPackage", BandwidthPackageId=package)
    vpc.wait()
    assert vpc.ok("DescribeCommonBandwidthPackages", BandwidthPackageId=package)["TotalCount"] == 0
    assert place.bills() == ["alb"]


def hourly(cloud: Cloud) -> list[str]:
    return [row["hourly_price"] for row in cloud.ledger.rows(only_open=True)]


def test_shared_bandwidth_is_tagged_renamed_and_moved(place: Site) -> None:
    vpc = place.vpc
    package = vpc.ok("CreateCommonBandwidthPackage", Bandwidth=10, Tag_1_Key="a", Tag_1_Value="b")["BandwidthPackageId"]
    vpc.wait()
    vpc.ok("ModifyCommonBandwidthPackageAttribute", BandwidthPackageId=package, Name="other", Description="d")
    vpc.ok("MoveResourceGroup", ResourceType="bandwidthpackage", ResourceId=package, NewResourceGroupId="rg-acfmsecond00001")
    (row,) = vpc.ok("DescribeCommonBandwidthPackages", Name="other")["CommonBandwidthPackages"]["CommonBandwidthPackage"]
    assert (row["Description"], row["ResourceGroupId"], row["Bandwidth"]) == ("d", "rg-acfmsecond00001", "10")
    tags = vpc.ok("ListTagResources", ResourceType="COMMONBANDWIDTHPACKAGE", ResourceId_1=package)["TagResources"]["TagResource"]
    assert [(tag["TagKey"], tag["TagValue"]) for tag in tags] == [("a", "b")]
