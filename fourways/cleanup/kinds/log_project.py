"""Projects of Simple Log Service: billed by what is in their stores, which go with them. Tagged by a second call. Ids as the plugin makes
them (terraform-provider-alicloud 1.285.0, resource_alicloud_log_*.go): the names, joined by colons.

A store in a project that was adopted (`monitoring.logs.project`) has neither tags nor a hash in its name: only its state knows it.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from fourways.cleanup.cloud import Cloud, Record
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.base import Kind, LookUp, Part, moment, or_none
from fourways.cleanup.wanted import Wanted
from fourways.cloud import answers, ownership

PAGE = 100


def find(cloud: Cloud, region: str, project: str) -> Iterator[Found]:
    """Projects with the project's tag: ListTagResources by it."""
    wanted = {"resourceType": "project", "tags": json.dumps([{"key": ownership.PROJECT, "value": project}])}
    names = {text for row in _tag_rows(cloud, region, wanted) if (text := answers.text(row.get("resourceId")))}
    for name in sorted(names):
        yield from _one(cloud, region, name)


def everything(cloud: Cloud, region: str) -> Iterator[Found]:
    """ListProject; without tags."""
    offset = 0
    while True:
        answer = cloud.logs("ListProject", region, "GET", "/", {"offset": str(offset), "size": str(PAGE)})
        rows, total = answer.get("projects"), answers.whole(answer.get("total"))
        if not isinstance(rows, list) or total is None:
            raise answers.unreadable("ListProject", "the answer has no list of projects")
        yield from (_found(row, region, {}) for row in rows)
        offset += len(rows)
        if not rows or offset >= total:
            return


def delete(cloud: Cloud, found: Found) -> None:
    """With its stores and all that is in them."""
    cloud.logs("DeleteProject", found.region, "DELETE", "/", project=found.id)


def exists(_: Kind, cloud: Cloud, found: Found) -> bool:
    """By name."""
    return any(_one(cloud, found.region, found.id))


def look_up(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """GetProject: a name is nobody else's in all of Alibaba Cloud."""
    yield from _one(cloud, wanted.region, wanted.get("projectName") or wanted.need("name"))


def _one(cloud: Cloud, region: str, name: str) -> Iterator[Found]:
    for row in or_none(lambda: [cloud.logs("GetProject", region, "GET", "/", project=name)]):
        asked = {"resourceType": "project", "resourceId": json.dumps([name])}
        pairs = [{"Key": tag.get("tagKey"), "Value": tag.get("tagValue")} for tag in _tag_rows(cloud, region, asked)]
        yield _found(row, region, ownership.from_list(pairs))


def _tag_rows(cloud: Cloud, region: str, query: dict[str, str]) -> list[Record]:
    rows: list[Record] = []
    token: dict[str, str] = {}
    while True:
        answer = cloud.logs("ListTagResources", region, "GET", "/tags", {**query, **token})
        page = answer.get("tagResources")
        if not isinstance(page, list) or not all(isinstance(row, dict) for row in page):
            raise answers.unreadable("ListTagResources", "the answer has no list of tags")
        rows += page
        following = answers.text(answer.get("nextToken"))
        if not following:
            return rows
        if token.get("nextToken") == following:
            raise answers.unreadable("ListTagResources", "the list repeats its page for ever")
        token = {"nextToken": following}


def _found(row: Record, region: str, tags: dict[str, str]) -> Found:
    name = answers.text(row.get("projectName"))
    made, said = _made(row.get("createTime")), answers.text(row.get("description"))
    return Found(kind="log-project", id=name, name=name, region=region, tags=tags, created=made, metered=True, described=said)


def _made(said: object) -> datetime | None:
    """A time in words, or seconds since 1970 (help centre, GetProject, has both)."""
    seconds = answers.whole(said)
    return datetime.fromtimestamp(seconds, UTC) if seconds else moment(said)


def _part(kind: str, action: str, path: str, *names: tuple[str, ...]) -> LookUp:
    """Looked up by name below its project; `names` are the inputs, the first of which is the project's, that make its id."""

    def look_up_part(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
        said = [next(filter(None, map(wanted.get, inputs)), "") or wanted.need(inputs[0]) for inputs in names]
        asked = path.format(*said)
        if or_none(lambda: [cloud.logs(action, wanted.region, "GET", asked, project=said[0])]):
            yield Found(kind=kind, id=":".join(said), name=wanted.name, region=wanted.region, free=True)

    return look_up_part


def look_up_attachment(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """GetAppliedConfigs of the machine group."""
    project, config, group = wanted.need("project"), wanted.need("logtailConfigName"), wanted.need("machineGroupName")
    for answer in or_none(
        lambda: [cloud.logs("GetAppliedConfigs", wanted.region, "GET", f"/machinegroups/{group}/configs", project=project)]
    ):
        if config in (answer.get("configs") or []):
            yield Found(kind="log-attachment", id=f"{project}:{config}:{group}", name=wanted.name, region=wanted.region, free=True)


_PROJECT = ("projectName", "project")
_STORE = ("logstoreName", "logstore", "name")

KIND = Kind(name="log-project", order=30, list=find, delete=delete, exists=exists, look_up=look_up, everything=everything)
STORE = Part(
    name="log-store",
    type="alicloud:log/store:Store",
    look_up=_part("log-store", "GetLogStore", "/logstores/{1}", _PROJECT, _STORE),
)
INDEX = Part(
    name="log-index",
    type="alicloud:log/storeIndex:StoreIndex",
    look_up=_part("log-index", "GetIndex", "/logstores/{1}/index", ("project",), ("logstore",)),
)
MACHINES = Part(
    name="log-machine-group",
    type="alicloud:log/machineGroup:MachineGroup",
    look_up=_part("log-machine-group", "GetMachineGroup", "/machinegroups/{1}", ("project",), ("name",)),
)
CONFIG = Part(
    name="log-config",
    type="alicloud:log/logTailConfig:LogTailConfig",
    look_up=_part("log-config", "GetConfig", "/configs/{2}", ("project",), ("logstore",), ("name",)),
)
ATTACHMENT = Part(name="log-attachment", type="alicloud:log/logTailAttachment:LogTailAttachment", look_up=look_up_attachment)
