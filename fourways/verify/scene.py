"""What a stack of kind model-unit makes, made by plain calls: the stage on which a report is replayed without Pulumi.

For a fake on a stepped clock: `tick` moves its time to the next transition and says whether there was one, so that every status is seen.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from fourways.verify.asking import Asker
from fourways.verify.probes import GROUP, SERVICE, Probe
from fourways.verify.statuses import Sequence

MACHINE = "ml.gu8tef.4.23xlarge"
PROJECT, STACK, NAME, MODEL = "fourways", "verify-replay", "replayed", "replayed-model"
MOST_TICKS = 1000


@dataclass(kw_only=True)
class Scene:
    """One run through the steps. `base_url` makes the endpoint's OpenAI address from what DescribeService answered."""

    asker: Asker
    tick: Callable[[], bool]
    parameters: dict[str, str] = field(default_factory=dict)

    def steps(self) -> Iterator[tuple[str, Callable[[], list[str]]]]:
        """Name of each step and the function that runs it and returns the service's statuses. Preview and refresh change nothing."""
        yield "up", self.up
        yield "update", self.update
        yield "destroy", self.destroy

    def up(self) -> list[str]:
        """Network, machines, service."""
        labels = {"fourways-project": PROJECT, "fourways-stack": STACK, "fourways-environment": "benchmark"}
        region = self.asker.region
        self.parameters = {"region": region, "project": PROJECT, "stack": STACK, "service": NAME, "machine": MACHINE, "model": MODEL}
        tags = {f"Tag.{number}.{part}": text for number, pair in enumerate(labels.items(), 1) for part, text in zip(("Key", "Value"), pair)}  # noqa: B905
        self._rpc("vpc", "CreateVpc", "vpc", "VpcId", {"CidrBlock": "10.40.0.0/16", "VpcName": "replay-vpc", **tags})
        self._settle()
        where = {"VpcId": self.parameters["vpc"]}
        switch = {"ZoneId": f"{region}a", "CidrBlock": "10.40.0.0/21", "VSwitchName": "replay-vswitch", **where}
        self._rpc("vpc", "CreateVSwitch", "vswitch", "VSwitchId", switch)
        self._rpc("ecs", "CreateSecurityGroup", "security_group", "SecurityGroupId", {"SecurityGroupName": "replay-group", **where, **tags})
        order = {"ResourceType": "Dedicated", "ChargeType": "PostPaid", "EcsInstanceType": MACHINE, "EcsInstanceCount": 1, "Labels": labels}
        self.parameters["group"] = self._eas("CreateResource", "POST", "/api/v2/resources", order)["ResourceId"]
        self._settle()
        document = self._document(32768)
        self.parameters["image"] = document["containers"][0]["image"]
        query = {"Labels": json.dumps(labels, separators=(",", ":"))}
        statuses = self._watch(lambda: self._eas("CreateService", "POST", "/api/v2/services", document, query))
        details = self._eas("DescribeService", "GET", SERVICE)
        self.parameters["base_url"] = str(details["InternetEndpoint"]).rstrip("/") + "/v1"
        self.parameters["api_key"] = details["AccessToken"]
        return statuses

    def update(self) -> list[str]:
        """A smaller context."""
        return self._watch(lambda: self._eas("UpdateService", "PUT", SERVICE, self._document(16384), {"UpdateType": "replace"}))

    def destroy(self) -> list[str]:
        """Everything again, the service first."""
        statuses = self._watch(lambda: self._eas("DeleteService", "DELETE", SERVICE))
        machines = [machine["InstanceId"] for machine in self._eas("ListResourceInstances", "GET", f"{GROUP}/instances")["Instances"]]
        self._eas("DeleteResourceInstances", "DELETE", f"{GROUP}/instances", query={"InstanceList": ",".join(machines)})
        self._settle()
        self._eas("DeleteResource", "DELETE", GROUP)
        for api, action, key, name in (
            ("ecs", "DeleteSecurityGroup", "SecurityGroupId", "security_group"),
            ("vpc", "DeleteVSwitch", "VSwitchId", "vswitch"),
            ("vpc", "DeleteVpc", "VpcId", "vpc"),
        ):
            self._rpc(api, action, "", "", {key: self.parameters[name]})
            self._settle()
        return statuses

    def _document(self, length: int) -> dict[str, Any]:
        network = {"vpc_id": "{vpc}", "vswitch_id": "{vswitch}", "security_group_id": "{security_group}"}
        image = f"eas-registry-vpc.{self.asker.region}.cr.aliyuncs.com/pai-eas/vllm:0.20.0"
        script = f"vllm serve /model --served-model-name {MODEL} --max-model-len {length}"
        return {
            "metadata": {"name": NAME, "instance": 1, "cpu": 8, "memory": 32000, "gpu": 4, "resource": "{group}"},
            "cloud": {"networking": network},
            "containers": [{"image": image, "port": 8000, "script": script}],
        }

    def _watch(self, act: Callable[[], object]) -> list[str]:
        """Every status from before an act until nothing is due any more, as a step beside pulumi sees them."""
        seen = Sequence(self.asker, self.parameters)
        seen.look()
        act()
        for _ in range(MOST_TICKS):
            seen.look()
            if not self.tick():
                break
        return seen.statuses

    def _settle(self) -> None:
        for _ in range(MOST_TICKS):
            if not self.tick():
                break

    def _rpc(self, api: Any, action: str, name: str, key: str, query: dict[str, str]) -> None:
        answer = self._send(Probe(name=action, api=api, action=action, query=query))
        if name:
            self.parameters[name] = str(answer[key])

    def _eas(self, action: str, method: Any, path: str, body: dict[str, Any] | None = None, query: dict[str, str] | None = None) -> Any:
        return self._send(Call(name=action, api="eas", action=action, method=method, path=path, body=body, query=query or {}))

    def _send(self, probe: Probe) -> Any:
        return self.asker.send(probe.filled(self.parameters))[1]


class Call(Probe):
    """A probe that may change something, too."""

    method: Any
