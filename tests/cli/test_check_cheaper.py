"""What `fourways check` gives the advisor of a stack."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from fourways import checks, costs
from fourways.cli.check import _cheaper
from fourways.cli.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
STACK = "mu-singapore"
EVENTS = (ROOT / "tests" / "costs" / "samples" / "events.jsonl").read_text(encoding="utf-8")


def test_a_stack_of_which_not_all_has_a_price_is_not_taken_for_a_cheap_one(tmp_path: Path) -> None:
    settings = (ROOT / "stacks" / f"Pulumi.{STACK}.yaml").read_text(encoding="utf-8")
    (tmp_path / f"Pulumi.{STACK}.yaml").write_text(f"{settings}\n  fourways:workload: {{tokensPerDay: 8000000}}\n", encoding="utf-8")
    nat = costs.Row(
        urn="u", type="t", name="nat", status="priced", billed="nat", hourly=Decimal("0.04"), monthly=Decimal(30), currency="USD"
    )  # fmt: skip
    units = costs.Row(urn="v", type="t", name="units", status="unknown", billed="unknown", note="no price")
    report = replace(checks.check(EVENTS, stack=STACK), rates=costs.Rates.parse(["USD=7.1CNY"]), estimate=costs.Estimate(rows=(nat, units)))
    said = _cheaper(cast(Workspace, SimpleNamespace(stacks=tmp_path)), STACK, report)
    assert "token API would cost about 460 CNY a month, Model Units as it is 104,472 CNY" in said
