"""Plan mu on the wire: what is offered, and model units."""

from __future__ import annotations

import hashlib
from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.deployments import errors, requests, rules, transitions, views
from fourways.fakes.services.deployments.backend import DeploymentsBackend
from fourways.fakes.services.deployments.body import Body
from fourways.fakes.services.deployments.records import Units
from fourways.fakes.services.modelstudio.backend import ModelStudioBackend


def list_models(call: Call) -> dict[str, Any]:
    """GET /deployments/models: plans and templates; there are no custom models on the fake."""
    for name, allowed in (("version", ("v1.0",)), ("model_source", ("base", "custom"))):
        given = call.parameters.optional(name)
        if given is not None and given not in allowed:
            raise errors.bad(name, f"{given!r}; valid values: {', '.join(allowed)}.")
    offered = {} if call.parameters.get("model_source") == "custom" else rules.templates(call.scope)
    models = [
        {"model_name": model, "base_model": model, "model_source": "base", "plans": [{"plan": "mu", "templates": templates}]}
        for model, templates in offered.items()
    ]
    page, about = requests.page(call, models)
    return {**about, "models": page}


def create(call: Call, body: Body) -> dict[str, Any]:
    backend, model = call.backend(DeploymentsBackend), body.text("model_name")
    template = rules.template(call.scope, model, body.text("deploy_spec"))
    if not call.backend(ModelStudioBackend).may(call.key.workspace, model, "deploy"):
        raise errors.deploy_denied(call.key.workspace, model)
    body.choice("billing_method", ("POST_PAY",))
    for name in ("ptu_capacity", "service_tier", "pre_paid_info"):
        body.refuse(name, "it belongs to plan ptu.")
    roles = _roles(template, body)
    now = call.scope.clock.now()
    # That the name without a suffix is the same for every deployment of a model is what the error says; its form is assumed.
    own = hashlib.sha256(call.key.workspace.encode()).hexdigest()[:8]
    deployed = f"{model}-{body.suffix() or own}"
    specs = template["roles"]
    units = Units(
        model=deployed,
        name=body.text("name", deployed),
        model_name=model,
        workspace=call.key.workspace,
        creator=call.scope.account,
        created=now,
        modified=now,
        template=template["template_id"],
        spec=next(iter(specs.values()))["model_unit_spec"],
        base=sum(role["capacity_unit_per_instance"] for role in specs.values()),
        roles=roles,
        enable_thinking=body.optional_truth("enable_thinking"),
        max_context_length=body.optional_whole("max_context_length"),
        rpm_limit=body.optional_whole("rpm_limit"),
        tpm_limit=body.optional_whole("tpm_limit"),
    )
    backend.add(units)
    units.hidden_until = transitions.hidden_until(call.scope, call.action, deployed)
    backend.run.deploy(units, call.action)
    return views.deployment(units)


def _roles(template: dict[str, Any], body: Body) -> dict[str, int]:
    """Units by role, each a multiple of what an instance of the role needs."""
    specs = template["roles"]
    if "unified" in specs:
        given = {"unified": body.whole("capacity")}
        for name in ("prefill_capacity", "decode_capacity"):
            body.refuse(name, f"template {template['template_id']} is not separated: it takes capacity.")
    else:
        given = {role: body.whole(f"{role}_capacity") for role in specs}
        if "capacity" in body and body.whole("capacity") != sum(given.values()):
            raise body.bad("capacity", "it is not the sum of prefill_capacity and decode_capacity.")
    for role, units in given.items():
        name = "capacity" if role == "unified" else f"{role}_capacity"
        rules.check_units(name, units, specs[role]["capacity_unit_per_instance"])
    return given


def scale(call: Call, units: Units, body: Body) -> dict[str, Any]:
    """PUT /{m}/scale."""
    body.refuse("ptu_capacity", "it belongs to plan ptu.")
    roles = _roles(rules.template(call.scope, units.model_name, units.template), body)
    call.backend(DeploymentsBackend).run.scale(units, call.action, roles)
    return views.deployment(units)


@requests.once
def update(call: Call) -> dict[str, Any]:
    """PUT /{m}/update: rpm_limit, tpm_limit, at least one of them."""
    found, body = requests.deployment(call), Body(call.parameters.body)
    if not isinstance(found, Units):
        raise errors.unsupported(f"{found.model} is a reservation: it has no rpm_limit and tpm_limit.")
    if "rpm_limit" not in body and "tpm_limit" not in body:
        raise body.bad("rpm_limit", "rpm_limit or tpm_limit is required.")
    rpm, tpm = body.optional_whole("rpm_limit") or found.rpm_limit, body.optional_whole("tpm_limit") or found.tpm_limit
    call.backend(DeploymentsBackend).run.limit(found, call.action, rpm, tpm)
    return views.deployment(found)
