"""What NAT gateways and elastic IP addresses cost: the catalogue's price, or a stand-in where it has none for the region."""

from __future__ import annotations

from decimal import Decimal

from fourways.catalog import prices
from fourways.fakes.service import Scope

# assumed: the catalogue's Beijing price, for regions where no price is published in what was read. USD an hour.
_STAND_IN = {"nat-gateway": Decimal("0.034"), "eip": Decimal("0.003")}
HOURS_OF_A_MONTH = 730  # as in our estimates


def open_bill(scope: Scope, kind: str, id: str, charge_type: str, months: int = 0) -> None:
    """Bill `id` from now on. A prepaid term is owed at once: assumed to be `months` at the hourly price."""
    known = prices.price(kind, "instance", scope.region, "PostPaid")
    hourly, currency = (known.amount, known.currency) if known else (_STAND_IN[kind], "USD")
    seeded = scope.cloud.seed.get("prices", {}).get(kind)
    hourly = hourly if seeded is None else Decimal(str(seeded))
    if charge_type == "PrePaid":
        scope.bill(kind, id, Decimal(0), currency, charge_type, committed=hourly * HOURS_OF_A_MONTH * months)
    else:
        scope.bill(kind, id, hourly, currency, charge_type)
