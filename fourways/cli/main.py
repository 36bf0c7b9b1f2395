"""The `fourways` command: what `pulumi` does not do. Each command is a thin shell over a module of its own."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from fourways.catalog.facts import CatalogError
from fourways.cli.errors import FAILED, UserError
from fourways.cloud.credentials import CredentialsError
from fourways.cloud.errors import CloudError
from fourways.cloud.target import TargetError
from fourways.costs.documents import CostError
from stacks.problems import SettingsError

app = typer.Typer(
    help="Serve a large language model on Alibaba Cloud the four ways, as code. "
    "The real cloud is the default; the fake is entered on purpose.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
demo_app = typer.Typer(help="A stack's whole life on the fake cloud, with the real engine.", no_args_is_help=True)
fakes_app = typer.Typer(help="The fake cloud itself: serve it, stop it, look into it.", no_args_is_help=True)
app.add_typer(demo_app, name="demo")
app.add_typer(fakes_app, name="fakes")

Stack = Annotated[str, typer.Argument(help="A stack that has a file in stacks/, such as mu-singapore.")]
OnFake = Annotated[bool, typer.Option("--fake", help="Work on the fake cloud (started when needed) instead of the real one.")]

Service = Annotated[str | None, typer.Option(help="Which service, where the stack has several.")]


class Format(StrEnum):
    """How a result is printed."""

    text = "text"
    markdown = "markdown"
    json = "json"


class Listing(StrEnum):
    """How a list is printed."""

    text = "text"
    json = "json"


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


@app.command()
def check(
    stack: Stack,
    fake: OnFake = False,
    output: Annotated[Format, typer.Option("--format", help="How to print the result.")] = Format.text,
    write: Annotated[Path | None, typer.Option(help="Also write the Markdown of a pull request comment to this file.")] = None,
) -> None:
    """Preview a stack with the policy pack: policies, cost an hour and a month, and the difference to what is up.

    Exit codes: 0 fine, 1 the preview failed, 2 wrong use, 3 a mandatory policy is broken, 4 over budget.
    """
    from fourways.cli import check as checks

    raise typer.Exit(checks.check(stack, fake=fake, output=output.value, write=write))


@app.command()
def cost(
    stack: Stack, fake: OnFake = False, output: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.text
) -> None:
    """What a stack costs as it stands in its state, an hour and a month."""
    from fourways.cli import cost as costs

    costs.cost(stack, fake=fake, output=output.value)


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
def metrics(
    stack: Stack,
    folder: Annotated[Path, typer.Option(help="Where to write them.")] = Path(".fourways/monitoring"),
    fake: OnFake = False,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Keep the targets up to date until Ctrl-C.")] = False,
) -> None:
    """Write what Prometheus and Grafana need to watch a bare-metal stack: scrape config, targets, dashboard."""
    from fourways.cli import metrics as watching

    watching.write(stack, folder, fake=fake, follow=follow)


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
def bench(
    stack: Annotated[str, typer.Option("--stack", help="A stack that is up, such as mu-singapore.")],
    fake: OnFake = False,
    concurrency: Annotated[str, typer.Option(help="Closed loop: requests at a time, a point each; default 1,4,8,16,32,64.")] = "",
    rate: Annotated[str, typer.Option(help="Open loop: requests a second (Poisson), a point each, such as 0.5,2.")] = "",
    seconds: Annotated[float, typer.Option(help="How long a point is measured, after its warm-up.")] = 300.0,
    requests: Annotated[int | None, typer.Option(help="End a point earlier, once so many requests have ended.")] = None,
    input_tokens: Annotated[str, typer.Option("--input", help="Tokens of a prompt: a number, or a range such as 512-4096.")] = "2048",
    output_tokens: Annotated[str, typer.Option("--output", help="Tokens of an answer: a number, or a range.")] = "1024",
    prefix_share: Annotated[float, typer.Option(help="Share of each prompt that it has in common with others, 0 to 1.")] = 0.0,
    prefixes: Annotated[int, typer.Option(help="How many such shared beginnings there are.")] = 1,
    slo: Annotated[str, typer.Option(help="What goodput is counted by: ttft_ms=2000,tpot_ms=50,e2el_ms=60000.")] = "",
    retry: Annotated[str, typer.Option(help="none, or exponential, which honours Retry-After.")] = "none",
    timeout: Annotated[float, typer.Option(help="Seconds for one request.")] = 600.0,
    seed: Annotated[int, typer.Option(help="What prompts, lengths and arrivals follow from.")] = 0,
    hourly_price: Annotated[str | None, typer.Option(help="What the stack costs an hour, such as 203.5CNY (`fourways cost`).")] = None,
    scheduler: Annotated[str | None, typer.Option(help="Spread the load over the workers of this Dask cluster.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the results; default: a new one in .fourways/bench.")] = None,
) -> None:
    """Measure a stack's endpoint: TTFT, TPOT, ITL, throughput, goodput and errors, by concurrency or by rate.

    Exit codes: 0 measured, 1 the endpoint does not answer, 2 wrong use, 3 at a point the client was the limit, 130 interrupted (what was
    measured is kept).
    """
    from fourways.benchmark.retries import Retry
    from fourways.cli import bench as benching

    if retry not in list(Retry):
        raise typer.BadParameter(f"{retry!r} is not one of {', '.join(Retry)}", param_hint="--retry")
    wanted = benching.Wanted(
        stack=stack, fake=fake, concurrency=concurrency, rate=rate, seconds=seconds, requests=requests, input=input_tokens,
        output=output_tokens, prefix_share=prefix_share, prefixes=prefixes, slo=slo, retry=Retry(retry), timeout=timeout, seed=seed,
        hourly_price=hourly_price, scheduler=scheduler, out=out,
    )  # fmt: skip
    raise typer.Exit(benching.bench(wanted))


@app.command()
def sweep(
    fake: OnFake = False,
    delete: Annotated[bool, typer.Option("--delete", help="Delete what was found; without it nothing is changed.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --delete: do not ask.")] = False,
    region: Annotated[list[str] | None, typer.Option(help="Regions to look in; default: those of the stack files.")] = None,
    stack: Annotated[
        list[str] | None, typer.Option(help="A stack whose leftovers may be deleted although it is no benchmark; named one by one.")
    ] = None,
    output: Annotated[Listing, typer.Option("--format", help="How to print what was found.")] = Listing.text,
) -> None:
    """List what carries this project's tags and is expired or belongs to no state; with --delete, delete it in dependency order.

    Exit codes: 0 nothing is left behind, 1 something is.
    """
    from fourways.cli import sweep as sweeping

    raise typer.Exit(sweeping.sweep(fake=fake, delete=delete, regions=region or [], named=stack or [], yes=yes, output=output.value))


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


@app.command()
def schema() -> None:
    """Print the JSON schema of a stack file's settings, for editors."""
    from stacks.settings import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))


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


def main() -> None:
    """Run the command; what goes wrong for a user is one message on standard error and an exit code."""
    try:
        app()
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except CloudError as error:
        print(f"error: {error}{f'. {hint}' if (hint := error.hint()) else ''}", file=sys.stderr)
        sys.exit(FAILED)
    except (SettingsError, TargetError, CredentialsError, CostError, CatalogError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
