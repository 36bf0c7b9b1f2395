"""All numbers of a report, from runs: what the page, the Markdown and the JSON show. Pure but for reading raw samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fourways.costs.rates import Rates
from fourways.report.comparison import Comparison, compare
from fourways.report.costs import Cost, Group, costs, groups
from fourways.report.objective import SHARE, Best, best, front, stands
from fourways.report.reading import Deployment, ReportError, is_open_loop, read
from fourways.report.recommendation import Recommendation, recommend


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a report is made of. `slo` None: the one by which was measured; `prices` by stack, `hourly_price` and `token_prices` as run.json
    has them; `missing`: stacks that were to be measured too and were not, or not whole, with the reason."""

    folders: Sequence[Path]
    slo: Mapping[str, float] | None = None
    share: float = SHARE
    rates: Rates = field(default_factory=Rates)
    prices: Mapping[str, Mapping[str, Any]] | None = None
    compare: tuple[str, str] | None = None
    missing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Report:
    """`pareto`: (deployment, point) that no other beats in both throughput and interactivity."""

    deployments: Sequence[Deployment]
    share: float
    bests: Mapping[str, Best]
    pareto: Sequence[tuple[str, str]]
    rates: Rates
    costs: Sequence[Cost]
    groups: Sequence[Group]
    comparison: Comparison | None
    recommendation: Recommendation
    missing: Mapping[str, str] = field(default_factory=dict)

    @property
    def fake(self) -> bool:
        """Whether the numbers are made up."""
        return any(deployment.fake for deployment in self.deployments)

    @property
    def slo(self) -> dict[str, float]:
        """Milliseconds; the same for all points."""
        return next((dict(point["slo"]) for deployment in self.deployments for point in deployment.points), {})


def build(asked: Asked) -> Report:
    """Raises ReportError."""
    deployments = read(asked.folders, asked.slo)
    prices = asked.prices or {}
    if unknown := sorted(set(prices) - {str(each.header["stack"]) for each in deployments}):
        raise ReportError(f"a price is stated for {', '.join(unknown)}, which is no stack of this report")
    bests = {each.name: best(each.points, share=asked.share) for each in deployments}
    found = costs(deployments, bests, rates=asked.rates, prices=prices)
    by_currency = groups(found)
    pair = asked.compare and [_named(deployments, name) for name in asked.compare]
    return Report(
        deployments=deployments,
        share=asked.share,
        bests=bests,
        pareto=pareto(deployments),
        rates=asked.rates,
        costs=found,
        groups=by_currency,
        comparison=compare(*pair) if pair else None,
        recommendation=recommend(deployments, bests, found, by_currency, share=asked.share, not_measured=asked.missing),
        missing=asked.missing,
    )


def pareto(deployments: Sequence[Deployment]) -> list[tuple[str, str]]:
    """Of the closed-loop points that are valid and whole."""
    named = [(each.name, point) for each in deployments for point in closed(each) if stands(point) and point["interactivity"]]
    best_ones = front([(point["interactivity"], point["output_throughput"]) for _, point in named])
    return [(name, str(point["name"])) for (name, point), is_best in zip(named, best_ones, strict=True) if is_best]


def closed(deployment: Deployment) -> list[dict[str, Any]]:
    """Points measured by concurrency."""
    return [point for point in deployment.points if not is_open_loop(point)]


def opened(deployment: Deployment) -> list[dict[str, Any]]:
    """Points measured by rate."""
    return [point for point in deployment.points if is_open_loop(point)]


def _named(deployments: Sequence[Deployment], name: str) -> Deployment:
    """By the deployment's name or its folder."""
    fitting = [each for each in deployments if name in (each.name, str(each.run.folder), each.run.folder.name)]
    if len(fitting) != 1:
        names = ", ".join(f"{each.name} ({each.run.folder})" for each in deployments)
        raise ReportError(f"{name!r} is {'several' if fitting else 'none'} of the runs of this report: {names}")
    return fitting[0]
