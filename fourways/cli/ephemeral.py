"""`fourways bench --ephemeral`: a disposable copy of each stack, brought up, measured and taken down, with proof that nothing is left."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from typing import Any

from rich.prompt import Confirm

from fourways.benchmark.cluster import Cluster
from fourways.benchmark.plan import Plan
from fourways.cli import bench, report
from fourways.cli.bench_display import table as points_table
from fourways.cli.demo import console, let_in, say_target
from fourways.cli.ephemeral_plan import Priced, make_copies, preview_copies, table, unwatched
from fourways.cli.ephemeral_run import EphemeralRun, Outcome, RunGuard, lanes
from fourways.cli.ephemeral_runs import clean, finish, folder_of, named, not_clean, nothing_of_the_run_left, this_process
from fourways.cli.errors import USAGE, UserError
from fourways.cli.guarded import StoppedError, Why, say
from fourways.cli.project import project_name
from fourways.cli.workspace import Workspace, copy_workspace, current_workspace
from fourways.cloud import clients
from fourways.costs.documents import CostError
from fourways.costs.rates import Rates
from fourways.ephemeral import budget, copies
from fourways.ephemeral import journal as journals
from fourways.ephemeral.budget import Limits, Meter
from fourways.ephemeral.journal import Entry, Journal
from fourways.report.objective import SHARE
from stacks.stack_file import read_config


class Exit(IntEnum):
    """What `fourways bench --ephemeral` and `--clean` end with."""

    MEASURED = 0
    FAILED = 1
    REFUSED = 2
    CLIENT_LIMITED = 3
    NOT_CLEAN = 4
    STOPPED = 5
    INTERRUPTED = 130


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options, as they were typed. `wanted` has those of the measurement."""

    wanted: bench.Wanted
    stacks: tuple[str, ...]
    ttl: str
    budget: tuple[str, ...]
    rates: tuple[str, ...]
    postpaid: bool
    let_in: tuple[str, ...]
    yes: bool


def ephemeral(asked: Asked) -> int:
    """Exit code as in `Exit`. Raises UserError where nothing was bought."""
    plan = bench.plan_of(asked.wanted)
    try:
        lifetime, rates = copies.lifetime(asked.ttl), Rates.parse(asked.rates)
    except (copies.TtlError, CostError) as error:
        raise UserError(str(error), USAGE) from None
    if twice := {stack for stack in asked.stacks if asked.stacks.count(stack) > 1}:
        raise UserError(f"{', '.join(sorted(twice))} is named twice: each stack is measured once", USAGE)
    run, now = copies.run_id(), datetime.now(UTC)
    made, problems = make_copies(asked.stacks, run, now, asked.ttl, take_terms_out=asked.postpaid, let_in=asked.let_in)
    if problems:
        raise _nothing_bought(problems)
    base = current_workspace(fake=asked.wanted.fake)
    base.enter()
    say_target(base)
    folder = folder_of(base) / run
    bought = False
    try:
        workspace = dataclasses.replace(copy_workspace(folder), fake=base.fake)
        account = clients.account_id()
        priced, problems = preview_copies(workspace, made, plan, account, tell=say)
        if problems:
            raise _nothing_bought(problems)
        limits = _limits(asked, priced, rates)
        _show(priced, limits, asked, lifetime.total_seconds() / 60)
        if not asked.yes and not _confirmed():
            say("Nothing was bought.")
            return Exit.REFUSED
        began = datetime.now(UTC)
        journal = Journal(
            run=run,
            project=project_name(),
            target=base.target,
            account=account,
            folder=str(folder),
            backend=workspace.environment["PULUMI_BACKEND_URL"],
            began=began,
            expires_at=now + lifetime,
            budget=asked.budget,
            process=this_process(),
            entries=tuple(Entry(source=one.copy.source, stack=one.copy.stack, region=one.copy.settings.region) for one in priced),
        )
        journals.write(journal)
        bought = True
    finally:
        if not bought:
            shutil.rmtree(folder, ignore_errors=True)
    return _carry_out(base, workspace, journal, priced, plan, limits, asked)


def clean_run(run: str, *, fake: bool) -> int:
    """`fourways bench --clean RUN`: takes down what a killed run has left."""
    base = current_workspace(fake=fake)
    base.enter()
    say_target(base)
    return Exit.MEASURED if clean(base, named(base, run)) else Exit.NOT_CLEAN


def _carry_out(
    base: Workspace, workspace: Workspace, journal: Journal, priced: Sequence[Priced], plan: Plan, limits: Limits, asked: Asked
) -> int:
    open_before = _open_bills(base)
    meter = Meter(limits, lanes(priced), fake=base.fake is not None)
    fake = " --fake" if base.fake else ""
    guard = RunGuard(
        meter=meter,
        expires=journal.expires_at.timestamp(),
        again=f"If it must be killed: `fourways bench --clean {journal.run}{fake}` goes on where it stopped.",
    )
    say(f"run {journal.run}, written down in {journal.folder}; Ctrl-C stops and takes everything down")
    going = EphemeralRun(
        workspace=workspace,
        journal=journal,
        priced=priced,
        plan=plan,
        guard=guard,
        meter=meter,
        ca=base.fake.ca.read_text() if base.fake else None,
        engine=Cluster(asked.wanted.scheduler) if asked.wanted.scheduler else None,
        let_in=lambda one: let_in(base, _config(workspace, one)),
    )
    with guard.listening():
        try:
            going.run()
        finally:  # an error of our own must not hide what is left
            proven = _proven(base, going, open_before)
    _tell(going, asked, meter.words(guard.clock()))
    return exit_code(going.outcomes, going.stopped, proven)


