"""What the fake remembers about PAI-EAS: services with their replicas, and resource groups with their machines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from fourways.fakes.services.eas.deployment import service_networking

# States of a service in its group's traffic: SDK documentation of ReleaseService.
STANDALONE, GROUPING = "standalone", "grouping"
# States of a replica. Pending: no machine yet. Failed ones hold their machine until they are replaced.
PENDING, STARTING, RUNNING, TERMINATING, FAILED = "Pending", "Starting", "Running", "Terminating", "Failed"


@dataclass
class Need:
    """What one replica asks of its machine; memory in MB, as in the service JSON's metadata."""

    gpus: int
    cpus: float
    memory_mb: float


@dataclass(frozen=True)
class Bid:
    """Spot: the most that is paid and the market price, USD an hour; whether it is bought with a protection period, and the moment (epoch
    seconds) until which it is kept in any case."""

    limit: Decimal
    price: Decimal
    protected: bool
    kept_until: float


@dataclass(frozen=True)
class Place:
    """Where a replica runs. One of: a machine of a resource group, by id; a public machine, by type ("" where the service names none), on
    spot where there is a bid; a quota, by id."""

    machine: str | None = None
    instance_type: str | None = None
    quota: str | None = None
    bid: Bid | None = None

    def __str__(self) -> str:
        return self.machine or self.instance_type or (f"quota {self.quota}" if self.quota else "a public node")


@dataclass
class Replica:
    """One instance of a service; without a place it waits for one."""

    name: str
    version: int
    need: Need
    created: float
    status: str = PENDING
    place: Place | None = None
    reason: str = ""
    started: float | None = None
    restarts: int = 0
    attempt: int = 0  # placements so far; tells callbacks of the present one from older ones
    isolated: bool = False
    stale: bool = False  # to be replaced though its version is the wanted one (a restart)

    @property
    def machine(self) -> str | None:
        return self.place.machine if self.place else None

    @property
    def instance_type(self) -> str | None:
        return self.place.instance_type if self.place else None

    @property
    def public(self) -> bool:
        """Billed by itself."""
        return self.instance_type is not None

    @property
    def bid(self) -> Bid | None:
        return self.place.bid if self.place else None


@dataclass
class Event:
    at: float
    type: str  # Normal or Warning
    reason: str
    message: str
    replica: str = ""


@dataclass
class LogLine:
    """What a container wrote. `container` counts the containers that the replica has had, from 0: a restart makes the next one."""

    at: float
    replica: str
    container: int
    text: str


@dataclass
class RateWindow:
    """Requests let through in one second of the clock."""

    second: int = 0
    requests: int = 0


@dataclass
class Version:
    """One version: `config` is the service JSON as its owner wrote it."""

    number: int
    config: dict[str, Any]
    built: float


@dataclass
class Service:
    """One service. `operation` is what is being carried out (None: settled); `epoch` tells its callbacks from older ones."""

    uid: str
    name: str
    account: str
    region: str
    given: dict[str, Any]  # the service JSON as its owner wrote it, updates merged in
    config: dict[str, Any]  # the same with what the server fills in
    token: str
    labels: dict[str, str]
    created: float
    updated: float
    workspace_id: str = ""
    status: str = "Creating"
    reason: str = ""
    message: str = ""
    operation: str | None = "create"
    epoch: int = 0
    prepared: bool = False
    stuck: bool = False
    failing: str = ""
    safety_lock: str = "none"
    versions: list[Version] = field(default_factory=list)
    current_version: int = 1
    wanted_version: int = 1
    replicas: list[Replica] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    logs: list[LogLine] = field(default_factory=list)
    hidden_until: float = 0.0
    busy_until: list[float] = field(default_factory=list)  # when each request under way will have been answered
    rate: RateWindow = field(default_factory=RateWindow)
    weight: int | None = None  # in its group's traffic; None: never set
    traffic_state: str = STANDALONE

    @property
    def metadata(self) -> dict[str, Any]:
        found: dict[str, Any] = self.config["metadata"]
        return found

    @property
    def wanted(self) -> int:
        """Replicas that should run."""
        return int(self.metadata.get("instance", 1))

    @property
    def latest_version(self) -> int:
        return self.versions[-1].number

    @property
    def group(self) -> str | None:
        """The resource group, dedicated or virtual, that its replicas run in; None on public resources and in a quota."""
        return self.metadata.get("resource") or None

    @property
    def service_group(self) -> str:
        """The service group that it shares an endpoint with, or ""."""
        return str(self.metadata.get("group") or "")

    @property
    def gateway(self) -> str:
        """The private gateway in front of it, "" for the shared one."""
        return service_networking.gateway(self.config)

    @property
    def serving(self) -> list[Replica]:
        """Replicas that take requests."""
        return [replica for replica in self.in_state(RUNNING) if not replica.isolated]

    def version(self, number: int) -> Version:
        return next(version for version in self.versions if version.number == number)

    def in_state(self, *states: str) -> list[Replica]:
        return [replica for replica in self.replicas if replica.status in states]

    def replica(self, name: str) -> Replica | None:
        return next((replica for replica in self.replicas if replica.name == name), None)

    def write(self, at: float, replica: Replica, lines: Iterable[str]) -> None:
        """Add what the replica's present container has written."""
        self.logs += [LogLine(at, replica.name, replica.restarts, line) for line in lines]

    def tell(self, at: float, kind: str, reason: str, message: str, replica: str = "") -> None:
        """Add an event; the message is a JSON string as in DescribeServiceEvent's documented example."""
        running = len(self.in_state(RUNNING))
        text = {
            "versionId": self.wanted_version,
            "message": message,
            "availableInstance": running,
            "unavailableInstance": max(0, self.wanted - running),
        }
        self.events.append(Event(at, kind, reason, json.dumps(text, separators=(",", ":")), replica))


@dataclass
class Machine:
    """One machine of a resource group. Status as in ListResourceInstances: Attaching, Ready, Deleting, CreateFailed."""

    id: str
    name: str
    instance_type: str
    charge_type: str
    zone: str
    created: float
    gpus: int
    cpus: int
    memory_mb: int
    ip: str
    system_disk: int = 200
    auto_renewal: bool = False
    expires: float | None = None
    status: str = "Attaching"
    labels: dict[str, str] = field(default_factory=dict)


@dataclass
class Group:
    """One dedicated resource group."""

    id: str
    name: str
    account: str
    region: str
    kind: str
    created: float
    updated: float
    machines: dict[str, Machine] = field(default_factory=dict)
    d_link: dict[str, Any] | None = None
    hidden_until: float = 0.0


@dataclass(frozen=True)
class Share:
    """One resource of a virtual resource group; the larger `priority` is tried first. `spot_price_limit` in USD an hour."""

    instance_type: str = ""
    resource_id: str = ""
    quota_id: str = ""
    region: str = ""
    priority: int = 0
    spot_price_limit: float | None = None


@dataclass
class VirtualGroup:
    """One virtual resource group: names resources of all kinds, and owns none."""

    id: str
    name: str
    created: float
    updated: float
    shares: list[Share] = field(default_factory=list)
    spot_protection: bool = True
