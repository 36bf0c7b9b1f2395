"""What EAS bills (help centre, 'Billing of EAS'): dedicated machines and gateway nodes while they exist, public replicas from Running until
stopped, those on spot at the market price."""

from __future__ import annotations

from decimal import Decimal

from fourways.catalog import prices
from fourways.fakes.service import Scope
from fourways.fakes.services.eas.gateways.gateway_records import Gateway
from fourways.fakes.services.eas.placement import market
from fourways.fakes.services.eas.records import Machine, Replica
from fourways.fakes.services.shared.billing import open_bill

MACHINE, INSTANCE, GATEWAY = "eas-dedicated-machine", market.INSTANCE, "eas-gateway"
UNPRICED = "unknown"  # the currency of what the price book does not price: billed, amount unknown


def open_machine(scope: Scope, machine: Machine) -> None:
    """PostPaid: by the hour. PrePaid: the month's price is owed at once."""
    amount, currency = _price(scope, MACHINE, machine.instance_type, machine.charge_type)
    if machine.charge_type == "PrePaid":
        scope.bill(MACHINE, machine.id, "0", currency, "PrePaid", amount)
    else:
        scope.bill(MACHINE, machine.id, amount, currency)


def close_machine(scope: Scope, machine: Machine) -> None:
    scope.stop_bill(MACHINE, machine.id)


def open_replica(scope: Scope, replica: Replica) -> None:
    if replica.public:
        listed = _price(scope, INSTANCE, replica.instance_type or "", "PostPaid")
        amount, currency = (replica.bid.price, market.CURRENCY) if replica.bid else listed
        scope.bill(INSTANCE, replica.name, amount, currency)


def close_replica(scope: Scope, replica: Replica) -> None:
    scope.stop_bill(INSTANCE, replica.name)


def open_gateway(scope: Scope, gateway: Gateway) -> None:
    """All its nodes, by the hour or for a month at once. PrivateLink and traffic are billed beside it, and not here."""
    open_bill(scope, GATEWAY, gateway.id, gateway.charge_type, 1, item=gateway.instance_type, count=gateway.replicas)


def close_gateway(scope: Scope, gateway: Gateway) -> None:
    scope.stop_bill(GATEWAY, gateway.id)


def _price(scope: Scope, kind: str, item: str, charge_type: str) -> tuple[Decimal, str]:
    found = prices.price(kind, item, scope.region, charge_type)
    return (found.amount, found.currency) if found else (Decimal(0), UNPRICED)
