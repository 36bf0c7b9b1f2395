"""Where a resource group's logs go, over gRPC against the fake cloud: handed over, switched, ended, and never left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest
from pulumi.runtime.proto import provider_pb2

from fourways.fakes.services.sls.backend import Project, SlsBackend, Store
from fourways.provider.eas.groups import group_log
from fourways.provider.eas.groups.group_calls import GroupCalls
from fourways.provider.errors import ProviderError
from tests.provider.harness import GROUP_URN, REGION, Failed, Harness, group, plain, struct

Provide = Callable[[Any], None]
ACCOUNT = "1000000000000001"
LINES, OTHERS = {"project": "logs", "logStore": "lines"}, {"project": "logs", "logStore": "others"}


@pytest.fixture
def stores(cloud: Any) -> dict[str, Store]:
    """A project with two stores in the region of the group."""
    made = {name: Store(name, 0.0, {"ttl": 30, "shardCount": 1}) for name in ("lines", "others")}
    cloud.backend(SlsBackend, ACCOUNT, REGION).projects["logs"] = Project("logs", REGION, 0.0, stores=made)
    return made


def into(stores: dict[str, Store]) -> list[str]:
    """The stores that logs of a group come into."""
    return [name for name, store in stores.items() if store.sources]


async def refreshed(harness: Harness, made: Any, inputs: dict[str, Any]) -> Any:
    return await harness.read(GROUP_URN, made.id, made.properties, await harness.checked(GROUP_URN, inputs))


def test_logs_are_handed_over_and_end_with_the_group(provide: Provide, stores: dict[str, Store]) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(GROUP_URN, group(log=LINES))
        assert plain(made.properties)["log"] == LINES
        assert into(stores) == ["lines"]
        read = await refreshed(harness, made, group(log=LINES))
        assert plain(read.inputs)["log"] == LINES
        await harness.delete(GROUP_URN, made)
        assert into(stores) == []
        assert [row for row in harness.cloud.inventory() if not row["kind"].startswith("log-")] == []

    provide(test)


def test_a_group_without_logs_asks_for_none(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(GROUP_URN, group())
        await refreshed(harness, made, group())
        await harness.update(GROUP_URN, made, group(), group(instanceCount=2))
        await harness.delete(GROUP_URN, made)
        assert [harness.calls(f"{verb}ResourceLog") for verb in ("Create", "Describe", "Delete")] == [0, 0, 0]

    provide(test)


def test_logs_are_switched_and_taken_out_in_place(provide: Provide, stores: dict[str, Store]) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(GROUP_URN, group())
        answer = await harness.diff(GROUP_URN, made, group(), group(log=LINES))
        assert (set(answer.detailedDiff), list(answer.replaces)) == ({"log"}, [])
        await harness.update(GROUP_URN, made, group(), group(log=LINES))
        await harness.update(GROUP_URN, made, group(log=LINES), group(log=LINES, labels={"a": "b"}))
        assert (into(stores), harness.calls("CreateResourceLog")) == (["lines"], 1)  # it is so already
        await harness.update(GROUP_URN, made, group(log=LINES), group(log=OTHERS))
        assert into(stores) == ["others"]
        await harness.update(GROUP_URN, made, group(log=OTHERS), group())
        assert into(stores) == []

    provide(test)


def test_drift_of_logs_is_found_and_repaired(provide: Provide, stores: dict[str, Store]) -> None:
    async def test(harness: Harness) -> None:
        inputs = group(log=LINES)
        made = await harness.create(GROUP_URN, inputs)
        resource = plain(made.properties)["resourceId"]
        stores["others"].sources[resource] = stores["lines"].sources.pop(resource)
        read = await refreshed(harness, made, inputs)
        assert plain(read.inputs)["log"] == OTHERS
        assert set((await harness.diff(GROUP_URN, made, read.inputs, inputs)).detailedDiff) == {"log.logStore"}
        stores["others"].sources.clear()
        read = await refreshed(harness, made, inputs)
        assert "log" not in plain(read.inputs)
        await harness.update(GROUP_URN, made, read.inputs, inputs)
        assert into(stores) == ["lines"]

    provide(test)


def test_an_imported_group_tells_where_its_logs_go(provide: Provide, stores: dict[str, Store]) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(GROUP_URN, group(log=LINES))
        assert plain((await harness.read(GROUP_URN, made.id)).inputs)["log"] == LINES
        await harness.services.eas.stop_group_log(plain(made.properties)["resourceId"])
        assert "log" not in plain((await harness.read(GROUP_URN, made.id)).inputs)
        assert into(stores) == []

    provide(test)


def test_a_store_that_is_not_there_keeps_the_group_in_the_state(provide: Provide, stores: dict[str, Store]) -> None:
    async def test(harness: Harness) -> None:
        nowhere = group(log={"project": "logs", "logStore": "nowhere"})
        with pytest.raises(Failed, match=r"no logstore nowhere of project logs") as failed:
            await harness.create(GROUP_URN, nowhere)
        assert failed.value.kept_id
        assert failed.value.properties["instanceIds"]
        kept = provider_pb2.CreateResponse(id=failed.value.kept_id, properties=struct(failed.value.properties))
        await harness.update(GROUP_URN, kept, nowhere, group(log=LINES))
        assert into(stores) == ["lines"]

    provide(test)


def test_a_lost_answer_is_no_failure(provide: Provide, stores: dict[str, Store]) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("error-after", "CreateResourceLog")
        await harness.create(GROUP_URN, group(log=LINES))
        assert into(stores) == ["lines"]
        assert harness.calls("CreateResourceLog") == 2

    provide(test)


def test_logs_that_could_not_be_taken_out_stay_in_the_state(provide: Provide, stores: dict[str, Store]) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(GROUP_URN, group(log=LINES))
        harness.fault("error", "DeleteResourceLog", status=403, code="Forbidden.RAM")
        with pytest.raises(Failed) as failed:
            await harness.update(GROUP_URN, made, group(log=LINES), group())
        assert failed.value.properties["log"] == LINES
        assert failed.value.inputs["log"] == LINES
        await harness.update(GROUP_URN, made, struct(failed.value.inputs), group())
        assert into(stores) == []

    provide(test)


class SlowToEnd:
    """EAS that goes on delivering for two looks after it was asked to end, and knows no store at all."""

    def __init__(self) -> None:
        self.looks_left, self.said = 3, list[str]()

    async def group_log(self, group: str) -> dict[str, str] | None:
        assert group
        self.looks_left -= 1
        return {"ProjectName": "logs", "LogStore": "lines"} if self.looks_left >= 0 else None

    async def stop_group_log(self, group: str) -> None:
        self.said.append(f"stop {group}")

    async def deliver_group_log(self, group: str, project: str, store: str) -> None:
        self.said.append(f"deliver {group} to {store} of {project}")

    async def pause(self, state: str) -> None:
        self.said.append(state)


def test_an_end_under_way_is_waited_for_before_a_start() -> None:
    eas = SlowToEnd()
    with pytest.raises(ProviderError, match="EAS knows no log store others of project logs"):
        asyncio.run(group_log.settle(cast(GroupCalls, eas), "eas-r-1", OTHERS, eas.pause))
    waited = "logs still go to lines of logs"
    assert eas.said == ["stop eas-r-1", waited, waited, "deliver eas-r-1 to others of logs"]
