"""metal-singapore in the order in which a user lives it: up, two machines more, a machine's death, a zone's, a rolling change, destroy.

A client sends requests all along.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.end_to_end.asking import Answers, ask, asking
from tests.end_to_end.conftest import Run

STACK = "metal-singapore"
REGION = "ap-southeast-1"
TYPES = ["ecs.gn8v-8x.48xlarge", "ecs.ebmgn8v.48xlarge"]
SOLD_OUT = TYPES[1]
GROUP = "alicloud:ess/scalingGroup:ScalingGroup"
TEMPLATE = "alicloud:ecs/ecsLaunchTemplate:EcsLaunchTemplate"
ROLLOUT = "fourways:ess:Rollout"
ALLOWED = "203.0.113.7"
"""In the stack's allow-list."""
#: Fake seconds within which a load balancer has seen that a machine is dead, and those within which another one serves in its place.
HEALTH_WINDOW, REPLACED, DRAINED = 30.0, 400.0, 120.0


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """What later tests need to know of earlier ones."""
    return {}


@pytest.fixture(scope="module")
def client(run: Run, kept: dict[str, Any]) -> Iterator[Callable[[], Answers]]:
    """The client that goes on asking from the first test to the last: started once the endpoint is there."""
    stack: list[Any] = []

    def answers() -> Answers:
        if not stack:
            stack.append(asking(run, kept["outputs"]))
            stack.append(stack[0].__enter__())
        return stack[1]

    yield answers
    if stack:
        stack[0].__exit__(None, None, None)


def machines(run: Run) -> dict[str, dict[str, Any]]:
    """The stack's running instances as ECS shows them, by id."""
    rows = [row for row in run.fake.ask("state") if row["kind"] == "instance" and row["status"] == "Running"]
    return {row["id"]: row for row in rows}


def advance(run: Run, seconds: float) -> None:
    run.fake.ask("clock", "POST", {"advance": seconds})


def serving(run: Run) -> list[str]:
    """Ids of the machines that the load balancer has in its server group."""
    return list(run.one(STACK, ROLLOUT)["outputs"]["instances"])


def test_it_comes_up_serving_guarded_and_encrypted(run: Run, kept: dict[str, Any]) -> None:
    run.pulumi("stack", "init", STACK, "--non-interactive")
    run.fake.ask("seed", "POST", {"alb": {"client_address": ALLOWED}})
    run.up(STACK)
    kept["outputs"] = run.workspace.outputs(STACK)
    assert ask(run, kept["outputs"]) == "deepseek-v4-flash"
    assert len(machines(run)) == 2
    template = run.one(STACK, TEMPLATE)["outputs"]
    assert (template["httpTokens"], template["systemDisk"]["encrypted"], template["internetMaxBandwidthOut"]) == ("required", True, 0)
    run.settled(STACK)


def test_who_is_not_in_the_allow_list_is_kept_out(run: Run, kept: dict[str, Any]) -> None:
    import openai

    run.fake.ask("seed", "POST", {"alb": {"client_address": "198.51.100.1"}})
    with pytest.raises(openai.PermissionDeniedError):
        ask(run, kept["outputs"])
    run.fake.ask("seed", "POST", {"alb": {"client_address": ALLOWED}})


@pytest.mark.parametrize("path", ["/invocations", "/tokenize", "/metrics", "/pause", "/"])
def test_what_the_engine_answers_without_a_key_is_not_let_through(run: Run, kept: dict[str, Any], path: str) -> None:
    import httpx

    address = kept["outputs"]["base_url"].removesuffix("/v1")
    with httpx.Client(verify=ssl.create_default_context(cafile=str(run.fake.ca)), trust_env=False) as client:
        answer = client.get(address + path)
        assert (answer.status_code, answer.text) == (404, "Not Found")
        assert client.get(f"{address}/v1/models").status_code == 401
        assert client.get(f"{address}/health").status_code == 200


def test_two_machines_more_are_added_while_requests_go_on(run: Run, client: Callable[[], Answers]) -> None:
    answers = client()
    before = set(machines(run))
    run.configure(STACK, {"replicas": {"count": 4}})
    run.up(STACK)
    assert before < set(machines(run))
    assert len(machines(run)) == len(serving(run)) == 4
    assert answers.bad == []
    run.settled(STACK)


def test_a_dead_machine_gets_no_more_requests_and_is_replaced(run: Run, client: Callable[[], Answers]) -> None:
    answers = client()
    victim = sorted(machines(run))[0]
    run.fake.ask("console/instance-down", "POST", {"instanceId": victim, "region": REGION})
    advance(run, HEALTH_WINDOW)
    cut = list(answers.bad)
    assert len(cut) <= 1, cut  # the one that it was answering
    advance(run, REPLACED)
    assert victim not in machines(run)
    assert len(machines(run)) == 4
    assert answers.bad == cut
    answers.bad.clear()


def test_a_zone_that_goes_takes_no_request_with_it(run: Run, client: Callable[[], Answers]) -> None:
    answers = client()
    before = set(machines(run))
    run.fake.ask("console/zone-down", "POST", {"zone": f"{REGION}a", "region": REGION})
    advance(run, HEALTH_WINDOW)
    cut = list(answers.bad)
    assert len(cut) <= 1, cut
    advance(run, REPLACED)
    assert before - set(machines(run))  # those of the zone
    assert len(machines(run)) == 4
    assert answers.bad == cut
    answers.bad.clear()
    run.fake.ask("console/zone-up", "POST", {"zone": f"{REGION}a", "region": REGION})


def test_a_changed_configuration_is_rolled_out_and_no_request_fails(run: Run, client: Callable[[], Answers]) -> None:
    answers = client()
    before = set(machines(run))
    run.configure(STACK, {"engine": {"maxModelLen": 65536}})
    run.up(STACK)
    advance(run, DRAINED)  # the last of the old ones have their drainSeconds
    assert before.isdisjoint(machines(run))
    assert len(machines(run)) == 4
    assert answers.bad == []
    run.settled(STACK)


def test_a_rollout_that_fails_is_rolled_back_and_its_change_can_be_taken_back(run: Run, client: Callable[[], Answers]) -> None:
    answers = client()
    before = set(machines(run))
    run.fake.ask("seed", "POST", {"ecs": {"stock": {SOLD_OUT: 0}}})
    run.configure(STACK, {"capacity": {"instanceTypes": [SOLD_OUT]}})
    assert "It was rolled back" in run.up(STACK, fails=True)
    run.configure(STACK, {"capacity": {"instanceTypes": TYPES}})
    run.up(STACK)
    assert set(machines(run)) == before
    assert answers.bad == []
    run.settled(STACK)


def test_no_secret_is_in_user_data_state_output_or_log(run: Run, kept: dict[str, Any]) -> None:
    export = json.dumps(run.workspace.state(STACK))
    template = run.one(STACK, TEMPLATE)
    for side in ("inputs", "outputs"):
        assert "ciphertext" in json.dumps(template[side]["userData"]), f"user data is marked secret in the state's {side}"
    assert kept["outputs"]["api_key"] not in export
    assert run.secret_leaks(kept["outputs"]["api_key"], run.secret_key) == []


def test_nothing_is_left(run: Run, client: Callable[[], Answers], kept: dict[str, Any]) -> None:
    answers = client()
    assert answers.good > 20
    run.destroy(STACK)
    run.nothing_is_left()
    assert run.secret_leaks(kept["outputs"]["api_key"], run.secret_key) == []
