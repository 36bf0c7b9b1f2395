"""`fourways prices`: the price book as it stands, and renewed from live prices."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

from fourways.catalog import prices
from fourways.catalog.facts import HERE
from fourways.catalog.prices import Key, Price
from fourways.cli.demo import console
from fourways.cli.errors import FAILED, USAGE, UserError
from fourways.cli.workspace import fake_workspace
from fourways.cloud import target as targets
from fourways.prices.answers import answer, cache_file
from fourways.prices.ask import ask
from fourways.prices.renewal import Finding, findings
from fourways.prices.writing import renewed

BOOK = HERE / "prices.yaml"


def show(*, stale: bool, output: str) -> int:
    """Print the book, or only what in it is old. 1: some price is older than the book trusts it, and `stale` asked for those."""
    today = date.today()
    chosen = [(key, one) for key, one in prices.book().items() if not stale or one.is_stale(today)]
    if output == "json":
        print(json.dumps([_row_json(key, one, today) for key, one in chosen], indent=2))
    elif chosen:
        console.print(_table(chosen, today))
    else:
        console.print("No price is older than the book trusts it.")
    return FAILED if stale and chosen else 0


def renew(*, fake: bool, regions: Sequence[str], kinds: Sequence[str], write: bool, book: Path | None, output: str) -> int:
    """Ask for live prices, print what differs, and with `write` put them into the book. 0: no price changed, or all are written; 1: some
    differ. Raises UserError where the fake's prices would get into the real book."""
    target = _enter(fake)
    file = book or BOOK
    if write and target == "fake" and file.resolve() == BOOK.resolve():
        raise UserError("the fake's prices are made up and do not belong into the price book: name a copy of it (--book FILE)", USAGE)
    wanted = [
        (key, one) for key, one in prices.book().items() if (not regions or key.region in regions) and (not kinds or key.kind in kinds)
    ]
    if not wanted:
        raise UserError(f"the book has no such price; kinds: {', '.join(sorted({key.kind for key in prices.book()}))}", USAGE)
    answers = answer([key for key, _ in wanted], ask, target=target, today=date.today(), file=cache_file(target))
    found = findings(wanted, answers)
    if output == "json":
        print(json.dumps([_finding_json(one) for one in found], indent=2))
    else:
        _print(found)
    differ = [one for one in found if one.change in ("changed", "other currency")]
    if not write:
        return FAILED if differ else 0
    file.write_text(renewed(file.read_text(encoding="utf-8"), answers.prices), encoding="utf-8")
    if output != "json":
        console.print(f"Wrote {len(answers.prices)} prices, {len(differ)} of them changed, into {file}.")
    return 0


def _enter(fake: bool) -> str:
    """Makes the environment that of the target, says it, and returns its name."""
    if fake and not os.environ.get(targets.FAKE_VARIABLE):
        fake_workspace().enter()
    return targets.current().name


def _print(found: Iterable[Finding]) -> None:
    target = targets.current()
    console.print(target.describe())
    asked, silent = [one for one in found if one.new], [one for one in found if one.new is None]
    shown = Table(title="Prices that were asked for", title_justify="left")
    for heading in ("kind", "item", "region", "book", "live", "change", "source"):
        shown.add_column(heading, overflow="fold")
    for one in asked:
        said = one.change if one.share is None or one.change == "same" else f"{one.change} {one.share:+.1%}"
        shown.add_row(one.key.kind, _item(one.key), one.key.region, _said(one.old), _said(one.new), said, one.new.source if one.new else "")
    if asked:
        console.print(shown)
    reasons: dict[tuple[str, str], int] = {}
    for one in silent:
        reasons[one.key.kind, one.why] = reasons.get((one.key.kind, one.why), 0) + 1
    for (kind, why), count in reasons.items():
        console.print(f"not live: {count} of {kind}: {escape(why)}")


def _table(chosen: Iterable[tuple[Key, Price]], today: date) -> Table:
    """Sources are numbered below: many prices share one."""
    shown = Table(title="Price book", title_justify="left", caption_justify="left")
    for heading in ("kind", "item", "region", "charge", "price", "read on", "source"):
        shown.add_column(heading, overflow="fold")
    sources: dict[str, int] = {}
    for key, one in chosen:
        old = f", old (trusted {one.stale_after_days} days)" if one.is_stale(today) else ""
        source = f"{one.source}; assumed: {one.why}" if one.assumed else one.source
        number = sources.setdefault(source, len(sources) + 1)
        shown.add_row(key.kind, _item(key), key.region, key.charge_type, _said(one), f"{one.read_on}{old}", str(number))
    shown.caption = "\n".join(f"{number}: {escape(source)}" for source, number in sources.items())
    return shown


def _item(key: Key) -> str:
    marks = [mark for mark in ("from the cache" if key.cache == "hit" else "", key.band or "") if mark]
    return f"{key.item} ({', '.join(marks)})" if marks else key.item


def _said(price: Price | None) -> str:
    return "-" if price is None else f"{price.amount.normalize():f} {price.currency} per {price.unit}"


def _price_json(price: Price | None) -> dict[str, Any] | None:
    return None if price is None else price.model_dump(mode="json")


def _row_json(key: Key, price: Price, today: date) -> dict[str, Any]:
    return {**key._asdict(), "price": _price_json(price), "stale": price.is_stale(today)}


def _finding_json(one: Finding) -> dict[str, Any]:
    return {**one.key._asdict(), "change": one.change, "old": _price_json(one.old), "new": _price_json(one.new), "why": one.why or None}
