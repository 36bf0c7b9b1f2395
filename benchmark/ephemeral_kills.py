"""SIGKILL of `fourways bench --ephemeral` at random moments: `fourways sweep --delete --yes` leaves nothing, and others' things untouched.

    python benchmark/ephemeral_kills.py --moments 20 --seed 1
    python benchmark/ephemeral_kills.py --moments 4 --stacks mu-singapore --stacks token-singapore,ptu-singapore

Each moment is a run over one of the groups of stacks in turn, killed some seconds after it wrote its journal (before that it has
made nothing): the command alone, which leaves its pulumi at work, or the command with everything below it. Moments are drawn evenly over
the time that an undisturbed run of the group took. In the same account are a production stack that is up, and a colleague's things with
similar names (`fourways.cli.chaos_foreign`). After each sweep the fake's ledger and inventory must be what they were, and all of those too.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from fourways.cli import fake_server
from fourways.cli.chaos_foreign import Colleague
from fourways.cli.workspace import Workspace, fake_workspace
from fourways.cloud.credentials import Credentials
from fourways.ephemeral.journal import FILE

SPEED = 200.0
REGION = "ap-southeast-1"
PRODUCTION = "mu-singapore"
SETTLE_SECONDS = 60.0
"""Of the fake's clock, for what was planted to come to rest."""
CLIENT_LIMITED = 3
"""Exit code of a run whose client was the limit: on a busy machine it often is, and nothing here hangs on what was measured."""
GROUPS = ("token-singapore", "ptu-singapore", "mu-singapore", "payg-singapore", "metal-singapore")
BENCH = ("bench", "--fake", "--ephemeral", "--yes", "--ttl", "5h", "--budget", "100000CNY", "--currency-rate", "USD=7.1CNY")
WORKLOAD = ("--seconds", "3", "--concurrency", "1,2", "--input", "32", "--output", "16")


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Killed `after` seconds after the journal was there; `whole` with all processes below the command."""

    stacks: str
    after: float
    whole: bool


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one moment. `problems` is empty where all went as it should; `open_bills` are those at the kill."""

    moment: Moment
    step: str
    open_bills: int
    sweep_seconds: float
    problems: tuple[str, ...]


