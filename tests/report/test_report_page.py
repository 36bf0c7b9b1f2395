"""The page, the Markdown and the JSON of a report: the same numbers, nothing hidden, nothing made up without a word; in a real browser."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from math import floor, log10
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourways.benchmark import results
from fourways.benchmark.plan import Load
from fourways.benchmark.samples import Sample
from fourways.report import Asked, write
from fourways.report.figures import _rules
from fourways.report.wording import number
from tests import chromium
from tests.report import runs

LOADS = (Load(concurrency=4), Load(concurrency=8), Load(rate=20.0))
THROUGHPUT = {
    "requests": "requests", "tokens/s out": "output_throughput", "tokens/s, in + out": "total_token_throughput", "TPM out": "output_tpm",
    "TPM, in + out": "total_tpm", "interactivity, tokens/s a request": "interactivity", "good requests/s": "request_goodput",
}  # fmt: skip
LATENCIES = {"mean": "mean", "p50": "median", "p95": "p95", "p99": "p99", "deviation": "std"}
MEASURES = {"TTFT": "ttft_ms", "TPOT": "tpot_ms", "ITL": "itl_ms", "E2EL": "e2el_ms"}


@dataclass
class Seen:
    """A table as a reader of the HTML finds it."""

    caption: str = ""
    rows: list[list[str]] = field(default_factory=list)

    def by(self, *keys: str) -> dict[tuple[str, ...], dict[str, str]]:
        """Rows by the cells of these columns."""
        head, *body = self.rows
        named = [dict(zip(head, row, strict=True)) for row in body]
        return {tuple(row[key] for key in keys): row for row in named}


class Tables(HTMLParser):
    """All tables of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Seen] = []
        self._into: str = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002 # as the parser calls it
        if tag == "table":
            self.found.append(Seen())
        elif tag == "tr":
            self.found[-1].rows.append([])
        elif tag in ("td", "th"):
            self.found[-1].rows[-1].append("")
        self._into = tag if tag in ("td", "th", "caption") else self._into

    def handle_endtag(self, tag: str) -> None:
        self._into = "" if tag in ("td", "th", "caption") else self._into

    def handle_data(self, data: str) -> None:
        if self._into == "caption":
            self.found[-1].caption += data.strip()
        elif self._into:
            self.found[-1].rows[-1][-1] += data.strip()


def same(shown: str, value: float | None) -> bool:
    """Whether a cell shows this number, rounded to four digits or to a whole."""
    if value is None or shown == "-":
        return value is None and shown == "-"
    step = min(1.0, 10.0 ** (floor(log10(abs(value))) - 3)) if value else 0.0
    return abs(float(shown.replace(",", "")) - value) <= 0.5001 * step


@dataclass
class Written:
    html: Path
    folders: list[Path]
    data: dict[str, Any]
    markdown: str

    def tables(self) -> dict[str, Seen]:
        return {table.caption: table for table in Tables(self.html.read_text()).found}


def _everything(made: Sample) -> None:
    runs.overflows(3)(made)
    runs.retries(5)(made)
    runs.fails(11)(made)


def _write(tmp_path: Path, target: str = "cloud", **more: Any) -> Written:
    folders = [
        runs.capacity(tmp_path / "mu", target=target, loads=LOADS, hourly={"amount": "1", "currency": "CNY"}),
        runs.token(tmp_path / "token", target=target, loads=LOADS),
        runs.write(
            tmp_path / "ptu", stack="ptu-singapore", kind="ptu", target=target, loads=LOADS, hourly=runs.CNY, tokens=runs.BY_TOKEN,
            change=_everything, clients={"c8": runs.BUSY}, stopped_by="interrupt", closed_by={"r20": "interrupt"},
        ),
    ]  # fmt: skip
    html = tmp_path / "r.html"
    write(Asked(folders=folders, compare=("mu", "token"), **more), html, markdown_to=tmp_path / "r.md", json_to=tmp_path / "r.json")
    return Written(html, folders, json.loads((tmp_path / "r.json").read_text()), (tmp_path / "r.md").read_text())


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return _write(tmp_path_factory.mktemp("cloud"))


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return _write(tmp_path_factory.mktemp("fake"), "fake")


def test_the_page_has_the_numbers_of_the_runs(cloud: Written) -> None:
    tables = cloud.tables()
    for folder in cloud.folders:
        run = results.load(folder)
        stack = run.header["stack"]
        for point in run.points:
            closed = point["max_concurrency"] is not None
            how = "by concurrency" if closed else "by rate (open loop)"
            load = f"{point['max_concurrency']} at a time" if closed else f"{point['request_rate']:g} a second"
            row = tables[f"{stack}: throughput {how}"].by("load")[load,]
            for column, key in THROUGHPUT.items():
                assert same(row[column], point[key]), (stack, load, column, row[column], point[key])
            assert row["goodput"] == f"{100 * point['goodput_share']:.1f} %"
            latencies = tables[f"{stack}: latencies {how}"].by("load", "measure, ms")
            for measure, key in MEASURES.items():
                for column, figure in LATENCIES.items():
                    assert same(latencies[load, measure][column], point[f"{figure}_{key}"]), (stack, load, measure, column)


