"""GetLogs: what services have written into a store, newest last. Help centre, Simple Log Service, GetLogs.

Lines are those that EAS itself keeps of the services of a group that delivers here: they go when their service goes, which the cloud's do
not. `query` is words, all of which a line must have; the names of a line's fields are assumed.
"""

from __future__ import annotations

from typing import Any

from fourways.fakes.doors import Logs
from fourways.fakes.service import Call
from fourways.fakes.services.eas.backend import EasBackend
from fourways.fakes.services.sls.backend import Store
from fourways.fakes.services.sls.requests import store_of
from fourways.fakes.wire.errors import CloudError

_DAY = 86_400
_LARGEST_PAGE = 100


def get_logs(call: Call) -> dict[str, Any]:
    """Lines of [from, to), in seconds since 1970; at most 100 from `offset` on. A store without an index cannot be searched."""
    given, store = call.parameters, store_of(call)
    if store.index is None:
        raise CloudError(400, "IndexConfigNotExist", "logstore without index config")
    first, last = given.integer("from", low=0), given.integer("to", low=0)
    words = given.get("query").replace("*", " ").split()
    found = [row for row in _lines(call, store) if first <= int(row["__time__"]) < last and all(word in row["content"] for word in words)]
    offset, size = given.integer("offset", 0, 0), given.integer("line", _LARGEST_PAGE, 0, _LARGEST_PAGE)
    return {Logs.WHOLE: found[offset : offset + size]}


def _lines(call: Call, store: Store) -> list[dict[str, str]]:
    """Of each source since it delivers here, and no longer than the store keeps them."""
    oldest = call.scope.clock.now() - store.settings["ttl"] * _DAY
    rows: list[tuple[float, dict[str, str]]] = []
    for group_id, source in store.sources.items():
        eas = call.scope.cloud.backend(EasBackend, call.scope.account, source.region)
        group = eas.groups.get(group_id)
        for service in eas.services_of(group) if group is not None else []:
            rows += [
                (
                    line.at,
                    {
                        "__time__": str(int(line.at)),
                        "__source__": "",
                        "service": service.name,
                        "instance": line.replica,
                        "content": line.text,
                    },
                )
                for line in service.logs
                if line.at >= max(source.since, oldest)
            ]
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]
