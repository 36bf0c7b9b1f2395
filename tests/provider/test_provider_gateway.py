"""A private gateway from purchase to return, over gRPC against the fake cloud: size, ways in, links, lists, and the bill."""

from collections.abc import Callable
from typing import Any

from tests.provider.gateways import GATEWAY_URN, OFFICE, lists, network, public, seen
from tests.provider.harness import REGION, Harness, plain

Provide = Callable[[Any], None]


def open_bills(harness: Harness) -> list[dict[str, Any]]:
    return [row for row in harness.cloud.ledger.rows() if row["closed"] is None]


def test_create_refresh_and_delete(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        vpc, (switch,) = network(harness.cloud)
        inputs = public(replicas=2, linkedVpcs=[{"vpcId": vpc, "vSwitchId": switch, "allowedCidrs": ["10.0.0.0/24"]}])
        made = await harness.create(GATEWAY_URN, inputs)
        outputs = plain(made.properties)
        assert made.id == f"{REGION}/{outputs['gatewayId']}"
        assert (outputs["status"], outputs["target"], outputs["replicas"]) == ("Running", "fake", 2)
        assert outputs["gatewayId"] in outputs["internetDomain"]
        assert "vpc." in outputs["intranetDomain"]
        (bill,) = open_bills(harness)
        assert (bill["kind"], bill["charge_type"]) == ("eas-gateway", "PostPaid")
        assert await lists(harness, outputs["gatewayId"]) == {"": [OFFICE], vpc: ["10.0.0.0/24"]}
        assert (await seen(harness, outputs["gatewayId"]))["GatewayName"].startswith("front--fourways--test--")
        refreshed = await harness.read(GATEWAY_URN, made.id, made.properties, await harness.checked(GATEWAY_URN, inputs))
        assert plain(refreshed.properties) == outputs
        answer = await harness.diff(GATEWAY_URN, made, refreshed.inputs, inputs)
        assert answer.changes == answer.DIFF_NONE
        await harness.delete(GATEWAY_URN, made)
        assert open_bills(harness) == []
        assert harness.inventory("eas-gateway") == []
        await harness.delete(GATEWAY_URN, made)  # not there is success

    provide(test)
