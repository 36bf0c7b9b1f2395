"""A stack on machines with contacts and logs, by the real plugin: what its log agents are to collect is there, and goes with the stack."""

from __future__ import annotations

import base64
import json
from collections import Counter

import yaml

from tests.end_to_end.conftest import Run

STACK = "metal-singapore"
TEMPLATE = "alicloud:ecs/ecsLaunchTemplate:EcsLaunchTemplate"
CONTACTS = [{"name": "on-call", "email": "llm@example.com"}]
GROUP, CONFIG, APPLIED = (
    f"alicloud:log/{name[0].lower()}{name[1:]}:{name}" for name in ("MachineGroup", "LogTailConfig", "LogTailAttachment")
)


def kinds(run: Run) -> Counter[str]:
    return Counter(row["kind"] for row in run.fake.ask("state") if row["kind"].startswith("log-"))


def identifier(run: Run) -> str | None:
    """What machines made from the stack's launch template name themselves to Log Service."""
    # Not by `run.pulumi`, whose output is searched for secrets: this shows them all.
    shown = json.loads(run.workspace.capture("stack", "export", "--show-secrets", "--stack", STACK).stdout)
    (template,) = [one for one in shown["deployment"]["resources"] if one["type"] == TEMPLATE and not one.get("delete")]
    data = yaml.safe_load(base64.b64decode(json.loads(template["inputs"]["userData"]["plaintext"])))
    return next((one["content"].strip() for one in data["write_files"] if one["path"] == "/etc/ilogtail/user_defined_id"), None)


def test_the_journal_is_collected_of_the_stacks_machines(run: Run) -> None:
    run.pulumi("stack", "init", STACK, "--non-interactive")
    run.serve(STACK, monitoring={"contacts": CONTACTS, "logs": {"retentionDays": 7}})
    run.up(STACK)
    assert kinds(run) == {"log-project": 1, "log-store": 1, "log-machine-group": 1, "log-config": 1}
    group, rules, applied = (run.one(STACK, kind)["outputs"] for kind in (GROUP, CONFIG, APPLIED))
    assert group["identifyLists"] == [identifier(run)]
    assert (applied["logtailConfigName"], applied["machineGroupName"]) == (rules["name"], group["name"])
    run.settled(STACK)


def test_logs_that_are_taken_out_take_all_of_it_with_them(run: Run) -> None:
    run.serve(STACK, monitoring={"contacts": CONTACTS})
    run.up(STACK)
    assert kinds(run) == {}
    assert identifier(run) is None


def test_nothing_is_left(run: Run) -> None:
    run.serve(STACK, monitoring={"contacts": CONTACTS, "logs": {}})
    run.up(STACK)
    key = run.workspace.outputs(STACK)["api_key"]
    run.destroy(STACK)
    run.nothing_is_left()
    assert run.secret_leaks(key, run.secret_key) == []
