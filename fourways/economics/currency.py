"""An offer in another currency, at a stated rate and no other."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from fourways.costs.rates import Rates
from fourways.economics.offer import Offer


class CurrenciesDiffer(ValueError):
    """Amounts of two currencies would be compared, and no rate between them is stated. The text says how to state one."""


def in_currency(offer: Offer, currency: str, rates: Rates) -> Offer:
    """The same offer in `currency`. Raises CurrenciesDiffer where no rate is stated."""
    if offer.currency == currency:
        return offer

    def converted(amount: Decimal) -> Decimal:
        if (found := rates.convert(amount, offer.currency, currency)) is None:
            raise CurrenciesDiffer(
                f"{offer.name} is priced in {offer.currency}, and nothing is converted without a rate: "
                f"state one, such as --currency-rate {offer.currency}=0.14{currency} (what 1 {offer.currency} is in {currency})"
            )
        return found

    return replace(
        offer,
        currency=currency,
        capacity=tuple(
            replace(
                part,
                hourly=None if part.hourly is None else converted(part.hourly),
                monthly=None if part.monthly is None else converted(part.monthly),
            )
            for part in offer.capacity
        ),
        tokens=tuple(
            replace(band, miss=converted(band.miss), hit=converted(band.hit), output=converted(band.output)) for band in offer.tokens
        ),
        fixed=tuple(replace(part, monthly=converted(part.monthly)) for part in offer.fixed),
    )
