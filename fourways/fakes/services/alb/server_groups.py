"""Server groups, the servers in them, and health check templates. None is billed by itself."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fourways.fakes.services.alb import checks, configs
from fourways.fakes.services.alb.balancing import Key
from fourways.fakes.services.alb.checks import Seen
from fourways.fakes.services.alb.configs import Config
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.shared.resources import Collection, Resource, new_id
from fourways.fakes.services.vpc.backend import VpcBackend
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.alb.backend import AlbBackend

SECONDS = 1.0  # made up: any change of a group or its servers
KIND = "servergroup"


@dataclass
class Server:
    """One backend; `port` 0 for a function of Function Compute. `seen` is what its health checks have shown since it was added."""

    id: str
    type: str
    ip: str = ""
    port: int = 0
    weight: int = 100
    description: str = ""
    remote_ip: bool = False
    status: str = "Adding"
    seen: Seen = field(default_factory=lambda: checks.begin(0.0))

    def key(self) -> tuple[str, str, int]:
        return self.id, self.ip, self.port


@dataclass(kw_only=True)
class ServerGroup(Resource):
    """Statuses are the API's: Creating, Configuring, Available. `leaving` are servers that were removed and have answers under way."""

    vpc_id: str
    type: str = "Instance"
    protocol: str = "HTTP"
    scheduler: str = "Wrr"
    cross_zone: bool = True
    keepalive: bool = False
    ipv6: bool = False
    service_name: str = ""
    health_check: Config = field(default_factory=lambda: copy.deepcopy(configs.HEALTH_CHECK))
    sticky: Config = field(default_factory=lambda: dict(configs.STICKY))
    slow_start: Config = field(default_factory=lambda: dict(configs.SLOW_START))
    drain: Config = field(default_factory=lambda: dict(configs.DRAIN))
    hash: Config = field(default_factory=lambda: dict(configs.HASH))
    servers: list[Server] = field(default_factory=list)
    leaving: list[Server] = field(default_factory=list)

    def key(self, server: Server) -> Key:
        """What a server's traffic is counted by."""
        return self.id, server.id, server.ip, str(server.port)


@dataclass(kw_only=True)
class Template(Resource):
    """A health check template."""

    check: Config


