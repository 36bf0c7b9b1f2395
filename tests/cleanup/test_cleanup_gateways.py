"""Gateways that were left behind: found by the mark in their alias, gone with their links, kept while a term runs or services are there."""

from datetime import UTC, datetime, timedelta
from typing import Any

from fourways.cleanup import Options, RealCloud, Result, delete, look, plan
from fourways.cleanup.kinds import eas_gateway
from fourways.cleanup.wanted import Wanted
from fourways.cloud import gateway_alias, ownership
from fourways.fakes.cloud import Cloud
from tests.provider.gateways import network

REGION = "ap-southeast-1"
URN = "urn:pulumi:chat::fourways::fourways:eas:Gateway::front"
WANTED = Wanted(urn=URN, type="fourways:eas:Gateway", region=REGION, inputs={"name": "front"})


def buy(fake: Cloud, alias: str, **more: Any) -> str:
    made = RealCloud().eas("create_gateway", REGION, instance_type="2c4g", name=alias, **more)
    fake.clock.advance(60)
    return str(made["GatewayId"])


def sweep(fake: Cloud, *named: str) -> Result:
    options = Options(project="fourways", now=datetime.fromtimestamp(fake.clock.now(), UTC) + timedelta(hours=1), named=frozenset(named))
    leftovers = plan(look(RealCloud(), [REGION], "fourways", [eas_gateway.KIND]), [], options)
    return delete(leftovers, RealCloud(), kinds=[eas_gateway.KIND], pause=lambda: fake.clock.advance(5), rounds=8)


def left(fake: Cloud) -> list[str]:
    return [row["id"] for row in fake.inventory() if row["kind"] == "eas-gateway"]


def test_a_gateway_of_a_named_stack_goes_with_its_links_and_others_stay(fake: Cloud) -> None:
    vpc, (switch,) = network(fake)
    ours = buy(fake, gateway_alias.write("front", URN))
    RealCloud().eas("create_gateway_intranet_linked_vpc", REGION, REGION, ours, vpc_id=vpc, v_switch_id=switch)
    begun = buy(fake, gateway_alias.unfinished(URN))
    theirs = buy(fake, "made in the console")
    other = buy(fake, gateway_alias.write("front", URN.replace("fourways::fourways", "other::fourways")))
    assert {thing.id for thing in look(RealCloud(), [REGION], "fourways", [eas_gateway.KIND])} == {ours, begun}
    assert len(sweep(fake).kept) == 2  # their environment is not known: the stack must be named
    assert sweep(fake, "chat").clean
    assert left(fake) == [theirs, other]
    assert [row for row in fake.inventory() if row["kind"] == "eas-gateway-link"] == []
    assert sum(row["closed"] is None for row in fake.ledger.rows()) == 2


def test_a_term_that_runs_is_listed_until_it_has_ended(fake: Cloud) -> None:
    buy(fake, gateway_alias.write("front", URN), charge_type="PrePaid")
    (kept,) = sweep(fake, "chat").kept
    assert kept.kept.startswith("prepaid: no call ends the term")
    fake.clock.advance(40 * 86_400)
    assert sweep(fake, "chat").clean
    assert left(fake) == []


def test_a_create_is_looked_up_by_its_mark(fake: Cloud) -> None:
    begun = buy(fake, gateway_alias.unfinished(URN))
    buy(fake, "front")
    buy(fake, gateway_alias.write("front", URN + "-other"))
    (found,) = eas_gateway.look_up(RealCloud(), WANTED)
    assert (found.id, found.name) == (begun, "front")
    assert ownership.carries(found.tags, WANTED.labels)
    assert ownership.CREATING in found.tags


def test_taking_the_mark_off_gives_the_name_and_keeps_its_ways_in(fake: Cloud) -> None:
    begun = buy(fake, gateway_alias.unfinished(URN), enable_internet=True)
    (found,) = eas_gateway.look_up(RealCloud(), WANTED)
    eas_gateway.take_off(RealCloud(), found, ["something-else"])
    eas_gateway.take_off(RealCloud(), found, [ownership.CREATING])
    row = RealCloud().eas("describe_gateway", REGION, REGION, begun)
    assert row["GatewayName"] == gateway_alias.write("front", URN)
    assert row["InternetEnabled"] is True
    assert sum(call["action"] == "UpdateGateway" for call in fake.requests.rows) == 1
    (again,) = eas_gateway.look_up(RealCloud(), WANTED)
    assert ownership.CREATING not in again.tags
