"""Plots as Vega-Lite specifications, the same in their looks: `render.py` draws them. Colours are names of the page's style sheet, so that
one drawing serves light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
WIDTH, HEIGHT = 400, 260
"""Pixels of a plot's inside: its text stays legible when a phone shows it at 0.7 of its size."""
BAR = 34
"""Pixels of a bar and its distance to the next."""
SERIES = 8
"""So many colours there are; further series take them again with another dash."""
COLOURS = [f"var(--series-{number})" for number in range(1, SERIES + 1)]
DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3]]
SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"]
"""With the colour and the dash, what tells series apart where colours cannot be seen."""


@dataclass(frozen=True, kw_only=True)
class Axis:
    """`title` has the unit. A logarithmic axis leaves out what is not above 0. `values` are the ticks, where they are to be given ones."""

    title: str
    log: bool = False
    zero: bool = True
    values: Sequence[float] | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """A series. `labels` stand at its points; `stepped` holds each value until the next x; `faint` marks what others are better than."""

    name: str
    points: Sequence[tuple[float, float]]
    labels: Sequence[str] | None = None
    stepped: bool = False
    faint: bool = False


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A vertical (or horizontal) line at a value, with a word on it."""

    at: float
    label: str
    along: Literal["x", "y"] = "x"


def lines(
    series: Sequence[Line], *, x: Axis, y: Axis, rules: Sequence[Rule] = (), dots: bool = True, join: bool = True, stamp: str = ""
) -> dict[str, Any]:
    """Lines with dots, or only dots (`join=False`). `stamp` is written across the plot: "fake". Raises ValueError where no series has a
    point that can be drawn."""
    rows = [
        {"x": at, "y": value, "series": line.name, "label": line.labels[number] if line.labels else "", "faint": line.faint}
        for line in series
        for number, (at, value) in enumerate(line.points)
        if (at > 0 or not x.log) and (value > 0 or not y.log)
    ]
    if not rows:
        raise ValueError("there is no point to draw")
    names = list(dict.fromkeys(line.name for line in series))
    encoding = {
        "x": {"field": "x", "type": "quantitative", **_axis(x)},
        "y": {"field": "y", "type": "quantitative", **_axis(y)},
        "color": {"field": "series", "type": "nominal", "scale": {"domain": names, "range": _cycle(COLOURS, len(names))}, **_legend(names)},
    }
    stepped = any(line.stepped for line in series)
    line_mark = {"type": "line", "interpolate": "step-after" if stepped else "linear", "strokeWidth": 2}
    dash = {"field": "series", "type": "nominal", "scale": {"domain": names, "range": _dashes(len(names))}, **_legend(names)}
    shape = {"field": "series", "type": "nominal", "scale": {"domain": names, "range": _cycle(SHAPES, len(names))}, **_legend(names)}
    opacity = {"condition": {"test": "datum.faint", "value": 0.35}, "value": 1}
    layers: list[dict[str, Any]] = []
    if join:
        layers.append({"mark": line_mark, "encoding": {**encoding, "strokeDash": dash}})
    if dots:
        layers.append({"mark": {"type": "point", "filled": True, "size": 45}, "encoding": {**encoding, "shape": shape, "opacity": opacity}})
    if any(line.labels for line in series):
        text = {"type": "text", "dy": -9, "fontSize": 11, "fill": "var(--ink)", "aria": False}
        place = {key: encoding[key] for key in ("x", "y")}
        layers.append({"mark": text, "encoding": {**place, "text": {"field": "label", "type": "nominal"}}})
    return _chart([*layers, *_rules(rules)], rows, stamp)


def bars(values: Sequence[tuple[str, float]], *, title: str, stamp: str = "") -> dict[str, Any]:
    """Horizontal bars in the order given, each with its name. Raises ValueError where there is none."""
    if not values:
        raise ValueError("there is no bar to draw")
    rows = [{"name": name, "value": value} for name, value in values]
    encoding = {
        "y": {"field": "name", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 220}},
        "x": {"field": "value", "type": "quantitative", **_axis(Axis(title=title))},
    }
    return _chart([{"mark": {"type": "bar", "color": COLOURS[0]}, "encoding": encoding}], rows, stamp, height=BAR * len(rows))


def _chart(layers: Sequence[dict[str, Any]], rows: Sequence[dict[str, Any]], stamp: str, height: int = HEIGHT) -> dict[str, Any]:
    stamped = [_stamp(stamp, height)] if stamp else []
    ink = {"labelColor": "var(--ink)", "titleColor": "var(--ink)", "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"}
    lines_of_axes = {"gridColor": "var(--grid)", "domainColor": "var(--grid)", "tickColor": "var(--grid)"}
    return {
        "$schema": SCHEMA,
        "width": WIDTH,
        "height": height,
        # Readers' fonts are wider than the one that the drawing was measured with.
        "padding": {"left": 24, "right": 12, "top": 5, "bottom": 5},
        "background": None,
        "data": {"values": list(rows)},
        "layer": [*layers, *stamped],
        "config": {
            "font": "system-ui, sans-serif",
            "axis": {**ink, **lines_of_axes},
            "legend": {**ink, "orient": "bottom", "columns": 2, "columnPadding": 30, "labelLimit": 200, "symbolSize": 80},
            "view": {"stroke": None},
        },
    }


def _axis(axis: Axis) -> dict[str, Any]:
    scale: dict[str, Any] = {"type": "log", "nice": True} if axis.log else {"zero": axis.zero}
    ticks: dict[str, Any] = {"values": list(axis.values)} if axis.values is not None else {"tickCount": 6}
    # Many digits are unreadable: 1,500,000 is 1.5M.
    return {"title": axis.title, "scale": scale, "axis": {**ticks, "format": "~s", "labelOverlap": True}}


def _legend(names: Sequence[str]) -> dict[str, Any]:
    """All channels that tell series apart share one; a single series needs none."""
    return {"legend": {"title": None}} if len(names) > 1 else {"legend": None}


def _cycle(values: Sequence[str], length: int) -> list[str]:
    return [values[number % len(values)] for number in range(length)]


def _dashes(length: int) -> list[list[int]]:
    return [DASHES[number % len(DASHES)] for number in range(length)]


def _rules(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    layers: list[dict[str, Any]] = []
    for rule in rules:
        data, place = {"values": [{"at": rule.at, "label": rule.label}]}, {rule.along: {"field": "at", "type": "quantitative"}}
        mark = {"type": "rule", "color": "var(--ink)", "strokeDash": [3, 3]}
        word: dict[str, Any] = {"type": "text", "align": "left", "dx": 4, "dy": -4, "fontSize": 11, "fill": "var(--ink)"}
        word |= {"y": 10} if rule.along == "x" else {"x": 4}
        layers += [{"data": data, "mark": mark, "encoding": place}]
        layers += [{"data": data, "mark": word, "encoding": {**place, "text": {"field": "label", "type": "nominal"}}}]
    return layers


def _stamp(word: str, height: int) -> dict[str, Any]:
    """Across the middle, large and faint, above all else."""
    place = {"x": {"value": WIDTH / 2}, "y": {"value": height / 2}}
    mark = {
        "type": "text",
        "text": word.upper(),
        "fontSize": min(64, height // 2),
        "fontWeight": "bold",
        "angle": -20,
        "fill": "var(--stamp)",
        "opacity": 0.3,
    }
    return {"data": {"values": [{}]}, "mark": {**mark, "align": "center", "baseline": "middle"}, "encoding": place}
