"""What the tests of private gateways share: inputs, a VPC in the fake, and what the cloud has."""

from __future__ import annotations

from typing import Any

from fourways.cloud import clients
from fourways.fakes.cloud import Cloud
from fourways.provider.eas.gateways import gateway_state as state
from fourways.provider.eas.gateways.gateway import Gateways
from fourways.provider.kinds import KINDS
from fourways.provider.names import GATEWAY_TYPE
from tests.provider.harness import REGION, Harness

GATEWAY_URN = "urn:pulumi:test::fourways::fourways:eas:Gateway::front"
OFFICE, HOME = "203.0.113.0/24", "198.51.100.7"


def gateway(**changes: Any) -> dict[str, Any]:
    """Inputs of one node that is reached from VPCs."""
    return {"region": REGION, "name": "front", "instanceType": "2c4g", **changes}


def public(**changes: Any) -> dict[str, Any]:
    """Inputs of one on the Internet, for one office."""
    return gateway(**{"enableInternet": True, "sslRedirection": True, "allowedCidrs": [OFFICE], **changes})


def network(cloud: Cloud, cidr: str = "10.0.0.0/16", switches: int = 1) -> tuple[str, list[str]]:
    """A VPC and vSwitches in it."""
    vpc = _vpc("CreateVpc", CidrBlock=cidr)["VpcId"]
    cloud.clock.advance(60)
    prefix = cidr.rsplit(".", 2)[0]
    blocks = [f"{prefix}.{number}.0/24" for number in range(switches)]
    made = [_vpc("CreateVSwitch", VpcId=vpc, ZoneId=f"{REGION}a", CidrBlock=block)["VSwitchId"] for block in blocks]
    cloud.clock.advance(60)
    return vpc, made


def _vpc(action: str, **request: str) -> dict[str, Any]:
    return clients.call("vpc", "2016-04-28", action, request, REGION)


def gateways(harness: Harness) -> Gateways:
    found = harness.provider._of(KINDS[GATEWAY_TYPE], REGION)
    assert isinstance(found, Gateways)
    return found


async def seen(harness: Harness, id_: str) -> dict[str, Any]:
    return await gateways(harness).calls.describe_gateway(id_) or {}


async def lists(harness: Harness, id_: str) -> dict[str, list[str]]:
    return state.lists_of(await gateways(harness).calls.lists(id_))


def actions(harness: Harness, *names: str) -> list[str]:
    """The calls of these actions, in order."""
    return [row["action"] for row in harness.cloud.requests.rows if row["action"] in names]
