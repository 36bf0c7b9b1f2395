"""The side door under `/_fake/`: clock, faults, seed, accounts, ledger, requests, state, reset. Loopback only.

| route | what |
|---|---|
| GET /_fake/health | {"ok": true} |
| GET /_fake/ledger[?open=1] | billed intervals |
| GET /_fake/state | everything that exists, billed or free |
| GET /_fake/requests[?action=X] | calls, secrets blotted out; with counts by action and the unknown ones |
| DELETE /_fake/requests | forget the calls |
| GET, POST, DELETE /_fake/faults | rules in force; add one (see faults.py); clear |
| GET /_fake/clock; POST /_fake/clock {"advance": seconds} | the time and the next transition; move on |
| POST /_fake/clock {"step": epoch seconds} | move on to the transition that is due then, unless an earlier one has come in |
| GET, POST /_fake/seed | stock, quotas, prices, products that are not activated: merged by top-level key |
| POST /_fake/accounts {"access_key_id", "access_key_secret", "account_id", "user_name"?} | another access key |
| POST /_fake/console/STEP {"region"?, "account"?, ...} | what people do in the console, or the cloud by itself (a service's `console`) |
| GET, PUT /_fake/metadata/INSTANCE/latest/... | what an instance asks at 100.100.100.200, in its words (services/ecs/metadata.py) |
| POST /_fake/reset | forget everything but the clock |
"""

from __future__ import annotations

import ipaddress
import json
from typing import TYPE_CHECKING, Any

from fourways.fakes.accounts import DEFAULT_ACCOUNT_ID, AccessKey
from fourways.fakes.faults import Rule
from fourways.fakes.services.ecs import metadata
from fourways.fakes.wire.messages import Request, Response

if TYPE_CHECKING:
    from fourways.fakes.cloud import Cloud

PREFIX = "/_fake/"


def handle(cloud: Cloud, request: Request) -> Response:
    """Answer one admin request; a wrong one gets 400 with the reason."""
    if not _is_loopback(request):
        return Response.of_json({"error": "the fake's admin routes answer on loopback only"}, 403)
    try:
        cloud.clock.run_due()
        if request.path.startswith(metadata.PREFIX):
            return metadata.answer(cloud, request)
        return Response.of_json(_answer(cloud, request))
    except LookupError as error:
        return Response.of_json({"error": f"no such route: {error.args[0]}"}, 404)
    except (ValueError, TypeError) as error:
        return Response.of_json({"error": str(error)}, 400)


def _answer(cloud: Cloud, request: Request) -> Any:
    route = f"{request.method} {request.path.removeprefix(PREFIX).strip('/')}"
    data = json.loads(request.body) if request.body else {}
    match route:
        case "GET health":
            return {"ok": True, "base_url": cloud.base_url}
        case "GET ledger":
            return cloud.ledger.rows(only_open="open" in request.query)
        case "GET state":
            return cloud.inventory()
        case "GET requests":
            wanted = request.query.get("action")
            rows = [row for row in cloud.requests.rows if wanted in (None, row["action"])]
            return {"unknown": dict(cloud.requests.unknown), "actions": dict(cloud.requests.actions), "requests": rows}
        case "DELETE requests":
            cloud.requests.__init__()  # type: ignore[misc]
        case "GET faults":
            return cloud.faults.rows()
        case "POST faults":
            for rule in data if isinstance(data, list) else [data]:
                cloud.faults.add(Rule.from_json(rule))
            return cloud.faults.rows()
        case "DELETE faults":
            cloud.faults.clear()
        case "GET clock":
            return {"now": cloud.clock.timestamp(), "epoch": cloud.clock.now(), "next_due": cloud.clock.next_due()}
        case "POST clock":
            cloud.clock.step(float(data["step"])) if "step" in data else cloud.clock.advance(float(data["advance"]))
            return {"now": cloud.clock.timestamp(), "epoch": cloud.clock.now(), "next_due": cloud.clock.next_due()}
        case "GET seed":
            return cloud.seed
        case "POST seed":
            cloud.seed.update(data)
            return cloud.seed
        case "POST accounts":
            cloud.accounts.add(AccessKey(**data))
        case "POST reset":
            cloud.reset()
        case _ if route.startswith("POST console/"):
            account, region = data.pop("account", DEFAULT_ACCOUNT_ID), data.pop("region", cloud.default_region)
            return cloud.in_console(route.removeprefix("POST console/"), account, region, data)
        case _:
            raise LookupError(route)
    return {"ok": True}


def _is_loopback(request: Request) -> bool:
    host = request.host().strip("[]")
    try:
        return ipaddress.ip_address(request.peer).is_loopback and (host == "localhost" or ipaddress.ip_address(host).is_loopback)
    except ValueError:
        return False
