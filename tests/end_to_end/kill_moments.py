"""SIGKILL of `pulumi up` at moments spread over a run of mu-singapore with NAT gateway and EIP: recover, up, destroy, and nothing is left.

    python -m tests.end_to_end.kill_moments --moments 20 --seed 1 --jobs 2

Moments are spread evenly over the mutating calls of a whole run, as the fake's request log counts them. The answer of each such call is
held for a second, and the kill comes up to one and a half after the call: most fall between a create and its answer. Each moment ends with
a destroy, after which ledger and inventory must be empty; and each create must have had its effect as often as in an undisturbed run.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.end_to_end import kills
from tests.end_to_end.conftest import Run

HOLD_SECONDS = 1.0
_HELD = ("Create*", "Allocate*", "Associate*", "Tag*", "Update*", "Delete*")
_CREATES = re.compile(r"^(Create|Allocate|Associate)")
UP = ("up", "--yes", "--skip-preview", *kills.AT)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Killed `wait` seconds after the `call`-th mutating call."""

    call: int
    wait: float


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one moment. `problems` is empty where all went as it should."""

    moment: Moment
    last_call: str
    pending: tuple[str, ...]
    did: tuple[str, ...]
    problems: tuple[str, ...]


def moments(count: int, calls: int, seed: int) -> list[Moment]:
    """`count` moments, spread evenly over `calls` mutating calls."""
    chance = random.Random(seed)
    steps = [1 + round(index * (calls - 1) / max(1, count - 1)) for index in range(count)]
    return [Moment(call=step, wait=chance.uniform(0, 1.5 * HOLD_SECONDS)) for step in steps]


def undisturbed(run: Run) -> Counter[str]:
    """The mutating calls of a whole `up`, by action; the stack is destroyed again."""
    run.fake.ask("requests", "DELETE")
    run.pulumi(*UP)
    calls = kills.changes(run)
    run.pulumi("destroy", "--yes", "--skip-preview", *kills.AT)
    return calls


def kill_at(run: Run, moment: Moment, whole: Counter[str]) -> Outcome:
    """One moment, on an empty fake."""
    problems: list[str] = []
    run.fake.ask("requests", "DELETE")
    run.fake.ask("faults", "POST", [{"kind": "slow", "action": action, "times": None, "seconds": HOLD_SECONDS} for action in _HELD])
    process = kills.begin(run, *UP)
    if not kills.kill_when(process, lambda: kills.changes(run).total() >= moment.call, moment.wait):
        problems.append("it had ended before the kill")
    run.fake.ask("faults", "DELETE")
    last_call = ([row["action"] for row in kills.requests(run) if not kills.READ_ONLY.match(row["action"])] or ["?"])[-1]
    held = kills.pending(run)
    code, said = kills.recover(run)
    if code:
        problems.append(f"recover ended with {code}: {said}")
    if kills.pending(run):
        problems.append("operations are still pending")
    run.pulumi(*UP)
    made = Counter(row["action"] for row in kills.requests(run) if row["status"] == 200 and _CREATES.match(row["action"]))
    problems += [f"{action} had an effect {count} times, not {whole[action]}" for action, count in made.items() if count != whole[action]]
    problems += [f"{count} x {name}" for name, count in kills.copies(run).items()]
    run.pulumi("destroy", "--yes", "--skip-preview", *kills.AT)
    problems += [f"still billed: {bill['kind']} {bill['resource']}" for bill in run.open_bills()]
    problems += [f"still there: {thing['kind']} {thing.get('id')}" for thing in kills.inventory(run)]
    did = tuple(line.split(": ", 1)[1] for line in said.splitlines() if line.startswith(("pending: ", "unrecorded: ", "marks: ")))
    return Outcome(moment=moment, last_call=last_call, pending=tuple(held), did=did, problems=tuple(problems))


def work(chosen: Sequence[Moment], whole: Counter[str]) -> list[Outcome]:
    """Some moments one after another, on a fake of their own."""
    with tempfile.TemporaryDirectory(prefix="kill-moments-") as name:
        run = kills.start(Path(name))
        try:
            outcomes = []
            for moment in chosen:
                outcomes.append(kill_at(run, moment, whole))
                print(line(outcomes[-1]), flush=True)
            return outcomes
        finally:
            kills.stop(Path(name))


def line(outcome: Outcome) -> str:
    """One line, as soon as it is known."""
    return f"call {outcome.moment.call:>2} +{outcome.moment.wait:.2f} s: {'; '.join(outcome.problems) or 'as it should be'}"


def table(outcomes: Sequence[Outcome], whole: Counter[str]) -> Table:
    """A row a moment."""
    shown = Table(title=f"SIGKILL of `pulumi up`, {whole.total()} mutating calls in a whole run", title_justify="left", show_lines=True)
    for heading in ("killed after", "pending", "recover", "second copies", "result"):
        shown.add_column(heading, overflow="fold")
    for outcome in outcomes:
        moment = outcome.moment
        second = [problem for problem in outcome.problems if "effect" in problem or " x " in problem]
        shown.add_row(
            f"call {moment.call} ({outcome.last_call}) +{moment.wait:.2f} s",
            "\n".join(outcome.pending) or "nothing",
            "\n".join(outcome.did),
            "\n".join(second) or "0",
            "\n".join(outcome.problems) or "nothing left",
        )
    return shown


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where every moment went as it should, else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="fakes side by side")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="kill-moments-") as name:
        run = kills.start(Path(name))
        try:
            whole = undisturbed(run)
        finally:
            kills.stop(Path(name))
    print(f"a whole run: {whole.total()} mutating calls", flush=True)
    chosen = moments(given.moments, whole.total(), given.seed)
    with ProcessPoolExecutor(given.jobs, initializer=os.setsid) as pool:  # a session each: Linux shares the processor by session
        shares = [pool.submit(work, chosen[job :: given.jobs], whole) for job in range(given.jobs)]
        outcomes = sorted((outcome for share in shares for outcome in share.result()), key=lambda one: (one.moment.call, one.moment.wait))
    console = Console(width=None if sys.stdout.isatty() else 170)
    console.print(table(outcomes, whole))
    failed = [outcome for outcome in outcomes if outcome.problems]
    console.print(f"{len(outcomes)} moments, {len(failed)} not as it should be, seed {given.seed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
