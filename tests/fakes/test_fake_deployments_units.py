"""Model units on the fake: what is offered, every status, and that they are billed from RUNNING only."""

from __future__ import annotations

from typing import Any

import pytest
from deployment_calls import MODEL, Deployments

from fourways.fakes.services.modelstudio.records import Permissions


@pytest.fixture
def api() -> Deployments:
    return Deployments(region="cn-beijing")


def test_templates_say_what_is_offered(api: Deployments) -> None:
    found = api.ok("GET", "/models?version=v1.0&model_source=base")
    assert (found["total"], found["models"][0]["model_name"]) == (1, MODEL)
    plan = found["models"][0]["plans"][0]
    assert plan["plan"] == "mu"
    unified, separated = plan["templates"]
    assert (unified["template_id"], unified["template_type"]) == ("MU1", "COUPLED")
    assert unified["roles"] == {"unified": {"model_unit_spec": "MU1", "capacity_unit_per_instance": 8}}
    assert set(separated["roles"]) == {"prefill", "decode"}
    assert api.ok("GET", "/models?model_source=custom")["models"] == []
    assert api.refused("GET", "/models?version=v9") == (400, "InvalidParameter")
    api.admin("POST", "seed", {"deployments": {"templates": {MODEL: []}}})
    assert api.ok("GET", "/models")["models"] == []
    body = {"model_name": MODEL, "plan": "mu", "deploy_spec": "MU1", "capacity": 8, "billing_method": "POST_PAY"}
    assert api.refused("POST", "", body) == (404, "ModelNotFound")


def test_units_are_billed_from_running_until_they_are_gone(api: Deployments) -> None:
    made = api.units(name="chat", suffix="a1", rpm_limit=10, enable_thinking=True, max_context_length=4096)
    name = made["deployed_model"]
    assert name == f"{MODEL}-a1"
    assert (made["status"], made["base_capacity"], made["capacity"], made["ready_capacity"]) == ("PENDING", 8, 8, 0)
    assert (made["model_unit_spec"], made["charge_type"], made["plan"]) == ("MU1", "post_paid", "mu")
    assert api.cloud.ledger.rows() == []
    assert api.statuses(name, 10) == ["PENDING", "RUNNING"]
    bill = api.open_bills()[0]
    assert (bill["kind"], bill["resource"], float(bill["hourly_price"]), bill["currency"]) == ("model-unit", name, 432, "CNY")
    assert ("model-unit-deployment", name) in {(row["kind"], row["id"]) for row in api.cloud.inventory()}
    api.ok("PUT", f"/{name}/scale", {"capacity": 16})
    assert (api.ok("GET", f"/{name}")["capacity"], api.ok("GET", f"/{name}")["ready_capacity"]) == (16, 8)
    assert api.statuses(name, 6) == ["UPDATING", "RUNNING"]
    assert float(api.open_bills()[0]["hourly_price"]) == 864
    api.ok("PUT", f"/{name}/update", {"rpm_limit": 20, "tpm_limit": 1000})
    assert api.statuses(name, 6) == ["UPDATING", "RUNNING"]
    seen = api.ok("GET", f"/{name}")
    assert (seen["rpm_limit"], seen["tpm_limit"], seen["enable_thinking"], seen["max_context_length"]) == (20, 1000, True, 4096)
    assert api.ok("DELETE", f"/{name}")["status"] == "DELETING"
    assert api.ok("DELETE", f"/{name}")["status"] == "DELETING"
    api.wait()
    assert api.refused("GET", f"/{name}") == (404, "NotFound")
    assert api.open_bills() == []


def test_prefill_and_decode_apart(api: Deployments) -> None:
    body: dict[str, Any] = {"model_name": MODEL, "plan": "mu", "deploy_spec": "MU1-PD", "billing_method": "POST_PAY"}
    for wrong in ({}, {"prefill_capacity": 8}, {"prefill_capacity": 8, "decode_capacity": 12}, {"capacity": 16}):
        assert api.refused("POST", "", {**body, **wrong}) == (400, "InvalidParameter")
    made = api.ok("POST", "", {**body, "prefill_capacity": 8, "decode_capacity": 16})
    assert (made["capacity"], made["prefill_capacity"], made["decode_capacity"]) == (24, 8, 16)
    api.wait()
    assert float(api.open_bills()[0]["hourly_price"]) == 24 * 54
    api.ok("PUT", f"/{made['deployed_model']}/scale", {"prefill_capacity": 8, "decode_capacity": 8})
    api.wait()
    assert float(api.open_bills()[0]["hourly_price"]) == 16 * 54


@pytest.mark.parametrize("units", [0, 1, 4, 9, 12, -8, "8", True, None])
def test_units_come_in_multiples_of_the_base(api: Deployments, units: Any) -> None:
    body = {"model_name": MODEL, "plan": "mu", "deploy_spec": "MU1", "capacity": units, "billing_method": "POST_PAY"}
    assert api.refused("POST", "", body) == (400, "InvalidParameter")
    made = api.units()
    api.wait()
    assert api.refused("PUT", f"/{made['deployed_model']}/scale", {"capacity": units}) == (400, "InvalidParameter")


