"""A private gateway from purchase to return, over gRPC against the fake cloud: size, ways in, links, lists, and the bill."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.provider.gateways import GATEWAY_URN, HOME, OFFICE, actions, gateway, gateways, lists, network, public, seen
from tests.provider.harness import REGION, URN, Failed, Harness, plain, service

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


def test_size_and_name_change_in_place_with_one_call(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(GATEWAY_URN, gateway())
        before = harness.calls("UpdateGateway")
        new = gateway(name="door", instanceType="4c8g", replicas=2)
        answer = await harness.diff(GATEWAY_URN, made, gateway(), new)
        assert not answer.replaces
        changed = plain((await harness.update(GATEWAY_URN, made, gateway(), new)).properties)
        assert harness.calls("UpdateGateway") == before + 1
        found = await seen(harness, changed["gatewayId"])
        assert (found["InstanceType"], found["Replicas"], found["Status"]) == ("4c8g", 2, "Running")
        assert found["GatewayName"].startswith("door--fourways--test--")
        assert len(open_bills(harness)) == 1
        assert any("Waiting, 2 nodes of 4c8g" in line for line in harness.lines.statuses)

    provide(test)


def test_every_update_says_all_flags(provide: Provide) -> None:
    """The API page gives UpdateGateway defaults: one that is left out could shut the Internet endpoint."""

    async def test(harness: Harness) -> None:
        made = await harness.create(GATEWAY_URN, public())
        await harness.update(GATEWAY_URN, made, public(), public(replicas=2))
        bodies = [row["body"] for row in harness.cloud.requests.rows if row["action"] == "UpdateGateway"]
        assert bodies[-1] == {"EnableInternet": True, "EnableIntranet": True, "EnableSSLRedirection": True, "Replicas": 2}
        assert all({"EnableInternet", "EnableIntranet", "EnableSSLRedirection"} <= set(body) for body in bodies)

    provide(test)


def test_what_replaces(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(GATEWAY_URN, gateway())
        answer = await harness.diff(GATEWAY_URN, made, gateway(), gateway(chargeType="PrePaid"))
        assert list(answer.replaces) == ["chargeType"]
        assert not answer.deleteBeforeReplace
        second = await harness.create(GATEWAY_URN, gateway(chargeType="PrePaid"))  # while the first is there still
        assert second.id != made.id
        await harness.delete(GATEWAY_URN, made)
        assert [row["charge_type"] for row in open_bills(harness)] == ["PrePaid"]

    provide(test)


def test_drift_of_each_input_is_found_and_mended(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        vpc, (switch,) = network(harness.cloud)
        other, (elsewhere,) = network(harness.cloud, "10.1.0.0/16")
        inputs = public(linkedVpcs=[{"vpcId": vpc, "vSwitchId": switch, "allowedCidrs": ["10.0.0.0/24"]}])
        made = await harness.create(GATEWAY_URN, inputs)
        id_ = plain(made.properties)["gatewayId"]
        calls = gateways(harness).calls
        await calls.let_in(id_, [HOME], None)
        await calls.shut_out(id_, ["10.0.0.0/24"], vpc)
        await calls.link(id_, other, elsewhere)
        flags = {"enable_internet": True, "enable_intranet": True, "enable_sslredirection": False}
        await calls.update_gateway(id_, {"replicas": 3, "instance_type": "8c16g", "name": "mine", **flags})
        harness.cloud.clock.advance(60)
        refreshed = await harness.read(GATEWAY_URN, made.id, made.properties, await harness.checked(GATEWAY_URN, inputs))
        answer = await harness.diff(GATEWAY_URN, made, refreshed.inputs, inputs)
        assert set(answer.detailedDiff) == {
            "name",
            "instanceType",
            "replicas",
            "sslRedirection",
            "allowedCidrs[1]",
            "linkedVpcs[0].allowedCidrs",
            "linkedVpcs[1]",
        }
        await harness.update(GATEWAY_URN, made, refreshed.inputs, inputs)
        again = await harness.read(GATEWAY_URN, made.id, made.properties, await harness.checked(GATEWAY_URN, inputs))
        assert (await harness.diff(GATEWAY_URN, made, again.inputs, inputs)).changes == answer.DIFF_NONE

    provide(test)


def test_internet_access_that_was_shut_by_hand_is_drift(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(GATEWAY_URN, public())
        id_ = plain(made.properties)["gatewayId"]
        flags = {"enable_internet": False, "enable_intranet": True, "enable_sslredirection": True}
        await gateways(harness).calls.update_gateway(id_, flags)
        harness.cloud.clock.advance(60)
        refreshed = await harness.read(GATEWAY_URN, made.id, made.properties, await harness.checked(GATEWAY_URN, public()))
        answer = await harness.diff(GATEWAY_URN, made, refreshed.inputs, public())
        assert set(answer.detailedDiff) == {"enableInternet", "allowedCidrs"}
        assert plain(refreshed.properties)["internetDomain"] == ""

    provide(test)


def test_import_tells_all_inputs_and_makes_no_difference(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        vpc, (switch,) = network(harness.cloud)
        inputs = public(
            replicas=2, allowedCidrs=[HOME, OFFICE], linkedVpcs=[{"vpcId": vpc, "vSwitchId": switch, "allowedCidrs": ["10.0.0.0/24"]}]
        )
        made = await harness.create(GATEWAY_URN, inputs)
        read = await harness.read(GATEWAY_URN, made.id)
        told = {key: value for key, value in plain(read.inputs).items() if not key.startswith("__")}
        assert told == {**inputs, "chargeType": "PostPaid", "enableIntranet": True}
        answer = await harness.diff(GATEWAY_URN, read, read.inputs, inputs)
        assert answer.changes == answer.DIFF_NONE

    provide(test)


def test_an_import_of_one_from_the_console_takes_its_mark_with_the_first_change(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        request = {"instance_type": "2c4g", "name": "front", "charge_type": "PrePaid"}
        id_ = (await gateways(harness).calls.create_gateway(request))["GatewayId"]
        harness.cloud.clock.advance(60)
        read = await harness.read(GATEWAY_URN, f"{REGION}/{id_}")
        told = plain(read.inputs)
        assert (told["name"], told["chargeType"], told["replicas"]) == ("front", "PrePaid", 1)
        await harness.update(GATEWAY_URN, read, read.inputs, gateway(chargeType="PrePaid", replicas=2))
        assert (await seen(harness, id_))["GatewayName"].startswith("front--fourways--test--")

    provide(test)


def test_one_that_is_gone_is_told(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(GATEWAY_URN, gateway())
        await gateways(harness).calls.delete_gateway(plain(made.properties)["gatewayId"])
        harness.cloud.clock.advance(60)
        assert (await harness.read(GATEWAY_URN, made.id, made.properties)).id == ""
        with pytest.raises(Failed, match=r"it is gone\. Run `pulumi refresh`"):
            await harness.update(GATEWAY_URN, made, gateway(), gateway(replicas=2))

    provide(test)


def test_a_gateway_with_services_is_not_deleted(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        vpc, (switch,) = network(harness.cloud)
        inputs = gateway(linkedVpcs=[{"vpcId": vpc, "vSwitchId": switch}])
        made = await harness.create(GATEWAY_URN, inputs)
        behind = service()
        behind["config"]["networking"] = {"gateway": plain(made.properties)["gatewayId"]}
        await harness.create(URN, behind)
        with pytest.raises(Failed, match=r"services are called through it \(chat\).*nothing was changed"):
            await harness.delete(GATEWAY_URN, made)
        assert len(harness.inventory("eas-gateway-link")) == 1
        assert harness.calls("DeleteGateway") == 0

    provide(test)


def test_a_prepaid_term_is_not_deleted_while_it_runs(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(GATEWAY_URN, gateway(chargeType="PrePaid"))
        (order,) = [row["body"] for row in harness.cloud.requests.rows if row["action"] == "CreateGateway"]
        assert order["AutoRenewal"] is False
        with pytest.raises(Failed, match=r"its prepaid term runs, which no call ends\. Nothing was changed\. Unsubscribe"):
            await harness.delete(GATEWAY_URN, made)
        assert harness.calls("DeleteGateway") == 0
        harness.cloud.clock.advance(40 * 86_400)  # the term has ended
        await harness.delete(GATEWAY_URN, made)
        assert harness.inventory("eas-gateway") == []

    provide(test)


def test_a_delete_waits_until_the_links_and_the_gateway_are_gone(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        vpc, (switch,) = network(harness.cloud)
        made = await harness.create(GATEWAY_URN, public(linkedVpcs=[{"vpcId": vpc, "vSwitchId": switch}]))
        await harness.delete(GATEWAY_URN, made)
        order = actions(harness, "DeleteAclPolicy", "DeleteGatewayIntranetLinkedVpc", "DeleteGateway")
        assert order == ["DeleteGatewayIntranetLinkedVpc", "DeleteGateway"]  # a list that is taken off lets everybody in
        assert [row["kind"] for row in harness.cloud.inventory() if row["kind"].startswith("eas-gateway")] == []
        assert open_bills(harness) == []

    provide(test)


def test_a_delete_that_takes_too_long_says_that_it_is_billed(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(GATEWAY_URN, gateway())
        harness.fault("stuck", "DeleteGateway")
        with pytest.raises(Failed, match=r"is not gone yet and may still be billed: timed out after 60 s: Deleting"):
            await harness.delete(GATEWAY_URN, made, timeout=60)

    provide(test)


def test_a_preview_says_what_is_billed_and_who_comes_in(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        answer = await harness.create(GATEWAY_URN, gateway(replicas=2, enableInternet=True, sslRedirection=True), preview=True)
        assert harness.lines.warnings[0] == "billed by the hour from its creation until it is deleted, called or not: 2 nodes of 2c4g"
        assert "whether EAS then lets everybody in no page says" in harness.lines.warnings[1]
        assert plain(answer.properties)["replicas"] == 2
        assert harness.calls("CreateGateway") == 0
        harness.lines.warnings.clear()
        await harness.create(GATEWAY_URN, gateway(chargeType="PrePaid"), preview=True)
        assert harness.lines.warnings[0].startswith("billed at once for a whole term: 1 node of 2c4g (PrePaid)")
        harness.lines.warnings.clear()
        made = await harness.create(GATEWAY_URN, gateway())
        more = await harness.update(GATEWAY_URN, made, gateway(), gateway(replicas=3), preview=True)
        assert harness.lines.warnings == ["billed from the change on: 3 nodes of 2c4g (before: 1 node of 2c4g)"]
        assert plain(more.properties)["intranetDomain"] == plain(made.properties)["intranetDomain"]

    provide(test)
