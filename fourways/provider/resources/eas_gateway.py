"""PAI-EAS: private gateways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from fourways.provider.names import GATEWAY_TYPE
from fourways.provider.resources.attributes import output

#: Outputs beyond its inputs; the schema is tested against them.
GATEWAY_OUTPUTS = ("gatewayId", "status", "internetDomain", "intranetDomain", "account", "target")


class EasGateway(pulumi.CustomResource):
    """A private PAI-EAS gateway (`fourways:eas:Gateway`): nodes billed from its creation until it is deleted, called or not.

    `instance_type`: 2c4g, 4c8g, 8c16g or 16c32g; `replicas`: nodes (1). `allowed_cidrs` are the addresses that may come in over the
    Internet, `linked_vpcs` ([{vpcId, vSwitchId, allowedCidrs?}]) the VPCs that reach it; without a list nobody is kept out. Internet access
    needs `ssl_redirection`. `region` and `charge_type` replace; the rest is changed in place, and lets in before it shuts out.
    Import by `REGION/gw-...`.
    """

    region: pulumi.Output[str] = output("region")
    #: What its alias begins with; the rest of the alias says whose it is.
    name: pulumi.Output[str] = output("name")
    #: `gw-...`, what `networking.gateway` of a service names.
    gateway_id: pulumi.Output[str] = output("gatewayId")
    #: As the cloud spells it: Running, Waiting...
    status: pulumi.Output[str] = output("status")
    #: Its host on the Internet; empty without that access.
    internet_domain: pulumi.Output[str] = output("internetDomain")
    #: Its host in linked VPCs; empty without that access.
    intranet_domain: pulumi.Output[str] = output("intranetDomain")
    #: The account that it was made in.
    account: pulumi.Output[str] = output("account")
    #: The target that it was made on: `fake` or `cloud`.
    target: pulumi.Output[str] = output("target")

    def __init__(
        self,
        resource_name: str,
        *,
        region: pulumi.Input[str],
        name: pulumi.Input[str],
        instance_type: pulumi.Input[str],
        replicas: pulumi.Input[int] | None = None,
        charge_type: pulumi.Input[str] = "PostPaid",
        enable_internet: pulumi.Input[bool] = False,
        enable_intranet: pulumi.Input[bool] = True,
        ssl_redirection: pulumi.Input[bool] = False,
        allowed_cidrs: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        linked_vpcs: pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties: dict[str, Any] = {
            "region": region,
            "name": name,
            "instanceType": instance_type,
            "replicas": replicas,
            "chargeType": charge_type,
            "enableInternet": enable_internet,
            "enableIntranet": enable_intranet,
            "sslRedirection": ssl_redirection,
            "allowedCidrs": allowed_cidrs,
            "linkedVpcs": linked_vpcs,
        }
        super().__init__(GATEWAY_TYPE, resource_name, properties | dict.fromkeys(GATEWAY_OUTPUTS), opts)
