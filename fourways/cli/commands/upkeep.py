"""What was left behind, what was killed, and whether the fake is still like the cloud."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fourways.cli.commands.options import Listing, OnFake, Records, Stack

app = typer.Typer()


@app.command()
def sweep(
    fake: OnFake = False,
    delete: Annotated[bool, typer.Option("--delete", help="Delete what was found; without it nothing is changed.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --delete: do not ask.")] = False,
    region: Annotated[list[str] | None, typer.Option(help="Regions to look in; default: those of the stack files.")] = None,
    stack: Annotated[
        list[str] | None, typer.Option(help="A stack whose leftovers may be deleted although it is no benchmark; named one by one.")
    ] = None,
    run: Annotated[str, typer.Option(help="Only what one disposable run has left: its things may go at once.")] = "",
    records: Annotated[
        Records, typer.Option(help="Of the bill: all that nobody's mark explains, only what carries our marks, or do not ask.")
    ] = Records.all,
    output: Annotated[Listing, typer.Option("--format", help="How to print what was found.")] = Listing.text,
) -> None:
    """List what this project has left behind: by surviving states, tags, names and the bill; with --delete, delete it in dependency order.

    Exit codes: 0 nothing is left behind, 1 something is, 2 wrong use, 3 nothing was seen, but not everything could be looked for.
    """
    from fourways.cleanup import Records as Level
    from fourways.cli import sweep as sweeping

    wanted = sweeping.Wanted(
        fake=fake, delete=delete, yes=yes, regions=tuple(region or ()), named=tuple(stack or ()), run=run, records=Level(records.value),
        output=output.value,
    )  # fmt: skip
    raise typer.Exit(sweeping.sweep(wanted))


@app.command()
def recover(
    stack: Stack,
    fake: OnFake = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before changing something.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and change nothing.")] = False,
) -> None:
    """After a killed run: end orphaned plugins, remove a dead lock, record what exists, refresh; then `pulumi up` or `destroy` works again.

    Exit codes: 0 the stack is whole, 1 something needs a person (or, with --dry-run, something is to be done), 2 wrong use.
    """
    from fourways.cli import recover as recovering

    raise typer.Exit(recovering.recover(stack, fake=fake, yes=yes, dry_run=dry_run))


@app.command()
def verify(
    stack: Stack,
    cloud: Annotated[bool, typer.Option("--cloud", help="Yes, on the real cloud: this buys what the stack buys, by the hour.")] = False,
    budget: Annotated[
        list[str] | None, typer.Option(help="The most that it may cost, such as 20 or 20CNY; one for each currency that is billed.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before buying.")] = False,
    write: Annotated[Path | None, typer.Option(help="Write the report to this file; default: into the run's folder.")] = None,
) -> None:
    """Bring a copy of a stack up on a real account, change it, take it down, and report each answer in which the fake differs.

    Exit codes: 0 cloud and fake agree, 1 they differ, 2 wrong use, 3 stopped by the budget, 4 it failed, 130 interrupted. Whatever happens,
    everything is taken down.
    """
    from fourways.cli import verify as verifying

    raise typer.Exit(verifying.verify(stack, cloud=cloud, budgets=budget or [], yes=yes, write=write))
