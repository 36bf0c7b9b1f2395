"""Access control lists: addresses and networks that listeners let in (White) or keep out (Black). They cost nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

from fourways.fakes.services.shared.resources import Collection, Resource, new_id
from fourways.fakes.wire.errors import CloudError

if TYPE_CHECKING:
    from fourways.fakes.services.alb.backend import AlbBackend
    from fourways.fakes.services.alb.listeners import Listener

SECONDS = 1.0  # made up: any change
TYPE = "acl"
MOST_A_LISTENER = 3  # the provider's documentation of alicloud_alb_listener_acl_attachment
MOST_ENTRIES_A_CALL = 20  # help centre, "Access control" of ALB


@dataclass
class Entry:
    """One network. Statuses are the API's: Adding, Available, Removing."""

    network: str
    description: str = ""
    status: str = "Adding"


@dataclass(kw_only=True)
class Acl(Resource):
    """Statuses are the API's: Creating, Configuring, Available."""

    entries: dict[str, Entry] = field(default_factory=dict)


class Acls(Collection[Acl]):
    """The access control lists of one account and region."""

    def __init__(self, backend: AlbBackend) -> None:
        super().__init__(backend.scope, "alb", "ACL", "ResourceNotFound.Acl")
        self._backend = backend

    def new(self) -> Acl:
        return Acl(id=new_id("acl-", 18), created=self._scope.clock.now(), status="Creating")

    def create(self, acl: Acl) -> str:
        """Keeps it; returns the job's id."""
        self.add(acl)
        return self._job(acl, "CreateAcl")

    def add_entries(self, acl: Acl, entries: list[Entry]) -> str:
        """All or none; the codes are assumed."""
        self.require_available(acl)
        for entry in entries:
            if entry.network in acl.entries:
                raise CloudError(400, "ResourceAlreadyExist.AclEntry", f"The entry {entry.network} is in {acl.id} already.")
        acl.entries |= {entry.network: entry for entry in entries}
        return self.changed(acl, "AddEntriesToAcl")

    def remove_entries(self, acl: Acl, networks: list[str]) -> str:
        self.require_available(acl)
        for network in networks:
            if network not in acl.entries:
                raise CloudError(404, "ResourceNotFound.AclEntry", f"The specified resource AclEntry [{network}] is not found.")
        for network in networks:
            acl.entries[network].status = "Removing"
        return self.changed(acl, "RemoveEntriesFromAcl")

    def changed(self, acl: Acl, api: str) -> str:
        acl.status = "Configuring"
        return self._job(acl, api)

    def _job(self, acl: Acl, api: str) -> str:
        job = self._backend.jobs.start(api, TYPE, acl.id)
        self.later(acl.id, api, SECONDS, self._settled, job)
        return job

    def _settled(self, id: str, job: str) -> None:
        if id in self._items:
            acl = self._items[id]
            acl.status = "Available"
            acl.entries = {network: entry for network, entry in acl.entries.items() if entry.status != "Removing"}
            for entry in acl.entries.values():
                entry.status = "Available"
        self._backend.jobs.finish(job)

    def require_available(self, acl: Acl) -> None:
        if acl.status != "Available":
            raise CloudError(409, "IncorrectStatus.Acl", f"The status of Acl [{acl.id}] is incorrect: {acl.status}.")

    def delete(self, id: str) -> str:
        acl = self[id]
        users = [listener.id for listener in self._backend.listeners if id in listener.acls]
        if users:
            raise CloudError(409, "ResourceInUse.Acl", f"The specified resource Acl [{id}] is in use by {users[0]}.")
        self.require_available(acl)
        self.remove(id)  # at once: the API has no status for it, and the alicloud plugin does not wait
        job = self._backend.jobs.start("DeleteAcl", TYPE, id)
        self.later(id, "DeleteAcl", SECONDS, self._settled, job)
        return job

    def admits(self, listener: Listener, address: str) -> bool:
        """Whether a listener takes a request from this address. A list without entries keeps nobody out, be it white or black (help centre,
        "Access control" of ALB)."""
        lists = [acl for acl in map(self.known, listener.acls) if acl is not None]
        networks = [network for acl in lists for network in acl.entries]
        if not networks:
            return True
        listed = any(IPv4Address(address) in IPv4Network(network) for network in networks)
        return listed == (listener.acl_type == "White")


def checked_network(text: str) -> str:
    """A network in the form that the API keeps; IPv4 only. Raises 400."""
    try:
        return str(IPv4Network(text, strict=False))
    except ValueError:
        raise CloudError(400, "IllegalParam.Entry", f"The param of Entry is illegal: {text} is no IPv4 address or CIDR block.") from None
