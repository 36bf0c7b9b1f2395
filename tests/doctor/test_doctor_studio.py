"""The doctor on stacks at Model Studio: what does not apply is not asked, and what cannot be seen is said."""

from __future__ import annotations

import pytest

from fourways.cloud import clients
from fourways.doctor import Finding, ReadOnlyCloud, Verdict, diagnose
from fourways.doctor.checks import studio
from fourways.fakes.inprocess import ADDRESS, fake_cloud
from tests.doctor.doctor_samples import StubCloud, refusal, studio_facts

THERE = {"workspaces": [{"workspaceId": "llm-theirs"}]}


def names(findings: list[Finding]) -> dict[str, Verdict]:
    return {finding.name: finding.verdict for finding in findings}


def test_a_workspace_of_the_stack_s_own_needs_none_to_be_there() -> None:
    found = studio.check(StubCloud({"modelstudio:ListWorkspaces": {"workspaces": []}}), studio_facts())
    assert names(found) == {
        "product Model Studio": Verdict.OK,
        "RAM actions": Verdict.CANNOT_TELL,
        "capacity": Verdict.CANNOT_TELL,
    }
    assert "500000 in / 50000 out TPM of deepseek-v4-flash" in found[-1].said


@pytest.mark.parametrize(("workspace", "verdict"), [("llm-theirs", Verdict.OK), ("llm-nobodys", Verdict.NOT_OK)])
def test_a_workspace_that_is_named_must_be_there(workspace: str, verdict: Verdict) -> None:
    cloud = StubCloud({"modelstudio:ListWorkspaces": THERE})
    assert names(studio.check(cloud, studio_facts(workspace=workspace)))["workspace"] is verdict
    assert cloud.asked == [("modelstudio:ListWorkspaces", {"workspaceId": workspace})]


def test_a_token_stack_buys_no_capacity() -> None:
    assert "capacity" not in names(studio.check(StubCloud({"modelstudio:ListWorkspaces": THERE}), studio_facts(bought="")))


def test_a_refusal_is_told_and_nothing_else_is_guessed() -> None:
    (found,) = studio.check(StubCloud({"modelstudio:ListWorkspaces": refusal("modelstudio:ListWorkspaces")}), studio_facts())
    assert (found.name, found.verdict) == ("product Model Studio", Verdict.CANNOT_TELL)


def test_the_whole_diagnosis_against_the_fake(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"FOURWAYS_FAKE": ADDRESS, "ALICLOUD_ACCESS_KEY": "test", "ALICLOUD_SECRET_KEY": "test"}.items():
        monkeypatch.setenv(name, value)
    clients.forget()
    with fake_cloud() as cloud:
        found = diagnose(ReadOnlyCloud("ap-southeast-1"), studio_facts(identity=None))
        assert not cloud.requests.unknown
    clients.forget()
    lines = names(list(found.findings))
    assert lines["product Model Studio"] is Verdict.OK
    assert found.exit_code == 0
    assert not {"zones", "machines", "stock", "service name", "model", "image", "weights", "quota VPCs", "product PAI-EAS"} & set(lines)
    assert "billed by use on top: key" in next(one.said for one in found.findings if one.name == "price")
