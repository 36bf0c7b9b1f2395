"""What a page is made of: plain data, texts as they are read (escaping is the renderer's)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Cell = str | int | float | None
"""A number is shown as it is: round it before. None is a dash."""


@dataclass(frozen=True, kw_only=True)
class Text:
    """Paragraphs, parted by an empty line; lines that begin with `- ` are a list."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What must not be overlooked. `warning`: what is shown is not to be relied on; `note`: how it is to be read."""

    text: str
    kind: Literal["note", "warning"] = "note"


@dataclass(frozen=True, kw_only=True)
class Table:
    """The first cell of a row is its heading. Columns whose cells are all numbers, or begin with a digit, are set to the right."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A plot and its data. `title` says what is plotted; `summary` what is to be seen in it, for who cannot see it; `table` holds the
    numbers and is folded away below the plot."""

    title: str
    summary: str
    chart: dict[str, Any]
    table: Table
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and what is below it. `name` is its anchor, unique in the page."""

    name: str
    heading: str
    parts: Sequence[Text | Notice | Table | Figure]


@dataclass(frozen=True, kw_only=True)
class Page:
    """`data` is put into the page as JSON that no browser shows, for programs that read the page."""

    title: str
    lead: str
    sections: Sequence[Section]
    notices: Sequence[Notice] = ()
    footer: str = ""
    data: Any = field(default=None)
