"""Listeners: a port of a load balancer and where its requests go. They cost nothing by themselves."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fourways.fakes.services.alb import configs, editions, security_policies
from fourways.fakes.services.alb.acls import MOST_A_LISTENER
from fourways.fakes.services.alb.configs import Config
from fourways.fakes.services.shared.resources import Collection, Resource, new_id
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.alb.backend import AlbBackend
    from fourways.fakes.services.alb.load_balancers import LoadBalancer

SECONDS = 1.0  # made up: any change
TYPE = "listener"


@dataclass(kw_only=True)
class Listener(Resource):
    """Statuses are the API's: Provisioning, Running, Configuring, Stopped. `targets` are server group ids with weights; `acls` are access
    control lists with the status of each relation: Associating, Associated, Dissociating."""

    load_balancer: str
    protocol: str
    port: int
    targets: list[dict[str, Any]]
    request_timeout: int = 60
    idle_timeout: int = 15
    gzip: bool = True
    http2: bool = True
    ca_enabled: bool = False
    policy: str = ""
    certificates: list[str] = field(default_factory=list)
    ca_certificates: list[str] = field(default_factory=list)
    acl_type: str = ""
    acls: dict[str, str] = field(default_factory=dict)
    log: Config = field(default_factory=lambda: copy.deepcopy(configs.LOG))
    quic: Config = field(default_factory=lambda: dict(configs.QUIC))
    forwarded: Config = field(default_factory=lambda: dict(configs.FORWARDED))


class Listeners(Collection[Listener]):
    """The listeners of one account and region."""

    def __init__(self, backend: AlbBackend) -> None:
        super().__init__(backend.scope, "alb", "listener", "ResourceNotFound.Listener")
        self._backend = backend

    def of(self, balancer_id: str) -> list[Listener]:
        return [listener for listener in self._items.values() if listener.load_balancer == balancer_id]

    def new(self, balancer: LoadBalancer, protocol: str, port: int, targets: list[dict[str, Any]]) -> Listener:
        """Checked, not yet kept."""
        self._backend.load_balancers.require_active(balancer)
        if any(other.port == port and (other.protocol == "QUIC") == (protocol == "QUIC") for other in self.of(balancer.id)):
            raise CloudError(
                400, "ResourceAlreadyExist.Listener", f"The load balancer {balancer.id} has a listener of port {port} already."
            )
        self.check_targets(balancer, targets)
        return Listener(
            id=new_id("lsn-", 18),
            created=self._scope.clock.now(),
            load_balancer=balancer.id,
            protocol=protocol,
            port=port,
            targets=targets,
            policy=security_policies.DEFAULT if protocol == "HTTPS" else "",
            gzip=protocol != "QUIC",
        )

    def check_targets(self, balancer: LoadBalancer, targets: list[dict[str, Any]]) -> None:
        for target in targets:
            editions.check_group(balancer, self._backend.server_groups[target["ServerGroupId"]])

    def create(self, listener: Listener) -> str:
        """Keeps it; returns the job's id."""
        listener.status = "Provisioning"
        self.add(listener)
        return self.changed(listener, "CreateListener")

    def changed(self, listener: Listener, api: str, then: str = "Running") -> str:
        job = self._backend.jobs.start(api, TYPE, listener.id)
        if listener.status != "Provisioning":
            listener.status = "Configuring"
        self.later(listener.id, api, SECONDS, self._settled, then, job)
        return job

    def _settled(self, id: str, status: str, job: str) -> None:
        if id in self._items:
            listener = self._items[id]
            listener.status = status
            listener.acls = {acl: "Associated" for acl, relation in listener.acls.items() if relation != "Dissociating"}
        self._backend.jobs.finish(job)

    def associate(self, listener: Listener, kind: str, acls: list[str]) -> str:
        """One kind of list a listener; the codes are assumed."""
        self.require(listener, "Running", "Stopped")
        if listener.acls and kind != listener.acl_type:
            raise CloudError(400, "Conflict.AclType", f"The listener {listener.id} has lists of the type {listener.acl_type}.")
        if set(acls) & set(listener.acls):
            raise CloudError(400, "ResourceAlreadyAssociated.Acl", f"A list that was named belongs to {listener.id} already.")
        if len(acls) + len(listener.acls) > MOST_A_LISTENER:
            raise CloudError(400, "QuotaExceeded.ListenerAclsNum", f"A listener has at most {MOST_A_LISTENER} access control lists.")
        listener.acl_type = kind
        listener.acls |= dict.fromkeys(acls, "Associating")
        return self.changed(listener, "AssociateAclsWithListener", listener.status)

    def dissociate(self, listener: Listener, acls: list[str]) -> str:
        self.require(listener, "Running", "Stopped")
        if not set(acls) <= set(listener.acls):
            raise CloudError(400, "ResourceNotAssociated.Acl", f"A list that was named does not belong to {listener.id}.")
        listener.acls |= dict.fromkeys(acls, "Dissociating")
        return self.changed(listener, "DissociateAclsFromListener", listener.status)

    def require(self, listener: Listener, *statuses: str) -> None:
        if listener.status not in statuses:
            raise CloudError(409, "IncorrectStatus.Listener", f"The status of Listener [{listener.id}] is incorrect: {listener.status}.")

    def delete(self, id: str) -> str:
        listener = self[id]
        self.require(listener, "Running", "Stopped")
        job = self._backend.jobs.start("DeleteListener", TYPE, id)
        listener.status = "Deleting"
        self.later(id, "DeleteListener", SECONDS, self._gone, job)
        return job

    def _gone(self, id: str, job: str) -> None:
        self.remove(id)
        self._backend.rules.drop_of(id)
        self._backend.jobs.finish(job)

    def drop_of(self, balancer_id: str) -> None:
        for listener in self.of(balancer_id):
            self.remove(listener.id)
            self._backend.rules.drop_of(listener.id)
