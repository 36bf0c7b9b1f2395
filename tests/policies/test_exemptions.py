"""Exemptions: what is in the file is checked, what is exempted is shown, and what has ended bites again."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies import exemptions
from policies.adapter import to_policy
from policies.analyzer import Analyzer
from policies.exemptions import Exemptions
from policies.rules import RULES
from policies.settings import load
from tests.policies.driving import Told, drive, of
from tests.policies.samples import BREAKS, PORT, Sample, budget, ingress, stack

TODAY = date(2026, 11, 24)
ENTRY = {
    "rule": "management-ports",
    "type": PORT,
    "name": "i*",
    "reason": "the vendor works on it from changing addresses",
    "owner": "llm-platform",
    "until": TODAY,
}
OPEN = BREAKS["management-ports"][0]


def read(tmp_path: Path, *entries: Mapping[str, Any]) -> Exemptions:
    file = tmp_path / "exemptions.yaml"
    file.write_text(yaml.safe_dump([dict(entry) for entry in entries]))
    return exemptions.load(RULES, TODAY, file)


def judged(agreed: Exemptions, sample: Sample) -> list[Told]:
    return drive(Analyzer("fourways", [to_policy(rule, setting) for rule, setting in load(RULES)], agreed), sample, context=None)


@pytest.mark.parametrize(
    "names",
    [{}, {"type": "*Rule", "stack": "d?v"}, {"type": None, "name": None, "urn": OPEN.resources[0].urn}],
    ids=["name", "stack", "urn"],
)
def test_what_is_exempted_is_shown_and_does_not_refuse(tmp_path: Path, names: dict[str, str]) -> None:
    entry = {key: value for key, value in {**ENTRY, **names}.items() if value is not None}
    (told,) = judged(read(tmp_path, entry), OPEN)
    assert (told.policy, told.level) == ("management-ports", "ADVISORY")
    assert "exempted until 2026-11-24 by llm-platform (the vendor works on it from changing addresses): 0.0.0.0/0 may reach" in told.message
    assert "How to mend: " in told.message


@pytest.mark.parametrize("other", [{"name": "that"}, {"type": "alicloud:*"}, {"rule": "required-tags"}, {"stack": "live"}])
def test_an_exemption_covers_nothing_else(tmp_path: Path, other: dict[str, str]) -> None:
    (told,) = of(judged(read(tmp_path, {**ENTRY, "name": "it", "type": "*:SecurityGroupRule", **other}), OPEN), "management-ports")
    assert told.level == ("ADVISORY" if other.get("type") == "alicloud:*" else "MANDATORY")


def test_a_finding_on_the_stack_can_be_exempted(tmp_path: Path) -> None:
    over = BREAKS["stack-budget"][0]
    entry = {**ENTRY, "rule": "stack-budget", "type": "pulumi:pulumi:Stack", "name": "*"}
    assert [one.level for one in of(judged(read(tmp_path, entry), over), "stack-budget")] == ["ADVISORY"]


def test_after_its_last_day_the_rule_bites_again_and_says_whose_it_was(tmp_path: Path) -> None:
    (told,) = judged(read(tmp_path, {**ENTRY, "until": TODAY - timedelta(days=1)}), OPEN)
    assert told.level == "MANDATORY"
    assert "the exemption of llm-platform ended on 2026-11-23: mend it, or agree on another day" in told.message


def test_what_nothing_needs_is_told_in_its_own_stack(tmp_path: Path) -> None:
    sound = stack("", (PORT, ingress(portRange="443/443")), config=budget(1))
    agreed = read(tmp_path, ENTRY, {**ENTRY, "stack": "another"}, {**ENTRY, "rule": "required-tags", "until": TODAY - timedelta(days=9)})
    idle = of(judged(agreed, sound), "exemptions")
    assert [one.level for one in idle] == ["ADVISORY", "ADVISORY"]
    assert "nothing needs the exemption of llm-platform (management-ports on" in idle[0].message
    assert "take it out of exemptions.yaml" in idle[1].message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rule": "managment-ports"}, r"1\. rule: 'managment-ports' is no rule; allowed: public-endpoint-token"),
        ({"until": date(2027, 11, 24)}, "more than 180 days ahead; allowed: 2027-05-23"),
        ({"until": "soon"}, r"1\. until: "),
        ({"reason": "because"}, r"1\. reason: "),
        ({"owner": ""}, r"1\. owner: "),
        ({"name": None}, "give either urn, or type and name"),
        ({"urn": OPEN.resources[0].urn}, "give either urn, or type and name"),
        ({"urn": "it", "type": None, "name": None}, r"1\. urn: "),
        ({"type": "*", "name": "*"}, "that is every resource"),
        ({"untill": TODAY}, r"1\. untill: "),
    ],
)
def test_a_slip_in_the_file_is_refused(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    entry = {key: value for key, value in {**ENTRY, **change}.items() if value is not None}
    with pytest.raises(ValueError, match=words):
        read(tmp_path, entry)


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"3 mistakes(?s:.*)1\. owner(?s:.*)2\. rule(?s:.*)4\. entry: it is there twice"):
        read(tmp_path, {**ENTRY, "owner": ""}, {**ENTRY, "rule": "x"}, ENTRY, ENTRY)


def test_a_file_that_is_no_list_is_refused(tmp_path: Path) -> None:
    (tmp_path / "exemptions.yaml").write_text("rule: management-ports")
    with pytest.raises(ValueError, match="a list of exemptions is allowed"):
        exemptions.load(RULES, TODAY, tmp_path / "exemptions.yaml")


def test_another_file_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(tmp_path, ENTRY)
    monkeypatch.setenv(exemptions.ELSEWHERE, str(tmp_path / "exemptions.yaml"))
    assert exemptions.load(RULES, TODAY).judge("management-ports", OPEN.resources[0].urn)[0]


def test_the_packs_own_file_is_sound() -> None:
    exemptions.load(RULES, exemptions.utc_today(), exemptions.FILE)
