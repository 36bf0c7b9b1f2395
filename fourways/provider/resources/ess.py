"""Auto Scaling: what brings the machines of a scaling group to one version of a launch template."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi

from fourways.provider.names import ROLLOUT_TYPE
from fourways.provider.resources.attributes import output

#: Outputs beyond its inputs; the schema is tested against them.
ROLLOUT_OUTPUTS = ("instances", "rolledOut", "account", "target")


class EssRollout(pulumi.CustomResource):
    """A scaling group whose instances are all made from one version of a launch template, in service and healthy (`fourways:ess:Rollout`).

    Made or updated it waits for that, by the word of the group's load balancers too. Instances of another version (a number, as text) are
    replaced a few at a time: at least `min_healthy_percentage` (80) of the group serve, at most `max_healthy_percentage` (120) are there.
    `size` None: rules scale it, and the group's own least number is waited for. `on_update_failure`: rollback (default) or keep. It owns
    nothing: a delete changes nothing in the cloud.
    Import by `REGION/asg-...`. Timeouts: `opts.custom_timeouts`.
    """

    region: pulumi.Output[str] = output("region")
    scaling_group_id: pulumi.Output[str] = output("scalingGroupId")
    #: The ECS instances in service, in order of their ids.
    instances: pulumi.Output[Sequence[str]] = output("instances")
    launch_template_version: pulumi.Output[str] = output("launchTemplateVersion")
    #: `TEMPLATE/VERSION` that all of them are made from, or were last.
    rolled_out: pulumi.Output[str] = output("rolledOut")
    #: The account that it was made in.
    account: pulumi.Output[str] = output("account")
    #: The target that it was made on: `fake` or `cloud`.
    target: pulumi.Output[str] = output("target")

    def __init__(
        self,
        resource_name: str,
        *,
        region: pulumi.Input[str],
        scaling_group_id: pulumi.Input[str],
        launch_template_id: pulumi.Input[str],
        launch_template_version: pulumi.Input[str],
        size: pulumi.Input[int] | None = None,
        min_healthy_percentage: pulumi.Input[int] | None = None,
        max_healthy_percentage: pulumi.Input[int] | None = None,
        on_update_failure: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties: dict[str, Any] = {
            "region": region,
            "scalingGroupId": scaling_group_id,
            "launchTemplateId": launch_template_id,
            "launchTemplateVersion": launch_template_version,
            "size": size,
            "minHealthyPercentage": min_healthy_percentage,
            "maxHealthyPercentage": max_healthy_percentage,
            "onUpdateFailure": on_update_failure,
        }
        super().__init__(ROLLOUT_TYPE, resource_name, properties | dict.fromkeys(ROLLOUT_OUTPUTS), opts)