def exit_code(outcomes: Sequence[Outcome], stopped: StoppedError | None, proven: bool) -> int:
    """What matters most first: money, then what stopped it, then what was not measured."""
    if not proven:
        return Exit.NOT_CLEAN
    if stopped is not None and stopped.why is Why.interrupted:
        return Exit.INTERRUPTED
    if stopped is not None and stopped.why in (Why.budget, Why.expiry):
        return Exit.STOPPED
    if any(outcome.error for outcome in outcomes):
        return Exit.FAILED
    return Exit.CLIENT_LIMITED if any(outcome.limited_by_client for outcome in outcomes) else Exit.MEASURED


def _proven(base: Workspace, going: EphemeralRun, open_before: set[tuple[str, ...]]) -> bool:
    """The proof that nothing billed is left: no thing with the run's tags, and on the fake no bill that the run has opened."""
    journal = going.journal
    clear = nothing_of_the_run_left(going.workspace, journal)
    if still_open := sorted(_open_bills(base) - open_before):
        say("The fake's ledger is open for: " + ", ".join(" ".join(bill[:2]) for bill in still_open))
    elif base.fake is not None:
        say("The fake's ledger has no open bill of this run.")
    clear = clear and not still_open and all(outcome.clean for outcome in going.outcomes)
    if clear:
        finish(journal)
    else:
        say(not_clean(going.workspace, journal))
    return clear


def _open_bills(base: Workspace) -> set[tuple[str, ...]]:
    """On the fake: (kind, resource, opened) of what is billed now. Of the cloud no such list can be had at once."""
    if base.fake is None:
        return set()
    return {(str(row["kind"]), str(row["resource"]), str(row["opened"])) for row in base.fake.ask("ledger?open=1")}


def _tell(going: EphemeralRun, asked: Asked, cost: str) -> None:
    """All results, those that failed too, and the report on them."""
    for outcome in going.outcomes:
        if outcome.run is not None:
            say(f"\n{outcome.source}", points_table(outcome.run.points, outcome.run.header["target"]), f"results: {outcome.run.folder}")
        if outcome.error:
            say(f"\n{outcome.source}: not measured whole: {outcome.error}")
    say("", *_report(going, asked), f"cost: {cost}")


def _report(going: EphemeralRun, asked: Asked) -> list[str]:
    """Written into the run's folder; lines that say where. What was measured is kept whether or not a report can be made of it."""
    folders = [outcome.run.folder for outcome in going.outcomes if outcome.run is not None and outcome.run.points]
    if not folders:
        return ["no report: nothing was measured"]
    folder = Path(going.journal.folder)
    wanted = report.Wanted(
        folders=folders,
        out=folder / "report.html",
        markdown=folder / "report.md",
        json=folder / "report.json",
        slo=asked.wanted.slo,
        share=SHARE,
        rates=asked.rates,
        prices=(),
        compare=None,
        missing={outcome.source: outcome.error.splitlines()[0] for outcome in going.outcomes if outcome.error},
    )
    try:
        return report.report(wanted)
    except UserError as error:
        return [f"no report: {error}"]


def _limits(asked: Asked, priced: Sequence[Priced], rates: Rates) -> Limits:
    """The budget. Raises UserError where it cannot be read, or where the plan is beyond it."""
    expected = budget.total(one.expected for one in priced)
    try:
        limits = Limits.parse(asked.budget, expected, rates)
    except budget.BudgetError as error:
        raise UserError(f"nothing was bought: {error}", USAGE) from None
    if over := limits.over(expected):
        say(table(priced, limits))
        raise UserError(
            f"nothing was bought: the plan is beyond the budget ({over.replace('at most', 'about')}). Raise --budget, or name fewer stacks "
            "or points, or make them shorter (--seconds)",
            USAGE,
        )
    return limits


def _show(priced: Sequence[Priced], limits: Limits, asked: Asked, ttl_minutes: float) -> None:
    say(table(priced, limits))
    planned = sum(one.planned.minutes for one in priced)
    if planned > ttl_minutes:
        say(
            f"planned are {planned:.0f} minutes and the time to live is {ttl_minutes:.0f}: what is not measured by then is left out (--ttl)"
        )
    for one in priced:
        if one.copy.networks and not asked.let_in and not asked.wanted.fake:
            networks = ", ".join(one.copy.networks)
            say(f"{one.copy.source} lets in {networks} alone: if this machine is elsewhere, give its network with --let-in")
    if lines := unwatched(priced, limits):
        say("not watched by the budget:", *(f"  {line}" for line in lines))


def _nothing_bought(problems: Sequence[str]) -> UserError:
    return UserError("nothing was bought:\n" + "\n".join(f"- {problem}" for problem in problems), USAGE)


def _confirmed() -> bool:
    try:
        return Confirm.ask("Buy this?", console=console, default=False)
    except EOFError:
        raise UserError("nothing was bought: nobody is there to ask; give --yes", USAGE) from None


def _config(workspace: Workspace, one: Priced) -> dict[str, Any]:
    return read_config(Path(workspace.stacks) / f"Pulumi.{one.copy.stack}.yaml")
