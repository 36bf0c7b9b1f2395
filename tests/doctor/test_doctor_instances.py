"""The doctor on stacks of kind bare-metal: what its checks conclude, and the whole diagnosis against the fake."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fourways.cli.doctor_facts_instances import instance_facts
from fourways.cli.project import STACKS
from fourways.cloud import clients
from fourways.costs import estimate_planned
from fourways.doctor import Diagnosis, Facts, Finding, ReadOnlyCloud, Verdict, diagnose
from fourways.doctor.checks import instances, vcpus
from fourways.fakes.cloud import Cloud
from fourways.fakes.inprocess import ADDRESS, fake_cloud
from stacks.kinds.bare_metal import BareMetalServing
from stacks.settings import read_stack_file
from tests.components.bare_metal_samples import SCALED, metal
from tests.doctor import doctor_samples as samples

TYPES = ("ecs.gn8v-8x.48xlarge", "ecs.ebmgn8v.48xlarge")
A, C = "ap-southeast-1a", "ap-southeast-1c"
IMAGE = "aliyun_3_x64_20G_alibase_20250629.vhd"


def facts(**changes: Any) -> Facts:
    given = {"at": "instances", "types": TYPES, "machine": "", "machines": 2, "grouped": True, "machine_image": IMAGE, "planned": ()}
    return samples.facts(**{**given, **changes})


def stock(**of: str) -> dict[str, dict[str, str]]:
    """`first_a="WithStock"`: by the type's place and the zone's letter."""
    found: dict[str, dict[str, str]] = {}
    for key, status in of.items():
        place, letter = key.split("_")
        found.setdefault(TYPES[("first", "second").index(place)], {})[f"ap-southeast-1{letter}"] = status
    return found


@pytest.mark.parametrize(
    ("there", "changes", "verdict", "words"),
    [
        (stock(first_a="WithStock", first_c="WithStock"), {}, Verdict.OK, f"{TYPES[0]} in {A}, {TYPES[0]} in {C}"),
        (stock(first_a="WithStock", second_c="WithStock"), {}, Verdict.OK, f"{TYPES[1]} in {C}"),
        (stock(first_a="WithStock", second_c="WithStock"), {"grouped": False}, Verdict.CANNOT_TELL, f"nothing in {C}"),
        (stock(first_a="WithStock"), {}, Verdict.CANNOT_TELL, "not offered"),
        (stock(first_a="WithoutStock", second_a="ClosedWithoutStock"), {}, Verdict.NOT_OK, "none of the stack's types"),
        ({}, {}, Verdict.NOT_OK, "not offered"),
        ({}, {"state": samples.state({"type": "alicloud:ess/scalingGroup:ScalingGroup"})}, Verdict.OK, "has its machines already"),
    ],
)
def test_stock_by_zone(there: dict[str, dict[str, str]], changes: dict[str, Any], verdict: Verdict, words: str) -> None:
    finding = instances.judge_stock(there, facts(**changes))
    assert finding.verdict is verdict
    assert words in finding.said


def test_the_image_is_there_or_not() -> None:
    assert instances.judge_image("Available", facts()).verdict is Verdict.OK
    assert instances.judge_image(None, facts()).said == f"ap-southeast-1 has no image {IMAGE}"
    assert "Creating, not Available" in instances.judge_image("Creating", facts()).said


def test_vcpus_of_a_family_are_a_doubt_unless_they_suffice() -> None:
    assert [vcpus.family(type_) for type_ in TYPES] == ["ecs.gn8v", "ecs.ebmgn8v"]
    assert vcpus.needed("ecs.gn8v", facts()) == 384
    assert vcpus.needed("ecs.gn99", facts()) is None
    rows = [{"TotalQuota": 400, "TotalUsage": 0}, {"TotalQuota": 1000, "TotalUsage": 10}]
    assert vcpus.judge("ecs.gn8v", rows, 384).verdict is Verdict.OK
    assert vcpus.judge("ecs.gn8v", rows, 401).verdict is Verdict.CANNOT_TELL
    assert "400 left at least" in vcpus.judge("ecs.gn8v", rows, 401).said
    assert vcpus.judge("ecs.gn8v", [], 384).said == "Quota Center lists none of it; 384 needed"
    assert vcpus.judge("ecs.gn8v", rows, None).verdict is Verdict.CANNOT_TELL


def test_vcpus_are_read_from_quota_center_by_their_family() -> None:
    answer = {"Quotas": [{"QuotaActionCode": "ecs.gn8v", "TotalQuota": 500, "TotalUsage": 0}, {"QuotaName": "ecs.gn8vx", "TotalQuota": 1}]}
    found = vcpus.check(samples.StubCloud({"quotas:ListProductQuotas": answer}), facts())
    assert [(finding.name, finding.verdict) for finding in found] == [
        ("quota vCPUs ecs.gn8v", Verdict.OK),
        ("quota vCPUs ecs.ebmgn8v", Verdict.CANNOT_TELL),
    ]
    refused = samples.StubCloud({"quotas:ListProductQuotas": samples.refusal("quotas:ListProductQuotas")})
    assert vcpus.check(refused, facts())[0].verdict is Verdict.CANNOT_TELL


# against the fake


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    for name, value in {"FOURWAYS_FAKE": ADDRESS, "ALICLOUD_ACCESS_KEY": "test", "ALICLOUD_SECRET_KEY": "test"}.items():
        monkeypatch.setenv(name, value)
    clients.forget()
    with fake_cloud() as made:
        yield made
        assert not made.requests.unknown
    clients.forget()


def examine(**changes: Any) -> Diagnosis:
    given = facts(identity=None, **changes)
    return diagnose(ReadOnlyCloud(given.region), given)


def line(found: Diagnosis, name: str) -> Finding:
    return next(finding for finding in found.findings if finding.name == name)


def test_a_bare_metal_stack_is_looked_at_by_its_own_checks(cloud: Cloud) -> None:
    found = examine(self_signed=True)
    names = {finding.name for finding in found.findings}
    assert {"product ALB", "product ESS", "product KMS", "product CAS", "quota ALB instances", "machine image", "stock", "weights"} < names
    assert not names & {"product PAI-EAS", "service name", "machines", "quota machines"}
    assert {finding.name for finding in found.findings if finding.verdict is Verdict.NOT_OK} == {"weights"}
    assert line(found, "weights").said == "there is no bucket bucket in ap-southeast-1"
    assert line(found, "machine image").said == f"{IMAGE} is there"
    assert "WithStock" in line(found, "stock").said
    assert all(row["action"].startswith(("Describe", "List", "Get", "GET")) for row in cloud.requests.rows)
    assert cloud.inventory() == []


def test_what_is_sold_out_or_gone_is_named(cloud: Cloud) -> None:
    cloud.seed["ecs"] = {"stock": dict.fromkeys(TYPES, 0)}
    found = examine(machine_image="m-gone")
    assert line(found, "stock").verdict is Verdict.NOT_OK
    assert "WithoutStock" in line(found, "stock").said
    assert line(found, "machine image").verdict is Verdict.NOT_OK


def test_the_facts_of_the_standard_stack() -> None:
    settings = read_stack_file(Path(STACKS) / "Pulumi.metal-singapore.yaml")
    serving = settings.deployment
    assert isinstance(serving, BareMetalServing)
    told = instance_facts(settings, serving)
    assert (told["at"], told["machines"], told["grouped"], told["types"]) == ("instances", 2, True, TYPES)
    resources = [(one.type, one.name, one.inputs) for one in told["planned"]]
    rows = {row.name: row for row in estimate_planned(resources, settings.region).rows}
    assert (rows["machines"].quantity, rows["machines"].hourly, rows["machines"].currency) == (Decimal(2), Decimal(864), "CNY")
    assert rows["machines"].most_hourly == Decimal(1296)
    assert (rows["load balancer"].hourly, rows["load balancer"].currency) == (Decimal("0.021"), "USD")
    assert {row.status for row in rows.values()} <= {"priced", "metered", "free"}


def test_what_scales_is_planned_up_to_its_own_most() -> None:
    settings = metal(scaling=SCALED)
    assert isinstance(settings.deployment, BareMetalServing)
    group = instance_facts(settings, settings.deployment)["planned"][0]
    assert (group.inputs["minSize"], group.inputs["maxSize"]) == (SCALED["min"], SCALED["max"])
