"""Which region a call is taken to be of, and state on disk that an older version wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fake_calls import ALB, VPC, Caller, rpc_request, stepped_cloud

from fourways.fakes.cloud import Cloud
from fourways.fakes.storage import Storage


def zones(cloud: Cloud, key: str = "test", **given: str) -> str:
    """Where DescribeZones of ALB, which clients call without a region, is answered for."""
    cloud.handle(rpc_request("POST", "form", "DescribeZones", ALB, given, key, key))
    region: str = list(cloud.requests.rows)[-1]["region"]
    return region


def test_a_call_without_a_region_is_where_its_key_was_last() -> None:
    cloud = stepped_cloud()
    assert zones(cloud) == "ap-southeast-1"
    Caller(cloud, VPC, "cn-hangzhou").ok("DescribeVpcs")
    assert zones(cloud) == "cn-hangzhou"
    assert zones(cloud, RegionId="cn-beijing") == "cn-beijing"
    assert zones(cloud) == "cn-beijing"


def test_a_key_that_is_refused_leaves_no_trace() -> None:
    cloud = stepped_cloud()
    cloud.handle(rpc_request("POST", "form", "DescribeVpcs", VPC, {"RegionId": "cn-hangzhou"}, "test", "wrong"))
    assert zones(cloud) == "ap-southeast-1"


def test_state_of_another_shape_is_refused_with_what_to_do(tmp_path: Path) -> None:
    cloud: Any = stepped_cloud()
    storage = Storage(tmp_path / "state")
    storage.save(cloud)
    assert storage.load() is not None
    cloud.state_version = 1
    storage.save(cloud)
    with pytest.raises(ValueError, match=r"its shape is 1.*delete the file"):
        storage.load()
