"""What serving costs while it is measured: the hour of what was bought, and tokens where they are billed. For `fourways bench`.

Nothing is converted: what is billed in another currency than the capacity is kept beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from fourways.catalog import prices
from fourways.costs.documents import read_state
from fourways.costs.model import Estimate

MILLION = Decimal(1_000_000)
HOUR = Decimal(3600)
BY_THE_TOKEN = "token"
RESERVED = "ptu"
"""Kinds of endpoint whose tokens are billed: all of them, or those beyond the reservation (stacks/kinds)."""
RESERVATION = "fourways:modelstudio:Reservation"
CAPACITY = frozenset(
    {
        "fourways:eas:ResourceGroup",
        "fourways:eas:Service",
        RESERVATION,
        "fourways:modelstudio:ModelUnitDeployment",
        "alicloud:ess/scalingGroup:ScalingGroup",
        "alicloud:ecs/instance:Instance",
    }
)
"""Types that the model runs on: the hour's price is in the currency of their main part."""


@dataclass(frozen=True)
class Used:
    """Tokens of requests: all that were sent and answered, warm-ups too. `cached` are among `input`."""

    input: int = 0
    output: int = 0
    cached: int = 0

    def __add__(self, other: "Used") -> "Used":
        return Used(self.input + other.input, self.output + other.output, self.cached + other.cached)


@dataclass(frozen=True, kw_only=True)
class TokenPrices:
    """An amount per million tokens each; None where no price is known. Without a price of their own, cached tokens cost what others do."""

    input: Decimal | None
    output: Decimal | None
    cached: Decimal | None
    currency: str
    assumed: bool

    def cost(self, used: Used) -> Decimal:
        """Of so many tokens, as far as prices are known."""
        cached = self.input if self.cached is None else self.cached
        parts = ((used.input - used.cached, self.input), (used.cached, cached), (used.output, self.output))
        return sum((Decimal(count) * price / MILLION for count, price in parts if price is not None), Decimal(0))

    def as_json(self) -> dict[str, Any]:
        """For `run.json`."""
        amounts = {name: _text(getattr(self, name)) for name in ("input", "output", "cached")}
        return {**amounts, "currency": self.currency, "assumed": self.assumed}


@dataclass(frozen=True, kw_only=True)
class ServingPrices:
    """`hourly` by currency; `main` is the capacity's, None where it has none or several. `overflow_only`: tokens are billed beyond the
    reservation alone. `unknown` names what is billed at a price that nobody knows here."""

    hourly: Mapping[str, Decimal] = field(default_factory=dict)
    main: str | None = None
    assumed: bool = False
    tokens: TokenPrices | None = None
    overflow_only: bool = False
    unknown: tuple[str, ...] = ()

    def spent(self, seconds: float, used: Used) -> dict[str, Decimal]:
        """By currency, after so many seconds and tokens."""
        sums = {currency: amount * Decimal(str(seconds)) / HOUR for currency, amount in self.hourly.items()}
        if self.tokens is not None:
            sums[self.tokens.currency] = sums.get(self.tokens.currency, Decimal(0)) + self.tokens.cost(used)
        return sums

    def hourly_json(self) -> dict[str, Any] | None:
        """For `run.json`: the hour in the capacity's currency; not in it are the other currencies `beside` it, and what is billed at an
        `unknown` price. None where nothing is billed by the hour, or in no single currency."""
        if self.main is None:
            return None
        price: dict[str, Any] = {"amount": _text(self.hourly[self.main]), "currency": self.main, "assumed": self.assumed}
        beside = [{"amount": _text(amount), "currency": name} for name, amount in sorted(self.hourly.items()) if name != self.main]
        return price | ({"beside": beside} if beside else {}) | ({"unknown": list(self.unknown)} if self.unknown else {})


def serving_prices(estimate: Estimate, *, kind: str, model: str, region: str, most: bool = False) -> ServingPrices:
    """From a stack's estimate and what its endpoint is. `most`: with every scaler at its maximum."""
    hourly = {total.currency: total.hourly for total in (estimate.largest if most else estimate.totals) if total.hourly}
    of_capacity = {row.currency for row in estimate.rows if row.status == "priced" and row.type in CAPACITY and not row.part}
    candidates = of_capacity or set(hourly)
    main = next(iter(candidates)) if len(candidates) == 1 else None
    billed = kind in (BY_THE_TOKEN, RESERVED)
    return ServingPrices(
        hourly=hourly,
        main=main if main in hourly else None,
        assumed=any(row.assumed for row in estimate.rows if row.status == "priced"),
        tokens=token_prices(model, region) if billed else None,
        overflow_only=kind == RESERVED,
        unknown=tuple(f"{row.name} ({row.note or row.billed or 'no price'})" for row in estimate.unknown),
    )


def billed_model(state: str | Mapping[str, Any], served: str) -> str:
    """The model whose tokens are billed where the endpoint serves `served`: a reservation serves its model under a name of its own.
    Raises CostError where this is no state."""
    reserved = [one for one in read_state(state) if one.type == RESERVATION]
    return next((str(model) for one in reserved if (model := (one.inputs or {}).get("model"))), served)


def token_prices(model: str, region: str) -> TokenPrices | None:
    """Of the price book; None where it prices no token of the model there, or its parts in several currencies. Of prices by the hour of
    the day the dearest."""
    found = {
        "input": prices.token_price(model, "input", region),
        "output": prices.token_price(model, "output", region),
        "cached": prices.token_price(model, "input", region, cache="hit"),
    }
    known = [price for price in found.values() if price is not None]
    if not known or len({price.currency for price in known}) > 1:
        return None
    amounts = {side: price.amount if price is not None else None for side, price in found.items()}
    return TokenPrices(**amounts, currency=known[0].currency, assumed=any(price.assumed for price in known))


def _text(amount: Decimal | None) -> str | None:
    """As the price book has it, without an exponent."""
    return None if amount is None else f"{amount.normalize():f}"
