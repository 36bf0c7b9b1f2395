"""One stack's whole life, in the order in which a user lives it: each test goes on where the one before it ended."""

from __future__ import annotations

import dataclasses
import json
import ssl
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.end_to_end.conftest import Run

STACK = "mu-singapore"
REGION = "ap-southeast-1"
AT = ("--stack", STACK, "--non-interactive")


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """What later tests need to know of earlier ones."""
    return {}


def resources(run: Run, type_: str) -> list[dict[str, Any]]:
    state = run.workspace.state(STACK)
    return [resource for resource in state["deployment"]["resources"] if resource["type"] == type_]


def test_up_serves(run: Run, kept: dict[str, Any]) -> None:
    run.pulumi("stack", "init", STACK, "--non-interactive")
    run.pulumi("up", "--yes", "--skip-preview", *AT)
    outputs = run.workspace.outputs(STACK)
    kept["api_key"] = outputs["api_key"]
    assert outputs["base_url"].startswith("https://")
    assert outputs["base_url"].endswith("/v1")
    assert outputs["kind"] == "model-unit"
    assert outputs["region"] == REGION
    trusted = ssl.create_default_context(cafile=str(run.fake.bundle))  # every client of the fake needs its CA
    client = openai.OpenAI(
        base_url=outputs["base_url"], api_key=outputs["api_key"], http_client=openai.DefaultHttpxClient(verify=trusted), max_retries=0
    )
    answer = client.chat.completions.create(model=outputs["model"], messages=[{"role": "user", "content": "hello"}], max_tokens=8)
    assert answer.choices[0].message.content
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 8
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key="wrong").chat.completions.create(model=outputs["model"], messages=[{"role": "user", "content": "x"}])


def test_what_is_billed_is_what_was_written(run: Run) -> None:
    group = resources(run, "fourways:eas:ResourceGroup")[0]
    bills = run.open_bills()
    assert {bill["kind"] for bill in bills} == {"eas-dedicated-machine"}
    assert sorted(bill["resource"] for bill in bills) == sorted(group["outputs"]["instanceIds"])
    assert group["outputs"]["gpus"] == 4


def test_state_says_target_and_account(run: Run) -> None:
    for resource in resources(run, "fourways:eas:Service") + resources(run, "fourways:eas:ResourceGroup"):
        assert resource["outputs"]["target"] == "fake"
        assert resource["outputs"]["account"] == run.workspace.environment["ALICLOUD_ACCOUNT_ID"]


def test_preview_shows_no_change(run: Run) -> None:
    run.pulumi("preview", "--expect-no-changes", *AT)


def test_refresh_finds_no_drift(run: Run) -> None:
    run.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes", *AT)


def test_drift_is_found_and_mended(run: Run) -> None:
    from alibabacloud_eas20210701.models import UpdateServiceRequest

    service = resources(run, "fourways:eas:Service")[0]
    name = service["inputs"]["name"]
    wanted = service["inputs"]["config"]["metadata"]["instance"]
    run.eas(REGION).update_service(REGION, name, UpdateServiceRequest(body=json.dumps({"metadata": {"instance": wanted + 1}})))
    run.pulumi("refresh", "--preview-only", "--expect-no-changes", *AT, fails=True)
    run.pulumi("refresh", "--yes", "--skip-preview", *AT)
    run.pulumi("up", "--yes", "--skip-preview", *AT)
    config = json.loads(run.eas(REGION).describe_service(REGION, name).body.service_config)
    assert config["metadata"]["instance"] == wanted
    run.pulumi("preview", "--expect-no-changes", *AT)


def test_more_units(run: Run) -> None:
    before = run.open_bills()
    run.configure(STACK, {"capacity": {"units": 8}})
    run.pulumi("up", "--yes", "--skip-preview", *AT)
    assert resources(run, "fourways:eas:ResourceGroup")[0]["outputs"]["gpus"] == 8
    assert {bill["resource"] for bill in before} < {bill["resource"] for bill in run.open_bills()}
    run.pulumi("preview", "--expect-no-changes", *AT)


def test_more_replicas_within_what_is_bought(run: Run) -> None:
    before = run.open_bills()
    run.configure(STACK, {"replicas": {"count": 2}})
    run.pulumi("up", "--yes", "--skip-preview", *AT)
    name = resources(run, "fourways:eas:Service")[0]["inputs"]["name"]
    described = run.eas(REGION).describe_service(REGION, name).body
    assert (described.status, described.running_instance) == ("Running", 2)
    assert [bill["resource"] for bill in run.open_bills()] == [bill["resource"] for bill in before]


