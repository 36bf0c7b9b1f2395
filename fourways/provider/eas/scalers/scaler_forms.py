"""What the two kinds of scalers are on the wire and as inputs. Pure.

A service has at most one of each (the API has no name for them but the service's). Answers are read as the help centre's pages of
DescribeServiceAutoScaler and DescribeServiceCronScaler have them, and so that a service without a scaler may be told by a 404 or by an
answer that has no settings: no page says which it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fourways.cloud import answers
from fourways.provider.eas.calls import Answer
from fourways.provider.eas.scalers.scaler_calls import ScalerKind
from fourways.provider.names import AUTOSCALER_TYPE, CRON_SCALER_TYPE
from fourways.provider.values import Plain

Found = dict[str, Plain]
#: Input -> its place in `behavior`, and what it is where it is left out (SDK 7.0.0, CreateServiceAutoScalerRequestBehavior*).
BEHAVIOR: dict[str, tuple[str, str, int]] = {
    "scaleUpWindow": ("scaleUp", "stabilizationWindowSeconds", 0),
    "scaleDownWindow": ("scaleDown", "stabilizationWindowSeconds", 300),
    "zeroGracePeriod": ("onZero", "scaleDownGracePeriodSeconds", 600),
    "activationReplicas": ("onZero", "scaleUpActivationReplicas", 1),
}


@dataclass(frozen=True, kw_only=True)
class Form:
    """One kind. `body` makes the request of inputs, `found` the inputs of an answer (None: there is none), `shown` one line of them."""

    kind: ScalerKind
    type: str
    noun: str
    one: str
    body: Callable[[Mapping[str, Plain]], dict[str, Any]]
    found: Callable[[Answer], Found | None]
    like: Callable[[Found, Mapping[str, Plain]], Found]
    shown: Callable[[Mapping[str, Plain]], str]

    def refreshed(self, answer: Answer | None, declared: Mapping[str, Plain]) -> Found | None:
        """The inputs that an answer means, spelled and ordered as declared where the cloud means the same; None: there is no scaler."""
        found = self.found(answer) if answer is not None else None
        if found is None:
            return None
        own = {name: declared[name] for name in ("region", "serviceName") if name in declared}
        return {**own, **self.like(found, declared)}


def _autoscaler_body(inputs: Mapping[str, Plain]) -> dict[str, Any]:
    """Every part of the behavior that counts is said, so that what the program leaves out again goes back to its default."""
    behavior: dict[str, dict[str, int]] = {}
    for name, (part, field, default) in BEHAVIOR.items():
        if part != "onZero" or int(inputs["min"]) == 0 or inputs.get(name) is not None:
            value = inputs.get(name)
            behavior.setdefault(part, {})[field] = default if value is None else int(value)
    strategies = [
        {"metricName": entry["metric"], "threshold": entry["threshold"], **({"service": entry["service"]} if entry.get("service") else {})}
        for entry in inputs["strategies"]
    ]
    return {"min": inputs["min"], "max": inputs["max"], "scaleStrategies": strategies, "behavior": behavior}


def _autoscaler_found(answer: Answer) -> Found | None:
    least, most = answers.whole(answer.get("MinReplica")), answers.whole(answer.get("MaxReplica"))
    if not most:  # the minimum alone may be 0
        return None
    behavior = answer.get("Behavior")
    if isinstance(behavior, Mapping) and isinstance(behavior.get("behavior"), Mapping):  # as in the documentation's example
        behavior = behavior["behavior"]
    found: Found = {"min": least or 0, "max": most, "strategies": [_strategy(row) for row in _rows(answer.get("ScaleStrategies"))]}
    for name, (part, field, default) in BEHAVIOR.items():
        settings = behavior.get(part) if isinstance(behavior, Mapping) else None
        value = answers.whole(settings.get(field)) if isinstance(settings, Mapping) else None
        if value is not None and value != default:
            found[name] = value
    if service := answers.text(answer.get("ServiceName")):
        found["strategies"] = [{k: v for k, v in entry.items() if (k, v) != ("service", service)} for entry in found["strategies"]]
    return found


def _strategy(row: Mapping[str, Any]) -> Found:
    entry: Found = {"metric": answers.text(row.get("metricName")), "threshold": row.get("threshold")}
    service = answers.text(row.get("service"))
    return {**entry, "service": service} if service else entry


def _autoscaler_like(found: Found, declared: Mapping[str, Plain]) -> Found:
    """The documented answers write `QPS` for `qps`, and name the service itself where none was named."""
    own = declared.get("serviceName")
    wanted = [entry for entry in declared.get("strategies") or [] if isinstance(entry, Mapping)]
    order: list[Found] = []
    left = list(found["strategies"])
    for entry in wanted:
        same = next((row for row in left if _means(row, own) == _means(entry, own)), None)
        if same is not None:
            left.remove(same)
            order.append({**dict(entry), "threshold": same["threshold"]})
    defaults = {name: default for name, (_, _, default) in BEHAVIOR.items() if declared.get(name) is not None and name not in found}
    return {**found, **defaults, "strategies": order + left}


def _means(entry: Mapping[str, Plain], own: Plain) -> tuple[str, Plain]:
    return str(entry.get("metric")).lower(), entry.get("service") or own


def _autoscaler_shown(inputs: Mapping[str, Plain]) -> str:
    metrics = ", ".join(f"{entry.get('metric')} {entry.get('threshold')}" for entry in inputs.get("strategies") or [])
    return f"{inputs.get('min')} to {inputs.get('max')} instances by {metrics or 'no metric'}"


def _cron_body(inputs: Mapping[str, Plain]) -> dict[str, Any]:
    """The time zone goes with every job; the excluded dates are always sent, so that taken out they are gone."""
    jobs = [
        {"Name": job["name"], "Schedule": job["schedule"], "TargetSize": job["targetSize"], "TimeZone": inputs["timeZone"]}
        for job in inputs["jobs"]
    ]
    return {"ScaleJobs": jobs, "ExcludeDates": list(inputs.get("excludeDates") or [])}


def _cron_found(answer: Answer) -> Found | None:
    rows = _rows(answer.get("ScaleJobs"))
    if not rows:
        return None
    found: Found = {
        "jobs": [
            {
                "name": answers.text(row.get("Name")),
                "schedule": answers.text(row.get("Schedule")).strip(),
                "targetSize": answers.whole(row.get("TargetSize")),
            }
            for row in rows
        ]
    }
    if zones := sorted({zone for row in rows if (zone := answers.text(row.get("TimeZone")))}):
        found["timeZone"] = ", ".join(zones)  # one, unless somebody gave each job its own: then it differs from any declared one
    dates = answer.get("ExcludeDates")
    if isinstance(dates, list) and dates:
        found["excludeDates"] = [str(date).strip() for date in dates]  # the documented example ends in a line break
    return found


def _cron_like(found: Found, declared: Mapping[str, Plain]) -> Found:
    """In the declared order of names. An answer without a time zone (SDK 7.0.0 has no such field) does not contradict the declared."""
    place = {job.get("name"): number for number, job in enumerate(declared.get("jobs") or []) if isinstance(job, Mapping)}
    jobs = sorted(found["jobs"], key=lambda job: place.get(job["name"], len(place)))
    zone = {"timeZone": declared["timeZone"]} if "timeZone" not in found and "timeZone" in declared else {}
    return {**zone, **found, "jobs": jobs}


def _cron_shown(inputs: Mapping[str, Plain]) -> str:
    jobs = ", ".join(f"{job.get('name')} {job.get('schedule')!r} to {job.get('targetSize')}" for job in inputs.get("jobs") or [])
    return f"{jobs} ({inputs.get('timeZone') or 'no time zone'})"


def _rows(value: object) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


AUTOSCALER = Form(
    kind="AutoScaler",
    type=AUTOSCALER_TYPE,
    noun="autoscaler",
    one="an autoscaler",
    body=_autoscaler_body,
    found=_autoscaler_found,
    like=_autoscaler_like,
    shown=_autoscaler_shown,
)
CRON_SCALER = Form(
    kind="CronScaler",
    type=CRON_SCALER_TYPE,
    noun="cron scaler",
    one="a cron scaler",
    body=_cron_body,
    found=_cron_found,
    like=_cron_like,
    shown=_cron_shown,
)


def other(form: Form) -> Form:
    """The kind that must not be there too."""
    return CRON_SCALER if form is AUTOSCALER else AUTOSCALER
