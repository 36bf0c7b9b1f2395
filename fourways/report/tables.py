"""The tables of a report. Rows stand beside their errors and their validity, always."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fourways.economics import HOURS_A_MONTH
from fourways.pages import Table
from fourways.report.build import Report
from fourways.report.comparison import LEVEL, Comparison
from fourways.report.costs import Group, cheapest
from fourways.report.reading import Deployment
from fourways.report.wording import COMPARED, MEASURES, errors, load, number, share, signed, state, tokens

FAKE = "fake: numbers are made up"


def caption(words: str, *, fake: bool) -> str:
    """A table of a fake run says so."""
    return f"{words} ({FAKE})" if fake else words


def overview(report: Report) -> Table:
    """A row a deployment: what it is, and its point."""
    rows = []
    for each, cost in zip(report.deployments, report.costs, strict=True):
        point = report.bests[each.name].point
        endpoint = each.header["endpoint"]
        rows.append(
            [
                each.name,
                endpoint["kind"],
                endpoint["capacity"],
                endpoint["region"],
                load(point) if point else f"none: {report.bests[each.name].why}",
                number(point["total_token_throughput"]) if point else None,
                number(point["output_throughput"]) if point else None,
                number(point["p95_ttft_ms"]) if point else None,
                number(point["mean_tpot_ms"]) if point else None,
                errors(point) if point else None,
                f"{number(cost.per_million)} {cost.offer.currency}" if cost.offer and cost.per_million is not None else "unknown",
                "yes" if each.header["complete"] else f"NO: {each.header.get('stopped_by') or 'still running, or killed'}",
            ]
        )
    columns = [
        "deployment", "kind", "capacity", "region", "point that meets the SLO", "tokens/s, in + out", "tokens/s out", "TTFT p95, ms",
        "TPOT mean, ms", "errors", "a million tokens, in + out", "measured to the end",
    ]  # fmt: skip
    return Table(caption=caption("Deployments, each at the point that meets the SLO", fake=report.fake), columns=columns, rows=rows)


def throughput(words: str, points: Sequence[Mapping[str, Any]], *, fake: bool) -> Table:
    """A row a point."""
    rows = [
        [
            load(point),
            point["requests"],
            number(point["output_throughput"]),
            number(point["total_token_throughput"]),
            number(point["output_tpm"]),
            number(point["total_tpm"]),
            number(point["interactivity"]),
            share(point["goodput_share"]),
            number(point["request_goodput"]),
            errors(point),
            state(point),
        ]
        for point in points
    ]
    columns = [
        "load", "requests", "tokens/s out", "tokens/s, in + out", "TPM out", "TPM, in + out", "interactivity, tokens/s a request",
        "goodput", "good requests/s", "errors", "state",
    ]  # fmt: skip
    return Table(caption=caption(words, fake=fake), columns=columns, rows=rows)


def latencies(words: str, points: Sequence[Mapping[str, Any]], *, fake: bool) -> Table:
    """A row a point and measure."""
    rows = [
        [
            load(point),
            name,
            *(number(point[f"{figure}_{key}"]) for figure in ("mean", "median", "p95", "p99", "std")),
            errors(point),
            state(point),
        ]
        for point in points
        for key, name in MEASURES.items()
    ]
    columns = ["load", "measure, ms", "mean", "p50", "p95", "p99", "deviation", "errors", "state"]
    return Table(caption=caption(words, fake=fake), columns=columns, rows=rows)


def parts(words: str, points: Sequence[Mapping[str, Any]], key: str, names: Mapping[str, str], *, fake: bool) -> Table | None:
    """What of a point is told apart: served by the reservation and beyond it, or with and without retries. None where there is none."""
    rows = [
        [
            load(point),
            label,
            part["requests"],
            number(part["output_throughput"]),
            number(part["total_tpm"]),
            number(part["mean_ttft_ms"]),
            number(part["p95_ttft_ms"]),
            number(part["mean_tpot_ms"]),
            share(part["goodput_share"]),
            errors(part),
            state(point),
        ]
        for point in points
        if key in point
        for part, label in _parts(point, key, names)
    ]
    columns = [
        "load", "part", "requests", "tokens/s out", "TPM, in + out", "TTFT mean, ms", "TTFT p95, ms", "TPOT mean, ms", "goodput", "errors",
        "state",
    ]  # fmt: skip
    return Table(caption=caption(words, fake=fake), columns=columns, rows=rows) if rows else None


def _parts(point: Mapping[str, Any], key: str, names: Mapping[str, str]) -> list[tuple[Mapping[str, Any], str]]:
    inside = point[key] if key == "reservation" else {"with": point, "without": point[key]}
    return [(inside[name], label) for name, label in names.items()]


RESERVATION = {"within": "within the reservation", "overflow": "overflow to the shared API"}
RETRIES = {"with": "with retries", "without": "as if never tried again"}


def at_the_point(report: Report, group: Group) -> Table:
    """Cost per million tokens where the SLO is met."""
    rows = [
        [
            cost.name,
            cost.point,
            number(cost.tokens_per_hour),
            share(cost.of_highest),
            number(cost.per_million),
            number(cost.per_million_output),
            "assumed" if cost.assumed else "stated",
        ]
        for cost in group.costs
    ]
    columns = [
        "deployment", "point", "tokens an hour, in + out", "of the highest measured", f"{group.currency} a million tokens, in + out",
        f"{group.currency} a million output tokens", "price",
    ]  # fmt: skip
    words = "Cost at the point that meets the SLO, capacity used at that pace around the clock (100 %)"
    return Table(caption=caption(words, fake=report.fake), columns=columns, rows=rows)


def by_hours(report: Report, group: Group) -> Table:
    """The same against hours of use a day."""
    names = list(group.by_hours)
    hours = [hour for hour, _ in group.by_hours[names[0]]]
    rows = [[hour, *(number(group.by_hours[name][place][1]) for name in names)] for place, hour in enumerate(hours)]
    words = f"{group.currency} a million tokens, by hours of use a day"
    return Table(caption=caption(words, fake=report.fake), columns=["hours a day", *names], rows=rows)


def by_volume(report: Report, group: Group) -> Table:
    """A month's cost."""
    names = list(group.by_volume)
    rows = [[tokens(volume), *(number(group.by_volume[name][place]) for name in names)] for place, volume in enumerate(group.volumes)]
    words = f"{group.currency} a month, by tokens a month (in + out)"
    return Table(caption=caption(words, fake=report.fake), columns=["tokens a month", *names], rows=rows)


