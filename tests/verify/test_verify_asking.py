"""Asking a probe: what is a refusal, what is no answer, and what is asked again."""

from __future__ import annotations

import pytest

from fourways.fakes.faults import Rule
from fourways.verify.asking import TRIES
from fourways.verify.differences import Answer
from fourways.verify.probes import AFTER, Probe
from fourways.verify.statuses import GONE, Sequence
from tests.verify.replay_stage import Stage, stage

ABSENT = next(probe for probe in AFTER["up"] if probe.name == "VPC that is not there")


def ask(here: Stage, probe: Probe, *rules: Rule) -> Answer:
    for rule in rules:
        here.cloud.faults.add(rule)
    return here.asker.ask(probe, {"region": here.asker.region})


def test_a_refusal_is_an_answer() -> None:
    with stage() as here:
        assert ask(here, ABSENT) == Answer(status=404, code="InvalidVpcId.NotFound")
        assert here.cloud.requests.actions["DescribeVpcAttribute"] == 1


@pytest.mark.parametrize("kind", ["throttle", "cut", "error"])
def test_what_is_throttled_cut_or_failed_is_asked_again(kind: str) -> None:
    with stage() as here:
        rule = Rule(kind=kind, action="DescribeVpcAttribute", times=TRIES - 1)
        assert ask(here, ABSENT, rule) == Answer(status=404, code="InvalidVpcId.NotFound")


@pytest.mark.parametrize(("kind", "why"), [("throttle", "throttled"), ("cut", "unknown")])
def test_what_is_never_answered_says_why(kind: str, why: str) -> None:
    with stage() as here:
        assert ask(here, ABSENT, Rule(kind=kind, action="DescribeVpcAttribute", times=None)) == Answer(unanswered=why)


def test_a_server_error_that_stays_is_an_answer_too() -> None:
    with stage() as here:
        answer = ask(here, ABSENT, Rule(kind="error", action="DescribeVpcAttribute", times=None))
        assert (answer.status, answer.code) == (503, "ServiceUnavailable")


def test_a_probe_that_the_stack_has_nothing_for_is_not_sent() -> None:
    with stage() as here:
        probe = next(probe for probe in AFTER["up"] if probe.name == "NAT gateway")
        assert ask(here, probe) == Answer(unanswered="there is no nat")
        assert not here.cloud.requests.actions


def test_statuses_begin_with_the_service_and_end_with_its_end() -> None:
    with stage() as here:
        before = Sequence(here.asker, {"region": here.asker.region, "service": "replayed"})
        before.look()
        assert before.statuses == []  # not there yet is no status
        here.scene.up()
        before.look()
        here.cloud.faults.add(Rule(kind="cut", action="DescribeService", nth=1))
        before.look()
        before.look()
        assert before.statuses == ["Running"]
        here.scene.destroy()
        before.look()
        before.look()
        assert before.statuses == ["Running", GONE]
