"""Workspaces and API keys with the official SDK."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from alibabacloud_modelstudio20260210 import models
from deployment_calls import Deployments
from modelstudio_calls import REGION, new_key, sdk

from fourways.fakes.cloud import Cloud
from fourways.fakes.inprocess import fake_cloud
from fourways.fakes.request_log import redact


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with fake_cloud() as made:
        yield made
        assert not made.requests.unknown


@pytest.fixture
def client(cloud: Cloud) -> Any:  # noqa: ARG001 - the cloud that the SDK calls
    return sdk()


def listed(client: Any, **wanted: Any) -> list[Any]:
    return list(client.list_api_keys(models.ListApiKeysRequest(**wanted)).body.api_keys)


def refused(call: Any, *arguments: Any) -> tuple[int, str]:
    with pytest.raises(Exception, match="code: ") as error:
        call(*arguments)
    return error.value.status_code, error.value.code  # type: ignore[attr-defined]


def test_a_keys_value_is_shown_at_create_and_reset_only(cloud: Cloud, client: Any) -> None:
    made = new_key(client)
    assert made.api_key_value.startswith("sk-")
    assert (made.description, made.created_by, made.gmt_create) == ("d", "1000000000000001", 1_780_000_000_000)
    id = str(made.api_key_id)
    shown = client.get_api_key(id).body
    assert (shown.success, shown.http_status_code, len(shown.request_id)) == (True, 200, 36)
    assert shown.api_key.workspace_name == "Default Workspace"
    again = client.reset_api_key(id, models.ResetApiKeyRequest()).body.api_key
    assert again.api_key_id == made.api_key_id
    assert again.api_key_value not in (made.api_key_value, shown.api_key.api_key_value)
    later = client.get_api_key(id).body.api_key
    masked = [shown.api_key.api_key_value, later.api_key_value, listed(client)[0].api_key_value]
    assert all("****" in value for value in masked)
    log = json.dumps(list(cloud.requests.rows))
    assert made.api_key_value not in log
    assert again.api_key_value not in log


def test_auth_goes_through_the_form_as_the_sdk_sends_it(client: Any) -> None:
    made = new_key(client, type="Custom", access_ips=["10.0.0.0/8", "203.0.113.7"], scope=["qwen-plus"])
    auth = client.get_api_key(str(made.api_key_id)).body.api_key.auth
    assert auth.to_map() == {
        "accessIps": ["10.0.0.0/8", "203.0.113.7"],
        "modelAccessScope": {"accessibleModels": ["qwen-plus"], "allowAllModels": False},
        "type": "Custom",
    }


def test_custom_without_addresses_lets_all_in(client: Any) -> None:
    made = new_key(client, type="Custom")
    assert client.get_api_key(str(made.api_key_id)).body.api_key.auth.access_ips == ["0.0.0.0/0", "::/0"]
    plain = client.get_api_key(str(new_key(client).api_key_id)).body.api_key.auth
    assert (plain.type, plain.access_ips, plain.model_access_scope.allow_all_models) == ("All", [], True)


def test_an_update_leaves_what_it_does_not_name(client: Any) -> None:
    id = str(new_key(client, type="Custom", access_ips=["10.0.0.1"]).api_key_id)
    client.update_api_key(id, models.UpdateApiKeyRequest(description="new"))
    key = client.get_api_key(id).body.api_key
    assert (key.description, key.auth.access_ips) == ("new", ["10.0.0.1"])
    client.update_api_key(id, models.UpdateApiKeyRequest(auth=models.UpdateApiKeyRequestAuth(type="All")))
    key = client.get_api_key(id).body.api_key
    assert (key.description, key.auth.type, key.auth.access_ips) == ("new", "All", [])


def test_keys_are_listed_by_pages_in_both_orders(cloud: Cloud, client: Any) -> None:
    ids = []
    for number in range(5):
        ids.append(new_key(client, description=f"key {number}").api_key_id)
        cloud.clock.advance(1)
    assert [key.api_key_id for key in listed(client)] == ids[::-1]
    assert [key.api_key_id for key in listed(client, order="ASC", order_by="gmtCreate")] == ids
    assert [key.description for key in listed(client, description="y 3")] == ["key 3"]
    assert [key.api_key_id for key in listed(client, api_key_id=ids[1])] == [ids[1]]
    seen: list[int] = []
    token = None
    while True:
        body = client.list_api_keys(models.ListApiKeysRequest(max_results=2, next_token=token)).body
        assert (body.max_results, body.total_count) == (2, 5)
        seen += [key.api_key_id for key in body.api_keys]
        token = body.next_token
        if token is None:
            break
    assert seen == ids[::-1]


def test_keys_are_disabled_enabled_and_deleted(client: Any) -> None:
    id = str(new_key(client).api_key_id)
    client.disable_api_key(id, models.DisableApiKeyRequest())
    assert client.get_api_key(id).body.api_key.disabled == 1
    client.enable_api_key(id, models.EnableApiKeyRequest())
    assert client.get_api_key(id).body.api_key.disabled == 0
    client.delete_api_key(id)
    assert refused(client.get_api_key, id) == (404, "ApiKey.NotFound")
    assert refused(client.delete_api_key, id) == (404, "ApiKey.NotFound")
    assert new_key(client).api_key_id != int(id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"description": "x" * 201},
        {"type": "Custom", "access_ips": ["10.0.0.1"] * 21},
        {"type": "Custom", "access_ips": ["10.0.0.256"]},
        {"type": "Some"},
    ],
)
def test_the_limits_of_a_key_are_checked(cloud: Cloud, client: Any, wrong: dict[str, Any]) -> None:
    assert refused(lambda: new_key(client, **wrong)) == (400, "InvalidParameter")
    assert cloud.inventory() == []


def test_the_limits_themselves_are_allowed(client: Any) -> None:
    made = new_key(client, description="x" * 200, type="Custom", access_ips=["10.0.0.1"] * 20)
    assert len(client.get_api_key(str(made.api_key_id)).body.api_key.auth.access_ips) == 20


def test_workspaces_hold_keys_and_are_gone_after_them(cloud: Cloud, client: Any) -> None:
    made = client.create_workspace(models.CreateWorkspaceRequest(workspace_name="bench")).body.workspace
    assert made.api_host == f"{made.workspace_id}.{REGION}.maas.aliyuncs.com"
    key = new_key(client, made.workspace_id)
    rows = cloud.inventory()
    assert [(row["kind"], row["id"]) for row in rows] == [
        ("model-studio-workspace", made.workspace_id),
        ("model-studio-api-key", str(key.api_key_id)),
    ]
    refusal = client.delete_workspace(made.workspace_id, models.DeleteWorkspaceRequest()).body
    assert (refusal.is_deleted, [reason.resource_type for reason in refusal.fail_reasons]) == (False, ["ApiKey"])
    client.delete_api_key(str(key.api_key_id))
    assert client.delete_workspace(made.workspace_id, models.DeleteWorkspaceRequest()).body.is_deleted
    assert cloud.inventory() == []
    assert refused(client.delete_workspace, made.workspace_id, models.DeleteWorkspaceRequest()) == (404, "Workspace.NotFound")
    assert refused(lambda: new_key(client, made.workspace_id)) == (404, "Workspace.NotFound")


def test_a_workspace_with_a_deployed_model_stays(cloud: Cloud, client: Any) -> None:
    made = client.create_workspace(models.CreateWorkspaceRequest(workspace_name="w")).body.workspace
    key = new_key(client, made.workspace_id)
    api = Deployments(cloud)
    api.key = api.studio.keys[key.api_key_id]
    name = api.reserve()["deployed_model"]
    client.delete_api_key(str(key.api_key_id))
    refusal = client.delete_workspace(made.workspace_id, models.DeleteWorkspaceRequest()).body
    assert (refusal.is_deleted, [reason.resource_type for reason in refusal.fail_reasons]) == (False, ["Deployment"])
    assert name in refusal.fail_reasons[0].reason


def test_the_default_workspace_stays_and_each_region_has_its_own(cloud: Cloud, client: Any) -> None:
    def defaults(of: Any) -> list[str]:
        return [row.workspace_id for row in of.list_workspaces(models.ListWorkspacesRequest()).body.workspaces]

    (id,) = defaults(client)
    assert not client.delete_workspace(id, models.DeleteWorkspaceRequest()).body.is_deleted
    assert defaults(client) == [id]
    assert defaults(sdk("cn-beijing")) != [id]
    assert cloud.inventory() == []
    assert refused(sdk("cn-shanghai").list_workspaces, models.ListWorkspacesRequest()) == (400, "InvalidRegionId")


def test_a_workspace_needs_a_name_and_takes_no_site(client: Any) -> None:
    assert refused(client.create_workspace, models.CreateWorkspaceRequest()) == (400, "InvalidParameter")
    given = models.CreateWorkspaceRequest(workspace_name="w", service_site="global")
    assert refused(client.create_workspace, given) == (400, "InvalidParameter")


def test_faults_and_the_log_know_the_actions(cloud: Cloud, client: Any) -> None:
    from fourways.fakes.faults import Rule

    cloud.faults.add(Rule("cut-after", "CreateApiKey"))
    with pytest.raises(Exception, match="Connection aborted"):
        new_key(client, description="lost")
    assert [key.description for key in listed(client)] == ["lost"]
    assert cloud.requests.rows[-1]["action"] == "ListApiKeys"
    assert cloud.requests.rows[-1]["product"] == "ModelStudio"


def test_a_value_under_its_name_is_blotted_out_of_the_log() -> None:
    assert redact({"apiKeyValue": "sk-1", "api_key": "sk-1", "apiKeyId": "7"}) == {"apiKeyValue": "***", "api_key": "***", "apiKeyId": "7"}
