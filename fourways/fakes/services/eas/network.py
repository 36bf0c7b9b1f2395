"""The VPC, vSwitches and security group that a service, a group's direct link or a gateway's link names must exist in the same account and
region."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Scope
from fourways.fakes.services.eas.errors import bad
from fourways.fakes.wire.errors import CloudError

_VPC, _ECS = "2016-04-28", "2014-05-26"


def check(scope: Scope, given: dict[str, Any]) -> str:
    """The id of the VPC meant, "" where none is. Raises CloudError 400 for what does not exist or does not belong together."""
    switches = [part.strip() for part in str(given.get("vswitch_id") or "").split(",") if part.strip()]
    if not switches:
        return ""
    vpc_id = str(given.get("vpc_id") or "")
    if vpc_id:
        _ask(scope, _VPC, "DescribeVpcAttribute", "VpcId", vpc_id, "VPC")
    for switch_id in switches:
        switch = _ask(scope, _VPC, "DescribeVSwitchAttributes", "VSwitchId", switch_id, "vSwitch")
        vpc_id = vpc_id or switch["VpcId"]
        if switch["VpcId"] != vpc_id:
            raise bad(f"The vSwitch {switch_id} is not in VPC {vpc_id}.")
    group_id = str(given.get("security_group_id") or "")
    if not group_id:  # a gateway's link needs none
        return vpc_id
    security_group = _ask(scope, _ECS, "DescribeSecurityGroupAttribute", "SecurityGroupId", group_id, "security group")
    if security_group["VpcId"] != vpc_id:
        raise bad(f"The security group {group_id} is not in VPC {vpc_id}.")
    return vpc_id


def _ask(scope: Scope, version: str, action: str, parameter: str, value: str, noun: str) -> dict[str, Any]:
    """The attributes of a thing; when it is not there, the refusal that names it. Some lookups answer with empty fields instead of 404."""
    try:
        found = scope.ask(version, action, **{parameter: value})
    except CloudError as error:
        if error.status != 404:
            raise
        found = {}
    if not found.get("VpcId"):
        raise bad(f"The {noun} {value} does not exist.")
    return found
