"""A stack on public pay-as-you-go GPUs, in the order in which a user lives it: shortage, fallback, spot, stop, destroy."""

from __future__ import annotations

from typing import Any

import pytest

from tests.end_to_end.asking import ask, asking
from tests.end_to_end.conftest import Run

STACK = "payg-singapore"
REGION = "ap-southeast-1"
SERVICE = "fourways:eas:Service"
FIRST, SECOND = "ml.gu8tef.8.46xlarge", "ecs.gn8v-8x.48xlarge"
PUBLIC = {"source": "public", "instanceTypes": [FIRST, SECOND], "onShortage": "release", "shortageMinutes": 1}


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """What later tests need to know of earlier ones."""
    return {}


def service(run: Run) -> dict[str, Any]:
    outputs: dict[str, Any] = run.one(STACK, SERVICE)["outputs"]
    return outputs


def billed(run: Run) -> set[str]:
    return {bill["kind"] for bill in run.open_bills()}


def test_out_of_stock_on_all_types_is_a_clear_failure_and_nothing_is_billed(run: Run) -> None:
    run.pulumi("stack", "init", STACK, "--non-interactive")
    run.serve(STACK, capacity=PUBLIC)
    run.fake.ask("seed", "POST", {"eas": {"stock": {FIRST: "NoStock", SECOND: "NoStock"}}})
    assert "no stock" in run.pulumi("preview", "--stack", STACK, "--non-interactive")
    said = run.up(STACK, fails=True)
    assert FIRST in said
    assert SECOND in said
    assert "nothing is billed" in said
    assert "eas-public-instance" not in billed(run)
    assert not [row for row in run.fake.ask("state") if row["kind"] == "eas-service"]


def test_out_of_stock_on_the_first_the_second_is_used_and_the_output_says_so(run: Run, kept: dict[str, Any]) -> None:
    run.fake.ask("seed", "POST", {"eas": {"stock": {FIRST: "NoStock", SECOND: "WithStock"}}})
    said = run.up(STACK)
    assert SECOND in said
    assert set(service(run)["instanceTypes"]) == {SECOND}
    kept["outputs"] = run.workspace.outputs(STACK)
    assert ask(run, kept["outputs"]) == "deepseek-v4-flash"
    run.settled(STACK)


def test_stopped_it_is_kept_and_costs_nothing_until_it_starts_again(run: Run, kept: dict[str, Any]) -> None:
    run.fake.ask("seed", "POST", {"eas": {"stock": {}}})
    run.serve(STACK, running=False)
    run.up(STACK)
    assert service(run)["status"] == "Stopped"
    assert "eas-public-instance" not in billed(run)
    run.settled(STACK)
    run.serve(STACK, running=True)
    run.up(STACK)
    assert ask(run, kept["outputs"])


def test_a_spot_machine_that_is_taken_back_is_seen_and_replaced(run: Run, kept: dict[str, Any]) -> None:
    run.serve(STACK, capacity=PUBLIC | {"spot": {"priceLimit": 100, "protection": False}})
    run.up(STACK)
    assert [instance.is_spot for instance in run.instances(REGION, service(run)["name"])] == [True]
    run.fake.ask("seed", "POST", {"eas": {"stock": {FIRST: "NoStock", SECOND: "NoStock"}}})
    run.fake.ask("console/reclaim-spot", "POST", {"region": REGION, "service": service(run)["name"]})
    said = run.pulumi("refresh", "--yes", "--skip-preview", "--stack", STACK, "--non-interactive")
    assert "warning" in said
    assert service(run)["runningInstance"] == 0
    run.fake.ask("seed", "POST", {"eas": {"stock": {}}})
    run.fake.ask("clock", "POST", {"advance": 60})
    run.pulumi("refresh", "--yes", "--skip-preview", "--stack", STACK, "--non-interactive")
    assert (service(run)["status"], service(run)["runningInstance"]) == ("Running", 1)
    assert ask(run, kept["outputs"])
    run.settled(STACK)


def test_a_broken_version_never_takes_the_endpoint_down(run: Run, kept: dict[str, Any]) -> None:
    run.serve(STACK, capacity=PUBLIC, update="in-place")
    run.configure(STACK, {"engine": {"image": "registry.example.com/vllm:2"}})
    assert "takes the endpoint down" in run.pulumi("preview", "--stack", STACK, "--non-interactive")
    run.serve(STACK, update="surge")
    run.up(STACK)
    kept["good"] = service(run)["currentVersion"]
    run.fake.ask("seed", "POST", {"eas": {"stock": {}, "crashing_images": {"*:broken": []}}})
    run.configure(STACK, {"engine": {"image": "registry.example.com/vllm:broken"}})
    with asking(run, kept["outputs"]) as answers:
        said = run.up(STACK, fails=True)
    assert "rolled back" in said
    assert answers.bad == []
    assert answers.good > 10


def test_back_to_an_earlier_version_and_forth_again(run: Run, kept: dict[str, Any]) -> None:
    run.configure(STACK, {"engine": {"image": "registry.example.com/vllm:3", "maxModelLen": 4096}})
    run.up(STACK)
    latest = service(run)["currentVersion"]
    assert latest > kept["good"]
    run.serve(STACK, rollBackTo=kept["good"])
    run.up(STACK)
    assert service(run)["currentVersion"] == kept["good"]
    run.settled(STACK)
    run.serve(STACK, rollBackTo=None)
    run.up(STACK)
    assert service(run)["currentVersion"] == latest + 1
    assert ask(run, kept["outputs"])


def test_destroy_leaves_nothing(run: Run, kept: dict[str, Any]) -> None:
    run.destroy(STACK)
    run.nothing_is_left()
    assert run.secret_leaks(kept["outputs"]["api_key"], run.secret_key) == []
