"""Every error of /api/v1/deployments, with what brings it about; idempotency; faults, the log and the disk."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from deployment_calls import CAPACITY, MODEL, Deployments

from fourways.fakes.accounts import DEFAULT_ACCOUNT_ID
from fourways.fakes.clock import Clock
from fourways.fakes.cloud import Cloud
from fourways.fakes.server import Server, bind
from fourways.fakes.services import SERVICES
from fourways.fakes.services.modelstudio.records import Auth, Permissions
from fourways.fakes.storage import Storage
from fourways.fakes.tls import make_authority
from fourways.fakes.wire.messages import Request

LARGER = {"input_tpm": 600, "output_tpm": 50}
PURCHASE = {"model_name": MODEL, "plan": "ptu", "charge_type": "post_paid", "ptu_capacity": CAPACITY}
PREPAID = {**PURCHASE, "charge_type": "pre_paid", "pre_paid_info": {"duration": 1, "auto_renewal": False}}


@pytest.fixture
def api() -> Deployments:
    return Deployments()


@pytest.mark.parametrize(
    "wrong",
    [
        {"plan": None},
        {"plan": "lora"},
        {"model_name": None},
        {"service_tier": "ptu_slow"},
        {"service_tier": "ptu_default"},  # prepaid only
        {"charge_type": None},
        {"charge_type": "PostPaid"},
        {"pre_paid_info": {"duration": 1}},  # must be absent
        {"charge_type": "pre_paid"},  # pre_paid_info is required
        {"charge_type": "pre_paid", "pre_paid_info": {}},
        {"charge_type": "pre_paid", "pre_paid_info": {"duration": 31}},
        {"charge_type": "pre_paid", "pre_paid_info": {"duration": "30"}},
        {"charge_type": "pre_paid", "pre_paid_info": {"duration": 1, "auto_renewal": "no"}},
        {"charge_type": "pre_paid", "pre_paid_info": {"duration": 1, "auto_renewal_duration": 45}},
        {"charge_type": "pre_paid", "pre_paid_info": {"duration": 1, "auto_renewal_cycle": "Year"}},
        {"charge_type": "pre_paid", "pre_paid_info": [1]},
        {"ptu_capacity": None},
        {"ptu_capacity": {"input_tpm": 500}},
        {"ptu_capacity": {"input_tpm": 505, "output_tpm": 50}},
        {"ptu_capacity": {"input_tpm": 190, "output_tpm": 50}},
        {"ptu_capacity": {"input_tpm": 500, "output_tpm": 19}},
        {"ptu_capacity": {"input_tpm": 500.5, "output_tpm": 20}},
        {"suffix": "ninechars"},
        {"capacity": 8},
        {"deploy_spec": "MU1"},
        {"billing_method": "POST_PAY"},
    ],
)
def test_wrong_purchases(api: Deployments, wrong: dict[str, Any]) -> None:
    assert api.refused("POST", "", {**PURCHASE, **wrong}) == (400, "InvalidParameter")
    assert api.ok("GET")["total"] == 0


@pytest.mark.parametrize("body", [None, [], "text"])
def test_a_body_must_be_an_object(api: Deployments, body: Any) -> None:
    assert api.refused("POST", "", body) == (400, "InvalidParameter")


def test_a_capacity_in_tokens_instead_of_thousands_is_bought_as_it_is_written(api: Deployments) -> None:
    """The unit trap: 500000 is legal, and means half a billion tokens a minute."""
    assert api.reserve(ptu_capacity={"input_tpm": 500_000, "output_tpm": 50_000})["status"] == "WAIT_TO_DEPLOY"


def test_keys(api: Deployments) -> None:
    assert api.refused("GET", authorization="") == (401, "InvalidApiKey")
    assert api.refused("GET", authorization="Bearer sk-nobody") == (401, "InvalidApiKey")
    assert api.refused("GET", x_dashscope_workspace="llm-other") == (403, "AccessDenied")
    answer = api.send("GET", host="dashscope.aliyuncs.com")  # a key of Singapore in Beijing
    assert (answer.status, json.loads(answer.body)["code"]) == (401, "InvalidApiKey")
    own = f"{api.key.workspace}.ap-southeast-1.maas.aliyuncs.com"
    assert api.send("GET", host=own).status == 200
    assert api.send("GET", host="llm-other.ap-southeast-1.maas.aliyuncs.com").status == 403
    api.key.enabled = False
    assert api.refused("GET") == (401, "InvalidApiKey")


def test_a_model_that_is_not_for_this_key_or_not_there(api: Deployments) -> None:
    assert api.refused("POST", "", {**PURCHASE, "model_name": "nothing"}) == (404, "ModelNotFound")
    api.key.auth = Auth(type="Custom", access_ips=["0.0.0.0/0", "::/0"], allow_all_models=False, accessible_models=["qwen-plus"])
    assert api.refused("POST", "", PURCHASE) == (403, "Model.AccessDenied")
    api.key.auth = Auth()
    api.studio.permissions[api.key.workspace] = Permissions(all=False)
    assert api.refused("POST", "", PURCHASE) == (403, "Model.AccessDenied")


def test_deployments_are_a_workspace_s_own(api: Deployments) -> None:
    made = api.reserve()
    other = Deployments(api.cloud)
    other.key = api.studio.add_key(api.studio.add_workspace("other"), "test", "other", Auth())
    assert other.ok("GET")["deployments"] == []
    assert other.refused("GET", f"/{made['deployed_model']}") == (404, "NotFound")
    assert api.ok("GET", "?plan=ptu&page_no=1&page_size=1")["total"] == 1
    assert api.ok("GET", "?plan=mu")["total"] == 0


def test_not_found(api: Deployments) -> None:
    name = api.reserve()["deployed_model"]
    assert api.refused("GET", "/nothing") == (404, "NotFound")
    assert api.refused("DELETE", "/nothing") == (404, "NotFound")
    assert api.refused("PUT", "/nothing/scale", {"ptu_capacity": LARGER}) == (404, "NotFound")
    for method, rest, body in (
        ("GET", "/capacity-instances", None),
        ("GET", "/capacity-operations/x", None),
        ("PUT", "/renew", {"pre_paid_info": {"duration": 1}}),
        ("PUT", "/update-overflowstrategy", {"overflow_strategy": "enable"}),
    ):
        assert api.refused(method, f"/nothing{rest}", body) == (404, "MODEL_CODE_NOT_FOUND")
    for method, rest, body in (("GET", "", None), ("DELETE", "", None), ("PUT", "/scale", {"ptu_capacity": LARGER})):
        assert api.refused(method, f"/{name}/capacity-instances/none{rest}", body) == (404, "CAPACITY_INSTANCE_NOT_FOUND")
    assert api.refused("GET", f"/{name}/capacity-operations/none") == (404, "CAPACITY_OPERATION_NOT_FOUND")


def test_an_active_prepaid_term_cannot_be_deleted(api: Deployments) -> None:
    made = api.reserve(duration=30)
    name = made["deployed_model"]
    api.wait()
    assert api.refused("DELETE", f"/{name}/capacity-instances/{made['instance_id']}") == (400, "PREPAID_UNSUBSCRIBE_REQUIRED")
    assert api.refused("DELETE", f"/{name}") == (400, "PREPAID_UNSUBSCRIBE_REQUIRED")


def test_limits_of_instances(api: Deployments) -> None:
    name = api.reserve()["deployed_model"]
    postpaid = {"billing_method": "POST_PAY", "ptu_capacity": CAPACITY}
    prepaid = {**postpaid, "billing_method": "PRE_PAY", "pre_paid_info": {"duration": 1, "auto_renewal": False}}
    path = f"/{name}/capacity-instances"
    assert api.refused("POST", path, postpaid) == (400, "POSTPAID_INSTANCE_ALREADY_EXISTS")
    api.admin("POST", "seed", {"deployments": {"slots": 2, "instances": 2}})
    api.ok("POST", path, prepaid)
    assert api.refused("POST", path, prepaid) == (400, "CAPACITY_SLOT_LIMIT_EXCEEDED")
    api.admin("POST", "seed", {"deployments": {"slots": 3, "instances": 2}})
    assert api.refused("POST", path, prepaid) == (400, "TOTAL_CAPACITY_INSTANCE_LIMIT_EXCEEDED")
    assert api.refused("POST", "", PURCHASE) == (400, "TOTAL_CAPACITY_INSTANCE_LIMIT_EXCEEDED")
    assert api.ok("GET")["total"] == 1  # nothing is left of what was refused
    assert api.refused("POST", path, {**postpaid, "billing_method": "post_paid"}) == (400, "InvalidParameter")


def test_operations_one_at_a_time_and_only_where_they_make_sense(api: Deployments) -> None:
    made = api.reserve()
    name, path = made["deployed_model"], f"/{made['deployed_model']}/capacity-instances/{made['instance_id']}"
    conflict, unsupported = (409, "CAPACITY_INSTANCE_OPERATION_CONFLICT"), (400, "CAPACITY_INSTANCE_OPERATION_UNSUPPORTED")
    assert api.refused("PUT", f"{path}/scale", {"ptu_capacity": LARGER}) == conflict
    assert api.refused("DELETE", path) == conflict
    api.wait()
    assert api.refused("PUT", f"{path}/renew", {"pre_paid_info": {"duration": 1}}) == unsupported
    assert api.refused("PUT", f"/{name}/update", {"rpm_limit": 1}) == unsupported
    for wrong in (
        {"ptu_capacity": CAPACITY},
        {"ptu_capacity": LARGER, "order_type": "DOWNGRADE"},
        {"ptu_capacity": LARGER, "order_type": "SIDEGRADE"},
        {"ptu_capacity": LARGER, "pre_paid_info": {"duration": 1}},
        {"ptu_capacity": {"input_tpm": 205, "output_tpm": 20}},
        {"capacity": 8},
    ):
        assert api.refused("PUT", f"/{name}/scale", wrong) == (400, "InvalidParameter")
    assert api.refused("PUT", f"/{name}/scale", {"ptu_capacity": LARGER, "instance_id": "x"}) == (404, "CAPACITY_INSTANCE_NOT_FOUND")
    api.ok("DELETE", path)
    api.wait()
    assert api.refused("DELETE", path) == unsupported
    assert api.refused("PUT", f"/{name}/scale", {"ptu_capacity": LARGER}) == unsupported


def test_what_is_suspended_cannot_be_scaled(api: Deployments) -> None:
    made = api.reserve(duration=1)
    api.at("2026-11-25T05:00:00")
    answer = api.refused("PUT", f"/{made['deployed_model']}/scale", {"ptu_capacity": LARGER})
    assert answer == (400, "CAPACITY_INSTANCE_OPERATION_UNSUPPORTED")


def test_a_renewal_can_change_the_capacity(api: Deployments) -> None:
    made = api.reserve(duration=1)
    path = f"/{made['deployed_model']}/capacity-instances/{made['instance_id']}"
    api.wait()
    body: dict[str, Any] = {"pre_paid_info": {"duration": 1, "auto_renewal": False}, "ptu_capacity": LARGER}
    assert api.refused("PUT", f"{path}/renew", body) == (400, "InvalidParameter")
    assert api.refused("PUT", f"{path}/renew", {"pre_paid_info": {"auto_renewal": False}}) == (400, "InvalidParameter")
    api.ok("PUT", f"{path}/renew", {**body, "is_change": True})
    api.wait()
    assert api.ok("GET", path)["effective_capacity"] == LARGER
    assert float(api.open_bills()[0]["amount"]) == 60 * 64.8 + 50 * 12.95


def test_suffixes_are_taken_once(api: Deployments) -> None:
    assert api.reserve(suffix="own")["deployed_model"] == f"{MODEL}-ptu-own"
    assert api.refused("POST", "", {**PURCHASE, "suffix": "own"}) == (409, "Conflict")


def test_the_billing_account_and_its_service(api: Deployments) -> None:
    made = api.reserve()
    api.wait()
    api.admin("POST", "seed", {"deployments": {"billing_account_ready": False}})
    assert api.refused("POST", "", PURCHASE) == (403, "BILLING_ACCOUNT_NOT_READY")
    answer = api.refused("PUT", f"/{made['deployed_model']}/scale", {"ptu_capacity": LARGER})
    assert answer == (403, "BILLING_ACCOUNT_NOT_READY")
    api.fault("error", "CreateDeployment", status=503, code="BILLING_SERVICE_UNAVAILABLE")
    assert api.refused("POST", "", PURCHASE) == (503, "BILLING_SERVICE_UNAVAILABLE")


@pytest.mark.parametrize("code", ["Throttling.RateQuota", "Throttling.AllocationQuota"])
def test_the_other_throttlings_are_errors_that_can_be_set(api: Deployments, code: str) -> None:
    api.fault("error", "ListDeployments", status=429, code=code)
    assert api.refused("GET") == (429, code)


def test_overflow(api: Deployments) -> None:
    name = api.reserve()["deployed_model"]
    assert api.ok("PUT", f"/{name}/update-overflowstrategy", {"overflow_strategy": "disable"})["overflow_strategy"] == "disable"
    assert api.ok("GET", f"/{name}")["overflow_strategy"] == "disable"
    assert api.refused("PUT", f"/{name}/update-overflowstrategy", {"overflow_strategy": "maybe"}) == (400, "InvalidParameter")


@pytest.mark.parametrize("header", ["x_acs_req_uuid", "X_DashScope_RequestId"])
def test_a_request_id_makes_a_write_happen_once(api: Deployments, header: str) -> None:
    made = api.reserve()
    path = f"/{made['deployed_model']}/capacity-instances/{made['instance_id']}"
    api.wait()
    first = api.ok("PUT", f"{path}/scale", {"ptu_capacity": LARGER}, **{header: "one"})
    assert first["request_id"] == "one"
    api.wait()
    assert api.ok("PUT", f"{path}/scale", {"ptu_capacity": LARGER}, **{header: "one"}) == first
    other = {"input_tpm": 700, "output_tpm": 50}
    assert api.refused("PUT", f"{path}/scale", {"ptu_capacity": other}, **{header: "one"}) == (409, "IDEMPOTENCY_KEY_CONFLICT")
    assert api.refused("DELETE", path, **{header: "one"}) == (409, "IDEMPOTENCY_KEY_CONFLICT")
    api.ok("PUT", f"{path}/scale", {"ptu_capacity": other}, **{header: "two"})
    api.wait()
    gone = api.ok("DELETE", path, **{header: "three"})
    api.wait()
    assert api.ok("DELETE", path, **{header: "three"}) == gone
    assert api.refused("GET", "?page_size=0") == (400, "InvalidParameter")
    different = {"x_acs_req_uuid": "a", "X_DashScope_RequestId": "b"}
    assert api.refused("DELETE", path, **different) == (400, "InvalidParameter")


def test_the_first_create_is_not_promised_to_be_idempotent(api: Deployments) -> None:
    for _ in range(2):
        api.ok("POST", "", PURCHASE, x_acs_req_uuid="one")
    assert api.ok("GET")["total"] == 2


def test_what_was_refused_can_be_tried_again_with_the_same_request_id(api: Deployments) -> None:
    made = api.reserve()
    path = f"/{made['deployed_model']}/capacity-instances/{made['instance_id']}"
    assert api.refused("DELETE", path, x_acs_req_uuid="one")[0] == 409  # it is being deployed
    api.wait()
    assert api.ok("DELETE", path, x_acs_req_uuid="one")["operation_type"] == "DELETE"


@pytest.mark.parametrize(
    ("kind", "status", "made"),
    [("throttle", 429, 0), ("error", 503, 0), ("error-after", 503, 1), ("cut", None, 0), ("cut-after", None, 1), ("slow", 200, 1)],
)
def test_faults_come_before_or_after_the_effect(api: Deployments, kind: str, status: int | None, made: int) -> None:
    api.fault(kind, "CreateDeployment", seconds=3)
    answer = api.send("POST", "", PURCHASE)
    assert answer.cut == (status is None)
    if status is not None:
        assert answer.status == status
    if kind == "throttle":
        assert json.loads(answer.body)["code"] == "Throttling"
    assert answer.delay == (3 if kind == "slow" else 0)
    assert api.ok("GET")["total"] == made
    row = next(row for row in api.cloud.requests.rows if row["action"] == "CreateDeployment")
    assert (row["product"], row["region"], row["account"]) == ("Deployments", "ap-southeast-1", DEFAULT_ACCOUNT_ID)
    if made:
        assert row["made"]["deployed_model"] == api.ok("GET")["deployments"][0]["deployed_model"]
        assert row["body"]["ptu_capacity"] == CAPACITY


def test_every_call_is_in_the_log_under_its_name_and_no_key_is(api: Deployments) -> None:
    made = api.reserve()
    instance = f"/{made['deployed_model']}/capacity-instances/{made['instance_id']}"
    calls = {
        "GetDeployment": ("GET", f"/{made['deployed_model']}"),
        "ListDeployments": ("GET", ""),
        "ListDeployableModels": ("GET", "/models"),
        "ScaleDeployment": ("PUT", f"/{made['deployed_model']}/scale"),
        "RenewDeployment": ("PUT", f"/{made['deployed_model']}/renew"),
        "UpdateDeployment": ("PUT", f"/{made['deployed_model']}/update"),
        "UpdateOverflowStrategy": ("PUT", f"/{made['deployed_model']}/update-overflowstrategy"),
        "DeleteDeployment": ("DELETE", f"/{made['deployed_model']}"),
        "CreateCapacityInstance": ("POST", f"/{made['deployed_model']}/capacity-instances"),
        "ListCapacityInstances": ("GET", f"/{made['deployed_model']}/capacity-instances"),
        "GetCapacityInstance": ("GET", instance),
        "ScaleCapacityInstance": ("PUT", f"{instance}/scale"),
        "RenewCapacityInstance": ("PUT", f"{instance}/renew"),
        "DeleteCapacityInstance": ("DELETE", instance),
        "GetCapacityOperation": ("GET", f"/{made['deployed_model']}/capacity-operations/{made['operation_id']}"),
    }
    for method, path in calls.values():
        api.send(method, path, {} if method in ("PUT", "POST") else None)
    assert set(api.cloud.requests.actions) == {*calls, "CreateDeployment"}
    assert not api.cloud.requests.unknown
    assert api.key.value not in json.dumps(list(api.cloud.requests.rows))


def test_unknown_paths_are_counted(api: Deployments) -> None:
    assert api.send("POST", "/x/stop", {}).status == 404
    assert api.cloud.requests.unknown == {"POST /api/v1/deployments/x/stop": 1}


def test_the_gateway_does_not_know_these_paths(api: Deployments) -> None:
    headers = {"host": "127.0.0.1", "x-acs-version": "v1", "authorization": f"Bearer {api.key.value}"}
    assert api.cloud.handle(Request.build("GET", "/api/v1/deployments", headers, b"")).status == 404
    assert api.cloud.requests.unknown == {"v1 GET /api/v1/deployments": 1}


def test_what_is_under_way_is_named(api: Deployments) -> None:
    made = api.reserve()
    answer = json.loads(api.send("DELETE", f"/{made['deployed_model']}").body)
    assert made["operation_id"] in answer["message"]


def test_an_inactive_product(api: Deployments) -> None:
    api.admin("POST", "seed", {"not_activated": ["Deployments"]})
    assert api.refused("GET") == (404, "Inactive")


def test_an_answer_leaves_when_what_it_says_is_on_disk(tmp_path: Path) -> None:
    cloud = Cloud(SERVICES, clock=Clock(stepped=True, start=1_780_000_000.0))
    api, storage = Deployments(cloud), Storage(tmp_path / "cloud.pickle")
    listener = bind(0)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/maas/{api.host}/api/v1/deployments"
    headers = {"authorization": f"Bearer {api.key.value}"}

    async def test() -> None:
        server = Server(cloud, make_authority(tmp_path / "ca.pem"), storage)
        task = asyncio.get_running_loop().create_task(server.serve(listener, lambda: None))
        async with aiohttp.ClientSession() as session:
            async with session.get(address, headers=headers) as answer:
                assert answer.status == 200
            assert storage.load() is None
            async with session.post(address, headers=headers, json=PURCHASE) as answer:
                assert answer.status == 200
            kept = storage.load()
        task.cancel()
        assert kept is not None
        assert "ptu-reservation" in {row["kind"] for row in kept.inventory()}

    asyncio.run(test())


def test_the_message_names_what_is_allowed(api: Deployments) -> None:
    answer = json.loads(api.send("POST", "", {**PURCHASE, "ptu_capacity": {"input_tpm": 505, "output_tpm": 50}}).body)
    assert answer["message"].endswith("505 kTPM; at least 200, in steps of 10.")
    assert set(answer) == {"request_id", "code", "message"}
