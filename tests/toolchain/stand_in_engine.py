"""The engine's side of the language host: the two services a program talks to, and a running host to ask."""

# ruff: noqa: ARG002 - the methods' form is gRPC's

import signal
import subprocess
from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, language_pb2, language_pb2_grpc, resource_pb2, resource_pb2_grpc


class StandInEngine(engine_pb2_grpc.EngineServicer, resource_pb2_grpc.ResourceMonitorServicer):
    """Notes what a program logs and exports."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.outputs: dict[str, object] = {}
        self.root = ""

    def Log(self, request, context):
        if request.severity == engine_pb2.ERROR:
            self.errors.append(request.message)
        return empty_pb2.Empty()

    def SetRootResource(self, request, context):
        self.root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def GetRootResource(self, request, context):
        return engine_pb2.GetRootResourceResponse(urn=self.root)

    def SupportsFeature(self, request, context):
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in ("secrets", "resourceReferences", "outputValues"))

    def RegisterResource(self, request, context):
        return resource_pb2.RegisterResourceResponse(urn=f"urn:pulumi:dev::tiny::{request.type}::{request.name}", object=request.object)

    def RegisterResourceOutputs(self, request, context):
        self.outputs = json_format.MessageToDict(request.outputs)
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(self, request, context):
        return empty_pb2.Empty()


class Host:
    """A running language host."""

    def __init__(self, binary: Path, engine: StandInEngine, address: str) -> None:
        self.engine, self.address = engine, address
        self.process = subprocess.Popen([str(binary), address], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert self.process.stdout is not None
        self.channel = grpc.insecure_channel(f"127.0.0.1:{int(self.process.stdout.readline())}")
        self.stub = language_pb2_grpc.LanguageRuntimeStub(self.channel)

    def request(self, folder: Path, **options: str) -> language_pb2.RunRequest:
        return language_pb2.RunRequest(
            project="tiny",
            stack="dev",
            organization="organization",
            pwd=str(folder),
            monitor_address=self.address,
            parallel=4,
            dryRun=True,
            config={"tiny:word": "given", "tiny:hidden": "secret value"},
            configSecretKeys=["tiny:hidden"],
            info=program(folder, **options),
        )

    def run(self, folder: Path, **options: str) -> language_pb2.RunResponse:
        return self.stub.Run(self.request(folder, **options), timeout=60)

    def end(self) -> tuple[str, str]:
        """Ends it as the engine does; returns what it and its programs have written to stdout and stderr."""
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=30)
        return out.decode(), err.decode()


def program(folder: Path, **options: str) -> language_pb2.ProgramInfo:
    info = language_pb2.ProgramInfo(root_directory=str(folder), program_directory=str(folder), entry_point=".")
    info.options.update(options)
    return info


@contextmanager
def running_host(binary: Path) -> Iterator[Host]:
    engine = StandInEngine()
    server = grpc.server(futures.ThreadPoolExecutor(8))
    engine_pb2_grpc.add_EngineServicer_to_server(engine, server)
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(engine, server)
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    host = Host(binary, engine, address)
    try:
        yield host
    finally:
        host.channel.close()
        host.process.kill()
        host.process.wait()  # not its output's end: a program that outlives it, as no one should, holds that
        host.process.stdout.close()
        host.process.stderr.close()
        server.stop(None)


def gather(stream: Iterator[language_pb2.RunPluginResponse]) -> tuple[str, str, int]:
    """stdout, stderr and exit code of a plugin that ended by itself."""
    out, err, code = b"", b"", -1
    for message in stream:
        out, err = out + message.stdout, err + message.stderr
        code = message.exitcode if message.WhichOneof("output") == "exitcode" else code
    return out.decode(), err.decode(), code
