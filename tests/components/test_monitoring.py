"""What a watched service's contacts, alarms and logs are declared as."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from components.names import Names, names
from components.watch import CONTACT_LENGTH, PROJECT_LENGTH, contact_name, project_name, webhook
from fourways.catalog import eas_metrics
from fourways.cleanup import stack_names
from stacks.kinds.monitoring import Contact
from stacks.settings import Settings
from tests.components.recording import Recording, is_secret, record
from tests.components.samples import ALL_WATCHED, WATCHED_BY_THEIRS, monitoring, payg, settings, whole
from tests.stacks.stack_files import GROUP as ON_MACHINES

OF = settings()
ALARM, EVENTS = "alicloud:cms/alarm:Alarm", "alicloud:cms/eventRule:EventRule"
CONTACT, GROUP = "alicloud:cms/alarmContact:AlarmContact", "alicloud:cms/alarmContactGroup:AlarmContactGroup"
PROJECT, STORE, INDEX = "alicloud:log/project:Project", "alicloud:log/store:Store", "alicloud:log/storeIndex:StoreIndex"


def watched(given: dict[str, Any], adopted: str | None = None) -> Recording:
    return record(lambda: monitoring(given, adopted)(OF), stack_name=OF.stack)


def test_each_alarm_is_on_the_service_and_tells_the_group() -> None:
    seen = watched(ALL_WATCHED)
    alarms = {one.inputs["metric"]: one.inputs for one in seen.all_of(ALARM)}
    assert set(alarms) == {metric.metric for metric in eas_metrics.metrics().values()}
    latency = alarms["TP99ResponseTime"]
    assert latency["escalationsWarn"] == {"comparisonOperator": ">", "statistics": "Average", "threshold": "60000", "times": 3}
    assert alarms["5xxResponseRatio"]["escalationsCritical"]["threshold"] == "5"
    group = seen.one(GROUP)
    for inputs in alarms.values():
        assert json.loads(inputs["metricDimensions"]) == [{"regionId": OF.region, "service": OF.service_name}]
        assert inputs["contactGroups"] == [group.inputs["alarmContactGroupName"]]
    assert len({inputs["name"] for inputs in alarms.values()}) == len(alarms)


def test_replicas_that_fail_are_told_of_by_their_events() -> None:
    rule = watched(ALL_WATCHED).one(EVENTS).inputs
    assert rule["eventPattern"] == {
        "product": "learn",
        "levelLists": ["CRITICAL", "WARN"],
        "sqlFilter": f"content like '%{OF.service_name}%'",
    }
    assert rule["contactParameters"][0]["contactGroupName"].endswith("-contacts")


def test_a_sweep_knows_contacts_and_their_logs_by_the_end_of_their_descriptions() -> None:
    seen = watched(ALL_WATCHED)
    found = [one.inputs for kind in (CONTACT, GROUP, PROJECT) for one in seen.all_of(kind)]
    described = [inputs.get("describe") or inputs["description"] for inputs in found]
    assert len(described) == 4
    for text in described:
        said = stack_names.read(text.rpartition(" ")[2], OF.project)
        assert said is not None, text
        assert (said.stack, said.run) == (OF.stack, "")


def test_the_group_has_all_contacts_and_a_robots_address_is_secret() -> None:
    seen = watched(ALL_WATCHED)
    by_mail, by_robot = sorted(seen.all_of(CONTACT), key=lambda one: "channelsMail" not in one.inputs)
    assert seen.one(GROUP).inputs["contacts"] == [by_mail.inputs["alarmContactName"], by_robot.inputs["alarmContactName"]]
    assert by_mail.inputs["channelsMail"] == "oncall@example.com"
    assert by_mail.ignored == ["channelsMail"]
    assert is_secret(by_robot.raw["channelsDingWebHook"])


def test_what_exists_is_used_and_what_is_off_is_not_declared() -> None:
    seen = watched(WATCHED_BY_THEIRS)
    assert sorted(one.inputs["metric"] for one in seen.all_of(ALARM)) == ["5xxResponseRatio", "GPUUtilization"]
    assert all(one.inputs["contactGroups"] == ["theirs"] for one in seen.all_of(ALARM))
    assert [seen.all_of(kind) for kind in (CONTACT, GROUP, EVENTS, PROJECT)] == [[], [], [], []]
    assert (seen.one(STORE).inputs["projectName"], seen.one(STORE).inputs["retentionPeriod"]) == ("their-logs", 30)
    assert seen.one(INDEX).inputs["project"] == "their-logs"


def test_logs_have_a_project_of_their_own_and_an_index() -> None:
    seen = watched(ALL_WATCHED)
    project = seen.one(PROJECT).inputs["projectName"]
    assert project == f"{names(OF).prefix}-logs"
    store = seen.one(STORE).inputs
    assert (store["projectName"], store["logstoreName"], store["retentionPeriod"]) == (project, "deepseek-v4-flash-prod", 90)
    assert seen.one(INDEX).inputs["fullText"]["token"]
    component = seen.one("fourways:components:Monitoring")
    assert component.outputs is not None
    assert component.outputs["log_project"] == project


def test_the_owner_of_an_adopted_group_is_told_what_delivers_the_logs() -> None:
    (said,) = [line for line in watched(WATCHED_BY_THEIRS, "eas-r-theirs").messages if "monitoring.logs" in line]
    assert f"ClusterId {OF.region}, ResourceId eas-r-theirs, ProjectName their-logs, LogStore deepseek-v4-flash-prod" in said
    assert not [line for line in watched({"contactGroup": "theirs"}, "eas-r-theirs").messages if "logs" in line]
    assert not [line for line in watched(WATCHED_BY_THEIRS).messages if "logs" in line]


LOGS = {"contactGroup": "theirs", "logs": {}}
MACHINES = "fourways:eas:ResourceGroup"


@pytest.mark.parametrize("of", [settings(monitoring=LOGS), payg(capacity=ON_MACHINES, monitoring=LOGS)], ids=lambda of: of.stack)
@pytest.mark.parametrize("preview", [False, True])
def test_machines_of_the_stack_s_own_are_told_where_their_logs_go(of: Settings, preview: bool) -> None:
    seen = record(lambda: whole(of), preview=preview, stack_name=of.stack)
    store = seen.one(STORE)
    assert seen.one(MACHINES).inputs["log"] == {"project": store.inputs["projectName"], "logStore": store.inputs["logstoreName"]}
    assert store.urn in seen.one(MACHINES).depends_on
    assert not [line for line in seen.messages if "CreateResourceLog" in line]


@pytest.mark.parametrize(
    "of",
    [
        settings(capacity={"source": "eas-resource-group", "units": 4, "spec": "MU1", "adopt": "eas-r-theirs"}, monitoring=LOGS),
        payg(capacity={**ON_MACHINES, "adopt": "eas-r-theirs"}, monitoring=LOGS),
    ],
    ids=lambda of: of.stack,
)
def test_an_adopted_group_is_told_nothing_and_its_owner_is(of: Settings) -> None:
    seen = record(lambda: whole(of), stack_name=of.stack)
    assert "log" not in seen.one(MACHINES).inputs
    (said,) = [line for line in seen.messages if "CreateResourceLog" in line]
    assert "ResourceId eas-r-theirs" in said


def test_machines_without_logs_are_told_nothing() -> None:
    of = settings(monitoring={"contactGroup": "theirs"})
    assert "log" not in record(lambda: whole(of), stack_name=of.stack).one(MACHINES).inputs


def test_without_logs_nothing_of_them_is_declared() -> None:
    seen = watched({"contactGroup": "theirs"})
    assert {one.type for one in seen.children} == {ALARM, EVENTS}


def test_another_address_is_another_contact() -> None:
    stack = Names(prefix="fourways-mu-singapore-a1b2c3")
    one, other = (contact_name(stack, Contact(name="oncall", email=email)) for email in ("a@example.com", "b@example.com"))
    assert one != other
    assert one.startswith("fourways-mu")


@pytest.mark.parametrize("prefix", ["x", "fourways-mu-singapore-a1b2c3", "p" * 90])
def test_names_are_within_the_limits(prefix: str) -> None:
    contact = contact_name(Names(prefix=prefix), Contact(name="a" * 20, email="a@example.com"))
    assert len(contact) <= CONTACT_LENGTH
    project = project_name(Names(prefix=prefix), "1234567890123456")
    assert 3 <= len(project) <= PROJECT_LENGTH
    assert project_name(Names(prefix=prefix), None) != project


def test_a_robot_that_is_not_there_stops_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONCALL_ROBOT", raising=False)
    with pytest.raises(pulumi.RunError, match="ONCALL_ROBOT is not set"):
        webhook("ONCALL_ROBOT")
    monkeypatch.setenv("ONCALL_ROBOT", "token")
    with pytest.raises(pulumi.RunError, match="does not hold an https:// address") as told:
        webhook("ONCALL_ROBOT")
    assert "token" not in str(told.value)
