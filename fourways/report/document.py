"""The report as JSON: every number that the page shows, unrounded."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fourways.report.build import Report
from fourways.report.costs import Cost, Group, cheapest

FORMAT = 1


def as_dict(report: Report) -> dict[str, Any]:
    """Points have the keys of their own files; money is in floats."""
    found = report.recommendation
    return {
        "format": FORMAT,
        "target": "fake" if report.fake else "cloud",
        "made_up": report.fake,
        "slo": report.slo,
        "slo_share": report.share,
        "rates": {f"{of}={to}": str(rate) for (of, to), rate in report.rates.stated.items()},
        "deployments": [
            {
                "name": each.name,
                **{key: each.header.get(key) for key in ("run", "stack", "started", "complete", "stopped_by", "endpoint", "plan")},
                "best": {"point": (best := report.bests[each.name]).point and best.point["name"], "why": best.why},
                "cost": _cost(cost),
                "points": list(each.points),
            }
            for each, cost in zip(report.deployments, report.costs, strict=True)
        ],
        "not_measured": dict(report.missing),
        "pareto": [{"deployment": name, "point": point} for name, point in report.pareto],
        "costs": [_group(group) for group in report.groups],
        "comparison": report.comparison and report.comparison.as_dict(),
        "recommendation": {
            "given": not found.missing,
            "choices": [{"from": float(low), "to": float(high), "deployment": name} for low, high, name in found.choices],
            "reasons": list(found.reasons),
            "missing": list(found.missing),
        },
    }


def _cost(cost: Cost) -> dict[str, Any]:
    known = cost.per_million is not None and cost.offer is not None
    return {
        "currency": cost.offer.currency if cost.offer else None,
        "per_million": float(cost.per_million) if known and cost.per_million is not None else None,
        "per_million_output": float(cost.per_million_output) if known and cost.per_million_output is not None else None,
        "tokens_per_hour": cost.tokens_per_hour,
        "of_highest": cost.of_highest,
        "utilisation": 1.0 if known else None,
        "assumed": list(cost.assumed),
        "why": cost.why,
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "currency": group.currency,
        "by_hours": {name: {str(hour): float(cost) for hour, cost in values} for name, values in group.by_hours.items()},
        "volumes": [float(volume) for volume in group.volumes],
        "by_volume": {name: [None if cost is None else float(cost) for cost in values] for name, values in group.by_volume.items()},
        "break_evens": [
            {"a": a, "b": b, **{**asdict(change), "tokens": float(change.tokens)}}
            for (a, b), changes in group.break_evens.items()
            for change in changes
        ],
        "cheapest": [{"from": float(low), "to": float(high), "deployment": name} for low, high, name in cheapest(group)],
    }
