"""What the tables and lines at the end say."""

from __future__ import annotations

import io

from rich.console import Console

from fourways.chaos.plan import plan
from fourways.chaos.table import Outcome, summary

BILL = {"kind": "eip", "resource": "eip-1", "opened": "t", "closed": "t", "seconds": 7200.0, "amount": "1.5000", "currency": "CNY"}


def outcome(number: int, *failures: str) -> Outcome:
    planned = plan(1, number)
    fired = [injection for _, injection in planned.injections()]
    return Outcome(plan=planned, lane=1, fired=fired, recoveries=1, seconds=3.0, failures=list(failures), ledger=[BILL], folder="/kept")


def said(*outcomes: Outcome) -> str:
    console = Console(width=140, record=True, file=io.StringIO())
    console.print(summary(outcomes, "mu-singapore", 90.0))
    return console.export_text()


def test_a_failure_says_how_to_repeat_it_and_where_it_lies() -> None:
    text = said(outcome(1), outcome(2, "still billed: eip eip-1"))
    assert "cycle 2 failed:" in text
    assert "still billed: eip eip-1" in text
    assert "fourways fakes chaos --stack mu-singapore --seed 1 --cycles 1 --first 2" in text
    assert "/kept" in text
    assert "cycle 1 failed" not in text
    assert "1 of 2 cycles clean in 1.5 min" in text


def test_the_ledger_is_summed_by_kind() -> None:
    row = next(line for line in said(outcome(1), outcome(2)).splitlines() if "eip" in line)
    assert [cell.strip() for cell in row.strip("│").split("│")] == ["eip", "2", "0", "4.0", "3.00 CNY"]


def test_what_was_planned_and_never_came_is_told_apart() -> None:
    missed = outcome(1)
    kind = missed.fired.pop().kind
    row = next(line for line in said(missed).splitlines() if f" {kind} " in line)
    cells = [cell.strip() for cell in row.strip("│").split("│")]
    assert int(cells[1]) == int(cells[2]) + 1


def test_an_interrupted_cycle_is_no_clean_one() -> None:
    cut = outcome(3)
    cut.interrupted = True
    assert not cut.clean
    assert cut.line().startswith("cycle 3: interrupted")
    assert "0 of 0 cycles clean" in said(cut)
