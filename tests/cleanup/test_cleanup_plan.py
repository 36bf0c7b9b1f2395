"""What is a leftover and what may be deleted: every rule, on plain data."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from components.start_time import start_seconds
from fourways.cleanup import Found, Options, State, as_json, plan, tables
from fourways.cleanup.plan import GRACE
from fourways.cloud import ownership
from fourways.provider.eas.services.service_json import default_timeout

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LONG_AGO, JUST_NOW = NOW - timedelta(days=3), NOW - timedelta(minutes=5)
PAST, FUTURE = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
OPTIONS = Options(project="fourways", now=NOW)


def tags(
    environment: str = "benchmark", stack: str = "bench", project: str = "fourways", expires: datetime | None = PAST
) -> dict[str, str]:
    expires_at = expires if environment == "benchmark" else None
    return ownership.tags(project=project, stack=stack, environment=environment, owner="llm", expires_at=expires_at)


def vpc(id_: str = "vpc-1", created: datetime | None = LONG_AGO, **given: Any) -> Found:
    return Found(kind="vpc", id=id_, name="net", region="ap-southeast-1", tags=tags(**given), created=created, free=True)


def state(*ids: str, stack: str = "bench", labels: dict[str, str] | None = None, **more: Any) -> State:
    type_ = "alicloud:vpc/network:Network"
    resources = [
        {"urn": f"u::p::{type_}::net", "type": type_, "custom": True, "id": id_, "inputs": {"tags": labels or {}}, **more} for id_ in ids
    ]
    return State(stack=stack, export={"deployment": {"resources": resources}})


def test_in_a_state_and_not_expired_is_no_leftover() -> None:
    assert plan([vpc(expires=FUTURE)], [state("vpc-1")], OPTIONS) == []
    assert plan([vpc(environment="production", stack="prod")], [state("vpc-1", stack="prod")], OPTIONS) == []


@pytest.mark.parametrize(
    ("thing", "states", "how", "reason"),
    [
        (vpc(), [state("vpc-1")], ("tag", "state"), "expired at 2026-11-24T11:00:00Z"),
        (vpc(), [], ("tag",), "expired at 2026-11-24T11:00:00Z"),
        (vpc(expires=FUTURE), [state()], ("tag",), "in no state"),
        (vpc(expires=FUTURE), [state("vpc-1", external=True)], ("tag",), "in no state"),
        (vpc(expires=None, created=LONG_AGO), [], ("tag",), "in no state"),
    ],
)
def test_may_be_deleted(thing: Found, states: list[State], how: tuple[str, ...], reason: str) -> None:
    (leftover,) = plan([thing], states, OPTIONS)
    assert (leftover.deletable, leftover.how) == (True, how)
    assert reason in leftover.reasons


@pytest.mark.parametrize(
    ("thing", "states", "why"),
    [
        (vpc(environment="production", stack="prod"), [], "environment production: name its stack, prod"),
        (vpc(environment="staging", stack="prod"), [], "environment staging"),
        (vpc(expires=FUTURE), [], "it may belong to a state that was not read"),
        (vpc(expires=FUTURE, created=JUST_NOW), [state()], "made less than 2 hours ago"),
        (vpc(expires=None, created=None), [], "made less than 2 hours ago"),
    ],
)
def test_is_shown_and_kept_until_its_stack_is_named(thing: Found, states: list[State], why: str) -> None:
    (leftover,) = plan([thing], states, OPTIONS)
    assert not leftover.deletable
    assert why in leftover.kept
    named = Options(project="fourways", now=NOW, named=frozenset({thing.owner.stack or ""}))
    assert [one.deletable for one in plan([thing], states, named)] == [True]
    other = Options(project="fourways", now=NOW, named=frozenset({"another"}))
    assert [one.deletable for one in plan([thing], states, other)] == [False]


@pytest.mark.parametrize(
    "thing",
    [
        vpc(project="somebody-elses"),
        Found(kind="vpc", id="vpc-2", name="fourways-bench-net", region="ap-southeast-1", created=LONG_AGO),
        Found(kind="vpc", id="vpc-2", name="x", region="ap-southeast-1", tags={"fourways-project": "fourways"}, created=LONG_AGO),
    ],
)
def test_what_is_not_ours_is_never_even_listed(thing: Found) -> None:
    everything = Options(project="fourways", now=NOW, named=frozenset({"bench", "prod"}), grace=timedelta(0))
    assert plan([thing], [], everything) == []


def test_expired_only_in_a_state_is_said_and_not_touched() -> None:
    (leftover,) = plan([], [state("vpc-9", labels=tags())], OPTIONS)
    assert (leftover.how, leftover.deletable) == (("state",), False)
    assert "pulumi refresh" in leftover.kept
    assert plan([], [state("vpc-9", labels=tags(expires=FUTURE))], OPTIONS) == []


def test_eas_things_are_found_in_a_state_by_region_and_id() -> None:
    service = Found(kind="eas-service", id="bench_a", name="bench_a", region="cn-beijing", tags=tags(expires=FUTURE), created=LONG_AGO)
    export = {
        "deployment": {
            "resources": [{"urn": "u", "type": "fourways:eas:Service", "custom": True, "id": "cn-beijing/bench_a", "inputs": {}}]
        }
    }
    assert plan([service], [State(stack="bench", export=export)], OPTIONS) == []
    elsewhere = Found(
        kind="eas-service", id="bench_a", name="bench_a", region="ap-southeast-1", tags=tags(expires=FUTURE), created=LONG_AGO
    )
    assert len(plan([elsewhere], [State(stack="bench", export=export)], OPTIONS)) == 1


def test_the_table_and_the_json() -> None:
    leftovers = plan([vpc(), vpc("vpc-2", environment="production", stack="prod")], [], OPTIONS)
    cells = [tables.row(leftover, NOW) for leftover in leftovers]
    assert cells[0][:8] == ("vpc", "vpc-1", "net", "bench (benchmark)", "3 d", "2026-11-24T11:00:00Z", "free", "tag")
    assert cells[1][-1].startswith("kept: environment production")
    assert [one["kept"] is None for one in as_json(leftovers)] == [True, False]
    assert tables.age(None, NOW) == "?"
    assert tables.age(NOW - timedelta(minutes=90), NOW) == "90 min"
    assert tables.age(NOW - timedelta(hours=5), NOW) == "5 h"


def test_what_an_update_may_still_wait_for_is_not_left_behind() -> None:
    """A service is in no state until it runs: 300 GB of weights are waited for as the provider does where no timeout is set."""
    probe = {"initial_delay_seconds": 0, "period_seconds": 1, "failure_threshold": math.ceil(start_seconds(300))}
    assert timedelta(seconds=default_timeout({"containers": [{"startup_check": probe}]})) < GRACE
