"""What a measurement has cost so far: the hours of what was bought, and the tokens where they are billed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from fourways.benchmark.tally import Tally, Tokens
from fourways.costs.serving import ServingPrices, Used


class Spending:
    """`clock` gives seconds since the run began; `fake` says that the money is made up."""

    def __init__(self, prices: ServingPrices, clock: Callable[[], float], *, fake: bool) -> None:
        self._prices, self._clock, self._fake = prices, clock, fake
        self._tallies: list[Tally] = []
        self._elsewhere = Used()
        self._here = False

    def watch(self, tally: Tally | None) -> None:
        """A point begins; no tally where it runs on other machines."""
        self._here = tally is not None
        if tally is not None:
            self._tallies.append(tally)

    def measured(self, point: dict[str, Any]) -> None:
        """A point is there. Of one that was measured on other machines only what its window held is known: its warm-up is not counted."""
        counted = (point.get("reservation") or {}).get("overflow") if self._prices.overflow_only else point
        if counted and not self._here:
            self._elsewhere += Used(input=int(counted["total_input_tokens"]), output=int(counted["total_output_tokens"]))

    @property
    def used(self) -> Used:
        """Tokens that are billed by themselves."""
        overflow_only = self._prices.overflow_only
        return sum((_used(tally.overflowed if overflow_only else tally.billed) for tally in self._tallies), self._elsewhere)

    def spent(self) -> dict[str, Decimal]:
        """By currency."""
        return self._prices.spent(self._clock(), self.used)

    def words(self) -> str:
        """`108.00 CNY`, `108.00 CNY and 0.31 USD (fake)`; empty where no price is known."""
        sums = " and ".join(f"{amount:,.2f} {currency}" for currency, amount in sorted(self.spent().items()))
        return f"{sums} (fake)" if sums and self._fake else sums


def _used(tokens: Tokens) -> Used:
    return Used(input=tokens.input, output=tokens.output, cached=tokens.cached)
