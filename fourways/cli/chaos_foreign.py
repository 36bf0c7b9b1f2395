"""Somebody else's things in the same account, made to look like ours: planted before the first cycle, looked at after each."""

from __future__ import annotations

import json
from typing import Any

from fourways.cloud import clients, ownership
from fourways.cloud.credentials import Credentials
from fourways.cloud.errors import CloudError, Outcome, invoke
from fourways.cloud.target import Target

_VPC = ("vpc", "2016-04-28")


class Colleague:
    """Another user of the account, who works beside Pulumi with the official clients."""

    def __init__(self, address: str, region: str, credentials: Credentials, *, stack: str, service: str) -> None:
        self._target, self._region, self._credentials = Target(name="fake", address=address), region, credentials
        self._stack, self._service = stack, service
        self._group = self._vpc = ""
        self._services = (f"{service}_2", f"{service}_live")

    def plant(self) -> frozenset[tuple[str, str]]:
        """Make it all; (kind, id) of each as the fake's inventory has them."""
        other, live = self._services
        self._create_service(other, ownership.tags(project="another", stack=self._stack, environment="production", owner="somebody"))
        self._create_service(live, ownership.tags(project="fourways", stack="mu-live", environment="production", owner="on-call"))
        from alibabacloud_eas20210701 import models

        order = models.CreateResourceRequest(ecs_instance_type="ml.gu8tef.4.23xlarge", ecs_instance_count=1, charge_type="PostPaid")
        self._group = str(invoke("CreateResource", self._eas().create_resource, order).body.resource_id)
        made = self._call("CreateVpc", VpcName=f"fourways-{self._stack}-vpc", CidrBlock="10.41.0.0/16")
        self._vpc = str(made["VpcId"])
        services = {("eas-service", name) for name in self._services}
        return frozenset(services | {("eas-resource-group", self._group), ("vpc", self._vpc)})

    def look(self) -> dict[str, str]:
        """Everything that the cloud says of each thing, as text."""
        eas = self._eas()
        found: dict[str, Any] = {
            f"service {name}": self._read("DescribeService", eas.describe_service, self._region, name) for name in self._services
        }
        found[f"resource group {self._group}"] = [
            self._read("DescribeResource", eas.describe_resource, self._region, self._group),
            self._read("ListResourceInstances", eas.list_resource_instances, self._region, self._group, _instances_request()),
        ]
        try:
            found[f"VPC {self._vpc}"] = self._call("DescribeVpcAttribute", VpcId=self._vpc)
        except CloudError as error:
            found[f"VPC {self._vpc}"] = f"{error.code}"
        return {name: json.dumps(_settled(value), sort_keys=True) for name, value in found.items()}

    def token(self) -> str:
        """The key of the stack's own service: what must not be read anywhere. Empty when there is no such service."""
        answer = self._read("DescribeService", self._eas().describe_service, self._region, self._service)
        return str(answer.get("AccessToken", "")) if isinstance(answer, dict) else ""

    def _create_service(self, name: str, labels: dict[str, str]) -> None:
        from alibabacloud_eas20210701 import models

        config = {
            "metadata": {"name": name, "instance": 1, "cpu": 4, "memory": 16000},
            "cloud": {"computing": {"instance_type": "ecs.gn7i-c16g1.4xlarge"}},
            "containers": [
                {"image": f"eas-registry-vpc.{self._region}.cr.aliyuncs.com/pai-eas/vllm:0.1", "port": 8000, "script": "vllm serve"}
            ],
        }
        request = models.CreateServiceRequest(labels=labels, body=json.dumps(config))
        invoke("CreateService", self._eas().create_service, request)

    def _eas(self) -> Any:
        return clients.eas_client(self._region, target=self._target, credentials=self._credentials)

    def _call(self, action: str, **parameters: str) -> dict[str, Any]:
        return clients.call(*_VPC, action, parameters, self._region, target=self._target, credentials=self._credentials)

    def _read(self, action: str, function: Any, *arguments: Any) -> Any:
        """The answer's body, or the error's code where the thing is not there. A connection that a killed fake has cut is made anew."""
        for last in (False, True):
            try:
                return invoke(action, function, *arguments).body.to_map()
            except CloudError as error:
                if error.outcome is Outcome.NOT_FOUND:
                    return str(error.code)
                if last or error.outcome not in (Outcome.UNSENT, Outcome.UNKNOWN):
                    raise
        raise AssertionError("unreachable")


def _instances_request() -> Any:
    from alibabacloud_eas20210701 import models

    return models.ListResourceInstancesRequest(page_size=100)


def _settled(value: Any) -> Any:
    """Without the id of the very request."""
    if isinstance(value, dict):
        return {key: _settled(item) for key, item in value.items() if key != "RequestId"}
    return [_settled(item) for item in value] if isinstance(value, list) else value
