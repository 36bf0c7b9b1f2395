"""From folders of results to a report in files."""

from __future__ import annotations

import json
from pathlib import Path

from fourways.pages import render
from fourways.report.build import Asked, Report, build
from fourways.report.document import as_dict
from fourways.report.markdown import markdown
from fourways.report.page import page


def write(asked: Asked, out: Path, *, markdown_to: Path | None = None, json_to: Path | None = None) -> Report:
    """Write the HTML to `out`, and Markdown and JSON where wanted; returns what they say. All forms are made before the first is written:
    raises ReportError before anything is there."""
    report = build(asked)
    shown = page(report)
    texts = {out: render(shown)}
    if markdown_to is not None:
        texts[markdown_to] = markdown(shown)
    if json_to is not None:
        texts[json_to] = json.dumps(as_dict(report), indent=2, allow_nan=False) + "\n"
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return report
