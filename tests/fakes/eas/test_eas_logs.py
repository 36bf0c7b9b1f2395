"""Handing a group's logs to Simple Log Service: what its services write from then on can be read in the store."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Callable
from hmac import digest
from typing import Any

import pytest
from alibabacloud_eas20210701 import models

from fourways.fakes.services.eas.backend import EasBackend
from fourways.fakes.services.sls.backend import Project, SlsBackend, Store
from fourways.fakes.wire.messages import Request

REGION = "ap-southeast-1"
ACCOUNT = "1000000000000001"
DATE = "Tue, 24 Nov 2026 00:00:00 GMT"
Make = Callable[..., dict[str, Any]]


@pytest.fixture
def store(eas: Any) -> Store:
    """A store with an index, in the region of the services."""
    made = Store("lines", 0.0, {"ttl": 30, "shardCount": 1}, index={"line": {"token": [" "]}})
    eas.cloud.backend(SlsBackend, ACCOUNT, REGION).projects["logs"] = Project("logs", REGION, 0.0, stores={"lines": made})
    return made


def deliver(eas: Any, group_id: str, project: str = "logs", store: str = "lines") -> None:
    eas.client.create_resource_log(REGION, group_id, models.CreateResourceLogRequest(project_name=project, log_store=store))


def read(eas: Any, query: str = "") -> Any:
    asked = {"type": "log", "from": "0", "to": "9999999999", **({"query": query} if query else {})}
    resource = "/logstores/lines?" + "&".join(f"{name}={asked[name]}" for name in sorted(asked))
    text = f"GET\n\n\n{DATE}\n{resource}"
    headers = {
        "host": "logs.127.0.0.1",
        "date": DATE,
        "authorization": f"LOG test:{b64encode(digest(b'test', text.encode(), hashlib.sha1)).decode()}",
    }
    return json.loads(eas.cloud.handle(Request.build("GET", f"http://logs.127.0.0.1{resource}", headers, b"")).body)


@pytest.mark.usefixtures("store")
def test_lines_from_the_delivery_on_are_in_the_store(eas: Any, service_json: Make) -> None:
    group = eas.group().resource_id
    eas.create(service_json(resource=group, gpu=1))
    (service,) = eas.cloud.backend(EasBackend, ACCOUNT, REGION).services.values()
    eas.wait(60)
    replica = service.replicas[0]
    service.write(eas.cloud.clock.now(), replica, ["before"])
    eas.wait(1)
    deliver(eas, group)
    service.write(eas.cloud.clock.now(), replica, ["engine is up", "cannot load"])
    assert [(row["content"], row["service"], row["instance"]) for row in read(eas)] == [
        ("engine is up", "chat", replica.name),
        ("cannot load", "chat", replica.name),
    ]
    assert [row["content"] for row in read(eas, "cannot")] == ["cannot load"]
    eas.wait(31 * 86_400)
    assert read(eas) == []


@pytest.mark.usefixtures("store")
def test_a_group_has_one_place_for_its_logs(eas: Any, refused: Any) -> None:
    group = eas.group().resource_id
    assert eas.client.describe_resource_log(REGION, group).body.project_name == ""
    with refused(404, "InvalidResourceLog.NotFound", group):
        eas.client.delete_resource_log(REGION, group)
    deliver(eas, group)
    shown = eas.client.describe_resource_log(REGION, group).body
    assert (shown.project_name, shown.log_store) == ("logs", "lines")
    with refused(409, "OperationDenied.ResourceLogExists", group):
        deliver(eas, group)
    eas.client.delete_resource_log(REGION, group)
    assert eas.client.describe_resource_log(REGION, group).body.log_store == ""


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(("project", "store_name"), [("nobodys", "lines"), ("logs", "nothing")])
def test_logs_go_nowhere_that_is_not(eas: Any, refused: Any, project: str, store_name: str) -> None:
    group = eas.group().resource_id
    with refused(400, "InvalidParameter", project):
        deliver(eas, group, project, store_name)


@pytest.mark.usefixtures("store")
def test_logs_stay_in_their_region(eas: Any, refused: Any) -> None:
    eas.cloud.backend(SlsBackend, ACCOUNT, REGION).projects["logs"].region = "cn-beijing"
    group = eas.group().resource_id
    with refused(400, "InvalidParameter", f"in {REGION}"):
        deliver(eas, group)


def test_a_store_without_an_index_is_not_searched(eas: Any, store: Store) -> None:
    store.index = None
    assert read(eas)["errorCode"] == "IndexConfigNotExist"
