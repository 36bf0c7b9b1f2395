"""The decision tree: which offers fall away, why, and what is taken."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fourways.advisor.choice import Choice, Given, choose
from fourways.advisor.facts import facts
from fourways.advisor.tree import Tree, tree, unknown_facts, walk
from tests.advisor.samples import RATES, REGION, TEAM, workload


def chosen(**fields: object) -> Choice:
    return choose(Given(workload=workload(**fields), region=REGION, rates=RATES))


def dropped(choice: Choice, step: str) -> dict[str, str]:
    return next(dict(taken.dropped) for taken in choice.branch if taken.step == step)


def test_a_small_workload_is_for_the_token_api() -> None:
    choice = chosen()
    assert (choice.name, choice.kind) == ("token API", "token")
    assert choice.branch[-1].left == ("token API",)
    assert dropped(choice, "close")["Model Units, for a month"].startswith("costs 104,472 CNY a month, ")


def test_dedicated_capacity_excludes_pools_and_overflow() -> None:
    choice = chosen(isolation="dedicated")
    gone = dropped(choice, "isolation")
    assert {name for name in gone if "overflow" not in name} == {"token API"}
    assert len(gone) == 4
    assert choice.name == "PTU standard, for a term"


def test_what_cannot_carry_the_peak_falls_away() -> None:
    choice = chosen(peakTpm=1_300_000, tokensPerDay=100_000_000)
    assert dropped(choice, "capacity")["token API"] == "carries at most 1,200,000 tokens a minute (quota)"
    assert choice.kind == "ptu"


def test_a_team_that_is_too_small_excludes_its_own_machines() -> None:
    choice = chosen(team={**TEAM, "size": "0.4"})
    assert list(dropped(choice, "people")) == ["bare metal, by the hour", "bare metal, for a month"]
    assert dropped(choice, "people")["bare metal, by the hour"] == "takes 80 hours of people a month, the team has 67.2"


def test_of_what_costs_nearly_the_same_the_least_work_is_taken() -> None:
    facts_of = {
        name: {"monthly_cost": Decimal(cost), "people_hours": hours} for name, cost, hours in (("a", 100, 9), ("b", 110, 3), ("c", 111, 1))
    }
    by = tree().model_copy(update={"start": "close", "steps": {**tree().steps}})
    for values in facts_of.values():
        values["monthly"] = str(values["monthly_cost"])
    name, branch = walk(facts_of, by)
    assert name == "b"
    assert dict(branch[0].dropped) == {"c": "costs 111, 11% more than the cheapest"}


def test_the_tree_asks_for_nothing_that_nobody_computes() -> None:
    line = chosen().lines[0]
    assert unknown_facts(list(facts(line, workload()))) == set()
    assert unknown_facts(["serves"]) >= {"shares_a_pool", "monthly_cost", "people_hours"}
    by = Tree.model_validate({"start": "x", "steps": {"x": {"ask": "?", "drop": {"fact": "nonsense", "is": True}}}})
    with pytest.raises(KeyError, match="nonsense"):
        walk({"a": {}}, by)


def test_each_step_leads_to_another_or_ends() -> None:
    steps = tree().steps
    seen, name = [], tree().start
    while name is not None:
        seen.append(name)
        name = steps[name].next  # type: ignore[assignment]
    assert sorted(seen) == sorted(steps)
    assert steps[seen[-1]].least
