"""Between the inputs of a service and what EAS keeps: the JSON that is sent, and the inputs and outputs that an answer means. Pure."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fourways.cloud.answers import text, whole
from fourways.provider.differences import project
from fourways.provider.eas.api import Answer, labels_of
from fourways.provider.eas.services import traffic
from fourways.provider.names import IMPORTED
from fourways.provider.outcome import Done
from fourways.provider.values import Path, Plain, Properties, at

#: Environment variables whose values are taken for secrets at an import, when nobody has said which ones are.
_SECRET_NAME = re.compile(r"(KEY|TOKEN|SECRET|PASSW|CREDENTIAL)", re.IGNORECASE)
#: Paths of the inputs that are secret whether the program says so or not.
SECRET_PATHS: tuple[Path, ...] = (("token",), ("config", "dockerAuth"))
INSTANCE: Path = ("config", "metadata", "instance")
#: What EAS writes into a service JSON that does not say it: size of the machine type, or its own defaults.
SERVER_FILLED: frozenset[Path] = frozenset(("config", "metadata", key) for key in ("cpu", "memory", "gpu", "disk", "shm_size"))
#: Parts of the service JSON that are inputs of their own, or the server's.
_OWN_METADATA = ("name", "workspace_id")
_OWN_TOP = ("token", "labels", "name")
#: A start that gets no word from any probe: scheduling, image pull and loading of weights. 2.5 TB took about 18 minutes.
LEAST_TIMEOUT = 45 * 60.0
START_ALLOWANCE = 30 * 60.0


def body(inputs: Mapping[str, Plain], token: str | None = None) -> dict[str, Any]:
    """The service JSON of CreateService and UpdateService: the declared config with name and token (declared, else `token`)."""
    made: dict[str, Any] = copy.deepcopy(dict(inputs["config"]))
    metadata = made.get("metadata")
    made["metadata"] = {**(metadata if isinstance(metadata, dict) else {}), "name": inputs["name"]}
    key = inputs.get("token") or token
    if key:
        made["token"] = key
    return made


def echoed_config(service: Answer) -> dict[str, Any] | None:
    """The service JSON that DescribeService echoes, without name, token and labels; None when it is missing or unreadable."""
    echo = service.get("ServiceConfig")
    try:
        config = json.loads(echo) if isinstance(echo, str) else echo
    except ValueError:
        return None
    if not isinstance(config, dict):
        return None
    kept = {key: value for key, value in config.items() if key not in _OWN_TOP}
    metadata = kept.get("metadata")
    if isinstance(metadata, dict):
        kept["metadata"] = {key: value for key, value in metadata.items() if key not in _OWN_METADATA}
    return kept


def token_is_in_config(service: Answer) -> bool:
    """Whether the service's own JSON carries its token; a generated one lives beside it and survives a replace."""
    try:
        config = json.loads(str(service.get("ServiceConfig") or "null"))
    except ValueError:
        return False
    return isinstance(config, dict) and bool(config.get("token"))


def latest_version(service: Answer) -> int:
    """The newest version that was asked for, 0 where the cloud does not say it."""
    return whole(service.get("LatestVersion")) or 0


def wanted_instances(config: Mapping[str, Any]) -> int | None:
    """Instances that must run before the service is ready; None when a scaler decides."""
    if config.get("autoscaler") or config.get("cronscaler"):
        return None
    metadata = config.get("metadata")
    count = metadata.get("instance", 1) if isinstance(metadata, Mapping) else 1
    return count if isinstance(count, int) else None


def wanted(inputs: Mapping[str, Plain]) -> int | None:
    """Instances that must run before the service is ready; None when a scaler decides, inside the service JSON or beside it."""
    return None if inputs.get("scaled") else wanted_instances(inputs["config"])


def present_instances(service: Answer) -> int | None:
    """The instances that the service is to have now, whoever decided it: TotalInstance, which other statuses than Running may count the
    instances of two versions in, else metadata.instance of its JSON."""
    total = whole(service.get("TotalInstance")) if service.get("Status") == "Running" else None
    config = echoed_config(service) or {}
    return total if total is not None else whole(at(config, INSTANCE[1:]))


def to_send(inputs: Properties, service: Answer) -> Properties:
    """The inputs as an update sends them: where a scaler decides the count, with the count that it has decided."""
    present = present_instances(service) if inputs.plain.get("scaled") else None
    if present is None:
        return inputs
    config = inputs.plain["config"]
    metadata = config.get("metadata")
    metadata = {**(metadata if isinstance(metadata, dict) else {}), "instance": present}
    return Properties(plain={**inputs.plain, "config": {**config, "metadata": metadata}}, secrets=inputs.secrets)


def default_timeout(config: Mapping[str, Any]) -> float:
    """Seconds to wait where the resource sets no timeout: what the start-up probes allow and half an hour, at least 45 minutes."""
    budgets = [
        START_ALLOWANCE + _startup_budget(container) for container in config.get("containers") or [] if isinstance(container, Mapping)
    ]
    return max([LEAST_TIMEOUT, *budgets])


def outputs(inputs: Mapping[str, Plain], service: Answer, seen: Mapping[str, Plain], *, account: str, target: str) -> dict[str, Plain]:
    """The outputs of a service: its inputs and what the cloud says about it, `seen` by other operations than DescribeService."""
    return {
        **{key: value for key, value in inputs.items() if key != IMPORTED},
        "serviceId": text(service.get("ServiceId")),
        "status": text(service.get("Status")),
        "internetEndpoint": text(service.get("InternetEndpoint")),
        "intranetEndpoint": text(service.get("IntranetEndpoint")),
        "accessToken": text(service.get("AccessToken")) or text(inputs.get("token")),
        "currentVersion": whole(service.get("CurrentVersion")) or 0,
        "latestVersion": whole(service.get("LatestVersion")) or 0,
        "runningInstance": whole(service.get("RunningInstance")) or 0,
        "totalInstance": whole(service.get("TotalInstance")) or 0,
        "instanceTypes": [],
        **seen,
        "account": account,
        "target": target,
    }


