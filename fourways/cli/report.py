"""`fourways report FOLDER...`: what the runs of `fourways bench` say, on a page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fourways.benchmark.plan import PlanError, parse_slo
from fourways.cli.errors import USAGE, UserError
from fourways.costs.rates import Rates
from fourways.report import Asked, ReportError, write
from fourways.report.build import Report
from fourways.report.wording import tokens

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_PRICE = re.compile(rf"(?P<stack>[^=\s]+)=(?P<first>{_NUMBER})(?:/(?P<output>{_NUMBER}))?(?P<currency>[A-Z]{{3}})")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The command's options, as they were typed."""

    folders: Sequence[Path]
    out: Path
    markdown: Path | None
    json: Path | None
    slo: str
    share: float
    rates: Sequence[str]
    prices: Sequence[str]
    compare: tuple[str, str] | None
    missing: Mapping[str, str] = field(default_factory=dict)


def report(wanted: Wanted) -> list[str]:
    """Write the report; returns lines that say where it is and what it recommends. Raises UserError, and RateError for a wrong rate."""
    try:
        built = write(
            Asked(
                folders=wanted.folders,
                slo=parse_slo(wanted.slo) or None,
                share=wanted.share,
                rates=Rates.parse(wanted.rates),
                prices=prices_of(wanted.prices),
                compare=wanted.compare,
                missing=wanted.missing,
            ),
            wanted.out,
            markdown_to=wanted.markdown,
            json_to=wanted.json,
        )
    except (ReportError, PlanError) as error:
        raise UserError(str(error), USAGE) from error
    written = [str(path) for path in (wanted.out, wanted.markdown, wanted.json) if path]
    return [*_said(built), f"report: {', '.join(written)}"]


def prices_of(texts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """By stack, as run.json has them, from `mu-singapore=216CNY` (an hour) and `token-singapore=0.2/0.4USD` (a million tokens in / out).
    Raises UserError."""
    found: dict[str, dict[str, Any]] = {}
    for text in texts:
        given = _PRICE.fullmatch(text.strip())
        if given is None:
            raise UserError(f"{text!r} is no price: write mu-singapore=216CNY an hour, token-singapore=0.2/0.4USD a million tokens", USAGE)
        of_stack = found.setdefault(given["stack"], {})
        name = "token_prices" if given["output"] else "hourly_price"
        if name in of_stack:
            raise UserError(f"{text!r} states a second price of {given['stack']}: state one an hour and one for tokens at most", USAGE)
        stated = {"currency": given["currency"], "assumed": False}
        if given["output"]:
            of_stack[name] = {"input": given["first"], "output": given["output"], "cached": None, **stated}
        else:
            of_stack[name] = {"amount": given["first"], **stated}
    return found


def _said(built: Report) -> list[str]:
    found = built.recommendation
    head = ["target: fake - all numbers are made up"] if built.fake else []
    if found.missing:
        return [*head, "no recommendation:", *(f"  {each}" for each in found.missing)]
    return [*head, *(f"cheapest from {tokens(low)} to {tokens(high)} tokens a month: {name}" for low, high, name in found.choices)]
