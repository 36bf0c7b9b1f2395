"""Which servers behind a listener are healthy, and why the others are not, out of the answers of ALB. Pure.

Codes and their meaning: SDK alibabacloud-alb20200616 1.3.3, GetListenerHealthStatus.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fourways.cloud import answers
from fourways.provider.rpc import Answer

_REASONS = {
    "CONNECT_TIMEOUT": "no connection in time: the machine does not answer, or its security group shuts the load balancer out",
    "CONNECT_FAILED": "no connection: nothing listens on the port, since the engine has not started yet, or has ended",
    "RECV_RESPONSE_FAILED": "the connection broke before an answer: the engine has ended, or speaks another protocol",
    "RECV_RESPONSE_TIMEOUT": "no answer in time: the engine hangs, or is overloaded",
    "SEND_REQUEST_FAILED": "the connection broke before the request",
    "SEND_REQUEST_TIMEOUT": "the request could not be sent in time",
    "RESPONSE_FORMAT_ERROR": "the answer is no HTTP",
}
_STATUSES = {
    "Initial": "not checked yet",
    "Unused": "gets no requests: its weight is 0, or it is in another zone and cross-zone load balancing is off",
    "Unavailable": "not checked: the health check is off",
}


@dataclass(frozen=True, kw_only=True)
class Server:
    """One server that is not healthy: its id, and why in words with the cloud's code."""

    id: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Health:
    """The servers of one group behind one listener."""

    healthy: int
    troubled: tuple[Server, ...]
    forwarded: bool = True  # whether the listener forwards to the group at all

    def line(self, wanted: int) -> str:
        """`1 of 2 servers healthy`."""
        count = max(wanted, self.healthy + len(self.troubled))
        said = "" if self.forwarded else ", the listener does not forward to their group yet"
        return f"{self.healthy} of {count} server{'' if count == 1 else 's'} healthy{said}"


def health(group: str, servers: Sequence[Answer], answer: Answer | None) -> Health:
    """The health of a group's servers (rows of ListServerGroupServers) in an answer of GetListenerHealthStatus, None where there is no
    listener. A server that the answer does not name among those in trouble is healthy."""
    infos = [info for info in _infos(answer or {}) if info.get("ServerGroupId") == group]
    if not infos:
        return Health(
            healthy=0, troubled=tuple(Server(id=str(row["ServerId"]), why="not behind the listener") for row in servers), forwarded=False
        )
    listed = {(str(row.get("ServerId")), answers.whole(row.get("Port"))): row for info in infos for row in _rows(info, "NonNormalServers")}
    troubled = []
    for server in servers:
        row = listed.get((str(server["ServerId"]), answers.whole(server.get("Port"))))
        if why := _of_server(server) or (_why(row) if row is not None else ""):
            troubled.append(Server(id=str(server["ServerId"]), why=why))
    return Health(healthy=len(servers) - len(troubled), troubled=tuple(troubled))


def _of_server(server: Answer) -> str:
    status = answers.text(server.get("Status"))
    return "" if status == "Available" else f"{status or 'unknown status'}: not in use yet or any more"


def _why(row: Answer) -> str:
    """`no connection: ... (CONNECT_FAILED)`. Without a health check a server counts as healthy: ALB sends it requests."""
    status = answers.text(row.get("Status"))
    if status == "Unavailable":
        return ""
    reason = row.get("Reason")
    reason = reason if isinstance(reason, dict) else {}
    code = answers.text(reason.get("ReasonCode"))
    if code == "RESPONSE_MISMATCH":
        got, wanted = answers.text(reason.get("ActualResponse")), answers.text(reason.get("ExpectedResponse"))
        return f"its health check got HTTP {got}, and {wanted} is expected ({code})"
    words = _REASONS.get(code) or _STATUSES.get(status) or "unhealthy"
    return f"{words} ({code or status})"


def _infos(answer: Answer) -> Iterator[Answer]:
    for name in ("ListenerHealthStatus", "RuleHealthStatus"):
        for row in _rows(answer, name):
            yield from _rows(row, "ServerGroupInfos")


def _rows(answer: Answer, name: str) -> list[Answer]:
    rows = answer.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
