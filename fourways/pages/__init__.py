"""Self-contained HTML pages: what reports and advice look like. One file without scripts, which asks nothing of a network; readable on a
phone, in light and dark, on paper, and by a screen reader. What the pages say lives elsewhere (`fourways.report`, `fourways.advisor`).

    page = Page(title="...", lead="...", sections=[Section(heading="...", parts=[Figure(title="...", chart=lines(...), ...)])])
    path.write_text(render(page))
"""

from fourways.pages.charts import Axis, Line, Rule, bars, lines
from fourways.pages.model import Figure, Notice, Page, Section, Table, Text
from fourways.pages.render import render

__all__ = ["Axis", "Figure", "Line", "Notice", "Page", "Rule", "Section", "Table", "Text", "bars", "lines", "render"]
