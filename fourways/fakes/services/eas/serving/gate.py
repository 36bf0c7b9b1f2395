"""What a private gateway does with a request before any service sees it: is it open on this side, does its list let the client in, is it
http.

The client's address is that of the other end of the connection; headers that claim another are not believed. Assumed: the words and codes
of refusals, that lists are read before the redirection, and that it keeps the method (308).
"""

from __future__ import annotations

from fourways.fakes.services.eas.backend import EasBackend
from fourways.fakes.services.eas.gateways import acl
from fourways.fakes.services.eas.gateways.gateway_records import INTERNET, RUNNING, Gateway
from fourways.fakes.services.eas.serving import endpoints
from fourways.fakes.wire.messages import Request, Response

_REDIRECT = 308


def refusal(home: EasBackend, place: endpoints.Place, request: Request) -> Response | None:
    """The answer to a request that the gateway keeps out or sends elsewhere; None lets it in. The shared gateway lets everybody in."""
    if place.gateway == endpoints.SHARED:
        return None
    gateway = home.gateways.items.get(place.gateway)
    if gateway is None or not gateway.serves:
        return text(404, "404 Not Found: the gateway does not exist or does not run")
    lists = _vpcs(gateway) if place.vpc else _internet(gateway)
    if not lists:
        return text(404, f"404 Not Found: the gateway has no {'VPC' if place.vpc else 'Internet'} access")
    if not any(acl.admits(gateway.acl.get(name, ()), request.peer) for name in lists):
        return text(403, f"403 Forbidden: {request.peer} is not in the access control list")
    if gateway.ssl_redirection and not place.vpc and not request.secure:
        query = f"?{request.raw_query}" if request.raw_query else ""
        return Response(_REDIRECT, headers={"location": f"https://{request.headers.get('host', '')}{request.raw_path}{query}"})
    return None


def text(status: int, words: str) -> Response:
    return Response(status, words.encode(), {"content-type": "text/plain; charset=utf-8"})


def _internet(gateway: Gateway) -> list[str]:
    return [INTERNET] if gateway.internet_status == RUNNING else []


def _vpcs(gateway: Gateway) -> list[str]:
    """The VPCs whose lists count. The fake does not know which VPC a client is in: it may come in where any of them lets its address in."""
    return [link.vpc_id for link in gateway.links.values() if link.status == RUNNING] if gateway.intranet else []
