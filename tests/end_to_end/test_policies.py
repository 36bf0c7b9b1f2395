"""The policy pack under the real engine: the standard stacks pass with all that rules need known, broken ones are refused by `fourways
check`, and somebody else's program is left alone."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from fourways import checks
from fourways.checks.report import FINE, POLICY
from fourways.cli.check import preview
from fourways.cli.project import STACKS, stack_names
from fourways.cli.workspace import Workspace
from fourways.costs.documents import known, read_preview
from policies.exemptions import ELSEWHERE
from policies.model import ANY
from policies.rules import RULES
from tests.end_to_end.conftest import Run

NOT_IN_THE_CLOUD = ("pulumi:", "fourways:components:")


@pytest.mark.parametrize("stack", stack_names())
def test_a_standard_stack_passes_with_everything_known(run: Run, stack: str) -> None:
    run.pulumi("stack", "init", stack, "--non-interactive")
    events = preview(run.workspace, stack)
    report = checks.check(events, stack=stack)
    assert (report.errors, report.policies.violations, report.exit_code) == ((), (), FINE)
    assert set(report.policies.passed) == {rule.name for rule in RULES}
    assert "can't run policy" not in events
    made = [step.new for step in read_preview(events).steps if step.new and not step.new.type.startswith(NOT_IN_THE_CLOUD)]
    assert made
    unknown = [
        f"{rule.name} needs {path} of {resource.name}"
        for rule in RULES
        for resource in made
        for path in (*rule.needs.get(ANY, ()), *rule.needs.get(resource.type, ()))
        if not known(_at(resource.inputs or {}, path.split(".")))
    ]
    assert unknown == []


def _at(value: Any, path: list[str]) -> Any:
    """What is there; None for nothing. Ids inside, which nobody needs, do not count as unknown."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else value
    return value


Broken = Callable[[dict[str, Any]], None]


def payg(config: dict[str, Any]) -> None:
    config["fourways:allow-list"] = "required"
    config["fourways:budget"] = {"amount": 1000, "currency": "CNY", "per": "month"}
    serving = config["fourways:serving"]
    serving["engine"]["image"] = "docker.io/vllm/vllm-openai:latest"
    serving["autoscaler"] = {"min": 1, "max": 40, "metrics": [{"metric": "qps", "threshold": 4}]}


def ptu(config: dict[str, Any]) -> None:
    config["fourways:data"] = "restricted"
    config["fourways:serving"]["key"]["allowedIps"] = ["128.0.0.0/1"]


def token(config: dict[str, Any]) -> None:
    config["fourways:data"] = "restricted"
    config["fourways:serving"]["key"]["allowedIps"] = ["203.0.113.0/24"]


def qwen(config: dict[str, Any]) -> None:
    config["fourways:environment"] = "benchmark"
    config["fourways:ttl"] = "4h"
    config["fourways:expires-at"] = (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")


CASES: dict[str, tuple[Broken, dict[str, tuple[str, str]]]] = {
    "payg-singapore": (
        payg,
        {
            "allow-list": ("gateway-gateway", "allowedCidrs is empty"),
            "autoscaler-bounds": ("scaling-autoscaler", "max is 40"),
            "gpu-count": ("fourways-payg-singapore", "320 GPUs at once"),
            "pinned-images": ("eas-service", "docker.io"),
            "stack-budget": ("fourways-payg-singapore", "is over the budget 1,000 CNY"),
        },
    ),
    "ptu-singapore": (
        ptu,
        {
            "restricted-data": ("reservation-throughput", "shared pool"),
            "model-studio-keys": ("token-api-key", "allowedIps has 128.0.0.0/1"),
            "allow-list": ("token-api-key", "allowedIps has 128.0.0.0/1"),
        },
    ),
    "token-singapore": (token, {"restricted-data-stack": ("token-api-key", "opens the token API")}),
    "qwen-singapore": (qwen, {"benchmark-ttl-distance": ("network-vpc", "more than 7 days away")}),
}


Check = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def check(folder: Path) -> Check:
    """`fourways check STACK --fake` of a changed copy of the stack's file, as JSON; `code` is the exit code that it must have."""
    copies = folder / "changed"
    shutil.copytree(STACKS, copies, ignore=lambda _, names: [name for name in names if not name.startswith("Pulumi.")])
    asked = {"FOURWAYS_FAKE_FOLDER": str(folder), "FOURWAYS_FAKE_PORT": "0", "FOURWAYS_FAKE_STACKS": str(copies)}

    def run(stack: str, broken: Broken, code: int, **environment: str) -> dict[str, Any]:
        content = yaml.safe_load((STACKS / f"Pulumi.{stack}.yaml").read_text())
        broken(content["config"])
        (copies / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
        command = [sys.executable, "-m", "fourways.cli.main", "check", stack, "--fake", "--format", "json"]
        result = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **asked, **environment})
        assert result.stdout, result.stderr
        report: dict[str, Any] = json.loads(result.stdout)
        assert result.returncode == code, report["errors"] or report["policies"]
        return report

    return run


