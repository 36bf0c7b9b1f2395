"""Entries of an access list, and its attachment to a listener: no ids of their own, so they are what they join (terraform-provider-alicloud
1.285.0, resource_alicloud_alb_acl_entry_attachment.go: `<acl>:<entry>`; resource_alicloud_alb_listener_acl_attachment.go:
`<listener>:<acl>`)."""

from collections.abc import Iterator

from fourways.cleanup.cloud import Cloud, Record, token_pages
from fourways.cleanup.found import Found
from fourways.cleanup.kinds.alb import ALB
from fourways.cleanup.kinds.base import Part, or_none
from fourways.cleanup.wanted import Wanted


def look_up_entry(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """ListAclEntries by AclId."""
    acl, entry = wanted.need("aclId"), wanted.need("entry")

    def rows() -> list[Record]:
        return token_pages(cloud, *ALB, "ListAclEntries", wanted.region, {"AclId": acl}, "AclEntries", id_="Entry")

    if any(row["Entry"] == entry for row in or_none(rows)):
        yield Found(kind="alb-acl-entry", id=f"{acl}:{entry}", name=wanted.name, region=wanted.region, free=True)


def look_up_attachment(cloud: Cloud, wanted: Wanted) -> Iterator[Found]:
    """ListAclRelations by AclIds.1: the listeners that have the list."""
    acl, listener = wanted.need("aclId"), wanted.need("listenerId")

    def rows() -> list[Record]:
        return token_pages(cloud, *ALB, "ListAclRelations", wanted.region, {"AclIds": [acl]}, "AclRelations", id_="AclId")

    for row in or_none(rows):
        if any(related.get("ListenerId") == listener for related in row.get("RelatedListeners") or []):
            yield Found(kind="alb-acl-attachment", id=f"{listener}:{acl}", name=wanted.name, region=wanted.region, free=True)


ENTRY = Part(name="alb-acl-entry", type="alicloud:alb/aclEntryAttachment:AclEntryAttachment", look_up=look_up_entry)
ATTACHMENT = Part(name="alb-acl-attachment", type="alicloud:alb/listenerAclAttachment:ListenerAclAttachment", look_up=look_up_attachment)
