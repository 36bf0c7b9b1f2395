"""How the journal of machines comes into a log store: what their log agents collect, and by which word Log Service knows them. Pure.

Facts: help centre, Simple Log Service, "Collect systemd journal logs" (input `service_journal` and its fields) and "Create a machine group
based on a custom identifier". An agent on an ECS instance of the project's own account and region needs no file with the account's id, no
access key and no RAM action: the instance itself says whose it is. A project of another account would need that file.
"""

from __future__ import annotations

import json

from components.names import Names

INPUT = {
    "type": "service_journal",
    "detail": {
        # Persistent: the user data says so (components/boot).
        "JournalPaths": ["/var/log/journal"],
        # What was before the agent was there, too: boot is where machines fail.
        "SeekPosition": "head",
        "Kernel": True,
        "UseJournalEventTime": True,
    },
}


def group_name(names: Names) -> str:
    """Of the machine group and of what it collects, and the identifier that its machines name. It is no other stack's: a machine gets the
    rules of every group that has its identifier."""
    return names.of("machines").lower()


def input_detail() -> str:
    """JSON as the provider keeps it: sorted, without blanks."""
    return json.dumps({"plugin": {"inputs": [INPUT]}}, sort_keys=True, separators=(",", ":"))
