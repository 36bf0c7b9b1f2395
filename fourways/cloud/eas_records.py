"""What a PAI-EAS service has written and what has happened to it: DescribeServiceLog and DescribeServiceEvent (2021-07-01).

Fields: alibabacloud-eas20210701 7.0.0, models.py. Times are in UTC.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fourways.cloud import answers, clients

VERSION = "2021-07-01"
LINES_A_PAGE, EVENTS_A_PAGE = 500, 100


@dataclass(frozen=True)
class Event:
    """One event; `type` is Normal or Warning. Which instance it concerns is in the message alone."""

    time: str
    type: str
    reason: str
    message: str


def log(
    region: str, service: str, *, instance: str | None = None, keyword: str | None = None, previous: bool = False, skip: int = 0
) -> list[str]:
    """The lines that the service's instances have written, oldest first (assumed: no page says the order), without the first `skip`.

    `previous`: of the container before an instance's last restart. Raises CloudError, also for a service that is not there.
    """
    query = {"InstanceName": instance, "Keyword": keyword, "Previous": "true" if previous else None, "PageSize": str(LINES_A_PAGE)}
    first, rest = divmod(skip, LINES_A_PAGE)
    lines = [str(line) for page in _pages("DescribeServiceLog", region, service, "logs", query, first + 1) for line in _list(page, "Logs")]
    return lines[rest:]


def events(region: str, service: str, *, only: str | None = None, instance: str | None = None, since: str | None = None) -> list[Event]:
    """The service's events, oldest first: of the last seven days, or `since` (2006-01-02 15:04:05). `only`: Normal or Warning.

    Raises CloudError.
    """
    query = {"EventType": only, "InstanceName": instance, "StartTime": since, "PageSize": str(EVENTS_A_PAGE)}
    rows = [row for page in _pages("DescribeServiceEvent", region, service, "events", query) for row in _list(page, "Events")]
    # The API has the newest first: of two in one second, the one behind came earlier.
    return sorted((_event(row) for row in reversed(rows) if isinstance(row, Mapping)), key=lambda event: event.time)


def moment(time: object) -> str:
    """A time of the API in one spelling that sorts, `2026-11-24 04:08:00`: those of services have a T and a Z, those of events a space."""
    return str(time or "").replace("T", " ")[:19]


def words(message: object) -> str:
    """The text of an event, whose Message is 'formatted in the JSON format' with the words under `message`."""
    try:
        found = json.loads(str(message or ""))
    except ValueError:
        found = None
    return str(found.get("message") or "") if isinstance(found, dict) else str(message or "")


def _event(row: Mapping[str, Any]) -> Event:
    texts = (answers.text(row.get("Type")), answers.text(row.get("Reason")), words(row.get("Message")))
    return Event(moment(row.get("Time")), *texts)


def _pages(
    action: str, region: str, service: str, what: str, query: Mapping[str, str | None], first: int = 1
) -> Iterator[Mapping[str, Any]]:
    """Every page from `first` on. A list that grows meanwhile is read to its new end."""
    number = first
    while True:
        given = {name: value for name, value in query.items() if value is not None} | {"PageNum": str(number)}
        path = f"/api/v2/services/{region}/{service}/{what}"
        status, body = clients.send("eas", VERSION, action, region, method="GET", path=path, query=given)
        page = answers.body_of(action, {"statusCode": status, "body": body})
        yield page
        if number >= (answers.whole(page.get("TotalPageNum")) or 0):
            return
        number += 1


def _list(page: Mapping[str, Any], key: str) -> list[Any]:
    rows = page.get(key)
    return rows if isinstance(rows, list) else []