def test_more_replicas_than_bought_is_refused_before_anything_is_declared(run: Run) -> None:
    calls = sum(run.fake.ask("requests")["actions"].values())
    run.configure(STACK, {"replicas": {"count": 3}})
    text = run.pulumi("up", "--yes", "--skip-preview", *AT, fails=True)
    assert "replicas" in text
    assert "Traceback" not in text
    assert sum(run.fake.ask("requests")["actions"].values()) == calls
    run.configure(STACK, {"replicas": {"count": 2}})


def test_import_of_a_service_made_outside(run: Run) -> None:
    from alibabacloud_eas20210701.models import CreateServiceRequest

    config = {
        "metadata": {"name": "made_outside", "instance": 1, "cpu": 4, "memory": 16000},
        "cloud": {"computing": {"instance_type": "ecs.gn7i-c16g1.4xlarge"}},
        "containers": [{"image": "eas-registry-vpc.ap-southeast-1.cr.aliyuncs.com/pai-eas/vllm:0.1", "port": 8000, "script": "vllm serve"}],
    }
    run.eas(REGION).create_service(CreateServiceRequest(body=json.dumps(config)))
    text = run.pulumi("import", "fourways:eas:Service", "outside", f"{REGION}/made_outside", "--yes", "--protect=false", *AT)
    assert "made_outside" in text
    imported = [service for service in resources(run, "fourways:eas:Service") if service["inputs"]["name"] == "made_outside"]
    assert imported[0]["outputs"]["serviceId"]


def test_a_way_out_to_the_internet(run: Run) -> None:
    """NAT gateway and EIP are billed while they are there, and a second setting takes them away again."""
    for nat, kinds in ((True, {"eas-dedicated-machine", "nat-gateway", "eip"}), (False, {"eas-dedicated-machine"})):
        run.configure(STACK, {"nat": nat}, key="fourways:network")
        run.pulumi("up", "--yes", "--skip-preview", *AT)
        assert {bill["kind"] for bill in run.open_bills()} - {"eas-public-instance"} == kinds


def test_a_wrong_secret_is_refused_as_in_the_cloud(run: Run) -> None:
    environment = {**run.workspace.environment, "ALICLOUD_SECRET_KEY": "wrong"}
    result = dataclasses.replace(run.workspace, environment=environment).capture("refresh", "--yes", "--skip-preview", *AT)
    assert result.returncode != 0
    assert "SignatureDoesNotMatch" in result.stdout + result.stderr
    assert resources(run, "fourways:eas:Service")


def test_a_state_of_the_fake_is_refused_on_the_cloud(run: Run) -> None:
    environment = {name: value for name, value in run.workspace.environment.items() if not name.startswith("FOURWAYS_FAKE")}
    environment = {name: value for name, value in environment.items() if not name.endswith("_ENDPOINT") and "_ENDPOINT_" not in name}
    result = dataclasses.replace(run.workspace, environment=environment).capture("destroy", "--yes", "--skip-preview", *AT)
    text = result.stdout + result.stderr
    assert result.returncode != 0
    assert "'fake'" in text
    assert "'cloud'" in text
    assert resources(run, "fourways:eas:Service")
    assert resources(run, "alicloud:vpc/network:Network")


def test_the_ram_policy_in_the_docs_covers_every_call(run: Run) -> None:
    policy = json.loads((Path(__file__).resolve().parents[2] / "docs" / "ram-policy.json").read_text())
    allowed = {action for statement in policy["Statement"] for action in statement["Action"]}
    codes = {"Vpc": "vpc", "Ecs": "ecs", "eas": "eas", "Eas": "eas", "BssOpenApi": "bss"}
    rows = run.fake.ask("requests")["requests"]
    needed = {f"{codes.get(row['product'], row['product'])}:{row['action']}" for row in rows if row["product"] not in ("Sts", "")}
    assert needed <= allowed


def test_destroy_leaves_nothing(run: Run, kept: dict[str, Any]) -> None:
    run.pulumi("destroy", "--yes", "--skip-preview", *AT)
    assert run.open_bills() == []
    assert run.fake.ask("state") == []
    assert run.fake.ask("requests")["unknown"] == {}
    assert run.secret_leaks(kept["api_key"], run.secret_key) == []