def done(region: str, inputs: Properties, service: Answer, seen: Mapping[str, Plain], *, account: str, target: str) -> Done:
    """Id and outputs of a service, with what is secret in them."""
    plain = outputs(inputs.plain, service, seen, account=account, target=target)
    secrets = inputs.secrets | secrets_of(inputs.plain) | {("accessToken",), ("groupAccessToken",)}
    return Done(resource_id=f"{region}/{inputs.plain['name']}", properties=Properties(plain=plain, secrets=secrets))


def refreshed_inputs(inputs: Mapping[str, Plain], service: Answer) -> dict[str, Plain]:
    """The inputs of a known service as the cloud has them now, cut down to what was declared.

    While an earlier version is asked for, config and token are what will be sent when it is not any more: no drift can be seen in them, but
    in the version that serves.
    """
    config = echoed_config(service)
    found = dict(inputs)
    back_to = inputs.get("rollBackTo")
    if back_to is not None:
        if whole(service.get("CurrentVersion")) != back_to and service.get("Status") in ("Running", "Stopped"):
            del found["rollBackTo"]
    else:
        if config is not None:
            found["config"] = _keeping_count(inputs, project(config, inputs.get("config")))
        if inputs.get("token") is not None and text(service.get("AccessToken")):
            found["token"] = text(service["AccessToken"])
    if is_stopped(service) or "running" in inputs:
        found["running"] = not is_stopped(service)
    if inputs.get("traffic") is not None:
        found["traffic"] = traffic.refreshed(inputs["traffic"], service)
    there = labels_of(service)
    declared = inputs.get("labels")
    found["labels"] = {key: there[key] for key in declared if key in there} if isinstance(declared, Mapping) else {}
    found["safetyLock"] = text(service.get("SafetyLock")) or "none"
    if inputs.get("workspaceId") is not None and service.get("WorkspaceId"):
        found["workspaceId"] = str(service["WorkspaceId"])
    return found


def is_stopped(service: Answer) -> bool:
    """Whether somebody has stopped it, or is about to."""
    return service.get("Status") in ("Stopped", "Stopping")


def _keeping_count(inputs: Mapping[str, Plain], config: Plain) -> Plain:
    """The config with the declared count, where a scaler decides it: what it has decided is no drift."""
    declared = at(dict(inputs), INSTANCE)
    if not inputs.get("scaled") or declared is None or not isinstance(config.get("metadata"), dict):
        return config
    return {**config, "metadata": {**config["metadata"], "instance": declared}}


def imported_inputs(region: str, service: Answer, hidden_labels: tuple[str, ...]) -> Properties:
    """All inputs of a service that Pulumi did not make, and which of them are secret.

    The token is left out: `pulumi import` prints every input as code, secrets too. Declared as it is, it makes no difference afterwards.
    """
    config = echoed_config(service) or {}
    inputs: dict[str, Plain] = {
        IMPORTED: True,
        "name": text(service.get("ServiceName")),
        "region": region,
        "config": config,
        "labels": {key: value for key, value in labels_of(service).items() if key not in hidden_labels},
        "safetyLock": text(service.get("SafetyLock")) or "none",
    }
    if service.get("WorkspaceId"):
        inputs["workspaceId"] = str(service["WorkspaceId"])
    if is_stopped(service):
        inputs["running"] = False
    if at(config, ("metadata", "group")) and service.get("TrafficState"):
        inputs["traffic"] = traffic.refreshed({}, service)
    return Properties(plain=inputs, secrets=frozenset([("config", "dockerAuth"), *secret_environment(config)]))


def secrets_of(inputs: Mapping[str, Plain]) -> frozenset[Path]:
    """Paths in the inputs that are secret whether the program says so or not."""
    return frozenset(path for path in SECRET_PATHS if at(dict(inputs), path) is not None)


def secret_environment(config: Mapping[str, Any]) -> list[Path]:
    """Paths of the environment values whose names say that they are secrets."""
    return [("config", *path, "value") for path, entry in _variables(config) if _SECRET_NAME.search(str(entry.get("name", "")))]


def environment(config: Mapping[str, Any]) -> list[tuple[bool, str]]:
    """The values of all environment variables, each with whether its name says that it is a secret."""
    return [
        (bool(_SECRET_NAME.search(str(entry.get("name", "")))), str(entry["value"]))
        for _, entry in _variables(config)
        if entry.get("value") is not None
    ]


def _variables(config: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    containers = config.get("containers")
    for index, container in enumerate(containers if isinstance(containers, list) else []):
        env = container.get("env") if isinstance(container, Mapping) else None
        for position, entry in enumerate(env if isinstance(env, list) else []):
            if isinstance(entry, Mapping):
                yield ("containers", index, "env", position), entry


def _startup_budget(container: Mapping[str, Any]) -> float:
    probe = container.get("startup_check")
    if not isinstance(probe, Mapping):
        return 0.0
    numbers = [probe.get("initial_delay_seconds", 0), probe.get("period_seconds", 10), probe.get("failure_threshold", 3)]
    if not all(isinstance(number, int | float) for number in numbers):
        return 0.0
    delay, period, tries = (float(number) for number in numbers)
    return delay + period * tries
