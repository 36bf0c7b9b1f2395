"""All rules, one by one: a stack that breaks it is refused; a rule that said nothing would be noticed; what it needs known is refused when
it is not. The booted pack sees the same samples in test_policy_pack.py."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from policies.adapter import MEND, to_policy
from policies.analyzer import Analyzer
from policies.exemptions import Exemptions
from policies.model import ANY, ResourceRule, Rule, StackRule
from policies.rules import RULES
from policies.settings import Setting, load
from tests.policies.driving import Told, drive
from tests.policies.samples import BREAKS, PASSES, Sample, has

SETTINGS = {rule.name: setting for rule, setting in load(RULES)}
NONE = Exemptions([], date(2026, 1, 1))


def ids(rule: Rule[Any]) -> str:
    return rule.name


def judged(rule: Rule[Any], sample: Sample) -> list[Told]:
    """What the rule alone says of a sample, with the parameters of config.yaml and the sample's own."""
    setting: Setting = SETTINGS[rule.name]
    setting = setting.model_copy(update={"parameters": {**setting.parameters, **sample.parameters}})
    return drive(Analyzer("fourways", [to_policy(rule, setting)], NONE), sample, context=None)


def assert_all_are_refused(rule: Rule[Any]) -> None:
    """Each sample of the rule is refused: by its name, on the first resource of the sample, with what is wrong and how to mend it."""
    for sample in BREAKS[rule.name]:
        found = judged(rule, sample)
        assert {one.level for one in found} == {"MANDATORY"}, sample.words
        assert {one.policy for one in found} == {rule.name}
        right = [one for one in found if one.urn == sample.resources[0].urn and sample.words in one.message]
        assert right, f"{sample.words!r} is not in {found}"
        assert all(f"\n{MEND}{rule.mend}" in one.message for one in right)


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_a_stack_that_breaks_it_is_refused(rule: Rule[Any]) -> None:
    assert_all_are_refused(rule)


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_a_rule_without_its_body_would_be_noticed(rule: Rule[Any]) -> None:
    says_nothing: Rule[Any] = replace(rule, check=lambda *_: iter(()))
    with pytest.raises(AssertionError):
        assert_all_are_refused(says_nothing)


@pytest.mark.parametrize("sample", PASSES, ids=lambda sample: "+".join(one.type.rpartition(":")[2] for one in sample.resources))
def test_sound_stacks_pass_all_rules(sample: Sample) -> None:
    policies = [to_policy(rule, SETTINGS[rule.name]) for rule in RULES]
    assert drive(Analyzer("fourways", policies, NONE), sample, context=None) == []


def _cause_first(sample: Sample) -> Sample:
    """A finding on the stack is about a resource in it, which comes second."""
    return replace(sample, resources=(*sample.resources[1:2], sample.resources[0], *sample.resources[2:]))


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.needs], ids=ids)
def test_what_a_rule_needs_is_refused_when_it_is_not_known(rule: Rule[Any]) -> None:
    tried = 0
    for sample in map(_cause_first if isinstance(rule, StackRule) else lambda same: same, BREAKS[rule.name]):
        first = sample.resources[0]
        for path in (*rule.needs.get(first.type, ()), *rule.needs.get(ANY, ())):
            if has(first.properties, path.split(".")):
                tried += 1
                found = judged(rule, sample.with_unknown(path.split(".")))
                assert found, f"{rule.name} says nothing when {first.type} {path} is not known"
                assert {one.level for one in found} == {"MANDATORY"}
                assert not any("can't run policy" in one.message for one in found)
    assert tried


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_each_rule_says_why_how_to_mend_and_where_the_fact_is_from(rule: Rule[Any]) -> None:
    text = __import__(rule.check.__module__, fromlist=["__doc__"]).__doc__
    assert all(f"\n{word}" in text for word in ("Why: ", "How to mend: ", "Source: ", "Needs known"))
    assert rule.needs or "Needs known: nothing at preview" in text or isinstance(rule, StackRule)
    assert isinstance(rule, ResourceRule | StackRule)


def test_each_sample_is_a_rules() -> None:
    assert set(BREAKS) == {rule.name for rule in RULES}