def test_the_json_has_the_numbers_of_the_runs_and_the_page_has_the_json(cloud: Written) -> None:
    for folder, each in zip(cloud.folders, cloud.data["deployments"], strict=True):
        assert each["points"] == results.load(folder).points
    with chromium.opened(cloud.html) as (page, _):
        assert page.evaluate("JSON.parse(document.getElementById('data').textContent)") == cloud.data


def test_costs_of_the_page_are_those_of_the_json(cloud: Written) -> None:
    tables, (group,) = cloud.tables(), cloud.data["costs"]
    at = tables["Cost at the point that meets the SLO, capacity used at that pace around the clock (100 %)"].by("deployment")
    known = {each["name"]: each["cost"] for each in cloud.data["deployments"] if each["cost"]["per_million"] is not None}
    assert set(at) == {(name,) for name in known} == {("mu-singapore",), ("token-singapore",)}
    for name, cost in known.items():
        assert same(at[name,]["CNY a million tokens, in + out"], cost["per_million"])
        assert same(at[name,]["CNY a million output tokens"], cost["per_million_output"])
        assert same(at[name,]["tokens an hour, in + out"], cost["tokens_per_hour"])
        hours = tables["CNY a million tokens, by hours of use a day"].by("hours a day")
        assert all(same(hours[hour,][name], value) for hour, value in group["by_hours"][name].items())
        months = tables["CNY a month, by tokens a month (in + out)"].rows
        shown = [row[months[0].index(name)] for row in months[1:]]
        assert all(same(cell, value) for cell, value in zip(shown, group["by_volume"][name], strict=True))
    changes = tables["Break-evens"].rows[1:]
    assert [row[3:] for row in changes] == [[change["below"], change["above"]] for change in group["break_evens"]]
    assert [row[2] for row in changes] == [
        number(float(change["tokens"]) * 24 / 730) for change in group["break_evens"]
    ]  # days of this month
    assert changes


def test_the_comparison_of_the_page_is_that_of_the_json(cloud: Written) -> None:
    rows = cloud.tables()["token-singapore against mu-singapore"].rows[1:]
    differences = cloud.data["comparison"]["differences"]
    assert len(rows) == len(differences) > 20
    for row, each in zip(rows, differences, strict=True):
        assert same(row[2], each["a"])
        assert same(row[3], each["b"])
        assert same(row[4].lstrip("+"), each["difference"])
        assert each["verdict"] in row[7]


def test_the_markdown_has_the_tables_of_the_page(cloud: Written) -> None:
    text = cloud.markdown.replace("\\", "")
    for caption, table in cloud.tables().items():
        assert f"**{caption}**" in text
        for row in table.rows:
            assert f"| {' | '.join(row)} |" in text


def test_errors_invalid_points_and_what_was_cut_short_are_in_sight(cloud: Written) -> None:
    tables = cloud.tables()
    for name in ("throughput", "latencies"):
        closed = tables[f"ptu-singapore: {name} by concurrency"]
        assert {row[-1] for row in closed.rows[1:]} == {"valid", "INVALID"}
        assert all(re.fullmatch(r"[1-9]\d* of \d+: \d+ x 429", row[-2]) for row in closed.rows[1:])
        assert {row[-1] for row in tables[f"ptu-singapore: {name} by rate (open loop)"].rows[1:]} == {"cut short"}
    text = chromium.text(cloud.html)
    assert "ptu-singapore was not measured to the end (interrupt): 3 of 3 points." in text
    assert "ptu-singapore has points that are not to be relied on, or with errors" in text
    assert "8 at a time: INVALID (the client used 99% of a core" in text
    assert "20 a second: cut short (closed by interrupt, 0 requests abandoned)" in text
    assert re.search(r"4 at a time: failed [1-9]\d* of \d+: \d+ x 429", text)
    assert "> - 8 at a time: INVALID" in cloud.markdown
    assert ["ptu-singapore", "8"] in [row[:2] for row in tables["Throughput against interactivity"].rows]
    assert ("ptu-singapore", "c8") not in [(each["deployment"], each["point"]) for each in cloud.data["pareto"]]


