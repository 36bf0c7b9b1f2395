"""Reservations on the fake: every status and operation, and what is billed when."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from deployment_calls import CAPACITY, MODEL, Deployments

from fourways.fakes.services import SERVICES

LARGER = {"input_tpm": 600, "output_tpm": 50}
SMALLER = {"input_tpm": 200, "output_tpm": 20}


@pytest.fixture
def api() -> Deployments:
    return Deployments()


def release(api: Deployments, made: dict[str, Any]) -> dict[str, Any]:
    return api.ok("DELETE", f"/{made['deployed_model']}/capacity-instances/{made['instance_id']}")


def test_a_postpaid_reservation_from_purchase_to_nothing(api: Deployments) -> None:
    made = api.reserve()
    name = made["deployed_model"]
    assert made["status"] == "WAIT_TO_DEPLOY"
    assert name.startswith(f"{MODEL}-ptu-")
    assert api.open_bills() == []
    assert api.operation(name, made["operation_id"])["operation_status"] == "PROCESSING"
    assert api.statuses(name, 10) == ["WAIT_TO_DEPLOY", "RUNNING"]
    operation = api.operation(name, made["operation_id"])
    assert (operation["operation_type"], operation["operation_status"]) == ("CREATE", "SUCCEEDED")
    bill = api.open_bills()[0]
    assert (bill["kind"], bill["charge_type"], bill["currency"]) == ("ptu-reservation", "PostPaid", "CNY")
    assert float(bill["hourly_price"]) == 324
    assert {row["kind"] for row in api.cloud.inventory()} >= {"ptu-reservation", "ptu-capacity-instance"}

    seen = api.ok("GET", f"/{name}")
    assert (seen["ptu_service_tier"], seen["ptu_capacity"], seen["overflow_strategy"]) == ("ptu_fast", CAPACITY, "enable")
    assert api.refused("DELETE", f"/{name}") == (409, "CAPACITY_INSTANCE_OPERATION_CONFLICT")  # the instance is not released
    going = release(api, made)
    assert (going["operation_type"], going["operation_status"]) == ("DELETE", "PROCESSING")
    assert api.refused("DELETE", f"/{name}") == (409, "CAPACITY_INSTANCE_OPERATION_CONFLICT")  # an operation is pending
    assert api.statuses(name, 2.5) == ["DELETING", "STOPPING"]
    assert api.refused("DELETE", f"/{name}") == (409, "CAPACITY_INSTANCE_OPERATION_CONFLICT")  # it is not STOPPED
    assert api.open_bills() == []
    assert api.statuses(name, 3) == ["STOPPING", "STOPPED"]
    assert api.ok("GET", f"/{name}/capacity-instances/{made['instance_id']}")["deleted"] is True
    assert api.ok("DELETE", f"/{name}")["status"] == "DELETING"
    assert api.ok("GET", f"/{name}")["status"] == "DELETING"
    api.wait()
    assert api.refused("GET", f"/{name}") == (404, "NotFound")
    assert not [row for row in api.cloud.inventory() if row["kind"].startswith("ptu")]


def test_a_prepaid_term_runs_out_stops_and_is_released(api: Deployments) -> None:
    made = api.reserve(duration=3, service_tier="ptu_default")
    name, instance = made["deployed_model"], made["instance_id"]
    assert api.statuses(name, 10) == ["WAIT_PRE_PAID_BILLING_TO_DEPLOYING", "WAIT_TO_DEPLOY", "RUNNING"]
    assert api.ok("GET", f"/{name}")["pre_paid_gmt_expired"] == "2026-11-26T23:59:59"
    bill = api.open_bills()[0]
    assert (bill["charge_type"], float(bill["amount"]), float(bill["hourly_price"])) == ("PrePaid", 2718, 0)  # 3 days of 906
    api.at("2026-11-26T23:59:58")
    assert len(api.open_bills()) == 1
    api.wait(1)
    assert api.open_bills() == []
    assert api.ok("GET", f"/{name}")["status"] == "RUNNING"
    api.at("2026-11-27T01:59:58")
    assert api.statuses(name, 6, instance) == ["RUNNING", "SUSPENDING", "SUSPENDED"]
    api.at("2026-11-27T13:59:58")
    assert api.statuses(name, 3, instance) == ["SUSPENDED", "STOPPING"]
    api.wait()
    assert api.ok("GET", f"/{name}/capacity-instances/{instance}")["deleted"] is True
    assert api.ok("GET", f"/{name}")["status"] == "STOPPED"
    operations = api.cloud.backends_of(api.key.account, api.key.region)
    types = [
        op.type for backend in operations for found in getattr(backend, "deployments", {}).values() for op in found.operations.values()
    ]
    assert types == ["CREATE", "STOP", "DELETE"]


def test_renewal_is_on_unless_it_is_said_to_be_off(api: Deployments) -> None:
    made = api.reserve(duration=1, auto_renewal=None)
    api.wait()
    assert api.ok("GET", f"/{made['deployed_model']}")["pre_paid_info"]["auto_renewal"] is True
    api.at("2026-11-25T12:00:00")
    assert api.ok("GET", f"/{made['deployed_model']}")["pre_paid_gmt_expired"] == "2026-11-25T23:59:59"
    assert [row["closed"] is None for row in api.cloud.ledger.rows()] == [False, True]  # a second day is on the bill
    assert {float(row["amount"]) for row in api.cloud.ledger.rows()} == {3887.5}


def test_a_renewal_adds_to_the_term(api: Deployments) -> None:
    made = api.reserve(duration=1)
    api.wait()
    name = made["deployed_model"]
    answer = api.ok("PUT", f"/{name}/renew", {"pre_paid_info": {"duration": 2, "auto_renewal": False}})
    api.wait()
    operation = api.operation(name, answer["operation_id"])
    assert (operation["operation_type"], operation["operation_status"]) == ("RENEW", "SUCCEEDED")
    assert api.ok("GET", f"/{name}")["pre_paid_gmt_expired"] == "2026-11-26T23:59:59"
    assert sum(float(row["amount"]) for row in api.cloud.ledger.rows()) == 3 * 3887.5
    assert len(api.open_bills()) == 1
    api.at("2026-11-25T12:00:00")  # the first term's end has no effect any more
    assert (api.ok("GET", f"/{name}")["status"], len(api.open_bills())) == ("RUNNING", 1)


def test_a_suspended_reservation_recovers_by_renewal(api: Deployments) -> None:
    made = api.reserve(duration=1)
    name, path = made["deployed_model"], f"/{made['deployed_model']}/capacity-instances/{made['instance_id']}"
    api.at("2026-11-25T05:00:00")
    assert api.ok("GET", path)["status"] == "SUSPENDED"
    assert api.ok("GET", path)["effective_capacity"] == {"input_tpm": 0, "output_tpm": 0}
    api.ok("PUT", f"{path}/renew", {"pre_paid_info": {"duration": 1, "auto_renewal": False}})
    assert api.statuses(name, 12) == ["SUSPENDED", "RECOVERING", "STARTING", "RUNNING"]
    assert api.ok("GET", path)["gmt_expired"] == "2026-11-25T23:59:59"
    assert len(api.open_bills()) == 1
    api.at("2026-11-25T15:00:00")  # past the old term's release
    assert api.ok("GET", path)["deleted"] is False


def test_what_is_suspended_can_be_released(api: Deployments) -> None:
    made = api.reserve(duration=1)
    api.at("2026-11-25T05:00:00")
    release(api, made)
    api.wait()
    assert api.ok("GET", f"/{made['deployed_model']}")["status"] == "STOPPED"


def test_scaling_a_postpaid_instance_changes_its_price_when_it_is_done(api: Deployments) -> None:
    made = api.reserve()
    name = made["deployed_model"]
    api.wait()
    answer = api.ok("PUT", f"/{name}/scale", {"ptu_capacity": LARGER, "order_type": "UPGRADE"})
    path = f"/{name}/capacity-instances/{made['instance_id']}"
    assert api.ok("GET", path)["target_capacity"] == LARGER
    assert float(api.open_bills()[0]["hourly_price"]) == 324
    assert api.ok("GET", f"/{name}")["ptu_capacity"] == CAPACITY  # it serves with what it has
    assert api.statuses(name, 6) == ["SCALING", "RUNNING"]
    assert float(api.open_bills()[0]["hourly_price"]) == 378
    assert api.ok("GET", f"/{name}")["ptu_capacity"] == LARGER
    assert api.operation(name, answer["operation_id"])["operation_type"] == "SCALE"
    api.ok("PUT", f"{path}/scale", {"ptu_capacity": SMALLER, "order_type": "DOWNGRADE"})
    api.wait()
    assert api.ok("GET", path)["configured_capacity"] == SMALLER


def test_a_prepaid_upgrade_is_paid_for_the_rest_of_the_term(api: Deployments) -> None:
    made = api.reserve(duration=1)
    name = made["deployed_model"]
    api.wait()
    api.ok("PUT", f"/{name}/scale", {"ptu_capacity": LARGER})
    assert api.statuses(name, 8) == ["WAIT_PRE_PAID_BILLING_TO_SCALING", "SCALING", "RUNNING"]
    more = [float(row["amount"]) for row in api.cloud.ledger.rows()][1]
    assert more == pytest.approx(648 / 2, rel=0.01)  # 10 x 10 kTPM for half a day, less the first seconds
    api.ok("PUT", f"/{name}/scale", {"ptu_capacity": SMALLER})
    assert api.statuses(name, 8) == ["SCALING", "RUNNING"]
    assert len(api.cloud.ledger.rows()) == 2


def test_several_instances_add_up_and_must_be_named(api: Deployments) -> None:
    made = api.reserve()
    name = made["deployed_model"]
    order = {"billing_method": "PRE_PAY", "ptu_capacity": SMALLER, "pre_paid_info": {"duration": 1, "auto_renewal": False}}
    second = api.ok("POST", f"/{name}/capacity-instances", order)
    assert second["operation_type"] == "CREATE"
    api.wait()
    assert api.ok("GET", f"/{name}")["ptu_capacity"] == {"input_tpm": 700, "output_tpm": 70}
    listed = api.ok("GET", f"/{name}/capacity-instances?page_size=1&page_no=2")
    assert (listed["items"], listed["pageCount"], listed["records"][0]["instance_id"]) == (2, 2, second["instance_id"])
    assert api.refused("PUT", f"/{name}/scale", {"ptu_capacity": LARGER}) == (400, "CAPACITY_INSTANCE_REQUIRED")
    api.ok("PUT", f"/{name}/scale", {"ptu_capacity": LARGER, "instance_id": made["instance_id"]})
    api.wait()
    release(api, made)
    api.wait()
    assert api.ok("GET", f"/{name}")["status"] == "RUNNING"  # the prepaid one still serves
    assert api.refused("DELETE", f"/{name}") == (400, "PREPAID_UNSUBSCRIBE_REQUIRED")
    again = api.ok("POST", f"/{name}/capacity-instances", {"billing_method": "POST_PAY", "ptu_capacity": SMALLER})  # the first is deleted
    assert again["operation_status"] == "PROCESSING"


def test_an_unsubscription_in_the_console_gives_money_back(api: Deployments) -> None:
    made = api.reserve(duration=2)
    name = made["deployed_model"]
    api.at("2026-11-25T00:00:00")
    status, answer = api.admin("POST", "console/unsubscribe", {"deployed_model": name, "instance_id": made["instance_id"]})
    assert (status, answer["operation_type"]) == (200, "REFUND")
    api.wait()
    assert api.operation(name, answer["operation_id"])["operation_status"] == "SUCCEEDED"
    assert api.open_bills() == []
    paid, back = (float(row["amount"]) for row in api.cloud.ledger.rows())
    assert paid == 7775
    assert back == pytest.approx(-(7775 - 7775 * (1 / 3) * 1.2), rel=0.001)  # 12 of 36 hours used
    assert api.ok("GET", f"/{name}")["status"] == "STOPPED"
    assert api.admin("POST", "console/unsubscribe", {"deployed_model": "nothing"})[0] == 400
    assert api.admin("POST", "console/sing", {})[0] == 404


@pytest.mark.parametrize(("kind", "code"), [("fail", "BILLING_SERVICE_UNAVAILABLE"), ("no-stock", "Throttling.AllocationQuota")])
@pytest.mark.parametrize("duration", [None, 1])
def test_a_purchase_that_fails_says_so_inside_a_200(api: Deployments, kind: str, code: str, duration: int | None) -> None:
    api.fault(kind, "CreateDeployment", code=code)
    made = api.reserve(duration=duration)
    name = made["deployed_model"]
    api.wait()
    operation = api.operation(name, made["operation_id"])
    assert (operation["operation_status"], operation["error_code"]) == ("FAILED", code)
    seen = api.ok("GET", f"/{name}")
    assert seen["status"] == "FAILED"
    assert seen["fail_reason"]
    assert api.cloud.ledger.rows() == []
    release(api, made)
    api.wait()
    api.ok("DELETE", f"/{name}")
    api.wait()
    assert api.refused("GET", f"/{name}")[0] == 404


@pytest.mark.parametrize(
    ("action", "method", "rest", "body"),
    [
        ("ScaleCapacityInstance", "PUT", "/scale", {"ptu_capacity": LARGER}),
        ("RenewCapacityInstance", "PUT", "/renew", {"pre_paid_info": {"duration": 1}}),
    ],
)
def test_changes_that_fail_leave_everything_as_it_was(api: Deployments, action: str, method: str, rest: str, body: Any) -> None:
    made = api.reserve(duration=1)
    path = f"/{made['deployed_model']}/capacity-instances/{made['instance_id']}"
    api.wait()
    before, bills = api.ok("GET", path), len(api.cloud.ledger.rows())
    api.fault("fail", action)
    operation = api.ok(method, path + rest, body)
    api.wait()
    assert api.operation(made["deployed_model"], operation["operation_id"])["operation_status"] == "FAILED"
    assert {**api.ok("GET", path), "gmt_modified": ""} == {**before, "gmt_modified": ""}
    assert len(api.cloud.ledger.rows()) == bills


def test_a_release_that_fails_leaves_the_bill_open(api: Deployments) -> None:
    made = api.reserve()
    api.wait()
    api.fault("fail", "DeleteCapacityInstance")
    release(api, made)
    api.wait()
    assert api.ok("GET", f"/{made['deployed_model']}")["status"] == "RUNNING"
    assert len(api.open_bills()) == 1


def test_stuck_late_and_hidden(api: Deployments) -> None:
    api.fault("lag", "CreateDeployment", seconds=10)
    api.fault("late", "CreateDeployment", seconds=30)
    made = api.reserve()
    assert api.refused("GET", f"/{made['deployed_model']}") == (404, "NotFound")
    assert api.ok("GET", "?plan=ptu")["deployments"] == []
    api.wait(20)
    assert api.ok("GET", f"/{made['deployed_model']}")["status"] == "WAIT_TO_DEPLOY"
    api.wait(20)
    assert api.ok("GET", f"/{made['deployed_model']}")["status"] == "RUNNING"
    api.fault("stuck", "ScaleDeployment")
    api.ok("PUT", f"/{made['deployed_model']}/scale", {"ptu_capacity": LARGER})
    api.wait(3600)
    assert api.ok("GET", f"/{made['deployed_model']}")["status"] == "SCALING"


def test_transitions_survive_a_restart(api: Deployments) -> None:
    made = api.reserve(duration=1)
    again = pickle.loads(pickle.dumps(api.cloud))
    again.resume(SERVICES)
    api.cloud = again
    assert api.statuses(made["deployed_model"], 10)[-1] == "RUNNING"
    api.at("2026-11-25T01:00:00")
    assert api.open_bills() == []


def test_seeded_times(api: Deployments) -> None:
    api.admin("POST", "seed", {"deployments": {"transition_seconds": {"deploy": 600}}})
    made = api.reserve()
    api.wait(599)
    assert api.ok("GET", f"/{made['deployed_model']}")["status"] == "WAIT_TO_DEPLOY"
    api.admin("POST", "seed", {"deployments": {"transition_seconds": 1}})
    api.wait(1)
    assert api.ok("GET", f"/{made['deployed_model']}")["status"] == "RUNNING"
