"""Handlers of the scaler operations; methods, paths and fields as in alibabacloud_eas20210701 7.0.0, and `ScaleJobs[].TimeZone` of the
help centre's CreateServiceCronScaler, which that SDK has no field for. The codes for a scaler that is there, or is not, are assumed."""

from __future__ import annotations

from typing import Any

from fourways.catalog import cron
from fourways.fakes.service import Call
from fourways.fakes.services.eas import errors
from fourways.fakes.services.eas.errors import bad
from fourways.fakes.services.eas.records import Service
from fourways.fakes.services.eas.requests import backend, body
from fourways.fakes.services.eas.scaling.autoscaler import AutoScaler
from fourways.fakes.services.eas.scaling.cronscaler import CronScaler, Job
from fourways.fakes.wire.errors import CloudError

MOST_INSTANCES = 1000  # help centre, 'Horizontal auto scaling' (of July 2026; older ones say 3000)
_WINDOWS = {
    "scaleUp": ("stabilizationWindowSeconds",),
    "scaleDown": ("stabilizationWindowSeconds",),
    "onZero": ("scaleDownGracePeriodSeconds", "scaleUpActivationReplicas"),
}


def create_service_auto_scaler(call: Call) -> dict[str, Any]:
    service = _service(call)
    if service.uid in backend(call).scaling.autoscalers:
        raise _exists("AutoScaler", service)
    return _enable(call, service)


def update_service_auto_scaler(call: Call) -> dict[str, Any]:
    """Replaces the settings whole; a `behavior` that is left out has its defaults again (both assumed)."""
    _autoscaler(call)
    return _enable(call, _service(call))


def describe_service_auto_scaler(call: Call) -> dict[str, Any]:
    """`Behavior` as it was given (the documentation's example nests it once more, which looks like a slip of its author)."""
    service, scaler = _autoscaler(call)
    found = backend(call).scaling.metrics(service, scaler)
    return {
        "ServiceName": service.name,
        "MinReplica": scaler.least,
        "MaxReplica": scaler.most,
        "Behavior": scaler.behavior,
        "ScaleStrategies": scaler.strategies,
        "CurrentMetrics": [
            {"metricName": strategy["metricName"], "service": strategy.get("service") or service.name, "value": value}
            for strategy, value in found
            if value is not None
        ],
    }


def delete_service_auto_scaler(call: Call) -> dict[str, Any]:
    service, _ = _autoscaler(call)
    del backend(call).scaling.autoscalers[service.uid]
    return {"Message": f"Disable autoscaler for service [{service.name}] successfully"}


def create_service_cron_scaler(call: Call) -> dict[str, Any]:
    service = _service(call)
    if service.uid in backend(call).scaling.cronscalers:
        raise _exists("CronScaler", service)
    return _schedule(call, service, [])


def update_service_cron_scaler(call: Call) -> dict[str, Any]:
    """Replaces the jobs whole (assumed)."""
    service, scaler = _cronscaler(call)
    return _schedule(call, service, scaler.jobs)


def describe_service_cron_scaler(call: Call) -> dict[str, Any]:
    service, scaler = _cronscaler(call)
    return {"ServiceName": service.name, "ExcludeDates": scaler.exclude, "ScaleJobs": [_job_row(call, job) for job in scaler.jobs]}


def delete_service_cron_scaler(call: Call) -> dict[str, Any]:
    service, _ = _cronscaler(call)
    del backend(call).scaling.cronscalers[service.uid]
    return {"Message": f"Disable cronscaler for service [{service.name}] successfully"}


def _service(call: Call) -> Service:
    service = backend(call).service(call.parameters.get("ServiceName"))
    if service.operation == "delete":
        raise errors.conflict(f"Service {service.name} is Deleting.")
    return service


def _autoscaler(call: Call) -> tuple[Service, AutoScaler]:
    service = backend(call).service(call.parameters.get("ServiceName"))
    found = backend(call).scaling.autoscalers.get(service.uid)
    if found is None:
        raise _not_there("AutoScaler", service)
    return service, found


def _cronscaler(call: Call) -> tuple[Service, CronScaler]:
    service = backend(call).service(call.parameters.get("ServiceName"))
    found = backend(call).scaling.cronscalers.get(service.uid)
    if found is None:
        raise _not_there("CronScaler", service)
    return service, found


def _exists(kind: str, service: Service) -> CloudError:
    return CloudError(409, f"Invalid{kind}.Duplicate", f"The {kind} of service {service.name} already exists.")


def _not_there(kind: str, service: Service) -> CloudError:
    return CloudError(404, f"Invalid{kind}.NotFound", f"Service {service.name} has no {kind}.")


