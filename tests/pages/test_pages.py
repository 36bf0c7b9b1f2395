"""Pages as texts, and in a real browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from fourways.pages import Axis, Figure, Line, Notice, Page, Rule, Section, Table, Text, bars, lines, render
from tests import chromium

NASTY = "</script><b>&\"'"
TABLE = Table(caption="Throughput", columns=["deployment", "tokens a second", "says"], rows=[["mu", 1.5, "well"], [NASTY, None, "7 of 9"]])
SERIES = [Line(name=NASTY, points=[(1, 10), (4, 30)], labels=["1", NASTY]), Line(name="metal", points=[(1, 9), (4, 40)], faint=True)]


def page(*parts: Any, **more: Any) -> Page:
    sections = [Section(name=f"part-{number}", heading=f"Part {number} {NASTY}", parts=parts) for number in range(3)]
    return Page(title=f"A page {NASTY}", lead="One.\n\n- first\n- second", sections=sections, **more)


def figure(chart: dict[str, Any]) -> Figure:
    return Figure(title="Throughput", summary=f"More is better {NASTY}", chart=chart, table=TABLE)


def everything() -> Page:
    plots = [
        figure(
            lines(
                SERIES,
                x=Axis(title="requests at a time", log=True),
                y=Axis(title="tokens/s"),
                rules=[Rule(at=2, label=NASTY)],
                stamp="fake",
            )
        ),
        figure(bars([(NASTY, 1.0), ("metal", 2.0)], title="CNY", stamp="fake")),
    ]
    return page(Text(text=NASTY), *plots, TABLE, notices=[Notice(text=NASTY, kind="warning")], data={"text": NASTY, "number": 1.25})


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(render(everything()))
    return path


def test_the_browser_has_nothing_against_a_page(written: Path) -> None:
    assert chromium.complaints(written) == []


def test_the_browser_complains_of_what_a_page_must_not_do(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<img src='https://example.com/a.png'><script>console.error('bad'); nothing()</script>")
    told = "\n".join(chromium.complaints(path))
    assert "request: https://example.com/a.png" in told
    assert "error: bad" in told
    assert "exception: nothing is not defined" in told


def test_texts_are_shown_and_never_run(written: Path) -> None:
    html = written.read_text()
    assert html.count("<script") == 1, "only the data"
    assert NASTY in chromium.text(written)
    with chromium.opened(written) as (seen, _):
        assert seen.locator("b").count() == 0
        assert seen.evaluate("JSON.parse(document.getElementById('data').textContent)") == {"text": NASTY, "number": 1.25}


def test_a_phone_shows_it_without_scrolling_sideways(written: Path) -> None:
    with chromium.opened(written, width=chromium.PHONE) as (seen, _):
        assert seen.evaluate("document.documentElement.scrollWidth") <= chromium.PHONE
        heights = seen.evaluate("[...document.querySelectorAll('svg text')].map(each => each.getBoundingClientRect().height)")
        assert min(height for height in heights if height) >= 9, "CSS pixels, of letters with their line"


def test_light_and_dark_differ_and_text_keeps_its_contrast(written: Path) -> None:
    seen = {}
    for scheme in ("light", "dark"):
        with chromium.opened(written, scheme=scheme) as (shown, _):
            seen[scheme] = {name: shown.evaluate(f"getComputedStyle({of}).{style}") for name, of, style in COLOURS}
    assert seen["light"]["paper"] != seen["dark"]["paper"]
    for colours in seen.values():
        for name in ("ink", "axis", "line", "caption"):
            least = 3.0 if name == "line" else 4.5  # WCAG 2.2: 1.4.11 for what is drawn, 1.4.3 for text
            assert contrast(colours[name], colours["paper"]) >= least, (name, colours)


COLOURS = [
    ("paper", "document.body", "backgroundColor"),
    ("ink", "document.body", "color"),
    ("axis", "document.querySelector('svg .role-axis-label text')", "fill"),
    ("line", "document.querySelector('svg .mark-line path')", "stroke"),
    ("caption", "document.querySelector('figcaption')", "color"),
]


def contrast(one: str, other: str) -> float:
    """Relative luminances compared, as WCAG 2.2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_a_screen_reader_finds_headings_tables_and_what_plots_show(written: Path) -> None:
    with chromium.opened(written) as (seen, _):
        assert seen.locator("h1").count() == 1
        assert seen.get_by_role("img", name="Throughput. More is better").count() == 6
        assert seen.locator("table caption").all_text_contents()[0] == "Throughput"
        assert seen.locator("tbody th[scope=row]").count() == seen.locator("tbody tr").count()
        assert seen.get_by_role("navigation", name="Sections").get_by_role("link").count() == 3


def test_columns_of_numbers_are_set_to_the_right() -> None:
    html = render(page(TABLE))
    assert '<th scope="col" class="number">tokens a second</th>' in html
    assert '<th scope="col">says</th>' in html
    assert '<td class="number">-</td>' in html


def test_a_row_that_does_not_fit_its_table_is_refused() -> None:
    with pytest.raises(ValueError, match="'Short' has 2 columns"):
        render(page(Table(caption="Short", columns=["a", "b"], rows=[["only one"]])))


def test_a_plot_without_a_point_is_refused() -> None:
    with pytest.raises(ValueError, match="no point"):
        lines([Line(name="a", points=[(0, 1)])], x=Axis(title="x", log=True), y=Axis(title="y"))
    with pytest.raises(ValueError, match="no bar"):
        bars([], title="x")


def test_each_series_has_a_look_of_its_own_without_colours() -> None:
    many = [Line(name=f"s{number}", points=[(1, number)]) for number in range(12)]
    layers = lines(many, x=Axis(title="x"), y=Axis(title="y"))["layer"]
    dashes = layers[0]["encoding"]["strokeDash"]["scale"]["range"]
    shapes = layers[1]["encoding"]["shape"]["scale"]["range"]
    assert len({(json.dumps(dash), shape) for dash, shape in zip(dashes, shapes, strict=True)}) == 12
