"""What DescribeGateway and ListGateway (2021-07-01) say of a private gateway, read the same way by the provider and by clean-up. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourways.cloud import answers

DEAD_ENDS = ("Failed", "Stopped", "Deleting", "Deleted")
"""Statuses in which a gateway serves nobody, and a prepaid term has ended or never began (SDK 7.0.0, DescribeGateway)."""


def ways_in(answer: Mapping[str, Any]) -> dict[str, bool]:
    """Its ways in, by their names in UpdateGateway. Whether intranet access is on no field says: it is where there is an address
    (assumed)."""
    return {
        "enable_internet": bool(answer.get("InternetEnabled")),
        "enable_intranet": bool(answers.text(answer.get("IntranetDomain"))),
        "enable_sslredirection": bool(answer.get("SSLRedirectionEnabled")),
    }
