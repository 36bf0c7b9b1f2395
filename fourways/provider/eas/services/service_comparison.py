"""A service as it is, compared with what is declared: whether it must be sent again, and whether that makes a new version. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from fourways.provider.differences import Kind, differences
from fourways.provider.eas.api import Answer
from fourways.provider.eas.services import service_json
from fourways.provider.eas.services.service_judges import FAILED
from fourways.provider.names import IMPORTED
from fourways.provider.values import Path, Plain, Properties


def differs(inputs: Properties, service: Answer) -> bool:
    """Whether the service is not what is declared: its config, as far as it is declared, or its key."""
    there = service_json.refreshed_inputs({**inputs.plain, "labels": {}}, service)
    config = differences({"config": there.get("config")}, {"config": inputs.plain["config"]})
    return bool(config) or (inputs.plain.get("token") is not None and service.get("AccessToken") not in (None, "", inputs.plain["token"]))


def config_changes(old: Mapping[str, Plain], new: Mapping[str, Plain]) -> bool:
    """Whether the declared config changes: a key that was declared and is not any more must go, though the service still has it."""
    paths = differences({"config": old.get("config")}, {"config": new.get("config")})
    return any(
        not (kind == "delete" and IMPORTED in old and path in service_json.SERVER_FILLED)
        and not (new.get("scaled") and path == service_json.INSTANCE)
        for path, kind in paths.items()
    )


def only_scales(inputs: Properties, service: Answer) -> bool:
    """Whether nothing but metadata.instance of the service changes: that makes no new version (SDK 7.0.0, UpdateService)."""
    echoed = service_json.echoed_config(service)
    if echoed is None or service.get("Status") in FAILED:
        return False
    paths = set(differences({"config": echoed}, {"config": inputs.plain["config"]})) - service_json.SERVER_FILLED
    return inputs.plain.get("token") in (None, service.get("AccessToken")) and paths == {service_json.INSTANCE}


def makes_version(paths: Mapping[Path, Kind]) -> bool:
    """Whether these differences of inputs make a new version: metadata.instance alone scales (SDK 7.0.0, UpdateService), labels and lock
    have calls of their own."""
    return any(path[0] == "token" or (path[0] == "config" and path != service_json.INSTANCE) for path in paths)
