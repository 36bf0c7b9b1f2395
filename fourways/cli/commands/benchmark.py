"""Measuring what a stack serves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fourways.cli.commands.options import CurrencyRate, OnFake

app = typer.Typer()


@app.command()
def bench(
    stack: Annotated[str | None, typer.Option("--stack", help="A stack that is up, such as mu-singapore.")] = None,
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
    ephemeral: Annotated[
        bool, typer.Option("--ephemeral", help="Bring a disposable copy of each stack up, measure it, and take it down again.")
    ] = False,
    stacks: Annotated[str, typer.Option(help="With --ephemeral: the stacks, such as token-singapore,mu-singapore.")] = "",
    ttl: Annotated[str, typer.Option(help="With --ephemeral: how long anything of it may live, such as 90m or 3h.")] = "3h",
    budget: Annotated[
        list[str] | None, typer.Option(help="With --ephemeral: the most that it may cost, such as 200USD; one for each currency.")
    ] = None,
    currency_rate: CurrencyRate = None,
    postpaid: Annotated[bool, typer.Option("--postpaid", help="With --ephemeral: copies of prepaid stacks go by the hour.")] = False,
    let_in: Annotated[
        list[str] | None, typer.Option(help="With --ephemeral: this machine's network, let in too where a stack lists such.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="With --ephemeral: do not ask before buying.")] = False,
    clean: Annotated[str | None, typer.Option(help="Take down what this run (its id) has left after it was killed.")] = None,
) -> None:
    """Measure a stack's endpoint: TTFT, TPOT, ITL, throughput, goodput and errors, by concurrency or by rate.

    Exit codes: 0 measured, 1 the endpoint does not answer, 2 wrong use, 3 at a point the client was the limit, 130 interrupted (what was
    measured is kept). With --ephemeral also: 1 a stack was not measured, 2 nothing was bought, 4 something may be left and billed, 5
    stopped by the budget or the time to live; with any code but 4, all was taken down.
    """
    from fourways.benchmark.retries import Retry
    from fourways.cli import bench as benching
    from fourways.cli import ephemeral as disposable

    if clean is not None:
        raise typer.Exit(disposable.clean_run(clean, fake=fake))
    if retry not in list(Retry):
        raise typer.BadParameter(f"{retry!r} is not one of {', '.join(Retry)}", param_hint="--retry")
    names = tuple(filter(None, (stack or "", *(name.strip() for name in stacks.split(",")))))
    if not names:
        raise typer.BadParameter("name the stack to measure, or several with --stacks and --ephemeral", param_hint="--stack")
    if not ephemeral and (stacks or budget or postpaid or let_in):
        raise typer.BadParameter(
            "--stacks, --budget, --postpaid and --let-in are for disposable copies: add --ephemeral",
            param_hint="--ephemeral",
        )
    wanted = benching.Wanted(
        stack=names[0], fake=fake, concurrency=concurrency, rate=rate, seconds=seconds, requests=requests, input=input_tokens,
        output=output_tokens, prefix_share=prefix_share, prefixes=prefixes, slo=slo, retry=Retry(retry), timeout=timeout, seed=seed,
        hourly_price=hourly_price, scheduler=scheduler, out=out,
    )  # fmt: skip
    if ephemeral:
        if hourly_price or out:
            raise typer.BadParameter("prices and folders are each copy's own with --ephemeral", param_hint="--hourly-price / --out")
        asked = disposable.Asked(
            wanted=wanted, stacks=names, ttl=ttl, budget=tuple(budget or ()), rates=tuple(currency_rate or ()), postpaid=postpaid,
            let_in=tuple(let_in or ()), yes=yes,
        )  # fmt: skip
        raise typer.Exit(disposable.ephemeral(asked))
    raise typer.Exit(benching.bench(wanted))


@app.command()
def report(
    folders: Annotated[list[Path], typer.Argument(help="Folders that `fourways bench` wrote, one a run.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The page: one HTML file that needs nothing else.")] = Path("report.html"),
    markdown: Annotated[Path | None, typer.Option(help="Also write the tables as Markdown to this file.")] = None,
    json: Annotated[Path | None, typer.Option(help="Also write all numbers, unrounded, to this file.")] = None,
    slo: Annotated[str, typer.Option(help="ttft_ms=2000,tpot_ms=50,e2el_ms=60000; default: the one by which was measured.")] = "",
    share: Annotated[float, typer.Option(min=0.01, max=1, help="Share of all requests that must meet the SLO.")] = 0.95,
    currency_rate: CurrencyRate = None,
    price: Annotated[
        list[str] | None, typer.Option(help="What you pay: mu-singapore=216CNY an hour, token-singapore=0.2/0.4USD a million tokens.")
    ] = None,
    compare: Annotated[
        tuple[str, str] | None, typer.Option(help="Two of the runs, by folder or name: what differs, and what is noise.", metavar="A B")
    ] = None,
) -> None:
    """Make a page of what was measured: latencies, throughput, errors, costs at the SLO, break-evens, and which to buy.

    Exit codes: 0 written, 2 wrong use, or runs that make no report.
    """
    from fourways.cli import report as reporting

    wanted = reporting.Wanted(
        folders=folders,
        out=out,
        markdown=markdown,
        json=json,
        slo=slo,
        share=share,
        rates=currency_rate or [],
        prices=price or [],
        compare=compare,
    )
    for line in reporting.report(wanted):
        typer.echo(line)
