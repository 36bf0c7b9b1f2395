"""`fourways demo up|down STACK`: the whole life of a stack on the fake, with what a newcomer wants to see."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from decimal import Decimal
from ipaddress import ip_network
from typing import Any

from rich.console import Console
from rich.table import Table

from fourways.cli import fake_server
from fourways.cli.errors import UserError
from fourways.cli.project import stack_file
from fourways.cli.workspace import DEMO_FOLDER, Workspace, fake_workspace
from fourways.costs import estimate_state, render
from stacks.stack_file import read_config

# Piped output has no width of its own, and 80 columns would cut ids and URLs.
console = Console(highlight=False, width=None if sys.stdout.isatty() else 140)


def up(stack: str) -> None:
    """Bring the stack up on the fake with the real engine; print endpoint, what was bought, its price and a first answer."""
    stack_file(stack)
    workspace = fake_workspace()
    say_target(workspace)
    workspace.read("stack", "select", "--create", "--stack", stack)
    if workspace.run("up", "--yes", "--skip-preview", "--stack", stack):
        raise UserError(f"`pulumi up` failed; what exists is in the state: look with `fourways shell`, or `fourways demo down {stack}`")
    outputs = workspace.outputs(stack)
    show_endpoint(outputs)
    console.print()
    estimate = estimate_state(workspace.state(stack), read_config(stack_file(stack)))
    console.print(render.table(estimate, "What was bought"))
    assert workspace.fake is not None
    let_in(workspace, read_config(stack_file(stack)))
    from fourways.cli.chat_request import PROMPT, chat  # requests: of the commands that print, only this one asks the endpoint

    answer = chat(outputs, ca=workspace.fake.ca)
    console.print(f"\n[bold]First request[/]  {PROMPT}\n[bold]Answer[/]         {answer.text}")
    console.print(
        f"               {answer.prompt_tokens} tokens in, {answer.completion_tokens} out, {answer.seconds:.2f} s (made up by the fake)"
    )
    console.print(f"\nNext: [bold]fourways shell[/] for plain pulumi on it, [bold]fourways check {stack}[/], or take it down: "
                  f"[bold]make demo-down STACK={stack}[/]")  # fmt: skip


def let_in(workspace: Workspace, config: Mapping[str, Any]) -> None:
    """Calls to a listener count as from an address that the stack lets in: an allow-list names other networks than loopback."""
    serving = config.get("fourways:serving") or {}
    allowed = (serving.get("access") or {}).get("allow") if serving.get("kind") == "bare-metal" else None
    if allowed and workspace.fake is not None:
        network = ip_network(allowed[0])
        address = str(network[1] if network.num_addresses > 2 else network[0])
        workspace.fake.ask("seed", "POST", {"alb": {"client_address": address}})
        console.print(f"\nRequests of this machine count as from {address}, which access.allow lets in.")


def down(stack: str) -> None:
    """Destroy the stack on the fake; show what was billed, and that nothing is open. Raises UserError when something is."""
    stack_file(stack)
    workspace = fake_workspace()
    say_target(workspace)
    if stack in workspace.state_stacks():
        if workspace.run("destroy", "--yes", "--skip-preview", "--stack", stack):
            raise UserError(f"`pulumi destroy` failed; the state is kept in {workspace.folder / 'state'}: mend the cause and run it again")
        workspace.read("stack", "rm", "--yes", "--preserve-config", "--stack", stack)
    else:
        console.print(f"stack {stack} is not up on the fake")
    assert workspace.fake is not None
    rows, left = workspace.fake.ask("ledger"), workspace.fake.ask("state")
    show_ledger(rows)
    still_open = [row for row in rows if row["closed"] is None]
    others = workspace.state_stacks(only_up=True)
    if not others and (still_open or left):
        names = ", ".join(f"{row['kind']} {row.get('resource') or row.get('id')}" for row in still_open or left)
        raise UserError(f"left behind after destroy: {names}")
    if others:
        console.print(f"other stacks are still up on the fake: {', '.join(others)}")
        return
    console.print("Nothing is open, nothing is left.")
    fake_server.stop(DEMO_FOLDER / "fake")
    (DEMO_FOLDER / "fake" / "cloud.pickle").unlink(missing_ok=True)


def say_target(workspace: Workspace) -> None:
    """The first line of each operation: which cloud it works on."""
    address = "" if workspace.fake is None else f" ({workspace.fake.address})"
    console.print(f"target: [bold]{workspace.target}[/]{address}")


def show_endpoint(outputs: dict[str, Any]) -> None:
    """The endpoint contract, a line each, without the key."""
    console.print("\n[bold]Endpoint[/]")
    for name in ("base_url", "model", "kind", "region", "capacity", "expires_at"):
        if outputs.get(name) is not None:
            console.print(f"  {name:<10} {outputs[name]}", soft_wrap=True)
    console.print("  api_key    (secret: `pulumi stack output api_key --show-secrets` in `fourways shell`)")


def show_ledger(rows: list[dict[str, Any]]) -> None:
    table = Table(title="Billed on the fake", title_justify="left")
    for name in ("kind", "resource", "region", "price an hour", "seconds", "amount", ""):
        table.add_column(name, justify="right" if name in ("price an hour", "seconds", "amount") else "left", overflow="fold")
    totals: dict[str, Decimal] = {}
    for row in rows:
        totals[row["currency"]] = totals.get(row["currency"], Decimal(0)) + Decimal(row["amount"])
        state = "open" if row["closed"] is None else "closed"
        price = f"{row['hourly_price']} {row['currency']}"
        table.add_row(row["kind"], row["resource"], row["region"], price, str(row["seconds"]), row["amount"], state)
    console.print(table)
    for currency, total in totals.items():
        console.print(f"Total: {total} {currency}")
