"""Simple Log Service: projects and stores as its two clients call them, each with its own signature, at `project.endpoint`."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from hmac import digest
from typing import Any

import pytest
from fake_calls import stepped_cloud

from fourways.fakes.cloud import Cloud
from fourways.fakes.wire.messages import Request, Response

DATE = "Tue, 24 Nov 2026 00:00:00 GMT"


class LogClient:
    """Signs as aliyun-log-go-sdk does (`sha1`) or as alibabacloud-gateway-sls does (`sha256`)."""

    def __init__(self, cloud: Cloud, project: str = "", method: str = "sha256", secret: str = "test") -> None:
        self.cloud, self.project, self.method, self.secret = cloud, project, method, secret

    def send(self, method: str, path: str, body: Any = None, **query: str) -> Response:
        content = b"" if body is None else json.dumps(body).encode()
        host = ".".join(part for part in (self.project, "127.0.0.1:4566") if part)
        headers = {"host": host, "date": DATE, "x-log-apiversion": "0.6.0", "x-log-bodyrawsize": str(len(content))}
        headers |= {"x-log-signaturemethod": f"hmac-{self.method}"}
        if content:
            headers |= {"content-type": "application/json", "content-md5": hashlib.md5(content).hexdigest().upper()}
        resource = path + ("?" + "&".join(f"{name}={query[name]}" for name in sorted(query)) if query else "")
        lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers) if name.startswith("x-log-"))
        text = f"{method}\n{headers.get('content-md5', '')}\n{headers.get('content-type', '')}\n{DATE}\n{lines}{resource}"
        headers["authorization"] = f"LOG test:{b64encode(digest(self.secret.encode(), text.encode(), self.method)).decode()}"
        return self.cloud.handle(Request.build(method, f"http://{host}{resource}", headers, content))

    def ok(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        answer = self.send(method, path, body, **query)
        assert answer.status == 200, answer.body
        assert answer.headers["x-log-requestid"]
        return json.loads(answer.body) if answer.body else None

    def refused(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, str]:
        answer = self.send(method, path, body, **query)
        return answer.status, json.loads(answer.body)["errorCode"]


@pytest.fixture
def cloud() -> Cloud:
    return stepped_cloud()


@pytest.fixture
def service(cloud: Cloud) -> LogClient:
    return LogClient(cloud)


@pytest.fixture
def project(cloud: Cloud, service: LogClient) -> LogClient:
    assert service.ok("POST", "/", {"projectName": "logs", "description": "d"}) is None
    return LogClient(cloud, "logs")


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("method", ["sha1", "sha256"])
def test_both_clients_are_let_in_and_a_wrong_secret_is_not(cloud: Cloud, method: str) -> None:
    assert LogClient(cloud, "logs", method).ok("GET", "/")["projectName"] == "logs"
    assert LogClient(cloud, "logs", method, secret="wrong").refused("GET", "/") == (401, "SignatureNotMatch")


def test_an_unknown_key_and_a_changed_body_are_refused(service: LogClient) -> None:
    stranger = Request.build("GET", "http://127.0.0.1/", {"host": "127.0.0.1", "authorization": "LOG nobody:x"}, b"")
    assert json.loads(service.cloud.handle(stranger).body)["errorCode"] == "Unauthorized"
    headers = {"host": "127.0.0.1", "authorization": "LOG test:x", "content-type": "application/json", "content-md5": "0"}
    changed = Request.build("POST", "http://127.0.0.1/", headers, b"{}")
    assert json.loads(service.cloud.handle(changed).body)["errorCode"] == "InvalidContentMD5"


def test_a_project_lives(service: LogClient, project: LogClient) -> None:
    assert service.refused("POST", "/", {"projectName": "logs"}) == (400, "ProjectAlreadyExist")
    assert service.refused("POST", "/", {"projectName": "Logs"}) == (400, "ParameterInvalid")
    project.ok("PUT", "/", {"description": "other"})
    shown = project.ok("GET", "/")
    assert (shown["description"], shown["status"], shown["region"]) == ("other", "Normal", "ap-southeast-1")
    assert [one["projectName"] for one in service.ok("GET", "/")["projects"]] == ["logs"]
    service.ok("PUT", "/resourcegroup", {"resourceId": "logs", "resourceGroupId": "rg-1", "resourceType": "PROJECT"})
    assert project.ok("GET", "/")["resourceGroupId"] == "rg-1"
    project.ok("POST", "/policy", {"Version": "1"})
    assert project.ok("GET", "/policy") == {"Version": "1"}
    project.ok("DELETE", "/policy")
    assert project.send("GET", "/policy").body == b""
    project.ok("POST", "/logstores", {"logstoreName": "store"})
    assert [row["kind"] for row in service.cloud.inventory()] == ["log-project", "log-store"]
    project.ok("DELETE", "/")
    assert project.refused("GET", "/") == (404, "ProjectNotExist")
    assert service.cloud.inventory() == []
    assert service.cloud.ledger.rows() == []


@pytest.mark.usefixtures("project")
def test_a_project_is_tagged_and_found_by_its_tags(service: LogClient) -> None:
    about = {"resourceType": "PROJECT", "resourceId": ["logs"]}
    service.ok("POST", "/tag", {**about, "tags": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]})
    service.ok("POST", "/untag", {**about, "tags": ["b"]})
    rows = service.ok("GET", "/tags", resourceType="PROJECT", resourceId='["logs"]')["tagResources"]
    assert [(row["resourceId"], row["tagKey"], row["tagValue"]) for row in rows] == [("logs", "a", "1")]
    assert service.ok("GET", "/tags", resourceType="PROJECT", tags='[{"key":"a","value":"1"}]')["tagResources"] == rows
    assert service.ok("GET", "/tags", resourceType="PROJECT", tags='[{"key":"a","value":"2"}]')["tagResources"] == []
    assert service.refused("POST", "/tag", {**about, "tags": [{"value": "1"}]}) == (400, "ParameterInvalid")


def test_a_store_lives(project: LogClient) -> None:
    project.ok("POST", "/logstores", {"logstoreName": "store", "shardCount": 2, "ttl": 7, "appendMeta": True})
    assert project.refused("POST", "/logstores", {"logstoreName": "store"}) == (400, "LogStoreAlreadyExist")
    project.ok("PUT", "/logstores/store", {"ttl": 30, "appendMeta": False})
    shown = project.ok("GET", "/logstores/store")
    assert (shown["logstoreName"], shown["ttl"], shown["shardCount"], shown["appendMeta"]) == ("store", 30, 2, False)
    assert project.ok("GET", "/logstores")["logstores"] == ["store"]
    shards = project.ok("GET", "/logstores/store/shards")
    assert [(one["shardID"], one["inclusiveBeginKey"][:2], one["exclusiveEndKey"][:2]) for one in shards] == [
        (0, "00", "80"),
        (1, "80", "ff"),
    ]
    assert project.ok("GET", "/logstores/store/meteringmode") == {"meteringMode": "ChargeByFunction"}
    project.ok("PUT", "/logstores/store/meteringmode", {"meteringMode": "ChargeByDataIngest"})
    assert project.ok("GET", "/logstores/store/meteringmode") == {"meteringMode": "ChargeByDataIngest"}
    assert project.refused("PUT", "/logstores/store/meteringmode", {"meteringMode": "Free"}) == (400, "ParameterInvalid")
    project.ok("DELETE", "/logstores/store")
    assert project.refused("GET", "/logstores/store") == (404, "LogStoreNotExist")


@pytest.mark.parametrize(
    "wrong",
    [{"ttl": 0}, {"ttl": 3651}, {"ttl": "7"}, {"shardCount": 101}, {"mode": "fast"}, {"autoSplit": 1}, {"telemetryType": "Metrics"}],
)
def test_what_is_wrong_in_a_store_is_refused(project: LogClient, wrong: dict[str, Any]) -> None:
    assert project.refused("POST", "/logstores", {"logstoreName": "store", **wrong}) == (400, "ParameterInvalid")
    assert project.ok("GET", "/logstores")["logstores"] == []


def test_a_store_has_one_index(project: LogClient) -> None:
    project.ok("POST", "/logstores", {"logstoreName": "store"})
    index = {"line": {"token": [",", " "], "caseSensitive": False, "chn": False}}
    assert project.refused("GET", "/logstores/store/index") == (404, "IndexConfigNotExist")
    assert project.refused("PUT", "/logstores/store/index", index) == (404, "IndexConfigNotExist")
    assert project.refused("POST", "/logstores/store/index", {}) == (400, "IndexInfoInvalid")
    project.ok("POST", "/logstores/store/index", index)
    assert project.refused("POST", "/logstores/store/index", index) == (400, "IndexAlreadyExist")
    project.ok("PUT", "/logstores/store/index", {**index, "max_text_len": 64})
    assert project.ok("GET", "/logstores/store/index") == {**index, "max_text_len": 64}
    project.ok("DELETE", "/logstores/store/index")
    assert project.refused("GET", "/logstores/store/index") == (404, "IndexConfigNotExist")


JOURNAL = {"plugin": {"inputs": [{"type": "service_journal", "detail": {"JournalPaths": ["/var/log/journal"]}}]}}
CONFIG = {
    "configName": "journal",
    "logSample": "",
    "inputType": "plugin",
    "inputDetail": JOURNAL,
    "outputType": "LogService",
    "outputDetail": {"projectName": "logs", "logstoreName": "store", "compressType": ""},
}
GROUP = {
    "groupName": "machines",
    "groupType": "",
    "machineIdentifyType": "userdefined",
    "machineList": ["metal"],
    "groupAttribute": {"externalName": "", "groupTopic": ""},
}


@pytest.fixture
def collected(project: LogClient) -> LogClient:
    """A project with a store, a machine group and a configuration."""
    for path, body in (("/logstores", {"logstoreName": "store"}), ("/machinegroups", GROUP), ("/configs", CONFIG)):
        project.ok("POST", path, body)
    return project


def test_a_machine_group_lives(cloud: Cloud, collected: LogClient) -> None:
    assert collected.refused("POST", "/machinegroups", GROUP) == (400, "MachineGroupAlreadyExist")
    made = collected.ok("GET", "/machinegroups/machines")
    assert {name: made[name] for name in GROUP} == GROUP
    cloud.clock.advance(60)
    other = {**GROUP, "machineIdentifyType": "ip", "machineList": ["10.0.0.1"], "groupAttribute": {"externalName": "", "groupTopic": "t"}}
    collected.ok("PUT", "/machinegroups/machines", other)
    changed = collected.ok("GET", "/machinegroups/machines")
    assert {name: changed[name] for name in GROUP} == other
    assert (changed["createTime"], changed["lastModifyTime"]) == (made["createTime"], made["lastModifyTime"] + 60)
    collected.ok("POST", "/machinegroups", {**GROUP, "groupName": "others"})
    assert collected.ok("GET", "/machinegroups", offset="1", size="1") == {"count": 1, "total": 2, "machinegroups": ["others"]}
    assert collected.ok("GET", "/machinegroups", groupName="machine")["machinegroups"] == ["machines"]
    collected.ok("DELETE", "/machinegroups/machines")
    for method, body in (("GET", None), ("PUT", GROUP), ("DELETE", None)):
        assert collected.refused(method, "/machinegroups/machines", body) == (404, "MachineGroupNotExist")


def test_what_is_collected_lives(cloud: Cloud, collected: LogClient) -> None:
    assert collected.refused("POST", "/configs", CONFIG) == (400, "ConfigAlreadyExist")
    made = collected.ok("GET", "/configs/journal")
    assert {name: made[name] for name in CONFIG} == CONFIG
    cloud.clock.advance(60)
    other = {**CONFIG, "logSample": "a line", "inputType": "file", "inputDetail": {"logType": "json_log", "logPath": "/var/log"}}
    collected.ok("PUT", "/configs/journal", other)
    changed = collected.ok("GET", "/configs/journal")
    assert {name: changed[name] for name in CONFIG} == other
    assert (changed["createTime"], changed["lastModifyTime"]) == (made["createTime"], made["lastModifyTime"] + 60)
    assert collected.ok("GET", "/configs", logstoreName="store") == {"count": 1, "total": 1, "configs": ["journal"]}
    assert collected.ok("GET", "/configs", logstoreName="other")["configs"] == []
    assert [collected.ok("GET", "/configs", configName=name)["total"] for name in ("jour", "other")] == [1, 0]
    collected.ok("DELETE", "/configs/journal")
    for method, body in (("GET", None), ("PUT", CONFIG), ("DELETE", None)):
        assert collected.refused(method, "/configs/journal", body) == (404, "ConfigNotExist")


def test_a_project_collects_no_more_than_it_may(collected: LogClient) -> None:
    for number in range(99):
        collected.ok("POST", "/configs", {**CONFIG, "configName": f"journal-{number}"})
    assert collected.refused("POST", "/configs", {**CONFIG, "configName": "one-more"}) == (400, "ExceedQuota")


def test_a_configuration_is_applied_to_machines_until_one_of_both_goes(collected: LogClient) -> None:
    for _ in range(2):
        assert collected.ok("PUT", "/machinegroups/machines/configs/journal") is None
    assert collected.ok("GET", "/machinegroups/machines/configs") == {"count": 1, "configs": ["journal"]}
    assert collected.ok("GET", "/configs/journal/machinegroups") == {"count": 1, "machinegroups": ["machines"]}
    collected.ok("PUT", "/machinegroups/machines", GROUP)
    assert collected.ok("GET", "/machinegroups/machines/configs")["configs"] == ["journal"]
    collected.ok("DELETE", "/machinegroups/machines/configs/journal")
    assert collected.ok("GET", "/configs/journal/machinegroups")["machinegroups"] == []
    collected.ok("DELETE", "/machinegroups/machines/configs/journal")
    collected.ok("PUT", "/machinegroups/machines/configs/journal")
    collected.ok("DELETE", "/configs/journal")
    assert collected.ok("GET", "/machinegroups/machines/configs")["configs"] == []
    collected.ok("POST", "/configs", CONFIG)
    collected.ok("PUT", "/machinegroups/machines/configs/journal")
    collected.ok("DELETE", "/machinegroups/machines")
    assert collected.ok("GET", "/configs/journal/machinegroups") == {"count": 0, "machinegroups": []}
    assert collected.refused("PUT", "/machinegroups/machines/configs/journal") == (404, "MachineGroupNotExist")
    collected.ok("POST", "/machinegroups", GROUP)
    assert collected.refused("PUT", "/machinegroups/machines/configs/other") == (404, "ConfigNotExist")


def test_groups_and_what_they_collect_go_with_their_project(collected: LogClient) -> None:
    assert [row["kind"] for row in collected.cloud.inventory()] == ["log-project", "log-store", "log-machine-group", "log-config"]
    collected.ok("DELETE", "/")
    assert collected.cloud.inventory() == []


@pytest.mark.parametrize(
    ("path", "right", "wrong"),
    [
        ("/machinegroups", GROUP, {"groupName": "Machines"}),
        ("/machinegroups", GROUP, {"machineIdentifyType": "name"}),
        ("/machinegroups", GROUP, {"machineList": "metal"}),
        ("/machinegroups", GROUP, {"machineList": [""]}),
        ("/machinegroups", GROUP, {"groupAttribute": "t"}),
        ("/configs", CONFIG, {"configName": "j"}),
        ("/configs", CONFIG, {"inputType": "syslog"}),
        ("/configs", CONFIG, {"inputDetail": []}),
        ("/configs", CONFIG, {"inputDetail": {"logType": "json_log"}}),
        ("/configs", CONFIG, {"outputType": "Kafka"}),
        ("/configs", CONFIG, {"outputDetail": None}),
    ],
)
def test_what_is_wrong_in_them_is_refused(collected: LogClient, path: str, right: dict[str, Any], wrong: dict[str, Any]) -> None:
    key = "groupName" if right is GROUP else "configName"
    assert collected.refused("POST", path, {**right, key: "another", **wrong}) == (400, "InvalidParameter")
    assert collected.ok("GET", path)["total"] == 1


def test_what_is_collected_may_be_said_before_its_store_is_made(collected: LogClient) -> None:
    collected.ok("POST", "/configs", {**CONFIG, "configName": "another", "outputDetail": {"logstoreName": "later"}})
    assert collected.ok("GET", "/configs", logstoreName="later")["configs"] == ["another"]


def test_an_unknown_path_is_counted(service: LogClient) -> None:
    assert service.refused("GET", "/dashboards") == (404, "InvalidAction.NotFound")


def test_a_region_and_a_project_in_the_host_count(service: LogClient) -> None:
    headers = {"host": "logs.cn-beijing.log.aliyuncs.com", "authorization": "LOG nobody:x"}
    service.cloud.handle(Request.build("GET", "http://logs.cn-beijing.log.aliyuncs.com/", headers, b""))
    logged = service.cloud.requests.rows[-1]
    assert (logged["region"], logged["action"]) == ("cn-beijing", "GetProject")
