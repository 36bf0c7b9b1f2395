"""Strikes: a process is hit at the moment at which the fake has seen a certain call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fourways.chaos.injections import Injection
from fourways.cli import chaos_processes as processes

if TYPE_CHECKING:
    from fourways.cli.chaos_lane import Lane


class Strike:
    """Waits for its moment, then hits."""

    def __init__(self, lane: Lane, injection: Injection) -> None:
        self._lane, self._injection = lane, injection
        self.done = False

    def look(self, command: int) -> None:
        """Hit, when the fake has seen the call. `command` is the process id of the command that runs."""
        rules = self._lane.fake.ask("faults")
        if not any(same(self._injection, rule) and rule["fired"] for rule in rules):
            return
        match self._injection.kind:
            case "kill-cli" | "kill-recover":
                processes.kill(command)
                self.done = True
            case "interrupt-cli":
                processes.interrupt(command)
                self.done = True
            case "kill-fake":
                self._lane.restart_fake(rules)
                self.done = True
            case kind:
                self.done = processes.kill_child(command, kind.removeprefix("kill-"))


def same(injection: Injection, rule: dict[str, Any]) -> bool:
    """Whether a rule that the fake tells of is this injection's."""
    return all(rule[name] == value for name, value in injection.rule().items())
