"""Limits, permissions, prices and bills of models with the official SDK."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from alibabacloud_modelstudio20260210 import models
from modelstudio_calls import ask, chat, new_key, sdk

from fourways.fakes.cloud import Cloud
from fourways.fakes.inprocess import fake_cloud

FLASH, QWEN = "deepseek-v4-flash", "qwen-plus"
Item = models.UpdateModelLimitsRequestWorkspaceLimits


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with fake_cloud() as made:
        yield made
        assert not made.requests.unknown


@pytest.fixture
def client(cloud: Cloud) -> Any:  # noqa: ARG001 - the cloud that the SDK calls
    return sdk()


@pytest.fixture
def workspace(client: Any) -> str:
    return str(client.create_workspace(models.CreateWorkspaceRequest(workspace_name="w")).body.workspace.workspace_id)


def change(client: Any, workspace: str, *items: Any) -> None:
    client.update_model_limits(models.UpdateModelLimitsRequest(workspace_id=workspace, workspace_limits=list(items)))


def limits(client: Any, workspace: str) -> dict[str, Any]:
    rows = client.list_model_limits(models.ListModelLimitsRequest(workspace_id=workspace)).body.limits
    return {row.model: row.workspace_limit for row in rows}


def refused(call: Any, *arguments: Any) -> tuple[int, str]:
    with pytest.raises(Exception, match="code: ") as error:
        call(*arguments)
    return error.value.status_code, error.value.code  # type: ignore[attr-defined]


def test_limits_are_laid_over_and_deleted_one_by_one(client: Any, workspace: str) -> None:
    (first, _) = client.list_model_limits(models.ListModelLimitsRequest(workspace_id=workspace)).body.limits
    account = first.model_limit
    assert (account.request_limit, account.request_limit_period, account.usage_limit) == (15_000, 60, 1_200_000)
    assert first.workspace_limit is None
    over = {"operation_type": "OVERLAY", "request_limit": 10, "request_limit_period": 60}
    change(client, workspace, Item(model=FLASH, **over), Item(model=QWEN, **over, usage_limit=500, usage_limit_period=30))
    change(client, workspace, Item(model=FLASH, operation_type="DELETE"))
    found = limits(client, workspace)
    assert found[FLASH] is None
    assert (found[QWEN].request_limit, found[QWEN].usage_limit, found[QWEN].usage_limit_period) == (10, 500, 30)


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": "unknown", "operation_type": "DELETE"},
        {"model": QWEN, "operation_type": "ADD", "request_limit": 1},
        {"model": QWEN, "operation_type": "OVERLAY"},
        {"model": QWEN, "operation_type": "OVERLAY", "request_limit": 0},
    ],
)
def test_a_wrong_item_changes_nothing(client: Any, workspace: str, wrong: dict[str, Any]) -> None:
    good = Item(model=FLASH, operation_type="OVERLAY", request_limit=10)
    assert refused(change, client, workspace, good, Item(**wrong)) == (400, "InvalidParameter")
    assert limits(client, workspace) == {FLASH: None, QWEN: None}


def test_pages_have_a_largest_size(client: Any, workspace: str) -> None:
    body = client.list_model_limits(models.ListModelLimitsRequest(workspace_id=workspace, max_results=1)).body
    assert ([row.model for row in body.limits], body.next_token, body.total_count) == ([FLASH], "1", 2)
    wrong = models.ListModelPermissionsRequest(workspace_id=workspace, max_results=201)
    assert refused(client.list_model_permissions, wrong) == (400, "InvalidParameter.maxResults")


def permissions(client: Any, workspace: str, **more: Any) -> dict[str, Any]:
    body = client.list_model_permissions(models.ListModelPermissionsRequest(workspace_id=workspace, **more)).body
    return {row.model: row.permissions.to_map() for row in body.list}


def test_permissions_are_closed_and_given_back_by_model(client: Any, workspace: str) -> None:
    every = {"deploy": True, "fineTune": True, "inference": True}
    assert permissions(client, workspace) == {FLASH: every, QWEN: every}
    one = models.UpdateModelPermissionsRequestModels(model=QWEN, inference=True, deploy=False)
    client.update_model_permissions(models.UpdateModelPermissionsRequest(workspace_id=workspace, access_all_entities="CLOSE", models=[one]))
    nothing = {"deploy": False, "fineTune": False, "inference": False}
    assert permissions(client, workspace) == {FLASH: nothing, QWEN: {**nothing, "inference": True}}
    assert list(permissions(client, workspace, authorization_scope="AUTHORIZED", model_action="INFERENCE")) == [QWEN]
    assert list(permissions(client, workspace, filter=models.ListModelPermissionsRequestFilter(name="deep"))) == [FLASH]
    client.update_model_permissions(models.UpdateModelPermissionsRequest(workspace_id=workspace, access_all_entities="OPEN"))
    assert permissions(client, workspace)[FLASH] == every
    assert refused(client.list_model_permissions, models.ListModelPermissionsRequest()) == (400, "InvalidParameter")


def test_models_have_prices_by_time_band(client: Any) -> None:
    body = client.list_models(models.ListModelsRequest(providers=["qwen"])).body
    (qwen,) = body.models
    prices = qwen.prices[0].prices
    assert {price.time_band for price in prices} == {"00:00-08:00", "08:00-24:00"}
    assert {price.price_name for price in prices} == {"input", "cached_input", "output"}
    (flash,) = client.list_models(models.ListModelsRequest(model=FLASH)).body.models
    assert [price.price for price in flash.prices[0].prices] == ["0.2", "0.04", "0.4"]
    assert client.list_models(models.ListModelsRequest(context_window=10**7)).body.models == []
    assert client.list_models(models.ListModelsRequest(capabilities=["none"])).body.models == []


def test_bills_are_what_the_ledger_has(cloud: Cloud, client: Any) -> None:
    key = new_key(client)
    user = chat(cloud, key.api_key_value)
    for model, times in ((FLASH, 1), (QWEN, 2)):
        for _ in range(times):
            ask(user, model)
    cloud.clock.advance(86_400)
    ask(user, FLASH)
    paid = sum(Decimal(row["amount"]) for row in cloud.ledger.rows())
    by_model = [models.GetBillingOverviewRequestGroupBy(code="model")]
    data = client.get_billing_overview(models.GetBillingOverviewRequest(bill_month="202605", group_by=by_model)).body.data
    assert (Decimal(data.total_amount), data.currency) == (paid, "USD")
    assert {group.key for group in data.groups} == {FLASH, QWEN}
    amounts = [Decimal(group.amount) for group in data.groups]
    assert amounts == sorted(amounts, reverse=True)
    earlier = client.get_billing_overview(models.GetBillingOverviewRequest(bill_month="202604", group_by=by_model)).body.data
    assert (earlier.total_amount, earlier.groups) == ("0", [])
    trend = client.get_billing_trend(
        models.GetBillingTrendRequest(
            granularity="DAY",
            time_period=models.GetBillingTrendRequestTimePeriod(start="20260501", end="20260531"),
            group_by=[models.GetBillingTrendRequestGroupBy(code="model")],
            top_num=1,
        )
    ).body.data
    assert [day.period for day in trend.result_by_time] == ["20260529", "20260530"]
    assert Decimal(trend.cost_totals.amount) == paid
    assert [group.key for group in trend.group_by_total][-1] == "DIMENSION_GROUP_OTHERS_VALUE"
    assert refused(client.get_billing_overview, models.GetBillingOverviewRequest(group_by=by_model)) == (400, "InvalidParameter")
    assert refused(client.get_billing_overview, models.GetBillingOverviewRequest(bill_month="202605")) == (400, "InvalidParameter")
