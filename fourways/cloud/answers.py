"""What an answer must be before anything is concluded from it. Pure.

A list that cannot be read is not an empty list: taken for one, a machine that runs would be bought again, or left out of a clean-up. What
cannot be read is raised as an unknown outcome, which reads try again and creates follow by a search. What is merely odd (a status that no
page lists, a count that is no number) stays as it is, or counts as not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fourways.cloud.errors import CloudError, Outcome

Row = dict[str, Any]


def unreadable(action: str, why: str) -> CloudError:
    """The error for an answer that came and says nothing: the call may have happened."""
    return CloudError(action, outcome=Outcome.UNKNOWN, message=why)


def body_of(action: str, answer: Any) -> Row:
    """The JSON object of an answer of the official clients: a response model, or the mapping of a generic call. Raises CloudError.

    Where a field has another type than the model's, Tea.core 0.4.3 `TeaCore.from_map` keeps the whole answer as it came in `_map` and
    leaves the model empty: read from there, odd labels do not make the rest of a service unreadable.
    """
    whole_answer = answer if isinstance(answer, Mapping) else answer.to_map()
    status = whole_answer.get("statusCode")
    if isinstance(status, int) and not 200 <= status < 300:
        raise unreadable(action, f"a redirection (HTTP {status}), not an answer")
    body = whole_answer.get("body")
    if not isinstance(body, dict):
        raise unreadable(action, f"the answer is {kind_of(body)}, not a JSON object")
    return body


def listed(action: str, answer: Mapping[str, Any], *where: str, id_: str | None = None) -> list[Row]:
    """The rows of a list answer; `where` is the path to them, such as ("Vpcs", "Vpc"). Raises CloudError for what is no list of objects
    that each have a text under `id_`, and for an empty list in an answer that does not look like the API's."""
    place, rows = ".".join(where), _at(action, answer, where)
    if rows is None:
        rows = []
    if not isinstance(rows, list):
        raise unreadable(action, f"{place} in the answer is {kind_of(rows)}, not a list")
    for row in rows:
        if not isinstance(row, dict):
            raise unreadable(action, f"{place} in the answer holds {kind_of(row)}, not objects")
        if id_ is not None and not (isinstance(row.get(id_), str) and row[id_]):
            raise unreadable(action, f"an entry of {place} in the answer has no {id_}")
    # The SDK's models make an empty list of a missing one; every answer of the API carries a request id.
    if not rows and answer.get("RequestId") is None and whole(answer.get("TotalCount")) is None:
        raise unreadable(action, f"the answer has neither {place} nor TotalCount")
    return rows


@dataclass
class Pages:
    """Collects the pages of one list call; `size` is the page size that was asked for."""

    action: str
    where: tuple[str, ...]
    size: int
    id_: str | None = None
    rows: list[Row] = field(default_factory=list)
    _last: list[Row] = field(default_factory=list)

    def take(self, answer: Mapping[str, Any]) -> bool:
        """Adds a page; True when there must be another. Raises CloudError for a list that repeats itself, or is empty against its count."""
        page = listed(self.action, answer, *self.where, id_=self.id_)
        if page and page == self._last:
            raise unreadable(self.action, "the list repeats its page for ever")
        self._last = page
        self.rows += page
        total = whole(answer.get("TotalCount"))
        if total is None:
            return len(page) >= self.size
        if total > 0 and not self.rows:
            raise unreadable(self.action, f"the list is empty, and TotalCount says {total}")
        return bool(page) and len(self.rows) < total


def whole(value: object) -> int | None:
    """A whole number, however it is written (3, 3.0, "3"); None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None  # false for NaN and the infinities
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 20:
        return int(value)
    return None


def text(value: object) -> str:
    """A text, or a number written as one; empty for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def kind_of(value: object) -> str:
    """What a JSON value is, in words. Never the value: it may be a secret."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "a truth value"
    names: dict[type, str] = {str: "a text", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), type(value).__name__)


def _at(action: str, answer: Mapping[str, Any], where: tuple[str, ...]) -> Any:
    found: Any = answer
    for depth, key in enumerate(where):
        if found is None:
            return None
        if not isinstance(found, Mapping):
            raise unreadable(action, f"{'.'.join(where[:depth])} in the answer is {kind_of(found)}, not an object")
        found = found.get(key)
    return found
