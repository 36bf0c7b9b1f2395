"""`fourways verify --cloud --budget AMOUNT STACK`: the end-to-end steps on a real account, compared with the fake, answer by answer.

First the whole run on a private fake, where nothing is bought and a mistake costs nothing, then the same on the cloud, then the comparison.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from rich.prompt import Confirm

from fourways import costs
from fourways.cli import fake_server
from fourways.cli.demo import console
from fourways.cli.errors import USAGE, UserError
from fourways.cli.guarded import StoppedError, Why, say
from fourways.cli.project import ROOT, stack_file
from fourways.cli.teardown import nothing_left
from fourways.cli.verify_run import PurseGuard, Side, fake_beat, write_down
from fourways.cli.workspace import Workspace, copy_workspace, fake_workspace, number_from, write_stack_file
from fourways.cloud import clients
from fourways.cloud import credentials as keys
from fourways.cloud import target as targets
from fourways.cloud.credentials import CredentialsError
from fourways.cloud.errors import CloudError
from fourways.cloud.target import TargetError
from fourways.costs import render
from fourways.costs.documents import CostError, read_preview
from fourways.verify import copies, money, report
from fourways.verify.asking import Asker
from fourways.verify.steps import DESTROY
from stacks.model import Settings
from stacks.problems import SettingsError
from stacks.settings import read_stack_file
from stacks.stack_file import read_config

RUNS = Path(os.environ.get("FOURWAYS_VERIFY_FOLDER") or ROOT / ".fourways" / "verify")
RECORDED = "tests/verify/recorded"
DIFFERS, STOPPED_BY_BUDGET, FAILED, INTERRUPTED = 1, 3, 4, 130
CLOUD_POLL_SECONDS = 3.0
FAKE_POLL_SECONDS = 0.05


def verify(stack: str, *, cloud: bool, budgets: list[str], yes: bool, write: Path | None) -> int:
    """Exit code: 0 nothing differed, 1 something did (the file is named), 2 refused, 3 stopped by the budget, 4 it failed or something is
    left, 130 interrupted. Raises UserError, with code 2, 4 or 130, for what ends it without a result."""
    try:
        return _verify(stack, cloud=cloud, budgets=budgets, yes=yes, write=write)
    except SettingsError as error:
        raise UserError(str(error), USAGE) from None
    except (CloudError, CostError, CredentialsError, TargetError, report.ReportError) as error:
        raise UserError(str(error), FAILED) from None
    except UserError as error:  # code 1 says that cloud and fake differ
        raise UserError(str(error), error.exit_code if error.exit_code != DIFFERS else FAILED) from None


def _verify(stack: str, *, cloud: bool, budgets: list[str], yes: bool, write: Path | None) -> int:
    if not cloud:
        raise UserError("`fourways verify` buys machines on a real account: say --cloud. The fake alone is tested by `make test`", USAGE)
    original = read_config(stack_file(stack))
    run = copies.run_id()
    try:
        config = copies.ephemeral(original, run, datetime.now(UTC))
    except copies.CopyError as error:
        raise UserError(str(error), USAGE) from None
    name = copies.stack_name(run)
    workspace = copy_workspace(RUNS / run)
    settings = _write(workspace, name, config)
    account = clients.account_id()
    if mismatch := targets.account_mismatch(settings.account, account, what="the stack file pins"):
        raise UserError(mismatch)
    console.print(targets.current().describe(account, settings.region))
    purse = _price(workspace, name, budgets)
    console.print(f"run {run}: stack {name}, expires at {config['fourways:expires-at']}, state in {workspace.folder / 'state'}")
    if not yes and not Confirm.ask(f"Buy this for at most {purse.seconds / 60:.0f} minutes?", console=console, default=False):
        console.print("Nothing was bought.")
        return USAGE
    console.print("\nOn a private fake (nothing is bought):")
    rehearsal = _rehearse(workspace.folder / "fake", name, config)
    facts = {"run": run, "stack": name, "region": settings.region, "account": account, "expires_at": config["fourways:expires-at"]}
    write_down(workspace.folder / "run.json", facts | {"state": str(workspace.folder / "state"), "began": datetime.now(UTC).isoformat()})
    console.print("\nOn the cloud:")
    poll = number_from("FOURWAYS_POLL_SECONDS", CLOUD_POLL_SECONDS)
    side = _side("cloud", workspace, settings, lambda sequence: sequence.look(), poll, PurseGuard(purse=purse), config)
    stopped, clean = _run(side)
    if not clean:
        return FAILED
    if stopped is not None:
        return {Why.budget: STOPPED_BY_BUDGET, Why.interrupted: INTERRUPTED}.get(stopped.why, FAILED)
    return _compare(side, rehearsal, settings, account, write or workspace.folder / "report.yaml")


def _price(workspace: Workspace, stack: str, budgets: list[str]) -> money.Purse:
    """Show what will be bought and for how much; the purse for it. Raises UserError where the budget cannot be kept."""
    workspace.read("stack", "init", "--non-interactive", "--stack", stack)
    result = workspace.capture("preview", "--json", "--show-sames", "--non-interactive", "--stack", stack)
    if result.returncode and not result.stdout.strip():
        workspace.fail("preview", result)
    preview = read_preview(result.stdout)
    if result.returncode:
        said = "\n".join(one.message.strip() for one in preview.diagnostics if one.severity == "error")
        raise UserError(f"nothing was bought: the preview failed:\n{said}", FAILED)
    estimate = costs.estimate_preview(preview)
    console.print(render.table(estimate, "What will be bought"))
    try:
        purse = money.purse(budgets, estimate)
    except money.BudgetError as error:
        raise UserError(f"nothing was bought: {error}", USAGE) from None
    limits = ", ".join(f"{amount:,f} {currency}" for currency, amount in purse.limits.items())
    console.print(f"budget {limits}: teardown begins after {purse.seconds / 60:.0f} minutes at the latest")
    return purse


def _rehearse(folder: Path, stack: str, config: Mapping[str, Any]) -> Side:
    """The steps on a fake of their own, whose clock is moved by the looks at it. Raises UserError when they do not end well there."""
    before = dict(os.environ)  # a client of the fake takes the proxies out of the environment, and the cloud may need them
    workspace = fake_workspace(folder, port=0, speed=0)
    try:
        assert workspace.fake is not None
        workspace = dataclasses.replace(workspace, environment={**workspace.environment, "FOURWAYS_POLL_SECONDS": "0.1"})
        config = copies.without_pin(config)
        settings = _write(workspace, stack, config)
        workspace.read("stack", "init", "--non-interactive", "--stack", stack)
        side = _side("fake", workspace, settings, fake_beat(fake_server.running(folder / "fake")), FAKE_POLL_SECONDS, PurseGuard(), config)
        with side.guard.listening():
            try:
                side.run()
                if not side.tear_down():
                    raise UserError(f"nothing was bought: the destroy failed on the fake already:\n{side.tail()}", FAILED)
                side.probe(DESTROY.name)
            except StoppedError as stop:
                code = INTERRUPTED if stop.why is Why.interrupted else FAILED
                raise UserError(f"nothing was bought: {stop}", code) from None
        return side
    finally:
        fake_server.stop(folder / "fake")
        os.environ.update(before)


def _run(side: Side) -> tuple[StoppedError | None, bool]:
    """The steps and, whatever happened, the teardown. What stopped it, and whether nothing at all is left."""
    stopped: StoppedError | None = None
    gone = clean = False
    with side.guard.listening():
        try:
            side.run()
        except StoppedError as stop:
            stopped = stop
            say(f"stopped by {stop.why}: {stop}")
        except UserError as error:  # pulumi could not be read
            stopped = StoppedError(Why.failed, str(error))
            say(f"stopped by a failure: {error}")
        finally:  # an error of our own must not leave machines running either
            try:
                gone = side.tear_down()
                clean = _nothing_left(side) and gone
            finally:
                if not clean:
                    say(_not_clean(side))
        if gone:
            side.probe(DESTROY.name)
    return stopped, clean


def _not_clean(side: Side) -> str:
    """Where everything is that helps, and what to do."""
    region, state = f"--region {side.asker.region}", side.workspace.folder / "state"
    return (
        f"NOT CLEAN: something may still be billed. The state is kept in {state}, what pulumi said in {side.log}.\n"
        f"Look with `fourways sweep {region}`, delete with `fourways sweep {region} --delete --stack {side.stack}`."
    )


def _nothing_left(side: Side) -> bool:
    """Look for what carries the run's tags; delete what is found. True when there is nothing any more."""
    return nothing_left([side.stack], [side.asker.region], side.project)


