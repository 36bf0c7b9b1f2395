"""What Prometheus scrapes and Grafana shows of a stack's machines."""

from __future__ import annotations

import re
from typing import Any

import pytest

from fourways.catalog.facts import CatalogError
from fourways.metrics.dashboard import dashboard
from fourways.metrics.machines import machines
from fourways.metrics.prometheus import Machine, scrape_config, targets

TWO = [Machine(id="i-2", address="10.0.0.2", zone="b"), Machine(id="i-1", address="10.0.0.1", zone="a")]


def test_each_machine_is_scraped_for_its_engine_and_where_there_is_one_its_gpus() -> None:
    alone = targets("metal", TWO, gpus=False)
    assert [one["targets"] for one in alone] == [["10.0.0.1:8000"], ["10.0.0.2:8000"]]
    both = targets("metal", TWO, gpus=True)
    assert [(one["labels"]["exporter"], one["labels"]["instance_id"]) for one in both] == [
        ("engine", "i-1"), ("gpu", "i-1"), ("engine", "i-2"), ("gpu", "i-2"),
    ]  # fmt: skip
    (job,) = scrape_config("metal")["scrape_configs"]
    assert job["file_sd_configs"][0]["files"] == ["targets.json"]


@pytest.mark.parametrize(("engine", "prefix"), [("vllm", "vllm:"), ("sglang", "sglang:")])
def test_the_dashboard_asks_for_what_the_engine_and_the_exporter_measure(engine: str, prefix: str) -> None:
    board = dashboard("metal", engine)
    titles = [panel["title"] for panel in board["panels"]]
    for wanted in ("Time to first token", "Time per output token", "Requests", "KV cache use", "GPU utilization"):
        assert wanted in titles
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    names = {name for expression in asked for name in re.findall(r"[A-Za-z_]+:?[A-Za-z_]+(?={)", expression)}
    assert names
    assert all(name.startswith((prefix, "DCGM_FI_DEV_")) for name in names)
    assert all('{stack="metal"}' in expression for expression in asked)


def test_no_two_graphs_lie_over_each_other() -> None:
    places = [(one["gridPos"]["x"], one["gridPos"]["y"]) for one in dashboard("metal", "vllm")["panels"]]
    assert len(set(places)) == len(places)


def test_an_engine_that_nobody_knows_is_told() -> None:
    with pytest.raises(CatalogError, match="known: vllm, sglang"):
        dashboard("metal", "other")


class Instances:
    """DescribeInstances, and what it was asked."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows, self.asked = list(rows), []

    def call(self, product: str, version: str, action: str, params: dict[str, Any], region: str) -> dict[str, Any]:  # noqa: ARG002
        self.asked.append((action, dict(params), region))
        return {"Instances": {"Instance": self.rows}, "TotalCount": len(self.rows), "PageNumber": 1, "PageSize": 50}


def test_machines_are_found_by_their_tags_and_those_without_an_address_are_left_out() -> None:
    cloud = Instances(
        {"InstanceId": "i-1", "ZoneId": "a", "VpcAttributes": {"PrivateIpAddress": {"IpAddress": ["10.0.0.1"]}}},
        {"InstanceId": "i-2", "ZoneId": "a", "VpcAttributes": {"PrivateIpAddress": {"IpAddress": []}}},
    )
    assert machines("fourways", "metal", "cn-beijing", cloud) == [Machine(id="i-1", address="10.0.0.1", zone="a")]  # type: ignore[arg-type]
    (action, asked, region), *_ = cloud.asked
    assert (action, region) == ("DescribeInstances", "cn-beijing")
    assert (asked["Tag.1.Key"], asked["Tag.1.Value"], asked["Tag.2.Key"], asked["Tag.2.Value"]) == (
        "fourways-project", "fourways", "fourways-stack", "metal",
    )  # fmt: skip
