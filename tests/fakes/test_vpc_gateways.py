"""Elastic IP addresses, NAT gateways and SNAT entries: their order, their refusals, and what they cost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from fake_calls import GROUPS, VPC, Caller, stepped_cloud

ZONE = "ap-southeast-1a"


@pytest.fixture
def vpc() -> Caller:
    return Caller(stepped_cloud(), VPC)


@pytest.fixture
def network(vpc: Caller) -> tuple[str, str]:
    """A VPC and a vSwitch."""
    outer = vpc.ok("CreateVpc", CidrBlock="10.0.0.0/16")["VpcId"]
    vpc.wait()
    inner = vpc.ok("CreateVSwitch", VpcId=outer, CidrBlock="10.0.1.0/24", ZoneId=ZONE)["VSwitchId"]
    vpc.wait()
    return outer, inner


def make_nat(vpc: Caller, network: tuple[str, str]) -> dict[str, str]:
    made = vpc.ok("CreateNatGateway", VpcId=network[0], VSwitchId=network[1], NatType="Enhanced", Name="n")
    vpc.wait()
    return {"id": made["NatGatewayId"], "table": made["SnatTableIds"]["SnatTableId"][0]}


def make_eip(vpc: Caller, **given: object) -> dict[str, str]:
    made = vpc.ok("AllocateEipAddress", **given)
    return {"id": made["AllocationId"], "address": made["EipAddress"]}


def eip_row(vpc: Caller, id: str) -> dict[str, object]:
    rows: list[dict[str, object]] = vpc.ok("DescribeEipAddresses", AllocationId=id)["EipAddresses"]["EipAddress"]
    return rows[0] if rows else {}


def open_bills(vpc: Caller) -> list[tuple[str, str]]:
    return [(row["kind"], row["hourly_price"]) for row in vpc.cloud.ledger.rows(only_open=True)]


def test_an_address_is_billed_from_allocation_to_release(vpc: Caller) -> None:
    eip = make_eip(vpc, Bandwidth=10, Name="a")
    row = eip_row(vpc, eip["id"])
    assert (row["Status"], row["EipBandwidth"], row["InternetChargeType"], row["ISP"]) == ("Available", "10", "PayByBandwidth", "BGP")
    assert open_bills(vpc) == [("eip", "0.006")]
    vpc.wait(3600)
    vpc.ok("ReleaseEipAddress", AllocationId=eip["id"])
    vpc.wait()
    assert eip_row(vpc, eip["id"]) == {}
    assert open_bills(vpc) == []
    assert Decimal(vpc.cloud.ledger.rows()[0]["amount"]) == Decimal("0.0060")
    assert vpc.refused("ReleaseEipAddress", AllocationId=eip["id"]) == (404, "InvalidAllocationId.NotFound")


def test_prices_may_be_seeded(vpc: Caller) -> None:
    vpc.cloud.seed["prices"] = {"eip": "1.25"}
    make_eip(vpc)
    assert open_bills(vpc) == [("eip", "1.25")]


def test_a_prepaid_address_is_owed_at_once_and_cannot_be_released(vpc: Caller) -> None:
    eip = make_eip(vpc, InstanceChargeType="PrePaid", Period=2, PricingCycle="Month")
    assert Decimal(vpc.cloud.ledger.rows()[0]["amount"]) == Decimal("0.006") * 730 * 2
    assert vpc.refused("ReleaseEipAddress", AllocationId=eip["id"]) == (400, "OperationUnsupported.PrePaid")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"Bandwidth": 1001}, "InvalidBandwidth"),
        ({"Bandwidth": "much"}, "InvalidBandwidth"),
        ({"InternetChargeType": "PayByDay"}, "InvalidInternetChargeType"),
    ],
)
def test_addresses_that_are_not_sold(vpc: Caller, given: dict[str, object], code: str) -> None:
    assert vpc.refused("AllocateEipAddress", **given) == (400, code)
    assert vpc.cloud.ledger.rows() == []


def test_the_same_client_token_allocates_one_address(vpc: Caller) -> None:
    assert make_eip(vpc, ClientToken="t") == make_eip(vpc, ClientToken="t")
    assert len(open_bills(vpc)) == 1


def test_a_protected_address_stays(vpc: Caller) -> None:
    eip = make_eip(vpc)
    vpc.ok("DeletionProtection", InstanceId=eip["id"], Type="EIP", ProtectionEnable="true")
    assert vpc.refused("ReleaseEipAddress", AllocationId=eip["id"]) == (400, "OperationDenied.DeletionProtection")


def test_a_gateway_is_billed_from_creation_until_it_is_gone(vpc: Caller, network: tuple[str, str]) -> None:
    made = vpc.ok("CreateNatGateway", VpcId=network[0], VSwitchId=network[1])["NatGatewayId"]
    row = vpc.ok("DescribeNatGateways", NatGatewayId=made)["NatGateways"]["NatGateway"][0]
    assert (row["Status"], row["NatGatewayPrivateInfo"]["VswitchId"]) == ("Creating", network[1])
    assert open_bills(vpc) == [("nat-gateway", "0.043")]
    assert vpc.refused("DeleteNatGateway", NatGatewayId=made) == (400, "OperationConflict")
    vpc.wait(3)
    assert vpc.ok("GetNatGatewayAttribute", NatGatewayId=made)["Status"] == "Available"
    assert vpc.refused("DeleteVSwitch", VSwitchId=network[1]) == (400, "DependencyViolation.EnhancedNatgw")
    vpc.ok("DeleteNatGateway", NatGatewayId=made)
    assert open_bills(vpc) != []
    vpc.wait(2)
    assert open_bills(vpc) == []
    assert vpc.ok("DescribeNatGateways", NatGatewayId=made)["TotalCount"] == 0


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"NatType": "Normal"}, 400, "OperationUnsupported.NormalNatGateway"),
        ({"VSwitchId": ""}, 400, "MissingVSwitchId"),
        ({"VSwitchId": "vsw-none"}, 404, "InvalidVSwitchId.NotFound"),
        ({"VpcId": "vpc-none"}, 404, "InvalidVpcId.NotFound"),
        ({"NetworkType": "moon"}, 400, "InvalidNetworkType"),
    ],
)
def test_gateways_that_cannot_be_made(vpc: Caller, network: tuple[str, str], change: dict[str, str], status: int, code: str) -> None:
    given = {"VpcId": network[0], "VSwitchId": network[1], **change}
    assert vpc.refused("CreateNatGateway", **given) == (status, code)
    assert open_bills(vpc) == []


def test_the_way_out_is_built_and_taken_down_in_order(vpc: Caller, network: tuple[str, str]) -> None:
    nat, eip = make_nat(vpc, network), make_eip(vpc)
    entry = {"SnatTableId": nat["table"], "SourceVSwitchId": network[1], "SnatIp": eip["address"]}
    assert vpc.refused("CreateSnatEntry", **entry) == (400, "EIP_NOT_IN_GATEWAY")
    vpc.ok("AssociateEipAddress", AllocationId=eip["id"], InstanceId=nat["id"], InstanceType="Nat")
    assert eip_row(vpc, eip["id"])["Status"] == "Associating"
    vpc.wait(1)
    assert eip_row(vpc, eip["id"])["Status"] == "InUse"
    made = vpc.ok("CreateSnatEntry", **entry)["SnatEntryId"]
    rows = vpc.ok("DescribeSnatTableEntries", SnatTableId=nat["table"])["SnatTableEntries"]["SnatTableEntry"]
    assert [(row["SnatEntryId"], row["Status"], row["SourceCIDR"]) for row in rows] == [(made, "Pending", "10.0.1.0/24")]
    vpc.wait(1)
    assert vpc.refused("CreateSnatEntry", **entry) == (400, "Forbidden.SourceVSwitchId.Duplicated")

    assert vpc.refused("DeleteNatGateway", NatGatewayId=nat["id"]) == (400, "DependencyViolation.SnatEntry")
    assert vpc.refused("UnassociateEipAddress", AllocationId=eip["id"]) == (400, "InvalidIpStatus.HasBeenUsedBySnatTable")
    vpc.ok("DeleteSnatEntry", SnatTableId=nat["table"], SnatEntryId=made)
    vpc.wait(1)
    assert vpc.refused("DeleteNatGateway", NatGatewayId=nat["id"]) == (400, "DependencyViolation.EIPS")
    assert vpc.refused("ReleaseEipAddress", AllocationId=eip["id"]) == (400, "IncorrectEipStatus")
    vpc.ok("UnassociateEipAddress", AllocationId=eip["id"])
    vpc.wait(1)
    vpc.ok("ReleaseEipAddress", AllocationId=eip["id"])
    vpc.ok("DeleteNatGateway", NatGatewayId=nat["id"])
    vpc.wait()
    assert open_bills(vpc) == []
    assert {row["kind"] for row in vpc.cloud.inventory()} == {"vpc", "vswitch"}


def test_force_takes_a_gateway_down_with_what_hangs_on_it(vpc: Caller, network: tuple[str, str]) -> None:
    nat, eip = make_nat(vpc, network), make_eip(vpc)
    vpc.ok("AssociateEipAddress", AllocationId=eip["id"], InstanceId=nat["id"], InstanceType="Nat")
    vpc.wait()
    vpc.ok("CreateSnatEntry", SnatTableId=nat["table"], SourceCIDR="10.0.0.0/16", SnatIp=eip["address"])
    vpc.wait()
    vpc.ok("DeleteNatGateway", NatGatewayId=nat["id"], Force="true")
    vpc.wait()
    assert eip_row(vpc, eip["id"])["Status"] == "Available"
    assert vpc.refused("DescribeSnatTableEntries", SnatTableId=nat["table"]) == (404, "InvalidSnatTableId.NotFound")


def test_an_address_goes_to_what_exists_only(vpc: Caller) -> None:
    eip = make_eip(vpc)
    target = {"AllocationId": eip["id"], "InstanceId": "ngw-none", "InstanceType": "Nat"}
    assert vpc.refused("AssociateEipAddress", **target) == (404, "InvalidNatGatewayId.NotFound")
    assert vpc.refused("AssociateEipAddress", **{**target, "InstanceType": "EcsInstance"}) == (404, "InvalidInstanceId.NotFound")


def test_resources_move_between_resource_groups_that_exist(vpc: Caller) -> None:
    eip = make_eip(vpc)
    groups = Caller(vpc.cloud, GROUPS).ok("ListResourceGroups")["ResourceGroups"]["ResourceGroup"]
    move = {"ResourceType": "EIP", "ResourceId": eip["id"]}
    assert eip_row(vpc, eip["id"])["ResourceGroupId"] == groups[0]["Id"]
    vpc.ok("MoveResourceGroup", **move, NewResourceGroupId=groups[1]["Id"])
    assert eip_row(vpc, eip["id"])["ResourceGroupId"] == groups[1]["Id"]
    assert vpc.refused("MoveResourceGroup", **move, NewResourceGroupId="rg-none") == (404, "EntityNotExists.ResourceGroup")


def test_a_vpc_nat_gateway_sends_by_its_own_addresses(vpc: Caller, network: tuple[str, str]) -> None:
    made = vpc.ok("CreateNatGateway", VpcId=network[0], VSwitchId=network[1], NetworkType="intranet")
    nat, table = made["NatGatewayId"], made["SnatTableIds"]["SnatTableId"][0]
    vpc.wait()
    assert [ip["IsDefault"] for ip in vpc.ok("ListNatIps", NatGatewayId=nat)["NatIps"]] == [True]
    taken = {"NatGatewayId": nat, "NatIpCidr": "10.0.1.0/24"}
    ip = vpc.ok("CreateNatIp", **taken, NatIp="10.0.1.9")
    assert vpc.refused("CreateNatIp", **taken, NatIp="10.0.1.9") == (400, "InvalidNatIp.AlreadyUsed")
    assert vpc.refused("CreateNatIp", NatGatewayId=nat, NatIpCidr="10.9.0.0/24") == (404, "InvalidNatIpCidr.NotFound")
    vpc.wait()
    entry = {"SnatTableId": table, "SourceCIDR": "10.0.0.0/16"}
    assert vpc.refused("CreateSnatEntry", **entry, SnatIp="10.0.1.10") == (400, "EIP_NOT_IN_GATEWAY")
    snat = vpc.ok("CreateSnatEntry", **entry, SnatIp="10.0.1.9")["SnatEntryId"]
    assert vpc.refused("DeleteNatIp", NatIpId=ip["NatIpId"]) == (400, "DependencyViolation.SnatEntry")
    vpc.ok("DeleteSnatEntry", SnatTableId=table, SnatEntryId=snat)
    vpc.wait()
    assert vpc.refused("DeleteNatGateway", NatGatewayId=nat) == (400, "DependencyViolation.NatIp")
    vpc.ok("DeleteNatIp", NatIpId=ip["NatIpId"])
    vpc.wait()
    vpc.ok("DeleteNatGateway", NatGatewayId=nat)
    vpc.wait()
    assert {row["kind"] for row in vpc.cloud.inventory()} == {"vpc", "vswitch"}