@pytest.mark.parametrize(
    "wrong",
    [
        {"billing_method": "PRE_PAY"},
        {"billing_method": None},
        {"deploy_spec": "MU77"},
        {"deploy_spec": None},
        {"suffix": "ninechars"},
        {"suffix": "a/b"},
        {"rpm_limit": 0},
        {"tpm_limit": "many"},
        {"enable_thinking": "yes"},
        {"max_context_length": -1},
        {"ptu_capacity": {"input_tpm": 200, "output_tpm": 20}},
        {"prefill_capacity": 8},
        {"plan": "lora"},
        {"name": 7},
    ],
)
def test_wrong_orders(api: Deployments, wrong: dict[str, Any]) -> None:
    body = {"model_name": MODEL, "plan": "mu", "deploy_spec": "MU1", "capacity": 8, "billing_method": "POST_PAY", **wrong}
    assert api.refused("POST", "", body) == (400, "InvalidParameter")
    assert api.ok("GET")["total"] == 0


def test_names_are_taken_once(api: Deployments) -> None:
    api.units()
    body = {"model_name": MODEL, "plan": "mu", "deploy_spec": "MU1", "capacity": 8, "billing_method": "POST_PAY"}
    answer = api.send("POST", "", body)
    assert answer.status == 409
    assert b'"Conflict"' in answer.body
    assert b"already exists, please specify a suffix" in answer.body
    api.units(suffix="b")
    assert api.refused("POST", "", {**body, "suffix": "b"}) == (409, "Conflict")


def test_a_workspace_needs_the_privilege_to_deploy(api: Deployments) -> None:
    workspace = api.key.workspace
    api.studio.permissions[workspace] = Permissions(all=False, models={MODEL: {"inference": True, "deploy": False}})
    body = {"model_name": MODEL, "plan": "mu", "deploy_spec": "MU1", "capacity": 8, "billing_method": "POST_PAY"}
    answer = api.send("POST", "", body)
    assert answer.status == 403
    assert f"Workspace {workspace} does not have deployment privilege for model {MODEL}".encode() in answer.body
    api.studio.permissions[workspace].models[MODEL]["deploy"] = True
    api.units()


@pytest.mark.parametrize("kind", ["fail", "no-stock"])
def test_a_deployment_that_fails_is_not_billed(api: Deployments, kind: str) -> None:
    api.fault(kind, "CreateDeployment")
    name = api.units()["deployed_model"]
    assert api.statuses(name, 10) == ["PENDING", "FAILED"]
    assert api.ok("GET", f"/{name}")["fail_reason"]
    assert api.cloud.ledger.rows() == []
    assert api.refused("PUT", f"/{name}/scale", {"capacity": 16}) == (400, "InvalidParameter")
    api.ok("DELETE", f"/{name}")
    api.wait()
    assert api.refused("GET", f"/{name}") == (404, "NotFound")


def test_a_scaling_that_fails_keeps_the_old_units(api: Deployments) -> None:
    name = api.units()["deployed_model"]
    api.wait()
    api.fault("no-stock", "ScaleDeployment")
    api.ok("PUT", f"/{name}/scale", {"capacity": 16})
    api.wait()
    seen = api.ok("GET", f"/{name}")
    assert (seen["status"], seen["capacity"], seen["ready_capacity"]) == ("RUNNING", 8, 8)
    assert float(api.open_bills()[0]["hourly_price"]) == 432


def test_deleted_while_pending_it_never_runs(api: Deployments) -> None:
    name = api.units()["deployed_model"]
    api.ok("DELETE", f"/{name}")
    api.wait()
    assert api.cloud.ledger.rows() == []
    assert api.refused("GET", f"/{name}")[0] == 404


def test_the_console_stops_units(api: Deployments) -> None:
    name = api.units()["deployed_model"]
    api.wait()
    assert api.admin("POST", "console/stop-deployment", {"region": "cn-beijing", "deployed_model": name})[0] == 200
    assert api.ok("GET", f"/{name}")["status"] == "STOPPED"
    assert api.open_bills() == []
    assert api.admin("POST", "console/stop-deployment", {"region": "cn-beijing", "deployed_model": name})[0] == 400
    assert api.admin("POST", "console/stop-deployment", {"region": "cn-beijing"})[0] == 400


def test_what_has_no_price_is_billed_all_the_same() -> None:
    api = Deployments(region="ap-southeast-1")
    api.units()
    api.wait()
    assert [(bill["kind"], bill["currency"]) for bill in api.open_bills()] == [("model-unit", "unknown")]


def test_updates_of_limits(api: Deployments) -> None:
    name = api.units()["deployed_model"]
    assert api.refused("PUT", f"/{name}/update", {"rpm_limit": 5}) == (400, "InvalidParameter")  # it is PENDING
    api.wait()
    assert api.refused("PUT", f"/{name}/update", {}) == (400, "InvalidParameter")
    api.ok("PUT", f"/{name}/update", {"tpm_limit": 5})
    api.wait()
    assert "rpm_limit" not in api.ok("GET", f"/{name}")
    assert api.refused("PUT", "/nothing/update", {"tpm_limit": 5}) == (404, "NotFound")
    assert api.refused("PUT", f"/{name}/renew", {"pre_paid_info": {"duration": 1}}) == (400, "CAPACITY_INSTANCE_OPERATION_UNSUPPORTED")
