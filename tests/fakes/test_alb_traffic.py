"""Requests through a load balancer: who gets them, what is refused, and what happens to those under way."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable

import pytest
from balanced import Engines, Front, engines, front  # noqa: F401 - fixtures
from machines import site

from fourways.fakes.services import SERVICES
from fourways.fakes.services.alb import balancing, data_plane
from fourways.fakes.services.alb.backend import AlbBackend
from fourways.fakes.wire.messages import Request

Make = Callable[..., Front]


@pytest.fixture
def fronts(engines: Engines) -> Make:  # noqa: F811
    return lambda **group: Front(site(), engines, **group)


def test_healthy_servers_take_turns_by_weight(front: Front) -> None:  # noqa: F811
    one, two = front.instances(2)
    front.add(one, weight=100)
    front.add(two, weight=50)
    front.wait(20)
    assert Counter(front.ask() for _ in range(30)) == {one: 20, two: 10}


def test_turns_are_spread_evenly() -> None:
    traffic = balancing.Traffic()
    a, b = ("a",), ("b",)
    assert [traffic.next_in_turn({a: 2, b: 1})[0] for _ in range(6)] == ["a", "b", "a", "a", "b", "a"]


def test_an_unhealthy_server_gets_nothing(front: Front) -> None:  # noqa: F811
    one, two = front.ready(2)
    front.engines.up[two] = 503
    front.health()
    front.wait(10)
    assert {front.ask() for _ in range(6)} == {one}


def test_a_server_that_was_just_added_waits_for_its_checks(front: Front) -> None:  # noqa: F811
    (one,) = front.ready(1)
    (two,) = front.instances(1)
    front.add(two)
    assert {front.ask() for _ in range(6)} == {one}
    front.wait(15)
    assert {front.ask() for _ in range(6)} == {one, two}


def test_a_server_that_just_died_costs_no_request(front: Front) -> None:  # noqa: F811
    one, two = front.ready(2)
    del front.engines.up[one]
    assert {front.ask() for _ in range(6)} == {two}
    del front.engines.up[two]
    answer = front.send()
    assert (answer.status, b"502 Bad Gateway" in answer.body) == (502, True)


def test_while_none_is_healthy_all_are_tried(front: Front) -> None:  # noqa: F811
    (one,) = front.ready(1)
    front.engines.up[one] = 500
    front.health()
    front.wait(30)
    assert front.health() == {one: "Unhealthy"}
    assert front.ask() == one


def test_no_server_at_all(front: Front) -> None:  # noqa: F811
    answer = front.send()
    assert (answer.status, answer.headers["content-type"]) == (503, "text/html")
    assert b"<h1>503 Service Temporarily Unavailable</h1>" in answer.body
    front.add(*front.instances(1), weight=0)
    assert front.send().status == 503


def test_least_connections(fronts: Make) -> None:
    front = fronts(Scheduler="Wlc")  # noqa: F811
    one, two = front.ready(2)
    busy = front.send("/stream")
    free = two if front.engines.asked[-1][0] == one else one
    assert {front.ask() for _ in range(4)} == {free}
    assert busy.done is not None
    busy.done()
    assert {front.ask() for _ in range(4)} == {one, two}
    assert front.engines.ended == 1


def test_the_same_client_gets_the_same_server(fronts: Make) -> None:
    front = fronts(Scheduler="Sch")  # noqa: F811
    front.ready(3)
    assert len({front.ask() for _ in range(6)}) == 1
    found = set()
    for number in range(30):
        front.cloud.seed["alb"] = {"client_address": f"203.0.113.{number}"}
        found.add(front.ask())
    assert len(found) == 3


def test_the_same_value_of_a_url_parameter_gets_the_same_server(fronts: Make) -> None:
    front = fronts(Scheduler="Uch", UchConfig_Type="QueryString", UchConfig_Value="user")  # noqa: F811
    front.ready(3)
    assert len({front.ask(path="/v1/models?user=a") for _ in range(6)}) == 1
    assert len({front.ask(path=f"/v1/models?user={number}") for number in range(30)}) == 3


def test_the_path_and_the_name(front: Front) -> None:  # noqa: F811
    (one,) = front.ready(1)
    front.send("/v1/chat/completions?x=1")
    assert front.engines.asked[-1] == (one, "/v1/chat/completions")
    name = front.alb.ok("GetLoadBalancerAttribute", LoadBalancerId=front.id)["DNSName"]
    assert name == f"{front.id}.ap-southeast-1.alb.aliyuncsslbintl.com"
    answer = front.cloud.handle(Request.build("GET", "/alb/x", {"host": name}, b""))
    assert (answer.status, front.engines.asked[-1]) == (200, (one, "/alb/x"))
    assert front.cloud.handle(Request.build("GET", "/", {"host": f"{name}:81"}, b"")).cut
    assert front.cloud.is_data_plane("/", name)
    assert front.cloud.handle(Request.build("GET", "/alb/alb-none/80/", {"host": "127.0.0.1"}, b"")).status == 404


def test_what_does_not_listen_breaks_the_connection(front: Front) -> None:  # noqa: F811
    front.ready(1)
    assert front.send(port=81).cut
    front.alb.ok("StopListener", ListenerId=front.listener)
    front.wait(2)
    assert front.send().cut
    front.alb.ok("StartListener", ListenerId=front.listener)
    front.wait(2)
    assert front.ask()
    front.alb.ok("DeleteLoadBalancer", LoadBalancerId=front.id)
    assert front.send().cut


def test_tls_where_none_is_spoken(front: Front) -> None:  # noqa: F811
    front.ready(1)
    assert front.send(secure=True).status == 400


def test_a_removed_server_ends_what_it_has_begun(fronts: Make) -> None:
    front = fronts(ConnectionDrainConfig_ConnectionDrainEnabled="true", ConnectionDrainConfig_ConnectionDrainTimeout=60)  # noqa: F811
    (one,) = front.ready(1)
    answers = [front.send("/stream"), front.send("/stream")]
    front.remove(one)
    front.wait(2)
    (row,) = front.alb.ok("ListServerGroupServers", ServerGroupId=front.group)["Servers"]
    assert (row["ServerId"], row["Status"]) == (one, "Removing")
    assert front.send().status == 503
    front.wait(57)
    assert answers[0].done is not None
    answers[0].done()
    assert [answer.is_cut() for answer in answers] == [False, False]
    assert front.alb.ok("ListServerGroupServers", ServerGroupId=front.group)["TotalCount"] == 1
    front.wait(1)
    assert answers[1].is_cut()
    assert front.alb.ok("ListServerGroupServers", ServerGroupId=front.group)["Servers"] == []


def test_a_server_that_fails_drains_too(fronts: Make) -> None:
    front = fronts(ConnectionDrainConfig_ConnectionDrainEnabled="true", ConnectionDrainConfig_ConnectionDrainTimeout=60)  # noqa: F811
    (one,) = front.ready(1)
    answer = front.send("/stream")
    front.engines.up[one] = 503
    front.health()
    front.wait(10)
    assert front.health() == {one: "Unhealthy"}
    front.wait(59)
    assert not answer.is_cut()
    front.wait(1)
    assert answer.is_cut()
    front.engines.up[one] = 200
    front.health()
    front.wait(15)
    assert front.health() == {}
    assert not front.send("/stream").is_cut()


def test_a_load_balancer_that_lists_do_not_show_yet_works(front: Front) -> None:  # noqa: F811
    (one,) = front.ready(1)
    (home,) = front.cloud.backends(AlbBackend)
    for hidden in (home.load_balancers[front.id], home.server_groups[front.group]):
        hidden.hidden_until = front.cloud.clock.now() + 600
    assert front.ask() == one


def test_without_draining_what_was_begun_takes_its_time(front: Front) -> None:  # noqa: F811
    (one,) = front.ready(1)
    answer = front.send("/stream")
    front.remove(one)
    front.wait(10_000)
    assert not answer.is_cut()
    assert front.alb.ok("ListServerGroupServers", ServerGroupId=front.group)["TotalCount"] == 1
    assert answer.done is not None
    answer.done()
    assert front.alb.ok("ListServerGroupServers", ServerGroupId=front.group)["TotalCount"] == 0


def test_a_server_that_says_nothing_costs_the_time_that_the_listener_waits(front: Front) -> None:  # noqa: F811
    (one,) = front.ready(1)
    front.engines.hung.add(one)
    answer = front.send()
    assert (answer.status, answer.delay) == (504, 0.0)
    front.cloud.clock.set_speed(2)
    assert front.send().delay == 30.0


@pytest.mark.parametrize(
    ("region", "domain"),
    [("cn-beijing", "aliyuncsslb.com"), ("cn-hongkong", "aliyuncsslbintl.com"), ("eu-central-1", "aliyuncsslbintl.com")],
)
def test_the_domain_of_a_name(region: str, domain: str) -> None:
    assert data_plane.host_name("alb-1", region) == f"alb-1.{region}.alb.{domain}"


def test_a_server_that_is_idle_is_gone_at_once(fronts: Make) -> None:
    front = fronts(ConnectionDrainConfig_ConnectionDrainEnabled="true")  # noqa: F811
    (one,) = front.ready(1)
    front.remove(one)
    assert [row["Status"] for row in front.alb.ok("ListServerGroupServers", ServerGroupId=front.group)["Servers"]] == ["Removing"]
    front.wait(2)
    assert front.alb.ok("ListServerGroupServers", ServerGroupId=front.group)["Servers"] == []


def test_what_is_under_way_is_not_written_to_disk(front: Front) -> None:  # noqa: F811
    (one,) = front.ready(1)
    front.send("/stream")
    front.remove(one)
    front.wait(2)
    again = pickle.loads(pickle.dumps(front.cloud))
    again.resume(SERVICES)
    front.cloud = front.alb.cloud = again
    assert front.alb.ok("ListServerGroupServers", ServerGroupId=front.group)["Servers"] == []
    front.add(one)
    front.wait(20)
    assert front.ask() == one
