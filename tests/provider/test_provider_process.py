"""The provider as a process: how it boots, that it is quiet, and that it ends with its engine."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

FOLDER = Path(__file__).parents[2] / "fourways/provider"


@pytest.fixture
def engine() -> Iterator[socket.socket]:
    """Something that takes connections on the engine's address."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listening:
        yield listening


def boot(engine: socket.socket) -> subprocess.Popen[str]:
    address = f"127.0.0.1:{engine.getsockname()[1]}"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("FOURWAYS_")}
    return subprocess.Popen(
        [sys.executable, "-u", str(FOLDER), "--logtostderr", address],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        cwd="/",
    )


def ask(process: subprocess.Popen[str]) -> provider_pb2_grpc.ResourceProviderStub:
    assert process.stdout is not None
    port = int(process.stdout.readline())
    return provider_pb2_grpc.ResourceProviderStub(grpc.insecure_channel(f"127.0.0.1:{port}"))


def test_it_boots_from_source_answers_and_ends_quietly_on_sigint(engine: socket.socket) -> None:
    process = boot(engine)
    stub = ask(process)
    assert json.loads(stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)["name"] == "fourways"
    with pytest.raises(grpc.RpcError) as declined:
        stub.Handshake(provider_pb2.ProviderHandshakeRequest())
    assert declined.value.code() == grpc.StatusCode.UNIMPLEMENTED
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (0, "", "")


def test_it_ends_when_the_engine_is_gone(engine: socket.socket) -> None:
    process = boot(engine)
    ask(process)
    engine.close()
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")


def test_neither_an_sdk_nor_what_calls_the_cloud_is_imported_before_it_is_needed() -> None:
    sdks = ("alibabacloud_eas20210701", "alibabacloud_tea_openapi", "darabonba", "Tea", "requests", "aiohttp", "pydantic")
    ours = (
        "fourways.provider.eas.api",
        "fourways.provider.eas.services.service",
        "fourways.provider.eas.groups.resource_group",
        "fourways.provider.inputs",
    )
    script = (
        f"import sys, runpy; runpy.run_path({str(FOLDER / '__main__.py')!r}, run_name='imported');"
        f"print([name for name in sys.modules if name.split('.')[0] in {sdks!r} or name in {ours!r}])"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd="/")
    assert found.stdout.strip() == "[]"


def test_its_own_files_shadow_nothing() -> None:
    """Run as a folder, Python puts the folder first on the path: `errors.py` or `schema.py` must not be found from there."""
    script = (
        f"import sys, runpy; sys.path.insert(0, {str(FOLDER)!r}); runpy.run_path({str(FOLDER / '__main__.py')!r}, run_name='imported');"
        f"print({str(FOLDER)!r} in sys.path)"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd="/")
    assert found.stdout.strip() == "False"
