"""allow-list: where a stack asks for it, each way in from the Internet has a list of who may come.

A stack asks by `fourways:allow-list: required`, by `fourways:data: restricted`, or by its name (parameter `stacks`). Two rules share this
module: one on each resource that has its list in itself, one on the stack, for listeners, whose list is another resource.

Why: a token that leaks is used from anywhere; with a list, only from where the team is.
How to mend: EAS: a gateway of the stack's own with `access.allow`, or no Internet address at all; Model Studio: `key.allowedIps`; load
balancer: `access.allow`. A range so wide that it means everybody is no list.
Source: SDK alibabacloud-eas20210701 7.0.0 (CreateGateway; the shared gateway has no list), alibabacloud-modelstudio20260210 2.2.3
(CreateApiKey), pulumi_alicloud 3.105.0 (alb.ListenerAclAttachment: aclType White or Black; alb.LoadBalancer: addressType Internet).
Needs known at preview: `enableInternet`, the lists, and `networking` of a service. A list that is bound to a listener whose id is not known
yet is found by what the program makes it depend on.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import Field

from policies.model import Finding, Parameters, Resource, ResourceRule, StackRule, child, has, matches
from policies.reading import PAI_SERVICE, SERVICE, is_true, known, service_json
from policies.rules.management_ports import everybody
from policies.rules.public_https import BALANCER, LISTENER
from policies.rules.restricted_data import KEY, restricted

GATEWAY = "fourways:eas:Gateway"
ATTACHMENT = "alicloud:alb/listenerAclAttachment:ListenerAclAttachment"
MEND = "give it a list (access.allow, on EAS with a gateway of the stack's own; key.allowedIps), or take it off the Internet."


class AllowListParameters(Parameters):
    """Which stacks, and what is too wide."""

    stacks: list[str] = Field(default=[], description="Names (with * and ?) of stacks that need lists although they do not say so.")
    shortest_prefix: int = Field(default=8, ge=1, le=32, description="A range with a shorter prefix than this lets everybody in.")


def asks(resource: Resource, parameters: AllowListParameters) -> bool:
    """Whether the resource's stack asks for lists."""
    said = resource.config.get("fourways:allow-list") == "required"
    return said or matches(resource.stack, parameters.stacks) or restricted(resource)


def check(resource: Resource, parameters: AllowListParameters) -> Iterator[str]:
    """A message for each way in that has no list, or one that lets everybody in."""
    if not asks(resource, parameters):
        return
    if resource.type == GATEWAY and is_true(resource.properties, "enableInternet"):
        yield from _faults(resource, "allowedCidrs", parameters)
    elif resource.type == KEY:
        yield from _faults(resource, "allowedIps", parameters)
    elif resource.type in (SERVICE, PAI_SERVICE):
        networking = child(service_json(resource), "networking")
        # The gateway's id may be known later: that there is one is enough, and its list is its own.
        if not has(networking, "gateway") and not is_true(networking, "disable_internet_endpoint"):
            yield "the service is reached by the region's shared gateway, which lets everybody in"


def check_stack(resources: Sequence[Resource], parameters: AllowListParameters) -> Iterator[Finding]:
    """A finding for each listener of a public load balancer without a white list. These are outputs, of which some are not known at
    preview: a list whose kind is not known counts as none."""
    public = [one for one in resources if one.type == BALANCER and known(one.properties, "addressType") == "Internet"]
    lists = [one for one in resources if one.type == ATTACHMENT and known(one.properties, "aclType") == "White"]
    for listener in (one for one in resources if public and one.type == LISTENER):
        if asks(listener, parameters) and not any(_bound(one, listener) for one in lists):
            yield Finding(listener.urn, f"{listener.name} answers the Internet without a list of who may come")


def _bound(attachment: Resource, listener: Resource) -> bool:
    named, own = known(attachment.properties, "listenerId"), known(listener.properties, "id")
    return listener.urn in attachment.depends.get("listenerId", ()) or (named is not None and named == own)


def _faults(resource: Resource, key: str, parameters: AllowListParameters) -> Iterator[str]:
    entries: Iterable[Any] = resource.properties[key] if has(resource.properties, key) else ()
    cidrs = [str(entry) for entry in entries or ()]
    if not cidrs:
        yield f"{key} is empty: everybody may come"
    yield from (f"{key} has {cidr}: everybody may come" for cidr in cidrs if everybody(cidr, parameters.shortest_prefix))


RULE = ResourceRule(
    name="allow-list",
    description="Where a stack asks for it, each way in from the Internet has a list of who may come.",
    mend=MEND,
    parameters=AllowListParameters,
    check=check,
    needs={
        GATEWAY: ("enableInternet", "allowedCidrs"),
        KEY: ("allowedIps",),
        SERVICE: ("config.networking.disable_internet_endpoint",),
        PAI_SERVICE: ("serviceConfig",),
    },
)

STACK_RULE = StackRule(
    name="allow-list-stack",
    description="Where a stack asks for it, each listener on the Internet has a list of who may come.",
    mend=MEND,
    parameters=AllowListParameters,
    check=check_stack,
)
