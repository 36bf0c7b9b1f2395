"""Endpoints behind a load balancer, over gRPC against the fake cloud: what is waited for, who is let in and out, and what is told."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from fourways.cloud.target import Target
from fourways.fakes.inprocess import ADDRESS
from fourways.provider.alb.endpoint import address
from fourways.provider.alb.health import health
from fourways.provider.values import UNKNOWN
from tests.provider.balancing import PORT, Front, alb, ecs, front
from tests.provider.harness import REGION, Failed, Harness, plain

Provide = Callable[[Any], None]
ENDPOINT_URN = "urn:pulumi:test::fourways::fourways:alb:Endpoint::servers"


def endpoint(front_: Front, **changes: Any) -> dict[str, Any]:
    given = {"region": REGION, "loadBalancerId": front_.id, "listenerPort": 80, "protocol": "HTTP", "serverGroupId": front_.group}
    return {**given, **changes}


def test_it_waits_for_healthy_servers_and_gives_the_address(provide: Provide, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(harness: Harness) -> None:
        place = front(harness.cloud, monkeypatch)
        one, two = place.machines(2, None)
        place.add(one, two)
        harness.clock.at[harness.cloud.clock.now() + 20] = lambda: place.up.update({one: 200})
        harness.clock.at[harness.cloud.clock.now() + 60] = lambda: place.up.update({two: 200})
        made = await harness.create(ENDPOINT_URN, endpoint(place, healthy=2))
        outputs = plain(made.properties)
        assert made.id == f"{REGION}/{place.id}/80"
        assert outputs["address"] == f"http://{ADDRESS}/alb/{place.id}/80"
        assert outputs["dnsName"] == alb("GetLoadBalancerAttribute", LoadBalancerId=place.id)["DNSName"]
        assert outputs["healthyServers"] == 2
        assert harness.lines.statuses == ["0 of 2 servers healthy", "1 of 2 servers healthy", "2 of 2 servers healthy"]

        checked = await harness.checked(ENDPOINT_URN, endpoint(place, healthy=2))
        again = await harness.read(ENDPOINT_URN, made.id, made.properties, checked)
        assert plain(again.properties) == outputs
        assert not (await harness.diff(ENDPOINT_URN, made, again.inputs, endpoint(place, healthy=2))).diffs

        calls = harness.calls("RemoveServersFromServerGroup")
        await harness.delete(ENDPOINT_URN, made)
        assert (place.servers(), harness.calls("RemoveServersFromServerGroup")) == ([one, two], calls)

    provide(test)


@pytest.mark.parametrize(
    ("protocol", "port", "wanted"),
    [
        ("HTTPS", 443, "https://alb-1.ap-southeast-1.alb.aliyuncsslb.com"),
        ("HTTP", 80, "http://alb-1.ap-southeast-1.alb.aliyuncsslb.com"),
        ("HTTPS", 8443, "https://alb-1.ap-southeast-1.alb.aliyuncsslb.com:8443"),
        ("HTTP", 443, "http://alb-1.ap-southeast-1.alb.aliyuncsslb.com:443"),
    ],
)
def test_an_address_on_the_cloud_has_no_port_where_that_is_the_usual_one(protocol: str, port: int, wanted: str) -> None:
    host = "alb-1.ap-southeast-1.alb.aliyuncsslb.com"
    assert address(Target(name="cloud"), protocol, host, "alb-1", port) == wanted
    fake = Target(name="fake", address="127.0.0.1:4566")
    assert address(fake, protocol, host, "alb-1", port) == f"{protocol.lower()}://127.0.0.1:4566/alb/alb-1/{port}"


def test_a_wait_that_ends_badly_names_each_server_and_is_kept(provide: Provide, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(harness: Harness) -> None:
        place = front(harness.cloud, monkeypatch)
        (fine,), (silent,), (wrong,) = place.machines(1), place.machines(1, None), place.machines(1, 503)
        place.add(fine, silent, wrong)
        with pytest.raises(Failed) as failed:
            await harness.create(ENDPOINT_URN, endpoint(place, healthy=3), timeout=120)
        said = str(failed.value)
        assert f"endpoint http://{ADDRESS}/alb/{place.id}/80 does not serve yet: timed out after 2 min: 1 of 3 servers healthy." in said
        assert f"\n  {silent}: no connection: nothing listens on the port" in said
        assert "(CONNECT_FAILED)" in said
        assert f"\n  {wrong}: its health check got HTTP 503, and HTTP_2xx" in said
        assert f"\n  {fine}" not in said
        assert failed.value.kept_id == f"{REGION}/{place.id}/80"
        assert failed.value.properties["healthyServers"] == 1

    provide(test)


def test_a_group_without_servers_and_a_listener_that_is_not_there_yet(provide: Provide, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(harness: Harness) -> None:
        place = front(harness.cloud, monkeypatch)
        with pytest.raises(Failed, match=r"0 of 1 server healthy\..*\nThere is no server in its group: look at the scaling group's"):
            await harness.create(ENDPOINT_URN, endpoint(place), timeout=60)
        harness.clock.at[harness.cloud.clock.now() + 30] = lambda: place.listen(81)
        place.add(*place.machines(1))
        await harness.create(ENDPOINT_URN, endpoint(place, listenerPort=81))
        assert "0 of 1 server healthy, the listener does not forward to their group yet" in harness.lines.statuses

    provide(test)


def test_a_stop_ends_the_wait_without_a_trail(provide: Provide, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(harness: Harness) -> None:
        place = front(harness.cloud, monkeypatch)
        place.add(*place.machines(1, None))
        harness.clock.at[harness.cloud.clock.now() + 20] = harness.provider.session.cancel
        with pytest.raises(Failed, match=r"stopped before it was ready\. The address is kept in the state: .* look again\.$") as failed:
            await harness.create(ENDPOINT_URN, endpoint(place))
        assert failed.value.kept_id

    provide(test)


def test_no_load_balancer_is_no_endpoint(provide: Provide, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(harness: Harness) -> None:
        place = front(harness.cloud, monkeypatch)
        with pytest.raises(Failed, match="there is no load balancer alb-none in ap-southeast-1") as failed:
            await harness.create(ENDPOINT_URN, endpoint(place, loadBalancerId="alb-none"))
        assert failed.value.kept_id is None

    provide(test)


def test_a_trigger_looks_again_in_place(provide: Provide, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(harness: Harness) -> None:
        place = front(harness.cloud, monkeypatch)
        (one,) = place.machines(1)
        place.add(one)
        made = await harness.create(ENDPOINT_URN, endpoint(place, triggers={"machines": one}))
        new = endpoint(place, triggers={"machines": "others"})
        answer = await harness.diff(ENDPOINT_URN, made, endpoint(place, triggers={"machines": one}), new)
        assert (list(answer.replaces), list(answer.diffs)) == ([], ["triggers"])
        preview = plain(
            (await harness.update(ENDPOINT_URN, made, endpoint(place, triggers={"machines": one}), new, preview=True)).properties
        )
        assert (preview["address"], preview["healthyServers"]) == (plain(made.properties)["address"], UNKNOWN)
        place.up.clear()
        harness.cloud.clock.advance(60)
        with pytest.raises(Failed, match="0 of 1 server healthy"):
            await harness.update(ENDPOINT_URN, made, endpoint(place, triggers={"machines": one}), new, timeout=60)

    provide(test)


def test_a_refresh_tells_of_servers_that_are_not_healthy_any_more(provide: Provide, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(harness: Harness) -> None:
        place = front(harness.cloud, monkeypatch)
        place.add(*place.machines(2))
        made = await harness.create(ENDPOINT_URN, endpoint(place, healthy=2))
        place.up.clear()
        harness.cloud.clock.advance(60)
        read = await harness.read(ENDPOINT_URN, made.id, made.properties, await harness.checked(ENDPOINT_URN, endpoint(place, healthy=2)))
        assert plain(read.properties)["healthyServers"] == 0
        address_ = plain(made.properties)["address"]
        assert harness.lines.warnings == [f"0 of the 2 servers that were waited for are healthy behind {address_}"]

    provide(test)


def test_an_import_tells_all_inputs(provide: Provide, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(harness: Harness) -> None:
        place = front(harness.cloud, monkeypatch)
        place.add(*place.machines(1))
        harness.cloud.clock.advance(60)
        read = await harness.read(ENDPOINT_URN, f"{REGION}/{place.id}/80")
        assert not (await harness.diff(ENDPOINT_URN, read, read.inputs, endpoint(place))).diffs
        assert (await harness.read(ENDPOINT_URN, f"{REGION}/{place.id}/99")).id == ""
        with pytest.raises(Failed, match="names no listener"):
            await harness.read(ENDPOINT_URN, f"{REGION}/{place.id}")

    provide(test)


def kept(place: Front, *servers: str, **changes: Any) -> dict[str, Any]:
    """Inputs of an endpoint that keeps its servers itself."""
    return endpoint(place, servers=list(servers), port=PORT, healthy=len(servers), **changes)


def test_named_servers_come_in_before_others_go(provide: Provide, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(harness: Harness) -> None:
        place = front(harness.cloud, monkeypatch)
        old, (new,) = place.machines(2), place.machines(1, None)
        made = await harness.create(ENDPOINT_URN, kept(place, *old))
        assert place.servers() == old

        seen: list[list[str]] = []
        harness.clock.at[harness.cloud.clock.now() + 60] = lambda: (seen.append(place.servers()), place.up.update({new: 200}))
        inputs = kept(place, old[0], new)
        done = await harness.update(ENDPOINT_URN, made, kept(place, *old), inputs)
        assert seen == [[*old, new]]  # the one that goes serves until the new one does
        assert place.servers() == [old[0], new]
        assert plain(done.properties)["healthyServers"] == 2
        order = [
            row["action"] for row in harness.cloud.requests.rows if row["action"].endswith("ServerGroup") and "Servers" in row["action"]
        ]
        assert order == ["AddServersToServerGroup", "AddServersToServerGroup", "RemoveServersFromServerGroup"]

        made.properties.CopyFrom(done.properties)
        await harness.delete(ENDPOINT_URN, made)
        assert place.servers() == []
        await harness.delete(ENDPOINT_URN, made)  # not there is success

    provide(test)


def test_others_stay_while_named_servers_are_not_healthy(provide: Provide, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(harness: Harness) -> None:
        place = front(harness.cloud, monkeypatch)
        (old,), (new,) = place.machines(1), place.machines(1, None)
        made = await harness.create(ENDPOINT_URN, kept(place, old))
        with pytest.raises(Failed, match=r"0 of 1 server healthy.*\n  i-.*CONNECT_FAILED") as failed:
            await harness.update(ENDPOINT_URN, made, kept(place, old), kept(place, new), timeout=120)
        assert (place.servers(), failed.value.kept_id) == ([old, new], made.id)
        place.up[new] = 200
        await harness.update(ENDPOINT_URN, made, kept(place, new), kept(place, new))  # as after an init error
        assert place.servers() == [new]

    provide(test)


@pytest.mark.parametrize("kind", ["cut", "cut-after", "error-after"])
def test_what_has_no_answer_is_looked_at_again(provide: Provide, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    async def test(harness: Harness) -> None:
        place = front(harness.cloud, monkeypatch)
        old, new = place.machines(2)
        harness.fault(kind, "AddServersToServerGroup")
        made = await harness.create(ENDPOINT_URN, kept(place, old))
        harness.fault(kind, "RemoveServersFromServerGroup")
        await harness.update(ENDPOINT_URN, made, kept(place, old), kept(place, new))
        assert place.servers() == [new]

    provide(test)


def test_a_busy_group_is_asked_again(provide: Provide, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(harness: Harness) -> None:
        place = front(harness.cloud, monkeypatch)
        (one,) = place.machines(1)
        harness.fault("error", "AddServersToServerGroup", status=409, code="IncorrectStatus.ServerGroup")
        await harness.create(ENDPOINT_URN, kept(place, one))
        assert place.servers() == [one]
        harness.fault("error", "AddServersToServerGroup", status=400, code="QuotaExceeded.ServersNum")
        with pytest.raises(Failed, match=r"QuotaExceeded\.ServersNum"):
            await harness.create(ENDPOINT_URN, kept(place, *place.machines(1)))

    provide(test)


def test_drift_of_its_servers_is_told_and_put_right(provide: Provide, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(harness: Harness) -> None:
        place = front(harness.cloud, monkeypatch)
        one, stranger = place.machines(2)
        inputs = kept(place, one)
        made = await harness.create(ENDPOINT_URN, inputs)
        place.add(stranger)
        read = await harness.read(ENDPOINT_URN, made.id, made.properties, await harness.checked(ENDPOINT_URN, inputs))
        assert plain(read.inputs)["servers"] == [one, stranger]
        assert list((await harness.diff(ENDPOINT_URN, read, read.inputs, inputs)).diffs) == ["servers"]
        await harness.update(ENDPOINT_URN, made, read.inputs, inputs)
        assert place.servers() == [one]

    provide(test)


@pytest.mark.parametrize(
    ("changes", "property_", "reason"),
    [
        ({"servers": ["i-1"]}, "port", "go together"),
        ({"port": 8000}, "port", "go together"),
        ({"servers": ["i-1", "i-1"], "port": 8000}, "servers", "twice"),
        ({"servers": ["i-1"], "port": 8000, "healthy": 2}, "healthy", "more than the 1 servers"),
        ({"listenerPort": 0}, "listenerPort", "from 1 to 65535"),
    ],
)
def test_bad_inputs_are_told(provide: Provide, changes: dict[str, Any], property_: str, reason: str) -> None:
    async def test(harness: Harness) -> None:
        given = {"region": REGION, "loadBalancerId": "alb-1", "listenerPort": 80, "protocol": "HTTP", "serverGroupId": "sgp-1", **changes}
        _, failures = await harness.check(ENDPOINT_URN, given)
        assert [(one.property, reason in one.reason) for one in failures] == [(property_, True)]

    provide(test)


def server(id_: str, status: str = "Available") -> dict[str, Any]:
    return {"ServerId": id_, "Port": PORT, "Status": status}


def rows(*troubled: dict[str, Any], name: str = "ListenerHealthStatus") -> dict[str, Any]:
    return {name: [{"ServerGroupInfos": [{"ServerGroupId": "sgp-1", "NonNormalServers": list(troubled)}]}]}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"Status": "Initial"}, "not checked yet (Initial)"),
        ({"Status": "Unused"}, "gets no requests: its weight is 0, or it is in another zone and cross-zone load balancing is off (Unused)"),
        ({"Status": "Unhealthy", "Reason": {"ReasonCode": "NEW_CODE"}}, "unhealthy (NEW_CODE)"),
        ({"Status": "Unhealthy", "Reason": "odd"}, "unhealthy (Unhealthy)"),
        ({"Status": "Unavailable"}, None),
    ],
)
def test_why_a_server_is_not_healthy(row: dict[str, Any], why: str | None) -> None:
    found = health("sgp-1", [server("i-1"), server("i-2")], rows({"ServerId": "i-1", "Port": PORT, **row}))
    assert [one.why for one in found.troubled] == ([why] if why else [])
    assert found.healthy == (1 if why else 2)


def test_servers_on_their_way_are_not_healthy_and_rules_count() -> None:
    found = health("sgp-1", [server("i-1", "Adding"), server("i-2")], rows(name="RuleHealthStatus"))
    assert (found.healthy, found.line(1)) == (1, "1 of 2 servers healthy")
    nowhere = health("sgp-2", [server("i-1")], rows())
    assert nowhere.line(1) == "0 of 1 server healthy, the listener does not forward to their group yet"


def test_the_console_of_a_server_that_is_not_healthy_is_in_the_error(provide: Provide, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(harness: Harness) -> None:
        place = front(harness.cloud, monkeypatch)
        (one,) = place.machines(1, None)
        place.add(one)
        written = base64.b64decode(ecs("GetInstanceConsoleOutput", InstanceId=one)["ConsoleOutput"]).decode().splitlines()
        assert written
        with pytest.raises(Failed) as failed:
            await harness.create(ENDPOINT_URN, endpoint(place), timeout=60)
        assert str(failed.value).endswith("\n    ".join([f"\nlast lines of the console of {one}:", *written[-10:]]))
        harness.fault("error", "GetInstanceConsoleOutput", times=None)
        with pytest.raises(Failed, match=r"CONNECT_FAILED\)\nLook at their console output"):
            await harness.create(ENDPOINT_URN, endpoint(place), timeout=60)

    provide(test)
