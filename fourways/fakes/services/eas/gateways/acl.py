"""Access control lists of a gateway: who may come in. Pure.

A list lets in what it names (CreateAclPolicy: 'The IP CIDR blocks added to the ACL can access the private gateway'). Assumed: without a
list everybody may, an entry that is there already takes the new comment, and only entries in proper form (no bits behind the mask) are
taken.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from typing import Any

from fourways.fakes.services.eas.errors import bad


def read(text: str) -> dict[str, str]:
    """`AclPolicyList` as it comes in the query, a JSON list of {Entry, Comment}: the comments by entry. Raises CloudError 400."""
    try:
        found = json.loads(text) if text else []
    except ValueError:
        found = None
    if not isinstance(found, list) or not found:
        raise bad("AclPolicyList must be a JSON list of at least one entry.")
    return {_entry(row): str(row.get("Comment") or "") for row in found}


def _entry(row: Any) -> str:
    entry = row.get("Entry") if isinstance(row, dict) else None
    unknown = set(row) - {"Entry", "Comment"} if isinstance(row, dict) else ()
    if not isinstance(entry, str) or unknown:
        raise bad("AclPolicyList has entries of Entry and Comment only, and Entry is required.")
    try:
        ip_network(entry)
    except ValueError as error:
        raise bad(f"Entry must be an IP address or a CIDR block: {error}.") from None
    return entry


def admits(entries: Iterable[str], peer: str) -> bool:
    """Whether a client at this address may come in. An address that is none (a caller without a socket) is in no list."""
    entries = list(entries)
    if not entries:
        return True
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    return any(address in ip_network(entry) for entry in entries)
