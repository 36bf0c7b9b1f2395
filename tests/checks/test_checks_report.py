"""The report of a check, from the events of a real preview in which a policy refuses and from variations of them."""

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from fourways import checks, costs
from fourways.checks import comment, render

EVENTS = (Path(__file__).parents[1] / "costs" / "samples" / "events.jsonl").read_text(encoding="utf-8")
GROUP = "urn:pulumi:mu-singapore::fourways::fourways:eas:ResourceGroup::group"


def events(*, violations: bool = True, more: tuple[dict[str, Any], ...] = ()) -> list[dict[str, Any]]:
    read = [json.loads(line) for line in EVENTS.splitlines()]
    if not violations:
        read = [event for event in read if "policyEvent" not in event and "preview failed" not in json.dumps(event)]
        for event in read:
            if summary := event.get("policyAnalyzeSummaryEvent"):
                summary.pop("failed", None)
                summary["passed"] = [*summary["passed"], "management-ports"]
            if "summaryEvent" in event:
                event["summaryEvent"]["result"] = "succeeded"
    return [*read, *more]


def error(message: str) -> dict[str, Any]:
    return {"diagnosticEvent": {"severity": "error", "prefix": "error: ", "message": message}}


def run(given: Any, amount: int | None = None) -> checks.Report:
    budget = costs.Budget(amount=Decimal(amount), currency="CNY") if amount else None
    return checks.check(given, stack="mu-singapore", target="fake", budget=budget)


def test_a_violation_is_read_with_its_mend() -> None:
    report = run(EVENTS)
    (violation,) = report.policies.violations
    assert (violation.policy, violation.resource, violation.blocking) == ("management-ports", "ssh", True)
    assert violation.message == "0.0.0.0/0 may reach port 22 (protocol tcp, portRange 22/22)"
    assert violation.mend == "narrow cidrIp to the addresses you administer from, or give a source security group."
    assert "management-ports" not in report.policies.passed
    assert {"required-tags", "public-endpoint-https"} <= set(report.policies.passed)
    assert report.errors == ()


@pytest.mark.parametrize(
    ("given", "amount", "code"),
    [
        (events(violations=False), None, checks.FINE),
        (events(violations=False), 400_000, checks.FINE),
        (events(violations=False), 300_000, checks.BUDGET),
        (events(), 300_000, checks.POLICY),
        (events(more=(error("Program failed with an unhandled exception"),)), None, checks.FAILURE),
        (events(violations=False, more=({"summaryEvent": {"result": "failed"}},)), None, checks.FAILURE),
        ([event for event in events(violations=False) if "policy" not in json.dumps(list(event))], None, checks.FAILURE),
        ([{"preludeEvent": {"config": {}}}], None, checks.FAILURE),
    ],
)
def test_exit_codes(given: list[dict[str, Any]], amount: int | None, code: int) -> None:
    assert run(given, amount).exit_code == code


def test_a_pack_that_did_not_start_is_quoted() -> None:
    lines = ("the policy pack cannot start: exemptions.yaml: 1 mistake\n\n", "1. owner: Field required\n\n")
    said = [{"diagnosticEvent": {"message": line, "severity": "info#err"}} for line in lines]
    (error,) = run(said).errors
    assert error == "the preview has no steps at all: the policy pack cannot start: exemptions.yaml: 1 mistake\n1. owner: Field required"


def test_an_advisory_violation_is_shown_and_passes() -> None:
    told = {
        "policyEvent": {
            "resourceUrn": GROUP,
            "message": "<{%fg 3%}>Too big.\nreally<{%reset%}>\n",
            "policyName": "size",
            "policyPackName": "other",
            "enforcementLevel": "advisory",
        }
    }
    report = run(events(violations=False, more=(told, told)))
    (violation,) = report.policies.violations
    assert (violation.description, violation.message, violation.mend, violation.blocking) == ("Too big.", "really", "", False)
    assert report.exit_code == checks.FINE


def test_what_changes_is_said_once_each() -> None:
    assert {(change.operation, change.name, change.why) for change in run(EVENTS).changes} == {
        ("update", "group", ("instanceCount 1 -> 2",)),
        ("create", "nat", ()),
        ("update", "ssh", ("cidrIp",)),
    }


def test_a_replacement_names_its_reason_and_counts_once() -> None:
    read = events(violations=False)
    index = next(
        number
        for number, event in enumerate(read)
        if event.get("resourcePreEvent", {}).get("metadata", {}).get("urn", "").endswith("::group")
    )
    steps = [
        {"resourcePreEvent": {"metadata": {**read[index]["resourcePreEvent"]["metadata"], "op": op, "keys": ["instanceType"]}}}
        for op in ("create-replacement", "replace", "delete-replaced")
    ]
    report = run([*read[:index], *steps, *read[index + 1 :]])
    assert ("replace", "group", ("instanceType",)) in {(change.operation, change.name, change.why) for change in report.changes}
    assert [f"{one.hourly:f}" for one in report.difference.after] == ["432", "0.043"]


