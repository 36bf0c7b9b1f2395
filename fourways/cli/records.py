"""`fourways logs` and `fourways events`: what a stack's PAI-EAS service has written, and what has happened to it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

from rich.text import Text

from fourways.cli.demo import console
from fourways.cli.project import stack_file
from fourways.cli.service_of_stack import ServiceRef, service_of
from fourways.cli.workspace import current_workspace
from fourways.cloud import eas_records
from fourways.cloud.eas_records import Event
from fourways.cloud.printable import printable

#: Seconds between two looks with --follow.
PERIOD = 5.0


def logs(
    stack: str,
    *,
    fake: bool,
    service: str | None,
    instance: str | None,
    keyword: str | None,
    previous: bool,
    tail: int | None,
    follow: bool,
) -> None:
    """Print the lines, oldest first; with `follow`, go on until Ctrl-C. Raises UserError, CloudError."""
    ref = _service(stack, service, fake=fake)
    seen = 0
    while True:
        lines = eas_records.log(ref.region, ref.name, instance=instance, keyword=keyword, previous=previous, skip=seen)
        for line in lines if tail is None or seen else lines[max(0, len(lines) - tail) :]:
            print(printable(line), flush=follow)
        seen += len(lines)
        if not follow:
            return
        time.sleep(PERIOD)


def events(
    stack: str, *, fake: bool, service: str | None, instance: str | None, warnings: bool, since: str | None, follow: bool, output: str
) -> None:
    """Print the events, oldest first; with `follow`, go on until Ctrl-C. Raises UserError, CloudError."""
    ref = _service(stack, service, fake=fake)
    seen: set[Event] = set()
    while True:
        found = eas_records.events(ref.region, ref.name, only="Warning" if warnings else None, instance=instance, since=since)
        fresh = [event for event in found if event not in seen]
        if output == "json" and not follow:
            print(json.dumps([vars(event) for event in fresh], indent=2))
        else:
            for line in _lines(fresh, output):
                console.print(line, soft_wrap=True)
        if not follow:
            return
        seen.update(fresh)
        time.sleep(PERIOD)


def _service(stack: str, name: str | None, *, fake: bool) -> ServiceRef:
    stack_file(stack)
    workspace = current_workspace(fake=fake)
    ref = service_of(workspace.state(stack), stack, name)
    workspace.enter()
    return ref


def _lines(found: list[Event], output: str) -> Iterator[Text]:
    for event in found:
        if output == "json":
            yield Text(json.dumps(vars(event)))
            continue
        style = "yellow" if event.type == "Warning" else ""
        yield Text(printable(f"{event.time}  {event.type:<7}  {event.reason:<18}  {event.message}"), style=style)
