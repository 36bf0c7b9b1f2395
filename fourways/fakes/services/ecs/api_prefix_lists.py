"""Prefix lists on the wire."""

from __future__ import annotations

from typing import Any

from fourways.fakes.service import Call, Handler
from fourways.fakes.services.ecs.backend import EcsBackend
from fourways.fakes.services.ecs.prefix_lists import FAMILIES, MOST_ENTRIES, PrefixList
from fourways.fakes.services.shared.requests import select, token_page
from fourways.fakes.services.shared.resources import checked_description, checked_name, dependency
from fourways.fakes.wire.errors import CloudError


def _users(call: Call, id: str) -> list[str]:
    return [group.id for group in call.backend(EcsBackend).security_groups if any(rule.prefix_list() == id for rule in group.rules)]


def _named(call: Call) -> PrefixList:
    return call.backend(EcsBackend).prefix_lists[call.parameters.require("PrefixListId")]


def _view(call: Call, found: PrefixList) -> dict[str, Any]:
    return {
        "PrefixListId": found.id,
        "PrefixListName": found.name,
        "Description": found.description,
        "AddressFamily": found.family,
        "MaxEntries": found.most,
        "CreationTime": call.scope.clock.timestamp(found.created),
    }


def create_prefix_list(call: Call) -> dict[str, Any]:
    def create() -> dict[str, Any]:
        given = call.parameters
        name, description = checked_name(given.require("PrefixListName"), "PrefixListName"), checked_description(given.get("Description"))
        family, most = given.choice("AddressFamily", tuple(FAMILIES)), given.integer("MaxEntries", low=1, high=MOST_ENTRIES)
        made = call.backend(EcsBackend).prefix_lists.create(family, most, given.records("Entry"))
        made.name, made.description = name, description
        return {"PrefixListId": made.id}

    return call.backend(EcsBackend).tokens.once(call, create)


def describe_prefix_list_attributes(call: Call) -> dict[str, Any]:
    found = _named(call)
    entries = [{"Cidr": cidr, "Description": text} for cidr, text in found.entries.items()]
    return {**_view(call, found), "Entries": {"Entry": entries}}


def describe_prefix_lists(call: Call) -> dict[str, Any]:
    given, ids = call.parameters, call.parameters.values("PrefixListId")
    found = select(
        call.backend(EcsBackend).prefix_lists, given, AddressFamily=lambda found: found.family, PrefixListName=lambda found: found.name
    )
    page, following = token_page([item for item in found if not ids or item.id in ids], given)
    rows = [{**_view(call, item), "AssociationCount": len(_users(call, item.id))} for item in page]
    return {"PrefixLists": {"PrefixList": rows}, **following}


def describe_prefix_list_associations(call: Call) -> dict[str, Any]:
    users = _users(call, _named(call).id)
    return {"PrefixListAssociations": {"PrefixListAssociation": [{"ResourceId": id, "ResourceType": "securitygroup"} for id in users]}}


def modify_prefix_list(call: Call) -> None:
    given, found = call.parameters, _named(call)
    add, remove = given.records("AddEntry"), given.records("RemoveEntry")
    if {entry.get("Cidr") for entry in add} & {entry.get("Cidr") for entry in remove}:
        raise CloudError(400, "InvalidParameter.Conflict", "An entry cannot be added and removed in one call.")
    call.backend(EcsBackend).prefix_lists.change(found, add, remove)
    if "PrefixListName" in given:
        found.name = checked_name(given.get("PrefixListName"), "PrefixListName")
    if "Description" in given:
        found.description = checked_description(given.get("Description"))


def delete_prefix_list(call: Call) -> None:
    found = _named(call)
    users = _users(call, found.id)
    if users:
        raise dependency("", f"rules of {users[0]} name the prefix list", 403)
    call.backend(EcsBackend).prefix_lists.remove(found.id)


ACTIONS: dict[str, Handler] = {
    "CreatePrefixList": create_prefix_list,
    "DescribePrefixListAttributes": describe_prefix_list_attributes,
    "DescribePrefixLists": describe_prefix_lists,
    "DescribePrefixListAssociations": describe_prefix_list_associations,
    "ModifyPrefixList": modify_prefix_list,
    "DeletePrefixList": delete_prefix_list,
}
