"""Live prices: asked of the cloud, or taken from the cache where they were asked today.

The cache holds list prices with their date, and nothing of the account: no id, no key, no discount. The cloud's and the fake's are apart.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from fourways.catalog.facts import CatalogError
from fourways.catalog.prices import Key, Price, price, staleness
from fourways.cloud.errors import CloudError, Outcome
from fourways.prices.questions import Question, Quote, Unreadable, questions, read

Ask = Callable[[Question], Mapping[str, Any]]
"""Sends a question. Raises CloudError."""
NOT_ASKED = "no document says how to ask for it"
_STORED = TypeAdapter(list[tuple[Key, Price]])


class Unasked(CatalogError):
    """The cloud cannot be asked at all. The text says why."""


@dataclass(frozen=True)
class Answers:
    """Live prices by what they are of, and why others have none."""

    prices: Mapping[Key, Price] = field(default_factory=dict)
    refused: Mapping[Key, str] = field(default_factory=dict)

    def find(self, kind: str, item: str, region: str, charge_type: str) -> Price | None:
        """The live price where there is one, else the book's: a look-up for estimates."""
        live = self.prices.get(Key(kind, item, region, charge_type))  # type: ignore[arg-type]
        return live or price(kind, item, region, charge_type)


def cache_file(target: str) -> Path:
    """Where the answers of a target (`cloud` or `fake`) are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fourways" / "prices" / f"{target}.json"


def answer(keys: Iterable[Key], ask: Ask, *, target: str, today: date, file: Path) -> Answers:
    """A live price of each key from a target: from `file` where it was read today, else by asking; what was asked is kept there. Raises
    CatalogError for a file that is no such cache, Unasked where nothing can be asked (no connection, throttled)."""
    kept = {key: found for key, found in _load(file).items() if found.read_on == today}
    prices, refused = {}, {}
    told: dict[Question, Mapping[str, Any] | CloudError] = {}
    for key in dict.fromkeys(keys):
        if key in kept:
            prices[key] = kept[key]
            continue
        why = []
        for question in questions(key):
            try:
                quote = read(key, question, _told(question, ask, told))
            except (Unreadable, CloudError) as error:
                why.append(f"{question.source}: {error}")
            else:
                prices[key] = _price(key, quote, f"{question.source}{' of the fake' if target == 'fake' else ''}, list price", today)
                break
        else:
            refused[key] = "; ".join(why) or NOT_ASKED
    if told:
        _keep(file, {**kept, **prices})
    return Answers(prices, refused)


def _told(question: Question, ask: Ask, told: dict[Question, Mapping[str, Any] | CloudError]) -> Mapping[str, Any]:
    """The answer, asked for once in a run. Raises CloudError; one that every other question would meet, too, at once."""
    if question not in told:
        try:
            told[question] = ask(question)
        except CloudError as error:
            if error.outcome in (Outcome.UNSENT, Outcome.THROTTLED):
                raise Unasked(str(error)) from error
            told[question] = error
    found = told[question]
    if isinstance(found, CloudError):
        raise found
    return found


def _price(key: Key, quote: Quote, source: str, today: date) -> Price:
    return Price(
        amount=quote.amount,
        currency=quote.currency,
        unit=quote.unit,
        cache=key.cache,
        source=source,
        read_on=today,
        stale_after_days=staleness().days,
    )


def _load(file: Path) -> dict[Key, Price]:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    try:
        return dict(_STORED.validate_json(text))
    except ValidationError as error:
        raise CatalogError(f"{file} is no cache of prices ({error.error_count()} errors): delete it") from error


def _keep(file: Path, prices: Mapping[Key, Price]) -> None:
    """Written beside and moved into place: whoever reads meanwhile reads the old one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(f".{os.getpid()}")
    beside.write_text(json.dumps(_STORED.dump_python(list(prices.items()), mode="json"), indent=1), encoding="utf-8")
    beside.replace(file)
