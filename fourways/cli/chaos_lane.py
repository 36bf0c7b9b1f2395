"""One lane of the chaos driver: a fake, a workspace and a state of its own, in which one cycle follows another."""

from __future__ import annotations

import dataclasses
import json
import os
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

from fourways.chaos.injections import HOLD_SECONDS, Injection, Step
from fourways.chaos.oracle import Seen, violations, wrong_outcome
from fourways.chaos.plan import Plan, PlannedStep, Variant
from fourways.chaos.table import Outcome
from fourways.cli import chaos_processes as processes
from fourways.cli import fake_server
from fourways.cli.chaos_foreign import Colleague
from fourways.cli.chaos_strikes import Strike, same
from fourways.cli.errors import UserError
from fourways.cli.fake_server import FakeServer
from fourways.cli.project import STACKS
from fourways.cli.workspace import FAKE_ACCOUNT_ID, fake_workspace
from fourways.cloud.credentials import Credentials
from fourways.cloud.errors import CloudError

SPEED = 200.0  # fake seconds a real second: a transition of 10 s takes 50 ms
POLL_SECONDS = 0.1
LAG_SECONDS = 3.0  # for which `recover` looks again: longer than the fake hides anything (injections.LAG_SECONDS at this speed)
RERUNS = 4  # of one step
PATIENCE_SECONDS = 900.0  # for one command: on a busy machine everything takes its time
LOOK_SECONDS = 0.03  # between two looks at whether a strike's moment has come
ORPHANS_SECONDS = 20.0  # orphans may take to notice that their engine is gone
SETTLE_SECONDS = 60.0  # of the fake's clock, for what was planted to come to rest

COMMANDS = {
    Step.up: ("up", "--yes", "--skip-preview"),
    Step.change: ("up", "--yes", "--skip-preview"),
    Step.refresh: ("refresh", "--yes", "--skip-preview"),
    Step.destroy: ("destroy", "--yes", "--skip-preview"),
}


class CycleFailed(Exception):
    """The cycle cannot go on; the message says which step and why."""


class Stopped(Exception):
    """Somebody pressed Ctrl-C."""


