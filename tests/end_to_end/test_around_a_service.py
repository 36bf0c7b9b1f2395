"""What a production service has around it, on a second model: gateway, limits, scalers, a canary. In the order of a life."""

from __future__ import annotations

import shutil
import urllib.error
import urllib.request
from typing import Any

import openai
import pytest

from tests.end_to_end.asking import ask, asking
from tests.end_to_end.conftest import Run

STACK, CANARY = "qwen-singapore", "qwen-canary"
REGION = "ap-southeast-1"
SERVICE = "fourways:eas:Service"


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """What later tests need to know of earlier ones."""
    return {}


def service(run: Run, stack: str = STACK) -> dict[str, Any]:
    outputs: dict[str, Any] = run.one(stack, SERVICE)["outputs"]
    return outputs


def advance(run: Run, seconds: float) -> None:
    run.fake.ask("clock", "POST", {"advance": seconds})


def until(run: Run, count: int, outputs: dict[str, Any] | None = None, tries: int = 60) -> None:
    """Step the fake's clock until so many instances run; under load where `outputs` are given."""
    for _ in range(tries):
        for _ in range(3 if outputs else 0):
            ask(run, outputs or {})
        found = run.eas(REGION).describe_service(REGION, service(run)["name"]).body
        if (found.running_instance, found.status) == (count, "Running" if count else found.status):
            return
        advance(run, 10)
    raise AssertionError(f"{found.running_instance} of {count} instances run ({found.status})")


def test_a_second_model_is_a_stack_file_and_no_code(run: Run, kept: dict[str, Any]) -> None:
    run.pulumi("stack", "init", STACK, "--non-interactive")
    run.up(STACK)
    outputs = kept["outputs"] = run.workspace.outputs(STACK)
    assert ask(run, outputs) == outputs["model"]
    assert "qwen" in outputs["model"].lower()
    run.settled(STACK)


def test_an_idle_service_is_scaled_to_zero_and_wakes_up(run: Run, kept: dict[str, Any]) -> None:
    zero = {"min": 0, "max": 2, "metrics": [{"metric": "qps", "threshold": 5}], "scaleDownWindow": 30, "zeroGracePeriod": 60}
    run.serve(STACK, autoscaler=zero)
    run.up(STACK)
    until(run, 0)
    assert "eas-public-instance" not in {bill["kind"] for bill in run.open_bills()}
    run.settled(STACK)
    with pytest.raises(openai.APIStatusError):
        ask(run, kept["outputs"])
    until(run, 1)
    assert ask(run, kept["outputs"])


def test_a_private_gateway_lets_nobody_in_who_is_not_on_its_list(run: Run, kept: dict[str, Any]) -> None:
    run.serve(STACK, autoscaler=None, gateway={"instanceType": "2c4g"}, access={"public": True, "allow": ["203.0.113.0/24"]})
    run.up(STACK)
    outputs = run.workspace.outputs(STACK)
    assert "/pai-eas/gw-" in outputs["base_url"]
    with pytest.raises(openai.PermissionDeniedError):
        ask(run, outputs)
    run.serve(STACK, access={"public": True, "allow": ["203.0.113.0/24", "127.0.0.1/32"]})
    run.up(STACK)
    kept["outputs"] = run.workspace.outputs(STACK)
    assert ask(run, kept["outputs"])
    assert "eas-gateway" in {bill["kind"] for bill in run.open_bills()}
    run.settled(STACK)


def test_plain_http_is_not_served_in_public(kept: dict[str, Any]) -> None:
    url = kept["outputs"]["base_url"].replace("https://", "http://") + "/models"
    opener = urllib.request.build_opener(_NoRedirect)
    with pytest.raises(urllib.error.HTTPError) as raised:
        opener.open(urllib.request.Request(url, headers={"authorization": f"Bearer {kept['outputs']['api_key']}"}))
    assert raised.value.code in (301, 302, 307, 308)
    assert raised.value.headers["location"].startswith("https://")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def test_limits_hold_at_the_gateway(run: Run, kept: dict[str, Any]) -> None:
    run.serve(STACK, limits={"requestsPerSecond": 1})
    run.up(STACK)
    with asking(run, kept["outputs"]) as answers:
        run.pulumi("preview", "--expect-no-changes", "--stack", STACK, "--non-interactive")
    assert any("429" in said for said in answers.bad)
    run.serve(STACK, limits=None)
    run.up(STACK)


