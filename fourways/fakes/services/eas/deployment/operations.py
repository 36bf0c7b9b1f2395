"""Creating and changing services: the checks that look at what exists, then the operation that the state machine carries out."""

from __future__ import annotations

from typing import Any

from fourways.fakes.services.eas import errors, network
from fourways.fakes.services.eas.backend import EasBackend
from fourways.fakes.services.eas.deployment import service_config, service_networking
from fourways.fakes.services.eas.placement import machine_types, quotas
from fourways.fakes.services.eas.records import Service, Version


def create(backend: EasBackend, given: dict[str, Any], labels: dict[str, str], workspace_id: str) -> Service:
    """Raises CloudError 400 for a wrong service JSON, 409 for a name that is taken."""
    scope, now = backend.scope, backend.scope.clock.now()
    service_config.check(given)
    name = given["metadata"]["name"]
    if name in backend.services:
        raise errors.service_exists(name)
    check_surroundings(backend, given)
    uid = backend.new_id("eas-m-", 18)
    token = given.get("token") or backend.new_token()
    workspace = workspace_id or str(given["metadata"].get("workspace_id", ""))
    service = Service(
        uid, name, scope.account, scope.region, given, {}, token, {**(given.get("labels") or {}), **labels}, now, now, workspace
    )
    service.config = _filled(backend, service, given)
    service.versions.append(Version(1, given, now))
    lag = scope.faults.condition("lag", "CreateService", name)
    service.hidden_until = now + lag.seconds if lag else 0.0
    backend.services[name] = service
    backend.service_groups.settle()
    backend.lifecycle.begin(service, "create")
    return service


def update(backend: EasBackend, service: Service, body: dict[str, Any], *, replace: bool) -> None:
    """A change of metadata.instance alone scales; any other makes a new version. Labels and lock need no new version."""
    _refuse_deleting(service)
    _refuse_locked(service, "update", ("all",))
    if not body:
        raise errors.bad("The request body must not be empty.")
    given = body if replace else service_config.merge(service.given, body)
    metadata = given.setdefault("metadata", {})
    if isinstance(metadata, dict):
        metadata.setdefault("name", service.name)
    service_config.check(given)
    if given["metadata"]["name"] != service.name:
        raise errors.bad(f"metadata.name must be {service.name}: a service cannot be renamed.")
    check_surroundings(backend, given)
    config = _filled(backend, service, given)
    old = service.config
    service.token = given.get("token") or service.token
    service.labels.update(given.get("labels") or {})
    scaled = service_config.only_scaled(old, config) and service.operation in (None, "scale") and service.status != "Failed"
    service.given, service.config, service.updated = given, config, backend.scope.clock.now()
    backend.service_groups.settle()
    if scaled:
        service.version(service.wanted_version).config = given
    else:
        number = service.latest_version + 1
        service.versions.append(Version(number, given, backend.scope.clock.now()))
        service.wanted_version = number
    if _is_stopped(service):
        service.current_version = service.wanted_version
        return
    backend.lifecycle.begin(service, "scale" if scaled else "update")


def roll_back(backend: EasBackend, service: Service, number: Any) -> None:
    """Go to an earlier version, by rolling as in an update; failed replicas of the version that is left go first (help centre, 'Rolling
    updates and graceful shutdown'). It stays listed under its number, and the next update makes the number after the latest.

    'Greater than 0 and smaller than the current version' (SDK 7.0.0). Assumed: current is the version that was last asked for, since else
    a failed update could not be rolled back; a token in the JSON of the version is the service's again.
    """
    _refuse_deleting(service)
    _refuse_locked(service, "update", ("all",))
    if not isinstance(number, int) or not 0 < number < service.wanted_version:
        raise errors.bad(f"Version must be greater than 0 and smaller than the current version {service.wanted_version}, not {number!r}.")
    service.given = service.version(number).config
    service.token = service.given.get("token") or service.token
    service.config = _filled(backend, service, service.given)
    backend.service_groups.settle()
    service.wanted_version = number
    if _is_stopped(service):
        service.current_version = number
        return
    backend.lifecycle.begin(service, "rollback")


