"""Reservations and model units that were left behind: listed with what they are, released step by step, and what cannot be seen is said."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fourways.cleanup import Options, RealCloud, Result, delete, look, plan, unseen
from fourways.cleanup.kinds import KINDS
from fourways.cleanup.kinds.ptu_reservation import look_up
from fourways.cleanup.wanted import NotEnoughError, Wanted
from fourways.cloud import clients, name_marks
from fourways.cloud.dashscope import HOSTS, DashScope
from fourways.fakes.accounts import DEFAULT_ACCOUNT_ID
from fourways.fakes.cloud import Cloud
from fourways.fakes.inprocess import ADDRESS, fake_cloud
from fourways.fakes.services.modelstudio.backend import ModelStudioBackend
from fourways.fakes.services.modelstudio.records import Auth

REGION = "ap-southeast-1"
DEPLOYMENTS = [kind for kind in KINDS if kind.name in ("ptu-reservation", "model-unit-deployment")]
URN = "urn:pulumi:chat::fourways::fourways:modelstudio:Reservation::peak"
BASE = "/api/v1/deployments"
Buy = Callable[..., str]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    for name, value in {"FOURWAYS_FAKE": ADDRESS, "ALICLOUD_ACCESS_KEY": "test", "ALICLOUD_SECRET_KEY": "test"}.items():
        monkeypatch.setenv(name, value)
    clients.forget()
    with fake_cloud() as cloud:
        studio = cloud.backend(ModelStudioBackend, DEFAULT_ACCOUNT_ID, REGION)
        monkeypatch.setenv("DASHSCOPE_API_KEY", studio.add_key(studio.default, "test", "tests", Auth()).value)
        yield cloud
        assert not cloud.requests.unknown


@pytest.fixture
def buy(fake: Cloud) -> Buy:
    def order(**more: Any) -> str:
        body = {"name": name_marks.write("peak", URN), "model_name": "deepseek-v4-flash", **more}
        key = next(iter(fake.backend(ModelStudioBackend, DEFAULT_ACCOUNT_ID, REGION).keys.values())).value
        made = DashScope(HOSTS[REGION], key).call("CreateDeployment", "POST", BASE, body=body)
        fake.clock.advance(60)
        return str(made["deployed_model"])

    return order


PTU = {"plan": "ptu", "charge_type": "post_paid", "ptu_capacity": {"input_tpm": 200, "output_tpm": 20}}
PREPAID = {**PTU, "charge_type": "pre_paid", "pre_paid_info": {"duration": 2, "auto_renewal": False}}
UNITS = {"plan": "mu", "deploy_spec": "MU1", "capacity": 8, "billing_method": "POST_PAY"}


def sweep(fake: Cloud, *named: str) -> Result:
    options = Options(project="fourways", now=datetime.fromtimestamp(fake.clock.now(), UTC) + timedelta(hours=1), named=frozenset(named))
    leftovers = plan(look(RealCloud(), [REGION], "fourways", DEPLOYMENTS), [], options)
    return delete(leftovers, RealCloud(), kinds=DEPLOYMENTS, pause=lambda: fake.clock.advance(5), rounds=8)


def test_postpaid_things_of_a_named_stack_go_and_others_stay(fake: Cloud, buy: Buy) -> None:
    buy(**PTU)
    buy(**UNITS)
    theirs = buy(**PTU, name="made in the console")
    assert {thing.kind for thing in look(RealCloud(), [REGION], "fourways", DEPLOYMENTS)} == {kind.name for kind in DEPLOYMENTS}
    assert len(sweep(fake).kept) == 2  # their environment is not known: the stack must be named
    result = sweep(fake, "chat")
    assert result.clean
    assert [row["id"] for row in fake.inventory() if row["kind"] in ("ptu-reservation", "model-unit-deployment")] == [theirs]


def test_a_term_that_runs_is_listed_until_it_has_ended(fake: Cloud, buy: Buy) -> None:
    buy(**PREPAID)
    result = sweep(fake, "chat")
    (kept,) = result.kept
    assert kept.kept.startswith("prepaid until 20")
    assert kept.kept.endswith("(UTC+8): no call ends the term")
    fake.clock.advance(2 * 86_400 + 3 * 3600)
    assert sweep(fake, "chat").clean
    assert not [row for row in fake.inventory() if row["kind"] == "ptu-reservation"]


def test_what_cannot_be_looked_for_is_said(fake: Cloud, buy: Buy, monkeypatch: pytest.MonkeyPatch) -> None:
    buy(**PTU)
    assert unseen(RealCloud(), [REGION]) == []
    other = fake.backend(ModelStudioBackend, DEFAULT_ACCOUNT_ID, REGION).add_workspace("another")
    (line,) = unseen(RealCloud(), [REGION])
    assert "of all workspaces in ap-southeast-1 but that of DASHSCOPE_API_KEY" in line
    assert other.id in line
    (line,) = unseen(RealCloud(), ["cn-beijing"])
    assert "DASHSCOPE_API_KEY is no key of cn-beijing" in line
    monkeypatch.delenv("DASHSCOPE_API_KEY")
    (line,) = unseen(RealCloud(), [REGION])
    assert "no DASHSCOPE_API_KEY is set" in line
    assert look(RealCloud(), [REGION], "fourways", DEPLOYMENTS) == []
    with pytest.raises(NotEnoughError, match="no DASHSCOPE_API_KEY is set"):
        list(look_up(RealCloud(), Wanted(urn=URN, type="fourways:modelstudio:Reservation", region=REGION)))


def test_a_cut_off_create_is_looked_up_by_its_mark(buy: Buy) -> None:
    made = buy(**PTU)
    (found,) = look_up(RealCloud(), Wanted(urn=URN, type="fourways:modelstudio:Reservation", region=REGION))
    assert found.id == made
    assert not list(look_up(RealCloud(), Wanted(urn=URN + "-other", type="fourways:modelstudio:Reservation", region=REGION)))


def test_a_mark_reads_back_whatever_the_name_and_stays_short() -> None:
    for name in ("", "x", "deepseek_v4_flash_prod", "--", "a--b", "n" * 80):
        marked = name_marks.write(name, URN)
        assert len(marked) <= name_marks.LENGTH
        assert name_marks.carried(marked, URN)
        assert name_marks.read(marked)[1]["fourways-stack"] == "chat"
        assert name.startswith(name_marks.read(marked)[0])
    odd = URN.replace("chat", "a--b")
    assert name_marks.carried(name_marks.write("x--y", odd), odd)
    assert not name_marks.carried(name_marks.write("x", odd), URN)
    assert name_marks.read("made in the console") == ("made in the console", {})
