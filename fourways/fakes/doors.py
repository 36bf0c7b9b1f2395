"""The ways into the control plane: how a call is named, whose it is, and what its answer looks like. What happens to a call behind either
door (faults, the request log, its effect) is the same, and `cloud.py`'s."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Protocol

from fourways.fakes.service import Call, Handler, RestApi, Scope, Service
from fourways.fakes.wire.errors import CloudError, unknown_action
from fourways.fakes.wire.messages import Request, Response
from fourways.fakes.wire.parameters import Parameters
from fourways.fakes.wire.signature import authenticate, authenticate_log

if TYPE_CHECKING:
    from fourways.fakes.cloud import Cloud

_REGION = re.compile(r"\b((?:cn|ap|us|eu|me|na)-[a-z]+(?:-\d)?)\b")


class Door(Protocol):
    """One request on its way in. `action`, `product`, `region` and `flat` (its parameters) are what is known of it so far; the log reads
    them however far it came."""

    action: str
    product: str
    region: str
    flat: dict[str, str]
    throttled: CloudError

    def find(self) -> Handler:
        """The handler; raises the 404 of an unknown action, and counts it."""

    def body(self) -> Any:
        """The JSON body, or None."""

    def enter(self, body: Any) -> Call:
        """The call with its caller and region; raises CloudError for one that is not let in."""

    def answer(self, data: dict[str, Any], request_id: str) -> Response: ...

    def refusal(self, error: CloudError, request_id: str) -> Response: ...

    def made(self, data: dict[str, Any]) -> dict[str, str]:
        """The ids in an answer: of what the call has made, or of what it was about."""


class Gateway:
    """The OpenAPI gateway: an action or a route, signed with an access key."""

    throttled = CloudError(400, "Throttling.User", "Request was denied due to user flow control.")

    def __init__(self, cloud: Cloud, request: Request) -> None:
        self._cloud, self._request = cloud, request
        self._form = request.form()
        self.action, self._version = _names(request, self._form)
        self.product = ""
        self.flat = {**request.query, **self._form}
        self._named = _region(request, self.flat)
        self.region = self._named or cloud.default_region
        self._request_id = "RequestId"

    def find(self) -> Handler:
        handler, service, self.action, path_parameters = self._cloud.find(self._request, self.action, self._version)
        self.product, self._request_id = service.product, service.request_id
        self.flat.update(path_parameters)
        return handler

    def body(self) -> Any:
        return _json_body(self._request, CloudError(400, "InvalidRequestBody", "The request body is not valid JSON."))

    def enter(self, body: Any) -> Call:
        key = authenticate(self._request, self._form, self._cloud.accounts, self._cloud.clock.now())
        self.region = self._cloud.region_of(key.access_key_id, self._named)
        scope = Scope(self._cloud, key.account_id, self.region)
        call = Call(scope, self.action, Parameters(self.flat, body), self._request, key.user_name, signer=key)
        self._cloud.refuse_replay(self._request, self.flat)
        return call

    def answer(self, data: dict[str, Any], request_id: str) -> Response:
        return self._named_answer(Response.of_json({self._request_id: request_id, **data}), request_id)

    def refusal(self, error: CloudError, request_id: str) -> Response:
        envelope = error.envelope(request_id, self._request.headers.get("host", ""))
        return self._named_answer(Response.of_json(envelope, error.status), request_id)

    def made(self, data: dict[str, Any]) -> dict[str, str]:
        return {name: value for name, value in data.items() if name.endswith("Id") and isinstance(value, str)}

    @staticmethod
    def _named_answer(response: Response, request_id: str) -> Response:
        response.headers["x-acs-request-id"] = request_id
        return response


class Rest:
    """A REST interface with a key of its own: answers are {"request_id", "output"}, errors {"request_id", "code", "message"}."""

    throttled = CloudError(429, "Throttling", "Requests are throttled due to the rate limit, please try again later.")

    def __init__(self, cloud: Cloud, request: Request, service: Service, rest: RestApi) -> None:
        self._cloud, self._request, self._service, self._rest = cloud, request, service, rest
        self._where, self._path = rest.locate(request.path)
        self.action = f"{request.method} {self._path}"
        self.product = service.product
        self.region = rest.region(self._where)
        self.flat = dict(request.query)

    def find(self) -> Handler:
        for route in self._service.routes:
            match = route.pattern().match(self._path)
            if match and route.method == self._request.method:
                self.action = route.action
                self.flat.update(match.groupdict())
                return route.handler
        self._cloud.requests.count_unknown(self.action)
        raise unknown_action(self.action, self._service.version)

    def body(self) -> Any:
        return _json_body(self._request, CloudError(400, "InvalidParameter", "The request body is not valid JSON."))

    def enter(self, body: Any) -> Call:
        scope, key = self._rest.authenticate(self._cloud, self._where, self._request)
        self.region = scope.region
        return Call(scope, self.action, Parameters(self.flat, body), self._request, key=key)

    def answer(self, data: dict[str, Any], request_id: str) -> Response:
        return Response.of_json({"request_id": request_id, "output": data})

    def refusal(self, error: CloudError, request_id: str) -> Response:
        return Response.of_json({"request_id": request_id, "code": error.code, "message": error.message}, error.status)

    def made(self, data: dict[str, Any]) -> dict[str, str]:
        return {name: value for name, value in data.items() if name in self._rest.ids and isinstance(value, str)}


class Logs:
    """Simple Log Service's own interface: the project is the first label of the host, the signature its own, answers are bare, and errors
    {"errorCode", "errorMessage"}. An answer that is no object comes from its handler under the name `WHOLE`."""

    WHOLE = "*"
    VERSION = "0.6.0"
    throttled = CloudError(403, "ReadQuotaExceed", "read quota exceed, please slow down")

    @staticmethod
    def is_at(request: Request) -> bool:
        return request.headers.get("authorization", "").startswith("LOG ")

    def __init__(self, cloud: Cloud, request: Request) -> None:
        self._cloud, self._request = cloud, request
        self.action, self.product = f"{request.method} {request.path}", "Sls"
        self.flat = {**request.query, **_project_in(request.host())}
        self._named = _region(request, {})
        self.region = self._named or cloud.default_region

    def find(self) -> Handler:
        handler, service, self.action, path_parameters = self._cloud.find(self._request, "", self.VERSION)
        self.product = service.product
        self.flat.update(path_parameters)
        return handler

    def body(self) -> Any:
        return _json_body(self._request, CloudError(400, "PostBodyInvalid", "Post body must be valid JSON."))

    def enter(self, body: Any) -> Call:
        key = authenticate_log(self._request, self._cloud.accounts)
        self.region = self._cloud.region_of(key.access_key_id, self._named)
        scope = Scope(self._cloud, key.account_id, self.region)
        return Call(scope, self.action, Parameters(self.flat, body), self._request, key.user_name, signer=key)

    def answer(self, data: dict[str, Any], request_id: str) -> Response:
        whole = data.get(self.WHOLE, data)
        if isinstance(whole, str) or not data:  # what changes something is answered with nothing
            response = Response(200, str(whole or "").encode(), {"content-type": "application/json"})
        else:
            response = Response.of_json(whole)
        return self._numbered(response, request_id)

    def refusal(self, error: CloudError, request_id: str) -> Response:
        return self._numbered(Response.of_json({"errorCode": error.code, "errorMessage": error.message}, error.status), request_id)

    def made(self, data: dict[str, Any]) -> dict[str, str]:  # noqa: ARG002 - names are the callers'
        return {}

    @staticmethod
    def _numbered(response: Response, request_id: str) -> Response:
        response.headers["x-log-requestid"] = request_id
        return response


def _project_in(host: str) -> dict[str, str]:
    """The project that a host names: `project.127.0.0.1` or `project.REGION.log.aliyuncs.com`; nothing for the service's own host."""
    match = re.fullmatch(r"([a-z0-9][a-z0-9-]*)\.(127\.0\.0\.1|localhost|[a-z0-9-]+\.log\.aliyuncs\.com)", host)
    return {"project": match[1]} if match else {}


def _names(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """Action and version from wherever the client's wire style puts them."""
    headers = request.headers
    action = request.query.get("Action") or form.get("Action") or headers.get("x-acs-action", "")
    version = request.query.get("Version") or form.get("Version") or headers.get("x-acs-version", "")
    return action, version


def _region(request: Request, flat: dict[str, str]) -> str | None:
    """The region that the call itself names, in one way or the other."""
    named = flat.get("RegionId") or request.headers.get("x-acs-region-id")
    match = None if named else _REGION.search(request.host())
    return named or (match[1] if match else None)


def _json_body(request: Request, wrong: CloudError) -> Any:
    if not request.body or "json" not in request.headers.get("content-type", ""):
        return None
    try:
        return json.loads(request.body)
    except ValueError:
        raise wrong from None
