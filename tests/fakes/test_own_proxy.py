"""The fake as proxy for names of its own: plain and over TLS, and nothing else."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_calls import stepped_cloud

from fourways.fakes.server import Server, bind
from fourways.fakes.tls import make_authority

ASK = "GET {path} HTTP/1.1\r\nhost: logs.127.0.0.1:{port}\r\nauthorization: LOG nobody:x\r\nconnection: close\r\n\r\n"


@pytest.fixture
def served(tmp_path: Path) -> Callable[[Callable[[int, Path], bytes]], bytes]:
    """Runs a blocking client beside a server on a free port."""

    def run(client: Callable[[int, Path], bytes]) -> bytes:
        async def both() -> bytes:
            listener, ready = bind(0), asyncio.Event()
            ca = tmp_path / "ca.pem"
            task = asyncio.create_task(Server(stepped_cloud(), make_authority(ca)).serve(listener, ready.set))
            await ready.wait()
            try:
                return await asyncio.to_thread(client, listener.getsockname()[1], ca)
            finally:
                task.cancel()
                listener.close()

        return asyncio.run(both())

    return run


def read(connection: socket.socket) -> bytes:
    answer = b""
    while more := connection.recv(4096):
        answer += more
    return answer


def refused_by_the_service(answer: bytes) -> bool:
    """The project was seen in the host, and the key is nobody's."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return b" 401 " in head and json.loads(body)["errorCode"] == "Unauthorized"


def test_a_plain_request_by_the_proxy_is_answered(served: Callable[[Callable[[int, Path], bytes]], bytes]) -> None:
    def client(port: int, _: Path) -> bytes:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(ASK.format(path=f"http://logs.127.0.0.1:{port}/", port=port).encode())
            return read(connection)

    assert refused_by_the_service(served(client))


def test_a_tunnel_to_a_project_has_a_certificate_for_its_name(served: Callable[[Callable[[int, Path], bytes]], bytes]) -> None:
    def client(port: int, ca: Path) -> bytes:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(f"CONNECT logs.127.0.0.1:{port} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
            assert connection.recv(4096).startswith(b"HTTP/1.1 200")
            context = ssl.create_default_context(cafile=str(ca))
            with context.wrap_socket(connection, server_hostname="logs.127.0.0.1") as secured:
                secured.sendall(ASK.format(path="/", port=port).encode())
                return read(secured)

    assert refused_by_the_service(served(client))


@pytest.mark.parametrize("name", ["weights.oss-ap-southeast-1.aliyuncs.com", "oss-ap-southeast-1-internal.aliyuncs.com"])
def test_a_tunnel_to_the_clouds_object_storage_ends_here(served: Callable[[Callable[[int, Path], bytes]], bytes], name: str) -> None:
    def client(port: int, ca: Path) -> bytes:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(f"CONNECT {name}:443 HTTP/1.1\r\nhost: x\r\n\r\n".encode())
            assert connection.recv(4096).startswith(b"HTTP/1.1 200")
            with ssl.create_default_context(cafile=str(ca)).wrap_socket(connection, server_hostname=name) as secured:
                secured.sendall(f"HEAD /key HTTP/1.1\r\nhost: {name}\r\nconnection: close\r\n\r\n".encode())
                return read(secured)

    answer = served(client).lower()
    assert answer.startswith((b"http/1.1 404", b"http/1.1 403"))
    assert b"server: aliyunoss" in answer
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("name", ["example.com", "127.0.0.1.example.com", "logs.10.0.0.1", "oss-x.aliyuncs.com.example.com"])
def test_a_tunnel_to_anybody_else_is_refused(served: Callable[[Callable[[int, Path], bytes]], bytes], name: str) -> None:
    def client(port: int, _: Path) -> bytes:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(f"CONNECT {name}:443 HTTP/1.1\r\nhost: {name}\r\n\r\n".encode())
            return read(connection)

    assert served(client).startswith(b"HTTP/1.1 403")
