"""Runs a Pulumi program against mocks and records what it asked the engine for.

Preview and update are both run: a resource that is made inside an `apply` appears only in the update, since in a preview nothing that the
cloud answers is known.
"""

from __future__ import annotations

import asyncio
import os
import runpy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc, settings, stack
from pulumi.runtime.proto import engine_pb2

ROOT = Path(__file__).resolve().parents[2]
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
#: A DingTalk robot's address as programs find it in the environment.
ROBOT = "https://oapi.dingtalk.com/robot/send?access_token=a-token-of-a-robot"

#: Where an id is a number, by type token.
IDS = {"alicloud:cms/monitorGroup:MonitorGroup": "7301911"}
#: What the cloud fills in, by type token. Everything that programs read of it is here.
ANSWERS: dict[str, dict[str, Any]] = {
    "fourways:eas:Service": {
        "internetEndpoint": "http://1000.ap-southeast-1.pai-eas.aliyuncs.com/api/predict/service",
        "intranetEndpoint": "http://1000.vpc.ap-southeast-1.pai-eas.aliyuncs.com/api/predict/service",
        "accessToken": "a-token-of-the-service",
        "groupInternetEndpoint": "http://1000.ap-southeast-1.pai-eas.aliyuncs.com/api/predict/group.chat",
        "groupIntranetEndpoint": "http://1000.vpc.ap-southeast-1.pai-eas.aliyuncs.com/api/predict/group.chat",
        "groupAccessToken": "a-token-of-the-group",
    },
    "fourways:eas:Gateway": {"gatewayId": "gw-made"},
    "fourways:eas:ResourceGroup": {"resourceId": "eas-r-made", "gpus": 4},
    "fourways:modelstudio:Workspace": {"workspaceId": "llm-made", "apiHost": "llm-made.ap-southeast-1.maas.aliyuncs.com"},
    "fourways:modelstudio:ApiKey": {"apiKeyId": "100001", "value": "sk-a-key-of-the-stack"},
    "fourways:modelstudio:Reservation": {"deployedModel": "deepseek-v4-flash-a1b2c3d4"},
    "fourways:modelstudio:ModelUnitDeployment": {"deployedModel": "deepseek-v4-flash-a1b2c3d4", "baseUnits": 8},
    "fourways:kms:RandomSecret": {"value": "a-key-of-the-machines", "versionId": "v1", "arn": "acs:kms:r:1000:secret/x"},
    "fourways:cas:SelfSignedCertificate": {"certificateId": "1-ap-southeast-1"},
    "fourways:ess:Rollout": {"instances": ["i-1", "i-2"]},
    "fourways:alb:Endpoint": {"address": "https://alb-1.ap-southeast-1.alb.aliyuncsslb.com"},
    "alicloud:ecs/ecsLaunchTemplate:EcsLaunchTemplate": {"latestVersionNumber": 1},
    "alicloud:vpc/natGateway:NatGateway": {"snatTableIds": "stb-1"},
    "alicloud:ecs/eipAddress:EipAddress": {"ipAddress": "203.0.113.7"},
}


@dataclass
class Resource:
    """One resource as the program registered or read it."""

    type: str
    name: str
    urn: str
    parent: str
    custom: bool
    inputs: dict[str, Any]
    #: The inputs as sent, with secrets still marked.
    raw: dict[str, Any] = field(default_factory=dict)
    protect: bool = False
    retain: bool = False
    read_id: str | None = None
    timeouts: dict[str, str] = field(default_factory=dict)
    depends_on: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    outputs: dict[str, Any] | None = None


@dataclass
class Recording:
    """What one run asked for, in order; `outputs` are the stack's, with secrets still marked."""

    resources: list[Resource] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)

    def one(self, type: str) -> Resource:
        """The only resource of a type."""
        (found,) = [resource for resource in self.resources if resource.type == type]
        return found

    def all_of(self, type: str) -> list[Resource]:
        return [resource for resource in self.resources if resource.type == type]

    @property
    def children(self) -> list[Resource]:
        """What is in the cloud: not components, not providers."""
        return [resource for resource in self.resources if resource.custom and not resource.type.startswith("pulumi:providers:")]


