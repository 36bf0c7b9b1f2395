"""The provider in this process, spoken to over a real gRPC channel, against the fake cloud on a stepped clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
import grpc.aio
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from fourways.cloud import clients, target
from fourways.fakes.cloud import Cloud
from fourways.fakes.faults import Rule
from fourways.fakes.inprocess import ADDRESS, fake_cloud
from fourways.provider.eas.api import labels_of
from fourways.provider.eas.services.service import Services
from fourways.provider.kinds import KINDS
from fourways.provider.names import SERVICE_TYPE
from fourways.provider.native import FourwaysProvider
from fourways.provider.server import Servicer
from fourways.provider.session import Session
from fourways.provider.values import Properties, decode, encode

URN = "urn:pulumi:test::fourways::fourways:eas:Service::chat"
GROUP_URN = "urn:pulumi:test::fourways::fourways:eas:ResourceGroup::gpus"
REGION = "ap-southeast-1"
SECRET = "sk-very-secret-token"


class SteppedClock:
    """The provider's time is the fake's: waiting moves both on, and takes no time.

    In the session's only thread: the fake is made for one, and a call of another resource may be under way in it.
    """

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.session: Session | None = None
        self.at: dict[float, Callable[[], None]] = {}

    def now(self) -> float:
        return self.cloud.clock.now()

    async def sleep(self, seconds: float) -> None:
        assert self.session is not None
        await self.session.call(self.cloud.clock.advance, seconds)
        for moment in [moment for moment in self.at if moment <= self.now()]:
            self.at.pop(moment)()
        await asyncio.sleep(0)


@dataclass
class Lines:
    """What the user would see."""

    statuses: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    infos: list[str] = field(default_factory=list)

    def status(self, urn: str, message: str) -> None:
        assert urn
        self.statuses.append(message)

    def warning(self, urn: str, message: str) -> None:
        assert urn
        self.warnings.append(message)

    def info(self, urn: str, message: str) -> None:
        assert urn
        self.infos.append(message)


class Failed(Exception):
    """What the engine is told: the message, and the resource it keeps in the state, if any."""

    def __init__(self, error: grpc.aio.AioRpcError) -> None:
        super().__init__(error.details())
        self.kept_id: str | None = None
        self.properties: dict[str, Any] = {}
        self.inputs: dict[str, Any] = {}
        self.raw = b""
        for key, value in error.trailing_metadata() or ():
            if key == "grpc-status-details-bin":
                status = status_pb2.Status.FromString(value)
                detail = provider_pb2.ErrorResourceInitFailed()
                status.details[0].Unpack(detail)
                self.kept_id, self.raw = detail.id, value
                self.properties, self.inputs = plain(detail.properties), plain(detail.inputs)


@dataclass
class Harness:
    """One provider process and the cloud behind it. Every call goes over the channel."""

    cloud: Cloud
    provider: FourwaysProvider
    stub: Any
    lines: Lines
    clock: SteppedClock

    @property
    def services(self) -> Services:
        """What the provider does with services of the test's region."""
        found = self.provider._of(KINDS[SERVICE_TYPE], REGION)
        assert isinstance(found, Services)
        return found

    async def ask(self, method: str, request: Any) -> Any:
        try:
            return await getattr(self.stub, method)(request)
        except grpc.aio.AioRpcError as error:
            raise Failed(error) from None

    async def check(
        self, urn: str, inputs: dict[str, Any], old: dict[str, Any] | None = None, secrets: Any = ()
    ) -> tuple[dict[str, Any], list[Any]]:
        answer = await self.ask("Check", provider_pb2.CheckRequest(urn=urn, news=struct(inputs, secrets), olds=struct(old or {})))
        return plain(answer.inputs), list(answer.failures)

    async def checked(self, urn: str, inputs: dict[str, Any], secrets: Any = ()) -> struct_pb2.Struct:
        answer = await self.ask("Check", provider_pb2.CheckRequest(urn=urn, news=struct(inputs, secrets)))
        assert not answer.failures
        return answer.inputs

    async def create(self, urn: str, inputs: dict[str, Any], timeout: float = 0, preview: bool = False) -> Any:
        news = await self.checked(urn, inputs)
        return await self.ask("Create", provider_pb2.CreateRequest(urn=urn, properties=news, timeout=timeout, preview=preview))

    async def diff(self, urn: str, made: Any, old: dict[str, Any] | struct_pb2.Struct, inputs: dict[str, Any]) -> Any:
        news = await self.checked(urn, inputs)
        olds = old if isinstance(old, struct_pb2.Struct) else await self.checked(urn, old)
        return await self.ask("Diff", provider_pb2.DiffRequest(urn=urn, id=made.id, olds=made.properties, news=news, old_inputs=olds))

    async def update(self, urn: str, made: Any, old: dict[str, Any] | struct_pb2.Struct, inputs: dict[str, Any], **more: Any) -> Any:
        news = await self.checked(urn, inputs)
        olds = old if isinstance(old, struct_pb2.Struct) else await self.checked(urn, old)
        request = provider_pb2.UpdateRequest(urn=urn, id=made.id, olds=made.properties, news=news, old_inputs=olds, **more)
        return await self.ask("Update", request)

    async def read(self, urn: str, resource_id: str, properties: Any = None, inputs: Any = None) -> Any:
        return await self.ask("Read", provider_pb2.ReadRequest(urn=urn, id=resource_id, properties=properties, inputs=inputs))

    async def delete(self, urn: str, made: Any, timeout: float = 0) -> None:
        await self.ask("Delete", provider_pb2.DeleteRequest(urn=urn, id=made.id, properties=made.properties, timeout=timeout))

    def fault(self, kind: str, action: str = "*", **more: Any) -> None:
        self.cloud.faults.add(Rule(kind=kind, action=action, **more))

    def calls(self, action: str) -> int:
        return sum(row["action"] == action for row in self.cloud.requests.rows)

    async def labels(self, name: str) -> dict[str, str]:
        """The labels that the cloud has for a service."""
        found = await self.services.eas.describe_service(name)
        return labels_of(found or {})

    def inventory(self, kind: str) -> list[dict[str, Any]]:
        return [row for row in self.cloud.inventory() if row["kind"] == kind]


