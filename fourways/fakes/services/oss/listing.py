"""Which keys a list shows: help centre, ListObjects and ListObjectsV2. Keys are in the order of their bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass
class Page(Generic[Item]):
    """`last` is the key, or the common prefix, with which it ends, `last_item` what has that key."""

    items: list[tuple[str, Item]] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    truncated: bool = False
    last: str = ""
    last_item: Item | None = None


def page_of(items: Iterable[tuple[str, Item]], prefix: str, delimiter: str, after: str, size: int) -> Page[Item]:
    """At most `size` keys and common prefixes of those that begin with `prefix` and come after `after`.

    Keys that have the delimiter behind the prefix are shown as one common prefix. `after` may be a common prefix itself.
    """
    page: Page[Item] = Page()
    for key, item in sorted(items, key=lambda row: row[0].encode()):
        if not key.startswith(prefix) or key.encode() <= after.encode():
            continue
        head, found, _ = key.removeprefix(prefix).partition(delimiter) if delimiter else (key, "", "")
        common = prefix + head + found if found else ""
        if common and (common == after or common in page.prefixes[-1:]):
            continue
        if len(page.items) + len(page.prefixes) >= size:
            page.truncated = True
            break
        if common:
            page.prefixes.append(common)
        else:
            page.items.append((key, item))
        page.last, page.last_item = common or key, item
    return page
