"""Who decides how many replicas run: nobody (`replicas.count`), the load (`autoscaler`) or the clock (`schedule`).

Facts: SDK alibabacloud-eas20210701 7.0.0 (CreateServiceAutoScaler, CreateServiceCronScaler).
"""

from __future__ import annotations

from pydantic import Field

from stacks.part import Part

LARGEST = 1000


class Metric(Part):
    """One measure, and its value for one replica at which another is wanted."""

    metric: str = Field(
        pattern=r"^[A-Za-z][A-Za-z0-9_.:\[\]-]{0,127}$", description="qps, cpu, gpu, or a metric that the service itself reports"
    )
    threshold: float = Field(gt=0, description="a number above 0: for one replica, in the metric's own unit")
    service: str | None = Field(
        default=None, pattern=r"^[a-z0-9_]{3,63}$", description="the service whose metric it is, where it is not this one's"
    )


class Autoscaler(Part):
    """Replicas by the load. With `min: 0` an idle service has none, which costs nothing, and the next request waits for a start."""

    min: int = Field(ge=0, le=LARGEST, description="fewest replicas, 0-1000")
    max: int = Field(ge=1, le=LARGEST, description="most replicas, 1-1000")
    metrics: tuple[Metric, ...] = Field(min_length=1, description="a list of at least one mapping with metric and threshold")
    scale_up_window: int | None = Field(default=None, ge=0, le=3600, description="seconds of load before replicas are added, 0-3600")
    scale_down_window: int | None = Field(default=None, ge=0, le=3600, description="seconds of calm before replicas go, 0-3600")
    zero_grace_period: int | None = Field(
        default=None, ge=0, le=86400, description="seconds without a request before the last replica goes, 0-86400; min 0 only"
    )
    activation_replicas: int | None = Field(
        default=None, ge=1, le=LARGEST, description="replicas that the first request after none brings up; min 0 only"
    )


class Job(Part):
    """One change of the count, at a time that comes again."""

    name: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$", description="what the job is called: 1-63 letters, digits, dashes, underscores"
    )
    cron: str = Field(pattern=r"^\S+( +\S+){5}$", description='six fields from seconds to weekday in quotes, e.g. "0 0 9 * * 1-5"')
    replicas: int = Field(ge=0, le=LARGEST, description="replicas from then on, 0-1000")


class Schedule(Part):
    """Replicas by the clock, e.g. more in business hours and none at night."""

    time_zone: str = Field(
        pattern=r"^[A-Za-z]+(/[A-Za-z0-9_+-]+)*$", description="the zone that the times are in, e.g. Asia/Singapore; there is no default"
    )
    jobs: tuple[Job, ...] = Field(min_length=1, description="a list of at least one mapping with name, cron and replicas")
    except_: tuple[str, ...] = Field(default=(), alias="except", description="a list of days without the jobs, as the API has them")
