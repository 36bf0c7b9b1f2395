"""The service JSON: merging, what the server fills in, and what it refuses. Pure; unknown fields are kept as they are."""

from __future__ import annotations

import copy
import re
from typing import Any

from fourways.fakes.services.eas.deployment import rolling, service_networking
from fourways.fakes.services.eas.errors import bad

_NAME = re.compile(r"^[a-z0-9_]{3,63}$")
_RESERVED_PORTS = (8080, 9090)  # help centre, 'Parameters of model services': the EAS engine listens on them
_MOST_INSTANCES = 1000  # assumed: no page gives a limit
_PROBES = ("startup_check", "liveness_check", "health_check")
_PROBE_SECONDS = {"initial_delay_seconds": 0, "period_seconds": 1, "timeout_seconds": 1, "success_threshold": 1, "failure_threshold": 1}
_CAPACITY = re.compile(r"^\d+%?$")
DEDICATED = "dedicated_resource"
DEFAULT_CPUS, DEFAULT_MEMORY_MB = 1, 1000  # assumed, for a service that names neither a machine type nor its size


def merge(old: Any, new: Any) -> Any:
    """UpdateType=merge: objects are merged key by key, everything else (lists too) is replaced; what is left out stays."""
    if isinstance(old, dict) and isinstance(new, dict):
        merged = {name: merge(value, new[name]) if name in new else copy.deepcopy(value) for name, value in old.items()}
        return merged | {name: copy.deepcopy(value) for name, value in new.items() if name not in old}
    return copy.deepcopy(new)


def instance_types(config: dict[str, Any]) -> list[str]:
    """The public machine types the service may run on, in the order of preference; empty when it names none."""
    return [offer["type"] for offer in offers(config) if offer["type"] != DEDICATED]


def offers(config: dict[str, Any]) -> list[dict[str, Any]]:
    """The entries of cloud.computing, in the order of preference: type, and spot_price_limit and capacity where they are given.

    The type `dedicated_resource` stands for the service's own resource group (help centre, 'Parameters of model services', the example).
    """
    computing = _computing(config)
    single = computing.get("instance_type")
    return list(computing.get("instances") or ([{"type": single}] if single else []))


def spot_protection(config: dict[str, Any]) -> bool:
    """Whether a replica on spot is kept for its first hour whatever the market does."""
    return not _computing(config).get("disable_spot_protection_period", False)


def most(capacity: Any, wanted: int) -> int | None:
    """How many of `wanted` replicas an entry's capacity lets run on its type: a number, or a percentage (rounded down: 20% of 200 is
    40 'at most', same page); None without a limit."""
    if capacity is None:
        return None
    text = str(capacity)
    return wanted * int(text[:-1]) // 100 if text.endswith("%") else int(text)


def is_virtual(resource: Any) -> bool:
    """Ids of virtual resource groups are eas-vr-... (SDK 7.0.0, CreateVirtualResource). That a service names one in metadata.resource is
    assumed: it is the field for 'the ID of the resource group', and no page shows another."""
    return str(resource or "").startswith("eas-vr-")


def is_dedicated(metadata: dict[str, Any]) -> bool:
    """Whether replicas run on the machines of a dedicated group and nowhere else."""
    resource = metadata.get("resource")
    return bool(resource) and not is_virtual(resource) and not metadata.get("resource_burstable")


def _computing(config: dict[str, Any]) -> dict[str, Any]:
    return (config.get("cloud") or {}).get("computing") or {}


def networking(config: dict[str, Any]) -> dict[str, Any]:
    """The VPC connection: vpc_id, vswitch_id (comma separated), security_group_id; empty when there is none."""
    found = (config.get("cloud") or {}).get("networking") or {}
    return dict(found) if isinstance(found, dict) else {}


def images(config: dict[str, Any]) -> list[str]:
    return [str(container["image"]) for container in config.get("containers") or []]


def start_budget(config: dict[str, Any]) -> float | None:
    """Seconds that the start-up probe gives the first container, or None where it has no start-up probe."""
    containers = config.get("containers") or [{}]
    probe = containers[0].get("startup_check")
    if not probe:
        return None
    return float(probe.get("initial_delay_seconds", 0) + probe.get("period_seconds", 10) * probe.get("failure_threshold", 3))


