"""Calls made beside Pulumi after each step: reads, and calls that must be refused. Data, with placeholders for what a stack has made.

Nothing here buys or changes anything: what a refused call would do if the cloud did not refuse it touches only the run's own copy, and
costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from fourways.verify.differences import Record

VERSIONS = {"eas": "2021-07-01", "vpc": "2016-04-28", "ecs": "2014-05-26"}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")

SERVICE = "/api/v2/services/{region}/{service}"
GROUP = "/api/v2/resources/{region}/{group}"


class Probe(Record):
    """One call. `api` is a product, or `data` for the service's own endpoint, where `token` says which key is sent; texts hold placeholders
    (`{vpc}`), so that a report names no id."""

    name: str
    api: Literal["eas", "vpc", "ecs", "data"]
    action: str
    method: Literal["GET", "POST", "DELETE"] = "POST"
    path: str = "/"
    query: dict[str, str] = {}
    body: dict[str, Any] | None = None
    token: Literal["own", "wrong", "none"] | None = None

    def needs(self) -> set[str]:
        """Names of the placeholders."""
        texts = [self.path, *self.query.values(), *_texts(self.body)]
        return {name for text in texts for name in _PLACEHOLDER.findall(text)}

    def filled(self, parameters: Mapping[str, str]) -> Probe:
        """With the values of a run. Raises KeyError where one is missing."""
        return self.model_copy(
            update={
                "path": _fill(self.path, parameters),
                "query": {key: _fill(text, parameters) for key, text in self.query.items()},
                "body": _fill(self.body, parameters),
            }
        )


def _eas(name: str, action: str, path: str, method: Literal["GET", "POST", "DELETE"] = "GET", **more: Any) -> Probe:
    return Probe(name=name, api="eas", action=action, method=method, path=path, **more)


def _rpc(name: str, api: Literal["vpc", "ecs"], action: str, **query: str) -> Probe:
    return Probe(name=name, api=api, action=action, query=query)


def _data(name: str, path: str, token: Literal["own", "wrong", "none"], body: dict[str, Any] | None = None) -> Probe:
    return Probe(name=name, api="data", action=path, method="POST" if body else "GET", path=path, token=token, body=body)


OF_SERVICE = (
    _eas("service", "DescribeService", SERVICE),
    _eas("services by label", "ListServices", "/api/v2/services", query={"Label": '{"fourways-stack":"{stack}"}'}),
    _eas("service's endpoints", "DescribeServiceEndpoints", f"{SERVICE}/endpoints"),
    _eas("service's instances", "ListServiceInstances", f"{SERVICE}/instances"),
    _eas("service's events", "DescribeServiceEvent", f"{SERVICE}/events"),
)
OF_GROUP = (
    _eas("resource group", "DescribeResource", GROUP),
    _eas("resource groups", "ListResources", "/api/v2/resources", query={"ResourceId": "{group}"}),
    _eas("machines", "ListResourceInstances", f"{GROUP}/instances"),
    _eas("machine type", "DescribeMachineSpec", "/api/v2/public/instance_types", query={"InstanceTypes": "{machine}"}),
)
OF_NETWORK = (
    _rpc("VPC", "vpc", "DescribeVpcAttribute", VpcId="{vpc}"),
    _rpc("vSwitch", "vpc", "DescribeVSwitchAttributes", VSwitchId="{vswitch}"),
    _rpc("route tables", "vpc", "DescribeRouteTableList", VpcId="{vpc}"),
    _rpc("VPC's tags", "vpc", "ListTagResources", **{"ResourceType": "VPC", "ResourceId.1": "{vpc}"}),
    _rpc("security group", "ecs", "DescribeSecurityGroupAttribute", SecurityGroupId="{security_group}"),
    _rpc("NAT gateway", "vpc", "DescribeNatGateways", NatGatewayId="{nat}"),
    _rpc("EIP", "vpc", "DescribeEipAddresses", AllocationId="{eip}"),
)
REFUSED = (
    _eas("service that is not there", "DescribeService", "/api/v2/services/{region}/{service}_absent"),
    _eas("group that is not there", "DescribeResource", "/api/v2/resources/{region}/eas-r-absent"),
    _rpc("VPC that is not there", "vpc", "DescribeVpcAttribute", VpcId="vpc-absent"),
    _rpc("vSwitch that is not there", "vpc", "DescribeVSwitchAttributes", VSwitchId="vsw-absent"),
    _rpc("vSwitch without an id", "vpc", "DescribeVSwitchAttributes"),
    _rpc("security group that is not there", "ecs", "DescribeSecurityGroupAttribute", SecurityGroupId="sg-absent"),
    # A second service of the name, on the run's own machines: were it made, it would cost nothing and carry the run's labels.
    _eas(
        "service's name a second time",
        "CreateService",
        "/api/v2/services",
        "POST",
        query={"Labels": '{"fourways-project":"{project}","fourways-stack":"{stack}","fourways-environment":"benchmark"}'},
        body={
            "metadata": {"name": "{service}", "instance": 1, "cpu": 1, "memory": 1024, "resource": "{group}"},
            "containers": [{"image": "{image}", "port": 8000, "script": "sleep 1"}],
        },
    ),
    _eas("group in use deleted", "DeleteResource", GROUP, "DELETE"),
    _rpc("VPC in use deleted", "vpc", "DeleteVpc", VpcId="{vpc}"),
)
DATA = (
    _data("models", "/models", "own"),
    _data("models with a wrong token", "/models", "wrong"),
    _data("models without a token", "/models", "none"),
    _data("chat", "/chat/completions", "own", {"model": "{model}", "messages": [{"role": "user", "content": "1"}], "max_tokens": 1}),
    _data("chat with an unknown model", "/chat/completions", "own", {"model": "absent", "messages": [{"role": "user", "content": "1"}]}),
)
GONE = (
    _eas("service afterwards", "DescribeService", SERVICE),
    _eas("services by label afterwards", "ListServices", "/api/v2/services", query={"Label": '{"fourways-stack":"{stack}"}'}),
    _eas("resource group afterwards", "DescribeResource", GROUP),
    _rpc("VPC afterwards", "vpc", "DescribeVpcAttribute", VpcId="{vpc}"),
    _rpc("vSwitch afterwards", "vpc", "DescribeVSwitchAttributes", VSwitchId="{vswitch}"),
    _rpc("security group afterwards", "ecs", "DescribeSecurityGroupAttribute", SecurityGroupId="{security_group}"),
)

AFTER: Mapping[str, tuple[Probe, ...]] = {
    "up": (*OF_SERVICE, *OF_GROUP, *OF_NETWORK, *REFUSED, *DATA),
    "update": (*OF_SERVICE, *OF_GROUP, *DATA),
    "destroy": GONE,
}
"""What is asked after which step."""


def parameters(state: Mapping[str, Any], outputs: Mapping[str, Any], *, region: str, project: str, stack: str) -> dict[str, str]:
    """Values of the placeholders, from `pulumi stack export` and the stack's outputs. What the stack has not got is left out, and the
    probes that need it are not asked. `api_key` is a secret."""
    found = {"region": region, "project": project, "stack": stack}
    for resource in (state.get("deployment") or {}).get("resources") or []:
        given = resource.get("inputs") or {}
        match resource["type"]:
            case "fourways:eas:Service":
                containers = (given.get("config") or {}).get("containers") or [{}]
                found |= {"service": str(given.get("name") or ""), "image": str(containers[0].get("image") or "")}
            case "fourways:eas:ResourceGroup":
                found |= {"group": str(resource.get("id") or "").rpartition("/")[2], "machine": str(given.get("instanceType") or "")}
            case type_ if type_ in BY_ID:  # of several vSwitches the first is asked for
                found.setdefault(BY_ID[type_], str(resource.get("id") or ""))
    found |= {name: str(outputs[name]) for name in ("base_url", "api_key", "model") if outputs.get(name)}
    return {name: value for name, value in found.items() if value}


BY_ID = {
    "alicloud:vpc/network:Network": "vpc",
    "alicloud:vpc/switch:Switch": "vswitch",
    "alicloud:ecs/securityGroup:SecurityGroup": "security_group",
    "alicloud:vpc/natGateway:NatGateway": "nat",
    "alicloud:ecs/eipAddress:EipAddress": "eip",
}
"""Placeholder of each type whose id it is."""


def _fill(value: Any, parameters: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda match: parameters[match[1]], value)
    if isinstance(value, Mapping):
        return {key: _fill(item, parameters) for key, item in value.items()}
    if isinstance(value, list):
        return [_fill(item, parameters) for item in value]
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
