"""How far from the truth the runner is, beside guidellm where that is installed.

Usage: .venv/bin/python benchmark/accuracy/accuracy.py [--levels 1,16,64] [--seconds 20] [--guidellm PATH] [--rounds 1]
A server in a process of its own logs when it sent each chunk (truth_server.py); each client runs against it as a process of its own, one
after the other, on loopback. Prints, for each number of requests at a time: mean error of the TTFT, error of the mean ITL, CPU of the
client. To hold at 64: TTFT within 1.5 ms, ITL within 0.2 %, CPU at most a fifth of guidellm's; exits 1 where that is missed.
guidellm is optional and lives in an environment of its own (it brings torch, 6 GB): python -m venv V && V/bin/pip install
'guidellm[perf]==0.8.1', then --guidellm V/bin/guidellm. On a machine that is busy otherwise all figures are worse: the load is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from truth import CpuWatch, Error, Row, itl_ms, read, span, ttft_ms

from fourways.benchmark.measures import Window
from fourways.benchmark.results import load
from fourways.benchmark.words import words
from fourways.benchmark.workload import NONCE_TOKENS, workload_from

HERE = Path(__file__).resolve().parent
MOST_TTFT_MS, MOST_ITL_PERCENT, MOST_CPU_SHARE = 1.5, 0.2, 0.2
OUTPUT, INPUT = (64, 512), 256
Client = Callable[[str, int, float, Path], Error]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--levels", default="1,16,64")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--guidellm", default=shutil.which("guidellm"))
    options = parser.parse_args()
    levels = [int(level) for level in options.levels.split(",")]
    clients: dict[str, Client] = {"fourways bench": ours}
    if options.guidellm:
        clients["guidellm"] = lambda *given: guidellm(options.guidellm, *given)
    else:
        print("guidellm is not installed: only our own runner is measured")
    print(f"{os.cpu_count()} cores shared by client and server; load {os.getloadavg()[0]:.1f}")
    found: dict[tuple[str, int], Error] = {}
    for level in levels:
        for name, client in clients.items():
            errors = []
            for _ in range(options.rounds):
                with tempfile.TemporaryDirectory(prefix="fourways-accuracy-") as folder:
                    errors.append(client(name, level, options.seconds, Path(folder)))
            found[name, level] = middle(errors)
            show(name, level, found[name, level])
    return verdict(found, max(levels))


def ours(_: str, level: int, seconds: float, folder: Path) -> Error:
    """This project's runner: each request in the window is found again in the server's log by the first words of its prompt."""
    with server(folder) as address:
        out = folder / "out"
        command = [sys.executable, HERE / "ours.py", address, "truth", out, "--concurrency", level, "--seconds", seconds]
        watch = run([*command, "--input", INPUT, "--output", f"{OUTPUT[0]}-{OUTPUT[1]}"])
    results = load(out)
    (point,) = results.points
    window = Window(point["window_open_ns"], point["window_close_ns"])
    samples = results.samples(point)
    inside = set(samples.column("index")[window.holds(samples.column("scheduled"))].tolist())
    rows = matched(read(folder / "log"), results.header["plan"]["workload"], f"{point['name']}/0", inside)
    if len(rows) != point["completed"]:
        raise SystemExit(f"the runner says {point['completed']} requests, the server has {len(rows)} of them")
    return compared(rows, point["mean_ttft_ms"], point["mean_itl_ms"], watch.percent(window.open, window.close))


def matched(rows: list[Row], workload: dict[str, Any], part: str, indexes: set[int]) -> list[Row]:
    """The server's rows of the requests with these numbers."""
    asks = workload_from(workload).asks(part)
    begins = {" ".join(next(asks).prompt.split()[:NONCE_TOKENS]): index for index in range(max(indexes) + 1)}
    return [row for row in rows if begins.get(row["prompt"]) in indexes]


def guidellm(program: str, _: str, level: int, seconds: float, folder: Path) -> Error:
    """guidellm with prompts and lengths like ours; its means are over all requests that ended well, as the server's log is."""
    chance = random.Random(0)
    prompts = folder / "prompts.jsonl"
    with prompts.open("w") as file:
        for _number in range(level * 40):
            row = {"prompt": " ".join(chance.choices(words(), k=INPUT)), "output_tokens_count": chance.randint(*OUTPUT)}
            file.write(json.dumps(row) + "\n")
    out = folder / "guidellm.json"
    with server(folder) as address:
        watch = run(
            [
                program, "run", "--disable-console", "--backend", f"kind=openai_http,target={address},model=truth",
                "--profile", f"kind=concurrent,streams={level}", "--constraint", f"kind=max_duration,seconds={seconds:g}",
                "--data", f"kind=json_file,path={prompts}", "--output", f"kind=json,path={out}",
            ]
        )  # fmt: skip
    metrics = json.loads(out.read_text())["benchmarks"][0]["metrics"]
    rows = read(folder / "log")
    ttft, itl = (metrics[name]["successful"]["mean"] for name in ("time_to_first_token_ms", "inter_token_latency_ms"))
    return compared(rows, ttft, itl, watch.percent(*span(rows)))


def compared(rows: list[Row], ttft: float, itl: float, cpu: float) -> Error:
    return Error(len(rows), ttft - ttft_ms(rows), 100 * (itl / itl_ms(rows) - 1), cpu)


def middle(errors: list[Error]) -> Error:
    """Medians over the rounds."""
    names = ("ttft_ms", "itl_percent", "cpu_percent")
    return Error(sum(each.requests for each in errors), *(median(getattr(each, name) for each in errors) for name in names))


def show(name: str, level: int, error: Error) -> None:
    print(
        f"{name:<15} N={level:<3} {error.requests:>5} requests  TTFT {error.ttft_ms:+6.2f} ms  ITL {error.itl_percent:+6.2f} %  "
        f"CPU {error.cpu_percent:5.1f} % of a core",
        flush=True,
    )


def verdict(found: dict[tuple[str, int], Error], level: int) -> int:
    """Print what held at the highest level; 1 where something did not."""
    own, other = found["fourways bench", level], found.get(("guidellm", level))
    checks = [
        (f"TTFT within {MOST_TTFT_MS} ms", abs(own.ttft_ms) <= MOST_TTFT_MS),
        (f"ITL within {MOST_ITL_PERCENT} %", abs(own.itl_percent) <= MOST_ITL_PERCENT),
    ]
    if other is not None:
        share = own.cpu_percent / other.cpu_percent
        checks.append((f"CPU at most a fifth of guidellm's (it is {share:.2f})", share <= MOST_CPU_SHARE))
    for what, held in checks:
        print(f"{'holds ' if held else 'MISSED'} at {level}: {what}")
    return 0 if all(held for _, held in checks) else 1


def run(command: list[Any]) -> CpuWatch:
    """Run a client to its end, watching its CPU."""
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    watch = CpuWatch(process.pid)
    _, said = process.communicate()
    watch.stop()
    if process.returncode:
        raise SystemExit(f"{command[0]} ended with {process.returncode}: {said[-2000:]}")
    return watch


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """A truth server that logs to `folder`/log; gives its address."""
    command = [sys.executable, str(HERE / "truth_server.py"), "--log", str(folder / "log")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    raise SystemExit(main())
