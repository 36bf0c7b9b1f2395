"""TLS security policies: the system's own. Policies of users are not here."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from fourways.fakes.wire.errors import CloudError

DEFAULT = "tls_cipher_policy_1_0"  # help centre, CreateListener


@cache
def system() -> list[dict[str, Any]]:
    """The file security_policies.yaml."""
    return list(yaml.safe_load(Path(__file__).with_name("security_policies.yaml").read_text()))


def checked(id: str) -> str:
    """`id` where there is such a policy; raises 404 otherwise."""
    if id not in {policy["id"] for policy in system()}:
        raise CloudError(404, "ResourceNotFound.SecurityPolicy", f"The specified resource SecurityPolicy [{id}] is not found.")
    return id
