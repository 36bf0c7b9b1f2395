"""Contacts and their groups on the wire, as alibaba-cloud-sdk-go 1.63.107 (services/cms) sends and reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourways.fakes.service import Call, Scope
from fourways.fakes.services.cms.answers import DONE, invalid_parameter
from fourways.fakes.services.cms.backend import CmsBackend, Contact, ContactGroup

_SHORTEST, _LONGEST = 2, 40  # characters of a contact's name: the provider's page on alicloud_cms_alarm_contact
_LARGEST_PAGE = 100
_CHANNELS = {"mail": "Mail", "sms": "SMS", "ding_webhook": "DingWebHook", "ali_im": "AliIM"}


def put_contact(call: Call) -> dict[str, Any]:
    """Makes a contact or replaces all its channels. Another mail address has to be confirmed by its owner before it counts."""
    given, backend = call.parameters, call.backend(CmsBackend)
    name, describe = given.require("ContactName"), given.require("Describe")
    if not _SHORTEST <= len(name) <= _LONGEST:
        raise invalid_parameter("ContactName", f"It has {_SHORTEST} to {_LONGEST} characters.")
    channels = {field: given.get(f"Channels.{wire}") for field, wire in _CHANNELS.items()}
    if not any(channels.values()):
        raise invalid_parameter("Channels", "At least one of AliIM, DingWebHook, Mail and SMS is needed.")
    known = backend.contacts.get(name) or Contact(name, call.scope.clock.now())
    lang = given.choice("Lang", ("en", "zh-cn", ""), known.lang)  # none given: that of the account's site, which is not shown
    confirmed = known.confirmed and known.mail == channels["mail"]
    backend.contacts[name] = Contact(name, known.created, describe, **channels, lang=lang, confirmed=confirmed)
    return DONE


def describe_contact_list(call: Call) -> dict[str, Any]:
    """`ContactName` is a name or part of one; the exact one comes first: the plugin takes the first (service_alicloud_cms.go)."""
    named = call.parameters.get("ContactName")
    found = sorted(
        (one for one in call.backend(CmsBackend).contacts.values() if named in one.name), key=lambda one: (one.name != named, one.created)
    )
    page, about = call.parameters.page(found, largest=_LARGEST_PAGE)
    return {**DONE, "Total": about["TotalCount"], "Contacts": {"Contact": [_contact(call, one) for one in page]}}


def delete_contact(call: Call) -> dict[str, Any]:
    call.backend(CmsBackend).remove_contact(call.parameters.require("ContactName"))
    return DONE


def put_contact_group(call: Call) -> dict[str, Any]:
    """Makes a group or changes what is given of it: the plugin leaves out what has not changed (its resource_..._contact_group.go).

    Its contacts need not exist: the provider's acceptance test of alarms names some that do not."""
    given, backend = call.parameters, call.backend(CmsBackend)
    name = given.require("ContactGroupName")
    group = backend.groups.get(name) or ContactGroup(name, call.scope.clock.now())
    group.contacts = given.values("ContactNames") or group.contacts
    group.describe = given.get("Describe", group.describe)
    group.subscribed = given.boolean("EnableSubscribed", group.subscribed)
    backend.groups[name] = group
    return DONE


def describe_contact_group_list(call: Call) -> dict[str, Any]:
    page, about = call.parameters.page(list(call.backend(CmsBackend).groups.values()), largest=_LARGEST_PAGE)
    return {
        **DONE,
        "Total": about["TotalCount"],
        "ContactGroups": {"ContactGroup": [group.name for group in page]},
        "ContactGroupList": {"ContactGroup": [_group(group) for group in page]},
    }


def delete_contact_group(call: Call) -> dict[str, Any]:
    call.backend(CmsBackend).remove_group(call.parameters.require("ContactGroupName"))
    return DONE


def confirm_contact(scope: Scope, given: Mapping[str, Any]) -> None:
    """The owner of the address follows the link in the letter: `{"name": ...}`."""
    scope.backend(CmsBackend).contact(given.get("name", "")).confirmed = True


def _contact(call: Call, contact: Contact) -> dict[str, Any]:
    groups = [group.name for group in call.backend(CmsBackend).groups.values() if contact.name in group.contacts]
    channels = {wire: getattr(contact, field) for field, wire in _CHANNELS.items()}
    state = {wire: "OK" for wire, value in channels.items() if value}
    if contact.mail and not contact.confirmed:
        channels["Mail"], state["Mail"] = "", "PENDING"
    return {
        "Name": contact.name,
        "Desc": contact.describe,
        "Lang": contact.lang,
        "Channels": channels,
        "ChannelsState": state,
        "ContactGroups": {"ContactGroup": groups},
        "CreateTime": int(contact.created * 1000),
        "UpdateTime": int(contact.created * 1000),
    }


def _group(group: ContactGroup) -> dict[str, Any]:
    return {
        "Name": group.name,
        "Describe": group.describe,
        "EnableSubscribed": group.subscribed,
        "EnabledWeeklyReport": False,
        "Contacts": {"Contact": group.contacts},
        "CreateTime": int(group.created * 1000),
        "UpdateTime": int(group.created * 1000),
    }
