"""From a page's model to one HTML text. The template is `page.html.j2`, the style sheet `page.css`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from fourways.pages.model import Cell, Figure, Page, Table

HERE = Path(__file__).parent
_NUMBER = re.compile(r"[+-]?[0-9]")


def render(page: Page) -> str:
    """The whole page. Raises ValueError for a row that has not as many cells as its table has columns."""
    data = None if page.data is None else _json(page.data)
    return _template().render(page=page, style=Markup((HERE / "page.css").read_text()), data=data)  # our own file


@dataclass
class _Block:
    """A paragraph, or the items of a list."""

    text: str = ""
    items: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Run:
    """Parts in a row that are all figures, or none of them."""

    figures: bool
    parts: list[Any]


@cache
def _template() -> Template:
    environment = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=False)
    environment.globals |= {"blocks": _blocks, "runs": _runs, "right": _right, "cell_text": _cell, "drawn": _drawn}
    return environment.get_template("page.html.j2")


def _blocks(words: str) -> Iterator[_Block]:
    for paragraph in words.strip().split("\n\n"):
        for listed, group in groupby(paragraph.splitlines(), key=lambda line: line.startswith("- ")):
            texts = list(group)
            yield _Block(items=[text.removeprefix("- ") for text in texts]) if listed else _Block(text=" ".join(texts))


def _runs(parts: Sequence[Any]) -> Iterator[_Run]:
    for figures, group in groupby(parts, key=lambda part: isinstance(part, Figure)):
        yield _Run(figures, list(group))


def _right(table: Table, column: int) -> Markup:
    """The class of a column of numbers."""
    if wrong := next((row for row in table.rows if len(row) != len(table.columns)), None):
        raise ValueError(f"table {table.caption!r} has {len(table.columns)} columns and a row {list(wrong)!r}")
    cells = [cell for row in table.rows if (cell := row[column]) is not None]
    number = column > 0 and bool(cells) and all(not isinstance(cell, str) or _NUMBER.match(cell) for cell in cells)
    return Markup(' class="number"') if number else Markup()


def _cell(cell: Cell) -> str:
    return "-" if cell is None else str(cell)


def _drawn(figure: Figure) -> Markup:
    """The plot as SVG, with its text alternative. Drawn here, once: the page needs no script."""
    import vl_convert  # 30 MB that only pages need

    svg: str = vl_convert.vegalite_to_svg(figure.chart, vl_version="6.4")
    label = escape(f"{figure.title}. {figure.summary}")
    return Markup(svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1))  # Vega escapes texts


def _json(data: Any) -> Markup:
    """JSON that cannot end the element it stands in."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))  # escaped above
