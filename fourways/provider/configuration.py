"""The provider's own configuration: which keys of the `fourways:` namespace it keeps, and the guard against the other target or account.

The namespace is also the stack's settings; only `account` (the pin) concerns the provider. `target` is added from the environment and so
recorded in the state: `destroy` and `refresh` load the provider from there, without a check, and are refused in `Configure`.
"""

from __future__ import annotations

from collections.abc import Mapping

from fourways.cloud import target as targets
from fourways.cloud.target import Target
from fourways.provider.outcome import Failure
from fourways.provider.values import Plain

#: Keys that the engine adds to a provider's inputs and expects back.
ENGINE_KEYS = ("version", "pluginDownloadURL", "__internal")
ACCOUNT, TARGET = "account", "target"


def check(old: Mapping[str, Plain], new: Mapping[str, Plain], here: Target) -> tuple[dict[str, Plain], list[Failure]]:
    """The configuration to record, and what is wrong: a state of the other target, or a pin that is no account id."""
    kept = {key: value for key, value in new.items() if key in ENGINE_KEYS}
    failures = []
    account = new.get(ACCOUNT)
    if account is not None:
        pin = account_text(account)
        if pin is None:
            failures.append(
                Failure(
                    property=ACCOUNT,
                    reason=f'{account!r} is not an account id. Allowed: its digits in quotes, such as "1234567890123456".',
                )
            )
        else:
            kept[ACCOUNT] = pin
    if message := targets.state_mismatch(_text(old.get(TARGET)), here):
        failures.append(Failure(property="", reason=message))  # no input of the user's: the engine would show its value
    kept[TARGET] = here.name
    return kept, failures


def account_text(account: Plain) -> str | None:
    """The pin as digits; YAML may have read it as a number. None when it is neither."""
    text = str(account) if isinstance(account, str | int) and not isinstance(account, bool) else ""
    return text if text.isdigit() else None


def _text(value: Plain) -> str | None:
    return value if isinstance(value, str) else None
