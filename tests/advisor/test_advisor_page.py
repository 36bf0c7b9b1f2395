"""Advice as text, Markdown, JSON and a page in a real browser: the same numbers in each."""

from __future__ import annotations

import html
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from fourways.advisor import Advice, advise, document, page
from tests import chromium
from tests.advisor.samples import RATES, REGION, TEAM, workload


@pytest.fixture(scope="module")
def advice() -> Advice:
    load = workload(tokensPerDay=300_000_000, peakTpm=900_000, growth={"factor": 10, "months": 3}, team=TEAM)
    return advise(load, region=REGION, rates=RATES)


@pytest.fixture(scope="module")
def written(advice: Advice, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "advice.html"
    path.write_text(page.page(advice))
    return path


def test_the_browser_has_nothing_against_the_page(written: Path) -> None:
    assert chromium.complaints(written) == []


def test_the_page_says_what_the_json_says(advice: Advice, written: Path) -> None:
    seen = chromium.text(written)
    data = document.as_json(advice)
    assert data["headline"] in seen
    for offer in data["offers"]:
        assert offer["name"] in seen
        assert f"{Decimal(offer['monthly']):,.0f} {offer['currency']}" in seen
        assert f"{Decimal(offer['per_million_tokens']):,.2f} {offer['currency']}" in seen
    for flip in data["sensitivity"]:
        assert flip["then"] in seen
    for taken in data["branch"]:
        assert taken["ask"] in seen


def test_each_way_is_in_both_plots_and_its_points_are_the_jsons(advice: Advice, written: Path) -> None:
    source = written.read_text()
    best = [one.offer.name for one in advice.best]
    assert len(best) == 4
    assert source.count("<svg") == 2
    for drawing in re.findall(r"<svg.*?</svg>", source, re.DOTALL):
        assert all(html.escape(name) in drawing for name in best)
    data = json.loads(json.dumps(document.as_json(advice)))
    volume, cost = data["monthly_cost_by_tokens_a_month"]["token API"][0]
    assert f"{Decimal(volume):,.0f}" in source
    assert f"{Decimal(cost):,.2f}" in source


def test_currencies_without_a_rate_get_plots_of_their_own(tmp_path: Path) -> None:
    source = page.page(advise(workload(), region=REGION))
    assert source.count("<svg") == 4
    assert "(USD)" in source
    assert "(CNY)" in source
    assert "nothing can be recommended. PTU fast, by the hour, PTU fast, for a term" in html.unescape(source)
    path = tmp_path / "page.html"
    path.write_text(source)
    assert chromium.complaints(path) == []


def test_markdown_has_every_table_and_no_broken_row(advice: Advice) -> None:
    text = document.markdown(advice)
    for grid in document.grids(advice):
        assert f"#### {grid.title}\n" in text
        start = text.index("| " + " | ".join(grid.columns) + " |") if grid.rows else 0
        rows = text[start:].split("\n\n")[0].splitlines() if grid.rows else []
        assert all(row.replace("\\|", "").count("|") == len(grid.columns) + 1 for row in rows)
        assert len(rows) == (len(grid.rows) + 2 if grid.rows else 0)


def test_a_bar_in_a_name_breaks_no_row() -> None:
    text = document.markdown(advise(workload(model="a|b"), region=REGION, rates=RATES))
    assert "| token API | the price book has no token price of a\\|b in cn-beijing |" in text


def test_plots_show_what_the_arithmetic_says(advice: Advice) -> None:
    # Twelve hours instead of six at one pace: capacity that is paid around the clock is half as dear by the token, tokens cost the same.
    alone = advise(workload(), region=REGION, rates=RATES)
    by_hours = {name: dict(points) for name, points in alone.by_hours.items()}
    assert by_hours["Model Units, for a month"][12] == pytest.approx(by_hours["Model Units, for a month"][6] / 2, rel=Decimal("1e-9"))
    assert by_hours["token API"][12] == pytest.approx(by_hours["token API"][6], rel=Decimal("1e-9"))
    for points in alone.by_volume.values():
        costs = [cost for _, cost in points]
        assert costs == sorted(costs)
    assert advice.by_volume["token API"][-1][0] < advice.up_to  # the quota ends it
