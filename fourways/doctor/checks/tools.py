"""Pulumi, its alicloud plugin and Python on this machine."""

from __future__ import annotations

import re

from fourways.doctor.cloud import Cloud
from fourways.doctor.facts import Facts
from fourways.doctor.finding import Finding, not_ok, ok


def check(cloud: Cloud, facts: Facts) -> list[Finding]:
    """A line each."""
    del cloud
    tools = facts.tools
    return [_pulumi(facts), _plugin(facts), _old_or_new("python", tools.python, tools.oldest_python, "upgrade Python")]


def _pulumi(facts: Facts) -> Finding:
    tools = facts.tools
    if tools.pulumi is None:
        return not_ok("pulumi", "there is none", f"install it (https://www.pulumi.com/docs/install/), or `make demo STACK={facts.stack}` "
                      "builds one, once")  # fmt: skip
    todo = "upgrade it as you installed it, or set FOURWAYS_TOOLCHAIN=build to use one built here"
    found = _old_or_new("pulumi", tools.pulumi, tools.oldest_pulumi, todo)
    return found if found.todo else ok("pulumi", f"{tools.pulumi} ({tools.pulumi_path})")


def _plugin(facts: Facts) -> Finding:
    tools = facts.tools
    if tools.plugin is not None:
        return ok("plugin", f"alicloud {tools.plugin}")
    if not tools.plugin_needed:
        return ok("plugin", "alicloud: pulumi fetches it with the first update")
    return not_ok("plugin", "the alicloud plugin is not there", "run `python3 toolchain/bootstrap.py toolchain`: it builds what is missing")


def _old_or_new(name: str, found: str, oldest: str, todo: str) -> Finding:
    if numbers(found) < numbers(oldest):
        return not_ok(name, f"{found} is too old: {oldest} or newer is needed", todo)
    return ok(name, found)


def numbers(version: str) -> tuple[int, ...]:
    """The three numbers of a version: `v3.259.0-dev` is (3, 259, 0)."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])
