"""How soon the provider answers after its process was started, relative to an empty provider of the SDK that it is made with.

Usage: .venv/bin/python benchmark/provider_start.py [--rounds 10]
Both are started in turns, and asked GetPluginInfo, CheckConfig and (ours, whose first Check imports the typed inputs) Check. Prints the
best and the median seconds from the start of the process to each answer, and the ratios of the best: the least disturbed by other work.
To hold: CheckConfig answered in 0.3 s where the empty provider takes 0.25 s, so <= 1.2.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

ROOT = Path(__file__).resolve().parent.parent
EMPTY = (
    "import sys; from pulumi.provider.experimental.provider import Provider; from pulumi.provider.experimental.server import main;"
    "main(sys.argv[1:], '0.1.0', Provider())"
)
URN = "urn:pulumi:s::p::fourways:eas:Service::chat"
COMMANDS = {"ours": [str(ROOT / "fourways" / "provider")], "empty": ["-c", EMPTY]}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in COMMANDS}
    with socket.create_server(("127.0.0.1", 0), backlog=100) as engine:
        address = f"127.0.0.1:{engine.getsockname()[1]}"
        for _ in range(options.rounds + 1):
            for name, arguments in COMMANDS.items():
                taken[name].append(start([sys.executable, "-u", *arguments, address]))
    for call in taken["ours"][0]:
        best, median = (
            {name: how(run[call] for run in runs[1:] if call in run) for name, runs in taken.items()} for how in (least, middle)
        )
        shown = "; ".join(f"{name} best {best[name]:.3f} s, median {median[name]:.3f} s" for name in COMMANDS if best[name])
        ratio = f"{best['ours'] / best['empty']:.2f} times an empty provider" if best["empty"] else "ours alone"
        print(f"{call}: {ratio} ({shown})", flush=True)
    return 0


def start(command: list[str]) -> dict[str, float]:
    """Seconds from the start of the process to each answer."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FOURWAYS_")}
    seconds: dict[str, float] = {}
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment, cwd="/") as process:
        try:
            assert process.stdout is not None
            stub = provider_pb2_grpc.ResourceProviderStub(grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}"))
            calls: list[tuple[str, Any]] = [
                ("GetPluginInfo", provider_pb2.CheckRequest()),
                ("CheckConfig", provider_pb2.CheckRequest(urn=URN)),
                ("Check", provider_pb2.CheckRequest(urn=URN)),
            ]
            for name, request in calls:
                if name == "Check" and command[-2] == EMPTY:
                    continue
                getattr(stub, name)(provider_pb2_grpc.google_dot_protobuf_dot_empty__pb2.Empty() if name == "GetPluginInfo" else request)
                seconds[name] = time.perf_counter() - started
        finally:
            process.send_signal(signal.SIGKILL)
    return seconds


def least(values: Any) -> float:
    return min(values, default=0.0)


def middle(values: Any) -> float:
    found = list(values)
    return statistics.median(found) if found else 0.0


if __name__ == "__main__":
    sys.exit(main())
