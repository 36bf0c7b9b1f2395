"""The provider on gRPC: messages instead of tracebacks, partial creates and updates, old inputs, and a life that ends with the engine's.

`pulumi.provider.experimental.server` 3.259.0 knows neither `ErrorResourceInitFailed` nor old inputs, and its DiffConfig crashes on details.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import sys
import traceback
from collections.abc import Awaitable, Sequence
from typing import Any

import grpc
import grpc.aio
from google.protobuf import any_pb2
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, provider_pb2_grpc, status_pb2

from fourways.cloud import target as targets
from fourways.cloud.target import Target, TargetError
from fourways.provider.errors import InitFailed, ProviderError
from fourways.provider.native import FourwaysProvider, old_inputs
from fourways.provider.session import DEFAULT_POLL_SECONDS, Reporter, Session, Silence
from fourways.provider.values import encode

#: Seconds between looks at the engine, looks that must miss before it is taken for gone, and seconds an operation may go on after that.
WATCH_SECONDS = 1.0
MISSES = 2
LAST_WORDS_SECONDS = 10.0
#: Seconds after the first answer until the typed inputs are imported: enough for the answer to leave first.
PREPARE_SECONDS = 0.005


class Servicer(ProviderServicer):
    """The SDK's servicer with what it lacks."""

    def __init__(self, version: str, provider: FourwaysProvider, engine_address: str = "") -> None:
        super().__init__([], version, provider, engine_address)

    async def Handshake(self, request: Any, context: Any) -> Any:  # noqa: ARG002
        """Declined: what it would negotiate is what Configure answers."""
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, "Handshake is not implemented")

    async def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: ARG002
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    async def GetSchema(self, request: Any, context: Any) -> Any:
        return await _answer(context, super().GetSchema(request, context))

    async def CheckConfig(self, request: Any, context: Any) -> Any:
        answer = await _answer(context, super().CheckConfig(request, context))
        # What the first Check needs is imported while the engine takes this answer in; a destroy asks no CheckConfig, and needs it not.
        asyncio.get_running_loop().call_later(PREPARE_SECONDS, _prepare)
        return answer

    async def Configure(self, request: Any, context: Any) -> Any:
        return await _answer(context, super().Configure(request, context))

    async def Check(self, request: Any, context: Any) -> Any:
        return await _answer(context, super().Check(request, context))

    async def Diff(self, request: Any, context: Any) -> Any:
        old_inputs.set(PropertyValue.unmarshal_map(request.old_inputs))
        return await _answer(context, super().Diff(request, context))

    async def Create(self, request: Any, context: Any) -> Any:
        return await _answer(context, super().Create(request, context))  # type: ignore[no-untyped-call]

    async def Read(self, request: Any, context: Any) -> Any:
        return await _answer(context, super().Read(request, context))  # type: ignore[no-untyped-call]

    async def Update(self, request: Any, context: Any) -> Any:
        old_inputs.set(PropertyValue.unmarshal_map(request.old_inputs))
        return await _answer(context, super().Update(request, context))  # type: ignore[no-untyped-call]

    async def Delete(self, request: Any, context: Any) -> Any:
        old_inputs.set(PropertyValue.unmarshal_map(request.old_inputs))
        return await _answer(context, super().Delete(request, context))  # type: ignore[no-untyped-call]


def _prepare() -> None:
    asyncio.get_running_loop().run_in_executor(None, importlib.import_module, "fourways.provider.schema")


async def _answer(context: Any, work: Awaitable[Any]) -> Any:
    """The answer, or a status with a message for the user; nothing else leaves the provider, no traceback and no value."""
    try:
        return await work
    except InitFailed as error:
        context.set_trailing_metadata((("grpc-status-details-bin", _details(error)),))
        await context.abort(grpc.StatusCode.UNKNOWN, error.reasons[0])
    except ProviderError as error:
        await context.abort(grpc.StatusCode.UNKNOWN, str(error))
    except Exception as error:  # noqa: BLE001 - the last resort: the text may quote a secret, the place cannot
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{os.path.basename(frame.filename)}:{frame.lineno}"
        await context.abort(grpc.StatusCode.INTERNAL, f"unexpected {type(error).__name__} in the provider at {place}: please report it")


