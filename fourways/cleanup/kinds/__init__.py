"""One file a kind of resource: how to list what carries our tags, how to delete one, its place in the order, and how to look up what a
create with given inputs has made. A new kind is one small file, an entry here, and its Pulumi type in `states.TYPES`. What is only looked
up is a `Part`: sweep never lists or deletes it."""

from fourways.cleanup.kinds import (
    alb,
    cloud_monitor,
    disk,
    eas_gateway,
    eas_resource_group,
    eas_service,
    eip,
    eip_association,
    instance,
    load_balancer,
    model_limits,
    model_permissions,
    model_studio_api_key,
    model_studio_workspace,
    model_unit_deployment,
    nat_gateway,
    ptu_reservation,
    ram_attachment,
    scaling_group,
    security_group,
    security_group_rule,
    snat_entry,
    vpc,
    vswitch,
)
from fourways.cleanup.kinds.base import Kind, Part

KINDS: tuple[Kind, ...] = tuple(
    sorted(
        (
            eas_service.KIND,
            eas_gateway.KIND,
            ptu_reservation.KIND,
            model_unit_deployment.KIND,
            model_studio_api_key.KIND,
            eas_resource_group.KIND,
            model_studio_workspace.KIND,
            nat_gateway.KIND,
            eip.KIND,
            security_group.KIND,
            vswitch.KIND,
            vpc.KIND,
        ),
        key=lambda kind: kind.order,
    )
)
"""In the order of deletion: what depends on another comes before it."""

PARTS: tuple[Part, ...] = (
    eip_association.PART,
    snat_entry.PART,
    security_group_rule.PART,
    ram_attachment.PART,
    instance.PART,
    disk.PART,
    load_balancer.PART,
    alb.PART,
    scaling_group.PART,
    model_limits.PART,
    model_permissions.PART,
    cloud_monitor.CONTACT,
    cloud_monitor.GROUP,
    cloud_monitor.EVENTS,
    cloud_monitor.ALARM,
)