class Stage:
    """A fake with a production stack and somebody else's things, and the commands on it."""

    def __init__(self, folder: Path) -> None:
        self.workspace: Workspace = fake_workspace(folder, port=0, speed=SPEED)
        assert self.workspace.fake is not None
        self.fake = self.workspace.fake
        self.runs = folder / "ephemeral"
        self.environment = {
            **os.environ,
            "FOURWAYS_FAKE_FOLDER": str(folder),
            "FOURWAYS_FAKE_PORT": "0",
            "FOURWAYS_POLL_SECONDS": "0.2",
            "FOURWAYS_LAG_SECONDS": "1",
        }
        self.workspace.read("stack", "init", "--non-interactive", "--stack", PRODUCTION)
        self.workspace.read("up", "--yes", "--skip-preview", "--non-interactive", "--stack", PRODUCTION)
        self.colleague = Colleague(
            self.fake.address,
            REGION,
            Credentials(access_key="test", secret_key="test", source="the fake's own"),
            stack="bench-abcdef-1",
            service="deepseek_v4_flash_prod_abcdef",
        )
        bills = len(self.fake.ask("ledger?open=1"))
        planted = len(self.colleague.plant()) - 1  # all but the VPC, which is free
        while len(self.fake.ask("ledger?open=1")) < bills + planted:  # services are billed once they run
            self.fake.ask("clock", "POST", {"step": SETTLE_SECONDS})
        self.before = self.everything()

    def everything(self) -> dict[str, Any]:
        """What must be the same after each sweep."""
        return {
            "open bills": sorted((row["kind"], row["resource"], row["opened"]) for row in self.fake.ask("ledger?open=1")),
            "inventory": sorted(f"{row['kind']} {row.get('id') or row.get('name')}" for row in self.fake.ask("state")),
            "the colleague's things": self.colleague.look(),
            "the production stack's state": self.workspace.state(PRODUCTION)["deployment"]["resources"],
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "fourways.cli.main", *arguments]

    def begin(self, stacks: str) -> tuple[subprocess.Popen[bytes], Path]:
        """A run in the background, at the moment at which its journal is there, and the journal."""
        known = set(self.runs.glob(f"*/{FILE}"))
        process = subprocess.Popen(
            self.command(*BENCH, "--stacks", stacks, *WORKLOAD),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        while process.poll() is None:
            if new := set(self.runs.glob(f"*/{FILE}")) - known:
                return process, new.pop()
            time.sleep(0.02)
        raise SystemExit(f"the run over {stacks} ended with {process.returncode} before it wrote anything down")

    def undisturbed(self, stacks: str) -> float:
        """Seconds from the journal to the end of a whole run."""
        process, _ = self.begin(stacks)
        began = time.monotonic()
        if process.wait() not in (0, CLIENT_LIMITED):
            raise SystemExit(f"an undisturbed run over {stacks} ended with {process.returncode}")
        return time.monotonic() - began

    def differences(self) -> list[str]:
        """What is not as it was."""
        now = self.everything()
        found = []
        for name, was in self.before.items():
            if now[name] == was:
                continue
            if isinstance(was, list) and name != "the production stack's state":
                more, less = [one for one in now[name] if one not in was], [one for one in was if one not in now[name]]
                found.append(f"{name}: left {more}, gone {less}")
            else:
                found.append(f"{name}: not as before")
        return found


def kill_at(stage: Stage, moment: Moment) -> Outcome:
    """One moment, and the sweep after it."""
    process, journal = stage.begin(moment.stacks)
    try:
        process.wait(moment.after)
        step = "ended before the kill"
    except subprocess.TimeoutExpired:
        below = psutil.Process(process.pid).children(recursive=True) if moment.whole else []
        process.send_signal(signal.SIGKILL)
        for one in below:
            try:
                one.kill()
            except psutil.NoSuchProcess:
                continue
        process.wait()
        step = steps(journal)
    bills = len(stage.fake.ask("ledger?open=1")) - len(stage.before["open bills"])
    began = time.monotonic()
    swept = subprocess.run(
        stage.command("sweep", "--fake", "--delete", "--yes"), env=stage.environment, capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - began
    problems = stage.differences()
    if "Traceback" in swept.stderr:
        problems.append("the sweep ended in a traceback")
    if problems:
        problems.append(f"the sweep said: {swept.stdout[-3000:]}{swept.stderr[-2000:]}")
    return Outcome(moment=moment, step=step, open_bills=bills, sweep_seconds=seconds, problems=tuple(problems))


def steps(journal: Path) -> str:
    """Where each copy stood, as the journal has it."""
    from fourways.ephemeral.journal import read

    return ", ".join(f"{entry.source}: {entry.step}" for entry in read(journal).entries)


def line(outcome: Outcome) -> str:
    """As soon as it is known."""
    what = "everything" if outcome.moment.whole else "the command"
    verdict = "; ".join(outcome.problems) or "nothing left"
    return (
        f"{outcome.moment.stacks}: {what} killed at {outcome.moment.after:.1f} s ({outcome.step}), {outcome.open_bills} bills open; "
        f"swept in {outcome.sweep_seconds:.0f} s: {verdict}"
    )


def table(outcomes: Sequence[Outcome], seed: int) -> Table:
    """A row a moment."""
    failed = sum(bool(outcome.problems) for outcome in outcomes)
    view = Table(
        title=f"SIGKILL of fourways bench --ephemeral, seed {seed}",
        title_justify="left",
        caption=f"{len(outcomes)} moments, {failed} not as it should be",
        caption_justify="left",
    )
    for heading in ("stacks", "killed", "after", "stood at", "bills open", "sweep", "afterwards"):
        view.add_column(heading, overflow="fold")
    for outcome in outcomes:
        view.add_row(
            outcome.moment.stacks,
            "everything" if outcome.moment.whole else "the command",
            f"{outcome.moment.after:.1f} s",
            outcome.step,
            str(outcome.open_bills),
            f"{outcome.sweep_seconds:.0f} s",
            "\n".join(outcome.problems) or "nothing left",
        )
    return view


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where every moment went as it should, else 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moments", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stacks", action="append", help="a group that a run goes over, joined by commas; repeated: in turn")
    parser.add_argument("--folder", type=Path, help="where the fake is; kept afterwards")
    given = parser.parse_args(arguments)
    groups = given.stacks or list(GROUPS)
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory(prefix="ephemeral-kills-") as name:
        folder = given.folder or Path(name)
        try:
            stage = Stage(folder)
            lengths = {group: stage.undisturbed(group) for group in groups[: given.moments]}
            for group, seconds in lengths.items():
                print(f"a whole run over {group}: {seconds:.0f} s after its journal", flush=True)
            outcomes = []
            for number in range(given.moments):
                group = groups[number % len(groups)]
                moment = Moment(stacks=group, after=chance.uniform(0, lengths[group]), whole=chance.random() < 0.5)
                outcomes.append(kill_at(stage, moment))
                print(line(outcomes[-1]), flush=True)
                if outcomes[-1].problems:
                    stage.before = stage.everything()  # what is left now is told once
        finally:
            fake_server.stop(folder / "fake")
    Console(width=None if sys.stdout.isatty() else 170).print(table(outcomes, given.seed))
    return 1 if any(outcome.problems for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
