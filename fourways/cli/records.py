"""`fourways logs` and `fourways events`: what a stack's PAI-EAS service or its machines have written, and what has happened to them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

from rich.text import Text

from fourways.cli import machine_records
from fourways.cli.demo import console
from fourways.cli.errors import USAGE, UserError
from fourways.cli.project import stack_file
from fourways.cli.service_of_stack import ServiceRef, service_of
from fourways.cli.workspace import current_workspace
from fourways.cloud import eas_records
from fourways.cloud.eas_records import Event
from fourways.cloud.printable import printable
from stacks.stack_file import read_config

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
    if (region := _region_of_machines(stack, service, fake=fake)) is not None:
        if previous:
            raise UserError("--previous is for containers of PAI-EAS: a machine's console has its last boot alone", USAGE)
        _machine_logs(lambda: machine_records.lines(stack, region, instance=instance, keyword=keyword), tail, follow)
        return
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
    ref = None
    if (region := _region_of_machines(stack, service, fake=fake)) is None:
        ref = _service(stack, service, fake=fake)
    seen: set[Event] = set()
    while True:
        if ref is not None:
            found = eas_records.events(ref.region, ref.name, only="Warning" if warnings else None, instance=instance, since=since)
        else:
            found = machine_records.events(stack, str(region), instance=instance, warnings=warnings, since=since)
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


def _machine_logs(read: Callable[[], dict[str, list[str]]], tail: int | None, follow: bool) -> None:
    """The consoles one after the other; with `follow`, what is new on each. A console keeps its last lines only: one that no longer begins
    as it did is printed from its beginning."""
    seen: dict[str, list[str]] = {}
    while True:
        for id_, lines in read().items():
            before = seen.get(id_)
            if before is None:
                fresh = lines if tail is None else lines[max(0, len(lines) - tail) :]
            else:
                fresh = lines[len(before) :] if lines[: len(before)] == before else lines
            for line in fresh:
                print(printable(line), flush=follow)
            seen[id_] = lines
        if not follow:
            return
        time.sleep(PERIOD)


def _region_of_machines(stack: str, service: str | None, *, fake: bool) -> str | None:
    """The region of a bare-metal stack, with its target entered; None for every other kind. Raises UserError."""
    config = read_config(stack_file(stack))
    serving = config.get("fourways:serving")
    if not isinstance(serving, dict) or serving.get("kind") != "bare-metal":
        return None
    if service is not None:
        raise UserError(f"--service is for PAI-EAS: stack {stack} has machines (choose one with --instance)", USAGE)
    current_workspace(fake=fake).enter()
    return str(config.get("alicloud:region"))


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