class _Cloud(mocks.Mocks):
    def __init__(self, preview: bool) -> None:
        self.preview = preview

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
        raise AssertionError(f"the program called {args.token}: settings alone decide what is declared")

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if self.preview:
            return "", dict(args.inputs)
        return args.resource_id or IDS.get(args.typ) or f"{args.name}-id", {**args.inputs, **ANSWERS.get(args.typ, {})}


class _Monitor(mocks.MockMonitor):
    def __init__(self, cloud: _Cloud, recording: Recording) -> None:
        super().__init__(cloud)
        self.recording = recording

    def RegisterResource(self, request: Any) -> Any:
        answer = super().RegisterResource(request)
        if request.type == "pulumi:pulumi:Stack":
            return answer
        self.recording.resources.append(
            Resource(
                type=request.type,
                name=request.name,
                urn=answer.urn,
                parent=request.parent,
                custom=request.custom,
                inputs=_plain(rpc.deserialize_properties(request.object)),
                raw=rpc.deserialize_properties(request.object),
                protect=request.protect,
                retain=request.retainOnDelete,
                timeouts={"create": request.customTimeouts.create, "update": request.customTimeouts.update},
                depends_on=list(request.dependencies),
                ignored=list(request.ignoreChanges),
            )
        )
        return answer

    def ReadResource(self, request: Any) -> Any:
        answer = super().ReadResource(request)
        self.recording.resources.append(
            Resource(
                type=request.type,
                name=request.name,
                urn=answer.urn,
                parent=request.parent,
                custom=True,
                inputs=_plain(rpc.deserialize_properties(request.properties)),
                read_id=request.id,
            )
        )
        return answer

    def RegisterResourceOutputs(self, request: Any) -> Any:
        outputs = rpc.deserialize_properties(request.outputs, keep_unknowns=True)
        if "pulumi:pulumi:Stack" in request.urn.split("::")[2].split("$"):
            self.recording.outputs = outputs
        for resource in self.recording.resources:
            if resource.urn == request.urn:
                resource.outputs = outputs
        return super().RegisterResourceOutputs(request)


class _Engine(mocks.MockEngine):
    def __init__(self, recording: Recording) -> None:
        super().__init__(None)
        self.recording = recording

    def Log(self, request: Any) -> None:
        if request.severity != engine_pb2.DEBUG:
            self.recording.messages.append(request.message)


def record(
    program: Callable[[], object], *, preview: bool = False, stack_name: str = "mu-singapore", project: str = "fourways"
) -> Recording:
    """Runs a program in a stack of its own, on a fresh event loop, with every global of the runtime reset before and after."""
    recording = Recording()

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    settings.reset_options(project=project, stack=stack_name, preview=preview)
    mocks.set_mocks(_Cloud(preview), project=project, stack=stack_name, preview=preview, monitor=_Monitor(_Cloud(preview), recording))
    settings.SETTINGS.engine = _Engine(recording)
    settings.ROOT.set(None)
    try:
        loop.run_until_complete(stack.run_in_stack(lambda: program() and None))
    finally:
        loop.close()
        asyncio.set_event_loop(None)
        settings.reset_options()
    return recording


def record_program(config: Mapping[str, str], *, preview: bool = False, stack_name: str = "mu-singapore") -> Recording:
    """Runs the real `__main__.py` with a configuration in the form in which Pulumi hands it over."""

    def program() -> None:
        pulumi.runtime.set_all_config(dict(config))
        runpy.run_path(os.fspath(ROOT / "__main__.py"), run_name="__main__")

    try:
        return record(program, preview=preview, stack_name=stack_name)
    finally:
        pulumi.runtime.set_all_config({})


def is_secret(value: Any) -> bool:
    """Whether an output is marked secret on the wire."""
    return isinstance(value, dict) and value.get(SIGNATURE) == SECRET


def _plain(value: Any) -> Any:
    """Unwraps what the runtime marks as secret: tests of inputs look at values."""
    if isinstance(value, dict):
        return _plain(value["value"]) if is_secret(value) else {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value
