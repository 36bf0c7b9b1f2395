"""Workspaces, limits and permissions, over gRPC against the fake cloud."""

from collections.abc import Callable
from typing import Any

import pytest

from fourways.fakes.services.modelstudio.records import Auth, Limit, Permissions
from tests.provider.harness import REGION, Failed, Harness, plain
from tests.provider.modelstudio import LIMITS_URN, MODEL, OTHER, PERMISSIONS_URN, WORKSPACE_URN, backend, workspace

Provide = Callable[[Any], None]


def limits(place: str, *rows: dict[str, Any]) -> dict[str, Any]:
    return {"region": REGION, "workspaceId": place, "limits": list(rows)}


def limit(model: str = MODEL, requests: int = 100) -> dict[str, Any]:
    return {"model": model, "requestLimit": requests, "requestLimitPeriod": 60}


def permissions(place: str, *rows: dict[str, Any]) -> dict[str, Any]:
    return {"region": REGION, "workspaceId": place, "models": list(rows)}


def test_a_workspace_is_made_read_imported_and_deleted(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(WORKSPACE_URN, workspace())
        outputs = plain(made.properties)
        assert made.id == f"{REGION}/{outputs['workspaceId']}"
        assert outputs["apiHost"] == f"{outputs['workspaceId']}.{REGION}.maas.aliyuncs.com"
        again = await harness.read(WORKSPACE_URN, made.id, made.properties, await harness.checked(WORKSPACE_URN, workspace()))
        assert plain(again.properties) == outputs
        imported = await harness.read(WORKSPACE_URN, made.id)
        assert not (await harness.diff(WORKSPACE_URN, imported, imported.inputs, workspace())).diffs
        renamed = await harness.diff(WORKSPACE_URN, made, workspace(), workspace(workspaceName="other"))
        assert list(renamed.replaces) == ["workspaceName"]

        state = backend(harness)
        used = state.add_key(state.workspaces[outputs["workspaceId"]], "x", "in use", Auth())
        with pytest.raises(
            Failed, match=f"cannot delete workspace .*: ApiKey: The workspace has the API keys {used.id} .*Delete what is in it"
        ):
            await harness.delete(WORKSPACE_URN, made)
        state.keys.clear()
        await harness.delete(WORKSPACE_URN, made)
        await harness.delete(WORKSPACE_URN, made)  # not there is success
        assert (await harness.read(WORKSPACE_URN, made.id)).id == ""
        assert harness.cloud.inventory() == []

    provide(test)


def test_a_workspace_of_the_same_name_is_refused_by_its_id(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        there = backend(harness).add_workspace("serving")
        with pytest.raises(Failed, match=f"pulumi import fourways:modelstudio:Workspace serving {REGION}/{there.id}"):
            await harness.create(WORKSPACE_URN, workspace())
        assert harness.calls("CreateWorkspace") == 0

    provide(test)


def test_limits_are_overlaid_and_others_left_alone(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        state = backend(harness)
        place = state.default.id
        state.limits[place] = {OTHER: Limit(requests=7)}
        first = limits(place, limit() | {"usageLimit": 1000, "usageLimitPeriod": 60})
        made = await harness.create(LIMITS_URN, first)
        assert made.id == f"{REGION}/{place}"
        assert state.limits[place] == {OTHER: Limit(requests=7), MODEL: Limit(100, 60, 1000, 60)}

        again = await harness.read(LIMITS_URN, made.id, made.properties, await harness.checked(LIMITS_URN, first))
        assert not (await harness.diff(LIMITS_URN, made, again.inputs, first)).diffs
        state.limits[place][OTHER] = Limit(requests=8)  # not ours: no drift
        state.limits[place][MODEL] = Limit(50, 60, 1000, 60)
        drifted = await harness.read(LIMITS_URN, made.id, made.properties, await harness.checked(LIMITS_URN, first))
        assert set((await harness.diff(LIMITS_URN, made, drifted.inputs, first)).detailedDiff) == {"limits[0].requestLimit"}

        second = limits(place, limit(requests=200))
        made.properties.CopyFrom((await harness.update(LIMITS_URN, made, drifted.inputs, second)).properties)
        assert state.limits[place] == {OTHER: Limit(requests=8), MODEL: Limit(200, 60)}
        await harness.delete(LIMITS_URN, made)
        assert state.limits[place] == {OTHER: Limit(requests=8)}
        await harness.delete(LIMITS_URN, made)
        assert (await harness.read(LIMITS_URN, made.id, made.properties, await harness.checked(LIMITS_URN, second))).id == ""

    provide(test)


def test_a_limit_that_is_declared_no_more_is_deleted(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        state = backend(harness)
        place = state.default.id
        both = limits(place, limit(), limit(OTHER))
        made = await harness.create(LIMITS_URN, both)
        await harness.update(LIMITS_URN, made, both, limits(place, limit(OTHER, 9)))
        assert state.limits[place] == {OTHER: Limit(requests=9)}

    provide(test)


def test_anothers_limit_is_refused_by_name_and_can_be_taken_over(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        state = backend(harness)
        place = state.default.id
        state.limits[place] = {MODEL: Limit(requests=7)}
        with pytest.raises(Failed, match=f"pulumi import fourways:modelstudio:ModelLimits NAME {REGION}/{place}/{MODEL}"):
            await harness.create(LIMITS_URN, limits(place, limit()))
        assert state.limits[place] == {MODEL: Limit(requests=7)}
        taken = await harness.read(LIMITS_URN, f"{REGION}/{place}/{MODEL}")
        assert taken.id == f"{REGION}/{place}"
        assert plain(taken.inputs)["limits"] == [limit(requests=7)]
        await harness.update(LIMITS_URN, taken, taken.inputs, limits(place, limit()))
        assert state.limits[place] == {MODEL: Limit(requests=100)}

    provide(test)


@pytest.mark.parametrize(
    ("row", "path", "words"),
    [
        ({"model": MODEL}, "limits[0]", "limits nothing"),
        ({"model": MODEL, "requestLimit": 1}, "limits[0].requestLimit", "go together"),
        ({"model": MODEL, "requestLimit": 0, "requestLimitPeriod": 60}, "limits[0].requestLimit", "Allowed: a whole number of requests"),
    ],
)
def test_bad_limits_are_refused_at_the_check(provide: Provide, row: dict[str, Any], path: str, words: str) -> None:
    async def test(harness: Harness) -> None:
        _, failures = await harness.check(LIMITS_URN, limits("llm-a", row))
        assert [failure.property for failure in failures] == [path]
        assert words in failures[0].reason
        _, twice = await harness.check(LIMITS_URN, limits("llm-a", limit(), limit()))
        assert "is there twice" in twice[0].reason

    provide(test)


def test_rights_are_given_and_what_was_there_is_put_back(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        state = backend(harness)
        place = state.default.id
        state.permissions[place] = Permissions(all=False, models={MODEL: {"inference": True}, OTHER: {"inference": True}})
        inputs = permissions(place, {"model": MODEL, "deploy": True})
        made = await harness.create(PERMISSIONS_URN, inputs)
        assert plain(made.properties)["before"] == {MODEL: {"deploy": False}}
        assert state.permissions[place].models[MODEL] == {"inference": True, "deploy": True}
        again = await harness.read(PERMISSIONS_URN, made.id, made.properties, await harness.checked(PERMISSIONS_URN, inputs))
        assert plain(again.properties) == plain(made.properties)
        assert not (await harness.diff(PERMISSIONS_URN, made, again.inputs, inputs)).diffs

        state.permissions[place].models[MODEL]["deploy"] = False
        drifted = await harness.read(PERMISSIONS_URN, made.id, made.properties, await harness.checked(PERMISSIONS_URN, inputs))
        assert set((await harness.diff(PERMISSIONS_URN, made, drifted.inputs, inputs)).detailedDiff) == {"models[0].deploy"}

        second = permissions(place, {"model": MODEL, "inference": False, "deploy": True})
        made.properties.CopyFrom((await harness.update(PERMISSIONS_URN, made, drifted.inputs, second)).properties)
        assert plain(made.properties)["before"] == {MODEL: {"inference": True, "deploy": False}}
        assert state.permissions[place].models[MODEL] == {"inference": False, "deploy": True}
        third = permissions(place, {"model": MODEL, "deploy": True})
        made.properties.CopyFrom((await harness.update(PERMISSIONS_URN, made, second, third)).properties)
        assert state.permissions[place].models[MODEL] == {"inference": True, "deploy": True}
        await harness.delete(PERMISSIONS_URN, made)
        assert state.permissions[place].models == {MODEL: {"inference": True, "deploy": False}, OTHER: {"inference": True}}

    provide(test)


def test_a_right_that_one_click_authorization_overrules_is_said(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        place = backend(harness).default.id
        with pytest.raises(Failed, match=f"were set, and are not so: {MODEL} inference. One-click authorization") as failed:
            await harness.create(PERMISSIONS_URN, permissions(place, {"model": MODEL, "inference": False}))
        assert failed.value.kept_id == f"{REGION}/{place}"
        assert failed.value.properties["before"] == {MODEL: {"inference": True}}

    provide(test)


def test_models_and_workspaces_that_are_not_there_are_named(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        place = backend(harness).default.id
        with pytest.raises(Failed, match=f"it has no nothing. Allowed: {MODEL}, {OTHER}"):
            await harness.create(PERMISSIONS_URN, permissions(place, {"model": "nothing", "deploy": True}))
        with pytest.raises(Failed, match=f"there is no workspace llm-none in {REGION}"):
            await harness.create(PERMISSIONS_URN, permissions("llm-none", {"model": MODEL, "deploy": True}))
        with pytest.raises(Failed, match=f"there is no such workspace in {REGION}"):
            await harness.create(LIMITS_URN, limits("llm-none", limit()))

    provide(test)


@pytest.mark.parametrize("kind", ["error", "error-after", "cut-after", "throttle"])
def test_writes_in_doubt_are_made_again(provide: Provide, kind: str) -> None:
    async def test(harness: Harness) -> None:
        state = backend(harness)
        place = state.default.id
        state.permissions[place] = Permissions(all=False)
        for action in ("UpdateModelLimits", "UpdateModelPermissions", "ListModelLimits", "ListModelPermissions"):
            harness.fault(kind, action, times=2)
        one = await harness.create(LIMITS_URN, limits(place, limit()))
        other = await harness.create(PERMISSIONS_URN, permissions(place, {"model": MODEL, "deploy": True}))
        assert state.limits[place] == {MODEL: Limit(requests=100)}
        await harness.delete(LIMITS_URN, one)
        await harness.delete(PERMISSIONS_URN, other)
        assert state.limits[place] == {}
        assert state.permissions[place].models == {MODEL: {"deploy": False}}

    provide(test)
