"""Machines that boot what their user data says, behind a load balancer: health, answers, and what a death costs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from balanced import Engines, Front
from gpu_machines import KEY, Fleet, fleet

from fourways.fakes.wire.messages import Request, Response


class Service:
    """A fleet and the load balancer before it."""

    def __init__(self) -> None:
        self.fleet: Fleet = fleet()
        self.fleet.prepare()
        self.front = Front(self.fleet.site, Engines())

    def chat(self, key: str = KEY, **more: Any) -> Response:
        body = {"model": "flash", "messages": [{"role": "user", "content": "hello"}], **more}
        headers = {"host": "127.0.0.1:4566", "authorization": f"Bearer {key}", "content-type": "application/json"}
        request = Request.build("POST", f"/alb/{self.front.id}/80/v1/chat/completions", headers, json.dumps(body).encode())
        return self.front.cloud.handle(request)

    def die(self, instance: str) -> None:
        self.front.cloud.in_console("instance-down", self.fleet.scope.account, self.fleet.scope.region, {"instanceId": instance})


@pytest.fixture
def it() -> Service:
    return Service()


def test_a_machine_is_healthy_once_its_engine_serves(it: Service) -> None:
    id = it.fleet.start(wait=0)
    it.front.wait(5)
    it.front.add(id)
    it.front.wait(9)
    assert it.front.health() == {id: "Unhealthy"}
    assert it.chat().status == 502
    it.front.wait(600)
    assert it.front.health() == {}
    answer = it.chat(max_tokens=3)
    assert json.loads(answer.body)["usage"]["completion_tokens"] == 3
    assert (it.chat(key="wrong").status, it.front.send("/v1/models").status, it.front.send("/health").status) == (401, 401, 200)


def test_a_death_costs_only_what_was_under_way(it: Service) -> None:
    ids = [it.fleet.start(), it.fleet.start()]
    it.front.add(*ids)
    it.front.wait(60)
    assert it.front.health() == {}
    answers = [it.chat(), it.chat()]
    it.die(ids[0])
    first, second = answers
    assert (first.is_cut(), second.is_cut()) == (True, False)
    assert first.instead is not None
    assert first.instead().status == 502
    assert [it.chat().status for _ in range(4)] == [200] * 4
    it.front.wait(15)
    assert it.front.health() == {ids[0]: "Unhealthy"}
    it.die(ids[1])
    assert it.chat().status == 502
