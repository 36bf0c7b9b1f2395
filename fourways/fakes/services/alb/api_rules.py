"""Forwarding rules on the wire. Rules for responses are not here."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.alb import conditions
from fourways.fakes.services.alb.backend import AlbBackend
from fourways.fakes.services.alb.rules import ENDS, OTHERS, Rule
from fourways.fakes.services.shared.requests import refuse_dry_run, select, token_page
from fourways.fakes.services.shared.resources import checked_name
from fourways.fakes.services.shared.tagging import as_flat_list, given_tags
from fourways.fakes.wire.errors import missing
from fourways.fakes.wire.parameters import Parameters

_NUMBERS = ("Order", "Weight", "Timeout", "QPS", "PerIpQps", "MaxAge")


def _tree(flat: dict[str, str]) -> Any:
    """`PathConfig.Values.1=/a` as {"PathConfig": {"Values": ["/a"]}}; numbers and truths as such where the API has them."""
    if set(flat) == {""}:
        return flat[""]
    branches: dict[str, dict[str, str]] = {}
    for name, value in flat.items():
        first, _, rest = name.partition(".")
        branches.setdefault(first, {})[rest] = value
    if all(name.isdigit() for name in branches):
        return [_tree(branches[name]) for name in sorted(branches, key=int)]
    return {name: _typed(name, _tree(branch)) for name, branch in branches.items()}


def _typed(name: str, value: Any) -> Any:
    if name in _NUMBERS:
        return Parameters({name: value}).integer(name)
    return value.lower() == "true" if name == "Enabled" else value


def _action(record: dict[str, str]) -> dict[str, Any]:
    kind = Parameters(record).choice("Type", ENDS + OTHERS)
    Parameters(record).integer("Order", low=1, high=50000)
    found: dict[str, Any] = _tree(record)
    if kind == "ForwardGroup":
        config = found.setdefault("ForwardGroupConfig", {})
        for target in config.get("ServerGroupTuples") or []:
            target.setdefault("Weight", 100)
        if not config.get("ServerGroupTuples"):
            raise missing("ServerGroupId")
    return found


def _condition(record: dict[str, str]) -> dict[str, Any]:
    kind = Parameters(record).choice("Type", conditions.KINDS)
    found: dict[str, Any] = _tree(record)
    if not found.get(f"{kind}Config", {}).get("Values"):
        raise missing(f"{kind}Config.Values")
    return found


def _read(call: Call, rule: Rule) -> None:
    """What create and update have in common."""
    given = call.parameters
    if "RuleName" in given:
        rule.name = checked_name(given.require("RuleName"), "RuleName")
    actions, found = given.records("RuleActions"), given.records("RuleConditions")
    if actions:
        rule.actions = sorted(map(_action, actions), key=lambda action: action["Order"])
    if found:
        rule.conditions = list(map(_condition, found))
    call.backend(AlbBackend).rules.check(rule)


def create_rule(call: Call) -> dict[str, Any]:
    def create() -> dict[str, Any]:
        given, backend = call.parameters, call.backend(AlbBackend)
        listener = backend.listeners[given.require("ListenerId")]
        backend.listeners.require(listener, "Running", "Stopped")
        given.choice("Direction", ("Request",), "Request")
        given.require("RuleName")
        for name in ("RuleActions", "RuleConditions"):
            if not given.records(name):
                raise missing(name)
        rule = backend.rules.new(listener.id, given.integer("Priority", low=1, high=10000))
        rule.tags = given_tags(given)
        _read(call, rule)
        refuse_dry_run(given)
        return {"JobId": backend.rules.create(rule), "RuleId": rule.id}

    return call.backend(AlbBackend).tokens.once(call, create)


def _named(call: Call) -> Rule:
    return call.backend(AlbBackend).rules[call.parameters.require("RuleId")]


def update_rule(call: Call) -> dict[str, Any]:
    rule, rules, given = _named(call), call.backend(AlbBackend).rules, call.parameters
    wanted = rules.new(rule.listener, given.integer("Priority", rule.priority, 1, 10000))
    wanted.id, wanted.name, wanted.actions, wanted.conditions = rule.id, rule.name, rule.actions, rule.conditions
    _read(call, wanted)
    refuse_dry_run(given)
    rule.priority, rule.name, rule.actions, rule.conditions = wanted.priority, wanted.name, wanted.actions, wanted.conditions
    rule.status = "Configuring"
    return {"JobId": rules.changed(rule, "UpdateRuleAttribute")}


def delete_rule(call: Call) -> dict[str, Any]:
    _named(call)
    refuse_dry_run(call.parameters)
    return {"JobId": call.backend(AlbBackend).rules.delete(call.parameters.require("RuleId"))}


def list_rules(call: Call) -> dict[str, Any]:
    backend, given = call.backend(AlbBackend), call.parameters
    ids, listeners, balancers = given.values("RuleIds"), given.values("ListenerIds"), given.values("LoadBalancerIds")
    found = [
        rule
        for rule in select(backend.rules, given)
        if (not ids or rule.id in ids)
        and (not listeners or rule.listener in listeners)
        and (not balancers or backend.listeners[rule.listener].load_balancer in balancers)
        and given.get("Direction", "Request") == "Request"
    ]
    page, following = token_page(found, given, default_size=20)
    return {"Rules": [_view(backend, rule) for rule in page], "TotalCount": len(found), "MaxResults": len(page), **following}


def _view(backend: AlbBackend, rule: Rule) -> dict[str, Any]:
    return {
        "RuleId": rule.id,
        "RuleName": rule.name,
        "RuleStatus": rule.status,
        "Priority": rule.priority,
        "Direction": "Request",
        "ListenerId": rule.listener,
        "LoadBalancerId": backend.listeners[rule.listener].load_balancer,
        "RuleConditions": rule.conditions,
        "RuleActions": rule.actions,
        "Tags": as_flat_list(rule.tags),
    }


ACTIONS: dict[str, Handler] = {
    "CreateRule": create_rule,
    "UpdateRuleAttribute": update_rule,
    "DeleteRule": delete_rule,
    "ListRules": list_rules,
}
