"""Small states, as `pulumi stack export` gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

STACK, PROJECT = "mu", "fourways"
NETWORK, EIP, NAT = "alicloud:vpc/network:Network", "alicloud:ecs/eipAddress:EipAddress", "alicloud:vpc/natGateway:NatGateway"
SERVICE, GROUP = "fourways:eas:Service", "fourways:eas:ResourceGroup"
REGION = "ap-southeast-1"


def urn(type_: str, name: str, stack: str = STACK) -> str:
    return f"urn:pulumi:{stack}::{PROJECT}::{type_}::{name}"


PROVIDER = {
    "urn": urn("pulumi:providers:alicloud", "default"),
    "type": "pulumi:providers:alicloud",
    "custom": True,
    "id": "provider-1",
    "inputs": {"region": "cn-beijing"},
}


def entry(type_: str, name: str, id_: str = "", **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"urn": urn(type_, name), "type": type_, "custom": True, "inputs": {}, **more}
    return {**made, "id": id_} if id_ else made


def operation(kind: str, resource: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": kind, "resource": resource}


def export(resources: Sequence[Mapping[str, Any]] = (), operations: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    deployment: dict[str, Any] = {"manifest": {"magic": "m"}, "resources": list(resources)}
    if operations:
        deployment["pending_operations"] = list(operations)
    return {"version": 3, "deployment": deployment}
