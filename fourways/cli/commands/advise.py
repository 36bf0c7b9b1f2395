"""Which of the four ways to serve is the cheapest for a workload."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fourways.cli.commands.options import CurrencyRate, Format

app = typer.Typer()
LOAD, PEOPLE = "The load", "People"


@app.command()
def advise(
    workload: Annotated[Path | None, typer.Option(help="A YAML file with the workload; options stand above what it says.")] = None,
    stack: Annotated[str | None, typer.Option(help="Take workload and region from a stack (fourways:workload).")] = None,
    region: Annotated[str | None, typer.Option(help="Region of the prices; ap-southeast-1, or the stack's.")] = None,
    results: Annotated[list[Path] | None, typer.Option(help="A folder of `fourways bench` on the real cloud. May be repeated.")] = None,
    currency_rate: CurrencyRate = None,
    output: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.text,
    html: Annotated[Path | None, typer.Option(help="Also write a page with plots to this file.")] = None,
    tokens_per_day: Annotated[
        str | None, typer.Option(help="Input and output together, on a day of use: 8M.", rich_help_panel=LOAD)
    ] = None,
    output_share: Annotated[str | None, typer.Option(help="Which part of all tokens is output, 0 to 1.", rich_help_panel=LOAD)] = None,
    cache_hit_rate: Annotated[str | None, typer.Option(help="Which part of the input is in a cache.", rich_help_panel=LOAD)] = None,
    peak_tpm: Annotated[str | None, typer.Option(help="Tokens in the busiest minute: 500k.", rich_help_panel=LOAD)] = None,
    start: Annotated[str | None, typer.Option(help="First hour of use, 0-23.", rich_help_panel=LOAD)] = None,
    end: Annotated[str | None, typer.Option(help="Hour that use ends at, 1-24.", rich_help_panel=LOAD)] = None,
    days: Annotated[str | None, typer.Option(help="Days of use: monday,tuesday.", rich_help_panel=LOAD)] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone of the hours: Asia/Shanghai.", rich_help_panel=LOAD)] = None,
    give_back: Annotated[bool, typer.Option(help="Capacity is given back outside the hours of use.", rich_help_panel=LOAD)] = False,
    utilisation: Annotated[str | None, typer.Option(help="Part of a block to plan with at the peak.", rich_help_panel=LOAD)] = None,
    ttft_ms: Annotated[str | None, typer.Option(help="Most p95 time to the first token.", rich_help_panel=LOAD)] = None,
    tpot_ms: Annotated[str | None, typer.Option(help="Most p95 time for each further token.", rich_help_panel=LOAD)] = None,
    isolation: Annotated[str | None, typer.Option(help="shared or dedicated.", rich_help_panel=LOAD)] = None,
    growth: Annotated[str | None, typer.Option(help="Times as large after --growth-months: 10.", rich_help_panel=LOAD)] = None,
    growth_months: Annotated[str | None, typer.Option(help="Months that --growth takes.", rich_help_panel=LOAD)] = None,
    model: Annotated[str | None, typer.Option(help="A model's id.", rich_help_panel=LOAD)] = None,
    team_size: Annotated[str | None, typer.Option(help="People.", rich_help_panel=PEOPLE)] = None,
    hourly_rate: Annotated[str | None, typer.Option(help="What an hour of one costs.", rich_help_panel=PEOPLE)] = None,
    team_currency: Annotated[str | None, typer.Option(help="Currency of the team's rates: USD.", rich_help_panel=PEOPLE)] = None,
    on_call_hourly: Annotated[str | None, typer.Option(help="What an hour of being on call costs.", rich_help_panel=PEOPLE)] = None,
    opportunity: Annotated[str | None, typer.Option(help="Worth of an hour beyond its rate, a part of it.", rich_help_panel=PEOPLE)] = None,
) -> None:
    """Say which of the four ways to serve is the cheapest for a workload, why, and what would change the answer.

    Prices are the book's, throughputs measured (--results) or assumed and marked. What was measured on the fake is refused. Exit codes:
    0 advice was given, 2 wrong use.
    """
    from fourways.cli import advise as advising

    fields = {
        "tokensPerDay": tokens_per_day,
        "outputShare": output_share,
        "cacheHitRate": cache_hit_rate,
        "peakTpm": peak_tpm,
        "hours.start": start,
        "hours.end": end,
        "hours.days": days,
        "hours.zone": zone,
        "keepOn": "false" if give_back else None,
        "utilisation": utilisation,
        "latency.ttftMs": ttft_ms,
        "latency.tpotMs": tpot_ms,
        "isolation": isolation,
        "growth.factor": growth,
        "growth.months": growth_months,
        "model": model,
        "team.size": team_size,
        "team.hourlyRate": hourly_rate,
        "team.currency": team_currency,
        "team.onCallHourly": on_call_hourly,
        "team.opportunity": opportunity,
    }
    advising.run(
        advising.Wanted(
            workload=workload,
            stack=stack,
            region=region,
            fields=fields,
            results=results or [],
            rates=currency_rate or [],
            output=output.value,
            html=html,
        )
    )
