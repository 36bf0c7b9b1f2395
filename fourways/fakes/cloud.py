"""The whole fake cloud as one object: a request goes in, an answer comes out. No sockets here."""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from fourways.fakes.accounts import Accounts
from fourways.fakes.clock import Clock
from fourways.fakes.doors import Door, Gateway, Logs, Rest
from fourways.fakes.faults import Faults, Rule
from fourways.fakes.ledger import Ledger
from fourways.fakes.object_door import Objects
from fourways.fakes.request_log import RequestLog
from fourways.fakes.service import Backend, BackendType, Call, Handler, Route, Scope, Service
from fourways.fakes.wire.errors import CloudError, unknown_action
from fourways.fakes.wire.messages import Request, Response
from fourways.fakes.wire.parameters import Parameters

DEFAULT_REGION = "ap-southeast-1"
# Raised whenever what backends keep changes its shape: a state on disk of another shape is refused, not half understood.
STATE_VERSION = 5
# Read-only calls change nothing, so the state need not be written to disk after them.
READ_ONLY = re.compile(r"^(Describe|List|Get|Query|Check)")


class Cloud:
    """State, clock, ledger and faults of all accounts and regions, and the services that work on them.

    A call that names no region in a parameter, the header `x-acs-region-id` or the host name is taken to be of the region that its
    access key named last, or of `default_region` when it never named one; on the real cloud the host name always does.
    """

    def __init__(self, services: Iterable[Service], *, clock: Clock | None = None, default_region: str = DEFAULT_REGION) -> None:
        self.state_version = STATE_VERSION
        self.clock = clock or Clock()
        self.default_region = default_region
        self.base_url = "http://127.0.0.1"  # where data planes are reached; the front sets it
        self.seed: dict[str, Any] = {}  # stock, quotas, prices and inactive products that a test has set; services read it
        self._install(services)
        self.reset()

    def _install(self, services: Iterable[Service]) -> None:
        self.services = tuple(services)
        self._actions: dict[tuple[str, str], tuple[Service, Handler]] = {}
        self._routes: dict[str, list[tuple[re.Pattern[str], Route, Service]]] = {}
        self._data_planes = [plane for service in self.services for plane in service.data_planes]
        for service in self.services:
            for action, handler in service.actions.items():
                self._actions[service.version, action] = (service, handler)
            if service.rest is None:
                self._routes.setdefault(service.version, []).extend((route.pattern(), route, service) for route in service.routes)
        self._lock = threading.RLock()

    def reset(self) -> None:
        """Forget everything but the clock: accounts, state, bills, faults, requests."""
        self.accounts = Accounts()
        self.ledger = Ledger(self.clock)
        self.faults = Faults()
        self.requests = RequestLog()
        self.seed = {}
        self._backends: dict[tuple[type[Backend], str, str], Backend] = {}
        self._nonces: dict[str, None] = {}
        self._last_region: dict[str, str] = {}  # by access key id

    def backend(self, kind: type[BackendType], account: str, region: str) -> BackendType:
        """The state of one service in one account and region, made on first touch."""
        key = (kind, account, "global" if kind.is_global else region)
        if key not in self._backends:
            self._backends[key] = kind(Scope(self, account, key[2]))
        return self._backends[key]  # type: ignore[return-value]

    def backends(self, kind: type[BackendType]) -> list[BackendType]:
        """All that exist of one kind; for data planes, which are not told the account."""
        return [backend for backend in self._backends.values() if isinstance(backend, kind)]

    def backends_of(self, account: str, region: str) -> list[Backend]:
        """All that exist in one account and region."""
        return [backend for (_, owner, place), backend in self._backends.items() if (owner, place) == (account, region)]

    def is_data_plane(self, path: str, host: str = "") -> bool:
        """True for what clients of a deployed service call; it changes nothing that must outlive a restart."""
        return any(plane.has(path, host) for plane in self._data_planes)

    def inventory(self) -> list[dict[str, Any]]:
        """Everything that exists, billed or free: empty after a destroy."""
        with self._lock:
            self.clock.run_due()
            return [
                {"account": account, "region": region, **row}
                for (_, account, region), backend in self._backends.items()
                for row in backend.inventory()
            ]

    def handle(self, request: Request) -> Response:
        """Answer one request; safe to call from several threads."""
        with self._lock:
            self.clock.run_due()
            if Objects.is_at(request):  # first: a bucket in the path may be called as some other plane's path begins
                return self._control_plane(Objects(self, request))
            for plane in self._data_planes:
                if plane.has(request.path, request.host()):
                    return plane.handler(self, request)
            for service in self.services:
                if service.rest is not None and service.rest.claims(request.path):
                    return self._control_plane(Rest(self, request, service, service.rest))
            return self._control_plane(Logs(self, request) if Logs.is_at(request) else Gateway(self, request))

    def ask(self, scope: Scope, version: str, action: str, parameters: dict[str, str]) -> dict[str, Any]:
        """The answer of one RPC action from inside the fake: not signed, not logged, no fault applies."""
        _, handler = self._actions[version, action]
        request = Request("POST", "/", {}, {}, b"", "/")
        return handler(Call(scope, action, Parameters({"RegionId": scope.region, **parameters}), request)) or {}

    def _control_plane(self, door: Door) -> Response:
        request_id = str(uuid.uuid4()).upper()
        status, code, account, body = 200, "", "", None
        made: dict[str, str] = {}

        def log(status: int, code: str, flat: dict[str, str], body: Any) -> None:
            self.requests.add(self.clock.timestamp(), account, door.region, door.product, door.action, status, code, flat, body, made)

        try:
            handler = door.find()
            body = door.body()
            call = door.enter(body)
            account = call.scope.account
            self._refuse_inactive(door.product)
            fault = self.faults.on_wire(door.action)
            if fault is not None and fault.kind in ("throttle", "error", "cut"):
                log(0, f"fault:{fault.kind}", {}, None)
                return _faulty(fault, door, request_id)
            answer = handler(call) or {}
            made = {} if READ_ONLY.match(door.action) else door.made(answer)
            if fault is not None and fault.kind in ("error-after", "cut-after"):
                # It has had its effect: the log says what was asked and what was made, as of any other call.
                log(0, f"fault:{fault.kind}", door.flat, body)
                return _faulty(fault, door, request_id)
            response = door.answer(answer, request_id)
            if fault is not None:
                response.delay = fault.seconds
        except CloudError as error:
            status, code = error.status, error.code
            response = door.refusal(error, request_id)
        log(status, code, door.flat, body)
        return response

    def find(self, request: Request, action: str, version: str) -> tuple[Handler, Service, str, dict[str, str]]:
        """The handler of an action or a route of the gateway, its service, its name and the parameters in the path."""
        if (version, action) in self._actions:
            service, handler = self._actions[version, action]
            return handler, service, action, {}
        for pattern, route, service in self._routes.get(version, ()):
            match = pattern.match(request.path)
            if match and route.method == request.method:
                return route.handler, service, route.action, match.groupdict()
        self.requests.count_unknown(f"{version or '?'} {action or request.method + ' ' + request.path}")
        raise unknown_action(action or f"{request.method} {request.path}", version)

    def region_of(self, access_key_id: str, named: str | None) -> str:
        """The region of a call of this access key, which names one or does not."""
        if named:
            self._last_region[access_key_id] = named
        return named or self._last_region.get(access_key_id, self.default_region)

    def refuse_replay(self, request: Request, flat: dict[str, str]) -> None:
        """Raises CloudError SignatureNonceUsed for a nonce that was there before."""
        nonce = request.headers.get("x-acs-signature-nonce") or flat.get("SignatureNonce", "")
        if nonce in self._nonces:
            raise CloudError(400, "SignatureNonceUsed", "Specified signature nonce was used already.")
        if nonce:
            self._nonces[nonce] = None
            while len(self._nonces) > 10_000:
                del self._nonces[next(iter(self._nonces))]

    def _refuse_inactive(self, product: str) -> None:
        """Seed `{"not_activated": ["Eas"]}`: what RAM answers an account that has not activated it (alibaba/terraform-provider issue 347);
        that other products answer alike is assumed."""
        if product in self.seed.get("not_activated", ()):
            raise CloudError(404, "Inactive", "Account is inactive to this service")

    def in_console(self, step: str, account: str, region: str, given: Mapping[str, Any]) -> Any:
        """Do what a person does in the console. Raises LookupError for a step that no service has, and ValueError for one it refuses."""
        for service in self.services:
            if step in service.console:
                try:
                    return service.console[step](Scope(self, account, region), given)
                except CloudError as error:
                    raise ValueError(str(error)) from error
        raise LookupError(f"console/{step}")

    def __getstate__(self) -> dict[str, Any]:
        drop = ("_lock", "services", "_actions", "_routes", "_data_planes")
        return {name: value for name, value in self.__dict__.items() if name not in drop}

    def resume(self, services: Iterable[Service]) -> None:
        """Take up work again after being read back from disk, where handlers are not kept."""
        self._install(services)


def _faulty(rule: Rule, door: Door, request_id: str) -> Response:
    """The answer that a fault on the wire puts in the place of the real one."""
    if rule.kind.startswith("cut"):
        return Response(cut=True)
    if rule.kind == "throttle":
        return door.refusal(door.throttled, request_id)
    return door.refusal(CloudError(rule.status, rule.code, "The request has failed due to a temporary failure of the server."), request_id)
