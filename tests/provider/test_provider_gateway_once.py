"""Creates of a gateway without a clear answer, cut-off runs, failed starts: one gateway, never two, never lost from sight."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from fourways.cloud import gateway_alias
from fourways.fakes.cloud import Cloud
from tests.provider.gateways import GATEWAY_URN, OFFICE, actions, gateway, gateways, lists, network, public, seen
from tests.provider.harness import REGION, Failed, Harness, plain, running

Provide = Callable[[Any], None]
OUTCOMES = ["cut", "cut-after", "error", "error-after", "throttle"]


@pytest.mark.parametrize("kind", OUTCOMES)
@pytest.mark.parametrize("times", [1, 2])
def test_a_create_without_an_answer_buys_once(provide: Provide, kind: str, times: int) -> None:
    async def test(harness: Harness) -> None:
        harness.fault(kind, "CreateGateway", times=times)
        made = await harness.create(GATEWAY_URN, gateway())
        assert plain(made.properties)["status"] == "Running"
        assert len(harness.inventory("eas-gateway")) == 1
        assert len(harness.cloud.ledger.rows()) == 1

    provide(test)


def test_lists_that_lag_do_not_make_a_second_one(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("cut-after", "CreateGateway")
        harness.fault("lag", "CreateGateway", seconds=15)
        await harness.create(GATEWAY_URN, gateway())
        assert len(harness.inventory("eas-gateway")) == 1

    provide(test)


def test_a_gateway_that_is_not_to_be_seen_yet_is_waited_for(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("lag", "CreateGateway", seconds=30)
        made = await harness.create(GATEWAY_URN, gateway())
        assert plain(made.properties)["status"] == "Running"
        assert "not to be seen yet" in harness.lines.statuses

    provide(test)


@pytest.mark.parametrize("kind", OUTCOMES)
@pytest.mark.parametrize("action", ["UpdateGateway", "CreateAclPolicy", "CreateGatewayIntranetLinkedVpc"])
def test_what_follows_the_create_is_done_once_too(provide: Provide, kind: str, action: str) -> None:
    async def test(harness: Harness) -> None:
        vpc, (switch,) = network(harness.cloud)
        harness.fault(kind, action, times=2)
        made = await harness.create(GATEWAY_URN, public(linkedVpcs=[{"vpcId": vpc, "vSwitchId": switch}]))
        id_ = plain(made.properties)["gatewayId"]
        assert await lists(harness, id_) == {"": [OFFICE]}
        assert len(harness.inventory("eas-gateway-link")) == 1
        assert not gateway_alias.is_unfinished((await seen(harness, id_))["GatewayName"])

    provide(test)


@pytest.mark.parametrize("kind", OUTCOMES)
@pytest.mark.parametrize("action", ["DeleteGateway", "DeleteGatewayIntranetLinkedVpc"])
def test_a_delete_without_an_answer_ends_the_bill(provide: Provide, kind: str, action: str) -> None:
    async def test(harness: Harness) -> None:
        vpc, (switch,) = network(harness.cloud)
        made = await harness.create(GATEWAY_URN, gateway(linkedVpcs=[{"vpcId": vpc, "vSwitchId": switch}]))
        harness.fault(kind, action, times=2)
        await harness.delete(GATEWAY_URN, made)
        assert [row for row in harness.cloud.ledger.rows() if row["closed"] is None] == []

    provide(test)


def test_a_refused_create_leaves_nothing(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("error", "CreateGateway", status=400, code="InvalidParameter")
        with pytest.raises(Failed, match="cannot create gateway front: CreateGateway: InvalidParameter") as caught:
            await harness.create(GATEWAY_URN, gateway())
        assert caught.value.kept_id is None
        assert harness.inventory("eas-gateway") == []

    provide(test)


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("UpdateGateway", "UpdateGateway: Refused"),
        ("CreateAclPolicy", "CreateAclPolicy: Refused"),
        ("CreateGatewayIntranetLinkedVpc", "CreateGatewayIntranetLinkedVpc: Refused"),
        ("ListAclPolicy", "ListAclPolicy: Refused"),
    ],
)
def test_whatever_fails_after_the_create_keeps_the_id(provide: Provide, action: str, said: str) -> None:
    async def test(harness: Harness) -> None:
        vpc, (switch,) = network(harness.cloud)
        inputs = public(linkedVpcs=[{"vpcId": vpc, "vSwitchId": switch}])
        harness.fault("error", action, status=400, code="Refused")
        with pytest.raises(Failed, match=said) as caught:
            await harness.create(GATEWAY_URN, inputs)
        (there,) = harness.inventory("eas-gateway")
        assert caught.value.kept_id == f"{REGION}/{there['id']}"
        assert "It is billed, and kept in the state" in str(caught.value)
        assert caught.value.properties["gatewayId"] == there["id"]
        # The next `up` goes on with what is there.
        kept = type("Kept", (), {"id": caught.value.kept_id, "properties": await harness.checked(GATEWAY_URN, inputs)})
        await harness.update(GATEWAY_URN, kept, inputs, inputs)
        assert not gateway_alias.is_unfinished((await seen(harness, there["id"]))["GatewayName"])
        assert await lists(harness, there["id"]) == {"": [OFFICE]}
        assert len(harness.inventory("eas-gateway")) == len(harness.inventory("eas-gateway-link")) == 1

    provide(test)


def test_an_internet_endpoint_is_never_open_before_its_list_and_https(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(GATEWAY_URN, public())
        order = actions(harness, "CreateGateway", "CreateAclPolicy", "UpdateGateway")
        assert order == ["CreateGateway", "CreateAclPolicy", "UpdateGateway", "UpdateGateway"]  # the last one is its name
        bodies = [row["body"] for row in harness.cloud.requests.rows if row["action"] in ("CreateGateway", "UpdateGateway")]
        assert bodies[0]["EnableInternet"] is False
        assert bodies[1] == {"EnableInternet": True, "EnableIntranet": True, "EnableSSLRedirection": True}
        assert plain(made.properties)["internetDomain"]

    provide(test)


def test_a_failed_start_keeps_the_id(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("fail", "CreateGateway")
        with pytest.raises(Failed, match=r"gateway gw-\w+ did not get ready: it is Failed\. It is billed, and kept") as caught:
            await harness.create(GATEWAY_URN, gateway())
        assert caught.value.kept_id
        assert caught.value.properties["status"] == "Failed"

    provide(test)


def test_a_timeout_keeps_the_id(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("stuck", "CreateGateway")
        with pytest.raises(Failed, match=r"timed out after 60 s: Creating, 1 node of 2c4g") as caught:
            await harness.create(GATEWAY_URN, gateway(), timeout=60)
        assert caught.value.kept_id

    provide(test)


def test_a_cancel_keeps_the_id(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.clock.at[harness.clock.now() + 3] = harness.provider.session.cancel
        with pytest.raises(Failed, match="stopped before it was ready") as caught:
            await harness.create(GATEWAY_URN, gateway())
        (there,) = harness.inventory("eas-gateway")
        assert caught.value.kept_id == f"{REGION}/{there['id']}"

    provide(test)


def test_an_engine_that_is_gone_leaves_the_mark_of_an_unfinished_create(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        async def gone() -> bool:
            return False

        harness.provider.session.engine_is_alive = gone
        with pytest.raises(Failed, match="the engine is gone"):
            await harness.create(GATEWAY_URN, gateway())
        (there,) = harness.inventory("eas-gateway")
        assert gateway_alias.is_unfinished(there["name"])

    provide(test)


async def _left_by_a_killed_run(cloud: Cloud) -> str:
    async with running(cloud) as killed:
        request = {"instance_type": "2c4g", "charge_type": "PostPaid", "name": gateway_alias.unfinished(GATEWAY_URN)}
        return str((await gateways(killed).calls.create_gateway(request))["GatewayId"])


def test_what_a_killed_run_left_is_taken_over(cloud: Cloud) -> None:
    async def test() -> None:
        left = await _left_by_a_killed_run(cloud)
        async with running(cloud) as harness:
            made = await harness.create(GATEWAY_URN, public(replicas=2))
            assert made.id == f"{REGION}/{left}"
            assert harness.lines.warnings == [f"gateway {left} was left by a run that was cut off: taken over, not bought again"]
            found = await seen(harness, left)
            assert found["GatewayName"].startswith("front--")
            assert (found["Replicas"], found["InternetEnabled"]) == (2, True)
            assert len(harness.inventory("eas-gateway")) == 1

    asyncio.run(test())


def test_one_of_another_kind_that_a_killed_run_left_is_refused(cloud: Cloud) -> None:
    async def test() -> None:
        left = await _left_by_a_killed_run(cloud)
        async with running(cloud) as harness:
            with pytest.raises(Failed, match=rf"{left} in {REGION} was left by .* its chargeType is PostPaid, not PrePaid"):
                await harness.create(GATEWAY_URN, gateway(chargeType="PrePaid"))
            assert len(harness.inventory("eas-gateway")) == 1

    asyncio.run(test())


def test_a_finished_one_that_no_state_knows_is_refused_with_its_import(cloud: Cloud) -> None:
    async def test() -> None:
        async with running(cloud) as first:
            made = await first.create(GATEWAY_URN, gateway())
        async with running(cloud) as second:
            with pytest.raises(Failed, match=rf"pulumi import fourways:eas:Gateway front {made.id}"):
                await second.create(GATEWAY_URN, gateway())
            assert len(second.inventory("eas-gateway")) == 1

    asyncio.run(test())


def test_two_that_carry_the_mark_are_named(cloud: Cloud) -> None:
    async def test() -> None:
        await _left_by_a_killed_run(cloud)
        async with running(cloud) as harness:
            request = {"instance_type": "2c4g", "name": gateway_alias.unfinished(GATEWAY_URN)}
            await gateways(harness).calls.create_gateway(request)
            with pytest.raises(Failed, match=r"gateways gw-\w+, gw-\w+ in .* Delete all but one"):
                await harness.create(GATEWAY_URN, gateway())
            assert harness.calls("CreateGateway") == 2

    asyncio.run(test())


def test_a_look_for_it_that_fails_says_what_may_be(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("cut-after", "CreateGateway")
        harness.fault("error", "ListGateway", status=403, code="Forbidden", nth=2)
        with pytest.raises(Failed, match=r"a gateway may have been bought .* it is found by its alias, and not bought twice"):
            await harness.create(GATEWAY_URN, gateway())

    provide(test)


def test_somebody_elses_gateways_are_left_alone(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        for name in ("front", gateway_alias.write("front", GATEWAY_URN + "-other"), gateway_alias.unfinished(GATEWAY_URN + "-other")):
            await gateways(harness).calls.create_gateway({"instance_type": "2c4g", "name": name})
        made = await harness.create(GATEWAY_URN, gateway())
        assert len(harness.inventory("eas-gateway")) == 4
        await harness.delete(GATEWAY_URN, made)
        assert len(harness.inventory("eas-gateway")) == 3

    provide(test)


@pytest.mark.parametrize("kind", ["cut", "cut-after"])
@pytest.mark.parametrize("seed", range(4))
def test_whatever_answers_are_lost_there_is_one_gateway_in_the_end(cloud: Cloud, kind: str, seed: int) -> None:
    """Runs that are repeated as a user would, while about a third of all answers are lost."""

    async def test() -> None:
        vpc, (switch,) = network(cloud)
        inputs = public(replicas=2, linkedVpcs=[{"vpcId": vpc, "vSwitchId": switch, "allowedCidrs": ["10.0.0.0/24"]}])
        made: Any = None
        for _ in range(6):
            async with running(cloud) as harness:
                for action in ("*Gateway*", "*AclPolicy"):
                    harness.fault(kind, action, times=None, probability=0.35, seed=seed)
                try:
                    if made is None:
                        made = await harness.create(GATEWAY_URN, inputs)
                    else:
                        await harness.update(GATEWAY_URN, made, inputs, inputs)
                    break
                except Failed as failed:
                    if failed.kept_id:
                        made = type("Kept", (), {"id": failed.kept_id, "properties": await harness.checked(GATEWAY_URN, inputs)})
                finally:
                    cloud.faults.clear()
                assert len(harness.inventory("eas-gateway")) <= 1
        async with running(cloud) as harness:
            (there,) = harness.inventory("eas-gateway")
            assert made.id == f"{REGION}/{there['id']}"
            assert await lists(harness, there["id"]) == {"": [OFFICE], vpc: ["10.0.0.0/24"]}
            assert len(harness.inventory("eas-gateway-link")) == 1

    asyncio.run(test())


def test_one_that_cannot_be_read_again_keeps_its_id_too(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        harness.fault("error", "DescribeGateway", times=None, status=403, code="Forbidden")
        with pytest.raises(Failed, match=r"did not get ready: DescribeGateway: Forbidden .* grant the action") as caught:
            await harness.create(GATEWAY_URN, gateway())
        (there,) = harness.inventory("eas-gateway")
        assert caught.value.kept_id == f"{REGION}/{there['id']}"
        assert (caught.value.properties["gatewayId"], caught.value.properties["status"]) == (there["id"], "")
        assert f"gateway {there['id']} could not be read again" in harness.lines.warnings[0]

    provide(test)