def sent_in_query(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """What the provider sends in queries from now on: proxies keep them in their logs."""
    seen: list[dict[str, str]] = []
    send = clients.send

    def spy(*args: Any, **kwargs: Any) -> Any:
        seen.append(dict(kwargs.get("query") or {}))
        return send(*args, **kwargs)

    monkeypatch.setattr(clients, "send", spy)
    return seen


def struct(values: dict[str, Any], secrets: Any = ()) -> struct_pb2.Struct:
    from pulumi.provider.experimental.property_value import PropertyValue

    return PropertyValue.marshal_map(encode(Properties(plain=values, secrets=frozenset(secrets))))


def plain(values: struct_pb2.Struct) -> dict[str, Any]:
    from pulumi.provider.experimental.property_value import PropertyValue

    return decode(PropertyValue.unmarshal_map(values)).plain


def service(**changes: Any) -> dict[str, Any]:
    """Inputs of a service on public resources."""
    config = {
        "metadata": {"instance": 1},
        "cloud": {"computing": {"instances": [{"type": "ecs.gn8v-4x.24xlarge"}]}},
        "containers": [{"image": "registry/vllm:1", "port": 8000, "script": "vllm serve"}],
    }
    return {"name": "chat", "region": REGION, "config": config, **changes}


def group(**changes: Any) -> dict[str, Any]:
    """Inputs of a group of one machine with 4 GPUs."""
    return {"region": REGION, "instanceType": "ecs.gn8v-4x.24xlarge", "instanceCount": 1, "chargeType": "PostPaid", **changes}


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    for name, value in {"FOURWAYS_FAKE": ADDRESS, "ALICLOUD_ACCESS_KEY": "test", "ALICLOUD_SECRET_KEY": "test"}.items():
        monkeypatch.setenv(name, value)
    clients.forget()
    with fake_cloud() as made:
        yield made
        assert not made.requests.unknown


@asynccontextmanager
async def running(cloud: Cloud) -> AsyncIterator[Harness]:
    """A provider process, until the block ends. Several of them are several runs of the CLI."""
    lines, clock = Lines(), SteppedClock(cloud)
    session = Session(target.current(), clock=clock, reporter=lines, poll_seconds=3.0, threads=1)
    clock.session = session
    provider = FourwaysProvider(session)
    server = grpc.aio.server()
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer("0.1.0", provider), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield Harness(cloud, provider, provider_pb2_grpc.ResourceProviderStub(channel), lines, clock)
    await server.stop(None)


@pytest.fixture
def provide(cloud: Cloud) -> Callable[[Callable[[Harness], Coroutine[Any, Any, None]]], None]:
    """Runs a test's coroutine with a harness."""

    def run(test: Callable[[Harness], Coroutine[Any, Any, None]]) -> None:
        async def inside() -> None:
            async with running(cloud) as harness:
                await test(harness)

        asyncio.run(inside())

    return run
