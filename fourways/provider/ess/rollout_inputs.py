"""The typed inputs of rollouts. Limits and defaults are those of an instance refresh (SDK alibabacloud-ess20220222 1.13.3)."""

from __future__ import annotations

from typing import Literal

from pydantic import StrictInt, StrictStr

from fourways.provider.inputs import REGION, Inputs, Text, declared

#: Instances of a scaling group (help centre, "Limits" of Auto Scaling: 2000 by default).
MOST = 2000


class RolloutInputs(Inputs):
    """Inputs of `fourways:ess:Rollout`."""

    region: StrictStr = declared("a region id such as ap-southeast-1", replaces=True, pattern=REGION)
    scaling_group_id: Text = declared("the id of a scaling group (asg-...)", replaces=True)
    launch_template_id: Text = declared("the id of the launch template (lt-...) that every instance shall be made from")
    launch_template_version: StrictStr = declared('the number of its version, as a text such as "3"', pattern=r"^[1-9][0-9]{0,9}$")
    size: StrictInt | None = declared(
        "a whole number of instances to wait for; left out (scaled by rules), the least that the group keeps", default=None, ge=0, le=MOST
    )
    min_healthy_percentage: StrictInt = declared(
        "a whole number from 0 to 100: per cent of the instances that stay in service meanwhile, default 80", default=80, ge=0, le=100
    )
    max_healthy_percentage: StrictInt = declared(
        "a whole number from 100 to 200: per cent of the instances that there may be meanwhile, default 120", default=120, ge=100, le=200
    )
    on_update_failure: Literal["rollback", "keep"] = declared(
        "rollback (default: back to the version of before) or keep (leave what there is, to be looked at)", default="rollback"
    )
