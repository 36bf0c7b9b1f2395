"""Answers that no API should give: each is tolerated or told in one message, and no service or machine is lost, doubled or bought again."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.provider import spoiled
from tests.provider.harness import GROUP_URN, SECRET, URN, Failed, Harness, group, plain, service
from tests.provider.spoiled import READABLE, WHOLE, fields, install, reads_well, top

Provide = Callable[[Any], None]
EVERY = {**WHOLE, **READABLE}
#: The API's own word that it did nothing; an order that is answered so is given again.
REFUSALS = ("a throttling that lasts for weeks", "a throttling without a number")


async def fails(work: Any) -> Failed:
    with pytest.raises(Failed) as caught:
        await work
    return caught.value


@pytest.mark.parametrize("kind", EVERY)
def test_a_create_answered_by_nonsense_makes_one_service(provide: Provide, kind: str) -> None:
    async def test(harness: Harness) -> None:
        install(harness.cloud, "CreateService", EVERY[kind], 1)
        made = await harness.create(URN, service(token=SECRET))
        assert plain(made.properties)["status"] == "Running"
        assert len(harness.inventory("eas-service")) == 1
        assert "fourways-creating" not in await harness.labels("chat")

    provide(test)


@pytest.mark.parametrize("kind", [kind for kind in EVERY if kind not in REFUSALS])
def test_machines_whose_order_is_answered_by_nonsense_are_bought_once(provide: Provide, kind: str) -> None:
    async def test(harness: Harness) -> None:
        install(harness.cloud, "CreateResource", EVERY[kind], 1)
        made = await harness.create(GROUP_URN, group())
        assert plain(made.properties)["gpus"] == 4
        assert len(harness.cloud.ledger.rows()) == 1

    provide(test)


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("action", ["DescribeService", "ListServices"])
def test_a_service_that_cannot_be_read_is_kept(provide: Provide, action: str, kind: str) -> None:
    async def test(harness: Harness) -> None:
        install(harness.cloud, action, WHOLE[kind])
        failed = await fails(harness.create(URN, service(token=SECRET)))
        assert failed.kept_id == "ap-southeast-1/chat"
        reads_well(str(failed), action, "It is kept in the state: run `pulumi up` again")
        assert len(harness.inventory("eas-service")) == 1

    provide(test)


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("action", ["ListResources", "ListResourceInstances"])
def test_nothing_is_bought_on_a_list_that_cannot_be_read(provide: Provide, action: str, kind: str) -> None:
    """A machine that runs must not be bought again because it could not be seen."""

    async def test(harness: Harness) -> None:
        await harness.create(GROUP_URN, group())
        bought = harness.calls("CreateResource")
        install(harness.cloud, action, WHOLE[kind])
        failed = await fails(harness.create(GROUP_URN.replace("gpus", "more"), group()))
        reads_well(str(failed), action)
        assert harness.calls("CreateResource") == bought

    provide(test)


@pytest.mark.parametrize("kind", WHOLE)
def test_nothing_is_called_for_an_account_that_cannot_be_read(provide: Provide, kind: str) -> None:
    async def test(harness: Harness) -> None:
        install(harness.cloud, "GetCallerIdentity", WHOLE[kind])
        reads_well(str(await fails(harness.create(URN, service(token=SECRET)))), "cannot create chat: GetCallerIdentity")
        assert harness.calls("CreateService") == 0

    provide(test)


@pytest.mark.parametrize("kind", WHOLE)
def test_an_update_answered_by_nonsense_reaches_the_new_version_once(provide: Provide, kind: str) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        install(harness.cloud, "UpdateService", WHOLE[kind], 1)
        second = service()
        second["config"]["containers"][0]["image"] = "registry/vllm:2"
        updated = plain((await harness.update(URN, made, service(), second)).properties)
        assert updated["status"] == "Running"
        assert updated["currentVersion"] == updated["latestVersion"]

    provide(test)


@pytest.mark.parametrize("kind", WHOLE)
def test_a_delete_answered_by_nonsense_ends_when_the_service_is_gone(provide: Provide, kind: str) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        install(harness.cloud, "DeleteService", WHOLE[kind], 1)
        await harness.delete(URN, made)
        assert harness.inventory("eas-service") == []

    provide(test)


@pytest.mark.parametrize("kind", WHOLE)
def test_a_refresh_on_nonsense_forgets_nothing(provide: Provide, kind: str) -> None:
    """A 404 that is a proxy's page must not take the service out of the state."""

    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service(token=SECRET))
        install(harness.cloud, "DescribeService", WHOLE[kind])
        inputs = await harness.checked(URN, service(token=SECRET))
        reads_well(str(await fails(harness.read(URN, made.id, made.properties, inputs))), "cannot read chat: DescribeService")

    provide(test)


