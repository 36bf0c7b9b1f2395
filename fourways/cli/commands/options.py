"""Arguments and options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

Stack = Annotated[str, typer.Argument(help="A stack that has a file in stacks/, such as mu-singapore.")]
OnFake = Annotated[bool, typer.Option("--fake", help="Work on the fake cloud (started when needed) instead of the real one.")]
Service = Annotated[str | None, typer.Option(help="Which service, where the stack has several.")]
CurrencyRate = Annotated[
    list[str] | None,
    typer.Option(
        envvar="FOURWAYS_RATES",
        help="A rate between currencies, such as USD=7.1CNY; nothing is converted without one. May be repeated.",
    ),
]


class Format(StrEnum):
    """How a result is printed."""

    text = "text"
    markdown = "markdown"
    json = "json"


class Listing(StrEnum):
    """How a list is printed."""

    text = "text"
    json = "json"


class Records(StrEnum):
    """How much of the bill a sweep tells."""

    all = "all"
    marked = "marked"
    none = "none"
