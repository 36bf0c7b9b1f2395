"""From folders of results to a report in files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fourways.costs.rates import Rates
from fourways.pages import render
from fourways.report.build import Asked, Report, build
from fourways.report.document import as_dict
from fourways.report.markdown import markdown
from fourways.report.objective import SHARE
from fourways.report.page import page


def write(
    folders: Sequence[Path],
    out: Path,
    *,
    rates: Rates | None = None,
    slo: Mapping[str, float] | None = None,
    share: float = SHARE,
    prices: Mapping[str, Mapping[str, Any]] | None = None,
    compare: tuple[str, str] | None = None,
    markdown_to: Path | None = None,
    json_to: Path | None = None,
) -> Path:
    """Write the HTML to `out`, and Markdown and JSON where wanted; returns `out`. Raises ReportError, before anything is written."""
    report = build(Asked(folders=folders, slo=slo, share=share, rates=rates or Rates(), prices=prices, compare=compare))
    save(report, out, markdown_to=markdown_to, json_to=json_to)
    return out


def save(report: Report, out: Path, *, markdown_to: Path | None = None, json_to: Path | None = None) -> None:
    """All forms are made before the first is written."""
    shown = page(report)
    texts = {out: render(shown)}
    if markdown_to is not None:
        texts[markdown_to] = markdown(shown)
    if json_to is not None:
        texts[json_to] = json.dumps(as_dict(report), indent=2, allow_nan=False) + "\n"
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
