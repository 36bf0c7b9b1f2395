"""What a service is made of: backends (state, one per account and region) and tables that map wire names to handlers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from fourways.fakes.wire.messages import Request, Response
from fourways.fakes.wire.parameters import Parameters

if TYPE_CHECKING:
    from fourways.fakes.accounts import AccessKey
    from fourways.fakes.clock import Clock
    from fourways.fakes.cloud import Cloud
    from fourways.fakes.faults import Faults

BackendType = TypeVar("BackendType", bound="Backend")


@dataclass(frozen=True)
class Scope:
    """Whose state a backend holds, and the shared parts it may use."""

    cloud: Cloud
    account: str
    region: str

    @property
    def clock(self) -> Clock:
        return self.cloud.clock

    @property
    def faults(self) -> Faults:
        return self.cloud.faults

    def backend(self, kind: type[BackendType]) -> BackendType:
        """Another service's state in the same account and region (in region `global` for services that know no region)."""
        return self.cloud.backend(kind, self.account, self.region)

    def neighbours(self) -> list[Backend]:
        """The state of every service in the same account and region that has been touched."""
        return self.cloud.backends_of(self.account, self.region)

    def dependents(self, id: str) -> list[str]:
        """Ids of whatever, in any service, cannot be without the resource `id`: a vSwitch's instances, a security group's members."""
        return [user for backend in self.neighbours() for user in backend.dependents(id)]

    def ask(self, version: str, action: str, **parameters: str) -> dict[str, Any]:
        """What another service answers to the same account and region: services know each other by their wire names only.

        Raises CloudError as the action does, and LookupError when no service has it.
        """
        return self.cloud.ask(self, version, action, parameters)

    def bill(self, kind: str, resource: str, hourly_price: Any, currency: str, charge_type: str = "PostPaid", committed: Any = "0") -> None:
        """Open a ledger interval; prices are in `currency` an hour."""
        self.cloud.ledger.open(
            account=self.account,
            region=self.region,
            kind=kind,
            resource=resource,
            hourly_price=hourly_price,
            currency=currency,
            charge_type=charge_type,
            committed=committed,
        )

    def stop_bill(self, kind: str, resource: str) -> None:
        self.cloud.ledger.close(kind, resource, self.region)


class Backend:
    """State of one service in one account and region. Must be picklable: no lambdas, open files or sockets in it."""

    is_global = False  # True: one per account, kept under the region `global`

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def inventory(self) -> list[dict[str, Any]]:
        """Everything that exists because a user made it: rows of at least {kind, id}. Empty again after a destroy."""
        raise NotImplementedError(f"{type(self).__name__} must list what it holds")

    def dependents(self, id: str) -> list[str]:  # noqa: ARG002 - most services hold nothing of that sort
        """Ids of what is held here and cannot be without another service's resource `id`."""
        return []

    def addresses(self, vswitch_id: str) -> set[str]:  # noqa: ARG002 - most services take no address
        """Private addresses of the vSwitch that what is held here has taken."""
        return set()


@dataclass(frozen=True)
class Call:
    """One authenticated call: who, where, and the parameters."""

    scope: Scope
    action: str
    parameters: Parameters
    request: Request
    user: str | None = None  # RAM user name; None is the account itself
    key: Any = None  # the key of a call through a service's own REST interface
    signer: AccessKey | None = None  # the access key that signed the call; None for what is asked inside the fake, or by nobody known

    def backend(self, kind: type[BackendType]) -> BackendType:
        return self.scope.backend(kind)


Handler = Callable[[Call], dict[str, Any] | None]


@dataclass(frozen=True)
class Route:
    """One REST operation: `{name}` in the path becomes a parameter of that name."""

    method: str
    path: str
    action: str
    handler: Handler

    def pattern(self) -> re.Pattern[str]:
        return re.compile("^" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path) + "$")


@dataclass(frozen=True)
class DataPlane:
    """What clients call with a service's own key instead of an access key: `prefix` is a regular expression of how its paths begin, `hosts`
    one of its own host names, under which every path is its."""

    prefix: str
    handler: Callable[[Cloud, Request], Response]
    hosts: str = ""

    def has(self, path: str, host: str = "") -> bool:
        return re.match(self.prefix, path) is not None or bool(self.hosts and re.fullmatch(self.hosts, host))


@dataclass(frozen=True)
class RestApi:
    """A control plane beside the OpenAPI gateway: paths of its own, JSON, and a key of its own instead of a signature.

    `claims` says which paths are its; `locate` splits such a path into the host that it stands for and the path on it, which the
    service's routes are matched with; `region` is the host's; `authenticate` says whose call it is and gives its key, or raises CloudError;
    `ids` are the names in answers under which the log finds what was made.
    """

    claims: Callable[[str], bool]
    locate: Callable[[str], tuple[Any, str]]
    region: Callable[[Any], str]
    authenticate: Callable[[Cloud, Any, Request], tuple[Scope, Any]]
    ids: tuple[str, ...] = ()


ConsoleStep = Callable[[Scope, Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Service:
    """One product and API version as clients name it, with its RPC actions, REST routes and data planes."""

    product: str
    version: str
    actions: Mapping[str, Handler] = field(default_factory=dict)
    routes: Sequence[Route] = ()
    data_planes: Sequence[DataPlane] = ()
    request_id: str = "RequestId"  # the name of the request's id in an answer
    rest: RestApi | None = None  # given: the routes are those of its own REST interface
    console: Mapping[str, ConsoleStep] = field(default_factory=dict)  # what people do in the console, or the cloud by itself
