"""The typed inputs of the scalers of EAS services. Imported at the first check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

from pydantic import Field, StrictInt, StrictStr

from fourways.catalog import cron
from fourways.provider.eas.scalers.scaler_forms import BEHAVIOR
from fourways.provider.eas.services.service_inputs import SERVICE_NAME
from fourways.provider.inputs import REGION, Inputs, Text, declared
from fourways.provider.outcome import Failure
from fourways.provider.values import Path, Plain

#: Help centre, "Horizontal auto scaling" (of July 2026; earlier ones say 3000). Taken for the jobs of a cron scaler too (assumed).
MOST_INSTANCES = 1000


class ScalingStrategy(Inputs):
    """One metric of an autoscaler."""

    token_of_type: ClassVar[str] = "fourways:eas:ScalingStrategy"

    metric: Text = declared("qps, qps1k (thousandths), cpu, gpu[util], or the name of a custom metric")
    threshold: Annotated[float, Field(strict=True)] = declared("a number above 0: the metric of one instance above which more start", gt=0)
    service: Text | None = declared("the name of the service whose metric it is; left out, the scaled one", default=None)


class AutoscalerInputs(Inputs):
    """Inputs of `fourways:eas:Autoscaler` (EAS CreateServiceAutoScaler)."""

    path_defaults: ClassVar[Mapping[Path, Plain]] = {(name,): default for name, (_, _, default) in BEHAVIOR.items()}

    region: StrictStr = declared("a region id such as ap-southeast-1", replaces=True, pattern=REGION)
    service_name: StrictStr = declared("the name of the service, which has no other scaler", replaces=True, pattern=SERVICE_NAME)
    min: StrictInt = declared(
        f"a whole number of instances from 0 to {MOST_INSTANCES}; at 0 the service answers nothing until the first request has started one",
        ge=0,
        le=MOST_INSTANCES,
    )
    max: StrictInt = declared(f"a whole number of instances above min, up to {MOST_INSTANCES}", ge=1, le=MOST_INSTANCES)
    strategies: list[ScalingStrategy] = declared("a list of at least one {metric, threshold, service?}", min_length=1)
    scale_up_window: StrictInt | None = declared("seconds above the threshold before more start, default 0", default=None, ge=0)
    scale_down_window: StrictInt | None = declared("seconds below the threshold before some end, default 300", default=None, ge=0)
    zero_grace_period: StrictInt | None = declared(
        "seconds without a request before the last instance ends (min 0), default 600", default=None, ge=0
    )
    activation_replicas: StrictInt | None = declared(
        "instances that the first request after 0 starts (min 0), from 1 to max, default 1", default=None, ge=1
    )

    @classmethod
    def failures(cls, inputs: Mapping[str, Plain]) -> Iterator[Failure]:
        """Limits that contradict each other."""
        least, most, activation = (_count(inputs.get(name)) for name in ("min", "max", "activationReplicas"))
        if least is not None and most is not None and most <= least:
            yield Failure(property="max", reason=f"{most} is not above min ({least}): EAS asks for room to scale. Raise max or lower min.")
        if activation is not None and most is not None and activation > most:
            yield Failure(property="activationReplicas", reason=f"{activation} is above max ({most}). Lower it or raise max.")
        yield from _twice("strategies", "metric", ((e.get("metric"), e.get("service")) for e in _objects(inputs.get("strategies"))))


class ScalingJob(Inputs):
    """One job of a cron scaler."""

    token_of_type: ClassVar[str] = "fourways:eas:ScalingJob"

    name: Text = declared("a name that no other job of the scaler has")
    schedule: Text = declared("six fields: second, minute, hour, day of month, month, day of week, such as '0 0 9 * * MON-FRI'")
    target_size: StrictInt = declared(f"a whole number of instances from 0 to {MOST_INSTANCES}", ge=0, le=MOST_INSTANCES)


class CronScalerInputs(Inputs):
    """Inputs of `fourways:eas:CronScaler` (EAS CreateServiceCronScaler)."""

    region: StrictStr = declared("a region id such as ap-southeast-1", replaces=True, pattern=REGION)
    service_name: StrictStr = declared("the name of the service, which has no other scaler", replaces=True, pattern=SERVICE_NAME)
    jobs: list[ScalingJob] = declared("a list of at least one {name, schedule, targetSize}", min_length=1)
    time_zone: Text = declared("a name of the IANA database, such as Asia/Singapore: the clock that all jobs go by")
    exclude_dates: list[Text] | None = declared(
        "a list of cron expressions of six fields: on a day on which one of them comes due no job runs", default=None
    )

    @classmethod
    def failures(cls, inputs: Mapping[str, Plain]) -> Iterator[Failure]:
        """Schedules that EAS cannot read, names given twice, and clocks that nobody has."""
        jobs = inputs.get("jobs")
        for number, job in enumerate(jobs if isinstance(jobs, list) else []):
            if isinstance(job, dict):
                yield from _expression(f"jobs[{number}].schedule", job.get("schedule"))
        dates = inputs.get("excludeDates")
        for number, date in enumerate(dates if isinstance(dates, list) else []):
            yield from _expression(f"excludeDates[{number}]", date)
        zone = inputs.get("timeZone")
        if isinstance(zone, str) and zone:
            try:
                cron.check_time_zone(zone)
            except cron.CronError as error:
                yield Failure(property="timeZone", reason=f"{error}.")
        yield from _twice("jobs", "name", ((job.get("name"),) for job in _objects(jobs)))


def _expression(where: str, text: Plain) -> Iterator[Failure]:
    if isinstance(text, str) and text:
        try:
            cron.check(text)
        except cron.CronError as error:
            yield Failure(property=where, reason=f"{error}.")


def _twice(where: str, what: str, keys: Iterator[tuple[Plain, ...]]) -> Iterator[Failure]:
    known = [key for key in keys if isinstance(key[0], str) and all(part is None or isinstance(part, str) for part in key)]
    for key, times in Counter(known).items():
        if times > 1:
            yield Failure(property=where, reason=f"the {what} {key[0]!r} is there {times} times. Allowed: each once.")


def _objects(value: Plain) -> list[dict[str, Plain]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _count(value: Plain) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
