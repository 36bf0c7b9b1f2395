"""A load balancer of the fake with instances behind it, whose engine is a stand-in that tests switch on and off."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from fourways.cloud import clients
from fourways.fakes.cloud import Cloud
from fourways.fakes.service import Scope
from fourways.fakes.services.alb import machines
from tests.provider.gateways import network
from tests.provider.harness import REGION

PORT = 8000
IMAGE, TYPE = "ubuntu_22_04_x64_20G_alibase_20250722.vhd", "ecs.g7.large"
CHECK = {
    "HealthCheckEnabled": True,
    "HealthCheckPath": "/health",
    "HealthCheckMethod": "GET",
    "HealthCheckInterval": 5,
    "HealthyThreshold": 3,
    "UnhealthyThreshold": 2,
}


@dataclass
class Front:
    """One Intranet load balancer, its listener at port 80, and one server group. `up`: the status that /health of an instance gives,
    `default` that of all others."""

    cloud: Cloud
    up: dict[str, int] = field(default_factory=dict)
    default: int | None = None

    def __post_init__(self) -> None:
        self.vpc, (first,) = network(self.cloud)
        request = {"VpcId": self.vpc, "ZoneId": f"{REGION}b", "CidrBlock": "10.0.9.0/24"}
        second = clients.call("vpc", "2016-04-28", "CreateVSwitch", request, REGION)["VSwitchId"]
        self.cloud.clock.advance(10)
        self.switches = [first, str(second)]
        self.security = ecs("CreateSecurityGroup", VpcId=self.vpc)["SecurityGroupId"]
        zones = [{"VSwitchId": switch, "ZoneId": f"{REGION}{letter}"} for switch, letter in zip(self.switches, "ab", strict=True)]
        given = {"VpcId": self.vpc, "AddressType": "Intranet", "LoadBalancerEdition": "Standard", "ZoneMappings": zones}
        self.id = str(alb("CreateLoadBalancer", **given, LoadBalancerBillingConfig={"PayType": "PostPay"})["LoadBalancerId"])
        self.cloud.clock.advance(10)
        self.group = str(alb("CreateServerGroup", ServerGroupName="g1", VpcId=self.vpc, HealthCheckConfig=CHECK)["ServerGroupId"])
        self.cloud.clock.advance(5)
        self.listen(80)

    def listen(self, port: int) -> None:
        action = {"Type": "ForwardGroup", "ForwardGroupConfig": {"ServerGroupTuples": [{"ServerGroupId": self.group}]}}
        alb("CreateListener", LoadBalancerId=self.id, ListenerProtocol="HTTP", ListenerPort=port, DefaultActions=[action])
        self.cloud.clock.advance(5)

    def status(self, _: Scope, instance: str, port: int, path: str) -> int | None:
        """What a health check gets; None where nothing listens."""
        return self.up.get(instance, self.default) if port == PORT and path == "/health" else None

    def machines(self, count: int, status: int | None = 200) -> list[str]:
        """Running instances, whose engines give this status."""
        given = {"ImageId": IMAGE, "InstanceType": TYPE, "VSwitchId": self.switches[0], "SecurityGroupId": self.security}
        made = [str(one) for one in ecs("RunInstances", **given, Amount=count)["InstanceIdSets"]["InstanceIdSet"]]
        self.cloud.clock.advance(30)
        if status is not None:
            self.up |= dict.fromkeys(made, status)
        return made

    def add(self, *instances: str) -> None:
        """As a scaling group does."""
        rows = [{"ServerId": one, "ServerType": "Ecs", "Port": PORT, "Weight": 100} for one in instances]
        alb("AddServersToServerGroup", ServerGroupId=self.group, Servers=rows)
        self.cloud.clock.advance(2)

    def servers(self) -> list[str]:
        return [str(row["ServerId"]) for row in alb("ListServerGroupServers", ServerGroupId=self.group)["Servers"]]


def front(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Front:
    made = Front(cloud)
    monkeypatch.setattr(machines, "engine", made)
    return made


def alb(action: str, **request: Any) -> dict[str, Any]:
    return clients.call("alb", "2020-06-16", action, request, REGION)


def ecs(action: str, **request: Any) -> dict[str, Any]:
    return clients.call("ecs", "2014-05-26", action, request, REGION)