def stop(backend: EasBackend, service: Service) -> None:
    _refuse_deleting(service)
    _refuse_locked(service, "stop", ("all", "dangerous"))
    if not _is_stopped(service):
        backend.lifecycle.begin(service, "stop")


def start(backend: EasBackend, service: Service) -> None:
    """Starting what runs is no error."""
    _refuse_deleting(service)
    _refuse_locked(service, "start", ("all",))
    if service.operation == "stop":
        raise errors.conflict(f"Service {service.name} is Stopping and cannot be started.")
    if _is_stopped(service) or service.status == "Failed":
        backend.lifecycle.begin(service, "start")


def restart(backend: EasBackend, service: Service) -> None:
    _refuse_deleting(service)
    _refuse_locked(service, "restart", ("all",))
    if _is_stopped(service) or service.operation == "stop":
        raise errors.conflict(f"Service {service.name} is {service.status} and cannot be restarted.")
    backend.lifecycle.begin(service, "restart")


def delete(backend: EasBackend, service: Service) -> None:
    """Deleting what is being deleted is no error."""
    _refuse_locked(service, "delete", ("all", "dangerous"))
    if service.operation != "delete":
        backend.lifecycle.begin(service, "delete")


def check_surroundings(backend: EasBackend, given: dict[str, Any]) -> None:
    """What the service refers to must exist and be large enough for a replica. Raises CloudError 400."""
    scope, metadata = backend.scope, given["metadata"]
    gpus = int(metadata.get("gpu", 0))
    for name in service_config.instance_types(given):
        kind = machine_types.find(scope, name)
        if kind is None:
            raise errors.bad(f"The instance type {name} is not supported in {scope.region}.")
        if gpus > kind.gpus:
            raise errors.bad(f"metadata.gpu {gpus} exceeds the {kind.gpus} GPUs of instance type {name}.")
    if metadata.get("quota_id"):
        quotas.check(scope, str(metadata["quota_id"]), metadata.get("quota_type"))
    resource = metadata.get("resource")
    if service_config.is_virtual(resource):
        if resource not in backend.virtual_groups:
            raise errors.bad(f"The virtual resource group {resource} does not exist.")
    elif resource:
        group = next((group for group in backend.groups.values() if resource in (group.id, group.name)), None)
        if group is None:
            raise errors.bad(f"The resource group {resource} does not exist.")
        largest = max((machine.gpus for machine in group.machines.values()), default=gpus)
        if gpus > largest and service_config.is_dedicated(metadata):
            raise errors.bad(f"metadata.gpu {gpus} exceeds the {largest} GPUs of the largest machine in resource group {group.id}.")
    network.check(scope, service_config.networking(given))
    backend.service_groups.check(given)
    if gateway := service_networking.gateway(given):
        backend.gateways.usable(gateway)


def _filled(backend: EasBackend, service: Service, given: dict[str, Any]) -> dict[str, Any]:
    named = service_config.instance_types(given) if not given["metadata"].get("resource") else []
    kinds = [machine_types.find(backend.scope, name) for name in named[:1]]
    size = next(((kind.vcpus, kind.memory_mb, kind.gpus) for kind in kinds if kind), None)
    return service_config.fill(given, name=service.name, workspace_id=service.workspace_id, size=size)


def _is_stopped(service: Service) -> bool:
    return service.status == "Stopped" and service.operation is None


def _refuse_deleting(service: Service) -> None:
    if service.operation == "delete":
        raise errors.conflict(f"Service {service.name} is Deleting.")


def _refuse_locked(service: Service, operation: str, locks: tuple[str, ...]) -> None:
    if service.safety_lock in locks:
        raise errors.locked(service.name, service.safety_lock, operation)
