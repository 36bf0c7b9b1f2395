"""What answers show. Field names: the help centre's API pages and the types of Alibaba Cloud's own command line for Model Studio."""

from __future__ import annotations

from typing import Any

from fourways.fakes.services.deployments.records import Deployment, Instance, Operation, Reservation, Term, Units
from fourways.fakes.services.deployments.terms import wire


def deployment(found: Deployment) -> dict[str, Any]:
    common = {
        "deployed_model": found.model,
        "name": found.name,
        "model_name": found.model_name,
        "base_model": found.model_name,
        "workspace_id": found.workspace,
        "creator": found.creator,
        "modifier": found.creator,
        "gmt_create": wire(found.created),
        "gmt_modified": wire(found.modified),
    }
    return {**common, **(_reservation(found) if isinstance(found, Reservation) else _units(found) if isinstance(found, Units) else {})}


def _reservation(found: Reservation) -> dict[str, Any]:
    live = found.live()
    prepaid = [instance for instance in live if instance.expires]
    first = live[0] if live else next(iter(found.instances.values()))
    view = {
        "plan": "ptu",
        "status": found.status,
        "charge_type": first.charge_type,
        "ptu_service_tier": found.tier,
        "ptu_capacity": found.effective().wire(),
        "overflow_strategy": found.overflow,
        "fail_reason": next((instance.fail_reason for instance in live if instance.fail_reason), ""),
    }
    if first.term is not None:
        view["pre_paid_info"] = _term(first.term)
    if prepaid:
        view["pre_paid_gmt_expired"] = wire(min(instance.expires for instance in prepaid))
    return view


def _units(found: Units) -> dict[str, Any]:
    view: dict[str, Any] = {
        "plan": "mu",
        "status": found.status,
        "charge_type": "post_paid",
        "deploy_spec": found.template,
        "model_unit_spec": found.spec,
        "base_capacity": found.base,
        "capacity": found.capacity,
        "ready_capacity": found.ready,
        "fail_reason": found.fail_reason,
    }
    if "unified" not in found.roles:
        view |= {f"{role}_capacity": units for role, units in found.roles.items()}
    for name in ("enable_thinking", "max_context_length", "rpm_limit", "tpm_limit"):
        if getattr(found, name) is not None:
            view[name] = getattr(found, name)
    return view


def _term(term: Term) -> dict[str, Any]:
    return {
        "duration": term.duration,
        "auto_renewal": term.auto_renewal,
        "auto_renewal_duration": term.auto_renewal_duration,
        "auto_renewal_cycle": "Day",
    }


def instance(reservation: Reservation, found: Instance, now: float) -> dict[str, Any]:
    free = found.deleted is None and found.operation is None
    view = {
        "model_service_id": reservation.model,
        "instance_id": found.id,
        "charge_type": found.charge_type,
        "status": found.status,
        "deleted": found.deleted is not None,
        "effective_capacity": found.effective.wire(),
        "configured_capacity": found.configured.wire(),
        "target_capacity": found.target.wire() if found.target is not None else None,
        "can_scale": free and found.status == "RUNNING",
        "can_renew": free and found.term is not None and found.paid > 0,
        "can_delete": free and not found.active_prepaid(now),
        "fail_reason": found.fail_reason,
        "gmt_created": wire(found.created),
        "gmt_modified": wire(found.modified),
    }
    if found.term is not None:
        view["pre_paid_info"] = _term(found.term)
    if found.expires:
        view["gmt_expired"] = wire(found.expires)
    if found.deleted is not None:
        view["gmt_deleted"] = wire(found.deleted)
    return view


def operation(reservation: Reservation, found: Operation) -> dict[str, Any]:
    view = {
        "operation_id": found.id,
        "request_id": found.request_id,
        "operation_type": found.type,
        "operation_status": found.status,
        "model_service_id": reservation.model,
        "instance_id": found.instance,
        "from_status": found.from_status,
        "current_status": reservation.instances[found.instance].status,
        "gmt_created": wire(found.created),
    }
    if found.finished is not None:
        view["gmt_finished"] = wire(found.finished)
    if found.status == "FAILED" and found.outcome is not None:
        view["error_code"], view["error_message"] = found.outcome
    return view