@pytest.mark.parametrize("stack", CASES)
def test_check_refuses_with_rule_resource_and_mend(check: Check, stack: str) -> None:
    broken, expected = CASES[stack]
    found = check(stack, broken, POLICY)["policies"]["violations"]
    mends = {rule.name: rule.mend for rule in RULES}
    for policy, (resource, words) in expected.items():
        right = [one for one in found if one["policy"] == policy and one["urn"].endswith(f"::{resource}") and words in one["message"]]
        assert right, f"{policy} on {resource} ({words}) is not in {found}"
        assert {(one["level"], one["mend"]) for one in right} == {("mandatory", mends[policy])}
    assert {one["policy"] for one in found} == set(expected)


def test_what_is_exempted_is_shown_and_does_not_fail_the_check(check: Check, tmp_path: Path) -> None:
    last = (datetime.now(UTC) + timedelta(days=30)).date()
    agreed = {
        "type": "fourways:*",
        "name": "*",
        "stack": "token-singapore",
        "reason": "tried with made-up data",
        "owner": "me",
        "until": last,
    }
    idle = {**agreed, "rule": "management-ports"}
    file = tmp_path / "exemptions.yaml"
    file.write_text(yaml.safe_dump([{**agreed, "rule": "restricted-data-stack"}, idle]))
    found = check("token-singapore", token, FINE, **{ELSEWHERE: str(file)})["policies"]["violations"]
    assert {one["policy"]: one["level"] for one in found} == {"restricted-data-stack": "advisory", "exemptions": "advisory"}
    shown = next(one["message"] for one in found if one["policy"] == "restricted-data-stack")
    assert f"exempted until {last} by me (tried with made-up data): the key opens the token API" in shown


def project(run: Run, folder: Path, name: str, program: str, config: Mapping[str, Any]) -> Workspace:
    """A Pulumi project of another program, with a stack `live`."""
    (folder / "stacks").mkdir(parents=True)
    described = yaml.safe_load((run.workspace.folder / "Pulumi.yaml").read_text())
    for provider in described["plugins"]["providers"]:
        provider["path"] = str((run.workspace.folder / provider["path"]).resolve())
    described |= {"name": name, "main": os.path.relpath(Path(__file__).with_name(program), folder)}
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(described))
    (folder / "stacks" / "Pulumi.live.yaml").write_text(yaml.safe_dump({"config": dict(config)}))
    environment = {**run.workspace.environment, "PYTHONPATH": str(STACKS.parent)}
    found = dataclasses.replace(run.workspace, folder=folder, environment=environment)
    assert found.capture("stack", "init", "live", "--non-interactive").returncode == 0
    return found


def judge(workspace: Workspace, **environment: str) -> checks.Report:
    events = preview(dataclasses.replace(workspace, environment={**workspace.environment, **environment}), "live")
    assert "can't run policy" not in events
    return checks.check(events, stack="live")


def test_a_program_that_breaks_everything_is_told_of_every_rule(run: Run, tmp_path: Path) -> None:
    config = {
        "alicloud:region": "eu-central-1",
        "fourways:environment": "production",
        "fourways:owner": "llm-platform",
        "fourways:data": "restricted",
        "fourways:budget": {"amount": 1000, "currency": "CNY", "per": "month"},
    }
    faults = project(run, tmp_path / "faults", "fourways-faults", "program_of_faults", config)
    soon, late = (f"{datetime.now(UTC) + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}" for hours in (4, 999))
    report = judge(faults, SOON=soon, LATE=late)
    assert report.errors == ()
    assert {violation.policy for violation in report.policies.violations} == {rule.name for rule in RULES}
    assert report.exit_code == POLICY


def test_somebody_elses_program_is_left_alone_by_rules_of_ours(run: Run, tmp_path: Path) -> None:
    """A project `shop`, in a region that ours are not in, without our tags, settings and images."""
    shop = project(run, tmp_path / "shop", "shop", "program_of_a_shop", {"alicloud:region": "eu-central-1"})
    sound = judge(shop)
    assert (sound.errors, sound.policies.violations, sound.exit_code) == ((), (), FINE)
    assert {change.type for change in sound.changes} >= {"alicloud:ecs/instance:Instance", "alicloud:vpc/network:Network"}
    careless = judge(shop, CARELESS="1")
    assert {violation.policy for violation in careless.policies.violations} == {"encrypted-disks", "management-ports", "plain-secrets"}