#: Fields as they should not be, in what DescribeService and ListServices say, with which the service still comes up.
TOLERATED: dict[str, dict[str, Any]] = {
    "labels as a mapping": {"Labels": {"team": "llm"}},
    "labels that are null": {"Labels": None},
    "labels that are texts": {"Labels": ["team=llm"]},
    "labels with lists for keys": {"Labels": [{"LabelKey": ["a"], "LabelValue": "b"}]},
    "labels without values": {"Labels": [{"LabelKey": "a"}, {}, None]},
    "counts as texts": {"RunningInstance": "1", "TotalInstance": "1", "LatestVersion": "1", "CurrentVersion": "1"},
    "counts as fractions": {"RunningInstance": 1.0, "TotalInstance": 1.0},
    "versions that are no numbers": {"LatestVersion": float("nan"), "CurrentVersion": float("inf")},
    "no versions": {"LatestVersion": ..., "CurrentVersion": ...},
    "no configuration": {"ServiceConfig": ...},
    "a configuration that is no JSON": {"ServiceConfig": "{cut"},
    "a configuration that is a list": {"ServiceConfig": ["a"]},
    "a key that is an object": {"AccessToken": {"value": "x"}},
    "times that are numbers": {"UpdateTime": 1780000000, "CreateTime": None},
    "a lock of no known kind": {"SafetyLock": 5},
    "endpoints that are lists": {"InternetEndpoint": ["http://x"], "IntranetEndpoint": None},
    "a message of a megabyte": {"Message": "m" * 1_000_000, "Reason": ["r"]},
    "a total of millions": {"TotalCount": 10**9},
    "a total that is a text": {"TotalCount": "many"},
    "new fields": {"Flavour": "vanilla", "Gpus": [{"Kind": "H30"}]},
}


@pytest.mark.parametrize("kind", TOLERATED)
def test_odd_fields_of_a_service_are_tolerated(provide: Provide, kind: str) -> None:
    async def test(harness: Harness) -> None:
        for action in ("DescribeService", "ListServices"):
            install(harness.cloud, action, (top if "TotalCount" in TOLERATED[kind] else fields)(**TOLERATED[kind]))
        made = await harness.create(URN, service(token=SECRET))
        outputs = plain(made.properties)
        assert outputs["status"] == "Running"
        assert outputs["accessToken"] == SECRET
        inputs = await harness.checked(URN, service(token=SECRET))
        assert (await harness.read(URN, made.id, made.properties, inputs)).id == made.id
        assert (await harness.read(URN, made.id)).id == made.id
        json.dumps(outputs, allow_nan=False)

    provide(test)


#: Statuses that no page lists, or that are no texts: the wait goes on and shows them, and ends by its timeout with the service kept.
STATUSES: dict[str, Any] = {
    "new": "Hibernating",
    "a number": 5,
    "null": None,
    "missing": ...,
    "a list": ["Running"],
    "in capitals": "RUNNING",
}


@pytest.mark.parametrize("kind", STATUSES)
def test_an_unknown_status_is_waited_on_and_shown(provide: Provide, kind: str) -> None:
    async def test(harness: Harness) -> None:
        for action in ("DescribeService", "ListServices"):
            install(harness.cloud, action, fields(Status=STATUSES[kind]))
        failed = await fails(harness.create(URN, service(token=SECRET), timeout=60))
        assert failed.kept_id == "ap-southeast-1/chat"
        shown = STATUSES[kind] if isinstance(STATUSES[kind], str | int) else "unknown status"
        reads_well(str(failed), f"timed out after 60 s: {shown}, 1 of 1 ready")

    provide(test)


@pytest.mark.parametrize("count", ["two", -1, [1], None, True], ids=str)
def test_a_count_that_is_none_is_not_taken_for_ready(provide: Provide, count: Any) -> None:
    async def test(harness: Harness) -> None:
        for action in ("DescribeService", "ListServices"):
            install(harness.cloud, action, fields(RunningInstance=count))
        failed = await fails(harness.create(URN, service(), timeout=60))
        assert failed.kept_id == "ap-southeast-1/chat"
        reads_well(str(failed), "timed out after 60 s: Running, ")

    provide(test)


