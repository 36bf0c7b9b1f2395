"""A service from its first check to its end, over gRPC against the fake cloud."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.provider.harness import GROUP_URN, REGION, SECRET, URN, Failed, Harness, group, plain, service

Provide = Callable[[Any], None]


def changed(**metadata: Any) -> dict[str, Any]:
    made = service()
    made["config"]["metadata"] |= metadata
    return made


def created_labels(harness: Harness) -> dict[str, str]:
    (row,) = [row for row in harness.cloud.requests.rows if row["action"] == "CreateService"]
    labels: dict[str, str] = json.loads(row["parameters"]["Labels"])
    return labels


def test_create_read_and_delete(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service(token=SECRET, labels={"team": "llm"}, safetyLock="dangerous"))
        outputs = plain(made.properties)
        assert made.id == f"{REGION}/chat"
        assert outputs["status"] == "Running"
        assert outputs["runningInstance"] == 1
        assert outputs["accessToken"] == SECRET
        assert outputs["account"] == "1000000000000001"
        assert outputs["target"] == "fake"
        assert outputs["internetEndpoint"].endswith("/chat")
        assert {"team": "llm", "fourways-project": "fourways", "fourways-stack": "test"}.items() <= outputs["labels"].items()
        assert "fourways-creating" in created_labels(harness)
        assert "fourways-creating" not in await harness.labels("chat")

        again = await harness.read(
            URN, made.id, made.properties, await harness.checked(URN, service(token=SECRET, labels={"team": "llm"}, safetyLock="dangerous"))
        )
        assert plain(again.properties) == outputs
        assert plain(again.inputs)["config"] == service()["config"]

        with pytest.raises(Failed, match="set safetyLock to none, run `pulumi up`"):
            await harness.delete(URN, made)
        made.properties.CopyFrom(
            (await harness.update(URN, made, service(token=SECRET, safetyLock="dangerous"), service(token=SECRET))).properties
        )
        assert harness.calls("UpdateService") == 0
        await harness.delete(URN, made)
        assert harness.inventory("eas-service") == []
        assert all(row["closed"] is not None for row in harness.cloud.ledger.rows())
        await harness.delete(URN, made)  # not there is success

    provide(test)


def test_a_preview_asks_for_stock_alone_and_knows_the_inputs(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        answer = await harness.create(URN, service(token=SECRET), preview=True)
        outputs = answer.properties.fields
        assert outputs["region"].string_value == REGION
        assert outputs["serviceId"].string_value == "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
        assert SECRET not in outputs["accessToken"].string_value
        assert {row["action"] for row in harness.cloud.requests.rows} == {"GetCallerIdentity", "DescribeMachineSpec"}
        assert harness.lines.warnings == []

    provide(test)


def test_no_difference_after_create_refresh_and_in_both_spellings_of_a_default(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        assert not (await harness.diff(URN, made, service(), service())).diffs
        refreshed = await harness.read(URN, made.id, made.properties, await harness.checked(URN, service()))
        answer = await harness.diff(URN, made, refreshed.inputs, service())
        assert answer.changes == answer.DIFF_NONE
        silent = service()
        del silent["config"]["metadata"]["instance"]
        answer = await harness.diff(URN, made, refreshed.inputs, silent)
        assert answer.changes == answer.DIFF_NONE

    provide(test)


def test_an_update_waits_for_the_new_version_and_removes_keys(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        first = service()
        first["config"]["containers"][0]["env"] = [{"name": "A", "value": "1"}]
        first["config"]["features"] = {"x": "y"}
        made = await harness.create(URN, first)
        second = service()
        second["config"]["containers"][0]["image"] = "registry/vllm:2"
        answer = await harness.diff(URN, made, first, second)
        assert {key: value.kind for key, value in answer.detailedDiff.items()} == {
            "config.containers[0].image": 4,
            "config.containers[0].env": 2,
            "config.features": 2,
        }
        assert not answer.replaces
        updated = plain((await harness.update(URN, made, first, second)).properties)
        assert updated["currentVersion"] == updated["latestVersion"] == 2
        assert updated["status"] == "Running"
        now = await harness.read(URN, made.id)
        assert plain(now.inputs)["config"]["containers"] == second["config"]["containers"]
        assert "features" not in plain(now.inputs)["config"]
        assert any(line.startswith("Updating, 0 of 1 ready") or line.startswith("Updating, 1 of 1") for line in harness.lines.statuses)

    provide(test)


def test_lists_that_still_show_the_old_version_do_not_end_the_wait(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        eas = harness.services.eas
        fresh, stale = eas.list_services, await eas.list_services({})
        looks = []

        async def lagging(labels: Any) -> list[dict[str, Any]]:
            looks.append(labels)
            return stale if len(looks) < 2 else await fresh(labels)

        eas.list_services = lagging  # type: ignore[method-assign]
        second = service()
        second["config"]["containers"][0]["image"] = "registry/vllm:2"
        updated = plain((await harness.update(URN, made, service(), second)).properties)
        assert (updated["status"], updated["currentVersion"], updated["latestVersion"]) == ("Running", 2, 2)
        assert any("still version 1" in line for line in harness.lines.statuses)

    provide(test)


def test_more_replicas_scale_without_a_new_version(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        updated = plain((await harness.update(URN, made, service(), changed(instance=3))).properties)
        assert (updated["runningInstance"], updated["totalInstance"], updated["latestVersion"]) == (3, 3, 1)

    provide(test)


def test_labels_alone_use_the_label_operations(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        old, new = service(labels={"a": "1", "b": "2"}), service(labels={"b": "3", "c": "4"})
        made = await harness.create(URN, old)
        answer = await harness.diff(URN, made, old, new)
        assert {key: value.kind for key, value in answer.detailedDiff.items()} == {"labels.a": 2, "labels.b": 4, "labels.c": 0}
        removed = harness.calls("DeleteServiceLabel")
        await harness.update(URN, made, old, new)
        assert harness.calls("UpdateService") == 0
        assert harness.calls("UpdateServiceLabel") == 1
        assert harness.calls("DeleteServiceLabel") == removed + 1
        labels = plain((await harness.read(URN, made.id)).inputs)["labels"]
        assert labels["b"] == "3"
        assert labels["c"] == "4"
        assert "a" not in labels

    provide(test)


def test_name_and_region_replace_and_the_workspace_deletes_first(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service(workspaceId="w1"))
        renamed = await harness.diff(URN, made, service(workspaceId="w1"), service(name="chat2", workspaceId="w1"))
        assert (list(renamed.replaces), renamed.deleteBeforeReplace) == (["name"], False)
        moved = await harness.diff(URN, made, service(workspaceId="w1"), service(workspaceId="w2"))
        assert (list(moved.replaces), moved.deleteBeforeReplace) == (["workspaceId"], True)

    provide(test)


def test_drift_in_declared_keys_is_found(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service(labels={"team": "a"}))
        inputs = await harness.checked(URN, service(labels={"team": "a"}))
        eas = harness.services.eas
        outside = service()["config"] | {"metadata": {"name": "chat", "instance": 2}}
        await eas.update_service("chat", outside)
        await eas.set_labels("chat", {"team": "b", "foreign": "x"})
        await eas.set_lock("chat", "all")
        refreshed = await harness.read(URN, made.id, made.properties, inputs)
        answer = await harness.diff(URN, made, refreshed.inputs, service(labels={"team": "a"}))
        assert set(answer.detailedDiff) == {"config.metadata.instance", "labels.team", "safetyLock"}

    provide(test)


def test_import_of_a_service_made_outside_then_no_difference_but_ownership(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        eas = harness.services.eas
        outside = service()["config"] | {"metadata": {"name": "chat", "instance": 1}, "token": SECRET}
        await eas.create_service(outside, {"team": "x"}, None)
        read = await harness.read(URN, f"{REGION}/chat")
        imported = plain(read.inputs)
        assert SECRET not in str(imported)  # `pulumi import` prints inputs as code
        with_token = await harness.diff(URN, read, read.inputs, service(token=SECRET))
        assert "token" not in with_token.detailedDiff
        assert "token" in (await harness.diff(URN, read, read.inputs, service(token="another"))).detailedDiff
        assert imported["config"]["containers"] == service()["config"]["containers"]
        assert imported["labels"] == {"team": "x"}
        assert read.properties.fields["accessToken"].struct_value.fields  # a secret
        answer = await harness.diff(URN, read, read.inputs, service())
        assert set(answer.detailedDiff) == {"labels.fourways-project", "labels.fourways-stack", "labels.fourways-urn"}
        harness.cloud.clock.advance(60)
        updated = await harness.update(URN, read, read.inputs, service())
        assert harness.calls("UpdateService") == 0
        now = plain((await harness.read(URN, f"{REGION}/chat")).inputs)["labels"]
        assert now["team"] == "x"
        assert now["fourways-stack"] == "test"
        answer = await harness.diff(URN, read, service(), service())
        assert answer.changes == answer.DIFF_NONE
        assert plain(updated.properties)["status"] == "Running"

    provide(test)


def test_a_child_of_components_is_known_by_its_own_type(provide: Provide) -> None:
    """The URN of a child names its parents' types first, which the SDK's requests hand on as the type."""

    async def test(harness: Harness) -> None:
        urn = "urn:pulumi:test::fourways::fourways:components:ModelUnit$fourways:components:EasService$fourways:eas:Service::chat"
        made = await harness.create(urn, service())
        assert (await harness.diff(urn, made, service(), service())).changes == 1
        await harness.update(urn, made, service(), service(labels={"a": "b"}))
        assert (await harness.read(urn, made.id)).id == made.id
        await harness.delete(urn, made)

    provide(test)


def test_a_vanished_service_reads_as_gone(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        assert (await harness.read(URN, f"{REGION}/nothing")).id == ""

    provide(test)


def test_import_without_a_region(provide: Provide, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(URN, service())
        with pytest.raises(Failed, match="names no region"):
            await harness.read(URN, "chat")
        monkeypatch.setenv("ALICLOUD_REGION", REGION)
        assert (await harness.read(URN, "chat")).id == made.id

    provide(test)


def test_a_service_that_only_loads_lacks_nothing(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.cloud.seed = {"eas": {"transition_seconds": {"create": 120}}}
        made = await harness.create(GROUP_URN, group())
        inputs = service()
        inputs["config"] = {**inputs["config"], "cloud": {}, "metadata": {"gpu": 4, "resource": plain(made.properties)["resourceId"]}}
        await harness.create(URN, inputs)
        assert len(harness.lines.statuses) > 1
        assert not any("shortage" in line for line in harness.lines.statuses)

    provide(test)


def test_no_stock_is_named(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.cloud.seed = {"eas": {"stock": {"ecs.gn8v-4x.24xlarge": "NoStock"}}}
        with pytest.raises(Failed, match=r"timed out.*shortage: no stock of ecs\.gn8v-4x\.24xlarge \(NoStock\)"):
            await harness.create(URN, service(), timeout=60)

    provide(test)


def test_a_service_waits_for_a_full_group_and_names_the_shortage(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(GROUP_URN, group())
        inputs = service()
        inputs["config"] = {
            **inputs["config"],
            "cloud": {},
            "metadata": {"instance": 2, "gpu": 4, "resource": plain(made.properties)["resourceId"]},
        }
        with pytest.raises(Failed, match=r"shortage: resource group eas-r-\w+ has 0 of 4 GPUs free, each instance needs 4") as failed:
            await harness.create(URN, inputs, timeout=120)
        assert failed.value.kept_id == f"{REGION}/chat"
        assert "timed out after 2 min" in str(failed.value)
        assert any("shortage" in line for line in harness.lines.statuses)

    provide(test)
