"""Accounts by access key. `test` / `test` is always there; others are seeded through `/_fake/accounts`."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_ACCOUNT_ID = "1000000000000001"


@dataclass(frozen=True)
class AccessKey:
    """One access key and the account (16 digits) and RAM user (None: the account itself) that it belongs to."""

    access_key_id: str
    access_key_secret: str
    account_id: str
    user_name: str | None = None

    def arn(self) -> str:
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
