"""`fourways cost STACK`: the price of what is in the state."""

from __future__ import annotations

import json

from fourways import costs
from fourways.cli.demo import console, say_target
from fourways.cli.project import stack_file
from fourways.cli.workspace import current_workspace
from fourways.costs import render
from stacks.stack_file import read_config


def cost(stack: str, *, fake: bool, output: str) -> None:
    """Print the estimate as text, markdown or json."""
    config = read_config(stack_file(stack))
    workspace = current_workspace(fake=fake)
    estimate = costs.estimate_state(workspace.state(stack), config)
    if output == "json":
        print(json.dumps(render.as_json(estimate), indent=2))
    elif output == "markdown":
        print(render.markdown(estimate))
    else:
        say_target(workspace)
        console.print(render.table(estimate))
