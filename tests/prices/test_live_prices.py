"""Live prices from the fake, by the official clients: what is asked, how it is read, what is kept on disk, what differs from the book."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from fourways.catalog import price_book, prices
from fourways.catalog.facts import HERE, CatalogError
from fourways.catalog.prices import Key
from fourways.cli import cost as cost_command
from fourways.cli import prices as command
from fourways.cli.errors import UserError
from fourways.cloud import clients
from fourways.cloud.errors import CloudError, Outcome
from fourways.fakes.cloud import Cloud
from fourways.fakes.faults import Rule
from fourways.fakes.inprocess import ADDRESS, fake_cloud
from fourways.prices.answers import NOT_ASKED, Answers, Unasked, answer, cache_file
from fourways.prices.ask import ask
from fourways.prices.questions import Question, Unreadable, questions, read
from fourways.prices.renewal import findings

TODAY = date(2026, 12, 1)
SECRET = "a-secret-key-of-nobody"
MACHINE = Key("ecs-instance", "ecs.gn8v.4xlarge", "cn-beijing", "PostPaid")
FOR_A_TERM = Key("ecs-instance", "ecs.gn8v.4xlarge", "cn-beijing", "PrePaid")
DISK = Key("ecs-disk", "cloud_essd PL0", "ap-southeast-1", "PostPaid")
ADDRESS_KEY = Key("eip", "instance", "ap-southeast-1", "PostPaid")
INPUT = Key("tokens", "deepseek-v4-flash input", "ap-southeast-1", "PostPaid")
CACHED = Key("tokens", "deepseek-v4-flash input", "ap-southeast-1", "PostPaid", "hit")
OUTPUT = Key("tokens", "deepseek-v4-flash output", "ap-southeast-1", "PostPaid")
NAT = Key("nat-gateway", "instance", "ap-southeast-1", "PostPaid")
ASKABLE = [MACHINE, FOR_A_TERM, DISK, ADDRESS_KEY, INPUT, CACHED, OUTPUT]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Cloud]:
    environment = {"FOURWAYS_FAKE": ADDRESS, "ALICLOUD_ACCESS_KEY": "test", "ALICLOUD_SECRET_KEY": "test", "XDG_CACHE_HOME": str(tmp_path)}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    clients.forget()
    with fake_cloud() as made:
        yield made
        assert not made.requests.unknown
    clients.forget()


def live(*keys: Key, today: date = TODAY) -> Answers:
    return answer(keys, ask, target="fake", today=today, file=cache_file("fake"))


def calls(cloud: Cloud) -> list[str]:
    return [entry["action"] for entry in cloud.requests.rows]


def test_every_price_that_can_be_asked_for_is_that_of_the_book_on_the_fake(cloud: Cloud) -> None:
    found = live(*ASKABLE)
    assert not found.refused
    for key in ASKABLE:
        listed, asked = prices.book()[key], found.prices[key]
        hours = {"hour": 1, "day": 24, "month": 730}
        old = listed.amount / hours.get(listed.unit, 1)
        assert asked.amount / hours.get(asked.unit, 1) == pytest.approx(old, rel=Decimal("0.001"))
        assert (asked.currency, asked.read_on, asked.assumed) == (listed.currency, TODAY, False)
        assert asked.source.endswith(" of the fake, list price")
    assert found.prices[FOR_A_TERM].unit == "month"
    assert calls(cloud).count("ListModels") == 1, "one answer holds three prices"


def test_a_seeded_price_is_what_is_answered(cloud: Cloud) -> None:
    cloud.seed["prices"] = {"ecs.gn8v.4xlarge": "61.5", "eip": "0.01"}
    found = live(MACHINE, ADDRESS_KEY)
    assert (found.prices[MACHINE].amount, found.prices[ADDRESS_KEY].amount) == (Decimal("61.5"), Decimal("0.01"))
    assert found.find(*MACHINE[:4]).amount == Decimal("61.5")  # type: ignore[union-attr]
    assert found.find(*NAT[:4]) == prices.price(*NAT[:4]), "the book's where there is no live one"


@pytest.mark.parametrize(("key", "unit"), [(MACHINE, "hour"), (FOR_A_TERM, "month")])
def test_billing_is_asked_where_ecs_does_not_tell_its_prices(cloud: Cloud, key: Key, unit: str) -> None:
    """DescribePrice is not for every account: its documentation says InvalidAction for the others."""
    cloud.faults.add(Rule(action="DescribePrice", kind="error", code="InvalidAction", status=400))
    found = live(key)
    assert (found.prices[key].unit, found.prices[key].source.split()[0]) == (unit, "BssOpenApi")
    assert calls(cloud)[0] == "DescribePrice"


def test_what_is_refused_says_why_and_what_nobody_documents_is_not_asked(cloud: Cloud) -> None:
    gone = Key("ecs-instance", "ecs.never.large", "cn-beijing", "PostPaid")
    found = live(gone, NAT)
    assert not found.prices
    assert "ECS DescribePrice: DescribePrice: InvalidInstanceType.ValueNotSupported" in found.refused[gone]
    assert "BssOpenApi GetPayAsYouGoPrice" in found.refused[gone]
    assert found.refused[NAT] == NOT_ASKED
    assert "nat" not in json.dumps(calls(cloud)).lower()


def test_a_model_with_prices_by_time_is_not_guessed_at(cloud: Cloud) -> None:
    key = Key("tokens", "qwen-plus input", "cn-beijing", "PostPaid")
    assert live(key).refused[key] == "ModelStudio ListModels: input in the time bands 00:00-08:00, 08:00-24:00"
    assert calls(cloud) == ["ListModels"]


def test_answers_are_kept_for_the_day_with_nothing_of_the_account(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALICLOUD_SECRET_KEY", "test")
    first = live(MACHINE, INPUT)
    asked = len(calls(cloud))
    assert live(MACHINE, INPUT) == first
    assert len(calls(cloud)) == asked
    text = cache_file("fake").read_text(encoding="utf-8")
    assert text.count('"2026-12-01"') == 2
    assert not [word for word in ("test", "1000000000000001", "Signature", "AccessKey") if word in text]
    live(MACHINE, today=TODAY + timedelta(1))
    assert len(calls(cloud)) == asked + 1, "what was asked yesterday is asked again"
    assert cache_file("cloud") != cache_file("fake")


def test_a_cache_that_is_none_is_told(cloud: Cloud) -> None:  # noqa: ARG001
    cache_file("fake").parent.mkdir(parents=True)
    cache_file("fake").write_text('{"prices": 3}', encoding="utf-8")
    with pytest.raises(CatalogError, match="delete it"):
        live(MACHINE)


@pytest.mark.parametrize("outcome", [Outcome.UNSENT, Outcome.THROTTLED])
def test_without_a_connection_nothing_more_is_asked(outcome: Outcome, tmp_path: Path) -> None:
    asked = []

    def nobody(question: Question) -> Mapping[str, Any]:
        asked.append(question)
        raise CloudError(question.action, outcome=outcome, message="nothing there")

    with pytest.raises(Unasked, match="nothing there"):
        answer([MACHINE, DISK], nobody, target="cloud", today=TODAY, file=tmp_path / "cache.json")
    assert len(asked) == 1
    assert not (tmp_path / "cache.json").exists()


MACHINES = {"DetailInfo": [{"Resource": "instanceType", "OriginalPrice": 54.0}, {"Resource": "systemDisk", "OriginalPrice": 6.0}]}
TOTAL: dict[str, Any] = {"Currency": "CNY", "OriginalPrice": 60.0, "DetailInfos": MACHINES}


def test_the_price_of_an_instance_is_without_its_disk() -> None:
    assert read(MACHINE, questions(MACHINE)[0], {"PriceInfo": {"Price": TOTAL}}).amount == 54


@pytest.mark.parametrize(
    ("answered", "says"),
    [
        ({}, "no object PriceInfo"),
        ({"PriceInfo": {"Price": {**TOTAL, "DetailInfos": {"DetailInfo": []}}}}, "0 entries have the Resource"),
        ({"PriceInfo": {"Price": {**TOTAL, "DetailInfos": {"DetailInfo": ["54"]}}}}, "no list of objects DetailInfo"),
        ({"PriceInfo": {"Price": {**TOTAL, "Currency": None}}}, "the currency is None"),
        ({"PriceInfo": {"Price": {**TOTAL, "DetailInfos": {"DetailInfo": [{"Resource": "instanceType", "OriginalPrice": 0}]}}}}, "is 0"),
        ({"PriceInfo": {"Price": {**TOTAL, "DetailInfos": {"DetailInfo": [{"Resource": "instanceType"}]}}}}, "the amount is None"),
    ],
)
def test_an_answer_of_another_shape_is_no_price(answered: dict[str, Any], says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read(MACHINE, questions(MACHINE)[0], answered)


def test_a_refusal_of_billing_is_no_price() -> None:
    with pytest.raises(Unreadable, match="refused: NotApplicable: not for you"):
        read(ADDRESS_KEY, questions(ADDRESS_KEY)[0], {"Success": False, "Code": "NotApplicable", "Message": "not for you"})


def test_findings_compare_by_the_hour_and_never_two_currencies(cloud: Cloud) -> None:
    cloud.seed["prices"] = {"ecs.gn8v.4xlarge": "61.56", "eip": "0.006"}
    keys = (MACHINE, DISK, ADDRESS_KEY, NAT)
    by_key = {one.key: one for one in findings([(key, prices.book()[key]) for key in keys], live(*keys))}
    assert (by_key[MACHINE].change, by_key[MACHINE].share) == ("changed", Decimal("0.14"))
    assert by_key[DISK].change == "same", "a month in the book, an hour in the answer"
    assert by_key[ADDRESS_KEY].change == "same"
    assert (by_key[NAT].change, by_key[NAT].why) == ("not asked", NOT_ASKED)
    euros = by_key[MACHINE].new.model_copy(update={"currency": "EUR"})  # type: ignore[union-attr]
    other = findings([(MACHINE, prices.book()[MACHINE])], Answers({MACHINE: euros}))[0]
    assert (other.change, other.share) == ("other currency", None)


def test_the_command_shows_what_differs_and_writes_it_into_a_copy(cloud: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.seed["prices"] = {"ecs.gn8v.4xlarge": "61.5"}
    book = tmp_path / "prices.yaml"
    book.write_text((HERE / "prices.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    given: dict[str, Any] = {"fake": True, "regions": ["cn-beijing"], "kinds": ["ecs-instance"], "book": book}
    assert command.renew(**given, write=False, output="json") == 1
    told = {(one["item"], one["charge_type"]): one for one in json.loads(capsys.readouterr().out)}
    one = told["ecs.gn8v.4xlarge", "PostPaid"]
    assert (one["change"], one["old"]["amount"], one["new"]["amount"], one["new"]["source"]) == (
        "changed", "54", "61.5", "ECS DescribePrice of the fake, list price",
    )  # fmt: skip
    assert book.read_text(encoding="utf-8") == (HERE / "prices.yaml").read_text(encoding="utf-8")
    assert command.renew(**given, write=True, output="text") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "target: fake" in said
    assert "changed" in said
    parsed = yaml.safe_load(book.read_text(encoding="utf-8"))
    rows = price_book.check_rows({**parsed["defaults"], **row} for row in parsed["rows"])
    amounts = {
        (region, row.charge_type): row.amounts["ecs.gn8v.4xlarge"]
        for row in rows
        if "ecs.gn8v.4xlarge" in row.amounts
        for region in row.regions
    }
    assert amounts["cn-beijing", "PostPaid"] == Decimal("61.5")
    assert amounts["ap-southeast-1", "PostPaid"] == Decimal(54)


def test_made_up_prices_do_not_get_into_the_book(cloud: Cloud) -> None:
    with pytest.raises(UserError, match="made up"):
        command.renew(fake=True, regions=[], kinds=["eip"], write=True, book=None, output="text")
    assert calls(cloud) == []
    with pytest.raises(UserError, match="kinds: alb, "):
        command.renew(fake=True, regions=[], kinds=["moon"], write=False, book=None, output="text")


def test_old_prices_are_listed_and_the_exit_code_says_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert command.show(stale=False, output="json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == len(prices.book())
    later = type("Later", (date,), {"today": staticmethod(lambda: date(2027, 3, 1))})
    monkeypatch.setattr(command, "date", later)
    assert command.show(stale=True, output="json") == 1
    kinds = {row["kind"] for row in json.loads(capsys.readouterr().out)}
    assert kinds == {"tokens", "maker-tokens"}, "trusted 90 days; the rest 180"


def test_an_estimate_takes_live_prices_where_there_are_some(cloud: Cloud) -> None:
    cloud.seed["prices"] = {"ecs.gn8v.4xlarge": "61.5"}
    inputs = {"region": "ap-southeast-1", "instanceType": "ecs.gn8v.4xlarge", "systemDiskCategory": "cloud_essd", "systemDiskSize": 40}
    urn = "urn:pulumi:s::p::{}::it"
    listed = [
        {"urn": urn.format(type_), "type": type_, "custom": True, "inputs": given}
        for type_, given in (
            ("alicloud:ecs/instance:Instance", inputs),
            ("alicloud:vpc/natGateway:NatGateway", {"region": "ap-southeast-1"}),
        )
    ]
    state = {"version": 3, "deployment": {"resources": listed}}
    answers = cost_command.live_prices(state, "fake", TODAY)
    rows = cost_command.costs.estimate_state(state, find=answers.find).rows
    assert [(row.read_on, row.unit) for row in rows if row.part == "system disk"] == [(TODAY, "hour")]
    assert {(row.hourly, row.source) for row in rows if row.billed.startswith("ECS instance")} == {
        (Decimal("61.5"), "ECS DescribePrice of the fake, list price")
    }
    assert answers.refused == {NAT: NOT_ASKED}