def test_the_comment_says_all_and_starts_with_its_marker() -> None:
    text = comment.comment([run(EVENTS, 300_000)])
    assert text.startswith(comment.MARKER)
    for words in (
        "mu-singapore: 1 policy violation",
        "| update | fourways:eas:ResourceGroup | group | instanceCount 1 -\\> 2 |",
        "**management-ports** (mandatory) ssh: 0.0.0.0/0 may reach port 22",
        "To mend: narrow cidrIp",
        ":white_check_mark: required-tags",
        "| group | changed (price assumed) | 157,680.00 CNY | 315,360.00 CNY | +157,680.00 CNY |",
        "over the budget 300,000 CNY a month by 15,360.00 CNY",
        "assumed: stand-in",
    ):
        assert words in text
    assert "[secret]" not in text


def test_the_comment_of_a_huge_stack_still_fits() -> None:
    read = events(violations=False)
    created = next(event for event in read if event.get("resourcePreEvent", {}).get("metadata", {}).get("urn", "").endswith("::nat"))
    data = created["resourcePreEvent"]["metadata"]
    many = [
        {
            "resourcePreEvent": {
                "metadata": {**data, "urn": f"{data['urn']}{number}", "new": {**data["new"], "urn": f"{data['urn']}{number}"}}
            }
        }
        for number in range(2000)
    ]
    assert len(comment.comment([run([*read, *many])])) < 65_536


def test_the_text_and_the_json_say_the_same() -> None:
    report = run(EVENTS, 300_000)
    out = StringIO()
    Console(file=out, width=200).print(render.text(report))
    assert "to mend: narrow cidrIp" in out.getvalue()
    assert "target: fake" in out.getvalue()
    content = json.loads(json.dumps(render.as_json(report)))
    assert content["exit_code"] == checks.POLICY
    assert content["policies"]["violations"][0]["policy"] == "management-ports"
    assert content["budget"]["status"] == "over"
    assert content["cost"]["difference"][0] == {"currency": "CNY", "hourly": "216", "monthly": "157680"}


def test_the_comment_of_several_stacks_is_one_and_says_each_finding_first() -> None:
    good, bad = run(events(violations=False)), run(EVENTS)
    unread = checks.Unread(stack="mu-nowhere", target="fake", error="no | preview\n<b>at all</b>")
    text = comment.comment([good, bad, unread])
    assert text.count(comment.MARKER) == 1
    assert text.startswith(comment.MARKER)
    overview = text[: text.index("<!-- stack: ")]
    assert "`fourways check` of 3 stacks" in overview
    assert "| mu-singapore | fine | 315,360.00 CNY and 31.39 USD | +157,680.00 CNY and +31.39 USD |" in overview
    assert "| mu-singapore | 1 policy violation |" in overview
    assert "| mu-nowhere | could not be looked at | unknown | unknown |" in overview
    assert text.count("### `fourways check` of mu-singapore") == 2
    assert "> no \\| preview\n> \\<b\\>at all\\</b\\>" in text
    assert checks.worst([good, bad, unread]) == checks.FAILURE
    assert checks.worst([good, bad]) == checks.POLICY
    assert checks.worst([good, run(events(violations=False), 300_000)]) == checks.BUDGET
    assert checks.worst([good]) == checks.worst([]) == checks.FINE


def test_no_stack_at_all_is_a_comment_too() -> None:
    assert comment.comment([]) == f"{comment.MARKER}\n{comment.NOTHING}\n"


def test_of_many_stacks_the_long_ones_are_cut_and_the_short_ones_are_whole() -> None:
    short = checks.Unread(stack="short", target="fake", error="a short error")
    long = [checks.Unread(stack=f"long-{number}", target="fake", error="\n".join(["a long error"] * 5000)) for number in range(3)]
    text = comment.comment([*long, short])
    assert len(text) < 65_536
    assert text.count(comment.CUT) == 3
    assert "> a short error" in text
    assert all(f"of long-{number}: could" in text for number in range(3))


def test_another_way_of_serving_is_said_where_it_is_known() -> None:
    sentence = "The token API would cost 1,000.00 CNY a month less for 8 M tokens a day."
    report = checks.check(EVENTS, stack="mu-singapore", cheaper=sentence)
    assert f"#### Other ways to serve this workload\n\n{sentence}" in comment.comment([report])
    assert "Other ways" not in comment.comment([run(EVENTS)])
    assert render.as_json(report)["cheaper"] == sentence
    out = StringIO()
    Console(file=out, width=200).print(render.text(report))
    assert sentence in out.getvalue()
