"""What public machines cost on spot. The market is made up; what is documented is how its prices stand to each other.

Seed `{"eas": {"spot_prices": {NAME: 1.5}}}`: the market price of the type with a protection period, in USD an hour; null: not sold on spot.
The console's step `spot-price` sets it while services run.
"""

from __future__ import annotations

from decimal import Decimal

from fourways.catalog import prices
from fourways.fakes.service import Scope
from fourways.fakes.services.eas.placement import machine_types

INSTANCE = "eas-public-instance"  # the kind of a public machine in the price book and on the bill
CURRENCY = "USD"  # help centre, 'Parameters of model services': the unit of spot_price_limit
# Help centre, 'Best practices for PAI-EAS Spot': the market price is unlikely to be above 20% of the pay-as-you-go price.
DISCOUNT = Decimal("0.2")
# Help centre, 'Parameters of model services': without a protection period about 10% cheaper.
UNPROTECTED = Decimal("0.9")
# Made up, for types that the price book does not price in USD: an hour of pay-as-you-go.
USD_PER_GPU, USD_PER_VCPU = Decimal(3), Decimal("0.05")


def money(amount: float | str | Decimal) -> Decimal:
    """A price in USD as it was written, not as a binary fraction."""
    return Decimal(str(amount))


def price(scope: Scope, name: str, *, protected: bool) -> Decimal | None:
    """The market price in USD an hour, or None for what is not sold on spot."""
    seeded = scope.cloud.seed.get("eas", {}).get("spot_prices", {})
    whole = seeded[name] if name in seeded else _list_price(scope, name) * DISCOUNT
    return None if whole is None else money(whole) * (1 if protected else UNPROTECTED)


def discount(scope: Scope, name: str, *, protected: bool) -> float | None:
    """The market price as a part of the list price, as DescribeMachineSpec has it: 0.1 is a tenth (SDK 7.0.0)."""
    found, whole = price(scope, name, protected=protected), _list_price(scope, name)
    return None if found is None or not whole else float(round(found / whole, 4))


def _list_price(scope: Scope, name: str) -> Decimal:
    listed = prices.price(INSTANCE, name, scope.region, "PostPaid")
    if listed is not None and listed.currency == CURRENCY:
        return listed.amount
    kind = machine_types.find(scope, name)
    return Decimal(0) if kind is None else kind.gpus * USD_PER_GPU or kind.vcpus * USD_PER_VCPU
