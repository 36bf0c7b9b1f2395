"""What all services of the fake share: signatures, faults, ledger, admin routes, the request log, restarts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import pickle
import ssl
import stat
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from fourways.cli import fake_server
from fourways.fakes import admin
from fourways.fakes.clock import Clock
from fourways.fakes.cloud import Cloud
from fourways.fakes.services import SERVICES
from fourways.fakes.tls import make_authority
from fourways.fakes.wire.messages import Request, Response

_nonces = itertools.count()
HEADERS = {"host": "127.0.0.1:4566", "content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def cloud() -> Cloud:
    return Cloud(SERVICES, clock=Clock(stepped=True, start=1_780_000_000.0))


def rpc(
    cloud: Cloud, action: str, *, secret: str = "test", key: str = "test", nonce: str = "", version: str = "2016-04-28", **given: str
) -> Response:
    """One RPC call, with the business parameters in the form."""
    query = signed(action, secret=secret, key=key, nonce=nonce, version=version, **given)
    return cloud.handle(Request.build("POST", "/?" + urlencode(query), HEADERS, urlencode(given).encode()))


def signed(
    action: str, *, secret: str = "test", key: str = "test", nonce: str = "", version: str = "2016-04-28", **given: str
) -> dict[str, str]:
    """The query of an RPC call, HMAC-SHA1 over query and form as alibaba-cloud-sdk-go signs."""
    query = {"Action": action, "Version": version, "AccessKeyId": key, "SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0"}
    query |= {"SignatureNonce": nonce or str(next(_nonces)), "Timestamp": "2026-11-24T00:00:00Z", "Format": "JSON"}
    everything = {**query, **given}
    canonical = "&".join(f"{quote(name, safe='-_.~')}={quote(everything[name], safe='-_.~')}" for name in sorted(everything))
    text = f"POST&%2F&{quote(canonical, safe='-_.~')}"
    query["Signature"] = base64.b64encode(hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()).decode()
    return query


def body(response: Response) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(response.body)
    return data


def make_vpc(cloud: Cloud, **given: str) -> Response:
    return rpc(cloud, "CreateVpc", RegionId="cn-beijing", CidrBlock="10.0.0.0/8", **given)


def test_a_signed_call_is_answered_whatever_characters_it_carries(cloud: Cloud) -> None:
    answer = make_vpc(cloud, VpcName="a b*c~d/é&=+")
    assert answer.status == 200
    assert cloud.inventory()[0]["name"] == "a b*c~d/é&=+"


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [({"secret": "wrong"}, 400, "SignatureDoesNotMatch"), ({"key": "nobody"}, 404, "InvalidAccessKeyId.NotFound")],
)
def test_wrong_keys_fail_as_in_the_cloud(cloud: Cloud, wrong: dict[str, str], status: int, code: str) -> None:
    answer = make_vpc(cloud, **wrong)
    assert (answer.status, body(answer)["Code"]) == (status, code)
    assert cloud.inventory() == []


def test_a_replayed_nonce_is_refused(cloud: Cloud) -> None:
    assert make_vpc(cloud, nonce="once").status == 200
    assert body(make_vpc(cloud, nonce="once"))["Code"] == "SignatureNonceUsed"


def test_an_unknown_action_is_named_and_counted(cloud: Cloud) -> None:
    answer = rpc(cloud, "MakeCoffee")
    assert answer.status == 404
    assert "MakeCoffee" in body(answer)["Message"]
    assert cloud.requests.unknown == {"2016-04-28 MakeCoffee": 1}


@pytest.mark.parametrize(
    ("kind", "status", "effect"),
    [("throttle", 400, 0), ("error", 503, 0), ("error-after", 503, 1), ("cut", None, 0), ("cut-after", None, 1)],
)
def test_faults_come_before_or_after_the_effect(cloud: Cloud, kind: str, status: int | None, effect: int) -> None:
    admin_call(cloud, "POST", "faults", {"kind": kind, "action": "CreateVpc"})
    answer = make_vpc(cloud)
    assert answer.cut == (status is None)
    assert status is None or answer.status == status
    assert len(cloud.inventory()) == effect
    assert make_vpc(cloud).status == 200  # one time only


def test_a_seeded_fault_repeats(cloud: Cloud) -> None:
    def seen() -> list[int]:
        cloud.reset()
        admin_call(cloud, "POST", "faults", {"kind": "error", "probability": 0.5, "seed": 7, "times": None})
        return [rpc(cloud, "DescribeVpcs", RegionId="cn-beijing").status for _ in range(20)]

    first = seen()
    assert first == seen()
    assert set(first) == {200, 503}


def test_the_ledger_adds_up_on_the_clock(cloud: Cloud) -> None:
    cloud.ledger.open(account="1", region="r", kind="k", resource="x", hourly_price="3.60", currency="CNY")
    cloud.clock.advance(1800)
    assert cloud.ledger.rows(only_open=True)[0]["amount"] == "1.8000"
    cloud.ledger.close("k", "x", "r")
    cloud.clock.advance(3600)
    row = cloud.ledger.rows()[0]
    assert (row["amount"], row["seconds"], row["closed"] is not None) == ("1.8000", 1800.0, True)
    assert cloud.ledger.rows(only_open=True) == []


def test_admin_routes_are_for_loopback_only(cloud: Cloud) -> None:
    for peer, host, status in (("127.0.0.1", "127.0.0.1:1", 200), ("10.0.0.9", "127.0.0.1:1", 403), ("127.0.0.1", "evil.example", 403)):
        request = Request.build("GET", "/_fake/state", {"host": host}, b"", peer)
        assert admin.handle(cloud, request).status == status


def test_secrets_do_not_reach_the_request_log(cloud: Cloud) -> None:
    given = {"Password": "hidden-1", "Config": json.dumps({"token": "hidden-2", "env": [{"name": "A", "value": "hidden-3"}]})}
    make_vpc(cloud, **given)
    text = json.dumps(list(cloud.requests.rows))
    assert "Password" in text
    assert "hidden" not in text


def test_state_and_transitions_survive_a_restart(cloud: Cloud) -> None:
    vpc = body(make_vpc(cloud))["VpcId"]
    again: Cloud = pickle.loads(pickle.dumps(cloud))
    again.resume(SERVICES)
    assert body(rpc(again, "DescribeVpcAttribute", RegionId="cn-beijing", VpcId=vpc))["Status"] == "Pending"
    again.clock.advance(60)
    assert body(rpc(again, "DescribeVpcAttribute", RegionId="cn-beijing", VpcId=vpc))["Status"] == "Available"


def test_http_and_tls_on_one_port(tmp_path: Path) -> None:
    server = fake_server.start(tmp_path, 0)
    try:
        trusted = ssl.create_default_context(cafile=str(server.ca))
        for url, context in ((f"http://{server.address}", None), (f"https://{server.address}", trusted)):
            with urllib.request.urlopen(f"{url}/_fake/health", timeout=10, context=context) as answer:
                assert json.load(answer)["ok"]
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(f"https://{server.address}/_fake/health", timeout=10, context=ssl.create_default_context())
    finally:
        fake_server.stop(tmp_path)


def test_a_killed_fake_comes_back_with_its_state_and_its_certificate(tmp_path: Path) -> None:
    server = fake_server.start(tmp_path, 0)
    try:
        trusted = ssl.create_default_context(cafile=str(server.ca))  # read once, as clients do
        server.ask("seed", "POST", {"quotas": {"vpcs": 3}})
        fake_server.kill(tmp_path)
        again = fake_server.start(tmp_path, server.port)
        assert again.pid != server.pid
        with urllib.request.urlopen(f"https://{again.address}/_fake/seed", timeout=10, context=trusted) as answer:
            assert json.load(answer) == {"quotas": {"vpcs": 3}}
    finally:
        fake_server.stop(tmp_path)


def test_a_connection_cut_on_purpose_is_no_error_of_the_fake(tmp_path: Path) -> None:
    server = fake_server.start(tmp_path, 0)
    try:
        server.ask("faults", "POST", {"kind": "cut", "action": "DescribeVpcs"})
        url = f"http://{server.address}/?{urlencode(signed('DescribeVpcs'))}"
        with pytest.raises(OSError, match=r"closed connection|reset"):
            urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=10)
        assert "Traceback" not in (tmp_path / "fake.log").read_text()
    finally:
        fake_server.stop(tmp_path)


def test_the_server_key_is_its_owners_and_a_stranger_of_a_ca_is_not_used(tmp_path: Path) -> None:
    ca, pair = tmp_path / "ca.pem", tmp_path / "server.pem"
    make_authority(ca)
    first = pair.read_bytes()
    assert stat.S_IMODE(pair.stat().st_mode) == 0o600
    make_authority(ca)
    assert pair.read_bytes() == first
    make_authority(tmp_path / "other" / "ca.pem")
    ca.write_bytes((tmp_path / "other" / "ca.pem").read_bytes())
    make_authority(ca)
    assert pair.read_bytes() != first


def test_a_call_whose_answer_was_lost_is_logged_with_what_it_made(cloud: Cloud) -> None:
    admin_call(cloud, "POST", "faults", {"kind": "cut-after", "action": "CreateVpc"})
    make_vpc(cloud, VpcName="lost")
    row = cloud.requests.rows[-1]
    assert row["code"] == "fault:cut-after"
    assert row["parameters"]["VpcName"] == "lost"
    assert row["made"]["VpcId"] in {entry["id"] for entry in cloud.inventory()}


def admin_call(cloud: Cloud, method: str, route: str, data: Any) -> Any:
    request = Request.build(method, f"/_fake/{route}", HEADERS, json.dumps(data).encode())
    answer = admin.handle(cloud, request)
    assert answer.status == 200, answer.body
    return json.loads(answer.body)