class ServerGroups(Collection[ServerGroup]):
    """The server groups of one account and region."""

    def __init__(self, backend: AlbBackend) -> None:
        super().__init__(backend.scope, "alb", "server group", "ResourceNotFound.ServerGroup")
        self._backend = backend

    def new(self, type: str, vpc_id: str) -> ServerGroup:
        """Checked, not yet kept."""
        if type in ("Instance", "Ip"):
            vpc_id = self._scope.backend(VpcBackend).vpcs[vpc_id].id
        return ServerGroup(id=new_id("sgp-", 18), created=self._scope.clock.now(), vpc_id=vpc_id, type=type, status="Creating")

    def create(self, group: ServerGroup) -> str:
        """Keeps it; returns the job's id."""
        self.add(group)
        return self._job(group, "CreateServerGroup")

    def _job(self, group: ServerGroup, api: str) -> str:
        job = self._backend.jobs.start(api, KIND, group.id)
        self.later(group.id, api, SECONDS, self._settled, job)
        return job

    def _settled(self, id: str, job: str) -> None:
        if id in self._items:
            group = self._items[id]
            group.status = "Available"
            for server in group.servers:
                server.status = "Available"
            self._drop_drained(group)
        self._backend.jobs.finish(job)

    def require_available(self, group: ServerGroup) -> None:
        if group.status != "Available":
            raise CloudError(409, "IncorrectStatus.ServerGroup", f"The status of ServerGroup [{group.id}] is incorrect: {group.status}.")

    def changed(self, group: ServerGroup, api: str) -> str:
        """To be called after a change of an available group; returns the job's id."""
        group.status = "Configuring"
        return self._job(group, api)

    def add_servers(self, group: ServerGroup, servers: list[Server]) -> str:
        self.require_available(group)
        known = {server.key() for server in group.servers}
        for server in servers:
            if server.key() in known:
                raise CloudError(400, "ResourceAlreadyExist.BackendServer", f"The server {server.id} is in the group already.")
            self._check(group, server)
        for server in servers:
            server.seen = checks.begin(self._scope.clock.now())
            self._backend.traffic.join(group.key(server))
        group.leaving = [old for old in group.leaving if old.key() not in {server.key() for server in servers}]
        group.servers += servers
        return self.changed(group, "AddServersToServerGroup")

    def _check(self, group: ServerGroup, server: Server) -> None:
        """The codes are assumed; that servers must exist and fit the group is not."""
        if (group.type == "Ip" and server.type != "Ip") or (group.type == "Instance" and server.type == "Ip"):
            raise CloudError(400, "IllegalParam.ServerType", f"A group of the type {group.type} takes no {server.type}.")
        ecs = self._scope.backend(EcsBackend)
        known: dict[str, Collection[Any]] = {"Ecs": ecs.instances, "Eni": ecs.network_interfaces}
        if server.type in known and server.id not in known[server.type]:
            raise CloudError(404, "ResourceNotFound.BackendServer", f"The specified resource BackendServer [{server.id}] is not found.")
        if server.type != "Fc" and not 1 <= server.port <= 65535:
            raise CloudError(400, "IllegalParam.Port", "The param of Port is illegal. Valid values: 1 to 65535.")

    def remove_servers(self, group: ServerGroup, keys: list[tuple[str, str, int]]) -> str:
        """They get no more requests. What is under way ends; with connection draining it is broken off when the time for it is over (help
        centre, connection draining of ALB). The job does not wait for that: assumed."""
        self.require_available(group)
        doomed = [server for server in group.servers if any(_matches(server, key) for key in keys)]
        if len(doomed) < len(keys):
            raise CloudError(404, "ResourceNotFound.BackendServer", "A server that was named is not in the group.")
        group.servers = [server for server in group.servers if server not in doomed]
        for server in doomed:
            server.status = "Removing"
            if group.drain["ConnectionDrainEnabled"]:
                self._backend.traffic.leave(group.key(server), self._scope.clock.now() + group.drain["ConnectionDrainTimeout"])
        group.leaving += doomed
        return self.changed(group, "RemoveServersFromServerGroup")

    def shown(self, group: ServerGroup) -> list[Server]:
        """Its servers, and those that were removed and are not gone yet."""
        if group.status == "Available":
            self._drop_drained(group)
        return group.servers + group.leaving

    def _drop_drained(self, group: ServerGroup) -> None:
        traffic, now = self._backend.traffic, self._scope.clock.now()
        keys = {server.key(): group.key(server) for server in group.leaving}
        busy = {key for key, of in keys.items() if traffic.running(of) and not traffic.is_broken_off(of, now)}
        group.leaving = [server for server in group.leaving if server.key() in busy]

    def delete(self, id: str) -> str:
        group = self[id]
        users = self._backend.listeners_with(id) + [rule.id for rule in self._backend.rules_with(id)]
        if users:
            raise CloudError(409, "ResourceInUse.ServerGroup", f"The specified resource ServerGroup [{id}] is in use by {users[0]}.")
        self.require_available(group)
        job = self._backend.jobs.start("DeleteServerGroup", KIND, id)
        group.status = "Deleting"
        self.later(id, "DeleteServerGroup", SECONDS, self._gone, job)
        return job

    def _gone(self, id: str, job: str) -> None:
        self.remove(id)
        self._backend.jobs.finish(job)


def _matches(server: Server, key: tuple[str, str, int]) -> bool:
    id, ip, port = key
    return server.id == id and server.port == port and ip in ("", server.ip)


def view(server: Server, group: ServerGroup) -> dict[str, Any]:
    return {
        "ServerGroupId": group.id,
        "ServerId": server.id,
        "ServerType": server.type,
        "ServerIp": server.ip,
        "Port": server.port,
        "Weight": server.weight,
        "Description": server.description,
        "RemoteIpEnabled": server.remote_ip,
        "Status": server.status,
    }
