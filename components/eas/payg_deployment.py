"""A model on GPUs that are bought as machines: the machines where they are the stack's own, and on them what every stack on PAI-EAS has.

Public machines are no resource of their own: the service brings them, and takes them along when it goes.
"""

from __future__ import annotations

import pulumi

from components.eas import words
from components.eas.deployment import Ground, deploy_on_eas, watch
from components.eas.machines import Machines, MachinesArgs
from components.eas.service_placement import place
from components.endpoint import Endpoint
from components.tags import tags
from fourways.catalog.instance_types import find
from fourways.provider import resources
from stacks.kinds.eas import EasServing
from stacks.kinds.eas_capacity import GroupCapacity
from stacks.model import Settings


def deploy_eas(settings: Settings, serving: EasServing) -> Endpoint:
    """Declares what a stack of kind `eas` needs."""
    bought = serving.capacity
    provider = pulumi.ResourceOptions(providers=[resources.Provider("fourways", account=settings.account)])
    resource_id: pulumi.Input[str] = ""
    log = watch(settings, serving, adopted=bought.adopt if isinstance(bought, GroupCapacity) else None)
    if isinstance(bought, GroupCapacity):
        resource_id = Machines(
            "machines",
            MachinesArgs(
                region=settings.region,
                instance_type=bought.instance_type,
                machines=bought.machines,
                charge_type=bought.charge_type,
                system_disk_size=bought.system_disk_size,
                adopt=bought.adopt,
                tags=tags(settings),
                log=log,
                protect=settings.protect,
            ),
            provider,
        ).resource_id
    ground = Ground(
        placement=place(bought, serving.replicas.gpus, resource_id),
        capacity=words.capacity(bought, serving),
        billed=words.billed(bought, serving),
        gpus=_gpus(bought),
    )
    return deploy_on_eas(settings, serving, ground, provider)


def _gpus(bought: object) -> int | None:
    """GPUs of the machines that are billed whether they are used or not; None where there are none, or they are not catalogued."""
    if not isinstance(bought, GroupCapacity):
        return None
    known = find(bought.instance_type)
    return None if known is None else bought.machines * known.gpus
