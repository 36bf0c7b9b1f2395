"""The fake cloud itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from fourways.cli.errors import FAILED

app = typer.Typer()
fakes_app = typer.Typer(help="The fake cloud itself: serve it, stop it, look into it.", no_args_is_help=True)
app.add_typer(fakes_app, name="fakes")


@fakes_app.command("serve")
def fakes_serve(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.")] = 4566,
    folder: Annotated[Path | None, typer.Option(help="Where CA, state and log go; default: the demo's folder.")] = None,
    speed: Annotated[float, typer.Option(help="Fake seconds per real second.")] = 1.0,
) -> None:
    """Serve the fake in the foreground until Ctrl-C."""
    from fourways.cli.workspace import DEMO_FOLDER
    from fourways.fakes.__main__ import main as serve

    raise typer.Exit(serve(["--port", str(port), "--folder", str(folder or DEMO_FOLDER / "fake"), "--speed", str(speed)]))


@fakes_app.command("stop")
def fakes_stop() -> None:
    """Stop the demo's fake; its state is kept for the next start."""
    from fourways.cli import fake_server
    from fourways.cli.workspace import DEMO_FOLDER

    typer.echo("stopped" if fake_server.stop(DEMO_FOLDER / "fake") else "the fake was not running")


@fakes_app.command("ledger")
def fakes_ledger(
    open_only: Annotated[bool, typer.Option("--open", help="Only what is billed now; exit 1 if there is any.")] = False,
) -> None:
    """What the fake has billed."""
    from fourways.cli import fake_server
    from fourways.cli.demo import show_ledger
    from fourways.cli.workspace import DEMO_FOLDER

    rows = fake_server.running(DEMO_FOLDER / "fake").ask("ledger" + ("?open=1" if open_only else ""))
    show_ledger(rows)
    raise typer.Exit(FAILED if open_only and rows else 0)


@fakes_app.command("state")
def fakes_state() -> None:
    """Everything that exists on the fake, as JSON."""
    from fourways.cli import fake_server
    from fourways.cli.workspace import DEMO_FOLDER

    typer.echo(json.dumps(fake_server.running(DEMO_FOLDER / "fake").ask("state"), indent=2))


@fakes_app.command("chaos")
def fakes_chaos(
    cycles: Annotated[int, typer.Option(min=1, help="How many cycles.")] = 10,
    seed: Annotated[int, typer.Option(min=0, help="What is done when follows from it and the cycle's number.")] = 1,
    lanes: Annotated[int | None, typer.Option(min=1, help="Cycles at a time; default: three a core, 12 at most.")] = None,
    first: Annotated[int, typer.Option(min=1, help="Number of the first cycle: with --cycles 1, repeats one.")] = 1,
    stack: Annotated[str, typer.Option(help="A stack of kind model-unit.")] = "mu-singapore",
    folder: Annotated[Path | None, typer.Option(help="Where fakes, states and what failed go; default: .fourways/chaos.")] = None,
) -> None:
    """Break a stack's life on purpose: up, change, refresh, destroy with faults and killed processes, then recover and sweep.

    Ends with what was injected and what was billed; each failure prints how to repeat it.
    Exit codes: 0 every cycle was clean, 1 one was not.
    """
    from fourways.cli import chaos as breaking

    raise typer.Exit(breaking.chaos(stack=stack, cycles=cycles, first=first, seed=seed, lanes=lanes, folder=folder))
