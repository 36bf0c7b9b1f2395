"""The typed inputs of resource groups. Imported at the first check."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import StrictBool, StrictInt, StrictStr

from fourways.provider.inputs import REGION, Inputs, Labels, Text, declared


class DLink(Inputs):
    """A resource group's direct connection to a VPC (EAS UpdateResourceDLink, 2021-07-01)."""

    token_of_type: ClassVar[str] = "fourways:eas:DLink"

    v_switch_id: Text = declared("the id of a vSwitch (vsw-...)")
    security_group_id: Text = declared("the id of a security group (sg-...)")
    destination_cidrs: Text | None = declared("CIDR blocks of the clients, comma separated", default=None)


class Log(Inputs):
    """Where the logs of a resource group's services go (EAS CreateResourceLog, 2021-07-01)."""

    token_of_type: ClassVar[str] = "fourways:eas:Log"

    project: Text = declared("the name of a project of Simple Log Service in the region of the group")
    log_store: Text = declared("the name of a log store of that project")


class ResourceGroupInputs(Inputs):
    """Inputs of `fourways:eas:ResourceGroup`. Limits: SDK alibabacloud-eas20210701 7.0.0, CreateResource and CreateResourceInstances."""

    region: StrictStr = declared("a region id such as ap-southeast-1", replaces=True, pattern=REGION)
    instance_type: Text = declared("an ECS instance type with GPUs, such as ecs.gn8v-4x.24xlarge", replaces=True)
    instance_count: StrictInt = declared("a whole number of machines from 1 to 100", ge=1, le=100)
    charge_type: Literal["PostPaid", "PrePaid"] = declared("PostPaid (pay as you go) or PrePaid (a committed term)", replaces=True)
    zone: Text | None = declared("a zone id such as ap-southeast-1a; left out, the cloud chooses", default=None, replaces=True, sticky=True)
    system_disk_size: StrictInt = declared("200 to 2000 (GiB), default 200", default=200, replaces=True, ge=200, le=2000)
    auto_renewal: StrictBool = declared("true or false (default): renews a PrePaid term by itself", default=False)
    labels: Labels = declared("a map of strings; ownership labels are added to it", default={})
    d_link: DLink | None = declared("an object {vSwitchId, securityGroupId, destinationCidrs?}", default=None)
    log: Log | None = declared("an object {project, logStore}: the logs of all services of the group go there", default=None)