def check(config: Any) -> None:
    """Raises CloudError 400 for what the service refuses at once, without looking at anything else that exists."""
    if not isinstance(config, dict):
        raise bad("The request body must be a JSON object.")
    metadata = config.get("metadata")
    if not isinstance(metadata, dict):
        raise bad("metadata is required.")
    _check_metadata(metadata)
    containers = config.get("containers")
    if containers is not None:
        if not isinstance(containers, list) or not containers:
            raise bad("containers must be a list of at least one container.")
        for number, container in enumerate(containers):
            _check_container(container, f"containers[{number}]")
    elif not any(name.startswith(("processor", "model_path", "model_entry")) for name in config):
        raise bad("containers or processor is required.")
    _check_computing(config)
    _check_networking(networking(config))
    service_networking.check(config)
    token = config.get("token")
    if token is not None and (not isinstance(token, str) or not token):
        raise bad("token must be a string that is not empty.")
    labels = config.get("labels")
    if labels is not None and (not isinstance(labels, dict) or not all(isinstance(value, str) for value in labels.values())):
        raise bad("labels must be an object of strings.")
    _check_storage(config.get("storage") or [])


def _check_metadata(metadata: dict[str, Any]) -> None:
    name = metadata.get("name")
    if not isinstance(name, str) or not _NAME.match(name):
        raise bad(f"metadata.name must be 3 to 63 lower-case letters, digits and underscores, not {name!r}.")
    group = metadata.get("group")
    if group and (not isinstance(group, str) or not _NAME.match(group)):  # the rule of services' names: assumed
        raise bad(f"metadata.group must be 3 to 63 lower-case letters, digits and underscores, not {group!r}.")
    instance = metadata.get("instance", 1)
    if not isinstance(instance, int) or isinstance(instance, bool) or not 0 <= instance <= _MOST_INSTANCES:
        raise bad(f"metadata.instance must be a whole number from 0 to {_MOST_INSTANCES}, not {instance!r}.")
    for field in ("cpu", "memory", "gpu"):
        value = metadata.get(field, 0)
        if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
            raise bad(f"metadata.{field} must be a number from 0, not {value!r}.")
    if metadata.get("gpu", 0) != int(metadata.get("gpu", 0)):
        raise bad("metadata.gpu must be a whole number.")
    try:
        rolling.strategy(metadata, instance, dedicated=is_dedicated(metadata))
    except ValueError as error:
        raise bad(f"metadata: {error}.") from None


def _check_computing(config: dict[str, Any]) -> None:
    """A group's service has public types as well only with an elastic resource pool (help centre, 'Elastic resource pool': they are in
    cloud.computing) or where they list the group itself. Assumed: that a quota takes neither."""
    metadata, computing = config["metadata"], _computing(config)
    listed = computing.get("instances") or []
    if not isinstance(listed, list) or not all(isinstance(entry, dict) and isinstance(entry.get("type"), str) for entry in listed):
        raise bad("cloud.computing.instances must be a list of objects with a type.")
    for number, entry in enumerate(listed):
        limit, capacity = entry.get("spot_price_limit"), entry.get("capacity")
        where = f"cloud.computing.instances[{number}]"
        if limit is not None and (not isinstance(limit, int | float) or isinstance(limit, bool) or limit <= 0):
            raise bad(f"{where}.spot_price_limit must be a price above 0, not {limit!r}.")
        if capacity is not None and (isinstance(capacity, bool) or not _CAPACITY.match(str(capacity))):
            raise bad(f"{where}.capacity must be a whole number or a percentage, not {capacity!r}.")
    if not isinstance(computing.get("disable_spot_protection_period", False), bool):
        raise bad("cloud.computing.disable_spot_protection_period must be true or false.")
    if not isinstance(metadata.get("resource_burstable", False), bool):
        raise bad("metadata.resource_burstable must be true or false.")
    named = [entry["type"] for entry in offers(config)]
    if metadata.get("quota_id") and (named or metadata.get("resource")):
        raise bad("metadata.quota_id cannot be specified together with metadata.resource or cloud.computing.")
    if DEDICATED in named and (is_virtual(metadata.get("resource")) or not metadata.get("resource")):
        raise bad(f"cloud.computing names {DEDICATED}, but metadata.resource names no dedicated resource group.")
    if metadata.get("resource") and named and DEDICATED not in named and not metadata.get("resource_burstable"):
        raise bad("metadata.resource and cloud.computing cannot be specified at the same time without metadata.resource_burstable.")
    if is_virtual(metadata.get("resource")) and (named or metadata.get("resource_burstable")):
        raise bad(
            "a virtual resource group names its public types itself: cloud.computing and resource_burstable cannot be specified with it."
        )


