"""Access keys, from the environment or a profile of the aliyun CLI, never from stack config (they would land in clear in the state)."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

#: Tried in this order; the first is what the alicloud plugin reads first, so that both always use the same account.
VARIABLES = (
    ("ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"),
    ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"),
)
PROFILE_VARIABLE = "ALIBABA_CLOUD_PROFILE"
PROFILES = Path(".aliyun/config.json")


class CredentialsError(Exception):
    """No usable access key. The message says where they are looked for and what to set."""


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """A key pair and where it came from. The secret parts stay out of `repr`."""

    access_key: str
    secret_key: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)
    source: str


def load(environ: Mapping[str, str] | None = None, home: Path | None = None) -> Credentials:
    """The credentials of this process. Raises CredentialsError with every place that was looked at."""
    environ = os.environ if environ is None else environ
    for key_name, secret_name, token_name in VARIABLES:
        key, secret = environ.get(key_name, ""), environ.get(secret_name, "")
        if key and secret:
            return Credentials(access_key=key, secret_key=secret, security_token=environ.get(token_name) or None, source=key_name)
        if key or secret:
            missing, given = (secret_name, key_name) if key else (key_name, secret_name)
            raise CredentialsError(f"{given} is set but {missing} is not: set both, or neither")
    return _from_profile(environ, (home or Path.home()) / PROFILES)


def _from_profile(environ: Mapping[str, str], path: Path) -> Credentials:
    if not path.is_file():
        names = " or ".join(f"{key} and {secret}" for key, secret, _ in VARIABLES)
        raise CredentialsError(
            f"no credentials: set {names}, or make a profile with `aliyun configure` ({path} is not there). "
            "To work without an account, use the fake: `fourways shell`."
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        profiles = {str(profile["name"]): dict(profile) for profile in content["profiles"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CredentialsError(
            f"{path} cannot be read as profiles of the aliyun CLI ({type(error).__name__}): run `aliyun configure`"
        ) from error
    name = environ.get(PROFILE_VARIABLE) or str(content.get("current") or "default")
    if name not in profiles:
        raise CredentialsError(f"{path} has no profile {name!r}; it has {', '.join(sorted(profiles)) or 'none'}. Set {PROFILE_VARIABLE}.")
    profile = profiles[name]
    key, secret = str(profile.get("access_key_id") or ""), str(profile.get("access_key_secret") or "")
    mode = str(profile.get("mode") or "AK")
    if mode not in {"AK", "StsToken"} or not (key and secret):
        raise CredentialsError(
            f"profile {name!r} of {path} (mode {mode}) holds no key pair; allowed are the modes AK and StsToken. "
            "For other modes export temporary keys as ALICLOUD_ACCESS_KEY, ALICLOUD_SECRET_KEY and ALICLOUD_SECURITY_TOKEN."
        )
    token = str(profile.get("sts_token") or "") or None
    return Credentials(access_key=key, secret_key=secret, security_token=token if mode == "StsToken" else None, source=f"profile {name}")
