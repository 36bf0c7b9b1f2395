"""Writes live prices into the text of the book, and leaves every comment, the order and the form of all else as they are.

A row holds prices of several regions and items. Where not all of them were answered alike, it is parted: what was answered gets rows of
its own behind it, by source, currency and amounts; what was not stays in the old one.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from fourways.catalog.prices import Key, Price

Cells = dict[tuple[str, str], Price]
"""Live prices of one row, by region and item."""
Same = tuple[str, str, str]
"""What the live prices of one row must share: source, currency and unit."""


def renewed(text: str, prices: Mapping[Key, Price]) -> str:
    """The book with these prices in the place of its own; keys that it does not have are left out."""
    yaml = _yaml()
    book = yaml.load(text)
    rows: CommentedSeq = book["rows"]
    place = 0
    while place < len(rows):
        row = rows[place]
        cells = _cells(row, prices)
        new = _renew(row, cells) if cells else []
        for offset, other in enumerate(new, 1):
            rows.insert(place + offset, other)
        place += 1 + len(new)
    out = StringIO()
    yaml.dump(book, out)
    return out.getvalue()


def _renew(row: CommentedMap, cells: Cells) -> list[CommentedMap]:
    """Changes the row, and returns those to go behind it. A comment that follows it follows the last of them."""
    comment = row.ca.items.pop(list(row)[-1], None)
    parts = _parts(row, cells)
    if _left(row, cells):
        others = [_copy(row, *part) for part in parts]
        others = [*(_copy(row, *part) for part in _keep_rest(row, cells)), *others]
    else:
        others = [_copy(row, *part) for part in parts[1:]]
        _write(row, *parts[0])
    last = others[-1] if others else row
    if comment is not None:
        last.ca.items[list(last)[-1]] = comment
    return others


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 10_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _cells(row: Mapping[str, Any], prices: Mapping[Key, Price]) -> Cells:
    found = {}
    for region in row["regions"]:
        for item in row["amounts"]:
            key = Key(row["kind"], item, region, row["charge_type"], row.get("cache", "miss"), row.get("band"))
            if key in prices:
                found[region, item] = prices[key]
    return found


Part = tuple[list[str], dict[str, str], Price | None]
"""Regions, amounts as they are written, and the live price whose source they share; None: the row's own."""


def _parts(row: Mapping[str, Any], cells: Cells) -> list[Part]:
    """The live prices as rows: items of one region with one source, regions of equal amounts together."""
    found: dict[tuple[Same, tuple[tuple[str, str], ...]], Part] = {}
    for region in row["regions"]:
        by_source: dict[Same, dict[str, Price]] = {}
        for item in row["amounts"]:
            if price := cells.get((region, item)):
                by_source.setdefault((price.source, price.currency, price.unit), {})[item] = price
        for same, items in by_source.items():
            amounts = {item: _written(price.amount) for item, price in items.items()}
            part = found.setdefault((same, tuple(amounts.items())), ([], amounts, next(iter(items.values()))))
            part[0].append(region)
    return list(found.values())


def _left(row: Mapping[str, Any], cells: Cells) -> dict[str, dict[str, str]]:
    """By region what has no live price."""
    left = {region: {item: row["amounts"][item] for item in row["amounts"] if (region, item) not in cells} for region in row["regions"]}
    return {region: items for region, items in left.items() if items}


def _keep_rest(row: CommentedMap, cells: Cells) -> list[Part]:
    """Leaves in the row what has no live price of its first such region, and returns rows for the others."""
    found: list[Part] = []
    for region, amounts in _left(row, cells).items():
        same = next((part for part in found if part[1] == amounts), None)
        if same is not None:
            same[0].append(region)
        else:
            found.append(([region], amounts, None))
    regions, amounts, _ = found[0]
    _fill(row, regions, amounts)
    return found[1:]


def _write(row: CommentedMap, regions: list[str], amounts: Mapping[str, str], price: Price | None) -> None:
    _fill(row, regions, amounts)
    if price is None:
        return
    for name in ("assumed", "why"):
        row.pop(name, None)
    row["currency"], row["unit"] = price.currency, price.unit
    row["source"], row["read_on"] = DoubleQuotedScalarString(price.source), price.read_on


def _copy(row: Mapping[str, Any], regions: list[str], amounts: Mapping[str, str], price: Price | None) -> CommentedMap:
    """Another row of the same kind: without the comments of the first, which are about it."""
    copy = CommentedMap()
    for name, value in row.items():
        copy[name] = value if name not in ("regions", "amounts") else None
    copy["regions"], copy["amounts"] = CommentedSeq(), CommentedMap()
    copy["regions"].fa.set_flow_style()
    copy["amounts"].fa.set_flow_style()
    _write(copy, regions, amounts, price)
    return copy


def _fill(row: CommentedMap, regions: list[str], amounts: Mapping[str, str]) -> None:
    """In place, so that the form stays."""
    row["regions"][:] = regions
    for item in [item for item in row["amounts"] if item not in amounts]:
        del row["amounts"][item]
    for item, amount in amounts.items():
        if row["amounts"].get(item) != amount:
            row["amounts"][item] = DoubleQuotedScalarString(amount)


def _written(amount: Decimal) -> str:
    """Without an exponent and trailing zeros, to twelve places: what is divided (a disk's GiB) does not end."""
    return f"{amount.quantize(Decimal('1e-12')).normalize():f}"
