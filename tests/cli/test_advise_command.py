"""`fourways advise`: how a workload is given, and what is wrong with one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fourways.cli.advise import Wanted, number, workload_of
from fourways.cli.errors import USAGE, UserError
from fourways.cli.main import app
from stacks.settings import json_schema, load
from tests.advisor.samples import point, results
from tests.stacks.stack_files import GOOD

FILE = """
workload:
  tokensPerDay: 8000000
  hours: {start: 9, end: 18, days: [monday, friday]}
  team: {size: 2, hourlyRate: 90, currency: USD, hoursPerMonth: {bare-metal: 40}}
"""


def wrong(wanted: Wanted) -> str:
    with pytest.raises(UserError) as error:
        workload_of(wanted)
    assert error.value.exit_code == USAGE
    return str(error.value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("8M", "8000000"),
        ("500k", "500000"),
        ("2.6bn", "2600000000.0"),
        ("1.5G", "1500000000.0"),
        ("8,000,000", "8000000"),
        ("0.3", "0.3"),
        ("8Q", "8Q"),
        ("", ""),
    ],
)
def test_numbers_with_units(written: str, value: str) -> None:
    assert number(written) == value


def test_a_file_and_options_above_it(tmp_path: Path) -> None:
    path = tmp_path / "workload.yaml"
    path.write_text(FILE)
    load_, region = workload_of(Wanted(workload=path, fields={"hours.end": "17", "peakTpm": "500k", "days": None}))
    assert (load_.hours.start, load_.hours.end, load_.hours.days) == (9, 17, ("monday", "friday"))
    assert (load_.peak_tpm, load_.tokens_per_day, region) == (500_000, 8_000_000, "ap-southeast-1")
    assert load_.team is not None
    assert load_.team.hours_per_month == {"bare-metal": 40}


def test_the_workload_of_a_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "Pulumi.chat.yaml"
    path.write_text(
        json.dumps(
            {"config": {**GOOD, "alicloud:region": "ap-southeast-1", "fourways:workload": {"tokensPerDay": 8000000, "peakTpm": 90000}}}
        )
    )
    monkeypatch.setattr("fourways.cli.advise.stack_file", lambda _: path)
    load_, region = workload_of(Wanted(stack="chat", fields={"tokensPerDay": "9M"}))
    assert (load_.tokens_per_day, load_.peak_tpm, region) == (9_000_000, 90_000, "ap-southeast-1")
    assert workload_of(Wanted(stack="chat", region="cn-beijing"))[1] == "cn-beijing"


def test_restricted_data_asks_for_capacity_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "Pulumi.chat.yaml"
    monkeypatch.setattr("fourways.cli.advise.stack_file", lambda _: path)
    for data, isolation in (("restricted", "dedicated"), ("internal", "shared")):
        path.write_text(json.dumps({"config": {**GOOD, "fourways:data": data, "fourways:workload": {"tokensPerDay": 8000000}}}))
        assert workload_of(Wanted(stack="chat"))[0].isolation == isolation
        path.write_text(json.dumps({"config": {**GOOD, "fourways:data": data}}))
        assert workload_of(Wanted(stack="chat", fields={"tokensPerDay": "8M"}))[0].isolation == isolation


def test_a_stack_may_say_its_workload_and_the_schema_knows_it() -> None:
    settings = load({**GOOD, "fourways:workload": json.dumps({"tokensPerDay": 8000000, "outputShare": 0.25})}, stack="chat")
    assert settings.workload is not None
    assert settings.workload.tokens_per_day == 8_000_000
    assert load(GOOD, stack="chat").workload is None
    schema = json_schema()
    assert "fourways:workload" in schema["properties"]["config"]["properties"]
    assert {"tokensPerDay", "peakTpm", "hours", "team"} <= set(schema["$defs"]["Workload"]["properties"])


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "allowed: tokens on a day of use, input and output together, above 0; to do: give it (--tokens-per-day 8M)"),
        ({"tokensPerDay": "many"}, 'tokensPerDay: given "many"; allowed: tokens on a day of use'),
        ({"tokensPerDay": "-1"}, "tokensPerDay: given"),
        ({"tokensPerDay": "8M", "outputShare": "1.5"}, 'outputShare: given "1.5"; allowed: which part of all tokens is output, 0 to 1'),
        ({"tokensPerDay": "8M", "isolation": "none"}, "allowed: shared (capacity used by others, too, will do) or dedicated"),
        (
            {"tokensPerDay": "8M", "hours.start": "18", "hours.end": "9"},
            "end is after start: 18 to 9 is nothing; use over midnight is start 0, end 24",
        ),
        ({"tokensPerDay": "8M", "hours.days": "monday,funday"}, 'hours.days.1: given "funday"; allowed: days of the week'),
        ({"tokensPerDay": "8M", "hours.zone": "Mars"}, "'Mars' is no IANA time zone"),
        ({"tokensPerDay": "8M", "peakTpm": "1k"}, "peakTpm is 1000, but 8000000 tokens in 24 hours are 5,556 a minute on the mean"),
        ({"tokensPerDay": "8M", "team.size": "2"}, "team.hourlyRate: given nothing; allowed: what an hour of one costs"),
    ],
)
def test_what_is_wrong_is_said_with_what_is_allowed(fields: dict[str, str], words: str) -> None:
    assert words in wrong(Wanted(fields=fields))


def test_all_mistakes_are_told_at_once() -> None:
    said = wrong(Wanted(fields={"outputShare": "2", "isolation": "x"}))
    assert said.count("; to do: ") == 3


def test_wrong_files_regions_and_both_sources(tmp_path: Path) -> None:
    path = tmp_path / "workload.yaml"
    assert "cannot be read as YAML (FileNotFoundError" in wrong(Wanted(workload=path))
    path.write_text("- a list")
    assert "has no mapping of keys: write tokensPerDay" in wrong(Wanted(workload=path))
    path.write_text("tokensperday: 8000000")
    assert "tokensperday: given an unknown key; allowed: tokensPerDay, outputShare" in wrong(Wanted(workload=path))
    assert 'did you mean "tokensPerDay"?' in wrong(Wanted(workload=path))
    assert "give one of them" in wrong(Wanted(workload=path, stack="chat"))
    said = wrong(Wanted(region="ap-southeast-9", fields={"tokensPerDay": "8M"}))
    assert "--region ap-southeast-9 is not known; allowed: ap-southeast-1, " in said


def advise(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["advise", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_json_markdown_text_and_page(tmp_path: Path) -> None:
    usual = ("--tokens-per-day", "8M", "--currency-rate", "USD=7.1CNY", "--region", "cn-beijing")
    data = json.loads(advise(*usual, "--format", "json"))
    assert (data["recommendation"], data["kind"], data["workload"]["tokensPerDay"]) == ("token API", "token", "8000000")
    assert data["headline"] in advise(*usual, "--format", "markdown")
    page = tmp_path / "advice.html"
    assert str(page)[-12:] in advise(*usual, "--html", str(page)).replace("\n", "")
    assert data["headline"] in page.read_text()


def test_results_of_the_fake_and_of_another_region_are_refused(tmp_path: Path) -> None:
    fake = results(tmp_path / "fake", point(8, 3000), target="fake")
    real = results(tmp_path / "real", point(8, 3000))
    with pytest.raises(UserError, match="was measured on the fake, whose throughput is made up: no advice is given"):
        advise("--tokens-per-day", "8M", "--results", str(fake))
    with pytest.raises(
        UserError, match="results of mu-beijing are of cn-beijing, the advice is for ap-southeast-1: give --region cn-beijing"
    ):
        advise("--tokens-per-day", "8M", "--results", str(real))
    again = results(tmp_path / "again", point(8, 3000), kind="eas")
    with pytest.raises(UserError, match="several results are of model-unit: give one of each way of serving"):
        advise("--tokens-per-day", "8M", "--region", "cn-beijing", "--results", str(real), "--results", str(again))
    with pytest.raises(UserError, match="has no results that can be read"):
        advise("--tokens-per-day", "8M", "--results", str(tmp_path))
    used = json.loads(advise("--tokens-per-day", "8M", "--region", "cn-beijing", "--results", str(real), "--format", "json"))
    assert "Model Units, by the hour: measured in real, point c8" in used["rests_on"]


def test_the_workload_in_the_docs_can_be_used(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "advise.md").read_text()
    path = tmp_path / "workload.yaml"
    path.write_text(page.split("```yaml\n")[1].split("```")[0])
    load_, _ = workload_of(Wanted(workload=path))
    assert (load_.peak_tpm, load_.team is not None, load_.growth is not None) == (500_000, True, True)
