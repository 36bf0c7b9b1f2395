"""`fourways:alb:Endpoint`: the address of a listener, handed on when enough servers behind it are healthy.

It owns nothing: load balancer, listener and servers are the program's (`alicloud.alb`). A wait that ended badly is in the state, and the
next `up` looks again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from fourways.cloud import answers
from fourways.cloud.answers import text
from fourways.cloud.errors import CloudError
from fourways.cloud.target import Target
from fourways.provider.alb.balancer_calls import BalancerCalls
from fourways.provider.alb.health import Health, health
from fourways.provider.ecs.console import ConsoleCalls
from fourways.provider.errors import InitFailed, NotReady, ProviderError, explain, failure
from fourways.provider.names import IMPORTED
from fourways.provider.outcome import Done
from fourways.provider.pauses import Pauses
from fourways.provider.rpc import Answer
from fourways.provider.session import Session
from fourways.provider.values import Plain, Properties

#: Seconds until enough servers are healthy: machines that boot, read their weights and load them (assumed, as for a rollout).
TIMEOUT = 60 * 60.0
_DEFAULT_PORTS = {"HTTP": 80, "HTTPS": 443}
#: Servers whose console is shown in an error.
_SHOWN = 3
_KEPT = "The address is kept in the state: run `pulumi up` again to look again."


class Endpoints:
    """The endpoints of one region. Every method runs after the session's guard."""

    def __init__(self, session: Session, calls: BalancerCalls) -> None:
        self.session, self.calls = session, calls
        self.console = ConsoleCalls(session, calls.region)

    async def create(self, urn: str, inputs: Properties, timeout: float, account: str) -> Done:
        """Waits until enough servers are healthy. Raises InitFailed when they are not, ProviderError when there is no load balancer."""
        try:
            balancer = await self.calls.balancer(str(inputs.plain["loadBalancerId"]))
        except CloudError as error:
            raise explain("find", f"load balancer {inputs.plain['loadBalancerId']}", error) from error
        if balancer is None:
            raise ProviderError(f"there is no load balancer {inputs.plain['loadBalancerId']} in {self.calls.region}.")
        return await self._wait(urn, inputs, balancer, timeout, account)

    async def read(self, resource_id: str, inputs: Properties, state: Properties, account: str) -> tuple[Done, Properties] | None:  # noqa: ARG002
        """The address and the healthy servers as they are now; None when the load balancer or its listener is gone."""
        _, name, port = _parts(resource_id)
        balancer, listener = await asyncio.gather(self.calls.balancer(name), self.calls.listener(name, port))
        if balancer is None or listener is None:
            return None
        now = _refreshed(inputs.plain, listener) if inputs.plain else _imported(self.calls.region, name, port, listener)
        found = Properties(plain=now, secrets=inputs.secrets)
        seen = await self._look(str(now["serverGroupId"]), text(listener.get("ListenerId")))
        return self._done(found, balancer, seen.healthy, account), found

    async def update(
        self,
        urn: str,
        resource_id: str,  # noqa: ARG002
        old: Properties,  # noqa: ARG002
        state: Properties,  # noqa: ARG002
        inputs: Properties,
        timeout: float,
        account: str,
    ) -> Done:
        """Looks again. Raises as a create does."""
        return await self.create(urn, inputs, timeout, account)

    async def delete(self, urn: str, resource_id: str, state: Properties, timeout: float) -> None:
        """Nothing: the listener is the program's."""

    async def _wait(self, urn: str, inputs: Properties, balancer: Answer, timeout: float, account: str) -> Done:
        waits = Pauses(self.session, urn, timeout or TIMEOUT)
        wanted, group = int(inputs.plain["healthy"]), str(inputs.plain["serverGroupId"])
        seen = Health(healthy=0, troubled=())
        try:
            while True:
                listener = await self.calls.listener(str(inputs.plain["loadBalancerId"]), int(inputs.plain["listenerPort"]))
                seen = await self._look(group, text((listener or {}).get("ListenerId")))
                waits.say(seen.line(wanted))
                if seen.healthy >= wanted:
                    return self._done(inputs, balancer, seen.healthy, account)
                await waits.pause(seen.line(wanted))
        except Exception as error:  # whatever it was: the next `up` must look again
            done = self._done(inputs, balancer, seen.healthy, account)
            why = failure(f"endpoint {done.properties.plain['address']} does not serve yet", error, _KEPT)
            stopped = isinstance(error, NotReady) and error.interrupted
            trail = "" if stopped else await self._trail(seen)
            raise InitFailed(done.resource_id, done.properties, inputs, [f"{why}{trail}"]) from error

    async def _look(self, group: str, listener: str) -> Health:
        """The health of a group behind a listener, which may not be there yet. Raises CloudError."""
        servers = await self.calls.servers(group)
        answer = await self.calls.health(listener) if listener and servers else None
        if not servers:
            return Health(healthy=0, troubled=(), forwarded=bool(listener))
        return health(group, servers, answer)

    async def _trail(self, seen: Health) -> str:
        """Each server that is not healthy with its reason, and what the first of them wrote last while they booted."""
        if not seen.troubled:
            return "\nThere is no server in its group: look at the scaling group's activities (Auto Scaling console)."
        rows = [f"\n  {server.id}: {server.why}" for server in seen.troubled]
        logs = await asyncio.gather(*(self.console.shown(server.id) for server in seen.troubled[:_SHOWN]))
        where = "" if any(logs) else "\nLook at their console output (ECS console, or aliyun ecs GetInstanceConsoleOutput)."
        return "".join([*rows, *logs, where])

    def _done(self, inputs: Properties, balancer: Answer, count: int, account: str) -> Done:
        plain = inputs.plain
        name, port, host = str(plain["loadBalancerId"]), int(plain["listenerPort"]), text(balancer["DNSName"])
        outputs = {
            **{key: value for key, value in plain.items() if key != IMPORTED},
            "address": address(self.session.target, str(plain["protocol"]), host, name, port),
            "dnsName": host,
            "healthyServers": count,
            "account": account,
            "target": self.session.target.name,
        }
        properties = Properties(plain=outputs, secrets=inputs.secrets)
        return Done(resource_id=f"{self.calls.region}/{name}/{port}", properties=properties)


