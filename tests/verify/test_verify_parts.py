"""The other pure parts: money, the copy of a stack, probes, reports."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fourways.cloud import ownership
from fourways.costs.model import Estimate, Row
from fourways.verify import copies, money, report
from fourways.verify.differences import Answer
from fourways.verify.probes import AFTER, Probe, parameters
from fourways.verify.report import StepRecord
from fourways.verify.steps import LONGEST, STEPS
from stacks.settings import load
from stacks.stack_file import read_config

ROOT = Path(__file__).resolve().parents[2]
STACK = ROOT / "stacks" / "Pulumi.mu-singapore.yaml"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def row(name: str, hourly: str | None, currency: str = "CNY", **more: Any) -> Row:
    price = None if hourly is None else Decimal(hourly)
    status: Any = "unknown" if hourly is None else "priced"
    return Row(urn=name, type="t", name=name, status=status, billed=name, hourly=price, monthly=price, currency=currency, **more)


def test_the_teardown_begins_before_the_budget_is_passed() -> None:
    purse = money.purse(["108"], Estimate(rows=(row("machines", "216"),)))
    assert purse.seconds == 1800 - money.TEARDOWN_MINUTES * 60
    assert purse.spent(1800) == {"CNY": Decimal(108)}
    assert purse.spent(purse.seconds + money.TEARDOWN_MINUTES * 60)["CNY"] <= 108
    assert "of 108 CNY" in purse.words(60)


def test_the_currency_that_runs_out_first_decides() -> None:
    estimate = Estimate(rows=(row("machines", "216"), row("nat", "1", "USD")))
    purse = money.purse(["1000CNY", "0.5 USD"], estimate)
    assert purse.seconds == pytest.approx(1800 - money.TEARDOWN_MINUTES * 60)


@pytest.mark.parametrize(
    ("budgets", "rows", "said"),
    [
        ([], [row("a", "216")], "no budget"),
        (["0"], [row("a", "216")], "above 0"),
        (["twenty"], [row("a", "216")], "above 0"),
        (["-5"], [row("a", "216")], "above 0"),
        (["20 CNY extra"], [row("a", "216")], "above 0"),
        (["20"], [row("a", "216")], "does not last"),
        (["20USD"], [row("a", "216")], "CNY"),
        (["100"], [row("a", "216"), row("b", "1", "USD")], "needs a currency"),
        (["100CNY"], [row("a", "216"), row("b", "1", "USD")], "billed in USD too"),
        (["100CNY", "100CNY"], [row("a", "216")], "twice"),
        (["100CNY"], [row("a", "216"), row("odd", None)], "odd"),
        (["100CNY"], [row("a", "216", committed=True)], "prepaid"),
    ],
)
def test_a_budget_that_cannot_be_kept_is_refused(budgets: list[str], rows: list[Row], said: str) -> None:
    with pytest.raises(money.BudgetError, match=said):
        money.purse(budgets, Estimate(rows=tuple(rows)))


def config() -> dict[str, Any]:
    return read_config(STACK)


def test_a_copy_is_a_benchmark_that_sweep_will_find() -> None:
    run = copies.run_id()
    original = config()
    made = copies.ephemeral(original, run, NOW)
    settings = load(made, stack=copies.stack_name(run))
    assert (settings.environment, settings.run_id, settings.protect, settings.budget) == ("benchmark", run, False, None)
    assert settings.expires_at is not None
    assert (settings.expires_at - NOW).total_seconds() >= LONGEST * 60
    assert settings.service_name.endswith(run)
    assert original == config()
    owner = ownership.parse(
        ownership.tags(
            project=settings.project, stack=settings.stack, environment="benchmark", owner=settings.owner, expires_at=settings.expires_at
        )
    )
    assert owner.expired(settings.expires_at)
    assert owner.stack == copies.stack_name(run) != "mu-singapore"


def test_the_update_changes_the_engine_and_buys_nothing() -> None:
    made = copies.ephemeral(config(), "abc123", NOW)
    before, after = (load(one, stack="s") for one in (made, copies.changed(made)))
    assert after.deployment.engine != before.deployment.engine
    assert (after.deployment.capacity, after.deployment.replicas) == (before.deployment.capacity, before.deployment.replicas)
    del made["fourways:serving"]["engine"]["maxModelLen"]
    assert load(copies.changed(made), stack="s").deployment.engine.max_model_len == copies.SMALL_CONTEXT


@pytest.mark.parametrize(("capacity", "said"), [({"chargeType": "PrePaid"}, "PostPaid"), ({"adopt": "eas-r-theirs"}, "eas-r-theirs")])
def test_what_is_prepaid_or_not_ours_is_not_copied(capacity: dict[str, str], said: str) -> None:
    given = config()
    given["fourways:serving"]["capacity"] |= capacity
    with pytest.raises(copies.CopyError, match=said):
        copies.ephemeral(given, "abc123", NOW)


@pytest.mark.parametrize("stack", ["token-singapore", "ptu-singapore", "mu-studio-beijing"])
def test_a_stack_at_model_studio_is_not_copied_yet(stack: str) -> None:
    with pytest.raises(copies.CopyError, match="only stacks of kind model-unit on EAS machines"):
        copies.ephemeral(read_config(ROOT / "stacks" / f"Pulumi.{stack}.yaml"), "abc123", NOW)


def test_run_ids_differ_and_are_no_numbers_in_yaml() -> None:
    ids = {copies.run_id() for _ in range(500)}
    assert len(ids) > 490
    assert all(one[0].isalpha() and one.isalnum() and one.islower() for one in ids)


def state() -> dict[str, Any]:
    def resource(type_: str, id_: str, **inputs: Any) -> dict[str, Any]:
        return {"type": type_, "id": id_, "inputs": inputs}

    return {
        "deployment": {
            "resources": [
                resource("alicloud:vpc/network:Network", "vpc-1"),
                resource("alicloud:vpc/switch:Switch", "vsw-1"),
                resource("alicloud:vpc/switch:Switch", "vsw-2"),
                resource("alicloud:ecs/securityGroup:SecurityGroup", "sg-1"),
                resource("fourways:eas:ResourceGroup", "cn-beijing/eas-r-1", instanceType="ml.x"),
                resource("fourways:eas:Service", "cn-beijing/chat", name="chat", config={"containers": [{"image": "i:1"}]}),
            ]
        }
    }


def test_parameters_come_from_the_state_and_fill_every_probe_that_the_stack_has() -> None:
    outputs = {"base_url": "https://x/v1", "api_key": "k", "model": "m"}
    found = parameters(state(), outputs, region="cn-beijing", project="p", stack="s")
    assert found["vswitch"] == "vsw-1"
    assert found["group"] == "eas-r-1"
    open_ends = {probe.name for probes in AFTER.values() for probe in probes if probe.needs() - set(found)}
    assert open_ends == {"NAT gateway", "EIP"}
    duplicate = next(probe for probe in AFTER["up"] if probe.action == "CreateService").filled(found)
    assert duplicate.body is not None
    assert duplicate.body["metadata"] == {"name": "chat", "instance": 1, "cpu": 1, "memory": 1024, "resource": "eas-r-1"}
    assert duplicate.query["Labels"] == '{"fourways-project":"p","fourways-stack":"s","fourways-environment":"benchmark"}'


def test_probes_read_or_are_refused() -> None:
    """A probe that may change something is one of the three that name only what the run itself has made."""
    changing = {probe.action for probes in AFTER.values() for probe in probes if not probe.action.startswith(("Describe", "List", "/"))}
    assert changing == {"CreateService", "DeleteResource", "DeleteVpc"}
    policy = json.loads((ROOT / "docs" / "ram-policy.json").read_text())
    allowed = {action for statement in policy["Statement"] for action in statement["Action"]}
    assert {f"{probe.api}:{probe.action}" for probes in AFTER.values() for probe in probes if probe.api != "data"} <= allowed
    for step in ("up", "update", "destroy"):
        names = [probe.name for probe in AFTER[step]]
        assert len(names) == len(set(names))
    assert set(AFTER) <= {step.name for step in STEPS} | {"destroy"}


def recordings() -> tuple[report.Recording, report.Recording]:
    def side(status: str, code: str, *statuses: str) -> report.Recording:
        answers = {
            "VPC": Answer(status=200, shape={"Status": f"is {status}"}),
            "VPC that is not there": Answer(status=404, code=code),
            "models": Answer(unanswered="timeout"),
        }
        return {"up": StepRecord(outcome="ok", statuses=list(statuses), answers=answers)}

    cloud, fake = side("Available", "A.NotFound", "Creating", "Running"), side("available", "B.NotFound", "Running")
    cloud["preview"] = StepRecord(outcome="not as expected")
    fake["preview"] = StepRecord(outcome="ok")
    return cloud, fake


def compared() -> report.Report:
    return report.compare(*recordings(), made=date(2026, 11, 24), target="cloud", region="cn-beijing", kind="model-unit")


def test_a_report_says_what_differed_and_only_that() -> None:
    found = compared()
    assert not found.empty
    assert [(one.step, one.request.name) for one in found.answers] == [("up", "VPC"), ("up", "VPC that is not there")]
    assert found.statuses[0].cloud == ("Creating", "Running")
    assert found.outcomes[0].step == "preview"
    assert found.unanswered == ("up: models: timeout",)
    assert len(found.lines()) == 4
    cloud, _ = recordings()
    same = report.compare(cloud, cloud, made=date(2026, 11, 24), target="cloud", region="cn-beijing", kind="model-unit")
    assert same.empty


def test_a_report_survives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "report.yaml"
    report.write(compared(), path)
    assert report.read(path) == compared()


def test_a_report_with_a_value_of_the_account_is_not_written(tmp_path: Path) -> None:
    leaking = compared().model_copy(update={"unanswered": ("up: models: key sk-1234",)})
    with pytest.raises(report.ReportError) as caught:
        report.write(leaking, tmp_path / "report.yaml", ["sk-1234"])
    assert "sk-1234" not in str(caught.value)
    assert not (tmp_path / "report.yaml").exists()


@pytest.mark.parametrize("text", ["", "[]", "version: 2", "version: 1\nmade: 2026-11-24", "a: [", "version: 1\nsurprise: true"])
def test_another_file_is_no_report(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(report.ReportError, match="is not a report"):
        report.read(path)


def test_a_probe_is_its_own_record() -> None:
    probe = next(probe for probe in AFTER["up"] if probe.name == "services by label")
    assert Probe.model_validate_json(probe.model_dump_json(exclude_defaults=True)) == probe
