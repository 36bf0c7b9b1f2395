"""The EAS kinds through the official SDK and our clients, against the fake in this process; its ledger says whether anything is left."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fourways.cleanup import Options, RealCloud, Result, delete, look, plan
from fourways.cleanup.kinds import KINDS
from fourways.cloud import clients, ownership
from fourways.fakes.cloud import Cloud
from fourways.fakes.inprocess import ADDRESS, fake_cloud

REGION = "ap-southeast-1"
MACHINE = "ml.gu8tef.4.23xlarge"
EAS = [kind for kind in KINDS if kind.name.startswith("eas-")]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("FOURWAYS_FAKE", ADDRESS)
    monkeypatch.setenv("ALICLOUD_ACCESS_KEY", "test")
    monkeypatch.setenv("ALICLOUD_SECRET_KEY", "test")
    clients.forget()
    with fake_cloud() as cloud:
        yield cloud
        assert not cloud.requests.unknown
    clients.forget()


def now(fake: Cloud) -> datetime:
    return datetime.fromtimestamp(fake.clock.now(), UTC)


def bring_up(fake: Cloud, name: str, labels: dict[str, str]) -> None:
    """A group of two machines and a service on it."""
    real = RealCloud()
    made = real.eas(
        "create_resource",
        REGION,
        resource_type="Dedicated",
        charge_type="PostPaid",
        ecs_instance_type=MACHINE,
        ecs_instance_count=2,
        labels=labels,
    )
    fake.clock.advance(5)
    document: dict[str, Any] = {
        "metadata": {"name": name, "instance": 1, "cpu": 8, "memory": 32000, "gpu": 4, "resource": made["ResourceId"]},
        "containers": [{"image": "registry/vllm:1", "port": 8000, "command": "vllm serve /m --served-model-name m"}],
    }
    real.eas("create_service", REGION, labels=labels, body=json.dumps(document))
    fake.clock.advance(600)


def tags(fake: Cloud, environment: str = "benchmark", project: str = "fourways") -> dict[str, str]:
    expires = now(fake) + timedelta(minutes=1) if environment == "benchmark" else None
    return ownership.tags(project=project, stack=environment, environment=environment, owner="llm", expires_at=expires)


def sweep(fake: Cloud) -> Result:
    leftovers = plan(look(RealCloud(), [REGION], "fourways", EAS), [], Options(project="fourways", now=now(fake)))
    return delete(leftovers, RealCloud(), kinds=EAS, pause=lambda: fake.clock.advance(5), rounds=20)


def test_an_expired_benchmark_stops_costing(fake: Cloud) -> None:
    bring_up(fake, "bench_a", tags(fake))
    found = {thing.kind: thing for thing in look(RealCloud(), [REGION], "fourways", EAS)}
    assert set(found) == {"eas-service", "eas-resource-group"}
    assert found["eas-service"].free
    assert len(found["eas-resource-group"].parts) == 2
    assert found["eas-resource-group"].created is not None
    assert any(row["closed"] is None for row in fake.ledger.rows())
    assert sweep(fake).clean
    assert [row for row in fake.ledger.rows() if row["closed"] is None] == []
    assert fake.inventory() == []


def test_production_and_foreign_things_go_on_running(fake: Cloud) -> None:
    bring_up(fake, "prod_a", tags(fake, "production"))
    bring_up(fake, "other_a", tags(fake, project="somebody-elses"))
    before = len(fake.inventory())
    result = sweep(fake)
    assert (result.deleted, {leftover.found.owner.stack for leftover in result.kept}) == ((), {"production"})
    assert len(fake.inventory()) == before
