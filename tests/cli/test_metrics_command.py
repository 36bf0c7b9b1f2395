"""`fourways metrics` on the fake in this process: what is written of a stack's machines, and that it follows them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from fourways.cli import metrics, project
from fourways.cli.errors import UserError
from fourways.cloud import clients
from fourways.fakes.cloud import Cloud
from fourways.fakes.inprocess import ADDRESS, fake_cloud
from tests.cleanup.test_cleanup_machines_on_fake import Account

STACK = "metal"
STACKS = Path(__file__).resolve().parents[2] / "stacks"
WATCHED = {"contactGroup": "theirs", "gpuExporter": "registry.example.com/nvidia/dcgm-exporter:4.2.3"}


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Cloud, str]]:
    """A scaling group of one machine with the tags of the stack."""
    for name, value in {"FOURWAYS_FAKE": ADDRESS, "ALICLOUD_ACCESS_KEY": "test", "ALICLOUD_SECRET_KEY": "test"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(metrics, "current_workspace", lambda **_: SimpleNamespace(enter=lambda: None))
    clients.forget()
    with fake_cloud() as cloud:
        account = Account(cloud)
        yield cloud, account.machines(account.network())
        assert not cloud.requests.unknown
    clients.forget()


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The stack's file: metal-singapore's."""
    monkeypatch.setattr(project, "STACKS", tmp_path)
    path = tmp_path / f"Pulumi.{STACK}.yaml"
    path.write_bytes((STACKS / "Pulumi.metal-singapore.yaml").read_bytes())
    return path


def watch(path: Path, monitoring: dict[str, Any]) -> None:
    data = yaml.safe_load(path.read_text())
    data["config"]["fourways:serving"]["monitoring"] = monitoring
    path.write_text(yaml.safe_dump(data))


def exporters(folder: Path) -> list[tuple[str, str]]:
    """What is scraped: the kind of exporter, and its port."""
    rows = json.loads((folder / "targets.json").read_text())
    return [(row["labels"]["exporter"], target.rpartition(":")[2]) for row in rows for target in row["targets"]]


@pytest.mark.usefixtures("group")
def test_all_three_files_are_written_of_the_machines_that_are_there(stack: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "monitoring"
    metrics.write(STACK, folder, fake=True, follow=False)
    assert sorted(path.name for path in folder.iterdir()) == ["dashboard.json", "prometheus.yml", "targets.json"]
    (job,) = yaml.safe_load((folder / "prometheus.yml").read_text())["scrape_configs"]
    assert (folder / job["file_sd_configs"][0]["files"][0]).is_file()
    assert json.loads((folder / "dashboard.json").read_text())["panels"]
    assert exporters(folder) == [("engine", "8000")]
    watch(stack, WATCHED)
    metrics.write(STACK, folder, fake=True, follow=False)
    assert exporters(folder) == [("engine", "8000"), ("gpu", "9400")]


@pytest.mark.usefixtures("stack")
def test_targets_follow_the_machines_until_it_is_interrupted(
    group: tuple[Cloud, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud, group_id = group
    seen = []

    def between(seconds: float) -> None:
        seen.append((seconds, len(exporters(tmp_path))))
        if len(seen) == 2:
            raise KeyboardInterrupt
        Account(cloud).ess("ModifyScalingGroup", ScalingGroupId=group_id, MinSize=2)
        cloud.clock.advance(300)

    monkeypatch.setattr(metrics, "time", SimpleNamespace(sleep=between))
    with pytest.raises(KeyboardInterrupt):
        metrics.write(STACK, tmp_path, fake=True, follow=True)
    assert seen == [(metrics.PERIOD_SECONDS, 1), (metrics.PERIOD_SECONDS, 2)]


def test_a_stack_without_machines_of_its_own_has_nothing_to_scrape(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"is of kind .*: only machines of a stack's own"):
        metrics.write("payg-singapore", tmp_path / "monitoring", fake=True, follow=False)
    assert not (tmp_path / "monitoring").exists()
