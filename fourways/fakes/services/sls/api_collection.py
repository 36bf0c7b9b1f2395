"""Machine groups, Logtail configurations and which is applied to which, as resource_alicloud_log_machine_group.go, _logtail_config.go and
_logtail_attachment.go 1.285.0 call them through aliyun-log-go-sdk 0.1.108.

Codes: help centre, the page of each operation. The order in which wrong fields are refused is assumed.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.sls.backend import CollectionConfig, MachineGroup
from fourways.fakes.services.sls.requests import body, project_of, text
from fourways.fakes.wire.errors import CloudError

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,126}[a-z0-9]")
"""Of both (help centre, "LogtailConfig" and "Machine groups")."""
_MOST_CONFIGS = 100  # of a project (help centre, CreateConfig)
_LARGEST_PAGE = 500
_IDENTIFIED_BY = ("ip", "userdefined")
_INPUTS = ("file", "plugin")


def create_group(call: Call) -> None:
    given, project = body(call), project_of(call)
    name = _named(text(given, "groupName"), "groupName")
    if name in project.machine_groups:
        raise CloudError(400, "MachineGroupAlreadyExist", f"MachineGroup {name} already exists")
    now = call.scope.clock.now()
    project.machine_groups[name] = MachineGroup(name, now, changed=now, **_machines(given))


def list_groups(call: Call) -> dict[str, Any]:
    wanted = call.parameters.get("groupName")
    return _page(call, "machinegroups", [name for name in project_of(call).machine_groups if wanted in name])


def show_group(call: Call) -> dict[str, Any]:
    group = _group(call)
    return {
        "groupName": group.name,
        "groupType": group.group_type,
        "machineIdentifyType": group.identified_by,
        "machineList": group.identifiers,
        "groupAttribute": {"externalName": "", "groupTopic": "", **group.attribute},
        "createTime": int(group.created),
        "lastModifyTime": int(group.changed),
    }


def update_group(call: Call) -> None:
    """All of it is said again."""
    group = _group(call)
    project_of(call).machine_groups[group.name] = replace(group, changed=call.scope.clock.now(), **_machines(body(call)))


def delete_group(call: Call) -> None:
    """Configurations that are applied to it stay, applied to one group less (help centre, DeleteMachineGroup)."""
    del project_of(call).machine_groups[_group(call).name]


def create_config(call: Call) -> None:
    given, project = body(call), project_of(call)
    name = _named(text(given, "configName"), "configName")
    if name in project.configs:
        raise CloudError(400, "ConfigAlreadyExist", f"config {name} already exists")
    if len(project.configs) >= _MOST_CONFIGS:
        raise CloudError(400, "ExceedQuota", "logtail config count exceed quota")  # the code is assumed
    now = call.scope.clock.now()
    project.configs[name] = CollectionConfig(name, now, _collection(given), changed=now)


def list_configs(call: Call) -> dict[str, Any]:
    store, wanted = call.parameters.get("logstoreName"), call.parameters.get("configName")
    configs = project_of(call).configs.values()
    found = [one for one in configs if wanted in one.name and store in ("", one.settings["outputDetail"]["logstoreName"])]
    return _page(call, "configs", [one.name for one in found])


def show_config(call: Call) -> dict[str, Any]:
    config = _config(call)
    times = {"createTime": int(config.created), "lastModifyTime": int(config.changed)}
    return {"configName": config.name, **config.settings, **times}


def update_config(call: Call) -> None:
    """All of it is said again."""
    config = _config(call)
    config.settings = _collection(body(call))
    config.changed = call.scope.clock.now()


def delete_config(call: Call) -> None:
    project, name = project_of(call), _config(call).name
    for group in project.machine_groups.values():
        group.configs = [one for one in group.configs if one != name]
    del project.configs[name]


def apply(call: Call) -> None:
    """Once more changes nothing (assumed)."""
    group, config = _group(call), _config(call)
    if config.name not in group.configs:
        group.configs.append(config.name)


def remove(call: Call) -> None:
    """One that is not applied is no error (assumed)."""
    group, config = _group(call), _config(call)
    group.configs = [one for one in group.configs if one != config.name]


def applied_configs(call: Call) -> dict[str, Any]:
    configs = _group(call).configs
    return {"count": len(configs), "configs": configs}


def applied_groups(call: Call) -> dict[str, Any]:
    name = _config(call).name
    groups = [group.name for group in project_of(call).machine_groups.values() if name in group.configs]
    return {"count": len(groups), "machinegroups": groups}


def _group(call: Call) -> MachineGroup:
    return project_of(call).machine_group(call.parameters.require("machineGroup"))


def _config(call: Call) -> CollectionConfig:
    return project_of(call).config(call.parameters.require("configName"))


def _named(name: str, field: str) -> str:
    if not _NAME.fullmatch(name):
        raise _wrong(f"{field} {name} is invalid: 2-128 lower-case letters, digits, hyphens and underscores")
    return name


def _machines(given: dict[str, Any]) -> dict[str, Any]:
    kind, machines, attribute = given.get("machineIdentifyType"), given.get("machineList"), given.get("groupAttribute") or {}
    if kind not in _IDENTIFIED_BY:
        raise _wrong(f"machineIdentifyType must be one of {', '.join(_IDENTIFIED_BY)}")
    if not isinstance(machines, list) or not all(isinstance(one, str) and one for one in machines):
        raise _wrong("machineList must be a list of strings")
    if not isinstance(attribute, dict):
        raise _wrong("groupAttribute must be an object")
    return {"identified_by": kind, "identifiers": machines, "group_type": text(given, "groupType"), "attribute": attribute}


def _collection(given: dict[str, Any]) -> dict[str, Any]:
    """Whether the store is there is not looked at: TestAccAliCloudSlsLogtailConfig_basic10828 names none that is."""
    kind, detail, to = given.get("inputType"), given.get("inputDetail"), given.get("outputDetail")
    if kind not in _INPUTS:
        raise _wrong(f"inputType must be one of {', '.join(_INPUTS)}")
    if not isinstance(detail, dict) or (kind == "plugin" and not isinstance(detail.get("plugin"), dict)):
        raise _wrong("inputDetail must be an object, with `plugin` where inputType is plugin")
    if text(given, "outputType") != "LogService" or not isinstance(to, dict):
        raise _wrong("outputType must be LogService, with an outputDetail")
    return {
        "logSample": text(given, "logSample"),
        "inputType": kind,
        "inputDetail": detail,
        "outputType": "LogService",
        "outputDetail": {**to, "logstoreName": text(to, "logstoreName")},
    }


def _page(call: Call, rows: str, names: list[str]) -> dict[str, Any]:
    given = call.parameters
    offset, size = given.integer("offset", 0, 0), given.integer("size", _LARGEST_PAGE, 0, _LARGEST_PAGE)
    shown = names[offset : offset + size]
    return {"count": len(shown), "total": len(names), rows: shown}


def _wrong(detail: str) -> CloudError:
    return CloudError(400, "InvalidParameter", detail)