def _compare(side: Side, rehearsal: Side, settings: Settings, account: str, path: Path) -> int:
    """Print the differences and write the file."""
    found = report.compare(
        side.recording,
        rehearsal.recording,
        made=datetime.now(UTC).date(),
        target=targets.current().name,
        region=settings.region,
        kind=settings.serving.kind,
    )
    console.print(f"\n{found.probes} answers compared.")
    for line in found.unanswered:
        console.print(f"not compared: {line}", markup=False)
    if found.empty:
        console.print("[bold]Cloud and fake agree.[/]")
    else:
        console.print("[bold]Cloud and fake differ:[/]")
        for line in found.lines():
            console.print(f"  {line}", markup=False, soft_wrap=True)
    credentials = side.asker.credentials
    own = [side.parameters.get(name, "") for name in ("api_key", "vpc", "vswitch", "security_group", "group", "service")]
    secrets = [credentials.access_key, credentials.secret_key, credentials.security_token or "", account, *own]
    # The fake's stand-in keys (`test`) are words that a report may hold.
    report.write(found, path, [secret for secret in secrets if len(secret) >= report.SHORTEST_SECRET and secret != "test"])
    if found.empty:
        return 0
    console.print(f"\nWritten to {path}. To teach the fake: copy it into {RECORDED}/, see the test fail, change the fake.", soft_wrap=True)
    return DIFFERS


def _side(
    name: str,
    workspace: Workspace,
    settings: Settings,
    beat: Callable[[Any], None],
    pause: float,
    guard: PurseGuard,
    config: Mapping[str, Any],
) -> Side:
    environment = workspace.environment
    asker = Asker(target=targets.current(environment), credentials=keys.load(environment), region=settings.region)
    return Side(
        name=name,
        workspace=workspace,
        asker=asker,
        stack=settings.stack,
        project=settings.project,
        service=settings.service_name,
        beat=beat,
        pause=pause,
        guard=guard,
        change=lambda: _write(workspace, settings.stack, copies.changed(config)),
    )


def _write(workspace: Workspace, stack: str, config: Mapping[str, Any]) -> Settings:
    """Write the copy's stack file and read it as the program will. Raises SettingsError."""
    path = workspace.stacks / f"Pulumi.{stack}.yaml"
    write_stack_file(path, yaml.safe_dump({"config": dict(config)}, sort_keys=False))
    return read_stack_file(path)
