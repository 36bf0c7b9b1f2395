"""A stack's endpoint in use: requests, logs, events, metrics."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fourways.cli.commands.options import Listing, OnFake, Service, Stack

app = typer.Typer()


@app.command()
def smoke(stack: Stack, fake: OnFake = False) -> None:
    """Send one chat request to a stack's endpoint and print the answer."""
    from fourways.cli import smoke as smoking

    smoking.smoke(stack, fake=fake)


@app.command()
def chat(
    stack: Stack,
    prompt: Annotated[str | None, typer.Argument(help="One question; without it a conversation, or what standard input says.")] = None,
    fake: OnFake = False,
    system: Annotated[str | None, typer.Option(help="What the model is told before the conversation.")] = None,
    temperature: Annotated[float | None, typer.Option(min=0, max=2, help="0 to 2; left out, the server's own.")] = None,
    top_p: Annotated[float | None, typer.Option(min=0, max=1, help="Above 0 up to 1; left out, the server's own.")] = None,
    max_tokens: Annotated[int | None, typer.Option(min=1, help="Longest answer, in tokens; left out, the server's own.")] = None,
) -> None:
    """Talk to a stack's endpoint: the answer streams, with its tokens and its pace below it. Piped on, it is the answer alone."""
    from fourways.cli import chat as talking
    from fourways.cli.chat_request import Sampling

    sampling = Sampling(temperature=temperature, top_p=top_p, max_tokens=max_tokens)
    talking.chat(stack, fake=fake, prompt=prompt, system=system, sampling=sampling)


@app.command()
def logs(
    stack: Stack,
    fake: OnFake = False,
    service: Service = None,
    instance: Annotated[str | None, typer.Option(help="Only of this instance (`fourways events` names them).")] = None,
    keyword: Annotated[str | None, typer.Option(help="Only lines that contain this.")] = None,
    previous: Annotated[bool, typer.Option("--previous", help="Of the container before an instance's last restart.")] = False,
    tail: Annotated[int | None, typer.Option(min=0, help="Only the last lines, so many.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
) -> None:
    """Print what the containers of a stack's PAI-EAS service have written, or what a bare-metal stack's machines said while booting."""
    from fourways.cli import records

    records.logs(
        stack, fake=fake, service=service, instance=instance, keyword=keyword, previous=previous, tail=tail, follow=follow
    )  # fmt: skip


@app.command()
def events(
    stack: Stack,
    fake: OnFake = False,
    service: Service = None,
    instance: Annotated[str | None, typer.Option(help="Only of this instance.")] = None,
    warnings: Annotated[bool, typer.Option("--warnings", help="Only warnings.")] = False,
    since: Annotated[str | None, typer.Option(help="Since this time in UTC, 2006-01-02 15:04:05; default: seven days.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    output: Annotated[Listing, typer.Option("--format", help="How to print them.")] = Listing.text,
) -> None:
    """Print what has happened to a stack's PAI-EAS service: scheduling, image pulls, probes, shortages, reclaimed machines; of a
    bare-metal stack what its scaling group did."""
    from fourways.cli import records

    records.events(
        stack, fake=fake, service=service, instance=instance, warnings=warnings, since=since, follow=follow, output=output.value
    )  # fmt: skip


@app.command()
def metrics(
    stack: Stack,
    folder: Annotated[Path, typer.Option(help="Where to write them.")] = Path(".fourways/monitoring"),
    fake: OnFake = False,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Keep the targets up to date until Ctrl-C.")] = False,
) -> None:
    """Write what Prometheus and Grafana need to watch a bare-metal stack: scrape config, targets, dashboard."""
    from fourways.cli import metrics as watching

    watching.write(stack, folder, fake=fake, follow=follow)
