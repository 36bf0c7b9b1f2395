"""`networking` of the service JSON: the gateway in front of the service, its limits, whether the Internet reaches it. Pure.

Shape: help centre, 'Parameters of model services': gateway; gateway_policy with rate_limit (requests a second) and concurrency_limit
(requests under way), each {enable, limit}. Assumed: that limits are whole numbers from 1, and that other keys of gateway_policy are
refused.
"""

from __future__ import annotations

from typing import Any

from fourways.fakes.services.eas.errors import bad

RATE, CONCURRENCY = "rate_limit", "concurrency_limit"


def section(config: dict[str, Any]) -> dict[str, Any]:
    found = config.get("networking")
    return found if isinstance(found, dict) else {}


def gateway(config: dict[str, Any]) -> str:
    """The id of the private gateway, "" for the shared one."""
    return str(section(config).get("gateway") or "")


def internet_disabled(config: dict[str, Any]) -> bool:
    connection = (config.get("cloud") or {}).get("networking")
    return any(bool(given.get("disable_internet_endpoint")) for given in (section(config), connection) if isinstance(given, dict))


def limit(config: dict[str, Any], kind: str) -> int | None:
    """What the service itself sets, or None: RATE in requests a second, CONCURRENCY in requests at once."""
    rule = (section(config).get("gateway_policy") or {}).get(kind) or {}
    return int(rule["limit"]) if rule.get("enable") else None


def check(config: dict[str, Any]) -> None:
    """Raises CloudError 400."""
    given = config.get("networking")
    if given is None:
        return
    if not isinstance(given, dict):
        raise bad("networking must be an object.")
    named = given.get("gateway")
    if named is not None and not isinstance(named, str):
        raise bad(f"networking.gateway must be the id of a gateway, not {named!r}.")
    policy = given.get("gateway_policy")
    if policy is None:
        return
    if not isinstance(policy, dict) or set(policy) - {RATE, CONCURRENCY}:
        raise bad(f"networking.gateway_policy must be an object of {RATE} and {CONCURRENCY}.")
    for kind, rule in policy.items():
        _check_rule(rule, f"networking.gateway_policy.{kind}")


def _check_rule(rule: Any, where: str) -> None:
    if not isinstance(rule, dict) or set(rule) - {"enable", "limit"}:
        raise bad(f"{where} must be an object of enable and limit.")
    if not isinstance(rule.get("enable"), bool):
        raise bad(f"{where}.enable must be true or false, not {rule.get('enable')!r}.")
    most = rule.get("limit")
    if (rule["enable"] or most is not None) and (not isinstance(most, int) or isinstance(most, bool) or most < 1):
        raise bad(f"{where}.limit must be a whole number from 1, not {most!r}.")
