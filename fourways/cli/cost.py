"""`fourways cost STACK`: the price of what is in the state, by the book or by live prices."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import date
from typing import Any

from fourways import costs
from fourways.catalog import prices
from fourways.catalog.prices import Key, Price
from fourways.cli.demo import console, say_target
from fourways.cli.project import stack_file
from fourways.cli.workspace import current_workspace
from fourways.costs import render
from fourways.prices.answers import Answers, answer, cache_file
from fourways.prices.ask import ask
from stacks.stack_file import read_config


def cost(stack: str, *, fake: bool, output: str, rates: Sequence[str] = (), live: bool = False) -> None:
    """Print the estimate as text, markdown or json, sums also in one currency where rates are stated. Raises CostError for a wrong rate."""
    stated, today = costs.Rates.parse(rates), date.today()
    config = read_config(stack_file(stack))
    workspace = current_workspace(fake=fake)
    state = workspace.state(stack)
    estimate = costs.estimate_state(state, config)
    if live:
        workspace.enter()
        answers = live_prices(state, workspace.target, today)
        estimate = costs.estimate_state(state, config, answers.find)
        for key, why in answers.refused.items():
            print(f"not live, the book's price is used: {key.kind} {key.item} in {key.region}: {why}", file=sys.stderr)
    if output == "json":
        print(json.dumps(render.as_json(estimate, rates=stated, today=today), indent=2))
    elif output == "markdown":
        print(render.markdown(estimate, stated, today))
    else:
        say_target(workspace)
        console.print(render.table(estimate, rates=stated, today=today))


def live_prices(state: dict[str, Any], target: str, today: date) -> Answers:
    """Today's prices of what a state's estimate looks up."""
    wanted: list[Key] = []

    def note(kind: str, item: str, region: str, charge_type: str) -> Price | None:
        wanted.append(Key(kind, item, region, charge_type))  # type: ignore[arg-type]
        return prices.price(kind, item, region, charge_type)

    costs.estimate_state(state, find=note)
    return answer(wanted, ask, target=target, today=today, file=cache_file(target))
