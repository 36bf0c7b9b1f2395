"""How an API says that the account has not activated its product."""

from __future__ import annotations

import re

from fourways.cloud.errors import CloudError

#: Codes of a product that is not activated. Seen: `Inactive`, HTTP 404 "Account is inactive to this service" (alibaba/terraform-provider
#: issue 347, RAM); `Forbbiden.TransitRouterServiceNotOpen`, `MNSNotEnabled` (terraform-provider-alicloud 1.285.0). What PAI-EAS, VPC and
#: ECS answer is not documented: assumed to be of this kind.
NOT_ACTIVATED = re.compile(r"inactive|(not|un)[._]?(open|activat|enabl)", re.IGNORECASE)


def is_not_activated(error: CloudError) -> bool:
    """Whether the code is one of a product that the account has not activated."""
    return bool(NOT_ACTIVATED.search(error.code or ""))
