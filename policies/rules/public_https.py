"""public-endpoint-https: an address that a stack hands out for the Internet is HTTPS, and so is each listener of a public load balancer.

Why: over HTTP the token and every prompt cross the Internet in clear.
How to mend: hand out the https form of the address. The shared gateway of EAS takes both on the same host (assumed: DescribeService answers
an http one, and nothing in the service JSON decides the scheme); on an own gateway or load balancer, bind a certificate. A listener that
only redirects may be HTTP.
Source: `reference/eas.md`, data plane: InternetEndpoint is `http://<uid>.<region>.pai-eas.aliyuncs.com/...`, the VPC one has `.vpc.` in it.
Listeners: pulumi_alicloud 3.105.0, alb.Listener (listenerProtocol HTTP, HTTPS, QUIC; defaultActions type Redirect) and alb.LoadBalancer
(addressType Internet).
Needs known: nothing at preview. Which load balancer a listener belongs to is then assumed to be a public one, if the stack has any. The
address is made of an id that exists only after the service does, so it is looked at as soon as it is known: from the second preview on, and
at the end of each update.
"""

from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from pulumi_policy.proxy import UnknownValueError
from pydantic import Field

from policies.model import Finding, Parameters, Resource, StackRule, has

STACK = "pulumi:pulumi:Stack"
BALANCER, LISTENER = "alicloud:alb/loadBalancer:LoadBalancer", "alicloud:alb/listener:Listener"


class HttpsParameters(Parameters):
    """Which stack outputs are addresses."""

    outputs: list[str] = Field(default=["base_url"], description="Names of the stack outputs that hold an address for clients.")


def check(resources: Sequence[Resource], parameters: HttpsParameters) -> Iterator[Finding]:
    """A finding for each output that is an http address outside the private network."""
    for stack in (resource for resource in resources if resource.type == STACK):
        for name in parameters.outputs:
            if not has(stack.properties, name):
                continue
            try:
                address = str(stack.properties[name])
            except UnknownValueError:
                continue
            if urlsplit(address).scheme == "http" and not private(urlsplit(address).hostname or ""):
                yield Finding(stack.urn, f"stack output {name} is {address}: not HTTPS")
    yield from plain_listeners(resources)


def plain_listeners(resources: Sequence[Resource]) -> Iterator[Finding]:
    """A finding for each HTTP listener of a public load balancer that does more than redirect."""
    public = [resource for resource in resources if resource.type == BALANCER and _known(resource, "addressType") == "Internet"]
    ids = {_known(resource, "id") or _known(resource, "loadBalancerId") for resource in public} - {None}
    for listener in (resource for resource in resources if resource.type == LISTENER):
        balancer = _known(listener, "loadBalancerId")
        of_a_public_one = bool(public) if balancer is None or not ids else balancer in ids
        if of_a_public_one and _known(listener, "listenerProtocol") == "HTTP" and not _redirects(listener):
            yield Finding(listener.urn, f"{listener.name} answers the Internet over HTTP")


def _redirects(listener: Resource) -> bool:
    actions = _known(listener, "defaultActions") or []
    return bool(actions) and all(_of(action, "type") == "Redirect" for action in actions)


def _known(resource: Resource, key: str) -> Any:
    return _of(resource.properties, key)


def _of(properties: Any, key: str) -> Any:
    """A value that is known; None for any other."""
    try:
        return properties[key] if has(properties, key) else None
    except UnknownValueError:
        return None


def private(host: str) -> bool:
    """Whether the host is reached only from a private network or this machine."""
    if host == "localhost" or ".vpc." in host or host.endswith(".internal"):
        return True
    try:
        return ip_address(host).is_private
    except ValueError:
        return False


RULE = StackRule(
    name="public-endpoint-https",
    description="What is handed out for the Internet, or listens there, is HTTPS.",
    mend="hand out the https address of the endpoint; give a public listener a certificate.",
    parameters=HttpsParameters,
    check=check,
)