def address(target: Target, protocol: str, host: str, balancer: str, port: int) -> str:
    """Where clients reach a listener, without a slash at its end. The fake has one host, and a path for each listener on it."""
    scheme = protocol.lower()
    if target.is_fake:
        return f"{scheme}://{target.address}/alb/{balancer}/{port}"
    return f"{scheme}://{host}" if _DEFAULT_PORTS.get(protocol) == port else f"{scheme}://{host}:{port}"


def _parts(resource_id: str) -> tuple[str, str, int]:
    """Region, load balancer and port of an id. Raises ProviderError."""
    region, _, rest = resource_id.partition("/")
    name, _, port = rest.partition("/")
    if not name or not port.isdigit():
        raise ProviderError(f"{resource_id!r} names no listener. Allowed: REGION/alb-.../PORT.")
    return region, name, int(port)


def _refreshed(inputs: Mapping[str, Plain], listener: Answer) -> dict[str, Plain]:
    protocol = text(listener.get("ListenerProtocol"))
    return {**inputs, "protocol": protocol or inputs.get("protocol")}


def _imported(region: str, balancer: str, port: int, listener: Answer) -> dict[str, Plain]:
    """All inputs of a listener that Pulumi did not watch. Raises ProviderError when it forwards to no server group."""
    if not (group := _forwards_to(listener)):
        raise ProviderError(f"the listener of port {port} of {balancer} forwards to no server group: nothing to import.")
    return {
        IMPORTED: True,
        "region": region,
        "loadBalancerId": balancer,
        "listenerPort": port,
        "protocol": text(listener.get("ListenerProtocol")),
        "serverGroupId": group,
        "healthy": 1,
        "triggers": {},
    }


def _forwards_to(listener: Answer) -> str:
    """The server group of its default action (ListListeners: DefaultActions[].ForwardGroupConfig.ServerGroupTuples[])."""
    actions = listener.get("DefaultActions")
    for action in actions if isinstance(actions, list) else []:
        config = action.get("ForwardGroupConfig") if isinstance(action, dict) else None
        tuples = config.get("ServerGroupTuples") if isinstance(config, dict) else None
        for row in tuples if isinstance(tuples, list) else []:
            if isinstance(row, dict) and (group := answers.text(row.get("ServerGroupId"))):
                return group
    return ""
