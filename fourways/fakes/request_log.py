"""What was asked of the fake, with secrets blotted out, and which unknown actions were called."""

from __future__ import annotations

import json
import re
from collections import Counter, deque
from typing import Any

_SECRET = re.compile(
    r"secret|token|webhook|password|passwd|authorization|signature|privatekey|private_key|dockerauth|apikeyvalue|api_key$", re.IGNORECASE
)
_PRIVATE_KEY = "PRIVATE KEY-----"
_HIDDEN = "***"
_LIMIT = 100_000


class RequestLog:
    """The last 100 000 calls, oldest first, and a count of unknown actions that tests assert to be empty."""

    def __init__(self) -> None:
        self.rows: deque[dict[str, Any]] = deque(maxlen=_LIMIT)
        self.unknown: Counter[str] = Counter()
        self.actions: Counter[str] = Counter()

    def add(
        self,
        time: str,
        account: str,
        region: str,
        product: str,
        action: str,
        status: int,
        code: str,
        parameters: dict[str, str],
        body: Any,
        made: dict[str, str] | None = None,
    ) -> None:
        """One more call. `status` 0 is one that a fault has answered; `made` are the ids in the answer of a call that changes something."""
        self.actions[action] += 1
        self.rows.append(
            {
                "time": time,
                "account": account,
                "region": region,
                "product": product,
                "action": action,
                "status": status,
                "code": code,
                "parameters": redact({name: value for name, value in parameters.items() if not name.startswith("Signature")}),
                "body": redact(body),
                "made": made or {},
            }
        )

    def count_unknown(self, name: str) -> None:
        self.unknown[name] += 1


def redact(value: Any) -> Any:
    """`value` with everything under a secret-sounding name, every container environment value and every private key replaced by `***`."""
    if isinstance(value, dict):
        if "Cert" in value and "Key" in value:  # a certificate on its way up: its key, whatever it looks like; elsewhere `Key` is a tag's
            value = {**value, "Key": _HIDDEN}
        if set(value) == {"name", "value"}:  # one environment variable of a container: its value may be a key
            return {"name": value["name"], "value": _HIDDEN}
        return {name: _HIDDEN if _SECRET.search(str(name)) else redact(item) for name, item in value.items()}
    if isinstance(value, list):
        return [redact(item) for item in value]
    if isinstance(value, str) and _PRIVATE_KEY in value:
        return _HIDDEN
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):  # JSON inside a parameter, such as a service's configuration
        try:
            return json.dumps(redact(json.loads(value)), ensure_ascii=False)
        except ValueError:
            return value
    return value
