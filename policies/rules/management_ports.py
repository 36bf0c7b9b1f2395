"""management-ports: nobody opens SSH, RDP and the like to the whole Internet.

Why: a port 22 open to everybody is found within minutes; a GPU machine is an attractive one.
How to mend: give the range you administer from (`cidrIp: 203.0.113.0/24`), a source security group, or use Cloud Assistant's session
manager, which needs no open port.
Source: alicloud_security_group_rule (pulumi_alicloud 3.105.0): cidrIp is 0.0.0.0/0 where no source at all is given; portRange is
`first/last`, "-1/-1" all ports; policy is accept where not given; ipProtocol tcp, udp, icmp, icmpv6, gre, all.
Needs known at preview: type, policy, ipProtocol, portRange, cidrIp, ipv6CidrIp of each rule.
"""

from collections.abc import Iterator
from ipaddress import ip_network

from pydantic import Field

from policies.model import Parameters, Resource, ResourceRule, has

SECURITY_GROUP_RULE = "alicloud:ecs/securityGroupRule:SecurityGroupRule"
SOURCES = ("cidrIp", "ipv6CidrIp", "sourceSecurityGroupId", "prefixListId")


class PortParameters(Parameters):
    """Which ports, and which ranges count as everybody."""

    ports: list[int] = Field(
        default=[22, 3389, 5985, 5986, 2375, 2376, 6443, 8265],
        description="Ports for administration: SSH, RDP, WinRM, Docker, Kubernetes API, Ray dashboard.",
    )
    shortest_prefix: int = Field(
        default=8, description="A CIDR with a shorter prefix counts as everybody: 0.0.0.0/1 and 128.0.0.0/1 together are the Internet, too."
    )


def check(resource: Resource, parameters: PortParameters) -> Iterator[str]:
    """A message when an accepting ingress rule opens one of the ports to everybody."""
    if resource.type != SECURITY_GROUP_RULE:
        return
    given = resource.properties
    if given.get("type") != "ingress" or str(given.get("policy", "accept")).lower() == "drop":
        return
    if (protocol := str(given.get("ipProtocol", "all")).lower()) not in ("tcp", "udp", "all"):
        return
    first, last = ports(str(given.get("portRange", "-1/-1")))
    opened = [port for port in parameters.ports if first <= port <= last]
    if not opened:
        return
    cidrs = [str(given[key]) for key in ("cidrIp", "ipv6CidrIp") if has(given, key)]
    if not any(has(given, source) for source in SOURCES):
        cidrs = ["0.0.0.0/0"]
    for cidr in cidrs:
        if everybody(cidr, parameters.shortest_prefix):
            yield f"{cidr} may reach port {', '.join(map(str, opened))} (protocol {protocol}, portRange {given.get('portRange', '-1/-1')})"


def ports(text: str) -> tuple[int, int]:
    """First and last port of `22/22`, `1/65535`; `-1/-1` is all of them."""
    first, _, last = text.partition("/")
    bounds = int(float(first)), int(float(last or first))
    return (1, 65535) if bounds == (-1, -1) else bounds


def everybody(cidr: str, shortest_prefix: int) -> bool:
    """Whether the range is so wide that it means everybody."""
    return ip_network(cidr, strict=False).prefixlen < shortest_prefix


RULE = ResourceRule(
    name="management-ports",
    description="Ports for administration are not open to the whole Internet.",
    mend="narrow cidrIp to the addresses you administer from, or give a source security group.",
    parameters=PortParameters,
    check=check,
    needs={SECURITY_GROUP_RULE: ("type", "ipProtocol", "portRange", "cidrIp", "ipv6CidrIp", "policy")},
)