def _details(error: InitFailed) -> bytes:
    """The engine keeps a resource in the state when this rides in the trailer `grpc-status-details-bin`."""
    detail = provider_pb2.ErrorResourceInitFailed(id=error.resource_id, reasons=error.reasons)
    detail.properties.CopyFrom(PropertyValue.marshal_map(encode(error.properties)))
    detail.inputs.CopyFrom(PropertyValue.marshal_map(encode(error.inputs)))
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=error.reasons[0])
    packed = any_pb2.Any()
    packed.Pack(detail)
    status.details.append(packed)
    return bytes(status.SerializeToString())


class EngineReporter:
    """Status lines and warnings over the engine's Log; nobody waits for them."""

    def __init__(self, address: str) -> None:
        self._engine = engine_pb2_grpc.EngineStub(grpc.aio.insecure_channel(address))
        self._sending: set[asyncio.Task[None]] = set()

    def status(self, urn: str, message: str) -> None:
        self._send(engine_pb2.LogRequest(severity=engine_pb2.INFO, message=message, urn=urn, ephemeral=True))

    def warning(self, urn: str, message: str) -> None:
        self._send(engine_pb2.LogRequest(severity=engine_pb2.WARNING, message=message, urn=urn))

    def info(self, urn: str, message: str) -> None:
        self._send(engine_pb2.LogRequest(severity=engine_pb2.INFO, message=message, urn=urn))

    def _send(self, request: Any) -> None:
        task = asyncio.get_running_loop().create_task(self._log(request))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _log(self, request: Any) -> None:
        try:
            await self._engine.Log(request, timeout=5)
        except grpc.aio.AioRpcError:
            return  # nobody is there to show it to; that the engine is gone is noticed by the watch


class Life:
    """Ends the process with its engine: on its signal when idle, and when engine or parent are not there any more."""

    def __init__(self, provider: FourwaysProvider, address: str) -> None:
        self.provider, self.address = provider, address
        self.over = asyncio.Event()
        self._parent = os.getppid()

    def signalled(self) -> None:
        """SIGINT or SIGTERM: an idle provider ends at once and quietly; a busy one ends its waits, so that their state is kept."""
        self.provider.session.cancel()
        if not self.provider.busy:
            self.over.set()

    async def engine_is_alive(self) -> bool:
        """Whether the parent lives and the engine's port takes a connection."""
        if os.getppid() != self._parent:
            return False
        host, _, port = self.address.rpartition(":")
        if not port.isdigit():
            return True
        try:
            _, writer = await asyncio.wait_for(asyncio.open_connection(host or "127.0.0.1", int(port)), timeout=5)
        except (OSError, TimeoutError):
            return False
        writer.close()
        return True

    async def watch(self) -> None:
        """Returns when the engine is gone and the operations under way have ended (or have had their last words)."""
        missed = 0
        while missed < MISSES:
            await asyncio.sleep(WATCH_SECONDS)
            missed = 0 if await self.engine_is_alive() else missed + 1
        self.provider.session.cancel()
        waited = 0.0
        while self.provider.busy and waited < LAST_WORDS_SECONDS:
            await asyncio.sleep(0.1)
            waited += 0.1
        self.over.set()


async def serve(address: str, version: str) -> None:
    """Serves on a free loopback port, printed on stdout for the engine, until it is over."""
    reporter: Reporter = EngineReporter(address) if address else Silence()
    provider = FourwaysProvider(make_session(reporter))
    life = Life(provider, address)
    provider.session.engine_is_alive = life.engine_is_alive
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, life.signalled)
    server = grpc.aio.server(options=_GRPC_CHANNEL_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(version, provider, address), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    watching = asyncio.create_task(life.watch())
    await life.over.wait()
    watching.cancel()
    await server.stop(grace=0.2)


def make_session(reporter: Reporter) -> Session:
    """The session of this environment. One that cannot be used still serves: it refuses with a message where the engine shows it."""
    try:
        return Session(targets.current(), reporter=reporter)
    except (TargetError, ProviderError) as error:
        session = Session(Target(name="cloud"), reporter=reporter, poll_seconds=DEFAULT_POLL_SECONDS)
        session.refusal = str(error)
        return session


def main(arguments: Sequence[str], version: str) -> None:
    """Runs the provider. The engine's address is the last argument that is no option; without one only the parent is watched."""
    addresses = [argument for argument in arguments if not argument.startswith("-")]
    asyncio.run(serve(addresses[-1] if addresses else "", version))
    os._exit(0)  # SDK threads in the middle of a call would hold the process up until their timeout
