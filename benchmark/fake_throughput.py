"""How many requests a second the fake answers on one core, relative to moto's server on a like call.

Usage: .venv/bin/python benchmark/fake_throughput.py [--requests 2000] [--rounds 3]
DescribeVpcs of both (the fake checks the signature, moto does not) through one raw client, in turns, on loopback. Each server is
pinned to the first core, the client to the last. The client keeps a connection for as long as the server lets it: moto's closes it
after each answer, so a second figure has both open one connection a request. Prints medians and their ratios; to hold: >= 3.
moto is installed from the package index into a temporary environment, in the pinned version; nothing stays behind.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import itertools
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

MOTO = "moto[server]==5.2.5"
ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS = 8  # enough that the server, not the client, is waited for
START_SECONDS = 60
SERIAL = itertools.count()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="fourways-throughput-") as name:
        folder = Path(name)
        moto = install_moto(folder)
        os.sched_setaffinity(0, {cores[-1]})
        with fake(folder, cores[0]) as fake_port, moto_server(moto, folder, cores[0]) as moto_port:
            for keep in (True, False):
                compare({"fake": fake_port, "moto": moto_port}, options.requests, options.rounds, keep)
    return 0


def compare(ports: dict[str, int], count: int, rounds: int, keep: bool) -> None:
    """Print requests a second of each, and their ratio."""
    rates: dict[str, list[float]] = {name: [] for name in ports}
    for _ in range(rounds):
        for name, port in ports.items():
            messages = [(fake_call if name == "fake" else moto_call)(port, keep) for _ in range(count)]
            rates[name].append(rate(port, messages, keep))
    medians = {name: statistics.median(values) for name, values in rates.items()}
    every = "; ".join(f"{name} {', '.join(f'{value:.0f}' for value in values)}" for name, values in rates.items())
    how = "connections kept" if keep else "one connection a request"
    print(f"{how}: {medians['fake'] / medians['moto']:.2f} times moto (to hold: >= 3; requests a second: {every})", flush=True)


def fake_call(port: int, keep: bool) -> bytes:
    """DescribeVpcs, signed as the RPC style asks, with a nonce of its own."""
    query = {
        "AccessKeyId": "test",
        "Action": "DescribeVpcs",
        "Format": "JSON",
        "RegionId": "ap-southeast-1",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": f"nonce-{os.getpid()}-{next(SERIAL)}",
        "SignatureVersion": "1.0",
        "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "Version": "2016-04-28",
    }
    text = "&".join(f"{percent(name)}={percent(value)}" for name, value in query.items())
    digest = hmac.new(b"test&", f"POST&%2F&{percent(text)}".encode(), hashlib.sha1).digest()
    return message(f"/?{text}&Signature={percent(base64.b64encode(digest).decode())}", port, keep, b"", "")


def moto_call(port: int, keep: bool) -> bytes:
    """The same of EC2; moto reads the service and the key from the header and does not check the signature."""
    scope = "Credential=test/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=0"
    return message("/", port, keep, b"Action=DescribeVpcs&Version=2016-11-15", f"Authorization: AWS4-HMAC-SHA256 {scope}\r\n")


def message(path: str, port: int, keep: bool, body: bytes, header: str) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nConnection: {'keep-alive' if keep else 'close'}\r\n{header}\r\n"
    )
    return head.encode() + body


def percent(text: str) -> str:
    return quote(text, safe="-_.~")


def rate(port: int, messages: list[bytes], keep: bool) -> float:
    """Answers a second: as many requests under way at once as there are connections, each answer read to its end."""
    connections: list[socket.socket | None] = [None] * CONNECTIONS
    started = time.perf_counter()
    for first in range(0, len(messages), CONNECTIONS):
        batch = messages[first : first + CONNECTIONS]
        for index, data in enumerate(batch):
            connection = connections[index] or socket.create_connection(("127.0.0.1", port), 30)
            connections[index] = connection
            connection.sendall(data)
        for index in range(len(batch)):
            connection = connections[index]
            assert connection is not None
            if not read_answer(connection) or not keep:
                connection.close()
                connections[index] = None
    seconds = time.perf_counter() - started
    for connection in connections:
        if connection is not None:
            connection.close()
    return len(messages) / seconds


def read_answer(connection: socket.socket) -> bool:
    """Read one answer; True when the server keeps the connection. Anything but 200 ends the comparison."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += received(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    if b" 200 " not in head.splitlines()[0] + b" ":
        raise RuntimeError(f"not answered: {data[:500]!r}")
    lines = [line.lower() for line in head.splitlines()[1:]]
    length = int(next(line for line in lines if line.startswith(b"content-length:")).partition(b":")[2])
    while len(body) < length:
        body += received(connection)
    if b"vpcs" not in body.lower() and b"vpcset" not in body.lower():
        raise RuntimeError(f"no list of VPCs: {body[:500]!r}")
    return head.startswith(b"HTTP/1.1") and b"connection: close" not in lines


def received(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise RuntimeError("the server closed the connection before its answer")
    return data


def install_moto(folder: Path) -> Path:
    """The Python of a temporary environment with moto's server."""
    print(f"installing {MOTO} into a temporary environment", file=sys.stderr, flush=True)
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", MOTO], check=True)
    return python


@contextmanager
def fake(folder: Path, core: int) -> Iterator[int]:
    about = folder / "fake" / "server.json"
    command = [sys.executable, "-m", "fourways.fakes", "--port", "0", "--folder", str(folder / "fake")]
    with served(command, core, folder / "fake.log") as process:
        wait(process, about.exists, folder / "fake.log")
        yield json.loads(about.read_text())["port"]


@contextmanager
def moto_server(python: Path, folder: Path, core: int) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with served([str(python), "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], core, folder / "moto.log") as process:
        wait(process, lambda: listening(port), folder / "moto.log")
        yield port


@contextmanager
def served(command: list[str], core: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output, subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT) as process:
        os.sched_setaffinity(process.pid, {core})
        try:
            yield process
        finally:
            process.terminate()


def wait(process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path) -> None:
    """Until `ready()`; raises with the log's end when the server has ended or takes too long."""
    for _ in range(START_SECONDS * 10):
        if ready():
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"the server does not answer: {log.read_text()[-2000:]}")


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    sys.exit(main())
