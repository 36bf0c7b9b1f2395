"""`fourways recover STACK`: explains what a killed run left, and repairs it, so that a plain `pulumi up` or `destroy` works again.

Each step can be killed and the whole run again: what is found is written into the state before any mark comes off a thing.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.prompt import Confirm

from fourways import cleanup
from fourways.cleanup.states import TYPES
from fourways.cleanup.tables import cost
from fourways.cleanup.wanted import Wanted
from fourways.cli.demo import console, say_target
from fourways.cli.errors import FAILED, USAGE, UserError
from fourways.cli.project import ROOT, stack_file
from fourways.cli.workspace import Workspace, current_workspace
from fourways.cloud import clients, target
from fourways.recovery import locks, look, marks, orphans, pending, states, unrecorded, verdicts
from stacks.settings import Settings, read_stack_file

ROUNDS = 10
"""Rounds of previews: each records one level of what depends on what, and a stack has fewer levels than that."""
PROVIDER = ROOT / "fourways" / "provider"


def recover(stack: str, *, fake: bool, yes: bool, dry_run: bool) -> int:
    """0: the stack is whole; 1: something needs a person, and is named (or, with `dry_run`, something is to be done)."""
    stack_file(stack)
    return Recovery(current_workspace(fake=fake), stack, yes=yes, dry_run=dry_run, lag=_lag()).run()


class Recovery:
    """One run. `left` collects what needs a person, `todo` what a dry run would have done."""

    def __init__(self, workspace: Workspace, stack: str, *, yes: bool, dry_run: bool, lag: float) -> None:
        self.workspace, self.stack, self.yes, self.dry_run, self.lag = workspace, stack, yes, dry_run, lag
        self.settings: Settings = read_stack_file(workspace.stacks / f"Pulumi.{stack}.yaml")
        self.cloud = cleanup.RealCloud()
        self.recorded: list[str] = []
        self.dropped: list[str] = []
        self.left: list[str] = []
        self.todo = 0

    def run(self) -> int:
        """All steps in order."""
        self.workspace.enter()
        say_target(self.workspace)
        self._end_orphans()
        if not self._unlock():
            return FAILED
        if self.stack in self.workspace.state_stacks():
            export = self.workspace.state(self.stack)
            self._guard(export)
            refreshed = self._pending(export)
            self._finish_creates(refreshed=refreshed)
        else:
            self._say("state", f"there is none of stack {self.stack} in this backend")
        return self._close()

    # processes

    def _end_orphans(self) -> None:
        found = orphans.find(PROVIDER)
        if not found:
            self._say("plugins", "none runs without its engine")
            return
        for orphan in found:
            self._say(
                "plugins", f"{orphan} has lost its engine{'; it ends by itself' if orphan.ends else ' and may go on changing the cloud'}"
            )
        if not self._may(f"End {len(found)} plugin{'s' * (len(found) > 1)} without an engine?"):
            return
        left = orphans.end(found)
        if left:
            raise UserError(f"{', '.join(map(str, left))} does not end: end it with `kill -9`, then run this again")
        self._say("plugins", f"{len(found)} ended")

    # the lock

    def _unlock(self) -> bool:
        """Whether the stack is free; a lock whose owner may live is left alone."""
        url = str(json.loads(self.workspace.read("whoami", "--json")).get("url") or "")
        kind = locks.backend(url)
        if kind == "cloud":
            self._say("lock", f"Pulumi Cloud keeps none; if it says that an update is in progress, run `pulumi cancel {self.stack}` first")
            return True
        try:
            held = locks.read(url, self.settings.project, self.stack) if kind == "file" else self._ask_for_locks()
        except locks.LockError as error:
            raise UserError(str(error)) from error
        if not held:
            self._say("lock", "there is none")
            return True
        reasons = {lock: locks.why_dead(lock) for lock in held}
        living = [lock for lock, reason in reasons.items() if reason is None]
        for lock in living:
            self._say("lock", f"held by {lock}: nothing was touched. Wait for its end; if it is dead, run `pulumi cancel {self.stack}`")
        if living:
            return False
        for lock, reason in reasons.items():
            self._say("lock", f"left by {lock}: {reason}")
        if self._may("Remove the lock?"):
            self.workspace.read("cancel", "--yes", "--stack", self.stack)
            self._say("lock", "removed")
        elif not self.dry_run:
            return False
        return True

    def _ask_for_locks(self) -> list[locks.Lock]:
        """A DIY backend that is no folder tells its locks to who wants one: the state is written back as it is."""
        if self.dry_run:
            self._say("lock", "this backend tells it to who takes one, which a dry run does not")
            return []
        if self.stack not in self.workspace.state_stacks():
            return []
        result = self._import(self.workspace.state(self.stack), check=False)
        held = locks.told(result.stderr + result.stdout)
        if result.returncode and not held:
            self.workspace.fail("stack import", result)
        return held

    # the state

    def _guard(self, export: Mapping[str, Any]) -> None:
        """A look at the other target or account would find nothing there, and would take everything for gone."""
        here = target.current()
        account = clients.account_id()
        recorded = states.recorded_targets(export)
        messages = [target.state_mismatch(value, here) for key, value in sorted(recorded) if key == "target"]
        messages += [target.account_mismatch(value, account) for key, value in sorted(recorded) if key == "account"]
        messages.append(target.account_mismatch(self.settings.account, account, what="fourways:account pins"))
        for message in messages:
            if message:
                raise UserError(message)

    def _pending(self, export: Mapping[str, Any]) -> bool:
        """Pending operations; whether the state was refreshed."""
        if not states.operations(export):
            self._say("pending", "no operation was interrupted")
            return False
        answers = self._look(pending.wanted(export, self.settings.region), export, self.lag)
        plan = pending.plan(export, answers)
        self._tell("pending", plan)
        if plan.changes and self._may("Change the state like this?"):
            self._import(plan.state)
            self._note(plan)
            self._refresh()
            return True
        return False

    def _finish_creates(self, *, refreshed: bool) -> None:
        """What was created and never recorded, then a whole state, then the marks of unfinished creates."""
        for _ in range(ROUNDS):
            plan = self._unrecorded()
            self._tell("unrecorded", plan)
            if not plan.changes or not self._may("Record this in the state?"):
                break
            self._import(plan.state)
            self._note(plan)
            self._refresh()
            refreshed = True
        if not refreshed and not self.dry_run:
            self._refresh()
        self._take_marks_off()

    def _unrecorded(self) -> pending.Plan:
        export = self.workspace.state(self.stack)
        nothing = pending.Plan(state=dict(export))
        result = self.workspace.capture("preview", "--json", "--non-interactive", "--stack", self.stack)
        try:
            digest = json.loads(result.stdout)
        except ValueError:
            self._say("unrecorded", f"cannot tell: the preview failed ({_first_line(result.stderr or result.stdout)})")
            return nothing
        answers = self._look(unrecorded.wanted(digest, export, self.settings.region), export, 0)
        return unrecorded.plan(export, digest, answers)

    def _take_marks_off(self) -> None:
        """The label of an unfinished create comes off a recorded thing after the state says that `up` must see to it: a run that is
        killed in between finds the label again."""
        export = self.workspace.state(self.stack)
        marked = marks.find(self.cloud, export, self.settings.region)
        if not marked:
            return
        for mark in marked:
            self._say("marks", f"{pending.title(mark.urn)}: its create was cut off; the next `pulumi up` waits until it is ready")
        if self._may("Take the mark of an unfinished create off?"):
            self._import(marks.unfinished(export, [mark.urn for mark in marked]))
            for mark in marked:
                mark.take_off(self.cloud)

    # what no step could place

    def _close(self) -> int:
        self._left_over()
        for line in self.left:
            self._say("for you", line)
        if self.dry_run:
            verdict = f"nothing was changed; {self.todo} to do" if self.todo else "nothing is to be done"
        else:
            verdict = f"{len(self.recorded)} recorded, {len(self.dropped)} dropped, {len(self.left)} left to you"
            verdict += "" if self.left else f": stack {self.stack} is whole, go on with `pulumi up` or `pulumi destroy`"
        self._say("result", verdict)
        return FAILED if self.left or self.todo else 0

    def _left_over(self) -> None:
        known = self.stack in self.workspace.state_stacks()
        export: Mapping[str, Any] = self.workspace.state(self.stack) if known else {}
        owned = states.owned(export)
        for found in cleanup.look(self.cloud, [self.settings.region], self.settings.project):
            if found.owner.stack != self.stack or (TYPES[found.kind], verdicts.pulumi_id(found)) in owned:
                continue
            self.left.append(
                f"{found.kind} {found.id} ({found.name}) carries this stack's tags and is in no state; an hour: {cost(found)}. Take it over: "
                f"`pulumi import {TYPES[found.kind]} NAME {verdicts.pulumi_id(found)} --stack {self.stack}`; or delete it: "
                f"`fourways sweep --delete --stack {self.stack}`"
            )

    # shared

    def _look(self, wanted: Sequence[Wanted], export: Mapping[str, Any], lag: float) -> list[verdicts.Verdict]:
        def again(count: int, seconds: float) -> None:
            self._say("pending", f"{count} not to be seen; looking again for {seconds:g} s, since lists may lag")

        return look.look(self.cloud, wanted, states.owned(export), lag=lag, again=again)

    def _import(self, state: Mapping[str, Any], *, check: bool = True) -> Any:
        descriptor, path = tempfile.mkstemp(prefix="recover-", suffix=".json")  # readable by this user only
        try:
            with os.fdopen(descriptor, "w") as file:
                json.dump(state, file)
            result = self.workspace.capture("stack", "import", "--file", path, "--stack", self.stack)
        finally:
            Path(path).unlink(missing_ok=True)
        if check and result.returncode:
            self.workspace.fail("stack import", result)
        return result

    def _refresh(self) -> None:
        result = self.workspace.capture(
            "refresh", "--yes", "--skip-preview", "--skip-pending-creates", "--non-interactive", "--stack", self.stack
        )
        if result.returncode:
            self.workspace.fail("refresh", result)
        self._say("refresh", "done: the state is what the cloud has")

    def _may(self, question: str) -> bool:
        """Whether to change something: never in a dry run; asked unless `--yes`. A no ends the run."""
        if self.dry_run:
            self.todo += 1
            return False
        if self.yes or Confirm.ask(question, console=console, default=False):
            return True
        raise UserError("stopped: nothing more was changed")

    def _note(self, plan: pending.Plan) -> None:
        self.recorded += plan.recorded
        self.dropped += plan.dropped

    def _tell(self, step: str, plan: pending.Plan) -> None:
        for what, lines in (("record", plan.recorded), ("drop", plan.dropped), ("leave", plan.left)):
            for line in lines:
                self._say(step, f"{what} {line}")
        self.left += plan.left

    def _say(self, step: str, line: str) -> None:
        console.print(f"[bold]{step}[/]: {escape(line)}", soft_wrap=True)


def _lag() -> float:
    try:
        return look.lag_seconds()
    except ValueError as error:
        raise UserError(str(error), USAGE) from None


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if "error" in line.lower()), lines[0] if lines else "no output")
