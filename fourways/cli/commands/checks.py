"""What a stack would do and cost, before anything is bought."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from fourways.cli.commands.options import CurrencyRate, Format, Listing, OnFake, Stack

app = typer.Typer()


@app.command()
def check(
    stacks: Annotated[list[str] | None, typer.Argument(metavar="STACK...", help="Stacks that have a file in stacks/.")] = None,
    fake: OnFake = False,
    output: Annotated[Format, typer.Option("--format", help="How to print the result.")] = Format.text,
    write: Annotated[Path | None, typer.Option(help="Also write the Markdown of a pull request comment to this file.")] = None,
    currency_rate: CurrencyRate = None,
    changed: Annotated[
        str | None, typer.Option(metavar="BASE", help="The stacks that changed since this commit, instead of names.")
    ] = None,
) -> None:
    """Preview stacks with the policy pack: policies, cost an hour and a month, and the difference to what is up.

    Exit codes: 0 fine, 1 a preview failed, 2 wrong use, 3 a mandatory policy is broken, 4 over budget; of several stacks the worst.
    """
    from fourways.cli import check as checks
    from fourways.cli.changed import changed_stacks

    if bool(stacks) == (changed is not None):
        raise typer.BadParameter("name one stack or more, or give --changed BASE")
    chosen = list(dict.fromkeys(stacks or ())) if changed is None else changed_stacks(changed)
    raise typer.Exit(checks.check(chosen, fake=fake, output=output.value, write=write, rates=currency_rate or []))


@app.command()
def changed(base: Annotated[str, typer.Argument(help="The commit to compare with, such as origin/main.")]) -> None:
    """Name the stacks that the working tree changes since it left BASE, one a line: its stack files, or all where shared code changed."""
    from fourways.cli.changed import changed_stacks

    for stack in changed_stacks(base):
        typer.echo(stack)


@app.command()
def cost(
    stack: Stack,
    fake: OnFake = False,
    output: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.text,
    currency_rate: CurrencyRate = None,
    live: Annotated[bool, typer.Option("--live", help="Ask the cloud for today's list prices; the book's where it has none.")] = False,
) -> None:
    """What a stack costs as it stands in its state, an hour and a month; what of it is committed, and what stops at destroy."""
    from fourways.cli import cost as costs

    costs.cost(stack, fake=fake, output=output.value, rates=currency_rate or [], live=live)


@app.command()
def doctor(
    stack: Stack, fake: OnFake = False, output: Annotated[Listing, typer.Option("--format", help="How to print it.")] = Listing.text
) -> None:
    """Say what is in the way of bringing a stack up: account, RAM actions, products, quotas, stock, price. Reads only, changes nothing.

    Exit codes: 0 nothing is not ok, 1 something is not ok, 2 wrong use.
    """
    from fourways.cli import doctor as doctoring

    raise typer.Exit(doctoring.doctor(stack, fake=fake, output=output.value))


@app.command()
def schema() -> None:
    """Print the JSON schema of a stack file's settings, for editors."""
    from stacks.settings import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))