def _enable(call: Call, service: Service) -> dict[str, Any]:
    given = body(call)
    least, most = _count(given.get("min"), "min"), _count(given.get("max"), "max")
    if most <= least:
        raise bad(f"max must be greater than min, but is {most} (min {least}).")
    if least == 0 and (service.config.get("networking") or {}).get("gateway"):
        raise bad("min must not be 0 for a service on a dedicated gateway.")
    strategies = given.get("scaleStrategies")
    if not isinstance(strategies, list) or not strategies:
        raise bad("scaleStrategies must be a list of at least one strategy.")
    scaling, now = backend(call).scaling, call.scope.clock.now()
    kept = [_strategy(call, strategy, number) for number, strategy in enumerate(strategies)]
    scaling.begin_autoscaler(service, AutoScaler(least, most, kept, _behavior(given.get("behavior")), now))
    return {"Message": f"Enable autoscaler for service [{service.name}] successfully"}


def _strategy(call: Call, strategy: Any, number: int) -> dict[str, Any]:
    where = f"scaleStrategies[{number}]"
    if not isinstance(strategy, dict) or not isinstance(strategy.get("metricName"), str) or not strategy["metricName"]:
        raise bad(f"{where}.metricName is required.")
    threshold = strategy.get("threshold")
    if not isinstance(threshold, int | float) or isinstance(threshold, bool) or threshold <= 0:
        raise bad(f"{where}.threshold must be a number above 0, not {threshold!r}.")
    if strategy.get("service"):
        backend(call).service(str(strategy["service"]))
    return {name: strategy[name] for name in ("metricName", "threshold", "service") if strategy.get(name) is not None}


def _behavior(given: Any) -> dict[str, Any]:
    behavior = given or {}
    if not isinstance(behavior, dict):
        raise bad("behavior must be an object.")
    for part, names in _WINDOWS.items():
        found = behavior.get(part)
        for name in names:
            value = (found or {}).get(name, 1)
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise bad(f"behavior.{part}.{name} must be a whole number from 0, not {value!r}.")
    return behavior


def _schedule(call: Call, service: Service, before: list[Job]) -> dict[str, Any]:
    given, now = body(call), call.scope.clock.now()
    jobs = given.get("ScaleJobs")
    if not isinstance(jobs, list) or not jobs:
        raise bad("ScaleJobs must be a list of at least one job.")
    made = [_job(job, number, now) for number, job in enumerate(jobs)]
    if len({job.name for job in made}) < len(made):
        raise bad("ScaleJobs must have different names.")
    exclude = given.get("ExcludeDates") or []
    if not isinstance(exclude, list):
        raise bad("ExcludeDates must be a list of cron expressions.")
    for text in exclude:
        _expression(text, "ExcludeDates")
    earlier = {job.name: job for job in before}
    for job in made:
        job.created = earlier[job.name].created if job.name in earlier else now
    backend(call).scaling.begin_cronscaler(service, CronScaler(made, exclude))
    return {"Message": f"Enable cronscaler for service [{service.name}] successfully"}


def _job(job: Any, number: int, now: float) -> Job:
    where = f"ScaleJobs[{number}]"
    if not isinstance(job, dict):
        raise bad(f"{where} must be an object.")
    _expression(job.get("Schedule"), f"{where}.Schedule")
    zone = job.get("TimeZone")
    if zone is not None:
        try:
            cron.check_time_zone(str(zone))
        except cron.CronError as error:
            raise bad(f"{where}.TimeZone: {error}.") from None
    name = job.get("Name") or f"scale-jobs-{number}"  # the name in DescribeServiceCronScaler's documented message
    return Job(str(name), job["Schedule"], _count(job.get("TargetSize"), f"{where}.TargetSize"), zone, now)


def _expression(text: Any, where: str) -> None:
    if not isinstance(text, str):
        raise bad(f"{where} must be a cron expression.")
    try:
        cron.check(text)
    except cron.CronError as error:
        raise bad(f"{where}: {error}.") from None


def _count(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_INSTANCES:
        raise bad(f"{where} must be a whole number from 0 to {MOST_INSTANCES}, not {value!r}.")
    return value


def _job_row(call: Call, job: Job) -> dict[str, Any]:
    row: dict[str, Any] = {
        "Name": job.name,
        "Schedule": job.schedule,
        "TargetSize": job.target,
        "State": job.state,
        "Message": job.message,
        "CreateTime": call.scope.clock.timestamp(job.created),
    }
    if job.time_zone is not None:
        row["TimeZone"] = job.time_zone
    if job.ran is not None:
        row["LastProbeTime"] = call.scope.clock.timestamp(job.ran)
    return row
