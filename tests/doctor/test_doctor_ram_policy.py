"""What a RAM policy says of an action: by table, and by properties over made-up policies."""

from __future__ import annotations

import fnmatch
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourways.doctor.ram_policy import Answer, Policy, decide, matches

ACTION = "vpc:CreateVpc"


def policies(*statements: Any) -> list[Policy]:
    """One policy a statement."""
    return [Policy(name=f"p{number}", document={"Version": "1", "Statement": [one]}) for number, one in enumerate(statements)]


def allow(action: Any = ACTION, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = ACTION, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {**allow(action, resource, **more), "Effect": "Deny"}


CONDITION = {"IpAddress": {"acs:SourceIp": ["203.0.113.2"]}}
SOME = "acs:vpc:ap-southeast-1:*:vpc/*"


@pytest.mark.parametrize(
    ("statements", "answer", "by"),
    [
        ([], Answer.MISSING, ""),
        ([allow()], Answer.ALLOWED, ""),
        ([allow([ACTION, "ecs:*"])], Answer.ALLOWED, ""),
        ([allow("vpc:*")], Answer.ALLOWED, ""),
        ([allow("vpc:Create???")], Answer.ALLOWED, ""),
        ([allow("*")], Answer.ALLOWED, ""),
        ([allow("*:CreateVpc")], Answer.ALLOWED, ""),
        ([allow(resource=["acs:oss:*:*:*", "*"])], Answer.ALLOWED, ""),
        ([allow(resource="acs:vpc:*:*:*")], Answer.ALLOWED, ""),
        ([allow("vpc:Describe*")], Answer.MISSING, ""),
        ([allow("vpc:CreateVpcs")], Answer.MISSING, ""),
        ([allow("ecs:CreateVpc")], Answer.MISSING, ""),
        ([{"Effect": "Allow", "NotAction": "ram:*", "Resource": "*"}], Answer.ALLOWED, ""),
        ([{"Effect": "Allow", "NotAction": ["vpc:*"], "Resource": "*"}], Answer.MISSING, ""),
        ([allow(), deny()], Answer.DENIED, ""),
        ([deny("*"), allow()], Answer.DENIED, ""),
        ([{"Effect": "Deny", "NotAction": "ecs:*", "Resource": "*"}, allow()], Answer.DENIED, ""),
        ([allow(), deny("vpc:Delete*")], Answer.ALLOWED, ""),
        ([allow(resource=SOME)], Answer.RESTRICTED, f"Resource {SOME}"),
        ([allow(resource="acs:ecs:*:*:*")], Answer.RESTRICTED, "Resource acs:ecs:*:*:*"),
        ([allow(Condition=CONDITION)], Answer.RESTRICTED, "Condition IpAddress"),
        ([allow(resource=SOME), allow()], Answer.ALLOWED, ""),
        ([allow(), allow(resource=SOME)], Answer.ALLOWED, ""),
        ([allow(), deny(Condition=CONDITION)], Answer.RESTRICTED, "Deny with Condition IpAddress"),
        ([deny(resource=SOME), allow()], Answer.RESTRICTED, f"Deny with Resource {SOME}"),
        ([allow(resource=SOME), deny(Condition=CONDITION), allow()], Answer.RESTRICTED, "Deny with Condition IpAddress"),
        ([deny(Condition=CONDITION)], Answer.MISSING, ""),
        ([allow("vpc:createvpc")], Answer.RESTRICTED, "an action spelled in another case"),
        ([{"Effect": "Allow", "Action": "*"}], Answer.RESTRICTED, "Resource none"),
        ([{"Effect": "allow", "Action": "*", "Resource": "*"}], Answer.MISSING, ""),
        (["nonsense"], Answer.MISSING, ""),
    ],
)
def test_what_statements_say(statements: list[Any], answer: Answer, by: str) -> None:
    decision = decide(policies(*statements), ACTION)
    assert (decision.answer, decision.by) == (answer, by)


@pytest.mark.parametrize("document", [{}, {"Statement": None}, {"Statement": 3}, {"Statement": [None, 3]}])
def test_a_document_of_another_form_allows_nothing(document: dict[str, Any]) -> None:
    assert decide([Policy(name="p", document=document)], ACTION).answer is Answer.MISSING


def test_one_statement_may_stand_without_a_list() -> None:
    assert decide([Policy(name="p", document={"Statement": allow()})], ACTION).answer is Answer.ALLOWED


def test_the_policy_it_rests_on_is_named() -> None:
    assert decide(policies(allow("ecs:*"), allow()), ACTION).policy == "p1"
    assert decide(policies(allow(), allow("ecs:*"), deny("vpc:*")), ACTION).policy == "p2"


LETTERS = st.sampled_from("ab:")
PATTERNS = st.text(st.sampled_from("ab:*?"), max_size=5)
NAMES = st.text(LETTERS, min_size=1, max_size=4)
EFFECTS = st.sampled_from(["Allow", "Deny"])
STATEMENTS = st.lists(
    st.builds(lambda effect, action: {"Effect": effect, "Action": action, "Resource": "*"}, EFFECTS, PATTERNS), max_size=5
)


@given(STATEMENTS, NAMES)
def test_unrestricted_statements_are_decided_as_by_the_rules(statements: list[dict[str, Any]], action: str) -> None:
    """An oracle of three lines, with the standard library's patterns."""
    covering = {one["Effect"] for one in statements if fnmatch.fnmatchcase(action, one["Action"])}
    wanted = Answer.DENIED if "Deny" in covering else Answer.ALLOWED if covering else Answer.MISSING
    assert decide(policies(*statements), action).answer is wanted


@given(STATEMENTS, STATEMENTS, NAMES)
def test_a_further_deny_never_allows_and_a_further_allow_never_takes_away(
    first: list[dict[str, Any]], more: list[dict[str, Any]], action: str
) -> None:
    before = decide(policies(*first), action).answer
    with_denies = decide(policies(*first, *(one for one in more if one["Effect"] == "Deny")), action).answer
    with_allows = decide(policies(*first, *(one for one in more if one["Effect"] == "Allow")), action).answer
    assert with_denies is not Answer.ALLOWED or before is Answer.ALLOWED
    assert with_allows is Answer.ALLOWED or before is not Answer.ALLOWED


RESTRICTED = st.builds(
    lambda effect, action, resource, condition: {"Effect": effect, "Action": action, "Resource": resource, **condition},
    EFFECTS,
    PATTERNS,
    st.sampled_from(["*", "acs:a:*:*:*", "acs:b:x:*:*"]),
    st.sampled_from([{}, {"Condition": CONDITION}]),
)


@given(st.lists(RESTRICTED, max_size=5).flatmap(lambda given: st.tuples(st.just(given), st.permutations(given))), NAMES)
def test_the_order_of_statements_does_not_matter(orders: tuple[list[Any], list[Any]], action: str) -> None:
    answers = [decide(policies(*order), action).answer for order in orders]
    assert answers[0] is answers[1]


@given(st.lists(RESTRICTED, max_size=5), NAMES)
def test_a_sure_answer_needs_a_statement_without_limits(statements: list[Any], action: str) -> None:
    """Allowed or denied is never said because of a statement with a Condition alone."""
    sure = [one for one in statements if "Condition" not in one]
    if decide(policies(*statements), action).answer is Answer.ALLOWED:
        assert decide(policies(*sure), action).answer is Answer.ALLOWED
    if decide(policies(*statements), action).answer is Answer.DENIED:
        assert decide(policies(*sure), action).answer is Answer.DENIED


@given(st.text(max_size=8))
def test_a_text_without_wildcards_matches_itself_and_what_a_star_stands_for(text: str) -> None:
    plain = text.replace("*", "").replace("?", "")
    assert matches(plain, plain)
    assert matches("*", text)
    assert matches(f"{plain}*", plain + text)
    assert not matches(f"{plain}?", plain)
