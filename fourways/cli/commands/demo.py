"""A stack's whole life on the fake cloud."""

from __future__ import annotations

import typer

from fourways.cli.commands.options import Stack

app = typer.Typer()
demo_app = typer.Typer(help="A stack's whole life on the fake cloud, with the real engine.", no_args_is_help=True)
app.add_typer(demo_app, name="demo")


@demo_app.command("up")
def demo_up(stack: Stack) -> None:
    """Bring a stack up on the fake; print its endpoint, what was bought, its price and the answer to a first request."""
    from fourways.cli import demo

    demo.up(stack)


@demo_app.command("down")
def demo_down(stack: Stack) -> None:
    """Destroy a stack on the fake; show what was billed and that nothing is open."""
    from fourways.cli import demo

    demo.down(stack)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def shell(context: typer.Context) -> None:
    """Open a subshell for the fake, where plain `pulumi up --stack NAME` works; `fourways shell -- COMMAND` runs one command there."""
    from fourways.cli import shell as subshell

    raise typer.Exit(subshell.enter(context.args))
