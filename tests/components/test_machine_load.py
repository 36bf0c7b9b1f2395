"""Where machines are scaled they report their load, and the alarms look at what they report."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import yaml

from components.bare_metal.deployment import deploy_bare_metal
from stacks.kinds.bare_metal import BareMetalServing
from stacks.settings import Settings
from tests.components.bare_metal_samples import SCALED, TWO_MACHINES, metal
from tests.components.recording import Recording, record

GROUP, ALARM, POLICY = "alicloud:cms/monitorGroup:MonitorGroup", "alicloud:ess/alarm:Alarm", "alicloud:ram/policy:Policy"
TEMPLATE, INSTANCE = "alicloud:ecs/ecsLaunchTemplate:EcsLaunchTemplate", "alicloud:ecs/instance:Instance"


def declared(settings: Settings) -> Recording:
    assert isinstance(settings.serving, BareMetalServing)
    serving = settings.serving
    return record(lambda: deploy_bare_metal(settings, serving), stack_name=settings.stack)


def inputs(found: Recording, type_: str) -> list[dict[str, Any]]:
    return [resource.inputs for resource in found.children if resource.type == type_]


def files(user_data: str) -> dict[str, str]:
    config = yaml.safe_load(base64.b64decode(user_data))
    return {file["path"]: file["content"] for file in config["write_files"]}


@pytest.mark.parametrize(("metric", "name"), [("queue", "fourways_requests_waiting"), ("gpu", "fourways_gpu_utilization")])
def test_alarms_look_at_what_the_machines_report(metric: str, name: str) -> None:
    found = declared(metal(scaling={**SCALED, "metric": metric}))
    [group] = inputs(found, GROUP)
    said = group["monitorGroupName"]
    # They are registered in no order of their own.
    less, more = sorted(inputs(found, ALARM), key=lambda alarm: str(alarm["comparisonOperator"]))
    for alarm in (more, less):
        # The plugin refuses `scaling_group` among the dimensions, and the cloud a custom metric without its application group.
        assert (alarm["metricType"], alarm["metricName"], alarm["cloudMonitorGroupId"]) == ("custom", name, 7301911)
        assert alarm["dimensions"] == {"deployment": said}
        assert (alarm["period"], alarm["evaluationCount"], alarm["statistics"]) == (60, 3, "Average")
    assert [(alarm["comparisonOperator"], alarm["threshold"]) for alarm in (more, less)] == [(">", "10"), ("<", "5")]
    [template] = inputs(found, TEMPLATE)
    written = files(template["userData"])
    assert f"LOAD_NAME={said}" in written["/etc/fourways/boot.env"].splitlines()
    assert name in written["/etc/systemd/system/fourways-load.service"]
    [policy] = inputs(found, POLICY)
    statement = {"Effect": "Allow", "Action": ["cms:DescribeMonitorGroups", "cms:PutCustomMetric"], "Resource": ["*"]}
    assert statement in json.loads(policy["policyDocument"])["Statement"]


def test_others_report_nothing_and_may_not() -> None:
    found = declared(metal())
    assert inputs(found, GROUP) == inputs(found, ALARM) == []
    [template] = inputs(found, TEMPLATE)
    assert not [path for path in files(template["userData"]) if "load" in path]
    [policy] = inputs(found, POLICY)
    assert "cms:" not in policy["policyDocument"]


def test_ray_reaches_the_machines() -> None:
    found = declared(
        metal(**{**TWO_MACHINES, "engine": {**TWO_MACHINES["engine"], "multiNode": "ray", "image": "registry.example/vllm:ray"}})
    )
    machines = {one.name: files(one.inputs["userData"]) for one in found.children if one.type == INSTANCE}
    units = {name: written["/etc/systemd/system/fourways-engine.service"] for name, written in machines.items()}
    assert {name[-3:]: ("ray_head.sh" in unit, "ray start" in unit) for name, unit in units.items()} == {
        f"{replica}-{rank}": (rank == 0, rank == 1) for replica in (0, 1) for rank in (0, 1)
    }
