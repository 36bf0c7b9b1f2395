"""What a container that did not start wrote last, for the error of a failed start or update: a bounded end of its log, without a secret."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from contextlib import suppress

from fourways.cloud.errors import CloudError
from fourways.provider.eas.api import Answer, Eas
from fourways.provider.eas.services.service_json import environment
from fourways.provider.eas.services.shortage import UNPLACED
from fourways.provider.errors import NotReady
from fourways.provider.last_lines import bounded
from fourways.provider.values import Properties

#: Values of environment variables from this length on are taken for secrets in a log, whatever their names: shorter ones (1, true, INFO)
#: are words of any log line. Those that the program marks, or whose names say it, are secret at any length.
TELLING_LENGTH = 8
#: Statuses of instances that have no log of a failure (assumed: the words are Kubernetes', no page lists them).
_QUIET = (UNPLACED, "Terminating")


async def last_words(eas: Eas, name: str, secrets: Iterable[str]) -> str | None:
    """The last log lines of the instance that fails most, under a heading; of its previous container when it was restarted.

    None where there is nothing, or where it cannot be had: a log is no reason for another failure.
    """
    try:
        instance = failing(await eas.instances(name))
        if instance is None:
            return None
        who, restarts = str(instance.get("InstanceName")), _count(instance.get("RestartCount"))
        before = await eas.log(name, who, previous=True) if restarts else []
        lines = before or await eas.log(name, who, previous=False)
    except (CloudError, NotReady):
        return None
    shown = bounded(lines, secrets)
    when = f", before its restart {restarts}" if before else ""
    return "\n    ".join([f"last lines of instance {who}{when}:", *shown]) if shown else None


def failing(instances: Sequence[Answer]) -> Answer | None:
    """The instance to ask: it has a machine, is not ready, and was restarted most; the youngest of equals."""
    troubled = [instance for instance in instances if instance.get("Status") not in _QUIET and not _is_ready(instance)]
    return max(troubled, key=lambda one: (_count(one.get("RestartCount")), str(one.get("StartTime") or "")), default=None)


def secrets_of(inputs: Properties) -> set[str]:
    """What a container of these inputs may know and nobody may read: what is marked secret, the registry's password, the environment."""
    found = inputs.secret_texts()
    config = inputs.plain.get("config")
    config = config if isinstance(config, dict) else {}
    for secret_name, value in environment(config):
        if secret_name or len(value) >= TELLING_LENGTH:
            found.add(value)
    with suppress(binascii.Error, UnicodeDecodeError):  # not `user:password` in base64, as EAS wants it: hidden as it stands
        found.add(base64.b64decode(str(config.get("dockerAuth") or ""), validate=True).decode().partition(":")[2])
    # A key of many lines is logged line by line.
    return found | {line for secret in found for line in secret.splitlines() if len(line) >= TELLING_LENGTH}


def _is_ready(instance: Answer) -> bool:
    ready, total = instance.get("ReadyProcesses"), instance.get("TotalProcesses")
    return instance.get("Status") == "Running" and (ready is None or ready == total)


def _count(value: object) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0
