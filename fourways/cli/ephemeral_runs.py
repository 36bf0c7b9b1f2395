"""The runs of disposable copies that were written down: where their folders are, which are dead, and how one is taken down."""

from __future__ import annotations

import dataclasses
import os
import signal
import socket
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import psutil

from fourways import cleanup
from fourways.cli.errors import FAILED, USAGE, UserError
from fourways.cli.guarded import GRACE_SECONDS, KILL_SECONDS, Guard, StoppedError, run_pulumi, say, tail
from fourways.cli.project import ROOT
from fourways.cli.recover import Recovery
from fourways.cli.teardown import destroyed, nothing_left, studio_keys
from fourways.cli.workspace import Workspace, copy_workspace, number_from
from fourways.cloud.errors import CloudError
from fourways.ephemeral import journal as journals
from fourways.ephemeral.journal import Entry, Journal, JournalError, Process
from fourways.recovery.locks import LockError
from fourways.recovery.look import lag_seconds
from fourways.verify.steps import Step

ON_THE_CLOUD = Path(os.environ.get("FOURWAYS_EPHEMERAL_FOLDER") or ROOT / ".fourways" / "ephemeral")
POLL_SECONDS = 1.0
#: A backend's URL is a folder that no other run has.
_BACKEND = "PULUMI_BACKEND_URL"


def folder_of(base: Workspace) -> Path:
    """Where runs of a target are: the fake's beside its own things, which are gone when it is."""
    return ON_THE_CLOUD if base.fake is None else base.folder / "ephemeral"


def log_of(journal: Journal) -> Path:
    """What pulumi said in a run."""
    return Path(journal.folder) / "pulumi.log"


def poll_seconds() -> float:
    """Between two looks at a pulumi that runs."""
    return number_from("FOURWAYS_POLL_SECONDS", POLL_SECONDS)


def this_process() -> Process:
    """Who runs here."""
    return Process(host=socket.gethostname(), pid=os.getpid(), started=psutil.Process().create_time())


def unfinished(base: Workspace) -> list[Journal]:
    """Runs on this target that have not ended well, the oldest first. Raises UserError for a journal that cannot be read."""
    try:
        return journals.find(folder_of(base))
    except JournalError as error:
        raise UserError(str(error)) from error


def is_dead(journal: Journal) -> bool:
    """Whether nobody is at work on it any more."""
    return not journals.going_on(journal, socket.gethostname(), _processes(), datetime.now(UTC))


def workspace_of(base: Workspace, journal: Journal) -> Workspace:
    """The run's own Pulumi project, with its states. The environment must be the base's already."""
    return dataclasses.replace(copy_workspace(Path(journal.folder)), fake=base.fake)


def named(base: Workspace, run: str) -> Journal:
    """The run of this id. Raises UserError, which lists those there are."""
    found = unfinished(base)
    for journal in found:
        if journal.run == run:
            return journal
    there = ", ".join(journal.run for journal in found) or "none"
    raise UserError(f"there is no run {run!r} that is not finished in {folder_of(base)}; there are: {there}", USAGE)


def clean(base: Workspace, journal: Journal) -> bool:
    """Take down what a dead run has left, as far as it goes; whether nothing is left. Raises UserError where the run is still at work."""
    if not is_dead(journal):
        one = journal.process
        raise UserError(f"run {journal.run} is still at work (process {one.pid} on {one.host}): end it with Ctrl-C, and it takes all down")
    workspace = workspace_of(base, journal)
    _end_what_runs(journal)
    for entry in journal.entries:
        if entry.step in ("planned", "gone") or not _has_state(workspace, entry):
            continue
        say(f"\nrun {journal.run}: {entry.stack}, the copy of {entry.source}")
        _recover(workspace, entry)
        journal = note(journal, entry.stack, "destroying")
        well = destroy(workspace, journal, entry)
        journal = note(journal, entry.stack, "gone" if well else "left")
    if not nothing_of_the_run_left(workspace, journal):
        say(not_clean(workspace, journal))
        return False
    finish(journal)
    return True


