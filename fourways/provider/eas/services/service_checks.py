"""What of a service's inputs no type can see. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fourways.provider.outcome import Failure
from fourways.provider.values import UNKNOWN, Plain, contains_unknown

#: Ports that EAS keeps for itself in containers (help centre, "Parameters of model services").
RESERVED_PORTS = (8080, 9090)


def failures(inputs: Mapping[str, Plain]) -> Iterator[Failure]:
    """Of `ServiceInputs`: keys of the service JSON that are inputs of their own, what EAS would refuse after minutes, and what fights."""
    config = inputs.get("config")
    if not isinstance(config, dict):
        return
    yield from _what_fights(inputs, config)
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


def _what_fights(inputs: Mapping[str, Plain], config: Mapping[str, Plain]) -> Iterator[Failure]:
    """Two that would decide the count of instances, and traffic of a group that there is not."""
    scalers = [key for key in ("autoscaler", "cronscaler") if config.get(key)]
    if len(scalers) > 1:
        yield Failure(
            property="config.cronscaler", reason="not beside config.autoscaler: both would decide the count of instances. Keep one of them."
        )
    if scalers and inputs.get("scaled") is False:
        yield Failure(
            property=f"config.{scalers[0]}",
            reason=(
                "it decides the count of instances, which each update would set back to metadata.instance: set `scaled` to true, "
                "or take it out of the service JSON."
            ),
        )
    metadata = config.get("metadata")
    known = not contains_unknown(metadata) and not contains_unknown(inputs.get("traffic"))
    if inputs.get("traffic") is not None and known and not (isinstance(metadata, dict) and metadata.get("group")):
        yield Failure(
            property="traffic",
            reason="the service is in no service group, which traffic is about: set config.metadata.group, or leave traffic out.",
        )
