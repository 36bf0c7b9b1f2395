"""The price book: what it says, how old it is, and how live prices differ."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from fourways.cli.commands.options import Listing, OnFake

app = typer.Typer()
prices_app = typer.Typer(help="The price book: list it, compare it with live prices, renew it.", no_args_is_help=True)
app.add_typer(prices_app, name="prices")


@prices_app.command("list")
def prices_list(
    stale: Annotated[bool, typer.Option("--stale", help="Only prices that are older than the book trusts them.")] = False,
    output: Annotated[Listing, typer.Option("--format", help="How to print them.")] = Listing.text,
) -> None:
    """Print the price book: each price with its unit, region, source, and the day it was read.

    Exit codes: 0 fine, 1 with --stale: some price is old.
    """
    from fourways.cli import prices

    raise typer.Exit(prices.show(stale=stale, output=output.value))


@prices_app.command("renew")
def prices_renew(
    fake: OnFake = False,
    region: Annotated[list[str] | None, typer.Option(help="Only prices of this region; may be repeated. Default: all of the book.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Only this kind, such as ecs-instance; may be repeated.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Write the live prices into the book; without it nothing is changed.")] = False,
    book: Annotated[Path | None, typer.Option(help="The price book to write; default: the project's own.")] = None,
    output: Annotated[Listing, typer.Option("--format", help="How to print what differs.")] = Listing.text,
) -> None:
    """Ask the cloud for today's list prices and print old, new and source of each; with --write, put them into the book.

    Exit codes: 0 nothing differs, or it is written; 1 some price differs; 2 wrong use.
    """
    from fourways.cli import prices

    raise typer.Exit(prices.renew(fake=fake, regions=region or [], kinds=kind or [], write=write, book=book, output=output.value))


@prices_app.command("schema")
def prices_schema() -> None:
    """Print the JSON schema of the price book, for editors."""
    from fourways.catalog.price_book import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))
