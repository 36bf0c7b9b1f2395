"""What is kept of a scaling group: its members, activities, lifecycle actions and refreshes. State only; others act on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fourways.fakes.services.shared.resources import Resource

LEAVING = ("Removing", "Removing:Wait")
ARRIVING = ("Pending", "Pending:Wait")


@dataclass(frozen=True)
class Source:
    """What instances are made from: a scaling configuration, or a version (a number, `Latest` or `Default`) of a launch template."""

    configuration: str = ""
    template: str = ""
    version: str = ""

    def __bool__(self) -> bool:
        return bool(self.configuration or self.template)


@dataclass(frozen=True)
class Override:
    """A type that takes the place of the launch template's; `limit` is its highest spot price an hour, `weight` what it counts for."""

    type: str
    limit: str = ""
    weight: int = 0


@dataclass
class Member:
    """One instance of a group. `state` is the API's LifecycleState (but for Protected, which `protected` adds to InService); `activity`
    is the one that put it into this state. `hooked` and `balanced` say what it has gone through on its way in or out; `proven` that its
    load balancer has found it healthy once; `release` whether it is given back to ECS when it leaves,
    and `recycle` whether it is only stopped then, in economical mode, to be started again;
    `weight` is that of a classic load balancer, and only shown."""

    id: str
    created: float
    source: Source
    activity: str = ""
    state: str = "Pending"
    creation: str = "AutoCreated"
    entrusted: bool = False
    protected: bool = False
    health: str = "Healthy"
    since: float = 0.0
    proven: bool = False
    hooked: bool = False
    balanced: bool = False
    release: bool = True
    recycle: bool = False
    deleted: bool = False
    weight: int = 50
    vswitch: str = ""
    type: str = ""
    spot: str = "NoSpot"

    @property
    def leaving(self) -> bool:
        return self.state in LEAVING

    @property
    def in_service(self) -> bool:
        return self.state == "InService"

    @property
    def managed(self) -> bool:
        """Auto Scaling ends its life of its own accord: not that of standby and protected ones (SDK, DescribeScalingInstances)."""
        return not self.protected and self.state not in ("Standby", "Stopped") and not self.leaving


@dataclass(frozen=True)
class Target:
    """A server group of ALB that members are servers of."""

    server_group: str
    port: int
    weight: int


@dataclass(frozen=True)
class Errand:
    """Something to be asked of ALB for one member: `add`, `remove` or `weigh`."""

    what: str
    target: Target
    instance: str
    activity: str


@dataclass
class Activity:
    """A scaling activity. `asked` is the number of instances it is about; `error` what went wrong; `refresh` the task it belongs to;
    `cooldown` is its rule's own, in seconds."""

    id: str
    group: str
    description: str
    cause: str
    start: float
    asked: int = 0
    status: str = "InProgress"
    error: str = ""
    end: float = 0.0
    created: list[str] = field(default_factory=list)
    destroyed: list[str] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)
    started: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    capacity: int = 0
    trigger: str = "Api"
    refresh: str = ""
    cooldown: int | None = None


@dataclass
class LifecycleAction:
    """Instances that wait at a hook. `status` is the API's: Pending, Timeout, Completed."""

    hook: str
    transition: str
    token: str
    activity: str
    instances: list[str]
    deadline: float
    default: str
    status: str = "Pending"
    result: str = ""


@dataclass
class Refresh:
    """An instance refresh. `stale` are the instances still to be replaced, `total` how many there were; `made` are those that it has
    started, `proven` those of them that have served; `previous` is what the old ones were made from. `progress` is when something last came
    of it; `checkpoints` are percentages still to come, `paused_until` the end of the pause at one."""

    id: str
    group: str
    start: float
    least: int
    most: int
    skip: bool
    source: Source
    previous: Source
    stale: list[str]
    total: int
    desired: dict[str, Any]
    checkpoints: list[int]
    asked_checkpoints: list[int]
    pause_minutes: int
    progress: float
    status: str = "Pending"
    detail: str = ""
    end: float = 0.0
    paused_until: float = 0.0
    made: list[str] = field(default_factory=list)
    proven: list[str] = field(default_factory=list)

    @property
    def under_way(self) -> bool:
        return self.status in ("Pending", "InProgress", "Paused", "CheckpointPause", "Cancelling", "RollbackInProgress")


@dataclass
class Notification:
    """Whom to tell of what: the ARN of a queue, a topic or an event bus, and event types. `zone` as in UTC+8."""

    arn: str
    types: list[str]
    zone: str
    encoding: str = ""


@dataclass(kw_only=True)
class ScalingGroup(Resource):
    """`status` is the API's LifecycleState: Inactive, Active, Deleting. `desired` None: the size is kept between least and most, and `goal`
    is what scaling rules have made of it. Moments are epoch seconds: of the next look, the next health check, the next attempt after
    a refusal, and the end of the cooldown."""

    least: int
    most: int
    desired: int | None = None
    goal: int | None = None
    cooldown: int = 300
    vpc_id: str = ""
    vswitches: list[str] = field(default_factory=list)
    source: Source = Source()
    overrides: list[Override] = field(default_factory=list)
    modified: float = 0.0
    options: dict[str, Any] = field(default_factory=dict)
    passed_on: dict[str, str] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    errands: list[Errand] = field(default_factory=list)
    actions: list[LifecycleAction] = field(default_factory=list)
    refreshes: list[Refresh] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)
    suspended: list[str] = field(default_factory=list)
    look_at: float = 0.0
    check_at: float = 0.0
    retry_at: float = 0.0
    cool_at: float = 0.0

    def member(self, id: str) -> Member | None:
        return next((member for member in self.members if member.id == id), None)

    @property
    def staying(self) -> list[Member]:
        """Those that count for the size."""
        return [member for member in self.members if not member.leaving and member.state != "Stopped"]

    @property
    def refresh(self) -> Refresh | None:
        """The one that is under way; there is at most one."""
        return next((task for task in self.refreshes if task.under_way), None)
