"""What is found out before anything is bought: everything that is in the way, at once; what the budget does not watch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import psutil
import pytest
import yaml
from typer.testing import CliRunner

from fourways.benchmark.plan import Plan
from fourways.benchmark.retries import Retry
from fourways.cli import ephemeral, ephemeral_plan, ephemeral_runs
from fourways.cli.bench import Wanted
from fourways.cli.ephemeral_plan import make_copies, preview_copies, unwatched
from fourways.cli.errors import USAGE, UserError
from fourways.cli.main import app
from fourways.cli.workspace import Workspace
from fourways.costs.rates import Rates
from fourways.ephemeral import journal as journals
from fourways.ephemeral.budget import Limits
from stacks.stack_file import read_config
from tests.cli.test_ephemeral_run import a_journal

STACKS = Path(__file__).resolve().parents[2] / "stacks"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
GROUP, KEY = "fourways:eas:ResourceGroup", "fourways:modelstudio:ApiKey"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stack files that a test may spoil."""
    for source in STACKS.glob("Pulumi.*-singapore.yaml"):
        (tmp_path / source.name).write_text(source.read_text())
    monkeypatch.setattr(ephemeral_plan, "stack_file", lambda stack: tmp_path / f"Pulumi.{stack}.yaml")
    return tmp_path


def spoil(files: Path, stack: str, part: str, **change: Any) -> None:
    path = files / f"Pulumi.{stack}.yaml"
    config = read_config(path)
    config["fourways:serving"][part] |= change
    path.write_text(yaml.safe_dump({"config": config}))


def test_what_is_wrong_with_any_stack_is_told_at_once(files: Path) -> None:
    spoil(files, "mu-singapore", "capacity", chargeType="PrePaid")
    spoil(files, "ptu-singapore", "reservation", inputTpm=0)
    spoil(files, "payg-singapore", "gateway", replicas="many")
    stacks = ("mu-singapore", "ptu-singapore", "payg-singapore", "token-singapore")
    made, problems = make_copies(stacks, "abc123", NOW, "3h", take_terms_out=False, let_in=[])
    assert [copy.source for copy in made] == ["token-singapore"]
    assert len(problems) == 3
    for problem, said in zip(problems, ("capacity.chargeType is PrePaid", "inputTpm", "replicas"), strict=True):
        assert said in problem
    assert "the copy of ptu-singapore" in problems[1]


def test_terms_are_taken_out_of_the_copy_alone(files: Path) -> None:
    spoil(files, "mu-singapore", "capacity", chargeType="PrePaid")
    before = (files / "Pulumi.mu-singapore.yaml").read_text()
    (copy,), problems = make_copies(["mu-singapore"], "abc123", NOW, "3h", take_terms_out=True, let_in=[])
    assert problems == []
    assert "PrePaid" not in copy.text
    assert (files / "Pulumi.mu-singapore.yaml").read_text() == before


@dataclass
class Stub:
    """What a preview needs of a workspace; `said` are the events of each preview in turn."""

    stacks: Path
    said: list[list[dict[str, Any]]] = field(default_factory=list)

    def read(self, *_: str) -> str:
        return ""


def resource(type_: str, stack: str, **inputs: Any) -> dict[str, Any]:
    urn = f"urn:pulumi:{stack}::fourways::{type_}::it"
    state = {"urn": urn, "type": type_, "custom": True, "inputs": {"region": "ap-southeast-1", **inputs}}
    return {"sequence": 1, "resourcePreEvent": {"metadata": {"op": "create", "urn": urn, "type": type_, "new": state}}}


def passed() -> dict[str, Any]:
    return {"sequence": 2, "policyAnalyzeSummaryEvent": {"policyPackName": "fourways", "policyPackVersion": "1", "passed": ["a-rule"]}}


def broken(rule: str) -> dict[str, Any]:
    told = {"policyName": rule, "policyPackName": "fourways", "enforcementLevel": "mandatory", "message": "no good", "resourceUrn": "x::it"}
    return {"sequence": 3, "policyEvent": told}


def failed(message: str) -> dict[str, Any]:
    return {"sequence": 4, "diagnosticEvent": {"severity": "error", "message": message}}


def machines(charge: str = "PostPaid", type_: str = "ml.gu8tef.4.23xlarge") -> dict[str, Any]:
    return resource(GROUP, "s", instanceType=type_, instanceCount=1, chargeType=charge)


def previewed(files: Path, monkeypatch: pytest.MonkeyPatch, *events: list[dict[str, Any]], account: str = "1" * 16) -> Any:
    stacks = ("mu-singapore", "token-singapore")[: len(events)]
    made, _ = make_copies(stacks, "abc123", NOW, "3h", take_terms_out=False, let_in=[])
    left = list(events)
    monkeypatch.setattr(ephemeral_plan, "preview", lambda *_: "\n".join(json.dumps(event) for event in left.pop(0)))
    return preview_copies(cast(Workspace, Stub(files)), made, Plan(), account, tell=lambda _: None)


