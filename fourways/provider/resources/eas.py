"""PAI-EAS: services and dedicated resource groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from fourways.provider.names import RESOURCE_GROUP_TYPE, SERVICE_TYPE
from fourways.provider.resources.attributes import output

#: Outputs of each type beyond its inputs; the schema is tested against them.
SERVICE_OUTPUTS = (
    "serviceId",
    "status",
    "internetEndpoint",
    "intranetEndpoint",
    "accessToken",
    "currentVersion",
    "latestVersion",
    "runningInstance",
    "totalInstance",
    "instanceTypes",
    "groupInternetEndpoint",
    "groupIntranetEndpoint",
    "groupAccessToken",
    "account",
    "target",
)
RESOURCE_GROUP_OUTPUTS = ("resourceId", "instanceIds", "status", "gpus", "account", "target")


class EasService(pulumi.CustomResource):
    """A PAI-EAS service (`fourways:eas:Service`). `pulumi import fourways:eas:Service NAME REGION/SERVICE`.

    `config` is the service JSON without metadata.name, token and labels, which are inputs of their own. Everything but `name`, `region` and
    `workspace_id` is updated in place. `safety_lock` is none, dangerous or all. Timeouts: `opts.custom_timeouts`.

    `on_update_failure`: rollback or keep. A new version that does not run in time is rolled back by default: the version before is known to
    serve, an endpoint that is down costs its users more than a failed replica teaches, and the error carries the replica's last log lines.

    `running` false stops it: it is kept, and not billed on public resources. `scaled`: a scaler decides the count of instances, and
    `config.metadata.instance` counts at the creation only. `on_shortage`: wait (until the timeout) or release (a new service is deleted
    after `shortage_timeout` seconds without stock); `alternatives` are instance types that the model fits as well, to be named then.
    `restart`: any text; a changed one restarts all instances, rolling. `roll_back_to` serves this earlier version until it is taken out,
    and refuses changes of `config` meanwhile. `traffic`: {state: standalone or grouping, weight?}, of a service in a group
    (`config.metadata.group`).
    """

    #: The service's name, unique in its region.
    name: pulumi.Output[str] = output("name")
    region: pulumi.Output[str] = output("region")
    service_id: pulumi.Output[str] = output("serviceId")
    #: As the cloud spells it: Running, Waiting, Failed...
    status: pulumi.Output[str] = output("status")
    #: `http(s)://<uid>.<region>.pai-eas.aliyuncs.com/api/predict/<name>`; empty when the public endpoint is off.
    internet_endpoint: pulumi.Output[str] = output("internetEndpoint")
    #: The endpoint inside a VPC.
    intranet_endpoint: pulumi.Output[str] = output("intranetEndpoint")
    #: The key that requests carry in `Authorization`. Secret.
    access_token: pulumi.Output[str] = output("accessToken", secret=True)
    current_version: pulumi.Output[int] = output("currentVersion")
    latest_version: pulumi.Output[int] = output("latestVersion")
    running_instance: pulumi.Output[int] = output("runningInstance")
    total_instance: pulumi.Output[int] = output("totalInstance")
    #: The instance types that its replicas run on now.
    instance_types: pulumi.Output[Sequence[str]] = output("instanceTypes")
    #: Of its service group; None where it is in none. The token is secret.
    group_internet_endpoint: pulumi.Output[str | None] = output("groupInternetEndpoint")
    group_intranet_endpoint: pulumi.Output[str | None] = output("groupIntranetEndpoint")
    group_access_token: pulumi.Output[str | None] = output("groupAccessToken", secret=True)
    #: The account that it was made in.
    account: pulumi.Output[str] = output("account")
    #: The target that it was made on: `fake` or `cloud`.
    target: pulumi.Output[str] = output("target")

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        region: pulumi.Input[str],
        config: pulumi.Input[Mapping[str, Any]],
        token: pulumi.Input[str] | None = None,
        labels: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        safety_lock: pulumi.Input[str] | None = None,
        workspace_id: pulumi.Input[str] | None = None,
        on_update_failure: pulumi.Input[str] | None = None,
        running: pulumi.Input[bool] | None = None,
        scaled: pulumi.Input[bool] | None = None,
        on_shortage: pulumi.Input[str] | None = None,
        shortage_timeout: pulumi.Input[int] | None = None,
        alternatives: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        restart: pulumi.Input[str] | None = None,
        roll_back_to: pulumi.Input[int] | None = None,
        traffic: pulumi.Input[Mapping[str, Any]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties: dict[str, Any] = {
            "name": name,
            "region": region,
            "config": config,
            "token": None if token is None else pulumi.Output.secret(token),
            "labels": labels,
            "safetyLock": safety_lock,
            "workspaceId": workspace_id,
            "onUpdateFailure": on_update_failure,
            "running": running,
            "scaled": scaled,
            "onShortage": on_shortage,
            "shortageTimeout": shortage_timeout,
            "alternatives": alternatives,
            "restart": restart,
            "rollBackTo": roll_back_to,
            "traffic": traffic,
        }
        secret = pulumi.ResourceOptions(additional_secret_outputs=["accessToken", "token", "groupAccessToken"])
        super().__init__(
            SERVICE_TYPE,
            resource_name,
            properties | dict.fromkeys(SERVICE_OUTPUTS),
            pulumi.ResourceOptions.merge(opts, secret),
        )


class EasResourceGroup(pulumi.CustomResource):
    """A dedicated PAI-EAS resource group (`fourways:eas:ResourceGroup`): machines billed from their creation until they are deleted.

    `instance_count` (1-100), `labels`, `d_link` ({vSwitchId, securityGroupId, destinationCidrs}) and `log` ({project, logStore}: where the
    logs of all its services go) are updated in place; the rest replaces. `system_disk_size` is in GiB (200-2000). Import by
    `REGION/eas-r-...`.
    """

    region: pulumi.Output[str] = output("region")
    #: `eas-r-...`, what `metadata.resource` of a service names.
    resource_id: pulumi.Output[str] = output("resourceId")
    #: The machines, in the order of their ids.
    instance_ids: pulumi.Output[Sequence[str]] = output("instanceIds")
    instance_count: pulumi.Output[int] = output("instanceCount")
    status: pulumi.Output[str] = output("status")
    #: GPUs of all its machines together.
    gpus: pulumi.Output[int] = output("gpus")
    #: The account that it was made in.
    account: pulumi.Output[str] = output("account")
    #: The target that it was made on: `fake` or `cloud`.
    target: pulumi.Output[str] = output("target")

    def __init__(
        self,
        resource_name: str,
        *,
        region: pulumi.Input[str],
        instance_type: pulumi.Input[str],
        instance_count: pulumi.Input[int],
        charge_type: pulumi.Input[str],
        zone: pulumi.Input[str] | None = None,
        system_disk_size: pulumi.Input[int] | None = None,
        auto_renewal: pulumi.Input[bool] | None = None,
        labels: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        d_link: pulumi.Input[Mapping[str, Any]] | None = None,
        log: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties: dict[str, Any] = {
            "region": region,
            "instanceType": instance_type,
            "instanceCount": instance_count,
            "chargeType": charge_type,
            "zone": zone,
            "systemDiskSize": system_disk_size,
            "autoRenewal": auto_renewal,
            "labels": labels,
            "dLink": d_link,
            "log": log,
        }
        super().__init__(RESOURCE_GROUP_TYPE, resource_name, properties | dict.fromkeys(RESOURCE_GROUP_OUTPUTS), opts)
