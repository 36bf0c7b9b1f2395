"""`fourways cost STACK`: the price of what is in the state."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from fourways import costs
from fourways.cli.demo import console, say_target
from fourways.cli.project import stack_file
from fourways.cli.workspace import current_workspace
from fourways.costs import render
from stacks.stack_file import read_config


def cost(stack: str, *, fake: bool, output: str, rates: Sequence[str] = ()) -> None:
    """Print the estimate as text, markdown or json, sums also in one currency where rates are stated. Raises CostError for a wrong rate."""
    stated, today = costs.Rates.parse(rates), date.today()
    config = read_config(stack_file(stack))
    workspace = current_workspace(fake=fake)
    estimate = costs.estimate_state(workspace.state(stack), config)
    if output == "json":
        print(json.dumps(render.as_json(estimate, rates=stated, today=today), indent=2))
    elif output == "markdown":
        print(render.markdown(estimate, stated, today))
    else:
        say_target(workspace)
        console.print(render.table(estimate, rates=stated, today=today))
