"""How the journal of a stack's machines comes into its log store: what is declared, and what the machines are told."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import yaml

from components.bare_metal.deployment import deploy_bare_metal
from components.names import names
from stacks.kinds.bare_metal import BareMetalServing
from stacks.settings import Settings
from tests.components.bare_metal_samples import TWO_MACHINES, metal
from tests.components.recording import Recording, record

CONTACTS = {"contacts": [{"name": "on-call", "email": "llm@example.com"}]}
LOGGED = metal(monitoring={**CONTACTS, "logs": {"retentionDays": 30}})
THEIRS = metal(monitoring={**CONTACTS, "logs": {"project": "their-logs"}}, **TWO_MACHINES)
IDENTIFIER = "/etc/ilogtail/user_defined_id"
GROUP, CONFIG, APPLIED = (
    f"alicloud:log/{name[0].lower()}{name[1:]}:{name}" for name in ("MachineGroup", "LogTailConfig", "LogTailAttachment")
)
MACHINES = ("alicloud:ecs/ecsLaunchTemplate:EcsLaunchTemplate", "alicloud:ecs/instance:Instance")


def declared(settings: Settings) -> Recording:
    assert isinstance(settings.serving, BareMetalServing)
    serving = settings.serving
    return record(lambda: deploy_bare_metal(settings, serving), stack_name=settings.stack)


def identifiers(seen: Recording) -> list[str | None]:
    """What the user data of each machine, or of the template of all, has as its identifier."""
    found = [one.inputs["userData"] for kind in MACHINES for one in seen.all_of(kind)]
    written = [{one["path"]: one["content"] for one in yaml.safe_load(base64.b64decode(text))["write_files"]} for text in found]
    return [files.get(IDENTIFIER) for files in written]


@pytest.mark.parametrize(("settings", "machines"), [(LOGGED, 1), (THEIRS, 4)], ids=["a project of its own", "theirs"])
def test_machines_name_the_group_that_the_journal_is_collected_of(settings: Settings, machines: int) -> None:
    seen = declared(settings)
    group, rules, applied = (seen.one(kind).inputs for kind in (GROUP, CONFIG, APPLIED))
    (identifier,) = group["identifyLists"]
    assert group["identifyType"] == "userdefined"
    assert identifiers(seen) == [f"{identifier}\n"] * machines
    store = seen.one("alicloud:log/store:Store").inputs
    assert {one["project"] for one in (group, rules, applied)} == {store["projectName"]}
    assert rules["logstore"] == store["logstoreName"]
    assert (applied["logtailConfigName"], applied["machineGroupName"]) == (rules["name"], group["name"])


def test_the_whole_journal_is_collected_from_where_the_user_data_has_it_kept() -> None:
    rules: dict[str, Any] = declared(LOGGED).one(CONFIG).inputs
    detail = json.loads(rules["inputDetail"])
    (source,) = detail["plugin"]["inputs"]
    assert (rules["inputType"], rules["outputType"], source["type"]) == ("plugin", "LogService", "service_journal")
    assert (source["detail"]["JournalPaths"], source["detail"]["SeekPosition"]) == (["/var/log/journal"], "head")
    # As the provider keeps it: another order of the same would be a change at every preview.
    assert rules["inputDetail"] == json.dumps(detail, sort_keys=True, separators=(",", ":"))


COPY = {
    "fourways:environment": "benchmark",
    "fourways:ttl": "4h",
    "fourways:expires-at": "2026-11-24T12:00:00Z",
    "fourways:run-id": "abcd1",
}


def test_copies_of_a_stack_do_not_get_each_others_rules() -> None:
    copy = metal(COPY, monitoring={**CONTACTS, "logs": {}})
    ones, others = (declared(one).one(GROUP).inputs["identifyLists"] for one in (LOGGED, copy))
    assert set(ones).isdisjoint(others)
    assert names(copy).prefix in others[0]


@pytest.mark.parametrize("settings", [metal(), metal(monitoring=CONTACTS)], ids=["nothing watched", "no logs"])
def test_without_logs_there_is_no_agent(settings: Settings) -> None:
    seen = declared(settings)
    assert [seen.all_of(kind) for kind in (GROUP, CONFIG, APPLIED)] == [[], [], []]
    assert identifiers(seen) == [None]


def test_the_role_of_machines_may_write_no_logs() -> None:
    document = declared(LOGGED).one("alicloud:ram/policy:Policy").inputs["policyDocument"]
    actions = {action for statement in json.loads(document)["Statement"] for action in statement["Action"]}
    assert not any(action.startswith("log:") for action in actions)
    assert actions >= {"kms:GetSecretValue", "oss:GetObject"}
