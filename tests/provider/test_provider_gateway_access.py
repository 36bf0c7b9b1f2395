"""Changes of who reaches a gateway: in which order, with how few calls, and what the state says when one breaks off."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.provider.gateways import GATEWAY_URN, HOME, OFFICE, actions, gateway, gateways, lists, network, public, seen
from tests.provider.harness import REGION, Failed, Harness, plain

Provide = Callable[[Any], None]
CHANGES = (
    "UpdateGateway",
    "CreateAclPolicy",
    "DeleteAclPolicy",
    "CreateGatewayIntranetLinkedVpc",
    "DeleteGatewayIntranetLinkedVpc",
)


async def changed(harness: Harness, old: dict[str, Any], new: dict[str, Any]) -> tuple[str, list[str]]:
    """The gateway's id, and the calls that make the old inputs into the new ones."""
    made = await harness.create(GATEWAY_URN, old)
    before = len(actions(harness, *CHANGES))
    await harness.update(GATEWAY_URN, made, old, new)
    return plain(made.properties)["gatewayId"], actions(harness, *CHANGES)[before:]


def test_whoever_may_come_in_is_added_before_others_go(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        id_, order = await changed(harness, public(allowedCidrs=[OFFICE, "192.0.2.0/24"]), public(allowedCidrs=[HOME, OFFICE]))
        assert order == ["CreateAclPolicy", "DeleteAclPolicy"]
        assert sorted((await lists(harness, id_))[""]) == sorted([OFFICE, HOME])

    provide(test)


def test_another_order_or_spelling_of_the_list_calls_nothing(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        _, order = await changed(harness, public(allowedCidrs=[OFFICE, HOME]), public(allowedCidrs=[f"{HOME}/32", OFFICE]))
        assert order == []

    provide(test)


def test_no_list_any_more_takes_every_entry_off(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        id_, order = await changed(harness, public(), public(allowedCidrs=None))
        assert order == ["DeleteAclPolicy"]
        assert await lists(harness, id_) == {}

    provide(test)


def test_shut_off_from_the_internet_before_its_list_goes(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        id_, order = await changed(harness, public(), gateway())
        assert order == ["UpdateGateway", "DeleteAclPolicy"]
        assert (await seen(harness, id_))["InternetEnabled"] is False

    provide(test)


def test_moving_from_vpcs_to_the_internet_opens_before_it_shuts(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        vpc, (switch,) = network(harness.cloud)
        old = gateway(linkedVpcs=[{"vpcId": vpc, "vSwitchId": switch}])
        id_, order = await changed(harness, old, public(enableIntranet=False))
        assert order == ["CreateAclPolicy", "UpdateGateway", "DeleteGatewayIntranetLinkedVpc", "UpdateGateway"]
        found = await seen(harness, id_)
        assert (found["InternetEnabled"], found["IntranetDomain"]) == (True, "")

    provide(test)


def test_another_vpc_is_linked_before_the_old_one_goes(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        first, (one,) = network(harness.cloud)
        second, (two,) = network(harness.cloud, "10.1.0.0/16")
        old = gateway(linkedVpcs=[{"vpcId": first, "vSwitchId": one, "allowedCidrs": ["10.0.0.0/24"]}])
        new = gateway(linkedVpcs=[{"vpcId": second, "vSwitchId": two, "allowedCidrs": ["10.1.0.0/24"]}])
        id_, order = await changed(harness, old, new)
        assert order == ["CreateGatewayIntranetLinkedVpc", "CreateAclPolicy", "DeleteGatewayIntranetLinkedVpc"]
        assert await lists(harness, id_) == {second: ["10.1.0.0/24"]}

    provide(test)


def test_another_vswitch_of_a_vpc_takes_the_place_of_the_first(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        vpc, (one, two) = network(harness.cloud, switches=2)
        old = gateway(linkedVpcs=[{"vpcId": vpc, "vSwitchId": one, "allowedCidrs": ["10.0.0.0/24"]}])
        new = gateway(linkedVpcs=[{"vpcId": vpc, "vSwitchId": two, "allowedCidrs": ["10.0.0.0/24"]}])
        made = await harness.create(GATEWAY_URN, old)
        await harness.update(GATEWAY_URN, made, old, new, preview=True)
        assert f"its endpoint in {vpc} moves to another vSwitch" in harness.lines.warnings[-1]
        before = len(actions(harness, *CHANGES))
        await harness.update(GATEWAY_URN, made, old, new)
        assert actions(harness, *CHANGES)[before:] == [
            "DeleteGatewayIntranetLinkedVpc",
            "CreateGatewayIntranetLinkedVpc",
            "CreateAclPolicy",  # it went with the link
        ]
        (link,) = await gateways(harness).calls.links(plain(made.properties)["gatewayId"])
        assert (link["VSwitchId"], link["Status"]) == (two, "Running")

    provide(test)


def test_what_the_state_does_not_know_stays(provide: Provide) -> None:
    """A preview has not shown it: a refresh does, and then it goes."""

    async def test(harness: Harness) -> None:
        made = await harness.create(GATEWAY_URN, public())
        id_ = plain(made.properties)["gatewayId"]
        vpc, (switch,) = network(harness.cloud)
        await gateways(harness).calls.let_in(id_, [HOME], None)
        await gateways(harness).calls.link(id_, vpc, switch)
        await harness.update(GATEWAY_URN, made, public(), public(replicas=2))
        assert sorted((await lists(harness, id_))[""]) == sorted([OFFICE, HOME])
        refreshed = await harness.read(GATEWAY_URN, made.id, made.properties, await harness.checked(GATEWAY_URN, public(replicas=2)))
        await harness.update(GATEWAY_URN, made, refreshed.inputs, public(replicas=2))
        assert await lists(harness, id_) == {"": [OFFICE]}
        assert harness.inventory("eas-gateway-link") == []

    provide(test)


def test_a_change_that_breaks_off_does_not_claim_that_somebody_is_out(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        vpc, (switch,) = network(harness.cloud)
        old = public(allowedCidrs=[OFFICE, HOME], linkedVpcs=[{"vpcId": vpc, "vSwitchId": switch, "allowedCidrs": ["10.0.0.0/24"]}])
        new = public(allowedCidrs=[OFFICE])
        made = await harness.create(GATEWAY_URN, old)
        harness.fault("error", "DeleteGatewayIntranetLinkedVpc", status=400, code="Refused")
        with pytest.raises(Failed, match="did not change: DeleteGatewayIntranetLinkedVpc: Refused") as caught:
            await harness.update(GATEWAY_URN, made, old, new)
        kept = caught.value
        assert kept.kept_id == made.id
        assert kept.inputs["allowedCidrs"] == [OFFICE, HOME]
        assert kept.inputs["linkedVpcs"] == old["linkedVpcs"]
        answer = await harness.diff(GATEWAY_URN, made, await harness.checked(GATEWAY_URN, {k: kept.inputs[k] for k in old}), new)
        assert set(answer.detailedDiff) == {"allowedCidrs[1]", "linkedVpcs"}
        await harness.update(GATEWAY_URN, made, {k: kept.inputs[k] for k in old}, new)
        assert await lists(harness, plain(made.properties)["gatewayId"]) == {"": [OFFICE]}
        assert harness.inventory("eas-gateway-link") == []

    provide(test)


@pytest.mark.parametrize("kind", ["cut", "cut-after", "error", "error-after", "throttle"])
@pytest.mark.parametrize("action", CHANGES)
def test_an_update_without_an_answer_ends_where_it_should(provide: Provide, kind: str, action: str) -> None:
    async def test(harness: Harness) -> None:
        first, (one,) = network(harness.cloud)
        second, (two,) = network(harness.cloud, "10.1.0.0/16")
        old = public(linkedVpcs=[{"vpcId": first, "vSwitchId": one}])
        new = public(allowedCidrs=[HOME], replicas=2, linkedVpcs=[{"vpcId": second, "vSwitchId": two}])
        made = await harness.create(GATEWAY_URN, old)
        harness.fault(kind, action, times=2)
        await harness.update(GATEWAY_URN, made, old, new)
        id_ = plain(made.properties)["gatewayId"]
        assert await lists(harness, id_) == {"": [HOME]}
        assert [row["id"] for row in harness.inventory("eas-gateway-link")] == [second]
        assert (await seen(harness, id_))["Replicas"] == 2

    provide(test)


def test_a_cancelled_update_keeps_what_it_was_asked(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(GATEWAY_URN, gateway())
        harness.clock.at[harness.clock.now() + 1] = harness.provider.session.cancel
        with pytest.raises(Failed, match="stopped before it was ready") as caught:
            await harness.update(GATEWAY_URN, made, gateway(), gateway(replicas=2))
        assert caught.value.kept_id == made.id == f"{REGION}/{caught.value.properties['gatewayId']}"
        assert caught.value.inputs["replicas"] == 2

    provide(test)
