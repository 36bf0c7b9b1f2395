"""Threshold alert rules on the wire: help centre, PutResourceMetricRule; what is read back, from resource_alicloud_cms_alarm.go 1.285.0."""

from __future__ import annotations

import json
import re
from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.cms.answers import DONE, invalid_parameter
from fourways.fakes.services.cms.backend import CmsBackend, Rule
from fourways.fakes.services.shared.requests import ids_of
from fourways.fakes.services.shared.tagging import as_flat_list
from fourways.fakes.wire.errors import missing
from fourways.fakes.wire.parameters import Parameters

_LEVELS = ("Critical", "Warn", "Info")
_OPERATORS = tuple(
    f"{word}{against}"
    for word, references in (
        ("GreaterThan", ("Threshold", "Yesterday", "LastWeek", "LastPeriod")),
        ("LessThan", ("Threshold", "Yesterday", "LastWeek", "LastPeriod")),
        ("GreaterThanOrEqualTo", ("Threshold",)),
        ("LessThanOrEqualTo", ("Threshold",)),
        ("EqualTo", ("Threshold",)),
        ("NotEqualTo", ("Threshold",)),
    )
    for against in references
)
_INTERVAL = re.compile(r"([01]?\d|2[0-3]):[0-5]\d-([01]?\d|2[0-3]):[0-5]\d")
_DAY = 86_400
_LEAST_SILENCE = 300  # seconds: the provider's schema of silence_time
_NO_DATA = "INSUFFICIENT_DATA"


def put_resource_metric_rule(call: Call) -> dict[str, Any]:
    """Makes the rule or replaces it; the id is the caller's. Whether its contact group exists is not checked: the provider's own acceptance
    test names one that does not."""
    given, backend = call.parameters, call.backend(CmsBackend)
    id = given.require("RuleId")
    known = backend.rules.get(id)
    rule = Rule(id, _settings(given), _levels(given), given.tags("Labels"))
    if not (rule.levels or rule.settings.get("Prometheus") or rule.settings.get("CompositeExpression")):
        raise invalid_parameter("Escalations", "A rule needs a level with a threshold, a composite expression or a PromQL.")
    if known is not None:
        rule.enabled, rule.targets = known.enabled, known.targets
    backend.rules[id] = rule
    return DONE


def describe_metric_rule_list(call: Call) -> dict[str, Any]:
    given = call.parameters
    ids = ids_of(given, "RuleIds")
    wanted = {name: value for name in ("RuleName", "Namespace", "MetricName") if (value := given.optional(name)) is not None}
    found = [
        rule
        for rule in call.backend(CmsBackend).rules.values()
        if (not ids or rule.id in ids) and all(rule.settings[name] == value for name, value in wanted.items())
    ]
    number, size = given.integer("Page", 1, 1), given.integer("PageSize", 10, 1, 100)
    page = found[(number - 1) * size : number * size]
    return {**DONE, "Total": str(len(found)), "Alarms": {"Alarm": [_view(rule) for rule in page]}}


def enable_metric_rules(call: Call) -> dict[str, Any]:
    return _switch(call, True)


def disable_metric_rules(call: Call) -> dict[str, Any]:
    return _switch(call, False)


def delete_metric_rules(call: Call) -> dict[str, Any]:
    """Ids that are not there are passed over (assumed)."""
    for id in _ids(call.parameters, "Id"):
        call.backend(CmsBackend).rules.pop(id, None)
    return DONE


def put_metric_rule_targets(call: Call) -> dict[str, Any]:
    """What a rule calls when it alarms, by the caller's own id; those given before stay."""
    rule = call.backend(CmsBackend).rule(call.parameters.require("RuleId"))
    targets = {target["Id"]: target for target in rule.targets}
    for record in call.parameters.records("Targets"):
        if not record.get("Id") or not record.get("Arn"):
            raise missing("Targets.N.Id" if record.get("Arn") else "Targets.N.Arn")
        targets[record["Id"]] = record
    rule.targets = list(targets.values())
    return {**DONE, "FailData": {"Targets": {"Target": []}}}


def describe_metric_rule_targets(call: Call) -> dict[str, Any]:
    return {**DONE, "Targets": {"Target": call.backend(CmsBackend).rule(call.parameters.require("RuleId")).targets}}


def _switch(call: Call, enabled: bool) -> dict[str, Any]:
    rules = [call.backend(CmsBackend).rule(id) for id in _ids(call.parameters, "RuleId")]
    for rule in rules:
        rule.enabled = enabled
    return DONE


def _ids(given: Parameters, name: str) -> list[str]:
    ids = given.values(name)
    if not ids:
        raise missing(name)
    return ids


def _settings(given: Parameters) -> dict[str, Any]:
    interval = given.get("EffectiveInterval") or "00:00-23:59"
    if not _INTERVAL.fullmatch(interval):
        raise invalid_parameter("EffectiveInterval", "It looks like 00:00-23:59.")
    period = given.integer("Period", 300, 60)
    if period % 60:
        raise invalid_parameter("Period", "It is 60 seconds or a multiple.")
    settings: dict[str, Any] = {
        **{name: given.require(name) for name in ("RuleName", "Namespace", "MetricName", "ContactGroups")},
        "EffectiveInterval": interval,
        "Period": str(period),
        "SilenceTime": given.integer("SilenceTime", _DAY, _LEAST_SILENCE, _DAY),
        "Webhook": given.get("Webhook"),
        "Resources": _resources(given.get("Resources")),
    }
    for name, inner in (("Prometheus", "Annotations"), ("CompositeExpression", "ExpressionList")):
        if value := _object(given, name):
            settings[name] = {**value, inner: {inner: value[inner]}} if inner in value else value
    return settings


def _resources(text: str) -> str:
    """A JSON list of dimensions, kept as it was written; none means every resource of the metric."""
    try:
        listed = json.loads(text or "[]")
    except ValueError:
        listed = None
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise invalid_parameter("Resources", "It is a JSON list of objects.")
    return text


def _object(given: Parameters, name: str) -> dict[str, Any]:
    """A parameter that is a JSON object; empty where it is not given."""
    try:
        value = json.loads(given.get(name) or "{}")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise invalid_parameter(name, "It is a JSON object.")
    return value


def _levels(given: Parameters) -> dict[str, dict[str, str]]:
    levels = {}
    for level in _LEVELS:
        of = given.under(f"Escalations.{level}")
        if not of.optional("Threshold"):
            continue
        try:
            float(of.get("Threshold"))
        except ValueError:
            raise invalid_parameter(f"Escalations.{level}.Threshold", "It is a number.") from None
        levels[level] = {
            "ComparisonOperator": of.choice("ComparisonOperator", _OPERATORS, "GreaterThanOrEqualToThreshold"),
            "Statistics": of.get("Statistics") or "Average",
            "Threshold": of.get("Threshold"),
            "Times": str(of.integer("Times", 3, 1)),
        }
    return levels


def _view(rule: Rule) -> dict[str, Any]:
    return {
        "RuleId": rule.id,
        **rule.settings,
        "Dimensions": "",
        "SourceType": "METRIC",
        "NoDataPolicy": "KEEP_LAST_STATE",
        "EnableState": rule.enabled,
        "AlertState": _NO_DATA,
        "Escalations": rule.levels,
        "Labels": {"Labels": as_flat_list(rule.labels)},
    }
