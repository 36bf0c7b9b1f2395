"""Accounts by access key. `test` / `test` is always there; others are seeded through `/_fake/accounts`, and lent for a time to roles."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

DEFAULT_ACCOUNT_ID = "1000000000000001"
_KEPT_AFTER = 86_400.0  # seconds for which a lent key that has expired is told apart from one that never was


@dataclass(frozen=True)
class AccessKey:
    """One access key and the account (16 digits) and RAM user (None: the account itself) that it belongs to.

    A key that is lent to a role for a `session` comes with a `security_token` that each call has to carry, and is good until `expires`
    (epoch seconds; 0: for ever).
    """

    access_key_id: str
    access_key_secret: str = field(repr=False)
    account_id: str
    user_name: str | None = None
    role_name: str | None = None
    session: str = ""
    security_token: str = field(default="", repr=False)
    expires: float = 0.0

    def arn(self) -> str:
        if self.role_name is not None:
            return f"acs:ram::{self.account_id}:assumed-role/{self.role_name.lower()}/{self.session}"
        return f"acs:ram::{self.account_id}:" + ("root" if self.user_name is None else f"user/{self.user_name}")


class Accounts:
    """Which access keys exist."""

    def __init__(self) -> None:
        self._keys: dict[str, AccessKey] = {}
        self.add(AccessKey("test", "test", DEFAULT_ACCOUNT_ID))

    def add(self, key: AccessKey) -> None:
        self._keys[key.access_key_id] = key

    def find(self, access_key_id: str) -> AccessKey | None:
        return self._keys.get(access_key_id)

    def lend(self, account_id: str, role_name: str, session: str, now: float, seconds: float, spare: float = 0.0) -> AccessKey:
        """A key of a role that is good for `seconds`, or the one of the same session that is good for more than `spare` seconds still."""
        self._keys = {id: key for id, key in self._keys.items() if not key.expires or key.expires > now - _KEPT_AFTER}
        for key in self._keys.values():
            if (key.account_id, key.role_name, key.session) == (account_id, role_name, session) and key.expires > now + spare:
                return key
        lent = AccessKey(
            "STS." + secrets.token_urlsafe(18).replace("-", "N").replace("_", "V"),
            secrets.token_urlsafe(33),
            account_id,
            None,
            role_name,
            session,
            "CAIS" + secrets.token_urlsafe(240),
            now + seconds,
        )
        self.add(lent)
        return lent
