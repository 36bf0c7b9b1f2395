"""Custom metrics on the wire: help centre, PutCustomMetric and DescribeCustomMetricList. Only raw values (Type 0) are taken."""

from __future__ import annotations

import json
from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.cms.answers import DONE, invalid_parameter
from fourways.fakes.services.cms.backend import CmsBackend, Series
from fourways.fakes.wire.errors import missing

_MOST = 21  # of one call: PutCustomMetric, "Valid values of N: 1 to 21"
_FIELDS = ("GroupId", "MetricName", "Dimensions", "Type", "Values")


def put_custom_metric(call: Call) -> dict[str, Any]:
    """A value that says no time is of now; what says one is of that time only within the hour that is kept."""
    records = call.parameters.records("MetricList")
    if not records:
        raise missing("MetricList")
    if len(records) > _MOST:
        raise invalid_parameter("MetricList", f"It has at most {_MOST} entries.")
    backend, now, taken = call.backend(CmsBackend), call.scope.clock.now(), []
    for record in records:
        for name in _FIELDS:
            if not record.get(name):
                raise missing(f"MetricList.N.{name}")
        if record["Type"] != "0":
            raise invalid_parameter("Type", "This fake takes raw values, 0, alone.")
        if record["GroupId"] != "0":
            backend.monitor_group(record["GroupId"])
        series = Series(record["GroupId"], record["MetricName"], _dimensions(record["Dimensions"]))
        taken.append((series, _time(record.get("Time", ""), now), _value(record["Values"])))
    for series, moment, value in taken:
        backend.put(series, moment, value, now)
    return DONE


def describe_custom_metric_list(call: Call) -> dict[str, Any]:
    """What has been reported within the hour that is kept. `Result` is JSON in a string (help centre)."""
    given, backend = call.parameters, call.backend(CmsBackend)
    group, name = given.get("GroupId"), given.get("MetricName")
    number, size = given.integer("PageNumber", 1, 1), given.integer("PageSize", 10, 1, 100)
    found = [series for series in backend.reported if group in ("", series.group) and name in ("", series.name)]
    rows = [
        {"groupId": int(series.group), "metricName": series.name, "dimension": "&".join("=".join(pair) for pair in series.dimensions)}
        for series in found[(number - 1) * size : number * size]
    ]
    return {**DONE, "Result": json.dumps({"total": len(found), "result": rows})}


def _dimensions(text: str) -> tuple[tuple[str, str], ...]:
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise invalid_parameter("Dimensions", "It is a JSON object of strings.")
    return tuple(sorted(given.items()))


def _value(text: str) -> float:
    try:
        return float(json.loads(text)["value"])
    except (ValueError, TypeError, KeyError):
        raise invalid_parameter("Values", 'Raw values look like {"value": 10.5}.') from None


def _time(text: str, now: float) -> float:
    """Milliseconds since 1970; the other form, a date, is not read here."""
    if not text:
        return now
    try:
        return int(text) / 1000
    except ValueError:
        raise invalid_parameter("Time", "It is milliseconds since 1970.") from None
