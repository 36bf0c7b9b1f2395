"""Measuring what a stack serves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fourways.cli.commands.options import OnFake

app = typer.Typer()


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
