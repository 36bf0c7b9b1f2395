"""Event rules on the wire: help centre, PutEventRule, PutEventRuleTargets; what is read, resource_alicloud_cms_event_rule.go 1.285.0.

No event ever comes: a rule here is only kept.
"""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.cms.answers import DONE, invalid_parameter
from fourways.fakes.services.cms.backend import CmsBackend, EventRule
from fourways.fakes.wire.errors import CloudError, missing
from fourways.fakes.wire.parameters import Parameters

_DAY = 86_400
_LISTS = ("NameList", "LevelList", "EventTypeList")
_LEVELS = ("CRITICAL", "WARN", "INFO", "*")
#: What a rule tells, by the name of the list in a request, with the name of its rows in an answer.
_TARGETS = {
    "ContactParameters": "ContactParameter",
    "WebhookParameters": "WebhookParameter",
    "FcParameters": "FCParameter",
    "SlsParameters": "SlsParameter",
    "MnsParameters": "MnsParameter",
    "OpenApiParameters": "OpenApiParameters",
}


def put_event_rule(call: Call) -> dict[str, Any]:
    """Makes a rule or replaces it; what it tells stays."""
    given, backend = call.parameters, call.backend(CmsBackend)
    name = given.require("RuleName")
    settings = {
        "Name": name,
        "State": given.choice("State", ("ENABLED", "DISABLED"), "ENABLED"),
        "Description": given.get("Description"),
        "GroupId": given.get("GroupId"),
        "SilenceTime": given.integer("SilenceTime", _DAY, 0, _DAY),
        "EventType": "SYSTEM",
        "EventPattern": _pattern(given),
    }
    known = backend.event_rules.get(name)
    backend.event_rules[name] = EventRule(settings, known.targets if known else {})
    return {**DONE, "Data": str(len(backend.event_rules))}


def describe_event_rule_list(call: Call) -> dict[str, Any]:
    given = call.parameters
    found = [rule for name, rule in call.backend(CmsBackend).event_rules.items() if name.startswith(given.get("NamePrefix"))]
    page, about = given.page(found, largest=100)
    return {**DONE, "Total": about["TotalCount"], "EventRules": {"EventRule": [rule.settings for rule in page]}}


def put_event_rule_targets(call: Call) -> dict[str, Any]:
    """What a rule tells, by list and the caller's own id; those given before stay."""
    rule = _named(call)
    for wire in _TARGETS:
        for record in call.parameters.records(wire):
            if not record.get("Id"):
                raise missing(f"{wire}.N.Id")
            rule.targets.setdefault(wire, {})[record["Id"]] = record
    return DONE


def describe_event_rule_target_list(call: Call) -> dict[str, Any]:
    targets = _named(call).targets
    return {**DONE, **{wire: {row: list(targets.get(wire, {}).values())} for wire, row in _TARGETS.items()}}


def delete_event_rules(call: Call) -> dict[str, Any]:
    """Names that are not there are passed over (assumed)."""
    names = call.parameters.values("RuleNames")
    if not names:
        raise missing("RuleNames")
    for name in names:
        call.backend(CmsBackend).event_rules.pop(name, None)
    return DONE


def _named(call: Call) -> EventRule:
    name = call.parameters.require("RuleName")
    found = call.backend(CmsBackend).event_rules.get(name)
    if found is None:
        raise CloudError(404, "ResourceNotFound", f"The event rule {name} does not exist.")
    return found


def _pattern(given: Parameters) -> dict[str, Any]:
    """One pattern: the first, since the API keeps one."""
    pattern = given.under("EventPattern.1")
    lists = {name: pattern.values(name) for name in _LISTS}
    for level in lists["LevelList"]:
        if level not in _LEVELS:
            raise invalid_parameter("EventPattern.LevelList", f"Valid values: {', '.join(_LEVELS)}.")
    sql = {"SQLFilter": pattern.get("SQLFilter")} if pattern.optional("SQLFilter") else {}
    return {"Product": pattern.require("Product"), **{name: {name: values} for name, values in lists.items() if values}, **sql}
