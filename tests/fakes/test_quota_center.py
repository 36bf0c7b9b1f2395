"""Quota Center on the fake, and products that an account has not activated."""

from __future__ import annotations

import pytest

from fourways.fakes.cloud import Cloud
from tests.fakes.fake_calls import ECS, VPC, Caller, stepped_cloud

QUOTAS = "2020-05-10"


@pytest.fixture
def cloud() -> Cloud:
    return stepped_cloud()


def test_limits_and_usage_are_those_that_the_vpc_service_enforces(cloud: Cloud) -> None:
    vpc, quotas = Caller(cloud, VPC), Caller(cloud, QUOTAS)
    cloud.seed["quotas"] = {"vpcs": 2}
    for _ in range(2):
        vpc.ok("CreateVpc")
    assert vpc.refused("CreateVpc") == (400, "QuotaExceeded.Vpc")
    row = quotas.ok("ListProductQuotas", ProductCode="vpc")["Quotas"][0]
    assert (row["QuotaActionCode"], row["TotalQuota"], row["TotalUsage"]) == ("vpc_quota_instances_num", 2.0, 2.0)


def test_addresses_of_all_regions_count_and_those_of_other_accounts_do_not(cloud: Cloud) -> None:
    from fourways.fakes.services.vpc.backend import VpcBackend

    for region in ("ap-southeast-1", "cn-beijing"):
        Caller(cloud, VPC, region).ok("AllocateEipAddress")
    cloud.backend(VpcBackend, "2000000000000002", "cn-beijing")
    assert Caller(cloud, QUOTAS).ok("ListProductQuotas", ProductCode="eip")["Quotas"][0]["TotalUsage"] == 2.0


def test_filter_unknown_product_and_wrong_use(cloud: Cloud) -> None:
    quotas = Caller(cloud, QUOTAS)
    assert quotas.ok("ListProductQuotas", ProductCode="vpc", QuotaActionCode="other")["Quotas"] == []
    assert quotas.ok("ListProductQuotas", ProductCode="oss") | {"RequestId": ""} == {"Quotas": [], "TotalCount": 0, "RequestId": ""}
    assert quotas.refused("ListProductQuotas") == (400, "MissingProductCode")
    assert quotas.refused("ListProductQuotas", ProductCode="vpc", MaxResults=101) == (400, "InvalidMaxResults")


def test_a_product_that_is_not_activated_refuses_everything(cloud: Cloud) -> None:
    cloud.seed["not_activated"] = ["Vpc"]
    assert Caller(cloud, VPC).refused("DescribeVpcs") == (404, "Inactive")
    assert Caller(cloud, VPC).refused("CreateVpc") == (404, "Inactive")
    assert Caller(cloud, ECS).ok("DescribeZones")
