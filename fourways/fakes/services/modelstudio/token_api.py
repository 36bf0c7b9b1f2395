"""`/compatible-mode/v1/`: the OpenAI-compatible token API, for models of the shared catalogue and for deployed ones.

Errors are `{"error": {"code", "message", "type", "param"}, "request_id"}`. Codes: help centre, 'Error messages' (model_not_found,
invalid_parameter_error); the 429 codes as in the project's notes; clients quote invalid_api_key. A 403's code is assumed to be the same as
elsewhere, as are the `type` of each and the wording of a wrong request, which is vLLM's.
A killed fake forgets the tokens metered since the last control-plane call: no answer of this API waits for the disk.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import Any

from fourways.fakes.cloud import Cloud
from fourways.fakes.services import maas
from fourways.fakes.services.modelstudio import access, catalogue, errors, limits, metering, prefix_cache, serving
from fourways.fakes.services.modelstudio.backend import ModelStudioBackend
from fourways.fakes.services.modelstudio.records import ApiKey
from fourways.fakes.services.shared import completions, curves, pacing
from fourways.fakes.wire.errors import CloudError
from fourways.fakes.wire.messages import Request, Response

BASE = "/compatible-mode/v1"
_CODES = {
    "InvalidApiKey": "invalid_api_key",
    "InvalidParameter": "invalid_parameter_error",
    "ModelNotFound": "model_not_found",
    "Throttling.RateQuota": "limit_requests",
    "Throttling.BurstRate": "limit_burst_rate",
    "Throttling.AllocationQuota": "insufficient_quota",
}
# By status where it is none of these; the code itself for 429, as `type` and `code` are alike there.
_TYPES = {503: "server_error", 500: "server_error"}
_INVALID = "invalid_request_error"


def handle(cloud: Cloud, request: Request) -> Response:
    """Answer one request to the token API."""
    request_id = str(uuid.uuid4())
    try:
        response = _answer(cloud, request)
    except CloudError as error:
        code = _CODES.get(error.code, error.code)
        kind = code if error.status == 429 else _TYPES.get(error.status, _INVALID)
        response = _error(error.status, code, error.message, kind, None, request_id)
    except completions.RefusedError as error:
        response = _error(error.status, "invalid_parameter_error", str(error), _INVALID, error.param, request_id)
    response.headers["x-request-id"] = request_id
    return response


def _answer(cloud: Cloud, request: Request) -> Response:
    found = maas.find(request.path)
    if found is None:
        raise CloudError(404, "InvalidURL", f"No such host: {request.path}.")
    host, path = found
    key = access.authenticate(cloud, host, request)
    match f"{request.method} {path.removeprefix(BASE)}":
        case "GET /models":
            return _models(cloud, key)
        case "POST /chat/completions":
            return _chat(cloud, key, request.body)
    raise CloudError(404, "InvalidURL", f"{request.method} {path} is not supported.")


def _models(cloud: Cloud, key: ApiKey) -> Response:
    """The models that the key may call (assumed: not all there are)."""
    backend = cloud.backend(ModelStudioBackend, key.account, key.region)
    allowed = [id for id in catalogue.models() if key.auth.admits_model(id) and backend.may(key.workspace, id, "inference")]
    data = [{"id": id, "object": "model", "created": int(backend.default.created), "owned_by": "system"} for id in allowed]
    return Response.of_json({"object": "list", "data": data})


def _chat(cloud: Cloud, key: ApiKey, body: bytes) -> Response:
    scope = access.scope_of(cloud, key)
    name = _model_name(body)
    server = None if name in catalogue.models() else serving.server_of(scope, name, key.workspace)
    model = catalogue.models().get(server[1] if server else name)
    if model is None:
        raise errors.model_not_found(name)
    access.check_model(cloud, key, model.id, name=name)
    job = completions.accept(body, completions.Engine((name,), model.context, None), chat=True, now=cloud.clock.now())
    backend = cloud.backend(ModelStudioBackend, key.account, key.region)
    made = job.usage["completion_tokens"]
    beginnings = prefix_cache.beginnings(key.workspace, name, json.loads(body)["messages"])
    cached = prefix_cache.cached_tokens(backend, beginnings)
    demand = serving.Demand(key.workspace, job.prompt_tokens, cached, made)
    served = server[0].serve(name, demand) if server else serving.Served(metered=True, way="token", load=curves.shared_load())
    if served.metered:
        limits.take(backend, key.workspace, model.id, job.prompt_tokens + made)
        metering.meter(scope, key, model, job.prompt_tokens, cached, made)
    prefix_cache.keep(backend, beginnings)
    pace = curves.pace(served.way, job.prompt_tokens - cached, served.load)
    response = pacing.respond(cloud.clock, replace(job, cached_tokens=cached), 0.0, pace)
    response.headers.update(served.headers)
    return response


def _model_name(body: bytes) -> str:
    try:
        data: Any = json.loads(body)
    except ValueError:
        raise errors.bad("body", "It must be JSON.") from None
    name = data.get("model") if isinstance(data, dict) else None
    if not isinstance(name, str) or not name:
        raise errors.bad("model", "It is required.")
    return name


def _error(status: int, code: str, message: str, kind: str, param: str | None, request_id: str) -> Response:
    error = {"code": code, "message": message, "type": kind, "param": param}
    return Response.of_json({"error": error, "request_id": request_id}, status)
