"""What is billed: a postpaid instance by the hour while it is there, a prepaid one by the term, model units by the hour while they run."""

from __future__ import annotations

from decimal import Decimal

from fourways.catalog import prices
from fourways.fakes.service import Scope
from fourways.fakes.services.deployments import rules
from fourways.fakes.services.deployments.records import Capacity, Instance, Reservation, Term, Units

RESERVATION, UNIT = "ptu-reservation", "model-unit"
CURRENCY = "CNY"
NOTHING = Decimal(0)
UNPRICED = "unknown"  # the currency of what the price book does not price: billed, amount unknown
_DAY = Decimal(86_400)


def term_price(scope: Scope, reservation: Reservation, capacity: Capacity, term_days: Decimal | int) -> Decimal:
    return rules.price(scope.region, reservation.model_name, reservation.tier, "pre_paid", capacity) * term_days


def pay_term(scope: Scope, reservation: Reservation, instance: Instance, term: Term) -> None:
    """Owe a whole term of the instance's capacity from now on, besides what is owed already."""
    _commit(scope, instance, term_price(scope, reservation, instance.configured, term.duration))


def pay_upgrade(scope: Scope, reservation: Reservation, instance: Instance, wanted: Capacity) -> None:
    """Owe the difference for the rest of the term. A smaller capacity gives nothing back (assumed)."""
    days = Decimal(str(max(0.0, instance.expires - scope.clock.now()))) / _DAY
    more = term_price(scope, reservation, wanted, days) - term_price(scope, reservation, instance.configured, days)
    if more > 0:
        _commit(scope, instance, more.quantize(Decimal("0.01")))


def _commit(scope: Scope, instance: Instance, amount: Decimal) -> None:
    """Each order is an interval of its own; the last one stays open for as long as the term runs."""
    scope.stop_bill(RESERVATION, instance.id)
    scope.bill(RESERVATION, instance.id, Decimal(0), CURRENCY, "PrePaid", committed=amount)
    instance.paid += amount


def open_hourly(scope: Scope, reservation: Reservation, instance: Instance) -> None:
    """Bill a postpaid instance at the price of its capacity, from now on."""
    hourly = rules.price(scope.region, reservation.model_name, reservation.tier, "post_paid", instance.configured)
    scope.stop_bill(RESERVATION, instance.id)
    scope.bill(RESERVATION, instance.id, hourly, CURRENCY)


def close(scope: Scope, instance: Instance) -> None:
    """The term has ended, or the instance is released."""
    scope.stop_bill(RESERVATION, instance.id)


def pay_back(scope: Scope, instance: Instance, amount: Decimal) -> None:
    """End the bill, with a credit of what an early unsubscription gives back."""
    close(scope, instance)
    if amount > 0:
        scope.bill(RESERVATION, instance.id, Decimal(0), CURRENCY, "PrePaid", committed=-amount)
        close(scope, instance)


def open_units(scope: Scope, units: Units) -> None:
    """Bill the units that are ready, from now on."""
    found = prices.price(UNIT, units.spec, scope.region, "PostPaid")
    scope.stop_bill(UNIT, units.model)
    amount, currency = (found.amount, found.currency) if found else (Decimal(0), UNPRICED)
    scope.bill(UNIT, units.model, amount * units.ready, currency)


def close_units(scope: Scope, units: Units) -> None:
    scope.stop_bill(UNIT, units.model)
