"""public-endpoint-https: an address that a stack hands out for the Internet is HTTPS.

Why: over HTTP the token and every prompt cross the Internet in clear.
How to mend: hand out the https form of the address. The shared gateway of EAS takes both on the same host (assumed: DescribeService answers
an http one, and nothing in the service JSON decides the scheme); on an own gateway, bind a certificate.
Source: `reference/eas.md`, data plane: InternetEndpoint is `http://<uid>.<region>.pai-eas.aliyuncs.com/...`, the VPC one has `.vpc.` in it.
Needs known: nothing at preview. The address is made of an id that exists only after the service does, so it is looked at as soon as it is
known: from the second preview on, and at the end of each update.
"""

from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from pulumi_policy.proxy import UnknownValueError
from pydantic import Field

from policies.model import Finding, Parameters, Resource, StackRule, has

STACK = "pulumi:pulumi:Stack"


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
    description="An address handed out for the Internet is HTTPS.",
    mend="hand out the https address of the endpoint.",
    parameters=HttpsParameters,
    check=check,
)