def test_rules_failures_and_terms_of_all_previews_are_told_at_once(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    priced, problems = previewed(
        files,
        monkeypatch,
        [machines("PrePaid"), passed(), broken("benchmark-ttl")],
        [resource(KEY, "s"), passed(), failed("no such model")],
    )
    assert priced == []
    assert [problem.split(":")[0] for problem in problems] == ["mu-singapore", "mu-singapore", "token-singapore"]
    assert "policy benchmark-ttl refuses it: no good" in problems[0]
    assert "it is prepaid" in problems[1]
    assert "no such model" in problems[2]


def test_capacity_at_an_unknown_price_is_in_the_way(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    priced, problems = previewed(files, monkeypatch, [machines(type_="ml.gu8tef.4.unheard"), passed()])
    assert priced == []
    assert len(problems) == 1
    assert "it has no known price (" in problems[0]
    assert "no budget can be kept" in problems[0]


def test_a_preview_that_no_policy_saw_is_no_preview(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, problems = previewed(files, monkeypatch, [machines()])
    assert problems == ["mu-singapore: no policy was run over it"]


def test_a_stack_that_pins_another_account_is_in_the_way(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = files / "Pulumi.mu-singapore.yaml"
    path.write_text(yaml.safe_dump({"config": {**read_config(path), "fourways:account": "9876543210987654"}}))
    _, problems = previewed(files, monkeypatch, [machines(), passed()])
    assert len(problems) == 1
    assert "9876543210987654" in problems[0]


def test_what_the_budget_does_not_watch_is_named(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = resource("alicloud:vpc/natGateway:NatGateway", "s")
    unknown = resource("alicloud:of/nobody:Thing", "s")
    priced, problems = previewed(files, monkeypatch, [machines(), gateway, unknown, passed()], [resource(KEY, "s"), passed()])
    assert problems == []
    assert priced[0].prices.hourly["CNY"] == Decimal(216)
    apart = unwatched(priced, Limits.parse(["500CNY"], ["CNY", "USD"], Rates()))
    assert [line.split(":")[0] for line in apart] == ["mu-singapore", "mu-singapore", "token-singapore"]
    assert "billed in USD" in apart[0]
    assert "it (this type is not in the price book)" in apart[1]
    assert len(unwatched(priced, Limits.parse(["500CNY"], ["CNY", "USD"], Rates.parse(["USD=7CNY"])))) == 1


@pytest.mark.parametrize(
    "arguments",
    [["bench"], ["bench", "--stack", "x", "--budget", "20CNY"], ["bench", "--stacks", "x,y"], ["bench", "--stack", "x", "--postpaid"],
     ["bench", "--ephemeral", "--stack", "x", "--hourly-price", "2CNY"]],
)  # fmt: skip
def test_options_that_do_not_go_together_are_a_usage_error(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, arguments).exit_code == USAGE


@pytest.mark.parametrize(
    ("change", "said"),
    [({"ttl": "soon"}, "no time to live"), ({"rates": ("USD=7",)}, "--currency-rate"), ({"stacks": ("a", "a")}, "named twice")],
)
def test_options_that_cannot_be_read_are_refused_before_anything_runs(change: dict[str, Any], said: str) -> None:
    measured = Wanted(
        stack="a", fake=True, concurrency="1", rate="", seconds=1, requests=None, input="9", output="4", prefix_share=0, prefixes=1, slo="",
        retry=Retry.none, timeout=1, seed=0, hourly_price=None, scheduler=None, out=None,
    )  # fmt: skip
    asked = ephemeral.Asked(wanted=measured, stacks=("a",), ttl="3h", budget=("20CNY",), rates=(), postpaid=False, let_in=(), yes=True)
    with pytest.raises(UserError, match=said) as raised:
        ephemeral.ephemeral(replace(asked, **change))
    assert raised.value.exit_code == USAGE


def test_a_run_that_goes_on_is_not_taken_down(tmp_path: Path) -> None:
    mine = replace(a_journal(tmp_path, []), process=ephemeral_runs.this_process())
    assert not ephemeral_runs.is_dead(mine)
    with pytest.raises(UserError, match="still at work"):
        ephemeral_runs.clean(cast(Workspace, Stub(tmp_path)), mine)
    assert ephemeral_runs.is_dead(replace(mine, process=replace(mine.process, started=mine.process.started - 3600)))


def test_a_killed_run_is_dead_although_its_parent_has_not_asked_for_it(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    started = psutil.Process(process.pid).create_time()
    its = replace(a_journal(tmp_path, []), process=replace(ephemeral_runs.this_process(), pid=process.pid, started=started))
    assert not ephemeral_runs.is_dead(its)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert ephemeral_runs.is_dead(its)
    process.communicate()


def test_a_run_that_is_not_there_is_told_with_those_that_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "abc123").mkdir()
    journals.write(a_journal(tmp_path / "abc123", []))
    monkeypatch.setattr(ephemeral_runs, "folder_of", lambda _: tmp_path)
    base = cast(Workspace, Stub(tmp_path))
    assert ephemeral_runs.named(base, "abc123").run == "abc123"
    with pytest.raises(UserError, match=r"no run 'zzz999'.*there are: abc123"):
        ephemeral_runs.named(base, "zzz999")
