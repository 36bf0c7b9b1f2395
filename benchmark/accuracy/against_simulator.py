"""Whether the runner's results agree with the settings of llm-d-inference-sim, a server that nobody here wrote.

Usage: .venv/bin/python benchmark/accuracy/against_simulator.py [--simulator PATH]
Builds the simulator once with Go from the pinned module beside this file (5 to 20 minutes) into .fourways/simulator. Each case sets its
pace or its faults and states what must come out; prints a line each and exits 1 where one disagrees. The simulator sleeps between tokens
and adds up what each sleep is late, so its pace may only be slower than set: tolerances have a lower and a higher side.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fourways.benchmark.results import load

HERE = Path(__file__).resolve().parent
BUILT = HERE.parents[1] / ".fourways" / "simulator" / "llm-d-inference-sim"
MODULE = "github.com/llm-d/llm-d-inference-sim/cmd/llm-d-inference-sim"
START_SECONDS = 60
TTFT_MS, ITL_MS, TOKENS = 200.0, 20.0, 50
#: What one whole answer takes by the settings, in seconds.
ANSWER = (TTFT_MS + ITL_MS * (TOKENS - 1)) / 1000


@dataclass(frozen=True)
class Check:
    """A figure of a point, and the range in which it must lie."""

    what: str
    value: Callable[[dict[str, Any]], float]
    low: float
    high: float


@dataclass(frozen=True)
class Case:
    """Settings of the simulator, options of the runner, and what must come out."""

    name: str
    simulator: tuple[str, ...]
    runner: tuple[str, ...]
    checks: tuple[Check, ...]


def of(name: str, low: float, high: float) -> Check:
    return Check(name, lambda point: float(point[name]), low, high)


def injected(point: dict[str, Any]) -> float:
    return float(point["without_retries"]["failed"] / point["requests"])


def others(point: dict[str, Any]) -> float:
    return float(sum(count for name, count in point["without_retries"]["errors"].items() if name not in ("429", "5xx")))


# Sleeps end late by up to some milliseconds on a busy machine, once a token; never early. A ten-thousandth is rounding.
PACE = (
    of("median_ttft_ms", TTFT_MS * 0.9999, TTFT_MS * 1.15),
    of("mean_tpot_ms", ITL_MS * 0.9999, ITL_MS * 1.15),
    of("mean_itl_ms", ITL_MS * 0.9999, ITL_MS * 1.15),
    of("mean_output_tokens", TOKENS, TOKENS),
    of("failed", 0, 0),
)
CASES = (
    Case("pace, one at a time", (), ("--concurrency", "1", "--requests", "10"), PACE),
    Case(
        "pace, 32 at a time",
        (),
        ("--concurrency", "32", "--requests", "320"),
        (*PACE, of("output_throughput", 32 * TOKENS / ANSWER * 0.85, 32 * TOKENS / ANSWER * 1.05)),
    ),
    Case(
        "4 places for 8 requests: half of the time is spent waiting",
        ("--max-num-seqs", "4"),
        ("--concurrency", "8", "--requests", "80"),
        (
            of("output_throughput", 4 * TOKENS / ANSWER * 0.85, 4 * TOKENS / ANSWER * 1.05),
            of("median_ttft_ms", 1000 * ANSWER * 0.9 + TTFT_MS, 1000 * ANSWER * 1.2 + TTFT_MS),
            of("mean_tpot_ms", ITL_MS * 0.9999, ITL_MS * 1.15),
        ),
    ),
    Case(
        "open loop, 10 a second",
        (),
        ("--rate", "10", "--requests", "300"),
        # Five standard errors of 300 arrivals.
        (*PACE, of("request_throughput", 10 * 0.71, 10 * 1.29)),
    ),
    Case(
        "30 % of requests fail",
        ("--failure-injection-rate", "30", "--failure-types", "rate_limit", "--failure-types", "server_error"),
        ("--concurrency", "16", "--requests", "600", "--retry", "exponential"),
        # Five standard errors of 600 draws; a request fails for good with 0.3 to the power of 6.
        (
            Check("failed at the first attempt / requests", injected, 0.3 - 0.094, 0.3 + 0.094),
            Check("of them other than 429 and 5xx", others, 0, 0),
            Check("failed for good / requests", lambda point: point["failed"] / point["requests"], 0, 0.02),
        ),
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulator", type=Path, default=BUILT)
    program = parser.parse_args().simulator
    if not program.exists():
        build(program)
    print(f"{os.cpu_count()} cores shared by client and simulator; load {os.getloadavg()[0]:.1f}")
    wrong = 0
    for case in CASES:
        point = measured(program, case)
        for check in case.checks:
            value = check.value(point)
            held = check.low <= value <= check.high
            wrong += not held
            print(
                f"{'agrees   ' if held else 'DISAGREES'} {case.name}: {check.what} {value:.4g} ({check.low:.4g} to {check.high:.4g})",
                flush=True,
            )
    return 1 if wrong else 0


def build(program: Path) -> None:
    """With the pinned module; one process at a time and at low priority, since others may use the machine."""
    print(f"building {program.name} with Go, once")
    program.parent.mkdir(parents=True, exist_ok=True)
    command = ["nice", "go", "build", "-p", "1", "-o", str(program), MODULE]
    subprocess.run(command, cwd=HERE / "simulator", env={**os.environ, "CGO_ENABLED": "0"}, check=True)


def measured(program: Path, case: Case) -> dict[str, Any]:
    """The one point of a case."""
    with tempfile.TemporaryDirectory(prefix="fourways-simulator-") as name, simulator(program, case.simulator) as address:
        out = Path(name) / "out"
        command = [sys.executable, str(HERE / "ours.py"), address, "sim", str(out), "--seconds", "300", "--input", "64"]
        subprocess.run([*command, "--output", str(TOKENS), *case.runner], check=True)
        return load(out).points[0]


@contextmanager
def simulator(program: Path, more: tuple[str, ...]) -> Iterator[str]:
    """The simulator on a free port; gives its address when it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = () if "--max-num-seqs" in more else ("--max-num-seqs", "256")
    command = [
        str(program), "--model", "sim", "--port", str(port), "--time-to-first-token", f"{TTFT_MS:g}ms",
        "--inter-token-latency", f"{ITL_MS:g}ms", "--max-model-len", "8192", "--force-dummy-tokenizer", "--seed", "1",
        *places, *more,
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/health", process)
        yield address
    finally:
        process.terminate()
        process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit(f"the simulator did not answer at {url}")


if __name__ == "__main__":
    raise SystemExit(main())
