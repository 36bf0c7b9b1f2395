"""What an instance says while it boots, on the wire."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ecs.api_instances import named
from fourways.fakes.services.ecs.backend import EcsBackend

_BEIJING = timezone(timedelta(hours=8))  # the zone of LastUpdateTime: help centre, GetInstanceConsoleOutput


def get_instance_console_output(call: Call) -> dict[str, Any]:
    """Of the last boot; kept while the instance is stopped. There are no formatting symbols in it that RemoveSymbols could remove."""
    call.parameters.boolean("RemoveSymbols")
    instance = named(call)
    machine = call.backend(EcsBackend).machines.find(instance.id)
    lines = machine.console if machine else []
    text = "".join(f"{call.scope.clock.timestamp(at)} {line}\n" for at, line in lines)
    last = datetime.fromtimestamp(lines[-1][0] if lines else instance.created, UTC).astimezone(_BEIJING)
    return {
        "InstanceId": instance.id,
        "ConsoleOutput": base64.b64encode(text.encode()).decode(),
        "LastUpdateTime": last.strftime("%Y-%m-%d %H:%M:%S"),
    }


ACTIONS: dict[str, Handler] = {"GetInstanceConsoleOutput": get_instance_console_output}
