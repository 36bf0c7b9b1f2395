"""The typed inputs of PAI-EAS services and resource groups, and what of them no type can see. Imported at the first check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import StrictBool, StrictInt, StrictStr

from fourways.provider.eas import service_json
from fourways.provider.inputs import REGION, Inputs, Labels, Text, declared
from fourways.provider.outcome import Failure
from fourways.provider.values import UNKNOWN, Path, Plain

#: EAS service names: lower case, digits and underscore, 3 to 63 (help centre, "Parameters of model services").
SERVICE_NAME = r"^[a-z0-9_]{3,63}$"
#: Ports that EAS keeps for itself in containers (same page).
RESERVED_PORTS = (8080, 9090)


class ServiceInputs(Inputs):
    """Inputs of `fourways:eas:Service`."""

    secret_paths: ClassVar[tuple[Path, ...]] = service_json.SECRET_PATHS
    #: Help centre, "Parameters of model services".
    path_defaults: ClassVar[Mapping[Path, Plain]] = {service_json.INSTANCE: 1}
    server_filled: ClassVar[frozenset[Path]] = service_json.SERVER_FILLED

    name: StrictStr = declared(
        "3 to 63 lower-case letters, digits and underscores, unique in the region", replaces=True, pattern=SERVICE_NAME
    )
    region: StrictStr = declared("a region id such as ap-southeast-1", replaces=True, pattern=REGION)
    config: dict[str, Any] = declared("the EAS service JSON as an object, without metadata.name, token and labels")
    token: Text | None = declared(
        "the key of the endpoint as a non-empty string; left out, the cloud makes one (output accessToken)",
        default=None,
        secret=True,
        sticky=True,
    )
    labels: Labels = declared("a map of strings; ownership labels are added to it", default={})
    safety_lock: Literal["none", "dangerous", "all"] = declared(
        "none, dangerous (no delete, no stop) or all (no operation at all)", default="none"
    )
    workspace_id: Text | None = declared("the id of a PAI workspace as a string", default=None, replaces=True, sticky=True)
    on_update_failure: Literal["rollback", "keep"] = declared(
        "rollback (default: back to the version that ran before) or keep (leave the failed version, to be looked at)", default="rollback"
    )

    @classmethod
    def failures(cls, inputs: Mapping[str, Plain]) -> Iterator[Failure]:
        """Keys of the service JSON that are inputs of their own, and what EAS would refuse after minutes."""
        yield from _service_failures(inputs)


class DLink(Inputs):
    """A resource group's direct connection to a VPC (EAS UpdateResourceDLink, 2021-07-01)."""

    token_of_type: ClassVar[str] = "fourways:eas:DLink"

    v_switch_id: Text = declared("the id of a vSwitch (vsw-...)")
    security_group_id: Text = declared("the id of a security group (sg-...)")
    destination_cidrs: Text | None = declared("CIDR blocks of the clients, comma separated", default=None)


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


def _service_failures(inputs: Mapping[str, Plain]) -> Iterator[Failure]:
    """Of `ServiceInputs`."""
    config = inputs.get("config")
    if not isinstance(config, dict):
        return
    for key, own in (("token", "token"), ("labels", "labels"), ("name", "name")):
        if key in config:
            yield Failure(property=f"config.{key}", reason=f"not in the service JSON: move it to the input `{own}`.")
    metadata = config.get("metadata")
    if isinstance(metadata, dict):
        if "name" in metadata:
            yield Failure(property="config.metadata.name", reason="not in the service JSON: move it to the input `name`.")
        if "workspace_id" in metadata:
            yield Failure(property="config.metadata.workspace_id", reason="not in the service JSON: move it to the input `workspaceId`.")
        count = metadata.get("instance")
        if count is not None and count is not UNKNOWN and (isinstance(count, bool) or not isinstance(count, int) or count < 0):
            yield Failure(property="config.metadata.instance", reason=f"{count!r} is not allowed. Allowed: a whole number from 0.")
    elif metadata is not None and metadata is not UNKNOWN:
        yield Failure(property="config.metadata", reason="must be an object, such as {instance: 1, gpu: 4, resource: eas-r-...}.")
    containers = config.get("containers")
    if containers is not None and containers is not UNKNOWN and not isinstance(containers, list):
        yield Failure(property="config.containers", reason="must be a list of objects {image, port, script, ...}.")
    for index, container in enumerate(containers if isinstance(containers, list) else []):
        port = container.get("port") if isinstance(container, dict) else None
        if port in RESERVED_PORTS:
            yield Failure(
                property=f"config.containers[{index}].port",
                reason=f"{port} is not allowed: EAS keeps {' and '.join(map(str, RESERVED_PORTS))}. Allowed: another port, such as 8000.",
            )