def test_overflow_and_retries_are_told_apart(cloud: Written) -> None:
    points = {point["name"]: point for point in cloud.data["deployments"][2]["points"]}
    for how, load, name in (("by concurrency", "4 at a time", "c4"), ("by rate (open loop)", "20 a second", "r20")):
        parts = cloud.tables()[f"ptu-singapore: reservation and overflow {how}"].by("load", "part")
        for label, key in (("within the reservation", "within"), ("overflow to the shared API", "overflow")):
            assert same(parts[load, label]["tokens/s out"], points[name]["reservation"][key]["output_throughput"])
        tries = cloud.tables()[f"ptu-singapore: retries {how}"].by("load", "part")
        assert same(tries[load, "as if never tried again"]["TTFT mean, ms"], points[name]["without_retries"]["mean_ttft_ms"])
        assert tries[load, "with retries"]["errors"] != tries[load, "as if never tried again"]["errors"]


def test_every_plot_and_table_of_a_fake_run_says_so_and_nothing_is_recommended(fake: Written, cloud: Written) -> None:
    assert fake.data["made_up"] is True
    assert fake.data["recommendation"] == {
        "given": False, "choices": [], "reasons": [], "missing": ["The numbers were made up by the fake cloud."],
    }  # fmt: skip
    assert all("(fake: numbers are made up)" in caption for caption in fake.tables())
    with chromium.opened(fake.html) as (page, _):
        plots = page.locator("figure svg")
        assert plots.count() == 6
        assert all("FAKE" in plot.text_content() for plot in plots.all() if plot.text_content())
        assert "Buy" not in page.inner_text("body").replace("Which to buy", "")
    assert "fake" not in cloud.html.read_text().lower()


def test_the_browser_has_nothing_against_it_in_any_width_or_scheme(cloud: Written) -> None:
    assert chromium.complaints(cloud.html) == []
    with chromium.opened(cloud.html, width=chromium.PHONE, scheme="dark") as (page, complaints):
        assert page.evaluate("document.documentElement.scrollWidth") <= chromium.PHONE
        assert page.locator("figure svg[role=img][aria-label]").count() == page.locator("figure").count() == 6
        assert page.locator("table").count() == page.locator("table caption").count()
        assert complaints == []


def test_a_recommendation_has_its_reasons(tmp_path: Path) -> None:
    folders = [
        runs.capacity(tmp_path / "mu", loads=LOADS, hourly={"amount": "1", "currency": "CNY"}),
        runs.token(tmp_path / "token", loads=LOADS),
    ]
    html = tmp_path / "r.html"
    write(Asked(folders=folders), html)
    text = chromium.text(html)
    assert "Which is cheapest depends on the volume: token-singapore from 0 to" in text
    assert "mu-singapore at c8: 100.0% of" in text


def test_runs_without_a_closed_loop_or_any_point_make_a_page(tmp_path: Path) -> None:
    opened = runs.capacity(tmp_path / "a", loads=(Load(rate=5.0),))
    none = runs.token(tmp_path / "b", measured=0, stopped_by="killed")
    write(Asked(folders=[opened, none]), tmp_path / "r.html")
    html = (tmp_path / "r.html").read_text()
    assert "No closed-loop point was measured." in html
    assert "token-singapore was not measured to the end (still running, or killed): 0 of 3 points." in html


def test_points_at_which_nothing_was_answered_are_shown_and_not_drawn(tmp_path: Path) -> None:
    refused = runs.capacity(tmp_path / "a", change=runs.fails(1), loads=(Load(concurrency=4),))
    well = runs.token(tmp_path / "b", loads=(Load(concurrency=4),))
    html = tmp_path / "r.html"
    write(Asked(folders=[refused, well], compare=("a", "b")), html, json_to=tmp_path / "r.json")
    tables = {table.caption: table for table in Tables(html.read_text()).found}
    row = tables["mu-singapore: throughput by concurrency"].by("load")["4 at a time",]
    assert re.fullmatch(r"(\d+) of \1: \1 x 429", row["errors"])
    assert (row["goodput"], row["interactivity, tokens/s a request"]) == ("0.0 %", "-")
    assert {line[0] for line in tables["Throughput against interactivity"].rows[1:]} == {"token-singapore"}
    assert {each["why"] for each in json.loads((tmp_path / "r.json").read_text())["comparison"]["differences"]} == {
        "mu-singapore: no request ended well"
    }


@given(st.floats(-1e15, 1e15, allow_subnormal=False).filter(lambda value: value == 0 or abs(value) > 1e-9))
def test_numbers_keep_four_digits(value: float) -> None:
    shown = float((number(value) or "").replace(",", ""))
    assert shown == pytest.approx(value, rel=5.1e-4)


def test_break_evens_that_lie_close_share_a_word() -> None:
    found = _rules([1e9, 1.1e9, 2e9, 2.05e9, 9e9], 1e10)
    assert [(rule.at, rule.label) for rule in found] == [(1e9, "1.000 B"), (1.1e9, ""), (2e9, ""), (2.05e9, ""), (9e9, "9.000 B")]
    assert [rule.label for rule in _rules([1e9, 2.5e9], 1e10)] == ["1.000 B", "2.500 B"]
