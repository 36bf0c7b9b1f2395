"""Access control lists, and which listener has which, on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.alb.acls import MOST_ENTRIES_A_CALL, Acl, Entry, checked_network
from fourways.fakes.services.alb.backend import AlbBackend
from fourways.fakes.services.alb.listeners import Listener
from fourways.fakes.services.resourcemanager.backend import checked_group
from fourways.fakes.services.shared.requests import refuse_dry_run, select, token_page
from fourways.fakes.services.shared.resources import checked_name
from fourways.fakes.services.shared.tagging import as_flat_list, given_tags
from fourways.fakes.wire.errors import CloudError, missing
from fourways.fakes.wire.parameters import Parameters


def _named(call: Call) -> Acl:
    return call.backend(AlbBackend).acls[call.parameters.require("AclId")]


def create_acl(call: Call) -> dict[str, Any]:
    def create() -> dict[str, Any]:
        given, acls = call.parameters, call.backend(AlbBackend).acls
        acl = acls.new()
        acl.name = checked_name(given.get("AclName"), "AclName")
        acl.resource_group, acl.tags = checked_group(call.scope, given.get("ResourceGroupId")), given_tags(given)
        refuse_dry_run(given)
        return {"JobId": acls.create(acl), "AclId": acl.id}

    return call.backend(AlbBackend).tokens.once(call, create)


def list_acls(call: Call) -> dict[str, Any]:
    given = call.parameters
    ids, names = given.values("AclIds"), given.values("AclNames")
    found = select(call.backend(AlbBackend).acls, given)
    found = [acl for acl in found if (not ids or acl.id in ids) and (not names or acl.name in names)]
    page, following = token_page(found, given, default_size=20)
    return {"Acls": [_view(call, acl) for acl in page], "TotalCount": len(found), "MaxResults": len(page), **following}


def _view(call: Call, acl: Acl) -> dict[str, Any]:
    return {
        "AclId": acl.id,
        "AclName": acl.name,
        "AclStatus": acl.status,
        "AddressIPVersion": "IPv4",
        "CreateTime": call.scope.clock.timestamp(acl.created),
        "ResourceGroupId": acl.resource_group,
        "ConfigManagedEnabled": False,
        "Tags": as_flat_list(acl.tags),
    }


def update_acl_attribute(call: Call) -> dict[str, Any]:
    acl, acls = _named(call), call.backend(AlbBackend).acls
    acls.require_available(acl)
    name = checked_name(call.parameters.require("AclName"), "AclName")
    refuse_dry_run(call.parameters)
    acl.name = name
    return {"JobId": acls.changed(acl, "UpdateAclAttribute")}


def delete_acl(call: Call) -> dict[str, Any]:
    _named(call)
    refuse_dry_run(call.parameters)
    return {"JobId": call.backend(AlbBackend).acls.delete(call.parameters.require("AclId"))}


def _few(rows: list[Any], name: str) -> list[Any]:
    """At most as many as a call takes; the code is assumed."""
    if not rows:
        raise missing(name)
    if len(rows) > MOST_ENTRIES_A_CALL:
        raise CloudError(400, f"IllegalParamSize.{name}", f"The param size of {name} is illegal: at most {MOST_ENTRIES_A_CALL}.")
    return rows


def add_entries(call: Call) -> dict[str, Any]:
    acl, rows = _named(call), [Parameters(row) for row in _few(call.parameters.records("AclEntries"), "AclEntries")]
    entries = [Entry(checked_network(row.require("Entry")), row.get("Description")) for row in rows]
    refuse_dry_run(call.parameters)
    return {"JobId": call.backend(AlbBackend).acls.add_entries(acl, entries)}


def remove_entries(call: Call) -> dict[str, Any]:
    acl, networks = _named(call), _few(call.parameters.values("Entries"), "Entries")
    refuse_dry_run(call.parameters)
    return {"JobId": call.backend(AlbBackend).acls.remove_entries(acl, [checked_network(network) for network in networks])}


def list_entries(call: Call) -> dict[str, Any]:
    entries = list(_named(call).entries.values())
    page, following = token_page(entries, call.parameters, default_size=20)
    rows = [{"Entry": entry.network, "Description": entry.description, "Status": entry.status} for entry in page]
    return {"AclEntries": rows, "TotalCount": len(entries), "MaxResults": len(page), **following}


def _listener(call: Call) -> tuple[Listener, list[str]]:
    """A listener, and the ids of lists, which are the account's."""
    backend, ids = call.backend(AlbBackend), call.parameters.values("AclIds")
    listener = backend.listeners[call.parameters.require("ListenerId")]
    if not ids:
        raise missing("AclIds")
    return listener, [backend.acls[id].id for id in ids]


def associate(call: Call) -> dict[str, Any]:
    listener, ids = _listener(call)
    kind = call.parameters.choice("AclType", ("White", "Black"))
    refuse_dry_run(call.parameters)
    return {"JobId": call.backend(AlbBackend).listeners.associate(listener, kind, ids)}


def dissociate(call: Call) -> dict[str, Any]:
    listener, ids = _listener(call)
    refuse_dry_run(call.parameters)
    return {"JobId": call.backend(AlbBackend).listeners.dissociate(listener, ids)}


def list_relations(call: Call) -> dict[str, Any]:
    backend, ids = call.backend(AlbBackend), call.parameters.values("AclIds")
    if not ids:
        raise missing("AclIds")
    return {"AclRelations": [_relation(backend, backend.acls[id]) for id in ids]}


def _relation(backend: AlbBackend, acl: Acl) -> dict[str, Any]:
    users = [listener for listener in backend.listeners if acl.id in listener.acls]
    rows = [
        {
            "ListenerId": listener.id,
            "ListenerPort": listener.port,
            "ListenerProtocol": listener.protocol,
            "LoadBalancerId": listener.load_balancer,
            "Status": listener.acls[acl.id],
        }
        for listener in users
    ]
    return {"AclId": acl.id, "RelatedListeners": rows}


ACTIONS: dict[str, Handler] = {
    "CreateAcl": create_acl,
    "ListAcls": list_acls,
    "UpdateAclAttribute": update_acl_attribute,
    "DeleteAcl": delete_acl,
    "AddEntriesToAcl": add_entries,
    "RemoveEntriesFromAcl": remove_entries,
    "ListAclEntries": list_entries,
    "AssociateAclsWithListener": associate,
    "DissociateAclsFromListener": dissociate,
    "ListAclRelations": list_relations,
}
