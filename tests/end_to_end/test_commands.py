"""The `fourways` command as a user types it, on a fake of its own beside the demo's."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from fourways.cli import fake_server
from tests.end_to_end.conftest import Fourways

STACK = "mu-beijing"
REGION = "cn-beijing"


def fake(folder: Path) -> fake_server.FakeServer:
    return fake_server.running(folder / "fake")


def test_demo_up_shows_endpoint_price_and_a_first_answer(fourways: Fourways) -> None:
    said = fourways("demo", "up", STACK).stdout
    assert said.startswith("target: fake")
    assert re.search(r"base_url +https://\S+/v1", said)
    assert "4 x MU1" in said
    assert "216.00 CNY" in said
    assert "made up by the fake" in said


def test_check_of_what_is_up_finds_no_change(fourways: Fourways, tmp_path: Path) -> None:
    comment = tmp_path / "comment.md"
    report = json.loads(fourways("check", STACK, "--fake", "--format", "json", "--write", str(comment)).stdout)
    assert report["exit_code"] == 0
    assert report["changes"] == []
    assert STACK in comment.read_text()
    assert "157,680.00 CNY" in comment.read_text()


def test_doctor_of_what_is_up_needs_neither_quota_nor_stock(fourways: Fourways) -> None:
    found = {row["name"]: row for row in json.loads(fourways("doctor", STACK, "--fake", "--format", "json").stdout)["findings"]}
    assert found["stock"]["said"] == "the stack has its machines already"
    assert "the stack has its own already" in found["quota VPCs"]["said"]
    assert found["service name"]["said"].endswith("is this stack's")
    assert found["state"]["said"].endswith("made on this target and account")


def test_cost_and_smoke(fourways: Fourways) -> None:
    assert "216.00 CNY" in fourways("cost", STACK, "--fake").stdout
    assert "48 out" in fourways("smoke", STACK, "--fake").stdout


def test_chat_streams_what_the_endpoint_answers(fourways: Fourways) -> None:
    assert fourways("chat", STACK, "hello", "--fake", "--max-tokens", "4").stdout.strip() == "This answer was"


def test_logs_and_events_are_the_services(fourways: Fourways) -> None:
    assert "Application startup complete" in fourways("logs", STACK, "--fake", "--tail", "1").stdout
    rows = json.loads(fourways("events", STACK, "--fake", "--format", "json").stdout)
    assert [rows[0]["reason"], rows[-1]["reason"]] == ["Creating", "Running"]


def test_shell_runs_plain_pulumi_and_says_its_target(fourways: Fourways) -> None:
    result = fourways("shell", "--", "pulumi", "stack", "output", "region", "--stack", STACK)
    assert result.stdout.strip() == REGION
    assert "target: fake" in result.stderr


def test_sweep_is_clean_while_everything_belongs_to_a_state(fourways: Fourways) -> None:
    assert "Nothing is left behind" in fourways("sweep", "--fake").stdout


def test_sweep_deletes_what_is_ours_and_expired_and_nothing_else(fourways: Fourways, folder: Path) -> None:
    expired = service(folder, "forgotten_benchmark", project="fourways", environment="benchmark", expires="2026-01-01T00:00:00Z")
    foreign = service(folder, "forgotten_benchmark_2", project="another", environment="benchmark", expires="2026-01-01T00:00:00Z")
    production = service(folder, "left_in_production", project="fourways", environment="production")
    found = {
        row["name"]: row
        for row in json.loads(fourways("sweep", "--fake", "--region", REGION, "--format", "json", code=1).stdout)["leftovers"]
    }
    assert set(found) == {expired, production}
    assert services(folder) >= {expired, foreign, production}  # a dry run changes nothing
    fourways("sweep", "--fake", "--region", REGION, "--delete", "--yes", code=1)  # production is left, so it is not clean
    assert services(folder) & {expired, foreign, production} == {foreign, production}
    fourways("sweep", "--fake", "--region", REGION, "--delete", "--yes", "--stack", "orphan")
    assert services(folder) & {expired, foreign, production} == {foreign}
    client(folder).delete_service(REGION, foreign)


def test_demo_down_leaves_nothing(fourways: Fourways, folder: Path) -> None:
    server = fake(folder)
    unknown = server.ask("requests")["unknown"]
    said = fourways("demo", "down", STACK).stdout
    assert "Nothing is open, nothing is left." in said
    assert "closed" in said
    assert unknown == {}
    assert fake_server.find(folder / "fake") is None
    assert not (folder / "fake" / "cloud.pickle").exists()


def test_no_stack_file_is_written_to() -> None:
    stacks = Path(__file__).resolve().parents[2] / "stacks"
    assert not [path.name for path in stacks.glob("Pulumi.*.yaml") if "encryptionsalt" in path.read_text()]


def client(folder: Path) -> Any:
    from alibabacloud_eas20210701.client import Client
    from alibabacloud_tea_openapi.utils_models import Config, GlobalParameters

    headers = GlobalParameters(headers={"x-acs-region-id": REGION})
    return Client(
        Config(access_key_id="test", access_key_secret="test", endpoint=fake(folder).address, protocol="HTTP", global_parameters=headers)
    )


def service(folder: Path, name: str, *, project: str, environment: str, expires: str = "") -> str:
    """A running EAS service with the labels of one that was left behind; returns its name."""
    from alibabacloud_eas20210701.models import CreateServiceRequest

    labels = {"fourways-project": project, "fourways-stack": "orphan", "fourways-environment": environment}
    if expires:
        labels["fourways-expires-at"] = expires
    config = {
        "metadata": {"name": name, "instance": 1, "cpu": 4, "memory": 16000},
        "cloud": {"computing": {"instance_type": "ecs.gn7i-c16g1.4xlarge"}},
        "containers": [{"image": "eas-registry-vpc.cn-beijing.cr.aliyuncs.com/pai-eas/vllm:0.1", "port": 8000, "script": "vllm serve"}],
    }
    client(folder).create_service(CreateServiceRequest(labels=labels, body=json.dumps(config)))
    return name


def services(folder: Path) -> set[str]:
    return {row["id"] for row in fake(folder).ask("state") if row["kind"] == "eas-service"}