def break_evens(report: Report, group: Group) -> Table | None:
    """Where the cheaper one of each pair changes."""
    rows = [
        [
            f"{a} / {b}",
            tokens(change.tokens),
            number(change.tokens * 24 / HOURS_A_MONTH),
            change.below or "the same",
            change.above or "the same",
        ]
        for (a, b), changes in group.break_evens.items()
        for change in changes
    ]
    columns = ["pair", "tokens a month", "tokens a day", "cheaper up to there", "cheaper above"]
    return Table(caption=caption("Break-evens", fake=report.fake), columns=columns, rows=rows) if rows else None


def choices(report: Report) -> Table:
    """What is recommended, by volume."""
    rows = [[f"{tokens(low)} to {tokens(high)}", name] for low, high, name in report.recommendation.choices]
    return Table(caption="Cheapest deployment that meets the SLO", columns=["tokens a month, in + out", "buy"], rows=rows)


def comparison(found: Comparison, *, fake: bool) -> Table:
    """B - A, measure by measure."""
    rows = [
        [
            each.point,
            COMPARED[each.measure],
            number(each.a),
            number(each.b),
            signed(each.difference),
            share(each.difference / each.a) if each.difference is not None and each.a else None,
            None if each.low is None else f"{signed(each.low)} to {signed(each.high)}",
            _verdict(each.verdict, found.b) + (f": {each.why}" if each.why else ""),
        ]
        for each in found.differences
    ]
    columns = ["point", "measure", f"A: {found.a}", f"B: {found.b}", "B - A", "of A", f"{LEVEL:.0%} interval", "verdict"]
    return Table(caption=caption(f"{found.b} against {found.a}", fake=fake), columns=columns, rows=rows)


def _verdict(verdict: str, b: str) -> str:
    return f"differs: {b} is {verdict}" if verdict in ("higher", "lower") else verdict


def cheapest_text(group: Group) -> str:
    """The lower envelope in words."""
    return "; ".join(f"{name} from {tokens(low)} to {tokens(high)}" for low, high, name in cheapest(group))


def settings(deployment: Deployment) -> Table:
    """What a run was, so that it can be repeated."""
    header = deployment.header
    workload, plan, machine = header["plan"]["workload"], header["plan"], header["machine"]
    rows = [
        ["target", header["target"] + (f" ({FAKE})" if deployment.fake else "")],
        ["model", header["endpoint"]["model"]],
        ["run", header["run"]],
        ["started", header["started"]],
        ["workload", ", ".join(f"{key} {value}" for key, value in workload.items() if key != "run")],
        ["a point", f"{plan['seconds']:g} s, retries: {plan['retry']}, timeout {plan['timeout']:g} s"],
        ["tokens counted by", f"the server's usage; prompts by {header['tokenizer']['counted_by']}"],
        ["client", f"{machine['cores']} cores, {machine['processor']}, {machine['system']}"],
        ["versions", ", ".join(f"{name} {version}" for name, version in header["versions"].items() if version)],
    ]
    return Table(caption=caption(f"How {deployment.name} was measured", fake=deployment.fake), columns=["what", "value"], rows=rows)