@pytest.mark.parametrize(
    ("action", "changes", "words"),
    [
        ("DescribeService", {"ServiceName": ..., "ServiceId": ...}, "the answer has no ServiceName and no ServiceId"),
        ("DescribeService", {"ServiceName": "other", "ServiceId": "eas-m-other"}, "the answer is about another one"),
        ("ListServices", {"Services": "none"}, "Services in the answer is a text, not a list"),
        ("ListServices", {"Services": ["chat"]}, "Services in the answer holds a text, not objects"),
        ("ListServices", {"Services": {"chat": {}}}, "Services in the answer is an object, not a list"),
        ("ListServices", {"Services": [], "TotalCount": 3}, "the list is empty, and TotalCount says 3"),
    ],
)
def test_a_service_that_is_not_told_is_kept(provide: Provide, action: str, changes: dict[str, Any], words: str) -> None:
    async def test(harness: Harness) -> None:
        install(harness.cloud, action, top(**changes))
        failed = await fails(harness.create(URN, service(token=SECRET)))
        assert failed.kept_id == "ap-southeast-1/chat"
        reads_well(str(failed), f"{action}: ", words)

    provide(test)


@pytest.mark.parametrize(
    ("action", "changes", "words"),
    [
        ("ListResources", {"ResourceId": ...}, "an entry of Resources in the answer has no ResourceId"),
        ("ListResources", {"ResourceId": 5}, "an entry of Resources in the answer has no ResourceId"),
        ("ListResourceInstances", {"InstanceId": None}, "an entry of Instances in the answer has no InstanceId"),
        ("ListResourceInstances", {"InstanceId": ["i-1"]}, "an entry of Instances in the answer has no InstanceId"),
    ],
)
def test_machines_without_a_name_stop_a_purchase(provide: Provide, action: str, changes: dict[str, Any], words: str) -> None:
    async def test(harness: Harness) -> None:
        await harness.create(GROUP_URN, group())
        install(harness.cloud, action, fields(**changes) if action != "ListResources" else _rows(changes))
        reads_well(str(await fails(harness.create(GROUP_URN.replace("gpus", "more"), group()))), f"{action}: ", words)
        assert harness.calls("CreateResource") == 1

    provide(test)


def _rows(changes: dict[str, Any]) -> Any:
    return lambda genuine: spoiled.Response.of_json(
        {
            **json.loads(genuine.body),
            "Resources": [
                {name: value for name, value in {**row, **changes}.items() if value is not ...}
                for row in json.loads(genuine.body)["Resources"]
            ],
        }
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"InstanceGpuCount": "four"},
        {"InstanceGpuCount": float("nan"), "InstanceUsedGpu": ["x"]},
        {"ChargeType": ["PostPaid"], "InstanceType": None, "Zone": 5},
        {"Labels": {"a": {"b": "c"}}},
        {"CreateTime": None, "AutoRenewal": "no"},
    ],
    ids=str,
)
def test_odd_fields_of_machines_lose_no_group(provide: Provide, changes: dict[str, Any]) -> None:
    async def test(harness: Harness) -> None:
        install(harness.cloud, "ListResourceInstances", fields(**changes))
        made = await harness.create(GROUP_URN, group())
        assert len(harness.inventory("eas-resource-group")) == 1
        assert (await harness.read(GROUP_URN, made.id, made.properties, await harness.checked(GROUP_URN, group()))).id == made.id
        assert (await harness.read(GROUP_URN, made.id)).id == made.id
        await harness.delete(GROUP_URN, made)
        assert harness.inventory("eas-dedicated-machine") == []

    provide(test)


@pytest.mark.parametrize("kind", WHOLE)
def test_reasons_that_cannot_be_read_hold_nothing_up(provide: Provide, kind: str) -> None:
    async def test(harness: Harness) -> None:
        harness.cloud.seed = {"eas": {"stock": {"ecs.gn8v-4x.24xlarge": "NoStock"}}}
        for action in ("DescribeServiceEvent", "DescribeMachineSpec", "ListServiceInstances"):
            install(harness.cloud, action, WHOLE[kind])
        started = harness.clock.now()
        failed = await fails(harness.create(URN, service(token=SECRET), timeout=60))
        assert harness.clock.now() - started < 70
        reads_well(str(failed), "timed out after 60 s: Waiting, 0 of 1 ready")

    provide(test)
