"""CIDRs, names and addresses."""

from __future__ import annotations

import string
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.cidrs import vswitch_cidrs
from components.eas.model_unit_deployment import billed
from components.eas.words import summary, updates
from components.endpoint import base_url
from components.names import names
from stacks.settings import Settings
from tests.components.samples import settings

vpcs = st.builds(
    lambda base, prefix: str(IPv4Network((int(IPv4Network(base).network_address), max(prefix, IPv4Network(base).prefixlen)))),
    st.sampled_from(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]),
    st.integers(8, 24),
)
zones = st.lists(st.sampled_from([f"cn-beijing-{letter}" for letter in string.ascii_lowercase]), min_size=1, unique=True)


@given(vpc=vpcs, zones=zones)
def test_vswitches_are_apart_inside_the_vpc_and_of_a_legal_size(vpc: str, zones: list[str]) -> None:
    ranges = {zone: IPv4Network(cidr) for zone, cidr in vswitch_cidrs(vpc, zones).items()}
    assert list(ranges) == zones
    for one in ranges.values():
        assert one.subnet_of(IPv4Network(vpc))
        assert 16 <= one.prefixlen <= 29
    assert not any(one.overlaps(other) for one, other in combinations(ranges.values(), 2))


@given(vpc=vpcs, zones=zones, more=zones, order=st.randoms())
def test_adding_or_reordering_zones_moves_no_vswitch(vpc: str, zones: list[str], more: list[str], order: object) -> None:
    before = vswitch_cidrs(vpc, zones)
    together = list(dict.fromkeys([*more, *zones]))
    order.shuffle(together)  # type: ignore[attr-defined]
    after = vswitch_cidrs(vpc, together)
    assert before == {zone: after[zone] for zone in zones}


def test_ranges_as_in_the_standard_stack() -> None:
    assert vswitch_cidrs("10.40.0.0/16", ["ap-southeast-1a", "ap-southeast-1c"]) == {
        "ap-southeast-1a": "10.40.0.0/21",
        "ap-southeast-1c": "10.40.16.0/21",
    }


@pytest.mark.parametrize(
    ("address", "public", "url"),
    [
        ("http://1.x.pai-eas.aliyuncs.com/api/predict/s", True, "https://1.x.pai-eas.aliyuncs.com/api/predict/s/v1"),
        ("https://1.x.pai-eas.aliyuncs.com/api/predict/s/", True, "https://1.x.pai-eas.aliyuncs.com/api/predict/s/v1"),
        ("http://1.vpc.x.pai-eas.aliyuncs.com/api/predict/s", False, "http://1.vpc.x.pai-eas.aliyuncs.com/api/predict/s/v1"),
    ],
)
def test_base_urls(address: str, public: bool, url: str) -> None:
    assert base_url(address, public=public) == url


@pytest.mark.parametrize(("public", "says"), [(True, "no Internet endpoint"), (False, "no VPC endpoint")])
def test_no_address_is_not_an_address(public: bool, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        base_url("", public=public)


def test_names_are_the_same_in_every_run_and_differ_between_stacks_and_copies() -> None:
    one = settings()
    other = Settings.model_validate({**one.model_dump(by_alias=True), "stack": "mu-other"})
    copy = Settings.model_validate({**one.model_dump(by_alias=True), "run-id": "a1b2"})
    prefixes = [names(of).prefix for of in (one, one, other, copy)]
    assert prefixes[0] == prefixes[1] == "fourways-mu-singapore-f7edf1"
    assert len({prefix.rpartition("-")[2] for prefix in prefixes}) == 3
    assert names(one).of("vpc") == "fourways-mu-singapore-f7edf1-vpc"


ROOMY = {"source": "eas-resource-group", "units": 12, "spec": "MU1"}


def test_the_summary_counts_free_gpus_and_names_a_surge() -> None:
    of = settings(capacity=ROOMY, update="surge").deployment
    line = summary(of, billed(of, of.capacity.machines(4)), of.capacity.machines(4).gpus)
    assert "3 x ml.gu8tef.4.23xlarge, 12 x H20-141G" in line
    assert "1 x 4 GPUs run, 8 stay free" in line
    assert "by surge" in line


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "in place (the endpoint is down meanwhile), rolled back when they fail"),
        ({"capacity": ROOMY, "replicas": {"count": 2, "gpus": 4}}, "in place (a replica less meanwhile), rolled back when they fail"),
        (
            {"capacity": ROOMY, "update": "surge", "onUpdateFailure": "keep"},
            "by surge (a replica more meanwhile), kept as they are when they fail",
        ),
    ],
)
def test_the_summary_says_what_an_update_does_to_the_endpoint(changes: dict[str, Any], says: str) -> None:
    assert updates(settings(**changes).deployment) == says
