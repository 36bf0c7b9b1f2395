"""Asynchronous jobs: what most calls answer with, and clients ask for until it has succeeded."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Scope
from fourways.fakes.services.shared.resources import new_id

_KEPT = 1_000


class Jobs:
    """The jobs of one account and region; the oldest are forgotten."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._rows: dict[str, dict[str, Any]] = {}

    def start(self, api: str, kind: str, resource: str) -> str:
        id = new_id("", 8) + "-" + new_id("", 12)
        now = int(self._scope.clock.now() * 1000)
        self._rows[id] = {
            "Id": id,
            "ApiName": api,
            "ResourceType": kind,
            "ResourceId": resource,
            "OperateType": api,
            "Status": "Processing",
            "CreateTime": now,
            "ModifyTime": now,
            "ErrorCode": "",
            "ErrorMessage": "",
        }
        while len(self._rows) > _KEPT:
            del self._rows[next(iter(self._rows))]
        return id

    def finish(self, id: str) -> None:
        if id in self._rows:
            self._rows[id] |= {"Status": "Succeeded", "ModifyTime": int(self._scope.clock.now() * 1000)}

    def rows(self) -> list[dict[str, Any]]:
        return list(self._rows.values())
