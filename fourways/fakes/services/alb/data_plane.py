"""What clients meet at a load balancer: listener, access list, server group, and the server that answers.

Where: the load balancer's DNS name, at the port of a listener; for clients that cannot resolve it, the same under
`/alb/<load balancer>/<port>/` of the fake. The cloud wants a name of one's own that points at the DNS name (help centre, "ALB and NLB
domain name upgrade"): here the DNS name stands for that.

Help centre, "ALB status codes": 400 for plain HTTP at an HTTPS listener, 502 where no server takes the connection, 503 where a group
has no server or none with a weight, 504 where a server says nothing for as long as the listener waits. Help centre, "ALB health
checks": while no server is healthy, all get requests. Assumed: the status 403 of an access list, 400 for HTTPS at an HTTP listener (no
TLS is spoken there), the pages (Tengine's), and that a request which a server did not take is given to the next, which is what Tengine
does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from fourways.fakes.clock import Clock
from fourways.fakes.cloud import Cloud
from fourways.fakes.services.alb import conditions, health, machines, rewriting
from fourways.fakes.services.alb.backend import AlbBackend
from fourways.fakes.services.alb.balancing import Key, Traffic, by_hash
from fourways.fakes.services.alb.conditions import Asked
from fourways.fakes.services.alb.load_balancers import LoadBalancer
from fourways.fakes.services.alb.server_groups import Server, ServerGroup
from fourways.fakes.wire.messages import Request, Response

PREFIX = r"/alb/"
HOSTS = r"(alb-[a-z0-9]+)\.([a-z0-9-]+)\.alb\.aliyuncsslb(?:intl)?\.com"
_PLACE = re.compile(r"/alb/(alb-[a-z0-9]+)/(\d{1,5})(/.*)?")
_SERVING = ("Active", "Configuring")
_RUNNING = ("Running", "Configuring")
_PHRASES = {
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}


@dataclass(frozen=True)
class Place:
    """Where a request goes: a load balancer, the port that it came in at, and the path behind it."""

    balancer: str
    port: int
    path: str


def host_name(balancer: str, region: str) -> str:
    """Regions of the Chinese mainland have another domain than all others (help centre, "ALB and NLB domain name upgrade")."""
    mainland = region.startswith("cn-") and region != "cn-hongkong"
    return f"{balancer}.{region}.alb.{'aliyuncsslb' if mainland else 'aliyuncsslbintl'}.com"


def find(request: Request) -> Place | None:
    """The place that a request names by its host or its path."""
    named = re.fullmatch(HOSTS, request.host())
    if named:
        port = request.headers.get("host", "").rpartition(":")[2]
        return Place(named[1], int(port) if port.isdigit() else 443 if request.secure else 80, request.path)
    match = _PLACE.fullmatch(request.path)
    return Place(match[1], int(match[2]), match[3] or "/") if match else None


def handle(cloud: Cloud, request: Request) -> Response:
    """Answer one request; a connection to nothing is cut."""
    place = find(request)
    found = _find_balancer(cloud, place.balancer) if place else None
    if place is None or found is None:
        return page(404, "there is no such load balancer")
    home, balancer = found
    listener = next((one for one in home.listeners.of(balancer.id) if one.port == place.port and one.protocol != "QUIC"), None)
    if listener is None or balancer.status not in _SERVING or listener.status not in _RUNNING:
        return Response(cut=True)  # nothing listens there
    if request.secure != (listener.protocol == "HTTPS"):
        sent, port = ("HTTPS", "HTTP") if request.secure else ("HTTP", "HTTPS")
        return page(400, f"The plain {sent} request was sent to {port} port")
    client = str(cloud.seed.get("alb", {}).get("client_address", "127.0.0.1"))
    if not home.acls.admits(listener, client):
        return page(403)
    asked, wait = Asked(request, place.path, client), listener.request_timeout
    for rule in home.rules.of(listener.id):
        if conditions.apply(rule.conditions, asked):
            *before, end = rule.actions
            asked = rewriting.changed(asked, before)
            return rewriting.answer(end, asked) or _forward(home, rule.id, end["ForwardGroupConfig"]["ServerGroupTuples"], asked, wait)
    return _forward(home, listener.id, listener.targets, asked, wait)


def _find_balancer(cloud: Cloud, id: str) -> tuple[AlbBackend, LoadBalancer] | None:
    """In whatever account and region, whether its owner can see it yet or not."""
    found = ((home, home.load_balancers.known(id)) for home in cloud.backends(AlbBackend))
    return next(((home, balancer) for home, balancer in found if balancer is not None), None)


def _forward(home: AlbBackend, by: str, targets: list[dict[str, Any]], asked: Asked, wait: int) -> Response:
    """To the server group whose turn it is, by the weights of the targets; `wait` in seconds."""
    weights: dict[Key, int] = {(by, target["ServerGroupId"]): int(target.get("Weight", 100)) for target in targets}
    weights = {key: weight for key, weight in weights.items() if weight}
    group = home.server_groups.known(home.traffic.next_in_turn(weights)[1]) if weights else None
    return page(503) if group is None else _ask(home, group, asked, wait)


def _ask(home: AlbBackend, group: ServerGroup, asked: Asked, wait: int) -> Response:
    servers = {group.key(server): server for server in group.servers if server.weight}
    if not servers:
        return page(503)
    known = {key: health.of_server(home.scope, group, server) for key, server in servers.items()}
    left = {key: server for key, server in servers.items() if known[key] == "Healthy"} or servers
    while left:
        key = _choose(home.traffic, group, left, asked)
        response = machines.answer(home.scope, left.pop(key), asked.path, asked.request)
        if response is not None:
            return _waited(home.scope.clock, wait) if response.cut else _under_way(home, key, response)
    return page(502)


def _choose(traffic: Traffic, group: ServerGroup, servers: dict[Key, Server], asked: Asked) -> Key:
    """By the group's scheduler: Wrr, Wlc, Sch (hash of the client's address) or Uch (of a parameter of the URL)."""
    if group.scheduler in ("Sch", "Uch"):
        return by_hash(list(servers), asked.client if group.scheduler == "Sch" else asked.request.query.get(group.hash["Value"], ""))
    weights = {key: server.weight for key, server in servers.items()}
    return traffic.least_busy(weights) if group.scheduler == "Wlc" else traffic.next_in_turn(weights)


def _under_way(home: AlbBackend, key: Key, response: Response) -> Response:
    """Counts the answer until it has ended, and breaks it off where its server was removed and its time to drain is over.

    A client who has got nothing yet gets 500 then (help centre, connection draining of ALB), and 502 when the server has died.
    """
    traffic, clock, done, broken = home.traffic, home.scope.clock, response.done, response.broken
    traffic.begin(key)

    def ended() -> None:
        traffic.end(key)
        if done is not None:
            done()

    response.done = ended
    response.broken = lambda: traffic.is_broken_off(key, clock.now()) or (broken is not None and broken())
    response.instead = lambda: page(500 if traffic.is_broken_off(key, clock.now()) else 502)
    return response


def _waited(clock: Clock, seconds: int) -> Response:
    """After the listener's request timeout; a stepped clock waits for nobody."""
    answer = page(504)
    answer.delay = 0.0 if clock.stepped else seconds / clock.speed
    return answer


def page(status: int, why: str = "") -> Response:
    """A page of the load balancer's own."""
    title = f"{status} {_PHRASES[status]}"
    said = f"<center>{why}</center>\r\n" if why else ""
    text = f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n{said}</body>\r\n</html>\r\n"
    return Response(status, text.encode(), {"content-type": "text/html"})
