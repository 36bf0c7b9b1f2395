"""Custom metrics: application groups, what is reported to them, and a scaling group whose machines report their load by themselves."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ecs.gpu_machines import GPU_TYPE, ROLE, SECRET, Fleet, cloud_config, encoded
from fake_calls import CMS, Caller, stepped_cloud
from scaling import Group, bare, start
from test_scaling_alarms import alarm, shown
from test_scaling_rules import simple

from components.bare_metal.machine_identity import MachineIdentityArgs, policy
from components.names import Names
from fourways.fakes.services.ecs.backend import EcsBackend

NAME, QUEUE, GPU = "fourways-metal-0a1b2c-machines", "fourways_requests_waiting", "fourways_gpu_utilization"
REPORTER = f"[Service]\nEnvironmentFile=/etc/fourways/boot.env\nExecStart=/opt/fourways/report_load.py {QUEUE} {GPU}\n"


def entry(number: int, value: object, **more: str) -> dict[str, str]:
    row = {"GroupId": "0", "MetricName": "m", "Type": "0", "Dimensions": '{"deployment": "d"}', "Values": json.dumps({"value": value})}
    return {f"MetricList_{number}_{field}": text for field, text in (row | more).items()}


def test_an_application_group_is_made_tagged_shown_and_deleted() -> None:
    cms = Caller(stepped_cloud(), CMS)
    id = cms.ok("CreateMonitorGroup", GroupName=NAME)["GroupId"]
    assert cms.refused("CreateMonitorGroup", GroupName=NAME)[0] == 409
    cms.ok("AddTags", GroupIds_1=id, Tag_1_Key="a", Tag_1_Value="b", Tag_2_Key="c", Tag_2_Value="d")
    cms.ok("RemoveTags", GroupIds_1=id, Tag_1_Key="c", Tag_1_Value="d")
    cms.ok("ModifyMonitorGroup", GroupId=id, ContactGroups="x,y")
    [row] = cms.ok("DescribeMonitorGroups", GroupId=id)["Resources"]["Resource"]
    assert (row["GroupId"], row["GroupName"], row["Tags"]) == (id, NAME, {"Tag": [{"Key": "a", "Value": "b"}]})
    assert row["ContactGroups"] == {"ContactGroup": [{"Name": "x"}, {"Name": "y"}]}
    assert [row["id"] for row in cms.cloud.inventory() if row["kind"] == "cms-monitor-group"] == [str(id)]
    cms.ok("PutCustomMetric", **entry(1, 5, GroupId=str(id)))
    cms.ok("DeleteMonitorGroup", GroupId=id)
    assert cms.ok("DescribeMonitorGroups", GroupName=NAME)["Resources"] == {"Resource": []}
    assert json.loads(cms.ok("DescribeCustomMetricList")["Result"])["total"] == 0
    assert cms.refused("DeleteMonitorGroup", GroupId=id)[:2] == (404, "ResourceNotFound")


def test_what_was_reported_is_listed() -> None:
    cms = Caller(stepped_cloud(), CMS)
    cms.ok("PutCustomMetric", **entry(1, 5), **entry(2, 6, MetricName="n"))
    found = json.loads(cms.ok("DescribeCustomMetricList", MetricName="n")["Result"])
    assert found == {"total": 1, "result": [{"groupId": 0, "metricName": "n", "dimension": "deployment=d"}]}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"MetricName": ""}, "MissingMetricList.N.MetricName"),
        ({"Type": "1"}, "ParameterInvalid"),
        ({"Dimensions": "d"}, "ParameterInvalid"),
        ({"Values": "5"}, "ParameterInvalid"),
        ({"Time": "yesterday"}, "ParameterInvalid"),
        ({"GroupId": "7"}, "ResourceNotFound"),
    ],
)
def test_what_is_refused_of_a_report(wrong: dict[str, str], code: str) -> None:
    cms = Caller(stepped_cloud(), CMS)
    assert cms.refused("PutCustomMetric", **entry(1, 5, **wrong))[1] == code
    assert cms.refused("PutCustomMetric")[1] == "MissingMetricList"


def machines(statements: list[dict[str, Any]] | None = None, *, size: int = 1) -> tuple[Group, int]:
    """A scaling group of machines that report their load, in service, and the id of the application group."""
    group = bare()
    fleet = Fleet(group.place)
    identity = MachineIdentityArgs(
        region="ap-southeast-1",
        names=Names(prefix="p"),
        tags={},
        service_name="flash",
        rotation=None,
        weights="oss://bucket/model/",
        reports_load=True,
    )
    rights = policy(identity)["Statement"] if statements is None else statements
    fleet.prepare([*rights, {"Effect": "Allow", "Action": "kms:GetSecretValue", "Resource": f"acs:kms:*:*:secret/{SECRET}"}])
    reports = group.place.caller(CMS).ok("CreateMonitorGroup", GroupName=NAME)["GroupId"]
    given = {"InstanceType": GPU_TYPE, "RamRoleName": ROLE, "UserData": encoded(reporting())}
    start(group, size=size, configuration=given, DefaultCooldown=0, MinSize=1)
    group.wait(60)
    return group, int(reports)


def reporting() -> str:
    return cloud_config(LOAD_NAME=NAME, unit=REPORTER)


def busy(group: Group, requests: int) -> None:
    for machine in Fleet(group.place).scope.backend(EcsBackend).machines:
        machine.pretended = requests


def test_a_group_follows_the_load_that_its_machines_report() -> None:
    """Above the target for three looks: one machine more. Below half of it: one less, once the cooldown is over."""
    group, reports = machines()
    about = {"MetricType": "custom", "GroupId": reports, "MetricName": QUEUE, "EvaluationCount": 3, "Period": 60}
    about |= {"Dimension_1_DimensionKey": "deployment", "Dimension_1_DimensionValue": NAME}
    more, less = (simple(group, "QuantityChangeInCapacity", step, Cooldown=600) for step in (1, -1))
    id = alarm(group, **about, AlarmAction_1=more, Threshold=10, ComparisonOperator=">")
    alarm(group, **about, AlarmAction_1=less, Threshold=5, ComparisonOperator="<")
    busy(group, 1000)
    group.wait(130)
    assert len(group.ids()) == 1
    group.wait(60)
    assert (shown(group, id)["State"], len(group.ids())) == ("ALARM", 2)
    busy(group, 0)
    group.wait(400)
    assert len(group.ids()) == 2  # the cooldown
    group.wait(600)
    assert len(group.ids()) == 1


def test_other_dimensions_are_another_metric() -> None:
    group, reports = machines()
    given = {"MetricType": "custom", "GroupId": reports, "MetricName": QUEUE, "EvaluationCount": 1}
    other = alarm(group, **given, Dimension_1_DimensionKey="deployment", Dimension_1_DimensionValue="other")
    group.wait(600)
    assert shown(group, other)["State"] == "INSUFFICIENT_DATA"


def test_a_report_that_is_refused_is_on_the_console() -> None:
    group, _ = machines([{"Effect": "Allow", "Action": ["oss:ListObjects", "oss:GetObject"], "Resource": "*"}])
    said = Fleet(group.place).console(group.ids()[0])
    assert said.count("report_load.py: not reported: Forbidden.RAM") == 1
    assert "cms:DescribeMonitorGroups" in said
    assert json.loads(group.place.caller(CMS).ok("DescribeCustomMetricList")["Result"])["total"] == 0


def test_a_machine_that_is_down_reports_nothing() -> None:
    group, reports = machines()
    about = {"MetricType": "custom", "GroupId": reports, "MetricName": GPU, "EvaluationCount": 1, "Period": 60, "Threshold": 101}
    about |= {"Dimension_1_DimensionKey": "deployment", "Dimension_1_DimensionValue": NAME}
    id = alarm(group, **about)
    group.wait(70)
    assert shown(group, id)["State"] == "OK"
    group.ess.ok("SuspendProcesses", ScalingGroupId=group.id, Process_1="HealthCheck")
    group.place.ecs.ok("StopInstance", InstanceId=group.ids()[0], ForceStop="true")
    group.wait(200)
    assert shown(group, id)["State"] == "INSUFFICIENT_DATA"
