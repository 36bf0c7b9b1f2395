"""/api/v1/deployments on the wire: the calls that both plans share, and the table of all of them.

The console's steps (`/_fake/console/...`): `unsubscribe` {"deployed_model", "instance_id"} ends a prepaid term early, `stop-deployment` and
{"deployed_model"} stops model units.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourways.fakes.cloud import Cloud
from fourways.fakes.service import Call, Handler, RestApi, Route, Scope, Service
from fourways.fakes.services import maas
from fourways.fakes.services.deployments import api_reservations as reservations
from fourways.fakes.services.deployments import api_units as units
from fourways.fakes.services.deployments import errors, requests, views
from fourways.fakes.services.deployments.backend import DeploymentsBackend
from fourways.fakes.services.deployments.body import Body
from fourways.fakes.services.deployments.records import Reservation, Units
from fourways.fakes.services.modelstudio import access
from fourways.fakes.services.modelstudio.records import ApiKey
from fourways.fakes.wire.messages import Request

_BASE = "/api/v1/deployments"
_MODEL = f"{_BASE}/{{deployed_model}}"
_INSTANCE = f"{_MODEL}/capacity-instances/{{instance_id}}"


def create_deployment(call: Call) -> dict[str, Any]:
    body = Body(call.parameters.body)
    plan = body.choice("plan", ("ptu", "mu"))
    return reservations.create(call, body) if plan == "ptu" else units.create(call, body)


def get_deployment(call: Call) -> dict[str, Any]:
    return views.deployment(requests.deployment(call))


def list_deployments(call: Call) -> dict[str, Any]:
    wanted = call.parameters.optional("plan")
    if wanted not in (None, "ptu", "mu"):
        raise errors.bad("plan", f"{wanted!r}; valid values: ptu, mu.")
    found = [views.deployment(one) for one in call.backend(DeploymentsBackend).visible(call.key.workspace)]
    page, about = requests.page(call, [one for one in found if wanted in (None, one["plan"])])
    return {**about, "deployments": page}


@requests.once
def scale_deployment(call: Call) -> dict[str, Any]:
    found, body = requests.deployment(call), Body(call.parameters.body)
    if isinstance(found, Reservation):
        return reservations.scale(call, found, body)
    assert isinstance(found, Units)
    return units.scale(call, found, body)


@requests.once
def delete_deployment(call: Call) -> dict[str, Any]:
    found, backend = requests.deployment(call), call.backend(DeploymentsBackend)
    if isinstance(found, Reservation):
        backend.reserve.delete(found, call.action)
    elif isinstance(found, Units):
        backend.run.delete(found, call.action)
    return views.deployment(found)


OPERATIONS: tuple[tuple[str, str, str, Handler], ...] = (
    ("CreateDeployment", "POST", _BASE, create_deployment),
    ("ListDeployments", "GET", _BASE, list_deployments),
    ("ListDeployableModels", "GET", f"{_BASE}/models", units.list_models),
    ("GetDeployment", "GET", _MODEL, get_deployment),
    ("DeleteDeployment", "DELETE", _MODEL, delete_deployment),
    ("ScaleDeployment", "PUT", f"{_MODEL}/scale", scale_deployment),
    ("UpdateDeployment", "PUT", f"{_MODEL}/update", units.update),
    ("RenewDeployment", "PUT", f"{_MODEL}/renew", reservations.renew),
    ("UpdateOverflowStrategy", "PUT", f"{_MODEL}/update-overflowstrategy", reservations.update_overflow),
    ("CreateCapacityInstance", "POST", f"{_MODEL}/capacity-instances", reservations.create_instance),
    ("ListCapacityInstances", "GET", f"{_MODEL}/capacity-instances", reservations.list_instances),
    ("GetCapacityInstance", "GET", _INSTANCE, reservations.get_instance),
    ("DeleteCapacityInstance", "DELETE", _INSTANCE, reservations.delete_instance),
    ("ScaleCapacityInstance", "PUT", f"{_INSTANCE}/scale", reservations.scale_instance),
    ("RenewCapacityInstance", "PUT", f"{_INSTANCE}/renew", reservations.renew_instance),
    ("GetCapacityOperation", "GET", f"{_MODEL}/capacity-operations/{{operation_id}}", reservations.get_operation),
)


def _claims(path: str) -> bool:
    found = maas.find(path)
    return found is not None and (found[1] == _BASE or found[1].startswith(f"{_BASE}/"))


def _locate(path: str) -> tuple[maas.Host, str]:
    found = maas.find(path)
    assert found is not None  # _claims has found it
    return found


def _region(host: maas.Host) -> str:
    return host.region


def _authenticate(cloud: Cloud, host: maas.Host, request: Request) -> tuple[Scope, ApiKey]:
    key = access.authenticate(cloud, host, request)
    return access.scope_of(cloud, key), key


def unsubscribe(scope: Scope, given: Mapping[str, Any]) -> dict[str, Any]:
    backend = scope.backend(DeploymentsBackend)
    found = {one.model: one for one in backend.reservations()}.get(given.get("deployed_model", ""))
    instance = found.instances.get(given.get("instance_id", "")) if found is not None else None
    if found is None or instance is None:
        raise ValueError(f"{scope.region} has no such capacity instance: {dict(given)}")
    return views.operation(found, backend.reserve.unsubscribe(found, instance))


def stop_deployment(scope: Scope, given: Mapping[str, Any]) -> dict[str, Any]:
    backend = scope.backend(DeploymentsBackend)
    found = {one.model: one for one in backend.units()}.get(given.get("deployed_model", ""))
    if found is None:
        raise ValueError(f"{scope.region} has no such model units: {dict(given)}")
    backend.run.stop(found)
    return views.deployment(found)


DEPLOYMENTS = Service(
    product="Deployments",
    version="v1",
    routes=[Route(method, path, action, handler) for action, method, path, handler in OPERATIONS],
    rest=RestApi(_claims, _locate, _region, _authenticate, ids=("deployed_model", "instance_id", "operation_id")),
    console={"unsubscribe": unsubscribe, "stop-deployment": stop_deployment},
)
