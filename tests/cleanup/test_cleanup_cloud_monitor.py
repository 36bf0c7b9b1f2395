"""CloudMonitor's contacts and rules in the fake, looked up by what a create was begun with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fourways.cleanup.cloud import RealCloud
from fourways.cleanup.kinds import KINDS
from fourways.cleanup.states import TYPES
from fourways.cleanup.wanted import NotEnoughError, Wanted
from fourways.cloud import clients
from fourways.fakes.inprocess import ADDRESS, fake_cloud

REGION = "ap-southeast-1"
PLACE = ("metrics", "2019-01-01")
LOOK_UPS = {kind.name: kind for kind in KINDS}
RULE = {"Namespace": "n", "MetricName": "m", "ContactGroups": "g", "Escalations": {"Warn": {"Threshold": "1"}}}
LABELS = [{"Key": "fourways-project", "Value": "fourways"}, {"Key": "fourways-stack", "Value": "mu"}]
#: Kind, how one is made under a name, the input that has the name.
MADE: list[tuple[str, str, str, dict[str, Any], str]] = [
    ("alarm-contact", "PutContact", "ContactName", {"Describe": "d", "Channels": {"SMS": "1"}}, "alarmContactName"),
    ("alarm-contact-group", "PutContactGroup", "ContactGroupName", {}, "alarmContactGroupName"),
    ("event-rule", "PutEventRule", "RuleName", {"EventPattern": [{"Product": "learn"}]}, "ruleName"),
]


@pytest.fixture(autouse=True)
def _fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FOURWAYS_FAKE", ADDRESS)
    monkeypatch.setenv("ALICLOUD_ACCESS_KEY", "test")
    monkeypatch.setenv("ALICLOUD_SECRET_KEY", "test")
    with fake_cloud():
        yield


def look_up(kind: str, **inputs: str) -> list[Any]:
    type_ = TYPES[kind]
    wanted = Wanted(urn=f"urn:pulumi:mu::fourways::{type_}::x", type=type_, region=REGION, inputs=inputs)
    return list(LOOK_UPS[kind].look_up(RealCloud(), wanted))


def test_an_application_group_by_exact_name() -> None:
    for name in ("fourways-mu-x-2", "fourways-mu-x"):
        id = clients.call(*PLACE, "CreateMonitorGroup", {"GroupName": name}, REGION)["GroupId"]
    clients.call(*PLACE, "AddTags", {"GroupIds.1": id, "Tag.1.Key": "fourways-stack", "Tag.1.Value": "mu"}, REGION)
    (found,) = look_up("monitor-group", monitorGroupName="fourways-mu-x")
    assert (found.kind, found.id, found.free, dict(found.tags)) == ("monitor-group", str(id), True, {"fourways-stack": "mu"})


@pytest.mark.parametrize(("kind", "action", "parameter", "more", "name_input"), MADE, ids=[row[0] for row in MADE])
def test_by_exact_name(kind: str, action: str, parameter: str, more: dict[str, Any], name_input: str) -> None:
    for name in ("fourways-mu-x-2", "fourways-mu-x"):
        clients.call(*PLACE, action, {parameter: name, **more}, REGION)
    (found,) = look_up(kind, **{name_input: "fourways-mu-x"})
    assert (found.kind, found.id, found.free) == (kind, "fourways-mu-x", True)
    assert look_up(kind, **{name_input: "fourways-mu"}) == []
    with pytest.raises(NotEnoughError):
        look_up(kind)


def test_a_metric_rule_by_its_name_with_its_tags() -> None:
    for number, name in enumerate(("fourways-mu-x-2", "fourways-mu-x")):
        clients.call(*PLACE, "PutResourceMetricRule", {"RuleId": f"r-{number}", "RuleName": name, "Labels": LABELS, **RULE}, REGION)
    (found,) = look_up("alarm", name="fourways-mu-x")
    assert (found.id, found.owner.stack) == ("r-1", "mu")


def test_all_rules_are_listed_page_by_page() -> None:
    for number in range(53):
        clients.call(
            *PLACE, "PutResourceMetricRule", {"RuleId": f"r-{number}", "RuleName": f"n-{number}", "Labels": LABELS, **RULE}, REGION
        )
    found = LOOK_UPS["alarm"].list(RealCloud(), REGION, "fourways")
    assert [one.id for one in found] == [f"r-{number}" for number in range(53)]
