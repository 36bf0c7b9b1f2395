"""Model Studio's keys and workspaces when answers are lost and runs are cut off: one key, one workspace, and its value in the state."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest

from fourways.cloud import marked_text, ownership
from fourways.fakes.cloud import Cloud
from fourways.fakes.services.modelstudio.records import Auth
from fourways.provider.kinds import KINDS
from fourways.provider.names import API_KEY_TYPE, WORKSPACE_TYPE
from tests.provider.harness import REGION, Failed, Harness, plain, running
from tests.provider.modelstudio import KEY_URN, WORKSPACE_URN, backend, key, keys, kms_secret, values, workspace

Provide = Callable[[Any], None]


@pytest.mark.parametrize("kind", ["error", "error-after", "cut", "cut-after"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_create_in_doubt_leaves_one_key_with_its_value(provide: Provide, kind: str, times: int) -> None:
    async def test(harness: Harness) -> None:
        harness.fault(kind, "CreateApiKey", times=times)
        made = await harness.create(KEY_URN, key())
        assert [plain(made.properties)["value"]] == values(harness)
        assert plain(made.properties)["created"]
        assert ownership.CREATING not in marked_text.read(keys(harness)[0].description)[1]
        assert harness.calls("CreateApiKey") == (times + 1 if kind in ("error", "cut") else 1)
        assert harness.calls("ResetApiKey") == (kind in ("error-after", "cut-after"))

    provide(test)


def test_a_key_that_comes_late_into_the_list_is_deleted(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("cut-after", "CreateApiKey")
        studio = harness.provider._of(KINDS[API_KEY_TYPE], REGION).studio  # type: ignore[attr-defined]
        there = studio.keys

        async def late() -> list[dict[str, Any]]:
            return await there() if len(keys(harness)) > 1 else []

        studio.keys = late
        made = plain((await harness.create(KEY_URN, key())).properties)
        assert harness.calls("CreateApiKey") == 2
        assert [made["value"]] == values(harness)

    provide(test)


def test_a_delete_takes_along_what_a_cut_off_rotation_left(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(KEY_URN, key())
        state = backend(harness)
        state.add_key(state.default, "x", marked_text.write("Key of the chat", KEY_URN, "0" * 12), Auth())
        other = state.add_key(state.default, "x", marked_text.write("Key of the chat", f"{KEY_URN}2", "0" * 12), Auth())
        await harness.delete(KEY_URN, made)
        assert keys(harness) == [other]

    provide(test)


@pytest.mark.parametrize("kind", ["error", "error-after", "cut-after", "throttle"])
def test_a_hand_over_in_doubt_is_one_version(provide: Provide, kind: str) -> None:
    async def test(harness: Harness) -> None:
        secret = kms_secret(harness, "chat-key")
        harness.fault(kind, "PutSecretValue", times=2)
        await harness.create(KEY_URN, key(kmsSecret={"name": "chat-key"}))
        assert [one.data for one in secret.versions.values()] == ["nothing yet", values(harness)[0]]

    provide(test)


@pytest.mark.parametrize("action", ["ResetApiKey", "UpdateApiKey", "DeleteApiKey", "DisableApiKey", "GetApiKey", "ListApiKeys"])
@pytest.mark.parametrize("kind", ["error", "cut-after", "throttle"])
def test_other_calls_in_doubt_are_made_again(provide: Provide, kind: str, action: str) -> None:
    async def test(harness: Harness) -> None:
        harness.fault(kind, action, times=2)
        made = await harness.create(KEY_URN, key(overlap=True))
        new = key(rotation="1", enabled=False, description="Another")
        made.properties.CopyFrom((await harness.update(KEY_URN, made, key(overlap=True), new)).properties)
        assert [plain(made.properties)["value"]] == values(harness)
        assert keys(harness)[0].enabled is False
        await harness.delete(KEY_URN, made)
        assert keys(harness) == []

    provide(test)


@pytest.mark.parametrize("kind", ["error-after", "cut-after"])
def test_a_second_key_in_doubt_is_found_too(provide: Provide, kind: str) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(KEY_URN, key(overlap=True))
        harness.fault(kind, "CreateApiKey")
        updated = plain((await harness.update(KEY_URN, made, key(overlap=True), key(overlap=True, rotation="1"))).properties)
        assert [updated["previousValue"], updated["value"]] == values(harness)

    provide(test)


def test_a_refused_create_is_not_tried_again(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("error", "CreateApiKey", times=None, status=403, code="Forbidden.RAM")
        with pytest.raises(Failed, match=r"cannot create the API key: CreateApiKey: Forbidden.RAM \(HTTP 403\).* grant the action"):
            await harness.create(KEY_URN, key())
        assert harness.calls("CreateApiKey") == 1

    provide(test)


def test_a_key_that_a_cut_off_run_left_is_taken_over_and_a_second_one_deleted(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        state = backend(harness)
        for attempt in ("0" * 12, "1" * 12):
            state.add_key(state.default, "x", marked_text.write("Key of the chat", KEY_URN, attempt), Auth())
        state.add_key(state.default, "x", "somebody else's", Auth())
        lost = values(harness)
        made = plain((await harness.create(KEY_URN, key())).properties)
        assert len(values(harness)) == 2
        assert made["value"] in values(harness)
        assert made["value"] not in lost
        assert harness.calls("CreateApiKey") == 0
        assert "was left by a run that was cut off" in harness.lines.warnings[0]

    provide(test)


def test_a_key_of_this_resource_that_may_be_in_use_is_refused_by_name(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        state = backend(harness)
        there = state.add_key(state.default, "x", marked_text.write("Key of the chat", KEY_URN), Auth())
        with pytest.raises(Failed, match=f"pulumi import fourways:modelstudio:ApiKey key {REGION}/{there.id}"):
            await harness.create(KEY_URN, key())
        assert len(keys(harness)) == 1

    provide(test)


def test_a_replacement_is_not_taken_for_its_own_leftover(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(KEY_URN, key(overlap=True))
        made.properties.CopyFrom((await harness.update(KEY_URN, made, key(overlap=True), key(overlap=True, rotation="1"))).properties)
        other = backend(harness).add_workspace("other")
        new = key(workspaceId=other.id)
        assert list((await harness.diff(KEY_URN, made, key(overlap=True, rotation="1"), new)).replaces) == ["workspaceId"]
        second = await harness.create(KEY_URN, new)
        await harness.delete(KEY_URN, made)
        assert values(harness) == [plain(second.properties)["value"]]

    provide(test)


def test_a_key_that_exists_and_is_not_ready_comes_into_the_state_with_its_value(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("error", "DisableApiKey", times=None, status=403, code="Forbidden.RAM")
        with pytest.raises(Failed, match="is kept in the state") as failed:
            await harness.create(KEY_URN, key(enabled=False))
        assert failed.value.kept_id == f"{REGION}/{keys(harness)[0].id}"
        assert failed.value.properties["value"] == values(harness)[0]
        assert values(harness)[0] not in str(failed.value)

    provide(test)


def test_an_update_of_what_recover_recorded_gets_a_value(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        state = backend(harness)
        there = state.add_key(state.default, "x", marked_text.write("Key of the chat", KEY_URN, "0" * 12), Auth())
        read = await harness.read(KEY_URN, f"{REGION}/{there.id}", None, await harness.checked(KEY_URN, key()))
        assert "value" not in plain(read.properties)
        updated = await harness.update(KEY_URN, read, key(), key())
        assert [plain(updated.properties)["value"]] == values(harness)
        assert ownership.CREATING not in there.description

    provide(test)


def test_one_hundred_seeded_creates_leave_one_key_each(cloud: Cloud) -> None:
    """Faults on every call, and runs that end without the engine having recorded anything; then a run that ends well."""

    async def one(seed: int) -> None:
        rng = random.Random(seed)
        async with running(cloud) as harness:
            harness.provider.session._account = None
            for action in ("CreateApiKey", "ResetApiKey", "UpdateApiKey", "ListApiKeys"):
                kind = rng.choice(["error", "error-after", "cut", "cut-after"])
                harness.fault(kind, action, times=rng.randint(1, 4), nth=rng.randint(1, 2))
            urn = f"{KEY_URN}-{seed}"
            made = None
            for _ in range(4):
                try:
                    made = await harness.create(urn, key())
                    break
                except Failed:
                    continue
            assert made is not None
            mine = [
                entry for entry in keys(harness) if ownership.carries(marked_text.read(entry.description)[1], ownership.urn_labels(urn))
            ]
            assert [entry.value for entry in mine] == [plain(made.properties)["value"]]
            cloud.faults.rules.clear()

    for seed in range(100):
        asyncio.run(one(seed))


@pytest.mark.parametrize("kind", ["error", "error-after", "cut", "cut-after"])
def test_a_workspace_in_doubt_is_made_once(provide: Provide, kind: str) -> None:
    async def test(harness: Harness) -> None:
        harness.fault(kind, "CreateWorkspace")
        made = await harness.create(WORKSPACE_URN, workspace())
        (there,) = [one for one in backend(harness).workspaces.values() if not one.default]
        assert made.id == f"{REGION}/{there.id}"
        assert plain(made.properties)["apiHost"] == f"{there.id}.{REGION}.maas.aliyuncs.com"

    provide(test)


def test_a_workspace_that_comes_late_into_the_list_is_named(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("cut-after", "CreateWorkspace")
        studio = harness.provider._of(KINDS[WORKSPACE_TYPE], REGION).studio  # type: ignore[attr-defined]
        there = studio.workspaces

        async def late() -> list[dict[str, Any]]:
            return await there() if len(backend(harness).workspaces) > 2 else []

        studio.workspaces = late
        made = await harness.create(WORKSPACE_URN, workspace())
        ids = [one.id for one in backend(harness).workspaces.values() if not one.default]
        assert made.id == f"{REGION}/{ids[1]}"
        assert f"workspace {ids[0]} has the same name and is as new" in harness.lines.warnings[0]

    provide(test)


def test_a_workspace_whose_host_cannot_be_read_comes_into_the_state(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        studio = harness.provider._of(KINDS[WORKSPACE_TYPE], REGION).studio  # type: ignore[attr-defined]
        create = studio.create_workspace

        async def without_host(*given: Any) -> dict[str, Any]:
            made = await create(*given)
            harness.fault("error", "ListWorkspaces", times=None, status=403, code="Forbidden.RAM")
            return {"workspaceId": made["workspaceId"]}

        studio.create_workspace = without_host
        with pytest.raises(Failed, match="exists, and its host could not be read") as failed:
            await harness.create(WORKSPACE_URN, workspace())
        assert failed.value.kept_id == f"{REGION}/{failed.value.properties['workspaceId']}"
        harness.cloud.faults.rules.clear()

    provide(test)