def _check_container(container: Any, where: str) -> None:
    if not isinstance(container, dict) or not isinstance(container.get("image"), str) or not container["image"]:
        raise bad(f"{where}.image is required.")
    port = container.get("port")
    if port is not None and (not isinstance(port, int) or not 1 <= port <= 65535):
        raise bad(f"{where}.port must be from 1 to 65535, not {port!r}.")
    if port in _RESERVED_PORTS:
        raise bad(f"{where}.port must not be {port}: ports 8080 and 9090 are reserved.")
    for probe in _PROBES:
        if container.get(probe) is not None:
            _check_probe(container[probe], f"{where}.{probe}")


def _check_probe(probe: Any, where: str) -> None:
    if not isinstance(probe, dict):
        raise bad(f"{where} must be an object.")
    if sum(kind in probe for kind in ("http_get", "tcp_socket", "exec")) != 1:
        raise bad(f"{where} needs exactly one of http_get, tcp_socket and exec.")
    target = probe.get("http_get") or probe.get("tcp_socket")
    if "exec" not in probe and (not isinstance(target, dict) or not isinstance(target.get("port"), int)):
        raise bad(f"{where} needs a port.")
    for name, least in _PROBE_SECONDS.items():
        value = probe.get(name, least)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise bad(f"{where}.{name} must be a whole number from {least}, not {value!r}.")


def _check_networking(network: dict[str, Any]) -> None:
    if not any(network.get(name) for name in ("vpc_id", "vswitch_id", "security_group_id")):
        return
    if network.get("vpc_id") and network.get("security_group_id") and not network.get("vswitch_id"):
        raise bad("vswitch can not be null")
    if not all(network.get(name) for name in ("vpc_id", "vswitch_id", "security_group_id")):
        raise bad("vpcId, vswId and securityGroupId are required")


def _check_storage(mounts: Any) -> None:
    if not isinstance(mounts, list):
        raise bad("storage must be a list.")
    for number, mount in enumerate(mounts):
        if not isinstance(mount, dict) or not str(mount.get("mount_path", "")).startswith("/"):
            raise bad(f"storage[{number}].mount_path must be an absolute path.")
        oss = mount.get("oss")
        if oss is not None and not str(oss.get("path", "")).startswith("oss://"):
            raise bad(f"storage[{number}].oss.path must begin with oss://.")


def fill(config: dict[str, Any], *, name: str, workspace_id: str, size: tuple[int, int, int] | None) -> dict[str, Any]:
    """The config as the server keeps and echoes it: `size` is (vCPUs, memory MB, GPUs) of the public machine type, if it names one.

    Assumed: which fields are filled in. That a generated token and labels set by other calls are not echoed is read off Terraform's
    acceptance test of `alicloud_pai_service`, which finds no difference without them.
    """
    filled = copy.deepcopy(config)
    metadata = filled["metadata"]
    metadata["name"] = name
    metadata.setdefault("instance", 1)
    cpus, memory, gpus = size or (DEFAULT_CPUS, DEFAULT_MEMORY_MB, 0)
    metadata.setdefault("cpu", cpus)
    metadata.setdefault("memory", memory)
    metadata.setdefault("gpu", gpus)
    if workspace_id:
        metadata.setdefault("workspace_id", workspace_id)
    return filled


def only_scaled(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """True when nothing but metadata.instance differs, which scales without a new version (SDK 7.0.0, UpdateService)."""
    return _without(old, "instance") == _without(new, "instance") and old != new


def _without(config: dict[str, Any], field: str) -> dict[str, Any]:
    return {**config, "metadata": {name: value for name, value in config["metadata"].items() if name != field}}
