"""Plan ptu on the wire: reservations, their capacity instances and operations."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.deployments import errors, requests, rules, transitions, views
from fourways.fakes.services.deployments.backend import DeploymentsBackend
from fourways.fakes.services.deployments.body import Body
from fourways.fakes.services.deployments.records import Capacity, Instance, Operation, Reservation, Term
from fourways.fakes.services.modelstudio import access
from fourways.fakes.wire.errors import CloudError

_TIERS = ("ptu_fast", "ptu_default")


def create(call: Call, body: Body) -> dict[str, Any]:
    """The first purchase. Not idempotent: no request id is promised to be."""
    backend = call.backend(DeploymentsBackend)
    model, region = body.text("model_name"), call.scope.region
    rules.reservable(region, model)
    access.check_model(call.scope.cloud, call.key, model)
    tier = body.choice("service_tier", _TIERS, "ptu_fast")
    charge_type = body.choice("charge_type", ("pre_paid", "post_paid"))
    if tier == "ptu_default" and charge_type == "post_paid":
        raise body.bad("charge_type", "ptu_default is prepaid only.")
    term = _term(body, charge_type == "pre_paid")
    capacity = body.capacity()
    rules.check_capacity(region, model, capacity)
    for name in ("capacity", "deploy_spec", "billing_method"):
        body.refuse(name, "it belongs to plan mu.")
    _check_account(call)
    now = call.scope.clock.now()
    # `{model_name}-ptu-{random suffix}`: help centre; that a suffix of the caller's stands in the same place is assumed.
    deployed = f"{model}-ptu-{body.suffix() or backend.new_id('', 8)}"
    reservation = Reservation(
        model=deployed,
        name=body.text("name", deployed),
        model_name=model,
        workspace=call.key.workspace,
        creator=call.scope.account,
        created=now,
        modified=now,
        tier=tier,
    )
    backend.add(reservation)
    try:
        operation = backend.reserve.buy(reservation, call.action, requests.id_of(call), capacity, term)
    except CloudError:
        backend.forget(deployed)
        raise
    reservation.hidden_until = transitions.hidden_until(call.scope, call.action, deployed)
    return _with_operation(reservation, operation)


def _with_operation(reservation: Reservation, operation: Operation) -> dict[str, Any]:
    return {**views.deployment(reservation), "operation_id": operation.id, "instance_id": operation.instance}


def _term(body: Body, prepaid: bool) -> Term | None:
    if prepaid:
        return body.term()
    body.refuse("pre_paid_info", "it must be absent when post-paid.")
    return None


def _check_account(call: Call) -> None:
    if not rules.billing_ready(call.scope):
        raise errors.billing_not_ready()


def _chosen(reservation: Reservation, body: Body) -> Instance:
    """The instance that a call on the whole reservation means; it must say which where there are several."""
    live = reservation.live()
    if "instance_id" in body:
        return _instance(reservation, body.text("instance_id"))
    if len(live) > 1:
        raise errors.instance_required([instance.id for instance in live])
    if not live:
        raise errors.unsupported(f"{reservation.model} has no capacity instance that is not released.")
    return live[0]


def _instance(reservation: Reservation, id: str) -> Instance:
    if id not in reservation.instances:
        raise errors.no_instance(id)
    return reservation.instances[id]


def _of_path(call: Call) -> tuple[Reservation, Instance]:
    reservation = requests.reservation(call)
    return reservation, _instance(reservation, call.parameters.get("instance_id"))


def _scale(call: Call, reservation: Reservation, instance: Instance, body: Body) -> Operation:
    """`ptu_capacity` is absolute. An `order_type` that says another thing than it is refused (assumed), and so is no change at all."""
    wanted, before = body.capacity(), instance.configured
    rules.check_capacity(call.scope.region, reservation.model_name, wanted)
    if wanted == before:
        raise body.bad("ptu_capacity", "it is the capacity that there is.")
    if "order_type" in body:
        order = body.choice("order_type", ("UPGRADE", "DOWNGRADE"))
        less, more = (wanted, before) if order == "DOWNGRADE" else (before, wanted)
        if less.input_tpm > more.input_tpm or less.output_tpm > more.output_tpm:
            raise body.bad("order_type", f"{order}, but the capacity does not change that way.")
    if instance.term is None:
        body.refuse("pre_paid_info", "it must be absent when post-paid.")
    _check_account(call)
    return call.backend(DeploymentsBackend).reserve.scale(reservation, instance, call.action, requests.id_of(call), wanted)


def scale(call: Call, reservation: Reservation, body: Body) -> dict[str, Any]:
    """PUT /{m}/scale."""
    return _with_operation(reservation, _scale(call, reservation, _chosen(reservation, body), body))


def _renew(call: Call, reservation: Reservation, instance: Instance, body: Body) -> Operation:
    """`is_change` must be true where another `ptu_capacity` comes with it."""
    if instance.term is None:
        raise errors.unsupported(f"Capacity instance {instance.id} is postpaid: there is nothing to renew.")
    term = body.term()
    capacity: Capacity | None = None
    if body.truth("is_change", False):
        capacity = body.capacity()
        rules.check_capacity(call.scope.region, reservation.model_name, capacity)
    else:
        body.refuse("ptu_capacity", "is_change must be true with it.")
    _check_account(call)
    return call.backend(DeploymentsBackend).reserve.renew(reservation, instance, call.action, requests.id_of(call), term, capacity)


@requests.once
def renew(call: Call) -> dict[str, Any]:
    """PUT /{m}/renew."""
    reservation, body = requests.reservation(call), Body(call.parameters.body)
    return _with_operation(reservation, _renew(call, reservation, _chosen(reservation, body), body))


@requests.once
def update_overflow(call: Call) -> dict[str, Any]:
    """PUT /{m}/update-overflowstrategy."""
    reservation = requests.reservation(call)
    reservation.overflow = Body(call.parameters.body).choice("overflow_strategy", ("enable", "disable"))
    reservation.modified = call.scope.clock.now()
    return views.deployment(reservation)


@requests.once
def create_instance(call: Call) -> dict[str, Any]:
    """POST /{m}/capacity-instances."""
    reservation, body = requests.reservation(call), Body(call.parameters.body)
    prepaid = body.choice("billing_method", ("PRE_PAY", "POST_PAY")) == "PRE_PAY"
    if not prepaid and reservation.tier == "ptu_default":
        raise body.bad("billing_method", "ptu_default is prepaid only.")
    term, capacity = _term(body, prepaid), body.capacity()
    rules.check_capacity(call.scope.region, reservation.model_name, capacity)
    if reservation.ending == "DELETING":
        raise errors.conflict(f"{reservation.model} is being deleted.")
    _check_account(call)
    operation = call.backend(DeploymentsBackend).reserve.buy(reservation, call.action, requests.id_of(call), capacity, term)
    return views.operation(reservation, operation)


def list_instances(call: Call) -> dict[str, Any]:
    """GET /{m}/capacity-instances: the released ones too."""
    reservation = requests.reservation(call)
    now, found = call.scope.clock.now(), list(reservation.instances.values())
    page, about = requests.page(call, found)
    return {
        "records": [views.instance(reservation, instance, now) for instance in page],
        "items": len(found),
        "page": about["page_no"],
        "itemsPerPage": about["page_size"],
        "pageCount": -(-len(found) // about["page_size"]),
    }


def get_instance(call: Call) -> dict[str, Any]:
    reservation, instance = _of_path(call)
    return views.instance(reservation, instance, call.scope.clock.now())


@requests.once
def scale_instance(call: Call) -> dict[str, Any]:
    reservation, instance = _of_path(call)
    return views.operation(reservation, _scale(call, reservation, instance, Body(call.parameters.body)))


@requests.once
def renew_instance(call: Call) -> dict[str, Any]:
    reservation, instance = _of_path(call)
    return views.operation(reservation, _renew(call, reservation, instance, Body(call.parameters.body)))


@requests.once
def delete_instance(call: Call) -> dict[str, Any]:
    reservation, instance = _of_path(call)
    operation = call.backend(DeploymentsBackend).reserve.release(reservation, instance, call.action, requests.id_of(call))
    return views.operation(reservation, operation)


def get_operation(call: Call) -> dict[str, Any]:
    reservation = requests.reservation(call)
    id = call.parameters.get("operation_id")
    if id not in reservation.operations:
        raise errors.no_operation(id)
    return views.operation(reservation, reservation.operations[id])
