"""Limits, permissions and prices of models on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call
from fourways.fakes.services.modelstudio import catalogue, errors
from fourways.fakes.services.modelstudio.api_requests import backend, choice, page, parsed, truth, whole, workspace
from fourways.fakes.services.modelstudio.catalogue import Model
from fourways.fakes.services.modelstudio.records import Limit, Permissions

_RIGHTS = ("inference", "deploy", "fineTune")
_TEXT = "TG"  # the one capability of the models here, text generation; its code is assumed
_LONGEST_PERIOD = 86_400  # seconds; assumed


def list_model_limits(call: Call) -> dict[str, Any]:
    place = workspace(call)
    own = backend(call).limits.get(place.id, {})
    rows, about = page(call, _chosen(call.parameters.optional("model"), call.parameters.get("name")))
    limits = [
        {
            "model": model.id,
            "modelLimit": _limit_view(catalogue.account_limit()),
            "name": model.name,
            "workspaceId": place.id,
            "workspaceLimit": _limit_view(own[model.id]) if model.id in own else None,
        }
        for model in rows
    ]
    return {"limits": limits, **about}


def update_model_limits(call: Call) -> None:
    """All items or none. An OVERLAY replaces the model's limit as a whole; DELETE of one that is not there is no error (assumed)."""
    place = workspace(call, required=True)
    limits = dict(backend(call).limits.get(place.id, {}))
    items = parsed(call, "workspaceLimits")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise errors.bad("workspaceLimits", "It must be a JSON list of objects.")
    for item in items:
        model = _known(item.get("model"))
        match item.get("operationType"):
            case "OVERLAY":
                limits[model] = _limit(item)
            case "DELETE":
                limits.pop(model, None)
            case _:
                raise errors.bad("operationType", "Valid values: OVERLAY, DELETE.")
    backend(call).limits[place.id] = limits


def list_model_permissions(call: Call) -> dict[str, Any]:
    place = workspace(call, required=True)
    scope = choice(call, "authorizationScope", ("AUTHORIZABLE", "AUTHORIZED"), "AUTHORIZABLE")
    action = choice(call, "modelAction", ("INFERENCE",), "INFERENCE").lower()
    wanted = call.parameters.under("filter")
    rights = backend(call).permissions.get(place.id, Permissions())
    found = [
        model
        for model in _chosen(wanted.optional("model"), wanted.get("name"))
        if scope == "AUTHORIZABLE" or rights.allows(model.id, action)
    ]
    rows, about = page(call, found)
    views = [
        {"model": model.id, "name": model.name, "permissions": {what: rights.allows(model.id, what) for what in _RIGHTS}} for model in rows
    ]
    return {"list": views, **about}


def update_model_permissions(call: Call) -> None:
    """OPEN and CLOSE switch one-click authorization, KEEP (or nothing) leaves it; `models` says more of single models, a right that is
    not given stays (assumed)."""
    place = workspace(call, required=True)
    rights = backend(call).permissions.get(place.id, Permissions())
    one_click = choice(call, "accessAllEntities", ("OPEN", "CLOSE", "KEEP"), "KEEP")
    models = {model: dict(given) for model, given in rights.models.items()}
    for record in call.parameters.records("models"):
        given = {what: right for what in _RIGHTS if (right := truth(record, what)) is not None}
        models.setdefault(_known(record.get("model")), {}).update(given)
    every = rights.all if one_click == "KEEP" else one_click == "OPEN"
    backend(call).permissions[place.id] = Permissions(every, models)


def list_models(call: Call) -> dict[str, Any]:
    """Filters: model exactly, name in part, providers, capabilities and features (all of them); a context window of at least so many
    tokens (assumed). The language of the answer is always English."""
    backend(call)
    providers = parsed(call, "providers")
    least, wanted = whole(call, "contextWindow", 0), [*(parsed(call, "capabilities") or ()), *(parsed(call, "features") or ())]
    found = [
        model
        for model in _chosen(call.parameters.optional("model"), call.parameters.get("name"))
        if (not providers or model.provider in providers) and model.context >= least and set(wanted) <= {_TEXT}
    ]
    rows, about = page(call, found)
    return {"models": [_model_view(model, call.scope.region) for model in rows], **about}


def _chosen(id: str | None, words: str) -> list[Model]:
    return [model for model in catalogue.models().values() if id in (None, model.id) and words.lower() in model.name.lower()]


def _known(model: Any) -> str:
    if model not in catalogue.models():
        raise errors.bad("model", f"The model {model} is not among {', '.join(catalogue.models())}.")
    return str(model)


def _limit(item: dict[str, Any]) -> Limit:
    """What is not given is not limited; a period that is not given is a minute (assumed)."""
    requests, usage = _positive(item, "requestLimit"), _positive(item, "usageLimit")
    if requests is None and usage is None:
        raise errors.bad("workspaceLimits", "An OVERLAY needs requestLimit or usageLimit.")
    return Limit(requests, _positive(item, "requestLimitPeriod") or 60, usage, _positive(item, "usageLimitPeriod") or 60)


def _positive(item: dict[str, Any], name: str) -> int | None:
    value = item.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 1 or (name.endswith("Period") and value > _LONGEST_PERIOD):
        raise errors.bad(name, f"It must be a whole number of at least 1{f', and at most {_LONGEST_PERIOD}' * name.endswith('Period')}.")
    return value


def _limit_view(limit: Limit) -> dict[str, Any]:
    """`usageLimitField` says what is counted; that its value is total_tokens is assumed."""
    view: dict[str, Any] = {}
    if limit.requests is not None:
        view |= {"requestLimit": limit.requests, "requestLimitPeriod": limit.request_seconds}
    if limit.usage is not None:
        view |= {"usageLimit": limit.usage, "usageLimitField": "total_tokens", "usageLimitPeriod": limit.usage_seconds}
    return view


def _model_view(model: Model, region: str) -> dict[str, Any]:
    """Names of prices, units and ranges are assumed: the SDK says what fields there are, not what is in them."""
    prices = [
        {"price": str(price), "priceName": name, "priceUnit": "USD per million tokens", "timeBand": band.name}
        for band in model.bands[region]
        for name, price in (("input", band.input), ("cached_input", band.cached), ("output", band.output))
    ]
    return {
        "capabilities": [_TEXT],
        "description": model.description,
        "features": [],
        "inferenceMetadata": {"requestModality": ["Text"], "responseModality": ["Text"]},
        "model": model.id,
        "modelInfo": {"contextWindow": model.context, "maxInputTokens": model.context, "maxOutputTokens": model.max_output},
        "name": model.name,
        "prices": [{"rangeName": f"0 to {model.context} tokens", "prices": prices}],
        "provider": model.provider,
    }
