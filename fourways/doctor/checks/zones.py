"""Whether the zones of the stack's vSwitches are the region's: ECS DescribeZones (2014-05-26)."""

from __future__ import annotations

from fourways.doctor.answers import rows
from fourways.doctor.cloud import Cloud
from fourways.doctor.facts import Facts
from fourways.doctor.finding import Finding, cannot_tell, not_ok, ok


def check(cloud: Cloud, facts: Facts) -> list[Finding]:
    """One line."""
    found = rows(cloud.call("ecs", "2014-05-26", "DescribeZones"), "Zones", "Zone")
    return [judge([str(row.get("ZoneId")) for row in found], facts.zones, facts.region)]


def judge(there: list[str], wanted: tuple[str, ...], region: str) -> Finding:
    """Pure."""
    if not there:
        return cannot_tell("zones", f"the answer lists no zone of {region}", "see the ECS console which zones the region has")
    if wrong := [zone for zone in wanted if zone not in there]:
        return not_ok("zones", f"{region} does not offer {', '.join(wrong)}", f"set fourways:network.zones to some of {', '.join(there)}")
    return ok("zones", f"{', '.join(wanted)} of {region}")