def destroy(workspace: Workspace, journal: Journal, entry: Entry) -> bool:
    """Destroy; on failure refresh and destroy again. Neither a budget nor Ctrl-C cuts it short. Whether pulumi says that all is gone."""
    log = log_of(journal)

    def carry_out(step: Step) -> int:
        guard = Guard()
        since = guard.clock()

        def only_time() -> StoppedError | None:
            return guard.reason(since, step.minutes)

        return run_pulumi(workspace, step.pulumi, stack=entry.stack, log=log, reason=only_time, pause=poll_seconds())

    def told(attempt: int, well: bool) -> None:
        if not well:
            say(f"the destroy of {entry.stack} failed{', trying again after a refresh' if not attempt else ''}:\n{tail(log)}")

    return destroyed(workspace, entry.stack, carry_out, told)


def nothing_of_the_run_left(workspace: Workspace, journal: Journal) -> bool:
    """Look for what carries the tags or names of any of its copies; delete what is found. True when there is nothing any more."""
    keys = keys_of(workspace, journal.stacks)
    what = f"the tags of run {journal.run}"
    return nothing_left(journal.stacks, journal.regions, journal.project, what=what, run=journal.run, keys=keys)


def keys_of(workspace: Workspace, stacks: Iterable[str]) -> list[cleanup.StudioKey]:
    """What shows the deployments of Model Studio workspaces that copies still have. A state that cannot be read is told: then the look by
    tags says what it could not see."""
    try:
        there = set(workspace.state_stacks(only_up=True)) & set(stacks)
        states = [cleanup.State(stack=stack, export=workspace.state(stack)) for stack in sorted(there)]
        return [key for state in states for key in studio_keys(workspace, state)]
    except UserError as error:
        say(f"the states cannot be read: {error}")
        return []


def note(journal: Journal, stack: str, step: journals.Step) -> Journal:
    """Write down where a copy stands."""
    journal = journal.at(stack, step)
    journals.write(journal)
    return journal


def finish(journal: Journal) -> None:
    """Nothing is left: nobody needs to look for this run again."""
    journals.write(dataclasses.replace(journal, ended=datetime.now(UTC)))


def not_clean(workspace: Workspace, journal: Journal) -> str:
    """Where everything is that helps, and what to do."""
    regions = " ".join(f"--region {region}" for region in journal.regions)
    stacks = " ".join(f"--stack {stack}" for stack in journal.stacks)
    fake = " --fake" if workspace.fake else ""
    return (
        f"NOT CLEAN: something may still be billed. The states are kept in {journal.backend}, what pulumi said in {log_of(journal)}.\n"
        f"Go on with `fourways bench --clean {journal.run}{fake}`; look with `fourways sweep {regions}{fake}`, "
        f"delete by tags with `fourways sweep {regions} --delete {stacks}{fake}`."
    )


def _has_state(workspace: Workspace, entry: Entry) -> bool:
    return entry.stack in workspace.state_stacks()


def _recover(workspace: Workspace, entry: Entry) -> None:
    """What was cut off is put into the state, so that the destroy takes it too. What cannot be placed is left to the look by tags."""
    try:
        Recovery(workspace, entry.stack, yes=True, dry_run=False, lag=lag_seconds()).run()
    except (UserError, CloudError, LockError) as error:
        say(f"not recovered: {error}")


def _processes() -> list[Process]:
    """All of this host that are at work: one that was killed stays in the list until its parent has asked for it."""
    host, found = socket.gethostname(), []
    for process in psutil.process_iter():
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                continue
            found.append(Process(host=host, pid=process.pid, started=process.create_time()))
        except psutil.NoSuchProcess:
            continue
    return found


def _end_what_runs(journal: Journal) -> None:
    """A pulumi that has outlived its run goes on making things: it is told to stop, and what it had begun is waited for."""
    running = [process for process in psutil.process_iter() if _is_pulumi_of(process, journal)]
    for number, seconds in ((signal.SIGINT, GRACE_SECONDS), (signal.SIGKILL, KILL_SECONDS)):
        for process in running:
            try:
                say(f"run {journal.run}: pulumi (process {process.pid}) is still at work: {number.name}")
                process.send_signal(number)
            except psutil.NoSuchProcess:
                continue
        _, running = psutil.wait_procs(running, timeout=seconds)
        if not running:
            return
    raise UserError(f"pulumi (process {running[0].pid}) does not end: end it with `kill -9 {running[0].pid}`, then run this again", FAILED)


def _is_pulumi_of(process: psutil.Process, journal: Journal) -> bool:
    try:
        return (
            Path(process.exe() or "").name == "pulumi"
            and process.status() != psutil.STATUS_ZOMBIE
            and process.environ().get(_BACKEND) == journal.backend
        )
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False  # gone meanwhile, or another user's