def test_a_gateway_that_is_not_public_is_reached_from_its_vpc(run: Run, kept: dict[str, Any]) -> None:
    run.serve(STACK, access={"public": False})
    run.up(STACK)
    outputs = run.workspace.outputs(STACK)
    assert ".vpc." in outputs["base_url"]
    assert "eas-gateway-link" in {row["kind"] for row in run.fake.ask("state")}
    assert ask(run, outputs)
    run.settled(STACK)
    run.serve(STACK, access={"public": True, "allow": ["127.0.0.1/32"]})
    run.up(STACK)
    assert ask(run, kept["outputs"])


def test_an_autoscaler_decides_the_count_and_that_is_no_drift(run: Run, kept: dict[str, Any]) -> None:
    scaler = {"min": 1, "max": 3, "metrics": [{"metric": "qps", "threshold": 0.05}], "scaleDownWindow": 60}
    run.serve(STACK, autoscaler=scaler)
    run.up(STACK)
    until(run, 3, kept["outputs"])
    run.settled(STACK)
    run.configure(STACK, {"engine": {"maxModelLen": 2048}})
    run.up(STACK)  # an update keeps the count that the scaler has set
    run.settled(STACK)


def test_a_schedule_takes_over_from_the_autoscaler(run: Run) -> None:
    jobs = [{"name": "day", "cron": "0 0 9 * * *", "replicas": 2}, {"name": "night", "cron": "0 0 18 * * *", "replicas": 0}]
    run.serve(STACK, autoscaler=None, schedule={"timeZone": "Asia/Singapore", "jobs": jobs})
    assert "autoscaler" in run.up(STACK, fails=True)  # one after the other: the engine makes the new before it deletes the old
    run.serve(STACK, schedule=None)
    run.up(STACK)
    run.serve(STACK, schedule={"timeZone": "Asia/Singapore", "jobs": jobs})
    run.up(STACK)
    for _ in range(3):  # whatever the time is: a day has both
        advance(run, 8 * 3600)
        found = run.eas(REGION).describe_service(REGION, service(run)["name"]).body
        assert found.running_instance in (0, 1, 2)
    run.settled(STACK)
    run.serve(STACK, schedule=None)
    run.up(STACK)
    until(run, 1)


def test_a_canary_takes_its_share_behind_one_address(run: Run, kept: dict[str, Any]) -> None:
    group = {"name": "qwen", "live": True, "weight": 80}
    run.serve(STACK, group=group)
    run.up(STACK)
    outputs = kept["outputs"] = run.workspace.outputs(STACK)
    assert ask(run, outputs)
    copy = run.workspace.stacks / f"Pulumi.{CANARY}.yaml"
    shutil.copy(run.workspace.stacks / f"Pulumi.{STACK}.yaml", copy)
    copy.write_text("\n".join(line for line in copy.read_text().splitlines() if "encryptionsalt" not in line))
    run.pulumi("stack", "init", CANARY, "--non-interactive")
    run.serve(CANARY, name="qwen_canary", gateway={"adopt": run.one(STACK, "fourways:eas:Gateway")["outputs"]["gatewayId"]})
    run.serve(CANARY, access={"public": True}, group={**group, "weight": 20})
    run.up(CANARY)
    canary = run.workspace.outputs(CANARY)
    assert (canary["base_url"], canary["api_key"]) == (outputs["base_url"], outputs["api_key"])
    with asking(run, outputs) as answers:
        run.destroy(CANARY)
    assert answers.bad == []
    run.settled(STACK)


def test_destroy_leaves_nothing(run: Run, kept: dict[str, Any]) -> None:
    run.destroy(STACK)
    run.nothing_is_left()
    assert run.secret_leaks(kept["outputs"]["api_key"], run.secret_key) == []
