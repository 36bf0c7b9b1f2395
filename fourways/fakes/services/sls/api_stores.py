"""Log stores, their shards and their index on the wire, as resource_alicloud_log_store.go and _store_index.go 1.285.0 call them."""

from __future__ import annotations

import re
from typing import Any

from fourways.fakes.doors import Logs
from fourways.fakes.service import Call
from fourways.fakes.services.sls.api_logs import get_logs
from fourways.fakes.services.sls.backend import Store
from fourways.fakes.services.sls.requests import body, invalid, project_of, store_of, text, whole
from fourways.fakes.wire.errors import CloudError

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,61}[a-z0-9]")
_MOST_SHARDS = 100  # of a new store (help centre, CreateLogStore)
_FOREVER = 3650  # days
_METERING = ("ChargeByFunction", "ChargeByDataIngest")
_FLAGS = ("autoSplit", "appendMeta", "enable_tracking")


def create_store(call: Call) -> None:
    given, project = body(call), project_of(call)
    name = text(given, "logstoreName")
    if not _NAME.fullmatch(name):
        raise invalid(f"logstore name {name} is invalid: 2-63 lower-case letters, digits, hyphens and underscores")
    if name in project.stores:
        raise CloudError(400, "LogStoreAlreadyExist", f"logstore {name} already exists")
    shards = whole(given, "shardCount", 2, 1, _MOST_SHARDS)
    project.stores[name] = Store(name, call.scope.clock.now(), {"shardCount": shards, **_settings(given)})


def list_stores(call: Call) -> dict[str, Any]:
    names = [*project_of(call).stores]
    return {"count": len(names), "total": len(names), "logstores": names}


def show_store(call: Call) -> dict[str, Any]:
    """GET of a store; with `type=log` it is GetLogs."""
    if call.parameters.get("type") == "log":
        return get_logs(call)
    return _view(store_of(call))


def update_store(call: Call) -> None:
    """The number of shards is changed by splitting and merging, not here."""
    store, given = store_of(call), body(call)
    store.settings = {"shardCount": store.settings["shardCount"], **_settings({**store.settings, **given})}


def delete_store(call: Call) -> None:
    del project_of(call).stores[store_of(call).name]


def get_metering(call: Call) -> dict[str, Any]:
    return {"meteringMode": store_of(call).metering}


def put_metering(call: Call) -> None:
    mode = text(body(call), "meteringMode")
    if mode not in _METERING:
        raise invalid(f"meteringMode must be one of {', '.join(_METERING)}")
    store_of(call).metering = mode


def list_shards(call: Call) -> dict[str, Any]:
    """The ranges of hashes, evenly."""
    store = store_of(call)
    count = store.settings["shardCount"]
    edges = [f"{2**128 * number // count:032x}" for number in range(count)] + ["f" * 32]
    return {
        Logs.WHOLE: [
            {
                "shardID": number,
                "status": "readwrite",
                "inclusiveBeginKey": edges[number],
                "exclusiveEndKey": edges[number + 1],
                "createTime": int(store.created),
            }
            for number in range(count)
        ]
    }


def get_index(call: Call) -> dict[str, Any]:
    index = store_of(call).index
    if index is None:
        raise CloudError(404, "IndexConfigNotExist", "index config doesn't exist")
    return index


def create_index(call: Call) -> None:
    store, index = store_of(call), _index(call)
    if store.index is not None:
        raise CloudError(400, "IndexAlreadyExist", "log store index is already created")
    store.index = index


def update_index(call: Call) -> None:
    get_index(call)
    store_of(call).index = _index(call)


def delete_index(call: Call) -> None:
    get_index(call)
    store_of(call).index = None


def _index(call: Call) -> dict[str, Any]:
    given = body(call)
    if not given.get("line") and not given.get("keys"):
        raise CloudError(400, "IndexInfoInvalid", "required field line or keys is lacking or of error value type")
    return given


def _settings(given: dict[str, Any]) -> dict[str, Any]:
    if text(given, "telemetryType") not in ("", "None"):
        raise invalid("telemetryType Metrics: this fake has no metric stores")
    mode = text(given, "mode", "standard")
    if mode not in ("standard", "query", "lite"):
        raise invalid("mode must be standard, query or lite")
    for flag in _FLAGS:
        if not isinstance(given.get(flag, False), bool):
            raise invalid(f"{flag} must be true or false")
    settings: dict[str, Any] = {
        "ttl": whole(given, "ttl", 30, 1, _FOREVER),
        "mode": mode,
        "maxSplitShard": whole(given, "maxSplitShard", 64 if given.get("autoSplit") else 0, 0, 256),
        "telemetryType": "",
        **{flag: given.get(flag, False) for flag in _FLAGS},
    }
    optional = {name: given[name] for name in ("hot_ttl", "infrequentAccessTTL") if given.get(name)}
    if given.get("encrypt_conf"):
        optional["encrypt_conf"] = given["encrypt_conf"]
    return settings | optional


def _view(store: Store) -> dict[str, Any]:
    made = int(store.created)
    return {"logstoreName": store.name, "createTime": made, "lastModifyTime": made, **store.settings}
