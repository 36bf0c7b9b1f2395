"""`fourways:alb:Endpoint`: the address of a listener, handed on when enough servers behind it are healthy.

Load balancer, listener and server group are the program's (`alicloud.alb`). The servers in the group are a scaling group's, which puts them
there itself, or named ones: then they come in before those that they replace go out. A wait that ended badly is in the state, and the next
`up` looks again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from fourways.cloud import answers
from fourways.cloud.answers import text
from fourways.cloud.errors import CloudError
from fourways.cloud.target import Target
from fourways.provider.alb.balancer_calls import BalancerCalls
from fourways.provider.alb.health import Health, health
from fourways.provider.alb.members import Members
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
        now = dict(inputs.plain) if inputs.plain else _imported(self.calls.region, name, port, listener)
        rows = await self.calls.servers(str(now["serverGroupId"]))
        now = _refreshed(now, listener, rows or [])
        found = Properties(plain=now, secrets=inputs.secrets)
        seen = await self._health(str(now["serverGroupId"]), text(listener.get("ListenerId")), rows or [])
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

    async def delete(self, urn: str, resource_id: str, state: Properties, timeout: float) -> None:  # noqa: ARG002
        """Takes its servers out of their group; without any, nothing. Not there is success."""
        if (members := self._members(state.plain)) is None:
            return
        try:
            await members.take_out(Pauses(self.session, urn, timeout or TIMEOUT))
        except CloudError as error:
            raise explain("empty", f"server group {members.group}", error) from error
        except NotReady as error:
            raise ProviderError(f"servers are in server group {members.group} still: {error}. Run it again.") from error

    async def _wait(self, urn: str, inputs: Properties, balancer: Answer, timeout: float, account: str) -> Done:
        waits = Pauses(self.session, urn, timeout or TIMEOUT)
        members, seen = self._members(inputs.plain), Health(healthy=0, troubled=())
        try:
            while True:
                seen = await self._look(inputs.plain, members)
                waits.say(seen.line(int(inputs.plain["healthy"])))
                if seen.healthy >= int(inputs.plain["healthy"]):
                    break
                await waits.pause(seen.line(int(inputs.plain["healthy"])))
            if members is not None:
                await members.take_others_out(waits)
            return self._done(inputs, balancer, seen.healthy, account)
        except Exception as error:  # whatever it was: the next `up` must look again
            done = self._done(inputs, balancer, seen.healthy, account)
            why = failure(f"endpoint {done.properties.plain['address']} does not serve yet", error, _KEPT)
            stopped = isinstance(error, NotReady) and error.interrupted
            trail = "" if stopped else await self._trail(seen)
            raise InitFailed(done.resource_id, done.properties, inputs, [f"{why}{trail}"]) from error

    def _members(self, plain: Mapping[str, Plain]) -> Members | None:
        servers = plain.get("servers")
        return Members(self.calls, str(plain["serverGroupId"]), servers, int(plain["port"])) if servers else None

    async def _look(self, plain: Mapping[str, Plain], members: Members | None) -> Health:
        """The health of the group behind the listener, which may not be there yet; of its own servers, where it has some: those that are
        not in the group are added. Raises CloudError."""
        if members is not None:
            await members.add_missing()
        group = str(plain["serverGroupId"])
        listener = await self.calls.listener(str(plain["loadBalancerId"]), int(plain["listenerPort"]))
        rows = await self.calls.servers(group) or []
        return await self._health(group, text((listener or {}).get("ListenerId")), rows if members is None else members.mine(rows))

    async def _health(self, group: str, listener: str, rows: Sequence[Answer]) -> Health:
        if not rows:
            return Health(healthy=0, troubled=(), forwarded=bool(listener))
        return health(group, rows, await self.calls.health(listener) if listener else None)

    async def _trail(self, seen: Health) -> str:
        """Each server that is not healthy with its reason, and what the first of them wrote last while they booted."""
        if not seen.troubled and not seen.healthy:
            return "\nThere is no server in its group: look at the scaling group's activities (Auto Scaling console)."
        rows = [f"\n  {server.id}: {server.why}" for server in seen.troubled]
        logs = await asyncio.gather(*(self.console.shown(server.id) for server in seen.troubled[:_SHOWN]))
        where = "" if any(logs) or not rows else "\nLook at their console output (ECS console, or aliyun ecs GetInstanceConsoleOutput)."
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


def _refreshed(inputs: Mapping[str, Plain], listener: Answer, rows: Sequence[Answer]) -> dict[str, Plain]:
    """The inputs as the cloud has them now: of the servers of its own group those that are there, in the declared order, and others behind
    them."""
    now = {**inputs, "protocol": text(listener.get("ListenerProtocol")) or inputs.get("protocol")}
    if not (declared := inputs.get("servers")):
        return now
    there = [str(row["ServerId"]) for row in rows if row.get("Status") != "Removing"]
    return {**now, "servers": [*(one for one in declared if one in there), *sorted(one for one in there if one not in declared)]}


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
