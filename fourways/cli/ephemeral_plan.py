"""What `fourways bench --ephemeral` finds out before anything is bought: the copies, their previews with the policy pack, their cost.

All that is in the way is told at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import yaml
from rich.table import Table

from fourways import checks
from fourways.benchmark.plan import Plan
from fourways.cli.check import preview
from fourways.cli.errors import UserError
from fourways.cli.project import stack_file
from fourways.cli.workspace import Workspace, write_stack_file
from fourways.cloud import target as targets
from fourways.costs.documents import CostError
from fourways.costs.model import Estimate
from fourways.costs.serving import CAPACITY, ServingPrices, serving_prices
from fourways.ephemeral import budget, copies
from fourways.ephemeral.budget import Limits
from fourways.ephemeral.planned import Planned, planned
from stacks.model import Settings
from stacks.problems import SettingsError
from stacks.settings import load
from stacks.stack_file import read_config


@dataclass(frozen=True, kw_only=True)
class Copy:
    """One disposable copy: of which stack, its own name, its settings as text and as read."""

    source: str
    stack: str
    settings: Settings
    text: str
    networks: tuple[str, ...] = ()
    """That alone may ask its endpoint; none where anybody with the key may."""


@dataclass(frozen=True, kw_only=True)
class Priced:
    """A copy with what its preview says that it will cost."""

    copy: Copy
    estimate: Estimate
    prices: ServingPrices
    planned: Planned

    @property
    def expected(self) -> budget.Sums:
        """By currency."""
        return budget.expected(self.prices, self.planned)


def make_copies(
    stacks: Sequence[str], run: str, now: datetime, ttl: str, *, take_terms_out: bool, let_in: Sequence[str]
) -> tuple[list[Copy], list[str]]:
    """The copies, and what is in the way of any, a line each. Raises UserError for a stack that has no file, TtlError."""
    made, problems = [], []
    for number, source in enumerate(stacks, 1):
        try:
            config = read_config(stack_file(source))
            config = copies.postpaid(config) if take_terms_out else config
            if refused := copies.refusals(config):
                problems += [f"{source}: {line}" for line in refused]
                continue
            config = copies.letting_in(copies.disposable(config, run, now, ttl), list(let_in))
            stack = copies.stack_name(run, number)
            settings = load(config, stack=stack, file=f"the copy of {source}")
        except SettingsError as error:
            problems.append(str(error))
            continue
        text = yaml.safe_dump({"config": config}, sort_keys=False)
        made.append(Copy(source=source, stack=stack, settings=settings, text=text, networks=tuple(copies.allowed_networks(config))))
    return made, problems


def preview_copies(
    workspace: Workspace, made: Sequence[Copy], plan: Plan, account: str, tell: Callable[[str], None]
) -> tuple[list[Priced], list[str]]:
    """Each copy's preview with the policy pack, and what is in the way. Nothing is bought."""
    priced, problems = [], []
    for number, copy in enumerate(made, 1):
        if mismatch := targets.account_mismatch(copy.settings.account, account, what=f"{copy.source} pins"):
            problems.append(mismatch)
            continue
        tell(f"preview {number} of {len(made)}: {copy.source}, with the policy pack")
        write_stack_file(workspace.stacks / f"Pulumi.{copy.stack}.yaml", copy.text)
        try:
            workspace.read("stack", "init", "--non-interactive", "--stack", copy.stack)
            report = checks.check(preview(workspace, copy.stack), stack=copy.stack)
        except (UserError, CostError) as error:
            problems.append(f"{copy.source}: {error}")
            continue
        found = [f"{copy.source}: {line}" for line in (*report.errors, *_broken(report), *_in_the_way(report.estimate))]
        if not report.policies.ran and not report.errors:
            found.append(f"{copy.source}: no policy was run over it")
        problems += found
        if not found:
            priced.append(_priced(copy, report.estimate, plan))
    return priced, problems


def table(priced: Sequence[Priced], limits: Limits) -> Table:
    """A row a copy: its hour, how long it is planned to take, what that comes to."""
    view = Table(title="What will be bought, one copy after another", title_justify="left", caption_justify="left")
    for heading in ("stack", "copy", "an hour", "planned", "comes to"):
        view.add_column(heading, justify="left" if heading in ("stack", "copy") else "right", overflow="fold")
    for one in priced:
        tokens = one.prices.tokens is not None
        hour = money(one.prices.hourly) or ("by the token" if tokens else "free")
        comes_to = money(one.expected) or "nothing"
        view.add_row(one.copy.source, one.copy.stack, hour, f"{one.planned.minutes:.0f} min", comes_to)
    sums = budget.total(one.expected for one in priced)
    minutes = sum(one.planned.minutes for one in priced)
    view.add_section()
    view.add_row("together", "", "", f"{minutes:.0f} min", limits.words(sums).replace("at most", "about"))
    view.caption = (
        "planned: bringing up and tearing down (assumed), and the points of the workload; scalers at their maximum, list prices;\n"
        "tokens as for answers at 100 tokens a second each (assumed)"
    )
    return view


def unwatched(priced: Sequence[Priced], limits: Limits) -> list[str]:
    """What the budget does not bound, a line each."""
    lines = []
    for one in priced:
        for currency in limits.unwatched(one.prices.spent(1.0, one.planned.used)):
            lines.append(f"{one.copy.source}: what is billed in {currency} (no amount and no --currency-rate)")
        lines += [f"{one.copy.source}: {name}" for name in one.prices.unknown]
        metered = [row for row in one.estimate.metered if not (row.type == "fourways:modelstudio:ApiKey" and one.prices.tokens)]
        lines += [f"{one.copy.source}: {row.name} ({row.billed})" for row in metered]
    return lines


def money(sums: Mapping[str, Decimal]) -> str:
    """`864.00 CNY + 0.31 USD`."""
    return " + ".join(f"{amount:,.2f} {currency}" for currency, amount in sorted(sums.items()) if amount)


def _priced(copy: Copy, estimate: Estimate, plan: Plan) -> Priced:
    serving = copy.settings.serving
    prices = serving_prices(estimate, kind=serving.kind, model=serving.model.id, region=copy.settings.region, most=True)
    return Priced(copy=copy, estimate=estimate, prices=prices, planned=planned(serving.kind, plan))


def _broken(report: checks.Report) -> list[str]:
    return [
        f"policy {one.policy} refuses {one.resource}: {one.message}{f'. To mend: {one.mend}' if one.mend else ''}"
        for one in report.policies.blocking
    ]


def _in_the_way(estimate: Estimate) -> list[str]:
    """Terms, and capacity of which nobody knows the price: whatever the budget, it would watch the small change alone."""
    terms = [f"{row.name} is prepaid ({row.billed}): a term cannot be given back" for row in estimate.rows if row.committed]
    return terms + [
        f"{row.name} has no known price ({row.note}), and the model runs on it: no budget can be kept. Add it to the price book "
        "(fourways/catalog/prices.yaml), or leave the stack out"
        for row in estimate.unknown
        if row.type in CAPACITY
    ]
