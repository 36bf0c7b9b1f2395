"""`fourways recover STACK`: explains what a killed run left, and repairs it, so that a plain `pulumi up` or `destroy` works again.

Each step can be killed and the whole run again: what is found is written into the state before any mark comes off a thing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rich.markup import escape
from rich.prompt import Confirm

from fourways import cleanup
from fourways.cleanup.states import TYPES
from fourways.cleanup.tables import cost
from fourways.cleanup.wanted import Wanted
from fourways.cli.demo import console, say_target
from fourways.cli.errors import FAILED, USAGE, UserError
from fourways.cli.project import ROOT, stack_file
from fourways.cli.stack_state import StackState
from fourways.cli.workspace import Workspace, current_workspace
from fourways.cloud import clients, target
from fourways.recovery import locks, look, marks, orphans, pending, sidecars, states, unrecorded, verdicts
from stacks.settings import Settings, read_stack_file

ROUNDS = 10
"""Rounds of previews: each records one level of what depends on what, and a stack has fewer levels than that."""
POLL_SECONDS, FAKE_POLL_SECONDS = 3.0, 0.5
PROVIDER = ROOT / "fourways" / "provider"


def recover(stack: str, *, fake: bool, yes: bool, dry_run: bool) -> int:
    """0: the stack is whole; 1: something needs a person, and is named (or, with `dry_run`, something is to be done)."""
    stack_file(stack)
    try:
        lag = look.lag_seconds()
    except ValueError as error:
        raise UserError(str(error), USAGE) from None
    return Recovery(current_workspace(fake=fake), stack, yes=yes, dry_run=dry_run, lag=lag).run()


class Recovery:
    """One run. `left` collects what needs a person, `todo` counts what a dry run would have done."""

    def __init__(self, workspace: Workspace, stack: str, *, yes: bool, dry_run: bool, lag: float) -> None:
        self.workspace, self.stack, self.yes, self.dry_run, self.lag = workspace, stack, yes, dry_run, lag
        self.settings: Settings = read_stack_file(workspace.stacks / f"Pulumi.{stack}.yaml")
        self.cloud = cleanup.RealCloud()
        self.state = StackState(workspace, stack)
        self.recorded: list[str] = []
        self.dropped: list[str] = []
        self.left: list[str] = []
        self.placed: set[tuple[str, str]] = set()
        self.todo = 0

    def run(self) -> int:
        """All steps in order."""
        self.workspace.enter()
        say_target(self.workspace)
        self._end_orphans()
        if not self._unlock():
            return FAILED
        if self.state.exists:
            self._guard()
            self._pending()
            self._unrecorded()
            self._refresh()
            self._take_marks_off()
        else:
            self._say("state", f"stack {self.stack} has none in this backend")
        self._left_over()
        return self._close()

    # processes and the lock

    def _end_orphans(self) -> None:
        found = orphans.find(PROVIDER)
        if not found:
            self._say("plugins", "none runs without its engine")
            return
        for orphan in found:
            then = "it ends by itself" if orphan.ends else "it may go on changing the cloud"
            self._say("plugins", f"{orphan} has lost its engine; {then}")
        if not self._may("End what runs without its engine?"):
            return
        if left := orphans.end(found):
            raise UserError(f"{', '.join(map(str, left))} does not end: end it with `kill -9`, then run this again")
        self._say("plugins", f"{len(found)} ended")

    def _unlock(self) -> bool:
        """Whether the stack is free; a lock whose owner may live is left alone."""
        url = str(json.loads(self.workspace.read("whoami", "--json")).get("url") or "")
        kind = locks.backend(url)
        if kind == "cloud":
            self._say("lock", f"Pulumi Cloud keeps none; if it says that an update is in progress, run `pulumi cancel {self.stack}` first")
            return True
        try:
            held = locks.read(url, self.settings.project, self.stack, self.workspace.folder) if kind == "file" else self._ask_for_locks()
        except locks.LockError as error:
            raise UserError(str(error)) from error
        reasons = {lock: locks.why_dead(lock) for lock in held}
        living = [lock for lock, reason in reasons.items() if reason is None]
        for lock in living:
            self._say("lock", f"held by {lock}: nothing was touched. Wait for its end; if it is dead, run `pulumi cancel {self.stack}`")
        if living:
            return False
        if kind == "file":
            self._make_readable(locks.folder(url, self.workspace.folder))
        if not held:
            self._say("lock", "there is none")
            return True
        for lock, reason in reasons.items():
            self._say("lock", f"left by {lock}: {reason}")
        if self._may("Remove the lock?"):
            self.workspace.read("cancel", "--yes", "--stack", self.stack)
            self._say("lock", "removed")
        return True

    def _make_readable(self, backend: Path) -> None:
        """Before the first command that reads the state: it would fail beside a file that was cut off while it was written."""
        if damaged := sidecars.damaged(backend, self.settings.project, self.stack):
            self._say("state", f"its last write was cut off; the one before is whole, and {', '.join(map(str, damaged))} is in its way")
            if self._may("Remove that file?"):
                sidecars.remove(damaged)

    def _ask_for_locks(self) -> list[locks.Lock]:
        """A DIY backend that is no folder tells its locks to who wants one: the state is written back as it is."""
        if self.dry_run:
            self._say("lock", "this backend tells it only to who takes one, which a dry run does not")
            return []
        return locks.told(self.state.write_back()) if self.state.exists else []

    # the state

    def _guard(self) -> None:
        """A look at the other target or account would find nothing there, and would take everything for gone."""
        here, account = target.current(), clients.account_id()
        recorded = sorted(states.recorded_targets(self.state.export))
        messages = [target.state_mismatch(value, here) for key, value in recorded if key == "target"]
        messages += [target.account_mismatch(value, account) for key, value in recorded if key == "account"]
        messages.append(target.account_mismatch(self.settings.account, account, what="fourways:account pins"))
        if message := next(filter(None, messages), None):
            raise UserError(message)

    def _pending(self) -> None:
        """Each pending operation: recorded, dropped, or left to a person."""
        export, region = self.state.export, self.settings.region
        if not states.operations(export):
            self._say("pending", "no operation was interrupted")
            return
        answers = self._look(pending.wanted(export, region), self.lag)
        plan = pending.plan(export, answers)
        self._tell("pending", plan)
        if not plan.changes or not self._may("Change the state like this?"):
            return
        for wanted in look.wait_gone(
            self.cloud, pending.deletes(export, region), poll=POLL_SECONDS if self.workspace.fake is None else FAKE_POLL_SECONDS
        ):
            self.left.append(f"{pending.title(wanted.urn)}: is still being deleted; run this again before `pulumi up`")
        self._write(plan)
        self._refresh()  # the preview that follows needs the outputs of what was recorded

    def _unrecorded(self) -> None:
        """What the program would create, and exists already; level by level, since a child is looked up by its parent's id."""
        for _ in range(ROUNDS):
            digest, problem = self.state.preview()
            if problem:
                self._say("unrecorded", f"not looked for: the preview fails ({problem})")
                return
            export = self.state.export
            answers = self._look(unrecorded.wanted(digest, export, self.settings.region), 0)
            providers = {"alicloud": {"region": self.settings.region}, "fourways": {"target": self.workspace.target}}
            plan = unrecorded.plan(export, digest, answers, providers)
            self._tell("unrecorded", plan)
            if not plan.changes or not self._may("Record this in the state?"):
                return
            self._write(plan)
            self._refresh()
            if not unrecorded.waits(digest):
                return

    def _take_marks_off(self) -> None:
        """The label of an unfinished create comes off a recorded thing after the state says that `up` must see to it: a run that is killed
        in between finds the label again."""
        export = self.state.export
        marked = marks.find(self.cloud, export, self.settings.region)
        for mark in marked:
            self._say("marks", f"{pending.title(mark.urn)}: its create was cut off; the next `pulumi up` waits until it is ready")
        if marked and self._may("Take the mark of an unfinished create off?"):
            self.state.write(marks.unfinished(export, [mark.urn for mark in marked]))
            for mark in marked:
                mark.take_off(self.cloud)

    # the end

    def _left_over(self) -> None:
        """What carries this stack's tags, and no step could place."""
        owned = states.owned(self.state.export) if self.state.exists else set()
        for found in cleanup.look(self.cloud, [self.settings.region], self.settings.project):
            type_, id_ = TYPES[found.kind], verdicts.pulumi_id(found)
            if found.owner.stack != self.stack or (type_, id_) in owned | self.placed:
                continue
            self.left.append(
                f"{found.kind} {found.id} ({found.name}) carries this stack's tags and is in no state; it costs {cost(found)} an hour. "
                f"Take it over with `pulumi import {type_} NAME {id_} --stack {self.stack}`, or delete what is left of this stack with "
                f"`fourways sweep --delete --stack {self.stack}`"
            )

    def _close(self) -> int:
        for line in self.left:
            self._say("for you", line)
        if self.dry_run:
            verdict = f"nothing was changed; steps to take: {self.todo}, left to you: {len(self.left)}"
        else:
            verdict = f"recorded {len(self.recorded)}, dropped {len(self.dropped)}, left to you {len(self.left)}"
            verdict += "" if self.left else f"; stack {self.stack} is whole: go on with `pulumi up` or `pulumi destroy`"
        self._say("result", verdict)
        return FAILED if self.left or self.todo else 0

    # shared

    def _look(self, wanted: Sequence[Wanted], lag: float) -> list[verdicts.Verdict]:
        def again(count: int, seconds: float) -> None:
            self._say("pending", f"{count} not to be seen yet; looking again for {seconds:g} s, since lists may lag")

        answers = look.look(self.cloud, wanted, states.owned(self.state.export), lag=lag, again=again)
        self.placed |= {(answer.wanted.type, verdicts.pulumi_id(found)) for answer in answers for found in answer.seen}
        return answers

    def _refresh(self) -> None:
        """Once after each change of the state, and once at least."""
        if not self.dry_run and not self.state.fresh:
            self.state.refresh()
            self._say("refresh", "done: the state says what the cloud has")

    def _may(self, question: str) -> bool:
        """Whether to change something: never in a dry run; asked unless `--yes`. A no ends the run."""
        if self.dry_run:
            self.todo += 1
            return False
        try:
            if self.yes or Confirm.ask(question, console=console, default=False):
                return True
        except EOFError:
            raise UserError("nobody is there to ask: give --yes, or --dry-run to see what would be done", USAGE) from None
        raise UserError("stopped as you said: nothing more was changed")

    def _write(self, plan: pending.Plan) -> None:
        self.state.write(plan.state)
        self.recorded += plan.recorded
        self.dropped += plan.dropped

    def _tell(self, step: str, plan: pending.Plan) -> None:
        would = "would be " if self.dry_run else ""
        for what, lines in ((f"{would}recorded", plan.recorded), (f"{would}dropped", plan.dropped)):
            for line in lines:
                self._say(step, f"{line}; {what}")
        self.left += plan.left

    def _say(self, step: str, line: str) -> None:
        console.print(f"[bold]{step}[/]: {escape(line)}", soft_wrap=True)
