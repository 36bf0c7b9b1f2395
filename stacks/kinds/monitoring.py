"""Who is told when a deployment is not well, of what, and where its logs are kept: `monitoring` of a stack, on PAI-EAS or on machines."""

from __future__ import annotations

from pydantic import Field

from fourways.catalog import alb_metrics
from fourways.catalog.eas_metrics import Alarm, metrics
from stacks.part import Part


def _default(alarm: Alarm) -> int:
    return round(metrics()[alarm].threshold)


class Contact(Part):
    """Somebody who is told, by mail or through a DingTalk robot.

    The robot's address has a token in it, and a stack file holds no secret: it is read from an environment variable, whose name is given.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,18}[a-z0-9]$", description="2-20 lower-case letters, digits, hyphens")
    email: str | None = Field(
        default=None, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254, description="a mail address, which its owner has to confirm"
    )
    ding_talk_from: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="the name of an environment variable that holds a DingTalk robot's webhook address",
    )


class Alarms(Part):
    """What is told: each number is a threshold, and 0 switches its alarm off."""

    latency_ms: int = Field(
        default=_default("latency"), ge=0, description="milliseconds that 99 of 100 answers stay below (TP99); 0: no alarm"
    )
    error_percent: int = Field(default=_default("errors"), ge=0, le=100, description="percent of answers with 5xx, 0-100; 0: no alarm")
    gpu_percent: int = Field(
        default=_default("gpu"), ge=0, le=100, description="percent that the GPUs are busy for half an hour, 0-100; 0: no alarm"
    )
    replicas: bool = Field(default=True, description="true (told of replicas that fail, are taken away or cannot start) or false")

    def thresholds(self) -> dict[Alarm, int]:
        """The thresholds of the alarms that are on, in the unit of their metric."""
        given: dict[Alarm, int] = {"latency": self.latency_ms, "errors": self.error_percent, "gpu": self.gpu_percent}
        return {alarm: threshold for alarm, threshold in given.items() if threshold}


class MachineAlarms(Part):
    """What is told of machines behind a load balancer: each number is a threshold, and 0 switches its alarm off."""

    latency_ms: int = Field(
        default=round(alb_metrics.metrics()["latency"].threshold),
        ge=0,
        description="milliseconds that the mean answer stays below, from its first byte to its last; 0: no alarm",
    )
    errors_per_second: int = Field(
        default=round(alb_metrics.metrics()["errors"].threshold), ge=0, description="answers with 5xx a second; 0: no alarm"
    )
    unhealthy: bool = Field(default=True, description="true (told of machines that stay unhealthy for an hour) or false")

    def thresholds(self) -> dict[alb_metrics.Alarm, int]:
        """The thresholds of the alarms that are on, in the unit of their metric."""
        given: dict[alb_metrics.Alarm, int] = {"latency": self.latency_ms, "errors": self.errors_per_second}
        told: dict[alb_metrics.Alarm, int] = {"unhealthy": 0} if self.unhealthy else {}
        return {alarm: threshold for alarm, threshold in given.items() if threshold} | told


class Logs(Part):
    """A store for what replicas write, in Simple Log Service. Machines of the stack's own send it themselves. EAS delivers for a whole
    resource group: a group of the stack's own is told to, the owner of an adopted one has to, and the preview says how."""

    retention_days: int = Field(default=30, ge=1, le=3650, description="days that lines are kept, 1-3650 (3650: for ever)")
    project: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$",
        description="a log project of the region that exists, to keep the lines in instead of one made for the stack",
    )


class Told(Part):
    """Contacts or a contact group that exists (exactly one of them), and logs where they are kept."""

    contacts: tuple[Contact, ...] = Field(
        default=(), max_length=20, description="a list of contacts, each with a name and email or dingTalkFrom"
    )
    contact_group: str | None = Field(
        default=None, min_length=1, max_length=128, description="the name of an alert contact group of CloudMonitor that exists"
    )
    logs: Logs | None = Field(default=None, description="a mapping with retentionDays and, to use one that exists, project")


class Monitoring(Told):
    """Of a service on PAI-EAS."""

    alarms: Alarms = Field(default_factory=Alarms, description="a mapping of thresholds, 0 for those to switch off")


class MachineMonitoring(Told):
    """Of machines behind a load balancer."""

    alarms: MachineAlarms = Field(default_factory=MachineAlarms, description="a mapping of thresholds, 0 for those to switch off")
    gpu_exporter: str | None = Field(
        default=None,
        pattern=r"^\S+:\S+$",
        description="a container image of NVIDIA's DCGM exporter, in a registry that the machines reach; left out: no metrics of GPUs",
    )
