"""A load balancer with machines behind it, whose engine is a stand-in that tests switch on and off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from fake_calls import ALB, Caller
from machines import Site, site

from fourways.fakes.service import Scope
from fourways.fakes.services.alb import machines
from fourways.fakes.wire.messages import Request, Response

PORT = 8000
CHECK = {
    "HealthCheckConfig_HealthCheckEnabled": "true",
    "HealthCheckConfig_HealthCheckPath": "/health",
    "HealthCheckConfig_HealthCheckMethod": "GET",
    "HealthCheckConfig_HealthCheckInterval": 5,
    "HealthCheckConfig_HealthyThreshold": 3,
    "HealthCheckConfig_UnhealthyThreshold": 2,
}


@dataclass
class Engines:
    """What runs on which instance: the status that /health gives. What is not in `up` takes no connection."""

    up: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    hung: set[str] = field(default_factory=set)
    ended: int = 0
    between: Callable[[int], None] = lambda _: None

    def status(self, _: Scope, instance: str, port: int, path: str) -> int | None:
        if port != PORT or instance not in self.up or instance in self.hung:
            return None
        return self.up[instance] if path == "/health" else 404

    def answer(self, _: Any, scope: Scope, instance: str, port: int, path: str, request: Request) -> Response | None:
        """Its own name; under /stream in five pieces, under /health as vLLM does: a GET only."""
        if instance in self.hung:
            return Response(cut=True)
        if self.status(scope, instance, port, path) is None:
            return None
        self.asked.append((instance, path))
        if path == "/health" and request.method != "GET":
            return Response(405)
        if path == "/stream":
            return Response(stream=self._pieces(), done=self._end)
        return Response(200, instance.encode())

    def _pieces(self) -> Iterator[tuple[float, bytes]]:
        for number in range(5):
            self.between(number)
            yield 0.0, b"%d" % number

    def _end(self) -> None:
        self.ended += 1


class Front:
    """An Intranet load balancer with one listener and one server group."""

    def __init__(self, place: Site, engines: Engines, edition: str = "Standard", **group: Any) -> None:
        self.place, self.engines, self.edition = place, engines, edition
        self.alb: Caller = place.caller(ALB)
        self.cloud = self.alb.cloud
        self.id = self._balancer()
        self.group = self.new_group(**group)
        self.listener = self.listen(80)

    def _balancer(self) -> str:
        zones = {}
        for number, (vswitch, letter) in enumerate(zip(self.place.vswitches, "ab", strict=True), 1):
            zones |= {f"ZoneMappings_{number}_VSwitchId": vswitch, f"ZoneMappings_{number}_ZoneId": f"ap-southeast-1{letter}"}
        given = {"VpcId": self.place.vpc_id, "AddressType": "Intranet", "LoadBalancerEdition": self.edition}
        id: str = self.alb.ok("CreateLoadBalancer", **given, **zones, LoadBalancerBillingConfig_PayType="PostPay")["LoadBalancerId"]
        self.wait(5)
        return id

    def new_group(self, **more: Any) -> str:
        given = {"ServerGroupName": "g", "VpcId": self.place.vpc_id, **CHECK, **more}
        id: str = self.alb.ok("CreateServerGroup", **given)["ServerGroupId"]
        self.wait(2)
        return id

    def listen(self, port: int, protocol: str = "HTTP", **more: Any) -> str:
        target = {"DefaultActions_1_Type": "ForwardGroup"}
        target |= {"DefaultActions_1_ForwardGroupConfig_ServerGroupTuples_1_ServerGroupId": self.group}
        given = {"LoadBalancerId": self.id, "ListenerProtocol": protocol, "ListenerPort": port, **target, **more}
        id: str = self.alb.ok("CreateListener", **given)["ListenerId"]
        self.wait(2)
        return id

    def instances(self, count: int) -> list[str]:
        """That many machines whose engines are up."""
        made = [self.place.run() for _ in range(count)]
        self.engines.up |= dict.fromkeys(made, 200)
        return made

    def add(self, *instances: str, weight: int = 100, port: int = PORT) -> None:
        self.alb.ok("AddServersToServerGroup", ServerGroupId=self.group, **self._servers(instances, weight, port))
        self.wait(1)

    def remove(self, *instances: str) -> None:
        self.alb.ok("RemoveServersFromServerGroup", ServerGroupId=self.group, **self._servers(instances, 100, PORT))

    @staticmethod
    def _servers(instances: tuple[str, ...], weight: int, port: int) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for number, instance in enumerate(instances, 1):
            server = {"ServerType": "Ecs", "ServerId": instance, "Port": port, "Weight": weight}
            given |= {f"Servers_{number}_{name}": value for name, value in server.items()}
        return given

    def ready(self, count: int, **more: Any) -> list[str]:
        """That many machines in the group that have been found healthy."""
        made = self.instances(count)
        self.add(*made, **more)
        self.wait(20)
        self.health()
        return made

    def health(self) -> dict[str, str]:
        """Status by instance of those that are not healthy."""
        (row,) = self.alb.ok("GetListenerHealthStatus", ListenerId=self.listener)["ListenerHealthStatus"]
        return {server["ServerId"]: server["Status"] for server in row["ServerGroupInfos"][0]["NonNormalServers"]}

    def wait(self, seconds: float) -> None:
        self.cloud.clock.advance(seconds)

    def send(self, path: str = "/v1/models", port: int = 80, *, secure: bool = False) -> Response:
        return self.cloud.handle(Request.build("GET", f"/alb/{self.id}/{port}{path}", {"host": "127.0.0.1:4566"}, b"", secure=secure))

    def ask(self, **more: Any) -> str:
        """Which instance has answered."""
        answer = self.send(**more)
        assert answer.status == 200, answer.body
        if answer.done is not None:
            answer.done()
        return answer.body.decode()


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Engines:
    found = Engines()
    monkeypatch.setattr(machines, "engine", found)
    return found


@pytest.fixture
def front(engines: Engines) -> Front:
    return Front(site(), engines)
