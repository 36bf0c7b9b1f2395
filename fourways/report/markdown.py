"""A page as Markdown, for pull requests and issues: its tables and texts; of plots, the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fourways.pages import Figure, Notice, Page, Table, Text
from fourways.pages.model import Cell

_SPECIAL = str.maketrans({character: f"\\{character}" for character in "\\`*_|<>[]#"})


def markdown(page: Page) -> str:
    """The whole page."""
    return "\n\n".join(_blocks(page)) + "\n"


def _blocks(page: Page) -> Iterator[str]:
    yield f"# {escape(page.title)}"
    yield _lines(page.lead)
    for notice in page.notices:
        yield _quoted(notice.text)
    for section in page.sections:
        yield f"## {escape(section.heading)}"
        for part in section.parts:
            yield _part(part)


def _part(part: Text | Notice | Table | Figure) -> str:
    if isinstance(part, Text):
        return _lines(part.text)
    if isinstance(part, Notice):
        return _quoted(part.text)
    if isinstance(part, Table):
        return _table(part)
    return "\n\n".join(filter(None, [f"### {escape(part.title)}", escape(part.summary), _table(part.table), escape(part.note)]))


def _table(table: Table) -> str:
    rule = "|" + " --- |" * len(table.columns)
    return "\n".join([f"**{escape(table.caption)}**", "", _row(table.columns), rule, *(_row(row) for row in table.rows)])


def _row(cells: Sequence[Cell]) -> str:
    return "| " + " | ".join("-" if cell is None else escape(str(cell)) for cell in cells) + " |"


def _lines(text: str) -> str:
    return "\n".join(f"- {escape(line.removeprefix('- '))}" if line.startswith("- ") else escape(line) for line in text.splitlines())


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in _lines(text).splitlines())


def escape(text: str) -> str:
    """As it is read: nothing in it is markup."""
    return text.translate(_SPECIAL)
