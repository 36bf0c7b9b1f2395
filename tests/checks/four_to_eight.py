"""mu-singapore changed from 4 to 8 units: what the real engine said of it, recorded on the fake, and the comment that a pull request gets.

`python -m tests.checks.four_to_eight` records it again, in half a minute, after policies, prices or components have changed; the comment
is made from the recording. Only what is read of a preview is kept, and what differs from run to run (ids, ports, times, order) is made
the same.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from fourways.cli.project import POLICIES

STACK = "mu-singapore"
SAMPLES = Path(__file__).parent / "samples" / "four-to-eight"
EVENTS, STATE, COMMENT = SAMPLES / "events.jsonl", SAMPLES / "state.json", SAMPLES / "comment.md"
OF_A_RESOURCE = ("urn", "type", "custom", "external", "id", "parent", "provider", "inputs", "propertyDependencies")
KINDS = ("preludeEvent", "diagnosticEvent", "resourcePreEvent", "policyAnalyzeSummaryEvent", "policyAnalyzeStackSummaryEvent",
         "policyEvent", "summaryEvent")  # fmt: skip
VARIES = {
    r"\b(vpc|vsw|sg|eas-r)-[0-9a-z]{10,}": r"\1-1",
    r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}": "00000000-0000-4000-8000-000000000000",
    r"127\.0\.0\.1:\d+": "127.0.0.1:4566",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ": "2026-11-30T00:00:00Z",
    re.escape(str(POLICIES)): "/policies",
}


def changed(text: str) -> str:
    """The stack file with 8 units instead of 4."""
    assert text.count("units: 4,") == 1, f"{STACK} does not buy 4 units any more: mend this"
    return text.replace("units: 4,", "units: 8,")


def stripped(events: str) -> list[dict[str, Any]]:
    """The events that a check reads, always in the same order."""
    kept = []
    for line in events.splitlines():
        event = json.loads(line)
        kind = next((kind for kind in KINDS if kind in event), None)
        if kind is None or event[kind].get("severity") == "debug":
            continue
        content = event[kind]
        if kind == "resourcePreEvent":
            content = {"metadata": {key: _resource(value) for key, value in content["metadata"].items() if key != "detailedDiff"}}
        if kind == "summaryEvent":
            content.pop("durationSeconds", None)
        kept.append({kind: content})
    return sorted(kept, key=lambda event: (KINDS.index(next(iter(event))), json.dumps(event, sort_keys=True)))


def _resource(value: Any) -> Any:
    return {key: value[key] for key in OF_A_RESOURCE if key in value} if isinstance(value, dict) else value


def same(text: str) -> str:
    """Without what differs from run to run."""
    for pattern, put in VARIES.items():
        text = re.sub(pattern, put, text)
    return text


def record(folder: Path) -> tuple[str, dict[str, Any]]:
    """Bring the stack up with 4 units on a fake of its own in `folder`, and preview it with 8: events and state, not stripped yet."""
    from fourways.cli import fake_server
    from fourways.cli.check import preview
    from fourways.cli.project import stack_file
    from fourways.cli.workspace import fake_workspace, write_stack_file

    workspace = fake_workspace(folder, port=0, speed=20.0)
    try:
        workspace.read("stack", "select", "--create", "--stack", STACK)
        workspace.read("up", "--yes", "--skip-preview", "--stack", STACK)
        write_stack_file(workspace.stacks / stack_file(STACK).name, changed(stack_file(STACK).read_text()))
        return preview(workspace, STACK), workspace.state(STACK)
    finally:
        fake_server.stop(folder / "fake")


def undated(text: str) -> str:
    """A comment without what the day adds to it: which prices are old by now."""
    return re.sub(r"Old prices: .*\n\n|\n(Old price: .*\n)+", "", text)


def comment(today: date | None = None) -> str:
    """The comment that the recording makes."""
    from fourways import checks, costs
    from fourways.checks.comment import comment
    from fourways.costs.documents import read_preview

    read = read_preview(EVENTS.read_text())
    budget = costs.budget_of(read.config)
    found = checks.check(read, stack=STACK, target="fake", budget=budget, state=STATE.read_text(), today=today)
    return comment([found])


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        events, state = record(Path(folder))
    SAMPLES.mkdir(parents=True, exist_ok=True)
    EVENTS.write_text(same("".join(f"{json.dumps(event, sort_keys=True)}\n" for event in stripped(events))))
    resources = [_resource(resource) for resource in state["deployment"]["resources"]]
    STATE.write_text(
        same(json.dumps({"version": state["version"], "deployment": {"resources": resources}}, indent=1, sort_keys=True)) + "\n"
    )
    COMMENT.write_text(comment())
    return 0


if __name__ == "__main__":
    sys.exit(main())