class Lane:
    """Runs cycles one after the other. `tell` is given what is being done, for the progress display."""

    def __init__(self, number: int, stack: str, folder: Path, stop: threading.Event, tell: Callable[[str], None]) -> None:
        self.number, self.stack, self.folder = number, stack, folder
        self._stop, self._tell = stop, tell
        tell("starting")
        workspace = fake_workspace(folder, port=0, speed=SPEED)
        assert workspace.fake is not None
        self.fake: FakeServer = workspace.fake
        key = Credentials(access_key="chaos-key", secret_key=f"chaos-{secrets.token_hex(16)}", source="the chaos driver")
        account = {"access_key_id": key.access_key, "access_key_secret": key.secret_key, "account_id": FAKE_ACCOUNT_ID}
        self.fake.ask("accounts", "POST", account)
        environment = {
            **workspace.environment,
            "ALICLOUD_ACCESS_KEY": key.access_key,
            "ALICLOUD_SECRET_KEY": key.secret_key,
            "FOURWAYS_POLL_SECONDS": str(POLL_SECONDS),
        }
        self._workspace = dataclasses.replace(workspace, environment=environment)
        self._config: dict[str, Any] = yaml.safe_load((STACKS / f"Pulumi.{stack}.yaml").read_text())["config"]
        self.region = str(self._config["alicloud:region"])
        service = str(self._config["fourways:serving"]["name"])
        self._colleague = Colleague(self.fake.address, self.region, key, stack=stack, service=service)
        self._secrets = {"the access key's secret": key.secret_key, "the passphrase": (folder / "passphrase").read_text()}
        self._outputs, self._sources = folder / "output", folder / "stack-files"
        self._sources.mkdir()
        self._fired_before: list[dict[str, Any]] = []
        self._workspace.read("stack", "init", "--stack", stack)
        self._foreign_ids = self._colleague.plant()
        self.fake.ask("clock", "POST", {"advance": SETTLE_SECONDS})
        self._foreign = self._colleague.look()

    def cycle(self, plan: Plan) -> Outcome:
        """One cycle from nothing to nothing, judged. Never raises for what went wrong in it: the outcome says so."""
        outcome = Outcome(plan=plan, lane=self.number)
        begun = time.monotonic()
        self._begin()
        intervals = len(self.fake.ask("ledger"))
        try:
            for step in plan.steps:
                self._step(step, outcome)
            swept = self._sweep()
            outcome.failures += violations(self._seen(plan, intervals, swept))
        except CycleFailed as error:
            outcome.failures.append(str(error))
        except Stopped:
            outcome.interrupted = True
        except (UserError, CloudError, OSError) as error:
            outcome.failures.append(f"the driver could not go on: {error}")
        outcome.seconds = time.monotonic() - begun
        try:
            outcome.ledger = self.fake.ask("ledger")[intervals:]
        except UserError as error:
            outcome.failures.append(str(error))
        if outcome.failures:
            outcome.folder = str(self.folder)
            (self.folder / "failure.json").write_text(json.dumps({"line": outcome.line(), "failures": outcome.failures}, indent=2))
        return outcome

    def close(self, *, keep: bool) -> None:
        """End everything that the lane has started; its folder goes too, unless somebody will want to look into it."""
        processes.end(processes.left_running(self.folder / "home"))
        fake_server.stop(self.folder / "fake")
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    # the steps of a cycle

    def _begin(self) -> None:
        """Forget the cycle before: calls, outputs, and the backend's copies of old states, which would be searched again and again."""
        self.fake.ask("requests", "DELETE")
        self.fake.ask("faults", "DELETE")
        shutil.rmtree(self._outputs, ignore_errors=True)
        self._outputs.mkdir()
        for name in ("history", "backups"):
            shutil.rmtree(self.folder / "state" / ".pulumi" / name, ignore_errors=True)

    def _step(self, step: PlannedStep, outcome: Outcome) -> None:
        """Run a step until it succeeds, with `fourways recover` after each failure. Raises CycleFailed when it never does."""
        waiting = list(step.injections)
        self._fired_before = []
        self.fake.ask("faults", "POST", [injection.rule() for injection in waiting])
        for attempt in range(RERUNS + 1):
            self._tell(f"cycle {outcome.plan.cycle}: {step.step}" + (f", again ({attempt})" if attempt else ""))
            strike = next((injection for injection in waiting if injection.is_strike), None)
            struck = Strike(self, strike) if strike else None
            code, output = self._pulumi(step, struck)
            if strike and struck and struck.done:
                waiting.remove(strike)
                outcome.fired.append(strike)
            # A destroy that Ctrl-C cut short ends with 0 all the same (pulumi 3.259.0): whoever pressed it runs it again.
            if code == 0 and not (strike and struck and struck.done and strike.kind == "interrupt-cli"):
                break
            outcome.reruns += 1
            self._recover(outcome, strike if strike and struck and struck.done and strike.kind == "kill-recover" else None)
        else:
            raise CycleFailed(f"{step.step} failed {RERUNS + 1} times; the last output is {output}")
        rules = [*self._fired_before, *self.fake.ask("faults")]
        outcome.fired += [one for one in waiting if not one.is_strike and any(same(one, rule) and rule["fired"] for rule in rules)]
        self.fake.ask("faults", "DELETE")
        if step.step in (Step.up, Step.change):
            self._check(step)

    def _check(self, step: PlannedStep) -> None:
        self._secrets["the service's key"] = self._colleague.token()
        if wrong := wrong_outcome(step.variant, self.fake.ask("state"), self._foreign_ids):
            raise CycleFailed(f"{step.step} ended well, but: {'; '.join(wrong)}")

    def _pulumi(self, step: PlannedStep, struck: Strike | None) -> tuple[int, Path]:
        self._write_stack_file(step.variant)
        command = [str(self._workspace.pulumi), *COMMANDS[step.step], "--non-interactive", "--stack", self.stack]
        return self._run(step.step.value, command, dict(self._workspace.environment), self._workspace.folder, struck)

    def _recover(self, outcome: Outcome, killed: Injection | None) -> None:
        """`fourways recover`, killed once on the way when that is planned. Raises CycleFailed when it cannot make the stack whole."""
        arguments = ("recover", self.stack, "--fake", "--yes")
        self._tell(f"cycle {outcome.plan.cycle}: recover")
        if killed:
            rule = Injection(kind="kill-recover", action="*", nth=killed.nth, seconds=HOLD_SECONDS)
            self.fake.ask("faults", "POST", rule.rule())
            self._fourways("recover-killed", arguments, Strike(self, rule))
        code, output = self._fourways("recover", arguments)
        outcome.recoveries += 1
        if code:
            raise CycleFailed(f"recover ended with {code}; its output is {output}")

    def _sweep(self) -> list[dict[str, Any]]:
        self._tell("sweep")
        code, output = self._fourways("sweep", ("sweep", "--fake", "--region", self.region, "--format", "json"))
        try:
            rows: list[dict[str, Any]] = json.loads(output.read_text())["leftovers"]
        except ValueError:
            raise CycleFailed(f"sweep ended with {code} and no JSON; its output is {output}") from None
        return rows

    def _seen(self, plan: Plan, intervals: int, swept: list[dict[str, Any]]) -> Seen:
        requests = self.fake.ask("requests")
        left = processes.ended(processes.left_running(self.folder / "home"), ORPHANS_SECONDS)
        files = [path for folder in (self.folder / "state", self._outputs) for path in folder.rglob("*") if path.is_file()]
        places = {str(path.relative_to(self.folder)): path.read_bytes() for path in [*files, self.folder / "fake" / "fake.log"]}
        places["the request log"] = json.dumps(requests).encode()
        seen = Seen(
            ledger=self.fake.ask("ledger")[intervals:],
            inventory=self.fake.ask("state"),
            requests=requests["requests"],
            unknown_actions=requests["unknown"],
            swept=swept,
            foreign_ids=self._foreign_ids,
            foreign_before=self._foreign,
            foreign_after=self._colleague.look(),
            places=places,
            secrets=self._secrets,
            processes=[processes.describe(process) for process in left],
            variants=[step.variant for step in plan.steps],
        )
        processes.end(left)
        return seen

    # commands

    def _write_stack_file(self, variant: Variant) -> None:
        """Where `fourways` takes the workspace's copies from, and in the copy itself, which keeps its `encryptionsalt`."""
        name, config = f"Pulumi.{self.stack}.yaml", variant.apply(self._config)
        for path in (self._sources / name, self._workspace.stacks / name):
            data = yaml.safe_load(path.read_text()) if path.exists() else {}
            path.write_text(yaml.safe_dump({**data, "config": config}, sort_keys=False))

    def _fourways(self, name: str, arguments: Sequence[str], struck: Strike | None = None) -> tuple[int, Path]:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("FOURWAYS_FAKE")},
            "FOURWAYS_FAKE_FOLDER": str(self.folder),
            "FOURWAYS_FAKE_PORT": str(self.fake.port),
            "FOURWAYS_FAKE_SPEED": str(SPEED),
            "FOURWAYS_FAKE_STACKS": str(self._sources),
            # The lane's own key, so that the search for secrets covers these commands too.
            "FOURWAYS_FAKE_ACCESS_KEY": self._workspace.environment["ALICLOUD_ACCESS_KEY"],
            "FOURWAYS_FAKE_SECRET_KEY": self._workspace.environment["ALICLOUD_SECRET_KEY"],
            "FOURWAYS_POLL_SECONDS": str(POLL_SECONDS),
            "FOURWAYS_LAG_SECONDS": str(LAG_SECONDS),
        }
        return self._run(name, [sys.executable, "-m", "fourways.cli.main", *arguments], environment, None, struck)

    def _run(
        self, name: str, command: Sequence[str], environment: dict[str, str], folder: Path | None, struck: Strike | None
    ) -> tuple[int, Path]:
        """Exit code and the file with what was printed. Raises CycleFailed for a command that does not end, Stopped on Ctrl-C."""
        output = self._outputs / f"{len(list(self._outputs.iterdir())):03}-{name}.txt"
        deadline = time.monotonic() + PATIENCE_SECONDS
        with output.open("wb") as out, output.with_suffix(".err").open("wb") as err:
            # A session of its own: Ctrl-C is for the driver, which ends its commands in order.
            process = subprocess.Popen(
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
            )
            while True:
                watching = struck is not None and not struck.done
                try:
                    return process.wait(LOOK_SECONDS if watching else 0.25), output
                except subprocess.TimeoutExpired:
                    pass
                if self._stop.is_set() or time.monotonic() > deadline:
                    self._end(process)
                    if self._stop.is_set():
                        raise Stopped
                    raise CycleFailed(f"{name} did not end within {PATIENCE_SECONDS:.0f} s; its output is {output}")
                if watching and struck is not None:
                    struck.look(process.pid)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        processes.interrupt(process.pid)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def restart_fake(self, rules: Sequence[dict[str, Any]]) -> None:
        """SIGKILL the fake and start it again on its port: its state is on disk, and its clock has gone on meanwhile, as a cloud's would.

        `rules` are the faults as they stand: those that have fired are remembered, the others are set again.
        """
        self._fired_before += [rule for rule in rules if rule["fired"]]
        given = ("kind", "action", "nth", "times", "seconds")
        unfired = [{name: rule[name] for name in given} for rule in rules if not rule["fired"]]
        (self._outputs / f"{len(list(self._outputs.iterdir())):03}-fake.log").write_bytes((self.folder / "fake" / "fake.log").read_bytes())
        fake_server.kill(self.folder / "fake")
        self.fake = fake_server.start(self.folder / "fake", self.fake.port, SPEED)
        self.fake.ask("faults", "DELETE")
        self.fake.ask("faults", "POST", unfired)
