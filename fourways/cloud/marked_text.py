"""Ownership in a free text, for things that carry neither tags nor labels: a mark at the end of a description. Pure functions.

`Key of the chat--fourways:PROJECT:STACK:URNHASH`, and `:ATTEMPT` after it as long as no state can have recorded the thing. Names of
projects and stacks have no colon in them.
"""

from __future__ import annotations

import re

from fourways.cloud import ownership

#: The longest description of an API key (alibabacloud-modelstudio20260210 2.2.3, CreateApiKey).
LONGEST = 200
ATTEMPT_DIGITS = 12
_SIGN = "--fourways:"
_MARK = re.compile(rf"^(.*?){_SIGN}([^:]+):([^:]+):([0-9a-f]{{{ownership.URN_DIGITS}}})(?::([0-9a-f]{{{ATTEMPT_DIGITS}}}))?$", re.DOTALL)


def write(text: str, urn: str, attempt: str | None = None) -> str:
    """The text with the mark of a resource; `attempt` while its create has not come back."""
    stack, project = ownership.split_urn(urn)
    return f"{text}{_SIGN}{project}:{stack}:{ownership.urn_hash(urn)}{f':{attempt}' if attempt else ''}"


def read(marked: str) -> tuple[str, dict[str, str]]:
    """The text without its mark, and what the mark says under the keys of tags; no tags where there is no mark."""
    if (found := _MARK.match(marked)) is None:
        return marked, {}
    text, project, stack, urn, attempt = found.groups()
    tags = {ownership.PROJECT: project, ownership.STACK: stack, ownership.URN: urn}
    return text, tags | ({ownership.CREATING: attempt} if attempt else {})


def too_long(text: str, urn: str) -> str | None:
    """Why a text has no room for its mark, and how long it may be; None where it has."""
    room = LONGEST - len(write("", urn, "0" * ATTEMPT_DIGITS))
    if len(text) <= room:
        return None
    return (
        f"the description has {len(text)} characters. Allowed: at most {room}, since the mark of its owner takes {LONGEST - room} of the "
        f"{LONGEST} that the cloud allows. Shorten it."
    )
