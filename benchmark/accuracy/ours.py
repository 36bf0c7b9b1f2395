"""This project's runner against an address, without a stack: what `accuracy.py` and `against_simulator.py` run as a process of its own.

Usage: python benchmark/accuracy/ours.py ADDRESS MODEL FOLDER --concurrency 16 --seconds 20 [--input 256] [--output 64-512]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fourways.benchmark.plan import Plan, parse_loads
from fourways.benchmark.retries import Retry
from fourways.benchmark.run import measure_endpoint
from fourways.benchmark.target import Target
from fourways.benchmark.workload import Length, Workload


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("model")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--concurrency", default="")
    parser.add_argument("--rate", default="")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--input", default="256")
    parser.add_argument("--output", default="64-512")
    parser.add_argument("--requests", type=int)
    parser.add_argument("--retry", type=Retry, default=Retry.none)
    options = parser.parse_args()
    target = Target(base_url=f"{options.address}/v1", api_key="none", model=options.model, fake=True)
    workload = Workload(input=Length.parse(options.input), output=Length.parse(options.output))
    loads = parse_loads(options.concurrency, options.rate)
    plan = Plan(loads=loads, workload=workload, seconds=options.seconds, requests=options.requests, retry=options.retry)
    measure_endpoint(target, plan, options.folder, stack="none")


if __name__ == "__main__":
    main()
