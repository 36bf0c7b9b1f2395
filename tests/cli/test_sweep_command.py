"""`fourways sweep` on the fake in this process: its exit codes, its JSON, and what it does with runs that were killed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from fourways.cleanup import RealCloud, Records
from fourways.cli import ephemeral_runs, sweep, sweep_states
from fourways.cli.errors import UserError
from fourways.cloud import clients, ownership
from fourways.ephemeral.journal import Entry, Journal, Process
from fourways.fakes.clock import Clock
from fourways.fakes.cloud import Cloud
from fourways.fakes.faults import Rule
from fourways.fakes.inprocess import ADDRESS, fake_cloud

REGION = "ap-southeast-1"
WANTED = sweep.Wanted(regions=(REGION,), yes=True)
Make = Callable[..., str]


@dataclass
class Place:
    """A workspace without Pulumi: its states are what is put into it."""

    exports: dict[str, dict[str, Any]] = field(default_factory=dict)
    fake: Any = None

    def enter(self) -> None:
        """The test's environment is the fake's already."""

    def state_stacks(self) -> list[str]:
        return list(self.exports)

    def state(self, stack: str) -> dict[str, Any]:
        return self.exports[stack]

    def capture(self, *arguments: str) -> CompletedProcess[str]:
        assert arguments[:3] == ("stack", "export", "--show-secrets")
        return CompletedProcess(arguments, 0, json.dumps(self.exports[arguments[-1]]), "")


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Place:
    made = Place()
    monkeypatch.setattr(sweep, "current_workspace", lambda *, fake: made)  # noqa: ARG005 - the place is the fake's
    monkeypatch.setattr(sweep, "say_target", lambda _: None)
    monkeypatch.setattr(ephemeral_runs, "unfinished", lambda _: [])
    return made


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, place: Place) -> Iterator[Cloud]:  # noqa: ARG001 - to be there first
    for name, value in {"FOURWAYS_FAKE": ADDRESS, "ALICLOUD_ACCESS_KEY": "test", "ALICLOUD_SECRET_KEY": "test"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DASHSCOPE_API_KEY", raising=False)
    clients.forget()
    with fake_cloud(Clock()) as cloud:
        yield cloud
    clients.forget()


@pytest.fixture
def vpc(fake: Cloud) -> Make:  # noqa: ARG001 - what is asked is the fake
    def make(stack: str, environment: str, expires: str | None = None) -> str:
        tags = ownership.tags(project="fourways", stack=stack, environment=environment, owner="o", expires_at=expires)
        asked = {"CidrBlock": "10.0.0.0/16", "Tag": [{"Key": key, "Value": value} for key, value in tags.items()]}
        return str(RealCloud().call("vpc", "2016-04-28", "CreateVpc", asked, REGION)["VpcId"])

    return make


PAST = "2020-01-01T00:00:00Z"


def document(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.usefixtures("fake")
def test_an_empty_account_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    assert sweep.sweep(WANTED) == sweep.CLEAN
    said = capsys.readouterr()
    assert "Nothing is left behind in ap-southeast-1." in said.out
    assert "not looked for: reservations and model units" in said.err  # no key is there: told, but no workspace of ours is either


def test_a_dry_run_tells_and_changes_nothing(fake: Cloud, vpc: Make, capsys: pytest.CaptureFixture[str]) -> None:
    made = vpc("bench", "benchmark", PAST)
    assert sweep.sweep(replace(WANTED, output="json")) == sweep.LEFT
    (row,) = document(capsys)["leftovers"]
    assert (row["id"], row["found_by"], row["kept"]) == (made, ["tag"], None)
    assert sweep.sweep(WANTED) == sweep.LEFT
    assert "`fourways sweep --delete` would delete 1 of these 1" in " ".join(capsys.readouterr().out.split())
    assert [one["id"] for one in fake.inventory()] == [made]


def test_deleted_is_clean_and_what_is_kept_is_not(fake: Cloud, vpc: Make, capsys: pytest.CaptureFixture[str]) -> None:
    gone = vpc("bench", "benchmark", PAST)
    kept = vpc("chat", "production")
    assert sweep.sweep(replace(WANTED, delete=True, output="json")) == sweep.LEFT
    assert (document(capsys)["deleted"], [one["id"] for one in fake.inventory()]) == ([f"vpc {gone}"], [kept])
    assert sweep.sweep(replace(WANTED, delete=True, named=("chat",))) == sweep.CLEAN
    assert fake.inventory() == []


@pytest.mark.parametrize("rule", [Rule(action="ListAcls", kind="throttle", times=99), Rule(action="ListAcls", kind="error", times=99)])
def test_what_could_not_be_looked_for_has_a_code_of_its_own(
    fake: Cloud, vpc: Make, rule: Rule, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    fake.faults.add(rule)
    assert sweep.sweep(WANTED) == sweep.BLIND
    said = capsys.readouterr()
    assert "not everything could be looked for" in said.out
    assert "COULD NOT LOOK: alb-acl in ap-southeast-1: ListAcls" in said.err
    vpc("bench", "benchmark", PAST)
    assert sweep.sweep(replace(WANTED, output="json")) == sweep.LEFT  # what is left is the worse news
    assert len(document(capsys)["not_looked_for"]) == 1
    assert sweep.sweep(replace(WANTED, delete=True)) == sweep.BLIND


def test_a_bill_that_was_not_asked_for_is_no_blindness(fake: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    fake.faults.add(Rule(action="DescribeInstanceBill", kind="error", times=99))
    assert sweep.sweep(WANTED) == sweep.BLIND
    assert sweep.sweep(replace(WANTED, records=Records.none)) == sweep.CLEAN
    assert "not looked for: the bill: it was not asked for" in capsys.readouterr().err


def journal(run: str, folder: Path, *, pid: int = 1, host: str = "elsewhere") -> Journal:
    now = datetime.now(UTC)
    return Journal(
        run=run, project="fourways", target="fake", account="1", folder=str(folder), backend="file:///none", began=now, expires_at=now,
        budget=(), process=Process(host=host, pid=pid, started=0.0), entries=(Entry(source="mu", stack=f"bench-{run}-1", region=REGION),),
    )  # fmt: skip


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Place]:
    """A run with a state of its own; dead unless told otherwise."""

    def begin(*, dead: bool) -> Place:
        own, one = Place(), journal("abc123", tmp_path)
        monkeypatch.setattr(ephemeral_runs, "unfinished", lambda _: [one])
        monkeypatch.setattr(ephemeral_runs, "is_dead", lambda _: dead)
        monkeypatch.setattr(ephemeral_runs, "workspace_of", lambda _base, _journal: own)
        monkeypatch.setattr(ephemeral_runs, "clean", lambda _base, _journal: False)  # pulumi could not take it down
        return own

    return begin


def state(id_: str) -> dict[str, Any]:
    type_ = "alicloud:vpc/network:Network"
    return {"deployment": {"resources": [{"urn": f"u::p::{type_}::net", "type": type_, "custom": True, "id": id_, "inputs": {}}]}}


FUTURE = "2999-01-01T00:00:00Z"


def test_what_a_killed_run_owns_goes_though_it_has_not_expired(fake: Cloud, vpc: Make, run: Callable[..., Place]) -> None:
    own = run(dead=True)
    own.exports["bench-abc123-1"] = state(vpc("bench-abc123-1", "benchmark", FUTURE))
    assert sweep.sweep(replace(WANTED, delete=True)) == sweep.CLEAN
    assert fake.inventory() == []


def test_what_a_run_at_work_owns_stays(
    fake: Cloud, vpc: Make, run: Callable[..., Place], capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    own = run(dead=False)
    made = vpc("bench-abc123-1", "benchmark", FUTURE)
    own.exports["bench-abc123-1"] = state(made)
    assert sweep.sweep(replace(WANTED, delete=True)) == sweep.CLEAN
    with pytest.raises(UserError, match="run abc123 is still at work"):
        sweep.sweep(replace(WANTED, delete=True, run="abc123"))
    capsys.readouterr()
    assert sweep.sweep(replace(WANTED, run="abc123", output="json")) == sweep.LEFT
    assert [row["reasons"] for row in document(capsys)["leftovers"]] == [["its run was named"]]
    assert [one["id"] for one in fake.inventory()] == [made]


@pytest.mark.usefixtures("fake")
def test_a_state_s_key_is_read_and_never_shown(place: Place) -> None:
    type_ = "fourways:modelstudio:ApiKey"
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": '"sk-secret"'}
    key = {"urn": "u", "type": type_, "custom": True, "id": f"{REGION}/1", "inputs": {"workspaceId": "llm-1"}, "outputs": {"value": secret}}
    place.exports["chat"] = {"deployment": {"resources": [key]}}
    known = sweep_states.read(place)  # type: ignore[arg-type]
    assert [(one.region, one.workspace, one.value) for one in known.keys] == [(REGION, "llm-1", "sk-secret")]
    assert "sk-secret" not in repr(known.keys)


@pytest.mark.usefixtures("fake")
def test_without_a_region_nothing_passes_for_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "stack_regions", list)
    with pytest.raises(UserError, match="nothing was looked for: give --region"):
        sweep.sweep(replace(WANTED, regions=(), records=Records.none))
