"""One file a kind of resource: how to list what carries our tags, how to delete one, and its place in the order. A new kind is one small
file, an entry here, and its Pulumi type in `states.TYPES`."""

from fourways.cleanup.kinds import eas_resource_group, eas_service, eip, nat_gateway, security_group, vpc, vswitch
from fourways.cleanup.kinds.base import Kind

KINDS: tuple[Kind, ...] = tuple(
    sorted(
        (eas_service.KIND, eas_resource_group.KIND, nat_gateway.KIND, eip.KIND, security_group.KIND, vswitch.KIND, vpc.KIND),
        key=lambda kind: kind.order,
    )
)
"""In the order of deletion: what depends on another comes before it."""
