"""The report as a page. What it says is in `tables`, `figures` and `recommendation`; here is the order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fourways.pages import Figure, Notice, Page, Section, Table, Text
from fourways.report import figures, tables
from fourways.report.build import Report, closed, opened
from fourways.report.comparison import DRAWINGS, LEVEL, Comparison
from fourways.report.document import as_dict
from fourways.report.objective import stands
from fourways.report.reading import Deployment, slo_text
from fourways.report.wording import errors, load, state, tokens

Part = Text | Notice | Table | Figure

DEFINITIONS = [
    "TTFT: request sent (open loop: due) to the first piece of the answer. TPOT: (last - first piece) / (output tokens - 1), a request. "
    "ITL: gaps between chunks. E2EL: to the end of the answer.",
    "Throughput: tokens stamped inside the window / the window; TPM a minute. Interactivity: 1000 / mean TPOT, what one request sees.",
    "Goodput: requests that meet every limit of the SLO / all requests, failed ones included. Latencies are of requests that ended well; "
    "errors stand beside every row.",
    "INVALID: the client, not the endpoint, was the limit. cut short: interrupted, or requests were abandoned. Neither is used for costs, "
    "the front or a recommendation.",
]


def page(report: Report) -> Page:
    """All of it."""
    sections = [
        Section(name="overview", heading="Overview", parts=[tables.overview(report), *_remarks(report)]),
        Section(name="recommendation", heading="Which to buy", parts=_recommendation(report)),
        Section(
            name="performance", heading="Speed", parts=figures.performance(report) or [Text(text="No closed-loop point was measured.")]
        ),
        Section(name="costs", heading="Costs", parts=_costs(report)),
        *([_comparison(report.comparison, report)] if report.comparison else []),
        *(
            Section(name=f"deployment-{number}", heading=each.name, parts=_deployment(each))
            for number, each in enumerate(report.deployments, 1)
        ),
        Section(name="definitions", heading="Definitions", parts=[Text(text=_listed(DEFINITIONS))]),
    ]
    return Page(
        title=f"Benchmark of {', '.join(each.name for each in report.deployments)}" + (" (fake)" if report.fake else ""),
        lead=_lead(report),
        notices=_notices(report),
        sections=sections,
        footer="Made by `fourways report` from the results of `fourways bench`.",
        data=as_dict(report),
    )


def _listed(texts: Iterable[str]) -> str:
    return "\n".join(f"- {text}" for text in texts)


def _lead(report: Report) -> str:
    slo = slo_text(report.slo)
    said = f"SLO: {slo}, for {report.share:.0%} of all requests." if slo else "No SLO is stated."
    number = len(report.deployments)
    return f"{number} deployment{'s' if number > 1 else ''} measured. {said}"


def _notices(report: Report) -> list[Notice]:
    """What must not be overlooked."""
    found = []
    if report.fake:
        found.append("Measured on the fake cloud: all numbers are made up, and nothing is recommended from them.")
    found += [f"{name} was to be measured too: {why}" for name, why in report.missing.items()]
    for each in report.deployments:
        if not each.header["complete"]:
            stopped = each.header.get("stopped_by") or "still running, or killed"
            wanted = each.header["plan"]["loads"]
            found.append(f"{each.name} was not measured to the end ({stopped}): {len(each.points)} of {len(wanted)} points.")
        if wrong := [said for point in each.points for said in _wrong(point)]:
            found.append(f"{each.name} has points that are not to be relied on, or with errors\n\n{_listed(wrong)}")
    workloads = {str(sorted(each.workload.items())) for each in report.deployments}
    if len(workloads) > 1:
        found.append("The deployments were asked different things: their numbers do not compare.")
    return [Notice(text=text, kind="warning") for text in found]


def _wrong(point: Mapping[str, Any]) -> Iterator[str]:
    """What is the matter with a point."""
    if not stands(point):
        why = "; ".join(point["invalid_reasons"]) or f"closed by {point['closed_by']}, {point['abandoned']} requests abandoned"
        yield f"{load(point)}: {state(point)} ({why})"
    if point["failed"]:
        yield f"{load(point)}: failed {errors(point)}"


def _remarks(report: Report) -> list[Part]:
    """What the runner remarked on single points, and under which names models were asked."""
    remarks = [
        f"- {each.name}, {load(point)}: {remark}" for each in report.deployments for point in each.points for remark in point["remarks"]
    ]
    models = {each.header["endpoint"]["model"] for each in report.deployments}
    if len(models) > 1:
        remarks.append(f"- Models were asked under different names: {', '.join(sorted(models))}.")
    return [Text(text="Remarks\n\n" + "\n".join(remarks))] if remarks else []


def _recommendation(report: Report) -> list[Part]:
    found = report.recommendation
    if found.missing:
        return [Text(text="No recommendation.\n\n" + "\n".join(f"- {each}" for each in found.missing))]
    first = found.choices[0]
    names = {name for _, _, name in found.choices}
    if len(names) == 1:
        lead = f"Buy {first[2]}: it is the cheapest that meets the SLO at any volume up to {tokens(found.choices[-1][1])} tokens a month."
    else:
        lead = (
            "Which is cheapest depends on the volume: "
            + "; ".join(f"{name} from {tokens(low)} to {tokens(high)} tokens a month" for low, high, name in found.choices)
            + "."
        )
    return [Text(text=lead + "\n\n" + "\n".join(f"- {each}" for each in found.reasons)), tables.choices(report)]


def _costs(report: Report) -> list[Part]:
    parts: list[Part] = []
    unknown = [f"- {cost.name}: {cost.why}" for cost in report.costs if cost.offer is None]
    if unknown:
        parts.append(Text(text="Not among the costs\n\n" + "\n".join(unknown)))
    assumed = [each for cost in report.costs for each in cost.assumed]
    if assumed:
        parts.append(Notice(text=f"Assumed, not read from a price list: {'; '.join(assumed)}.", kind="warning"))
    if len(report.groups) > 1:
        currencies = " and ".join(group.currency for group in report.groups)
        parts.append(
            Notice(text=f"Costs are in {currencies}: nothing is compared between them without a rate (--currency-rate USD=7.1CNY).")
        )
    if said := report.rates.words(report.rates.currency or "", [currency for pair in report.rates.stated for currency in pair]):
        parts.append(Text(text=f"Converted {said}."))
    for group in report.groups:
        parts += figures.money(report, group)
        if changes := tables.break_evens(report, group):
            parts.append(changes)
        elif len(group.costs) > 1:
            parts.append(Text(text=f"No break-even up to {tokens(group.volumes[-1])} tokens a month: {tables.cheapest_text(group)}."))
    return parts


def _comparison(found: Comparison, report: Report) -> Section:
    text = (
        f"All intervals of this table hold together with {LEVEL:.0%} ({DRAWINGS} drawings of stretches of the windows, not of single "
        "requests, since requests that follow each other are not independent). An interval that holds zero: the difference is noise. They "
        "hold what varies within a run; whether it comes again on another day, only another run can say."
    )
    only = [f"- Only {name} has {', '.join(points)}." for name, points in found.only.items() if points]
    return Section(
        name="comparison",
        heading=f"{found.b} against {found.a}",
        parts=[Text(text="\n\n".join([text, *(["\n".join(only)] if only else [])])), tables.comparison(found, fake=report.fake)],
    )


def _deployment(each: Deployment) -> list[Part]:
    parts: list[Part | None] = []
    for words, points in (("by concurrency", closed(each)), ("by rate (open loop)", opened(each))):
        if points:
            parts += [
                tables.throughput(f"{each.name}: throughput {words}", points, fake=each.fake),
                tables.latencies(f"{each.name}: latencies {words}", points, fake=each.fake),
                tables.parts(f"{each.name}: reservation and overflow {words}", points, "reservation", tables.RESERVATION, fake=each.fake),
                tables.parts(f"{each.name}: retries {words}", points, "without_retries", tables.RETRIES, fake=each.fake),
            ]
    if not each.points:
        parts.append(Text(text="No point was measured."))
    return [*(part for part in parts if part is not None), tables.settings(each)]
